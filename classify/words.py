"""Facts that need the words around them: short dates and quantities."""

import re
from collections.abc import Iterable

from classify.nouns import MAKERS, ZH
from classify.script import fold, words_of
from classify.shapes import (
    CLEAR_DATE,
    CONTENTS,
    COUNTED,
    DATE_LEADS,
    DOTTED_DATE,
    DOTTED_FOLLOWS,
    DOTTED_LEADS,
    DOTTED_UNITS,
    EN_NUMBER,
    FULL_DATE,
    GLUED_DATE,
    NOT_DATED,
    NOT_DAYS,
    NUMBER_UNIT,
    PACKED,
    SHORT_DATE,
    UNITS,
    ZH_COUNTED,
    ZH_COUNTS,
    ZH_NOT_GOODS,
    ZH_NUMBERS,
    ZH_WEIGHTS,
)
from classify.spans import Spans

_GOODS = tuple(map(fold, ZH))
_MEMORY = re.compile("内存|硬盘|显存|流量|空间|存储|系统|[盘卡]|网速|套餐", re.IGNORECASE)
_BODY = frozenset(words_of("tall weigh weighs weight height i'm im 'm feet ft load maximum mph"))
_ENGINES = MAKERS | frozenset(words_of("engine v6 v8 4x4 awd turbo"))
_ONLY = re.compile("[只才仅](?:到|来|给)了?\\Z")
_IN = frozenset(["in", "since", "last", "until", "till"])
_LIGHT = frozenset(words_of("just only about around over these those like at least up to"))


def dates(spans: Spans, found: Iterable[tuple[int, int]]) -> None:
    """Claim the dates of the matched stretches of tokens, then 7/31 and 5.1 by context."""
    words = spans.words
    for at, word in enumerate(words):
        if word[0].isdigit() and (FULL_DATE.fullmatch(word) or GLUED_DATE.fullmatch(word)):
            spans.claim_tokens("date", at, at + 1)
    months = []
    for start, end in found:
        after = words[end][0] if end < len(words) else ""
        if end - start == 2 and words[end - 1] == "号" and after in NOT_DAYS:
            continue
        if words[start] in _IN:  # "in September": the month alone is meant
            months.append((start + 1, end))
        else:
            spans.claim_tokens("date", start, end)
    for start, end in months:
        spans.claim_tokens("date", start, end)
    for at, word in enumerate(words):
        if not word[0].isdigit():
            continue
        after = next((later for later in words[at + 1 : at + 3] if later != " "), "")
        led = any(lead in DATE_LEADS for lead in words[max(0, at - 3) : at])
        led = led or "date" in words[at + 1 : at + 3] or bool(CLEAR_DATE.fullmatch(word))
        slashed = led and after not in NOT_DATED and SHORT_DATE.fullmatch(word)
        dotted = after in DOTTED_FOLLOWS or (
            "".join(words[max(0, at - 2) : at]).endswith(DOTTED_LEADS)
            and after[:1] not in DOTTED_UNITS
        )
        if slashed or (dotted and DOTTED_DATE.fullmatch(word)):
            spans.claim_tokens("date", at, at + 1)


def quantities(spans: Spans, labels: Iterable[int]) -> None:
    """Claim numbers of pieces, weights and volumes."""
    words = spans.words
    for at in labels:
        while at < len(words) and words[at] in {":", " ", "|", "\t", "affected", "为", "是"}:
            at += 1
        if at < len(words) and words[at][0].isdigit():
            end = at + 1
            if end < len(words) and (words[end] in UNITS or words[end] in ZH_COUNTS):
                end += 1
            spans.claim_tokens("quantity", at, end)
    contents: list[tuple[int, int]] = []
    for at in range(len(words)):
        if words[at].isascii():
            contents += _english_quantity(spans, words, at)
        if words[at][0].isdigit() or words[at] in ZH_NUMBERS:
            _chinese_quantity(spans, words, at)
    if not any(hit.kind == "quantity" for hit in spans.hits()):
        for start, end in contents:
            spans.claim_tokens("quantity", start, end)


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
    before = _clause("".join(words[max(0, at - 12) : at]))
    weight = next((unit for unit in ZH_WEIGHTS if rest.startswith(unit)), "")
    if weight and digits:
        if "比" in before:
            return  # 比我买的250克的还小 weighs what somebody else got
        spans.claim_tokens("quantity", at, end + len(weight))
        return
    after = "".join(words[end + 1 : end + 4])
    counted = (
        any(sign in ZH_COUNTED for sign in before[-3:])
        or bool(_ONLY.search(before))
        or (not after[:1].isalnum() and any(sign in "买购订拍" for sign in before))
        or (not before and word != "一" and after.startswith(_GOODS))
    )
    if words[end : end + 1] and words[end] in ZH_COUNTS and counted:
        alone = not after or not after[0].isalnum() or "只" in before or "仅" in before
        if (word in "一几半" and end - at == 1 and not alone) or after.startswith(ZH_NOT_GOODS):
            return  # 买了一个锅 says no number, it is an article; 两个小时 is a time
        spans.claim_tokens("quantity", at, end + 1)


def _clause(text: str) -> str:
    """Return what follows the last punctuation of `text`."""
    return re.split(r"[,.;:!?。、!\s]", text)[-1]


def _english_quantity(spans: Spans, words: list[str], at: int) -> list[tuple[int, int]]:
    """Claim "3 discs", "500g", and the bare number in "ordered 4 tops".

    Returns the stretches that say what a pack holds, such as "100 tablets": they are a quantity
    only where no packs are counted.
    """
    word = words[at]
    if NUMBER_UNIT.fullmatch(word):
        if not _is_measure_of_other(spans, words, at):
            spans.claim_tokens("quantity", at, at + 1)
        return []
    if not EN_NUMBER.fullmatch(word):
        return []
    ahead = [(n, w) for n, w in enumerate(words[at + 1 : at + 7], at + 1) if not w.isspace()]
    if ahead and PACKED.fullmatch(ahead[0][1]):
        del ahead[0]  # "2,136 1000-count bottles"
    after = [w for _, w in ahead]
    plural = after and (after[0].endswith("s") or len(after[0]) < 3 or word in {"1", "one"})
    if after and after[0] in UNITS and plural and word != "one":
        stretch = (at, ahead[0][0] + 1)
        if after[0] in CONTENTS:
            return [stretch]
        if not (after[0] in {"lb", "lbs", "kg", "g"} and _is_measure_of_other(spans, words, at)):
            spans.claim_tokens("quantity", *stretch)
        return []
    if _is_counted(words, at) and after and after[0][0].isalpha() and after[0] not in _NOT_COUNTED:
        spans.claim_tokens("quantity", at, at + 1)
    return []


def _is_counted(words: list[str], at: int) -> bool:
    """Tell whether "4" counts goods: "ordered 4 tops", "ordered 3 tops and 4 hats"."""
    word = words[at]
    if not word[0].isdigit() or len(word) > 3:
        return False
    before = [w for w in words[max(0, at - 9) : at] if not w.isspace()]
    while before and before[-1] in _LIGHT:
        before.pop()
    if not before:
        return False
    if before[-1] in COUNTED or (before[-1] in {"me", "us"} and before[-2:][0] in COUNTED):
        return True
    # the second of two counts: "ordered 3 plain rolls and 2 …"
    if before[-1] not in {"and", "&", ","} or not any(verb in COUNTED for verb in before):
        return False
    return any(EN_NUMBER.fullmatch(earlier) for earlier in before[:-1])


def _is_measure_of_other(spans: Spans, words: list[str], at: int) -> bool:
    """Tell whether "140lbs" is a person's, "64g" a memory's and "4.7l" an engine's size."""
    word = words[at]
    near = words[max(0, at - 10) : at + 4]
    if "lb" in word or word.endswith("kg") or words[at + 1 : at + 2] == ["lbs"]:
        return any(other in _BODY or "'" in other[1:2] for other in near)
    if word.endswith("l") and "." in word:
        return any(other in _ENGINES for other in near)
    start = spans.starts[at]
    around = spans.text[max(0, start - 15) : start + 15]
    if not word.endswith("g") or around.isascii():
        return False
    number = word[:-1]
    power = number.isdigit() and len(number) < 5 and int(number) & (int(number) - 1) == 0
    return power or spans.text[start + len(word) - 1] == "G" or bool(_MEMORY.search(around))


_NOT_COUNTED = frozenset(
    words_of(
        """
    day days week weeks month months year years hour hours hr minute minutes min mins am pm
    star stars times time st nd rd th percent dollar dollars euros pounds rupees rs usd hrs o
    working business emails email calls call messages o'clock and or of to in at on the a as by
    people persons reviews letters feet foot ft inches inch miles km different more less
    orders order cards phone or k x for with from weekdays bucks cents degree degrees but
    """
    )
)
