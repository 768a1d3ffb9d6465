"""The words in which a decision is explained, in both languages."""

from routing.phrases import in_language

#: Labels stand in front of every line; in Chinese each takes four cells or fewer.
LABELS = {
    "case": {"en": "case", "zh": "案件"},
    "from": {"en": "from", "zh": "发件人"},
    "subject": {"en": "subject", "zh": "主题"},
    "kind": {"en": "kind", "zh": "来信类型"},
    "defect": {"en": "defect", "zh": "格式问题"},
    "decision": {"en": "decision", "zh": "决定"},
    "text": {"en": "text", "zh": "正文"},
    "language": {"en": "language", "zh": "语言"},
    "model": {"en": "model", "zh": "模型"},
    "fact": {"en": "fact", "zh": "信息"},
    "rule": {"en": "rule", "zh": "规则"},
    "category": {"en": "category", "zh": "类别"},
    "also": {"en": "also", "zh": "同时涉及"},
    "asks": {"en": "asks for", "zh": "请补充"},
    "decided": {"en": "decided", "zh": "由谁决定"},
    "severity": {"en": "severity", "zh": "严重程度"},
    "matter": {"en": "matter", "zh": "性质"},
    "routed": {"en": "routed", "zh": "交办"},
    "tags": {"en": "tags", "zh": "标签"},
    "process": {"en": "process", "zh": "流程"},
    "alert": {"en": "alert", "zh": "立即告知"},
    "due": {"en": "due", "zh": "答复期限"},
    "because": {"en": "because", "zh": "因为"},
    "then": {"en": "then", "zh": "当时"},
}

SENTENCES = {
    "ambiguous": {
        "en": " (ambiguous: no proof of who wrote)",
        "zh": "（无法确定：没有发件人证明）",
    },
    "answered": {"en": "may be answered", "zh": "可自动回复"},
    "never_answered": {"en": "is never answered automatically", "zh": "不自动回复"},
    "no_case": {"en": "no case: it is filed with this reason", "zh": "不立案：按此原因归档"},
    "applies": {
        "en": "{category} {score} (applies: {shares}); words: {words}; {model}",
        "zh": "{category} {score}（各类适用概率：{shares}）；依据：{words}；{model}",
    },
    "none": {"en": "none", "zh": "无"},
    "known": {"en": "known", "zh": "已知"},
    "unchecked": {"en": "not checked", "zh": "未核对"},
    "doubtful": {"en": ", doubtful: {doubt}", "zh": "，存疑：{doubt}"},
    "hit": {"en": "HIT ", "zh": "成立"},
    "miss": {"en": "miss", "zh": "不成立"},
    "stopped": {
        "en": "not looked at: “{rule}” ended the list",
        "zh": "未查看：“{rule}”已终止",
    },
    "by": {"en": "{category} by {source}{doubt}", "zh": "{category}，依据：{source}{doubt}"},
    "guess": {
        "en": " (a guess: below the limit of rules.yaml)",
        "zh": "（推测：低于规则文件中的界限）",
    },
    "rule": {"en": "rule", "zh": "规则"},
    "default": {"en": "default", "zh": "默认"},
    "person": {"en": "person", "zh": "人工"},
    "nobody": {
        "en": "nobody: the best guess is taken",
        "zh": "无人：采用最可能的类别",
    },
    "no_complaint": {"en": "{matter}: no complaint", "zh": "{matter}：不是投诉"},
    "judged": {
        "en": "{category}, {severity}, {departments}, by the rules of version {version}",
        "zh": "{category}，{severity}，{departments}，规则版本 {version}",
    },
    "same": {
        "en": "the rules have not changed since",
        "zh": "此后规则没有变化",
    },
    "other": {
        "en": "the rules of today are version {version}; what follows is by them",
        "zh": "现在的规则版本是 {version}；以下按现在的规则",
    },
}


def label(name: str, language: str) -> str:
    """Return a label; English where we have no other."""
    return in_language(LABELS[name], language)


def sentence(name: str, language: str, **values: object) -> str:
    """Return a sentence; English where we have no other."""
    return in_language(SENTENCES[name], language, **values)
