"""Is one domain a slip of the keyboard for another? Labels are compared one by one."""

import re

_SHORT, _LONG = 4, 8  # letters of a label in which one slip, or two, are no other word
#: Ends of domains that are other ends, however much they look like one.
_ENDS = frozenset(("com", "net", "org", "edu", "gov", "biz", "app", "cam", "info", "shop", "top"))
_COUNTRY = 2  # letters


def slip(domain: str, meant: str) -> bool:
    """Tell whether `domain` was probably meant to be `meant`: exactly one label differs a little.

    Numbers and short labels may differ on purpose: shop1 and shop2, cn and com.
    """
    one, other = domain.split("."), meant.split(".")
    different = [
        at for at, labels in enumerate(zip(one, other, strict=False)) if len(set(labels)) > 1
    ]
    if len(one) != len(other) or len(different) != 1:
        return False
    at = different[0]
    label, usual = one[at], other[at]
    if re.sub(r"\d", "", label) == re.sub(r"\d", "", usual):
        return False
    if at == len(one) - 1:
        return label not in _ENDS and len(label) != _COUNTRY and _edits(label, usual) == 1
    return _edits(label, usual) <= (len(usual) >= _SHORT) + (len(usual) >= _LONG)


def _edits(one: str, other: str) -> int:
    """Return how many letters must be put in, left out, changed or swapped with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
