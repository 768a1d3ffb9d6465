"""A line of somebody's file with a mark below one of its signs, safe on any terminal. Pure."""

import unicodedata
from collections.abc import Iterable

_INDENT = "    "
_WIDTH = 72  # cells of a line that are shown, at most half of them before the mark
_CUT = "..."  # not `…`, which some terminals draw two cells wide: the mark would slip
_LONGEST = 1_000  # characters of one sentence; who wrote the file chose the names in it


def marked(line: str, column: int) -> str:
    """Return the line, and below it a `^` under its `column` (1-based), both indented.

    Of a long line only what stands around the mark is shown. Chinese signs are two cells wide.
    """
    at = min(column - 1, len(line))
    left = _fitting(reversed(line[max(0, at - _WIDTH) : at]), _WIDTH // 2)[::-1]
    right = _fitting(line[at : at + _WIDTH], _WIDTH - _cells(left))
    before = (_CUT if len(left) < at else "") + _clean(left)
    after = _clean(right) + (_CUT if at + len(right) < len(line) else "")
    return f"{_INDENT}{before}{after}".rstrip() + f"\n{_INDENT}{' ' * _cells(before)}^"


def one_line(text: str) -> str:
    """Return a sentence as one line that no terminal takes for a command."""
    return _clean(text[:_LONGEST]) + (_CUT if len(text) > _LONGEST else "")


def _fitting(signs: Iterable[str], most: int) -> str:
    """Return the first signs that fit into `most` cells."""
    found, cells = "", 0
    for sign in signs:
        cells += _width(sign)
        if cells > most:
            break
        found += sign
    return found


def _clean(text: str) -> str:
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    if sign.isprintable():
        return sign
    if unicodedata.category(sign) == "Zs":  # the wide blank of Chinese texts
        return " " * _width(sign)
    return " " if sign == "\t" else "?"


def _cells(text: str) -> int:
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me"):
        return 0  # drawn over the sign before it
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1
