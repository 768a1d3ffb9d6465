"""The supervisors' way to say which words matter (design 7.8). Pure.

Latin words match whole words, Chinese ones anywhere; case, width, traditional forms and repeated
blanks make no difference. An entry of a list is one of

- ``refund``, a word or several; ``refund*``, every word that begins so;
- ``my (lawyer|solicitor)``, alternatives;
- ``swallow* ~ (baby|child*)``, two things near each other in one sentence, in either order.

A negation before a word ("not dangerous", 没有受伤) takes it out, and so does an entry of `unless`
that the word is part of: ``fire sale``, ``(brother|friend) ~ lawyer``.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from routing.amounts import amounts
from routing.negation import negated
from routing.traditional import SIMPLIFIED

MOST_TEXT = 50_000  #: characters of one text that are read
MOST_FOUND = 20  #: words that one list finds; the first ones are reason enough
_REACH = 16  #: between two things that are near: eight Latin words, or sixteen Chinese signs
_REACH_CHARACTERS = 90  #: as above, whatever the words
_REACH_TRIES = 2  #: how many of the other thing's places are looked at on either side

#: A letter of a word, once folded. Chinese is none: in 打12315投诉 the number is a whole word.
#: A small set on purpose: one over all scripts compiles in a millisecond, and there are thousands.
_LETTER = r"[0-9a-z_\u00df-\u00ff]"
_UNITS = re.compile(rf"(?P<latin>(?:{_LETTER}|'){{1,40}})|[\u2e80-\U0010ffff]")
_ENDS = re.compile(r"[!?;。…]|\.(?: |$)")
_GROUP = re.compile(r"\(([^()]*)\)")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")

_Part = tuple[int, int]  # where a word begins and ends


@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Return `text` as it is compared: NFKC, lower case, simplified, straight quotes, blanks."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(SIMPLIFIED)
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("‘", "'"))


@lru_cache(maxsize=4)
def _read(text: str) -> str:
    """Return what is searched: an empty line ends a sentence, as a full stop does."""
    return fold(_PARAGRAPH.sub(" ; ", text[:MOST_TEXT]))


def mistake_in(entry: str) -> str:
    """Return what is wrong with an entry of a list, in words; "" if nothing is."""
    try:
        _sides(entry)
    except ValueError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Words:
    """A list of entries, compiled on first use; an entry with a mistake matches nothing."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    above: float = 0  #: a word counts only beside an amount of money above this; 0: always

    def find(self, text: str) -> tuple[str, ...]:
        """Return the words found, each once, in the order of the text, folded."""
        folded = _read(text)
        hits = sorted(self._finder.hits(folded))
        if not hits:
            return ()
        excepted = _Covered(part for hit in self._exceptions.hits(folded) for part in hit)
        money = [(a.start, a.end) for a in amounts(folded) if a.value > self.above > 0]
        found: dict[str, None] = {}
        for hit in hits:
            if self.above and not any(_neighbours(folded, part, money) for part in hit):
                continue
            if any(excepted.touches(part) for part in hit):
                continue
            if not any(negated(folded, start, end) for start, end in hit):
                found.setdefault(_shown(folded, hit))
            if len(found) == MOST_FOUND:
                break
        return tuple(found)

    @cached_property
    def _finder(self) -> "_Finder":
        return _Finder(self.words)

    @cached_property
    def _exceptions(self) -> "_Finder":
        return _Finder(self.unless)


class _Finder:
    """Finds the entries of a list in a folded text; a hit is one place, or two."""

    def __init__(self, entries: Iterable[str]) -> None:
        good = [_sides(entry) for entry in entries if not mistake_in(entry)]
        self._single = _pattern(sides[0] for sides in good if len(sides) == 1)
        self._pairs = [tuple(_pattern([side]) for side in sides) for sides in good if sides[1:]]

    def hits(self, text: str) -> Iterator[tuple[_Part, ...]]:
        """Yield every place of a word, and every two places of a pair that are near."""
        for match in self._single.finditer(text):
            yield (match.span(),)
        for one, other in self._pairs:
            left = [match.span() for match in one.finditer(text)]
            right = [match.span() for match in other.finditer(text)] if left else []
            for here in left if right else []:
                for there in _neighbours(text, here, right):
                    yield tuple(sorted((here, there)))


class _Covered:
    """The places that a list of exceptions covers, merged, so that a look-up is quick."""

    def __init__(self, parts: Iterable[_Part]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(parts):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, part: _Part) -> bool:
        """Tell whether a letter of `part` is covered."""
        at = bisect_left(self._starts, part[1]) - 1
        return at >= 0 and self._ends[at] > part[0]


def _neighbours(text: str, here: _Part, others: list[_Part]) -> list[_Part]:
    """Return those of the sorted `others` that are near `here`."""
    at = bisect_left(others, here)
    near = others[max(0, at - _REACH_TRIES) : at + _REACH_TRIES]
    return [other for other in near if _near(text, here, other)]


def _near(text: str, one: _Part, other: _Part) -> bool:
    """Tell whether two places do not touch each other's letters, yet are near in one sentence."""
    (_, start), (end, _) = sorted((one, other))
    if not 0 <= end - start <= _REACH_CHARACTERS:
        return False
    between = text[start:end]
    if _ENDS.search(between):
        return False
    return sum(2 if unit["latin"] else 1 for unit in _UNITS.finditer(between)) <= _REACH


def _shown(text: str, hit: tuple[_Part, ...]) -> str:
    words = [text[start:end] for start, end in hit]
    between = text[hit[0][1] : hit[-1][0]]
    return text[hit[0][0] : hit[-1][1]] if len(between) <= 1 else " … ".join(words)


def _sides(entry: str) -> list[str]:
    """Return the patterns of the one or two things an entry speaks of.

    Raises ValueError in words a supervisor understands.
    """
    sides = [_side(entry, part.strip()) for part in fold(entry).split("~")]
    if len(sides) > 2:
        raise ValueError(f"{entry!r} has more than one `~`")
    return sides


def _side(entry: str, part: str) -> str:
    pieces = _GROUP.split(part)
    if any(sign in piece for piece in pieces[::2] for sign in "()|"):
        raise ValueError(f"{entry!r}: write alternatives as (one|other), and none within another")
    if re.search(r"(?<![^ ])\*|\*(?! |$)", "\n".join(pieces).replace("|", " ").replace("\n", " ")):
        raise ValueError(f"{entry!r} has a star that is not at the end of a word")
    pattern = "".join(
        _alternatives(piece) if number % 2 else _literal(piece)
        for number, piece in enumerate(pieces)
    )
    if re.fullmatch(pattern, ""):
        raise ValueError(f"{entry!r} has an empty part")
    return pattern


def _alternatives(group: str) -> str:
    longest_first = sorted(group.split("|"), key=len, reverse=True)
    return f"(?:{'|'.join(_literal(word) for word in longest_first)})"


def _literal(words: str) -> str:
    """Return the pattern of folded words: a star stands for the rest of a word, all else itself."""
    return f"{_LETTER}{{0,30}}".join(re.escape(part) for part in words.split("*"))


def _pattern(sides: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern for all; where several begin, the longest counts.

    Latin words must begin and end as words do; where Chinese begins or ends, that holds anyway.
    """
    longest_first = sorted(set(sides), key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    begins, ends = f"(?:(?<!{_LETTER})|(?!{_LETTER}))", f"(?:(?!{_LETTER})|(?<!{_LETTER}))"
    # Looked behind once for all, not once for each: that is what keeps long lists quick.
    return re.compile(f"{begins}(?:{'|'.join(longest_first)}){ends}")
