"""What the sender asks for: refund, exchange, resend, repair, apology, compensation, visit (K063).

A demand is a word of the list in labels.py that somebody asks for in the same clause and nobody
refuses there. "I don't want a refund, I want a new one" asks for an exchange alone.
"""

import re
from collections.abc import Iterable
from itertools import islice

from classify.script import words_of
from classify.spans import Spans

_MOST = 100  #: words of demand that are weighed in one text
_REACH = 12  #: tokens before a demand that may ask for it or refuse it
_ENDS = frozenset([*".!?;,:。！？；，、…~", "but", "instead"])
_REQUESTS = frozenset(
    words_of(
        """
    want wants wanted demand demanding request requesting require please pls plz expect expecting
    need needing like kindly must hope seeking seek asking deserve entitled insist claim wish owe
    """
    )
)
_REQUESTING = re.compile(
    r"\b(?:give|send|get|issue|grant|pay|ask) (?:me|us|for)\b|\bask(?:ed)? for\b"
)
_STORY = frozenset(
    words_of(
        """
    gave sent got told said promised offered received refused denied they he she it've been
    purchase buy order after
    """
    )
)
_REFUSALS = frozenset(
    words_of(
        """
    no not never refuse refused refuses refusing denied deny denies without won't cannot can't
    don't dont didn't didnt doesn't doesnt wouldn't couldn't isn't neither nor unable reject
    rejected rather
    """
    )
)
_PARTICIPLES = frozenset(words_of("refunded replaced repaired fixed reimbursed compensated"))
_BEFORE_PARTICIPLE = frozenset(
    words_of("be get it them this that have me item product one money fully")
)
_REQUESTS_ZH = words_of(
    """
    要求 希望 请 想 申请 必须 能否 能不能 可否 给我 诉求 强烈 麻烦 应该 应当 我要 就要 只要 需要
    尽快 立即 马上 立刻 要么 期望 盼 帮我 给予 给个 要给 望 还我
    """
)
_REFUSALS_ZH = words_of(
    """
    不 没 拒绝 无法 未 别 无需 并非 免谈 难以 拒不
    """
)
_NOT_REFUSING = re.compile(
    "不(?:得不|但|仅|管|论|过|然|行|满意|合格|制冷|能用|好用)|没(?:问题|办法)"
)


def demands(spans: Spans, found: Iterable[tuple[str, int, int]]) -> None:
    """Note what is asked for, each at (kind, first token, token after the last). Total."""
    for kind, start, end in islice(found, _MOST):
        before = _clause(spans.words, start)
        after = "".join(spans.words[end : end + 2])
        if kind == "visit" and after == "安装":
            continue  # an appointment to install, not a demand
        phrase = spans.words[start:end]
        chinese = not phrase[0].isascii()
        if _asked_zh(before, after) if chinese else _asked(spans.words, before, start, end):
            last = spans.starts[end - 1] + len(spans.words[end - 1])
            spans.note("demand", spans.starts[start], last, canonical=kind)


def _clause(words: list[str], start: int) -> list[str]:
    """Return the words of the clause before token `start`, nearest last."""
    clause: list[str] = []
    for word in reversed(words[max(0, start - _REACH) : start]):
        if "\n" in word or (word in _ENDS and clause[-1:] != ["并"]):
            break  # 请维修，并道歉 asks for both
        clause.append(word)
    return clause[::-1]


def _asked(words: list[str], before: list[str], start: int, end: int) -> bool:
    said = [word for word in before if not word.isspace()]
    if any(word in _REFUSALS or word.endswith("n't") for word in said):
        return False
    if words[start] in _PARTICIPLES and not (said and said[-1] in _BEFORE_PARTICIPLE):
        return False  # "the dealer replaced it" is a story
    later = words[end : end + 5]
    please = any(word in {"please", "pls", "immediately", "asap", "now"} for word in later)
    imperative = not said and words[start] in {"refund", "replace", "repair", "fix", "compensate"}
    if any(word in _STORY for word in said):
        return False
    asked = any(word in _REQUESTS for word in said) or bool(_REQUESTING.search(" ".join(said)))
    return asked or please or (imperative and bool(later) and later[0] not in {"policy", "is"})


def _asked_zh(before: list[str], after: str) -> bool:
    said = "".join(before)
    if any(word in _NOT_REFUSING.sub("", said) for word in _REFUSALS_ZH):
        return False
    if after.startswith(("不可能", "不行", "被拒", "吧", "不了", "难", "失败")):
        return False
    asked = any(word in said for word in _REQUESTS_ZH) or said.endswith("要")
    whole = not said and (not after or not after[0].isalnum())  # 退款！
    return asked or whole
