"""The words of an exported case, in both languages."""

from collections.abc import Mapping

from routing.phrases import in_language

WORDS: Mapping[str, Mapping[str, str]] = {
    "title": {"en": "Case file {reference}", "zh": "投诉案卷 {reference}"},
    "pages": {"en": "page {page} of {of}", "zh": "第 {page} 页，共 {of} 页"},
    "header": {
        "en": "{reference} · confidential · exported {at}",
        "zh": "{reference} · 机密 · 导出时间 {at}",
    },
    "subject": {"en": "Subject", "zh": "主题"},
    "complainant": {"en": "Complainant", "zh": "投诉人"},
    "received": {"en": "Received", "zh": "收到时间"},
    "status": {"en": "Status", "zh": "状态"},
    "category": {"en": "Category", "zh": "类别"},
    "severity": {"en": "Severity", "zh": "严重程度"},
    "departments": {"en": "Departments", "zh": "承办部门"},
    "due": {"en": "Promised by", "zh": "答复期限"},
    "closed": {"en": "Closed", "zh": "结案时间"},
    "rules": {"en": "Rules version", "zh": "规则版本"},
    "model": {"en": "Model version", "zh": "模型版本"},
    "none": {"en": "none", "zh": "无"},
    "judged": {"en": "First assessment", "zh": "初步评估"},
    "held": {"en": "Rules that held", "zh": "适用的规则"},
    "story": {"en": "What happened, and why", "zh": "处理经过及依据"},
    "because": {"en": "because {reason}", "zh": "依据：{reason}"},
    "facts": {"en": "Facts", "zh": "案件信息"},
    "parts": {"en": "What the departments found", "zh": "各部门调查结论"},
    "corrections": {"en": "Corrections", "zh": "类别更正"},
    "measures": {"en": "Corrective and preventive action", "zh": "纠正与预防措施"},
    "registers": {"en": "Registers", "zh": "登记簿"},
    "clocks": {"en": "Times that run", "zh": "正在计时的期限"},
    "mails": {"en": "Mails", "zh": "来信"},
    "letters": {"en": "Letters", "zh": "去信"},
    "tries": {"en": "tries: {tries}", "zh": "投递次数：{tries}"},
    "cut": {"en": "[… the rest is in {file}]", "zh": "[…余下部分见 {file}]"},
    "gone": {"en": "[its content is erased or can't be read]", "zh": "[内容已清除或无法读取]"},
    "proof": {"en": "Proof", "zh": "校验"},
    "events": {"en": "Events", "zh": "记录数"},
    "head": {"en": "Hash of the newest one", "zh": "末条校验值"},
    "anchor": {"en": "Newest anchor", "zh": "最近总校验值"},
    "how": {
        "en": "README.txt in the same archive says how to check this file.",
        "zh": "核对方法见同一压缩包内的 README.txt。",
    },
    "left_out": {
        "en": "Not in this file, because only few may see it: {names}",
        "zh": "因仅限少数人查阅，本案卷未包含：{names}",
    },
}

#: In an English document the states stand as the commands name them.
STATES_ZH: Mapping[str, str] = {
    "registered": "已立案",
    "not_a_complaint": "非投诉",
    "acknowledged": "已确认收到",
    "routed": "部门处理中",
    "in_review": "审核中",
    "in_approval": "审批中",
    "plan_offered": "方案征求意见",
    "executing": "执行中",
    "answered": "已答复",
    "outcome_sent": "处理结果已发出",
    "follow_up": "跟踪中",
    "reopened": "重新受理",
    "dispute": "争议中",
    "closed": "已结案",
    "archived": "已归档",
    "accepted": "已接收",
    "asked": "已交办",
    "info": "等待投诉人",
    "external": "等待外部单位",
    "held": "搁置",
    "invalid": "认为不成立",
    "left": "已转出",
    "open": "未完成",
    "carried_out": "已执行",
    "verified": "已验证",
    "waived": "经批准不采取",
    "ready": "待发",
    "leased": "投递中",
    "dot": "投递中",
    "sent": "已发出",
    "failed": "投递失败",
    "cancelled": "已取消",
    # what a time is for
    "accept": "部门签收",
    "answer": "部门答复",
    "review": "审核",
    "approval": "审批",
    "plan": "投诉人对方案的意见",
    "carry_out": "执行方案",
    "progress": "告知进展",
    "confirm": "投诉人未回复视为解决",
    "satisfaction": "满意度回访",
    "callback": "电话回复",
    "measure": "落实措施",
    "check": "验证措施",
    "age": "因久未解决升级",
    "archive": "归档",
}

README = """\
A CASE OF THE COMPLAINTS DESK, AND HOW TO CHECK IT

case.pdf       the case to read
case.json      the same for programs: story with reasons, parts, measures, registers, clocks
mails/         mails as they came in; mails.json lists them. Open them with care: strangers' words
letters/       letters as they were handed over; letters.json: state, tries, the server's replies
rules/         the texts of the rules the case was judged by; rules.json lists them
chain.json     the events with their hashes, what they vouch for, and the anchors over them
manifest.json  the SHA-256 of every other file
verify.py      checks all of this; needs Python 3.11 and nothing else

To check:      python3 verify.py FILE.zip
               (says "everything fits", or what does not; the exit code is 0 or 65)
By hand:       sha256sum mails/1.eml is what manifest.json names, and the value of "mail:1" among
               the "seals" of an event in chain.json. The digest of an event is the SHA-256 of its
               salt, a line feed, and its content as sorted JSON without blanks; its hash is the
               SHA-256 of the hash before it, a line feed, and that digest.
Not forged?    Whoever makes the whole file anew can make it fit. Compare the hashes of "anchors"
               in chain.json with those that the desk sent by mail on these days: they were out
               of its reach from then on. Events behind the newest anchor have no such proof yet.


投诉案卷及核对方法

case.pdf       供阅读的案卷
case.json      供程序使用：处理经过及依据、各部门结论、措施、登记簿、期限
mails/         来信原件，清单见 mails.json；内容来自外部，请谨慎打开
letters/       发出的信件，清单见 letters.json（状态、投递次数、服务器答复）
rules/         判定本案所依据的规则文本，清单见 rules.json
chain.json     各条记录及其校验值、所证明的内容、覆盖它们的总校验值
manifest.json  其余各文件的 SHA-256
verify.py      核对程序，仅需 Python 3.11

核对：         python3 verify.py 文件.zip
               （相符时显示 everything fits，否则列出不符之处；退出码为 0 或 65）
手工核对：     sha256sum mails/1.eml 的结果应与 manifest.json 所列一致，也应与 chain.json 某条记录
               seals 中 "mail:1" 的值一致。每条记录的 digest 为：salt、换行、内容（键排序且无空格的
               JSON）三者相连的 SHA-256；hash 为：前一条的 hash、换行、本条 digest 相连的 SHA-256。
防整体伪造：   重新制作整个文件者可使其自相一致。请将 chain.json 中 anchors 的 hash 与系统当日以邮件
               发出的校验值比对：邮件发出后，系统方无法再改动。最近一次总校验之后的记录暂无此证明。
"""


def state(name: str, language: str) -> str:
    """Return the words of a state of a case, part, measure or letter, or of a time."""
    return STATES_ZH.get(name, name) if language == "zh" else name.replace("_", " ")


def word(name: str, language: str, **values: object) -> str:
    """Return one of these words; English where a language has none."""
    return in_language(WORDS[name], language, **values)
