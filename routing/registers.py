"""The registers of a case: labelled parts of a reply that become entries of their own. Pure.

Cost, compensation, goods, samples, contacts and the like are kept as written (K027, K043, K062,
K072, K073, K099). What answers the complaint itself (cause, measures, the words for the
complainant) is no entry; it stays in the part of its department.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cases.life import Record
from routing.amounts import amounts
from routing.labels import RESTRICTED
from routing.life import Life
from routing.words import fold

#: The labels of a reply (routing/labels.py) whose words are an entry of that kind.
KINDS = (
    *("cost", "cost_bearer", "compensation", "returned_goods", "samples", "test", "related"),
    *("visit", "meeting", "contact", "recall", "authority", "verified", "document", "lesson"),
    *("reward", "liability"),
)
#: What finance is told of (K043).
MONEY = ("compensation", "cost", "cost_bearer")
#: As an answer to a label these say that there is nothing to enter.
_NOTHING = frozenset(
    {"", "-", "/", "n/a", "na", "none", "no", "nothing", "nil", "无", "没有", "暂无", "不适用"}
)
_MOST = 5_000  # characters of an entry

_CURRENCIES = (
    ("HKD", ("hk$", "hkd")),
    ("USD", ("us$", "usd", "dollar", "美元", "美金", "$")),
    ("EUR", ("eur", "欧元", "€")),
    ("GBP", ("gbp", "pound", "英镑", "£")),
    ("CNY", ("rmb", "cny", "yuan", "人民币", "元", "块", "圆", "¥")),
)
_TOTAL = re.compile(r"(?:合计|共计|总计|总共|小计|total|in all|sum)[^0-9]{0,12}$")
_COUNTED = re.compile(
    r"(?:[0-9]{1,7}|[一二两三四五六七八九十百]{1,4}) ?"
    r"(?:[件台个箱盒瓶袋支只套根张块条片桶包批]|pcs?\b|pieces?\b|units?\b|items?\b|boxes\b|box\b|"
    r"sets?\b|kettles?\b|cartons?\b|bottles?\b|bags?\b|kg\b|公斤)"
    r"|(?:[x×*] ?[0-9]{1,7}\b|\b[0-9]{1,7} ?[x×])"
    r"|(?:数量|qty|quantity|number)[^0-9a-z]{0,4}[0-9]{1,7}"
)
_FORM = re.compile(
    r"单号|(?:退货|换货|返修|维修|申请|入库)单|\b(?:rma|rga|form)\b|return (?:note|slip)"
)
_NO_FORM = re.compile(
    r"(?:no|without(?: an?)?|missing) {1,3}(?:return |rma )?form|无(?:退货)?单|没有(?:退货)?单"
)


def entries(life: Life, by: str, parts: Mapping[str, str]) -> tuple[Record, ...]:
    """Return the entries that the labelled parts of a reply of `by` make, in the order written.

    "none", 无 and the like make none.
    """
    return tuple(
        life.record(key, by, text.strip()[:_MOST], restricted=key in RESTRICTED)
        for key, text in parts.items()
        if key in KINDS and not says_nothing(text)
    )


def says_nothing(text: str) -> bool:
    """Tell a label that was left open, or answered by "none"."""
    return fold(text[:100]).strip(" \t\n.。!！;；,，") in _NOTHING


# ---------------------------------------------------------------- money


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A sum that an entry names."""

    value: Decimal
    currency: str  #: ISO 4217; "" where the text is a mere number, or its sign is none we know


def amount(text: str) -> Money | None:
    """Return the sum of money that a text names, for totals; None if it names none or several.

    300元, ¥1,200.50, 1.2万元, EUR 30, 30 €. Of several sums the one called the total counts. ¥ is
    taken for yuan.
    """
    folded = fold(text[:_MOST])
    found = list(amounts(folded))
    if not found:
        bare = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,2})?)\s*", folded)
        return (
            Money(value=Decimal(bare[1]).quantize(Decimal("0.01")), currency="") if bare else None
        )
    named = [one for one in found if _TOTAL.search(folded[max(0, one.start - 20) : one.start])]
    chosen = named[-1:] or found
    if len(chosen) > 1:
        return None
    one = chosen[0]
    value = Decimal(str(round(one.value, 2))).quantize(Decimal("0.01"))
    return Money(value=value, currency=_currency(folded, one.start, one.end))


def _currency(text: str, start: int, end: int) -> str:
    before = text[max(0, start - 2) : start]
    shown = text[start:end]
    if shown.startswith("$") and before[-1:].isalpha():
        shown = before + shown  # HK$, A$: the sign alone would say US dollars
        return "HKD" if shown.startswith("hk$") else "USD" if shown.startswith("us$") else ""
    return next((name for name, signs in _CURRENCIES if any(s in shown for s in signs)), "")


def totals(texts: Iterable[str]) -> tuple[dict[str, Decimal], int]:
    """Return the sum of each currency, and how many texts name no single sum."""
    sums: dict[str, Decimal] = {}
    unread = 0
    for text in texts:
        money = amount(text)
        if money is None:
            unread += 1
        else:
            sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.value
    return sums, unread


# ---------------------------------------------------------------- goods


def return_gaps(text: str) -> tuple[str, ...]:
    """Return what an entry of returned goods lacks: "count", "form" (K027)."""
    folded = fold(text[:_MOST])
    gaps = [] if _COUNTED.search(folded) else ["count"]
    if not _FORM.search(folded) or _NO_FORM.search(folded):
        gaps.append("form")
    return tuple(gaps)


_SAMPLES = {
    "asked": r"索取|要求|需要|请求|asked(?: for)?|requested|wanted",
    "received": r"收到|已收|到样|received|got|arrived",
    "kept": r"留样|保留|封存|留存|kept|retained|retain|keep|sealed",
}
_COUNT = r"[^0-9;,。\n]{0,12}([0-9]{1,5})"


def sample_counts(text: str) -> dict[str, int | None]:
    """Return how many samples were asked for, received and kept; None where it isn't said (K072).

    "asked 3, received 2, kept 1 (lab, sealed)"; 索取3件，收到2件，留样1件.
    """
    folded = fold(text[:_MOST])
    found = {key: re.search(f"(?:{words}){_COUNT}", folded) for key, words in _SAMPLES.items()}
    return {key: int(match[1]) if match else None for key, match in found.items()}
