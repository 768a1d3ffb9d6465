"""Where the words of a list stand in a folded text, and which of them are near each other. Pure.

A place is found by a regular expression. Where many lists are looked for in one text, an index
says first where each pattern can begin (routing/word_index.py), and only there it is tried; the
places found are the same.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.amounts import amounts
from routing.negation import negated

_REACH = 16  #: between two things that are near: eight Latin words, or sixteen Chinese signs
_REACH_CHARACTERS = 90  #: as above, whatever the words
_REACH_TRIES = 2  #: how many of the other thing's places are looked at on either side

#: A letter of a word, once folded. Chinese is none: in 打12315投诉 the number is a whole word.
#: A small set on purpose: one over all scripts compiles in a millisecond, and there are thousands.
LETTER = r"[0-9a-z_\u00df-\u00ff]"
LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz_").union(map(chr, range(0xDF, 0x100)))
_UNITS = re.compile(rf"(?P<latin>(?:{LETTER}|'){{1,40}})|[\u2e80-\U0010ffff]")
_ENDS = re.compile(r"[!?;。…]|\.(?: |$)")

Part = tuple[int, int]  # where a word begins and ends
Hit = tuple[Part, ...]  # one place, or two that are near


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a word begins with, as written; `whole`: that is all of it."""

    literal: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One thing that an entry of a list speaks of."""

    pattern: str
    beginnings: frozenset[Beginning] | None  #: all that are possible; None: too many to tell


class Pattern:
    """Finds several things in one go; where several begin, the longest counts."""

    def __init__(self, sides: Iterable[Side]) -> None:
        sides = tuple(sides)
        self._sources = tuple(dict.fromkeys(side.pattern for side in sides))
        known = [side.beginnings for side in sides if side.beginnings is not None]
        #: What every place begins with; None: one cannot tell, so everywhere must be looked.
        self.beginnings = frozenset[Beginning]().union(*known) if len(known) == len(sides) else None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        """Latin words must begin and end as words do; where Chinese does, that holds anyway."""
        longest_first = sorted(self._sources, key=len, reverse=True)
        if not longest_first:
            return re.compile(r"(?!)")
        begins, ends = f"(?:(?<!{LETTER})|(?!{LETTER}))", f"(?:(?!{LETTER})|(?<!{LETTER}))"
        # Looked behind once for all, not once for each: that is what keeps long lists quick.
        return re.compile(f"{begins}(?:{'|'.join(longest_first)}){ends}")

    def places(self, text: str, starts: Sequence[int] | None) -> list[Part]:
        """Return its places, none within another; it begins at none but the sorted `starts`."""
        if starts is None:
            return [match.span() for match in self._compiled.finditer(text)]
        found: list[Part] = []
        end = 0
        for start in starts:
            match = self._compiled.match(text, start) if start >= end else None
            if match:
                end = match.end()
                found.append((start, end))
        return found


#: Tells where in a text a pattern can begin, in order; None: anywhere.
Starts = Callable[[Pattern], Sequence[int] | None]


def anywhere(_: Pattern) -> None:
    """Tell nothing: each pattern is tried everywhere."""


class Finder:
    """Finds the entries of a list in a folded text."""

    def __init__(self, entries: Iterable[list[Side]]) -> None:
        entries = tuple(entries)
        self.single = Pattern(sides[0] for sides in entries if len(sides) == 1)
        self.pairs = [(Pattern(sides[:1]), Pattern(sides[1:])) for sides in entries if sides[1:]]

    def hits(self, text: str, starts: Starts) -> list[Hit]:
        """Return every place of a word, and every two places of a pair that are near."""
        found: list[Hit] = [(place,) for place in self.single.places(text, starts(self.single))]
        for one, other in self.pairs:
            left = one.places(text, starts(one))
            right = other.places(text, starts(other)) if left else []
            for here in left if right else []:
                for there in neighbours(text, here, right):
                    found.append((here, there) if here <= there else (there, here))
        return found


class Reading:
    """A folded text, and what several lists ask about it, found out once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._denied: dict[Part, bool] = {}

    def denied(self, hit: Hit) -> bool:
        """Tell whether one of the words of a hit is denied where it stands."""
        known = self._denied
        for place in hit:
            if place not in known:
                known[place] = negated(self.text, *place)
            if known[place]:
                return True
        return False

    def money(self, above: float) -> list[Part]:
        """Return where amounts of money above `above` stand, none if that is no amount."""
        return [place for place, value in self._amounts if value > above] if above > 0 else []

    @cached_property
    def _amounts(self) -> list[tuple[Part, float]]:
        return [((one.start, one.end), one.value) for one in amounts(self.text)]


class Covered:
    """The places that a list of exceptions covers, merged, so that a look-up is quick."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(parts):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, part: Part) -> bool:
        """Tell whether a letter of `part` is covered."""
        at = bisect_left(self._starts, part[1]) - 1
        return at >= 0 and self._ends[at] > part[0]


def neighbours(text: str, here: Part, others: list[Part]) -> list[Part]:
    """Return those of the sorted `others` that are near `here`."""
    at = bisect_left(others, here)
    near = others[max(0, at - _REACH_TRIES) : at + _REACH_TRIES]
    return [other for other in near if _near(text, here, other)]


def _near(text: str, one: Part, other: Part) -> bool:
    """Tell whether two places do not touch each other's letters, yet are near in one sentence."""
    (_, start), (end, _) = sorted((one, other))
    if not 0 <= end - start <= _REACH_CHARACTERS:
        return False
    between = text[start:end]
    if _ENDS.search(between):
        return False
    return sum(2 if unit["latin"] else 1 for unit in _UNITS.finditer(between)) <= _REACH


def shown(text: str, hit: Hit) -> str:
    """Return a hit as it stands in the text; what stands between two places is left out."""
    if len(hit) == 1:
        return text[hit[0][0] : hit[0][1]]
    words = [text[start:end] for start, end in hit]
    between = text[hit[0][1] : hit[-1][0]]
    return text[hit[0][0] : hit[-1][1]] if len(between) <= 1 else " … ".join(words)
