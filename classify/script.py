"""Characters: which script they belong to, and one width for each of them.

Folding never changes the length of a text, so a position in the folded text is a position in what
the sender wrote (digest 5.7: fold full-width punctuation before matching).
"""

import re

MAX_CHARACTERS = 64 * 1024  #: what is read of one text (reliability 0.4)
MAX_TOKEN = 200  #: a run without white space is cut here (reliability 0.4)

CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
    "\U00020000-\U0003134f"
)
_WORD = rf"[^\W_{CJK}]"
#: The alternatives exclude each other by their first character and repeat single classes only,
#: so the scan is linear. Codes such as B2024-11 and 10/24/07 stay whole, Chinese is by character.
TOKEN = re.compile(
    rf"[{CJK}]|{_WORD}+(?:(?:[-_/'’&]|(?<=\d)\.(?=\d)|(?<=\d),(?=\d\d\d)){_WORD}+)*|\s+|.",
    re.DOTALL,
)

_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTHS |= {0x3000: 0x20, 0xA0: 0x20, 0x2010: 0x2D, 0x2011: 0x2D, 0x2013: 0x2D, 0x2212: 0x2D}
_WIDTHS |= {0x3010: 0x5B, 0x3011: 0x5D, 0x2018: 0x27, 0x2019: 0x27, 0x201C: 0x22, 0x201D: 0x22}
_WIDTHS[0] = 0x20


def fold_width(text: str) -> str:
    """Return `text` with full-width signs made half-width; same length. Total."""
    return text.translate(_WIDTHS)


def fold(text: str) -> str:
    """Return `text` half-width and lower case; same length. Total."""
    lowered = fold_width(text).lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in fold_width(text))


def split(text: str) -> list[str]:
    """Cut `text` into tokens that join to it again; none is longer than MAX_TOKEN. Total."""
    tokens: list[str] = []
    for match in TOKEN.finditer(text):
        token = match.group()
        if len(token) <= MAX_TOKEN:
            tokens.append(token)
        else:
            tokens.extend(token[at : at + MAX_TOKEN] for at in range(0, len(token), MAX_TOKEN))
    return tokens


def words_of(source: str) -> tuple[str, ...]:
    """Split a list written as text at its white space."""
    return tuple(source.split())


def phrases_of(source: str) -> tuple[str, ...]:
    """Split a list written as text at its commas."""
    return tuple(" ".join(phrase.split()) for phrase in source.replace("\n", " ").split(","))
