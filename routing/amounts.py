"""Amounts of money in a text, blind to the currency: $5,000, 8000元, 五万元, 1.2万, € 900. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"[0-9]{1,3}(?:[,.][0-9]{3}){1,4}(?:[.,][0-9]{1,2})?|[0-9]{1,12}(?:[.,][0-9]{1,2})?"
_COUNT = r"[一二两三四五六七八九十几数上百千]{1,4}"
_MANY = r"百万|千万|万|千|百|亿|k\b|thousand|million"
_MONEY_BEFORE = r"(?:[¥$€£]|\b(?:rmb|usd|eur|gbp|cny|hkd|us\$))"
_MONEY_AFTER = (
    r"(?:元|块|圆|人民币|美元|美金|欧元|英镑|rmb|cny|usd|eur|gbp|yuan|"
    r"dollars?|euros?|pounds?|[€£$])"
)
_AMOUNT = re.compile(
    rf"{_MONEY_BEFORE} ?(?P<a>{_NUMBER}) ?(?P<am>{_MANY})?"
    rf"|(?<![0-9.,])(?P<b>{_NUMBER}) ?(?P<bm>{_MANY})? ?余?多?{_MONEY_AFTER}"
    rf"|(?<![0-9.,])(?P<c>{_NUMBER}) ?(?P<cm>万)"
    rf"|(?P<d>{_COUNT}?)(?P<dm>万)余?多?{_MONEY_AFTER}?"
)
_TIMES = {
    **{"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8},
    **{"k": 1e3, "thousand": 1e3, "million": 1e6},
}
_DIGITS = {**{sign: n for n, sign in enumerate("一二三四五六七八九", 1)}, "两": 2}
_TENS = {"十": 10.0, "百": 100.0, "千": 1000.0}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money and where it stands."""

    start: int
    end: int
    value: float


def amounts(text: str) -> Iterator[Amount]:
    """Yield the sums of money in a folded text (routing.words.fold)."""
    for match in _AMOUNT.finditer(text):
        number = match["a"] or match["b"] or match["c"]
        many = match["am"] or match["bm"] or match["cm"] or match["dm"]
        value = (_plain(number) if number else _chinese(match["d"] or "")) * _TIMES.get(many, 1)
        yield Amount(match.start(), match.end(), value)


def _plain(number: str) -> float:
    """Read 5000, 5,000, 5.000 and 4,99: three digits after a sign are thousands."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,]([0-9]{1,2}))?", number, re.DOTALL).groups()  # type: ignore[union-attr] # every number has this form
    return float(re.sub(r"[.,]", "", whole)) + float(f"0.{cents or 0}")


def _chinese(number: str) -> float:
    """Read 十二 as 12; 几, 数 and 上 count as one, so 几万 is at least 10,000."""
    value, digit = 0.0, 0.0
    for sign in number:
        if sign in _TENS:
            value, digit = value + (digit or 1) * _TENS[sign], 0.0
        else:
            digit = _DIGITS.get(sign, 1)
    return value + digit or 1.0
