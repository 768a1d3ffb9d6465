"""Why a rule does not hold, in both languages: one sentence for each part of a condition. Pure."""

from typing import NamedTuple

from routing.phrases import in_language


class Miss(NamedTuple):
    """A part of a condition that does not hold; a tuple, for most rules miss most mails."""

    part: str  #: one of the sentences below
    there: str = ""  #: what is in the mail instead
    inner: "tuple[Miss, ...]" = ()  #: of `any`: why none of it holds


_SENTENCES: dict[str, dict[str, str]] = {
    "category": {"en": "the category is {there}", "zh": "类别是 {there}"},
    "subcategory": {"en": "the sub-category is {there}", "zh": "子类是 {there}"},
    "no_subcategory": {"en": "there is no sub-category", "zh": "没有子类"},
    "severity": {"en": "the severity is {there}", "zh": "严重程度是 {there}"},
    "language": {"en": "the language is {there}", "zh": "语言是 {there}"},
    "score_above": {"en": "the model is only {there} sure", "zh": "模型把握只有 {there}"},
    "score_below": {"en": "the model is {there} sure", "zh": "模型把握有 {there}"},
    "attached": {"en": "nothing of this is attached: {there}", "zh": "没有这类附件：{there}"},
    "mailbox": {"en": "it came into the mailbox {there}", "zh": "来自邮箱 {there}"},
    "recipient": {"en": "it was written to somebody else", "zh": "收件人不符"},
    "sender": {"en": "it was written by {there}", "zh": "发件人是 {there}"},
    "customer": {"en": "the complainant is another", "zh": "客户不符"},
    "customers": {
        "en": "the complainant is not on the list {there}",
        "zh": "客户不在名单 {there} 中",
    },
    "product": {"en": "none of its products is named", "zh": "没有提到所列产品"},
    "batch": {"en": "none of its batches is named", "zh": "没有提到所列批号"},
    "region": {"en": "none of its regions is named", "zh": "没有提到所列地区"},
    "hours": {"en": "it came on {there}", "zh": "收到时间是 {there}"},
    "in": {"en": "it came outside working hours", "zh": "不是在工作时间收到"},
    "outside": {"en": "it came in working hours", "zh": "是在工作时间收到"},
    "no_time": {"en": "nobody knows when it came", "zh": "不知道收到时间"},
    "words": {"en": "none of its words is there", "zh": "没有所列词语"},
    "regex": {"en": "its regular expression finds nothing", "zh": "正则表达式没有匹配"},
    "some": {"en": "nothing under `any` holds: {there}", "zh": "any 下都不成立：{there}"},
    "never": {"en": "what stands under `not` holds: {there}", "zh": "not 下的条件成立：{there}"},
}
_COMMA = {"en": "; ", "zh": "；"}


def said(miss: Miss, language: str) -> str:
    """Return the sentence for a miss; English where we have no other."""
    comma = _COMMA.get(language, "; ")
    inner = comma.join(dict.fromkeys(said(one, language) for one in miss.inner))
    there = miss.there or inner
    return in_language(_SENTENCES[miss.part], language, there=there).rstrip(" :：")
