"""Facts that need the words around them: short dates, quantities, customers, demands."""

import re
from collections.abc import Iterable

from classify.labels import REFUSALS, REFUSALS_ZH, REQUESTS, REQUESTS_ZH
from classify.script import fold_width, words_of
from classify.shapes import (
    COUNTED,
    DATE_LEADS,
    DOTTED_DATE,
    DOTTED_FOLLOWS,
    EN_NUMBER,
    FULL_DATE,
    NOT_DAYS,
    NUMBER_UNIT,
    SHORT_DATE,
    UNITS,
    ZH_COUNTED,
    ZH_COUNTS,
    ZH_NUMBERS,
    ZH_WEIGHTS,
)
from classify.spans import Spans

_SURNAME = re.compile(r"(?:我姓|免贵姓|本人姓)([\u4e00-\u9fff])(?![\u4e00-\u9fff]名)")
_LABELLED_NAME = re.compile(r"[\u4e00-\u9fff·]{2,20}|[A-Z][A-Za-z.' -]{1,40}")
_ZH_INTRODUCED = re.compile(r"[\u4e00-\u9fff]{2,3}")
_EN_NAME = re.compile(r"[A-Z][a-z'’-]{1,20}(?: [A-Z][A-Za-z.'’-]{0,20}){0,3}")
_MY_NAME = re.compile(rf"\b(?:[Mm]y name is|I am called) ({_EN_NAME.pattern})")
_SIGNED = re.compile(
    r"(?:(?:best|kind|warm|with|many)? ?(?:regards|wishes)|yours (?:sincerely|faithfully|truly)"
    r"|sincerely(?: yours)?|thanks(?: a lot| again)?|thank you|cheers|respectfully|rgds)[,.!]?\s*$",
    re.IGNORECASE,
)
_SIGNED_ZH = re.compile(r"(?:此致|敬礼|谢谢|顺祝商祺|祝好|致礼|多谢)[!。.!,]?\s*$")
_SIGNATURE_LINES = 40  #: read from the end of a text
_ZH_SIGNATURE = re.compile(
    r"(?:投诉人|顾客|客户|用户|消费者|署名)?[:：]?\s*([\u4e00-\u9fff]{2,4}(?:先生|女士|小姐)?)"
)


def dates(spans: Spans, found: Iterable[tuple[int, int]]) -> None:
    """Claim the dates of the matched stretches of tokens, then 7/31 and 5.1 by context."""
    words = spans.words
    for at, word in enumerate(words):
        if word[0].isdigit() and FULL_DATE.fullmatch(word):
            spans.claim_tokens("date", at, at + 1)
    for start, end in found:
        after = words[end][0] if end < len(words) else ""
        if end - start == 2 and words[end - 1] == "号" and after in NOT_DAYS:
            continue
        spans.claim_tokens("date", start, end)
    for at, word in enumerate(words):
        if not word[0].isdigit():
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        led = any(lead in DATE_LEADS for lead in words[max(0, at - 3) : at])
        slashed = led and SHORT_DATE.fullmatch(word)
        if slashed or (after in DOTTED_FOLLOWS and DOTTED_DATE.fullmatch(word)):
            spans.claim_tokens("date", at, at + 1)


def quantities(spans: Spans, labels: Iterable[int]) -> None:
    """Claim numbers of pieces, weights and volumes."""
    words = spans.words
    for at in labels:
        while at < len(words) and words[at] in {":", " ", "affected", "为", "是"}:
            at += 1
        if at < len(words) and words[at][0].isdigit():
            end = at + 1
            if end < len(words) and (words[end] in UNITS or words[end] in ZH_COUNTS):
                end += 1
            spans.claim_tokens("quantity", at, end)
    for at in range(len(words)):
        if words[at].isascii():
            _english_quantity(spans, words, at)
        if words[at][0].isdigit() or words[at] in ZH_NUMBERS:
            _chinese_quantity(spans, words, at)


def _chinese_quantity(spans: Spans, words: list[str], at: int) -> None:
    """Claim 三本, 2台 after a verb of buying or sending, and 400-500克 anywhere."""
    word = words[at]
    digits = word[0].isdigit() and word.replace("-", "").replace(".", "").isdigit()
    if (
        word in "几百千半"
        or not (digits or word in ZH_NUMBERS)
        or len(word) > 11
        or (at and words[at - 1] == "第")
    ):
        return
    end = at + 1
    while end < len(words) and end < at + 4 and words[end] in ZH_NUMBERS and not digits:
        end += 1
    rest = "".join(words[end : end + 2])
    weight = next((unit for unit in ZH_WEIGHTS if rest.startswith(unit)), "")
    counted = any(sign in ZH_COUNTED for sign in "".join(words[max(0, at - 3) : at]))
    if weight and digits:
        end += len(weight)
    elif words[end : end + 1] and words[end] in ZH_COUNTS and counted:
        if word in "一几半" and end - at == 1 and words[end] not in "台":
            return  # 买了一个 says no number, it is an article
        end += 1
    else:
        return
    spans.claim_tokens("quantity", at, end)


def _english_quantity(spans: Spans, words: list[str], at: int) -> None:
    """Claim "3 discs", "500g", and the bare number in "ordered 4 tops"."""
    word = words[at]
    if NUMBER_UNIT.fullmatch(word):
        spans.claim_tokens("quantity", at, at + 1)
        return
    if not EN_NUMBER.fullmatch(word):
        return
    after = [later for later in words[at + 1 : at + 5] if not later.isspace()]
    plural = after and (after[0].endswith("s") or len(after[0]) < 3 or word in {"1", "one"})
    if after and after[0] in UNITS and plural and word != "one":
        spans.claim_tokens("quantity", at, at + words[at + 1 : at + 5].index(after[0]) + 2)
        return
    before = words[max(0, at - 2) : at]
    counted = any(verb in COUNTED for verb in before) and not (at and words[at - 1] in "#.$£€:-/")
    noun = after and after[0].isalpha() and after[0] not in _NOT_COUNTED
    if word[0].isdigit() and len(word) < 4 and counted and noun:
        spans.claim_tokens("quantity", at, at + 1)


_NOT_COUNTED = frozenset(
    words_of(
        """
    day days week weeks month months year years hour hours minute minutes min mins am pm
    star stars times time st nd rd th percent dollars euros pounds rupees rs usd hrs o
    working business emails calls o'clock and or of to in at on the a as by
    """
    )
)


def customers(spans: Spans, labels: Iterable[int]) -> None:
    """Claim the name of the person who complains: labelled, introduced, or signed."""
    words, text = spans.words, spans.text
    for at in labels:
        colon = False
        while at < len(words) and words[at] in {" ", ":", "是", "为", "="}:
            colon = colon or words[at] not in {" ", "是"}
            at += 1
        if at == len(words):
            continue
        start = spans.starts[at]
        if text[:start].endswith("我叫"):
            introduced = _ZH_INTRODUCED.match(text, start)
            if introduced:
                spans.claim("customer", *introduced.span())
        elif colon and (name := _LABELLED_NAME.match(text, start)):
            spans.claim("customer", start, start + len(name.group().rstrip()))
    for pattern in (_SURNAME, _MY_NAME):
        for match in pattern.finditer(text):
            spans.claim("customer", *match.span(1))
    _signature(spans)


def _signature(spans: Spans) -> None:
    """Claim the line below "regards" or 谢谢."""
    lines = spans.text.splitlines(keepends=True)
    offset = len(spans.text) - sum(map(len, lines[-_SIGNATURE_LINES:]))
    signed, chinese = False, False
    for line in lines[-_SIGNATURE_LINES:]:
        bare = line.strip()
        start = offset + len(line) - len(line.lstrip())
        if bare and (signed or chinese):
            name = _EN_NAME.fullmatch(bare) if signed else _ZH_SIGNATURE.fullmatch(fold_width(bare))
            if name:
                first = start + (name.start(1) if chinese and not signed else 0)
                spans.claim("customer", first, start + len(bare))
        if bare:
            signed, chinese = (
                bool(_SIGNED.fullmatch(bare)),
                bool(_SIGNED_ZH.search(fold_width(bare[-12:]))),
            )
        offset += len(line)


def demands(spans: Spans, found: Iterable[tuple[str, int, int]]) -> None:
    """Note what the sender asks for: a demand with a word of asking and none of refusing."""
    for kind, start, end in found:
        before = spans.words[max(0, start - 7) : start]
        chinese = "".join(before)
        refused = any(word in REFUSALS for word in before[-3:])
        refused = refused or any(chinese.endswith(word) for word in REFUSALS_ZH)
        asked = any(word in REQUESTS for word in before)
        asked = asked or any(word in chinese for word in REQUESTS_ZH)
        if asked and not refused:
            last = spans.starts[end - 1] + len(spans.words[end - 1])
            spans.note("demand", spans.starts[start], last, canonical=kind)
