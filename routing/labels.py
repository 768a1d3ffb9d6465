"""The labelled parts of a department's answer: `cause:` 原因, `to the customer:` 答复客户. Pure.

What a department writes reaches the complainant only if it is marked so (K040, K075); the rest is
for us, and some of it for few.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routing.flat import flat
from routing.own_words import own_words

MOST_TEXT = 100_000  #: characters of a reply that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLabel:
    """How a part of an answer is called; any of the words will do, in lower case."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


def _label(zh: str, en: str) -> PartLabel:
    return PartLabel(zh=tuple(zh.split()), en=tuple(word.strip() for word in en.split(",")))


#: Key → words (seeds-digest 2 and 5.4).
PARTS: Mapping[str, PartLabel] = {
    "to_complainant": _label(
        "答复客户 回复客户 致客户 给客户 对客户 告知客户 答复投诉人 回复投诉人 答复顾客 "
        "回复顾客 答复用户 对外答复 对外回复 给客户的答复 给客户的回复 对客户的答复 答复 答复内容 "
        "回复内容",
        "to the customer, to customer, to the complainant, to complainant, answer to the customer, "
        "answer to customer, answer to the complainant, reply to the customer, reply to customer, "
        "reply to the complainant, message to the customer, for the customer, answer",
    ),
    "cause": _label(
        "原因 原因分析 根本原因 不良原因 真正原因 直接原因 产生原因 主要原因",
        "cause, causes, root cause, root causes, cause analysis, root cause analysis",
    ),
    "cause_class": _label(
        "原因类别 原因分类 原因类型", "cause class, cause category, cause type, type of cause"
    ),
    "responsible": _label(
        "责任方 责任部门 责任单位 责任认定 责任界定 责任归属 责任判定",
        "responsible, responsible party, responsible department, responsibility, at fault",
    ),
    "corrective": _label(
        "纠正措施 纠正 整改 整改措施 改善对策 改善措施 处理措施 采取措施 采取的措施 "
        "纠正预防措施 纠正和预防措施 纠正与预防措施 纠正及预防措施",
        "corrective action, corrective actions, corrective measure, corrective measures, "
        "corrective, correction, measures taken, corrective and preventive action, "
        "corrective and preventive actions, capa",
    ),
    "preventive": _label(
        "预防措施 预防 改进措施 防止再发 防止再发措施 防止再发生 再发防止 再发防止措施",
        "preventive action, preventive actions, preventive measure, preventive measures, "
        "preventative action, preventative actions, preventive, prevention",
    ),
    "owner": _label(
        "负责人 承办人 经办人 处理人 责任人 跟进人 对接人",
        "owner, person in charge, responsible person, handler, handled by, assigned to",
    ),
    "due": _label(
        "完成日期 完成时间 完成期限 预计完成 预计完成日期 预计完成时间 计划完成日期 计划完成时间 "
        "期限 承诺日期 承诺时间 截止日期 解决时间",
        "due, due date, due by, deadline, completion date, target date, to be done by, expected by",
    ),
    "cost": _label(
        "费用 处理费用 整改费用 返修费用 维修费用 成本 损失金额",
        "cost, costs, total cost, total costs, expenses",
    ),
    "cost_bearer": _label(
        "费用承担 费用承担方 费用承担人 承担方 费用由谁承担",
        "cost bearer, costs borne by, cost borne by, borne by, paid by, charged to",
    ),
    "compensation": _label(
        "赔偿 补偿 赔偿补偿 赔偿金额 补偿金额 赔款 赔付 退款金额",
        "compensation, refund amount, amount of the refund, goodwill",
    ),
    "verified": _label(
        "核实 核实结果 核实情况 调查结果 查证结果 是否属实",
        "verified, verification, verification result, result of the check, findings, finding",
    ),
    "test": _label(
        "检验 检验结果 检测结果 试验结果 化验结果 测试结果 留样检验 拆机结果 拆机维修结果",
        "test, test result, test results, inspection result, inspection results, lab result, "
        "lab results, teardown, teardown result",
    ),
    "related": _label(
        "关联批号 关联批次 相关批号 相关批次 同批次 受影响批次",
        "related batch, related batches, affected batch, affected batches, other batches",
    ),
    "returned_goods": _label(
        "退货 退货情况 退回货物 退换货 返修品 退回产品",
        "returned goods, goods returned, return of goods, returns",
    ),
    "samples": _label(
        "样品 样品情况 留样 取样 封样", "sample, samples, retained sample, retained samples"
    ),
    "visit": _label(
        "走访 走访记录 走访情况 上门 上门记录 现场查看 现场走访",
        "visit, site visit, on-site visit, onsite visit, visit record",
    ),
    "meeting": _label(
        "会议 会议记录 会议纪要 会议决定", "meeting, meeting minutes, minutes, joint meeting"
    ),
    "recall": _label("召回 召回情况 召回决定 是否召回", "recall, recall decision"),
    "authority": _label(
        "上报 上报情况 监管上报 上报主管部门 报告主管部门",
        "authority, authorities, reported to the authority, reported to authorities, "
        "report to the authority, regulator",
    ),
    "document": _label(
        "固化 固化文件 标准化 文件更改 文件修改 修改文件 更改文件",
        "document, documents, document changed, documents changed, standardised in, "
        "standardized in, procedure changed",
    ),
    "lesson": _label(
        "经验 经验教训 经验总结 教训", "lesson, lessons, lesson learned, lessons learned, "
        "lessons learnt",
    ),
    "reward": _label("表扬 奖励 表扬奖励 嘉奖", "reward, commendation"),
    "contact": _label(
        "联系记录 沟通记录 联系情况 "
        "回访记录", "contact record, contact log, call log, contacts made"
    ),
    "liability": _label(
        "责任追究 责任处理 责任处罚 过失处理 过失处理意见 处罚 处分 内部处罚 内部处分 内部处理 "
        "考核 "
        "绩效考核 罚款 扣款 口头警告 书面警告 问责",
        "liability, sanction, sanctions, disciplinary action, disciplinary, disciplinary measure, "
        "disciplinary measures, penalty, blame",
    ),
    "note": _label(
        "内部备注 内部说明 内部意见 内部信息 仅限内部 仅供内部 内部 不对外 备注 另 "
        "另外 又及 附言",
        "remark, remarks, fyi, fyi only, for your information, ps, "
        "internal, internal note, internal notes, internal remark, internal remarks, "
        "internal only, internal comment, internal use only, not for the customer, confidential",
    ),
}  # fmt: skip
#: Seen by few, and never in a letter (K040).
RESTRICTED = frozenset({"liability"})
#: These words part a text wherever a sentence begins: what follows must not slip out with it.
_GUARDED = (*sorted(RESTRICTED), "note")


def _words(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"[ \t]{1,3}") for word in longest_first)


_KEYS = {word: key for key, label in PARTS.items() for word in (*label.zh, *label.en)}
_ZH = _words(word for label in PARTS.values() for word in label.zh)
_EN = _words(word for label in PARTS.values() for word in label.en)
_OPEN = r"[\s*#_\"'【\[(<《•·▪◆■●○□√☑✓\-–—]{0,12}"
_NUMBER = r"(?:\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})[.)、:][ \t]{0,3})?"
_CLOSE = r"[ \t*_\"'】\])>》]{0,8}"
_ASIDE = r"(?:\([^()\n]{0,30}\)[ \t*_]{0,4})?"
#: "Cost-free" is a word; 原因-密封圈 is a label and what it says.
_MARK = r"(?::|=|\t|[ \t]{2}|[ \t]{0,3}(?:[–—]|->|→)|[ \t]{1,3}-(?=\s))"
_LINE = re.compile(
    rf"{_OPEN}{_NUMBER}{_OPEN}(?:(?:本案|the |our )?"
    rf"(?:(?P<zh>{_ZH})(?:为|是)?|(?P<en>{_EN})(?![\w])))"
    rf"(?:(?P<closed>{_CLOSE}){_ASIDE}(?P<mark>{_MARK}|-(?![\w])|(?<=[一-鿿])-)[ \t*_:]{{0,8}}"
    rf"|[ \t*_\"]{{0,8}}[】\]]+[ \t*_:]{{0,8}}|[ \t*_\"':]{{0,8}}$)"
)
_INSIDE = re.compile(
    r"[*_【\[(]{0,4}(?P<word>"
    + _words(word for key in _GUARDED for word in (*PARTS[key].zh, *PARTS[key].en))
    + r")[ \t*_】\])]{0,4}:[ \t*_]{0,4}"
)
#: A remark below the answer, with any mark or none: "PS he is rude".
_ASIDE_LINE = re.compile(r"[\s*_(]{0,6}(?:p\.[ \t]?s\.|ps\b|fyi\b)[ \t:,.\-–—]{0,8}")
_SENTENCE = re.compile(r"[.;!?。…|:(\[【\n】)\]][\s*_]{0,6}$")


@dataclass(frozen=True, slots=True)
class _Label:
    key: str
    start: int
    end: int


def split_parts(text: str) -> tuple[str, dict[str, str]]:
    """Return the text before the first label, and the parts by key as written. Total.

    A part runs to the next label; what was said twice is joined. A label within a sentence is none,
    unless what follows is not for everybody. Parts that say nothing are left out.
    """
    text = own_words(text[:MOST_TEXT])
    labels = _labels(flat(text))
    parts: dict[str, str] = {}
    ends = [*(label.start for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=False):
        words = text[label.end : end].strip(" \t\r\n*_")
        if any(sign.isalnum() for sign in words):
            parts[label.key] = f"{parts[label.key]}\n{words}" if label.key in parts else words
    return text[: labels[0].start if labels else len(text)].strip(), parts


def _labels(text: str) -> list[_Label]:
    """Return the labels of a flat text in order."""
    found: list[_Label] = []
    start = 0
    for line in text.splitlines(keepends=True):
        body = line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        match = _LINE.match(body)
        if match:
            word = " ".join((match["zh"] or match["en"]).split())
            found.append(_Label(_KEYS[word], start, start + match.end()))
        elif match := _ASIDE_LINE.match(body):
            found.append(_Label("note", start, start + match.end()))
        at = match.end() if match else 0
        for inner in _INSIDE.finditer(body, at):
            word = " ".join(inner["word"].split())
            if inner.start() == at or _begins(body[: inner.start("word")], word):
                found.append(_Label(_KEYS[word], start + inner.start(), start + inner.end()))
        start += len(line)
    return found


def _begins(before: str, word: str) -> bool:
    """Tell whether a sentence begins behind `before`; long Chinese words are clear anywhere."""
    clear = len(word) > 3 and not word.isascii()
    return clear or bool(_SENTENCE.search(before[-8:]))
