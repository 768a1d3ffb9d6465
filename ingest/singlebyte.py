"""Cyrillic, Greek and Thai letters sent as raw bytes without a label: which alphabet is it?

Texts of two bytes a character must never be taken for them: Chinese mails are our daily bread.
So the bytes must lie where the letters of these alphabets lie, in words of odd length too, and the
letters must be the ones such texts are made of.
"""

import re
from typing import Final

MIN_LETTERS: Final = 12

_RUN: Final = re.compile(rb"[\x80-\xff]+")
_COMMON: Final = (
    ("cp1251", frozenset("оеаинтсрвлкмдп")),
    ("koi8_r", frozenset("оеаинтсрвлкмдп")),
    ("cp1253", frozenset("αοιετσνηυρπκμλςάόίέή")),
)
_ENOUGH: Final = 0.6  #: share of common letters; other alphabets reach a third of it
#: vowels and tones that stand above or below the consonant before them (TIS-620)
_THAI_MARKS: Final = frozenset((0xD1, *range(0xD4, 0xDB), *range(0xE7, 0xEF)))
_THAI_COMMON: Final = frozenset("านรอกเงมยลวทสต".encode("cp874"))
_THAI: Final = frozenset((*range(0xA1, 0xDB), *range(0xDF, 0xFC)))


def alphabet_of(sample: bytes) -> str:
    """Return the codec of an unlabelled text in one of these alphabets, "" if it is in none."""
    runs = _RUN.findall(sample)
    high = b"".join(runs)
    if len(high) < MIN_LETTERS:
        return ""
    if _is_thai(high):
        return "cp874"
    odd = sum(len(run) % 2 for run in runs)
    letters = sum(byte >= 0xC0 for byte in high)
    if odd * 5 < len(runs) or letters < 0.92 * len(high):
        return ""
    best, share = "", _ENOUGH
    for codec, common in _COMMON:
        text = high.decode(codec, "replace")
        found = sum(char in common for char in text) / len(text)
        if found > share:
            best, share = codec, found
    return best


def _is_thai(high: bytes) -> bool:
    """Tell whether marks stand where Thai has them: often, and always after a letter."""
    if sum(byte in _THAI for byte in high) < len(high):
        return False
    marks = [at for at, byte in enumerate(high) if byte in _THAI_MARKS]
    placed = sum(at > 0 and _carries(high[at - 1]) for at in marks)
    if len(marks) * 8 < len(high) or placed < 0.97 * len(marks):
        return False
    return sum(byte in _THAI_COMMON for byte in high) >= 0.45 * len(high)


def _carries(byte: int) -> bool:
    return 0xA1 <= byte <= 0xCE or byte in _THAI_MARKS
