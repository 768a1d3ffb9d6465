"""The words in which a replay is reported, in both languages."""

from routing.phrases import in_language

#: What may be otherwise in a case.
KINDS = {
    "matter": {"en": "kind of mail", "zh": "性质"},
    "category": {"en": "category", "zh": "类别"},
    "subcategory": {"en": "sub-category", "zh": "子类"},
    "severity": {"en": "severity", "zh": "严重程度"},
    "unsure": {"en": "certainty", "zh": "把握"},
    "departments": {"en": "department", "zh": "部门"},
    "cc": {"en": "cc", "zh": "抄送"},
    "alert": {"en": "told at once", "zh": "立即告知"},
    "tags": {"en": "tags", "zh": "标签"},
    "due_at": {"en": "due", "zh": "答复期限"},
    "asks": {"en": "asks for", "zh": "请客户补充"},
    "process": {"en": "process", "zh": "流程"},
    "letters": {"en": "letters", "zh": "信函"},
}

WHYS = {
    "holds": {"en": "now holds: “{rule}” ({words})", "zh": "新成立：“{rule}”（{words}）"},
    "no_longer": {
        "en": "holds no more: “{rule}” ({words})",
        "zh": "不再成立：“{rule}”（{words}）",
    },
    "gone": {"en": "no longer in the file: “{rule}”", "zh": "文件中已没有：“{rule}”"},
    "other": {
        "en": "says something else now: “{rule}” ({words})",
        "zh": "内容已改：“{rule}”（{words}）",
    },
    "because": {"en": "now: {words}", "zh": "现在：{words}"},
    "was_because": {"en": "no more: {words}", "zh": "不再：{words}"},
    "file": {
        "en": "departments, limits or the calendar are otherwise in the file",
        "zh": "文件中的部门、时限或工作时间不同",
    },
    "rules": {"en": "it was judged by rules of version {words}", "zh": "当时的规则版本是 {words}"},
    "model": {"en": "another model read it: {words}", "zh": "当时由另一模型判读：{words}"},
    "both": {
        "en": "it was judged by other rules and read by another model: {words}",
        "zh": "当时的规则和模型都不同：{words}",
    },
    "unexplained": {
        "en": "rules and model are the same; config.yaml or the program may have changed",
        "zh": "规则和模型相同；可能是 config.yaml 或程序有变化",
    },
}

WORDS = {
    "complaint": {"en": "complaint", "zh": "投诉"},
    "enquiry": {"en": "enquiry", "zh": "咨询"},
    "praise": {"en": "praise", "zh": "表扬"},
    "suggestion": {"en": "suggestion", "zh": "建议"},
    "other": {"en": "other", "zh": "其他"},
    "guess": {"en": "a guess", "zh": "推测"},
    "sure": {"en": "sure", "zh": "确定"},
    "nobody": {"en": "nobody yet", "zh": "暂无"},
    "none": {"en": "none", "zh": "无"},
    "not_reached": {
        "en": "it is not reached: a rule above it ends the list",
        "zh": "未查看：上面的规则已终止",
    },
    "usual": {"en": "usual", "zh": "通常"},
    "comma": {"en": ", ", "zh": "、"},
    "semicolon": {"en": "; ", "zh": "；"},
    "colon": {"en": ": ", "zh": "："},
    # Headings
    "title": {"en": "What the change would have done", "zh": "规则修改的效果预演"},
    "title_then": {
        "en": "What today's rules would have done",
        "zh": "现行规则与当时处理结果的对照",
    },
    "case": {"en": "case", "zh": "案件"},
    "when": {"en": "received", "zh": "收到"},
    "what": {"en": "what would change", "zh": "变化"},
    "why": {"en": "why", "zh": "原因"},
    "rule": {"en": "rule", "zh": "规则"},
    "before": {"en": "live now", "zh": "现行"},
    "before_then": {"en": "then", "zh": "当时"},
    "after": {"en": "new", "zh": "新规则"},
    "after_then": {"en": "live now", "zh": "现行"},
    "changes": {"en": "by kind", "zh": "按变化类别"},
    "rules_hit": {"en": "cases for which each rule holds", "zh": "各规则成立的案件数"},
    "summary": {"en": "in short", "zh": "摘要"},
    "none_change": {"en": "No case would change.", "zh": "没有案件会变化。"},
    # Sentences
    "from_to": {
        "en": "mails from {since} to {until}, nothing was sent or stored",
        "zh": "{since} 至 {until} 的来信；未发送任何信件，未改动任何数据",
    },
    "versions": {
        "en": "live rules: version {live}; new rules: version {new}",
        "zh": "现行规则版本 {live}，新规则版本 {new}",
    },
    "version": {"en": "live rules: version {live}", "zh": "现行规则版本 {live}"},
    "looked_at": {
        "en": "mails looked at: {mails}, their cases: {cases}, would change: {changed}",
        "zh": "查看了 {cases} 起案件的 {mails} 封来信，{changed} 起会变化",
    },
    "never": {
        "en": "hold for none of the mails: {rules}",
        "zh": "这些规则对所有来信都不成立：{rules}",
    },
    "unread": {
        "en": "left out, as they can't be read today: {number} ({cases})",
        "zh": "{number} 封来信现在无法读取，未计入：{cases}",
    },
    "no_case": {
        "en": "left out, as today they would be filed as a machine's: {number} ({cases})",
        "zh": "{number} 封来信现在会视为自动邮件，未计入：{cases}",
    },
    "in_part": {
        "en": "could be read only in part then, and are taken so here: {number}",
        "zh": "{number} 封来信当时只能部分读取，此处相同",
    },
    "corrected": {
        "en": "corrected by hand since, here as first judged: {number}",
        "zh": "{number} 起案件后来由人更正过；此处按最初的判断比较",
    },
    "not_kept": {
        "en": "from before first judgements were kept: {number}",
        "zh": "{number} 起案件较早，未保存最初的判断",
    },
    "differs": {
        "en": "otherwise by the live rules already than they were then: {number}",
        "zh": "{number} 起案件按现行规则已与当时不同",
    },
    "differs_rules": {
        "en": "judged by another version of the rules then: {number} ({models})",
        "zh": "其中 {number} 起当时的规则版本不同：{models}",
    },
    "differs_model": {
        "en": "read by another model then: {number} ({models})",
        "zh": "其中 {number} 起当时由另一模型判读：{models}",
    },
    "differs_both": {
        "en": "other rules and another model then: {number} ({models})",
        "zh": "其中 {number} 起规则版本和模型都不同：{models}",
    },
    "differs_unexplained": {
        "en": "for no reason we know (config.yaml, the program): {number} ({cases})",
        "zh": "其中 {number} 起原因不明（config.yaml 或程序）：{cases}",
    },
    "more": {"en": "and {number} more", "zh": "另有 {number} 起"},
    "changed_line": {
        "en": "{number} × {kind}",
        "zh": "{kind} {number} 起",
    },
}


def word(name: str, language: str, **values: object) -> str:
    """Return a word or sentence; English where we have no other."""
    return in_language(WORDS[name], language, **values)


def kind_word(name: str, language: str) -> str:
    """Return what may be otherwise."""
    return in_language(KINDS[name], language)


def why_words(name: str, language: str, **values: object) -> str:
    """Return a reason as a sentence."""
    text = in_language(WHYS[name], language, **values)
    return text.replace(" ()", "").replace("（）", "")
