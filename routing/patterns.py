"""Patterns of supervisors: names with stars, and regular expressions. Pure.

A regular expression is RE2's (google-re2): whatever is written, it takes time in proportion to the
text, so that no rule can stop the desk (reliability, F86; design 7.8).
"""

from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from re import compile as python_pattern
from typing import Any

import re2  # type: ignore[import-untyped] # ships no types

from routing.words import MOST_TEXT, fold

MOST_PATTERN = 500  #: characters of one expression
_MEMORY = 2**20  # bytes that one compiled expression may take


def mistake_in_regex(pattern: str) -> str:
    """Return what is wrong with a regular expression, in words; "" if nothing is."""
    if not pattern:
        return "is empty, so it would match everything"
    if len(pattern) > MOST_PATTERN:
        return f"has more than {MOST_PATTERN} characters"
    try:
        found = _compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        return f"{pattern!r} is no regular expression: {_text(said)}"
    if found.search(""):
        return f"{pattern!r} matches where nothing is, so it would match everything"
    return ""


def find_regex(patterns: Iterable[str], text: str) -> tuple[str, ...]:
    """Return what the first of `patterns` that is there found, () if none is; case is no matter."""
    text = text[:MOST_TEXT]
    for pattern in patterns:
        found = _compiled(pattern).search(text)
        if found:
            return (found.group(),)
    return ()


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = _MEMORY, False, False
    return re2.compile(pattern, options)


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def find_named(patterns: Iterable[str], names: Iterable[str]) -> str:
    """Return the first of `names` that one of `patterns` describes, "" if none is.

    Case, width and traditional forms are no matter; a star stands for anything, # for a digit.
    """
    folded = [(name, fold(name).strip()) for name in names if name]
    for pattern in patterns:
        matches = _glob(pattern).match
        for name, text in folded:
            if matches(text):
                return name
    return ""


@lru_cache(maxsize=8192)
def _glob(pattern: str) -> Any:
    plain = fold(pattern).strip().replace("[", "[[]").replace("?", "[?]")
    return python_pattern(translate(plain.replace("#", "[0-9]")))
