"""The text of a file by lines, as an editor counts them: where things stand, and what to show."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in a file, both counted from one."""

    line: int
    column: int


class Lines:
    """The lines of a text; those that hold a secret are never shown."""

    def __init__(self, text: str, *, secret: Iterable[str] = ()) -> None:
        """Take the text; the values of keys that are called as one of `secret` are secrets."""
        parts = re.split(r"(\r\n?|\n)", text)
        self._lines = parts[::2]
        whole = [line + end for line, end in zip(parts[::2], parts[1::2], strict=False)]
        self._starts = [0, *accumulate(len(line) for line in whole)]
        keys = "|".join(re.escape(key) for key in secret)
        # What is taken from the environment is none: ${NAME}. A value may stand on the next line.
        self._here = re.compile(rf"\b(?:{keys})[\"']?\s*:\s*(?!\$\{{)[^\s#]") if keys else None
        self._below = re.compile(rf"\b(?:{keys})[\"']?\s*:\s*[|>]?[-+0-9]*\s*$")

        self.length = len(text)

    def place(self, index: int) -> Place:
        """Return where the character `index` of the text stands."""
        line = bisect_right(self._starts, index)
        return Place(line, index - self._starts[line - 1] + 1)

    def excerpt(self, line: int) -> str:
        """Return the text of a line; "" for none, and for one that holds a secret."""
        text = self._line(line)
        if self._here and (self._here.search(text) or self._below.search(self._line(line - 1))):
            return ""
        return text

    def _line(self, line: int) -> str:
        return self._lines[line - 1] if 1 <= line <= len(self._lines) else ""
