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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from routing.traditional import SIMPLIFIED
from routing.word_places import (
    LETTER,
    Beginning,
    Covered,
    Finder,
    Reading,
    Side,
    Starts,
    anywhere,
    neighbours,
    shown,
)

MOST_TEXT = 50_000  #: characters of one text that are read
MOST_FOUND = 20  #: words that one list finds; the first ones are reason enough
_MOST_BEGINNINGS = 64  #: of one side of an entry, before it is looked for everywhere instead

_GROUP = re.compile(r"\(([^()]*)\)")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_TRADITIONAL = re.compile(f"[{''.join(map(chr, SIMPLIFIED))}]")
#: What NFKC makes of the wide signs of every Chinese text. A text without others of its kind is
#: left alone by NFKC, which otherwise costs more than all the rest.
_WIDE = (*zip("，！？：；（）～％　", ",!?:;()~% ", strict=True), ("…", "..."))


@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Return `text` as it is compared: NFKC, lower case, simplified, straight quotes, blanks."""
    if not text.isascii():
        for wide, plain in _WIDE:
            text = text.replace(wide, plain)
    text = unicodedata.normalize("NFKC", text).casefold()
    if _TRADITIONAL.search(text):
        text = text.translate(SIMPLIFIED)
    text = text.replace("’", "'").replace("‘", "'")
    single = " ".join(text.split())
    before, after = text[:1].isspace(), text[-1:].isspace() and single != ""
    return f"{' ' if before else ''}{single}{' ' if after else ''}"


@lru_cache(maxsize=4)
def read(text: str) -> Reading:
    """Return what is searched: an empty line ends a sentence, as a full stop does."""
    return Reading(fold(_PARAGRAPH.sub(" ; ", text[:MOST_TEXT])))


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
        return self.find_in(read(text))

    def find_in(self, reading: Reading, starts: Starts = anywhere) -> tuple[str, ...]:
        """Return what `find` does, of a text that was read; `starts`: where to look at all."""
        text = reading.text
        hits = self.finder.hits(text, starts)
        if not hits:
            return ()
        excepted = self._excepted(text, starts) if self.unless else None
        money = reading.money(self.above)
        found: dict[str, None] = {}
        for hit in sorted(hits):
            if self.above and not any(neighbours(text, part, money) for part in hit):
                continue
            if excepted and any(excepted.touches(part) for part in hit):
                continue
            if not reading.denied(hit):
                found.setdefault(shown(text, hit))
            if len(found) == MOST_FOUND:
                break
        return tuple(found)

    def _excepted(self, text: str, starts: Starts) -> Covered:
        return Covered(part for hit in self.exceptions.hits(text, starts) for part in hit)

    @cached_property
    def finder(self) -> Finder:
        """What finds the words, whether they count or not."""
        return Finder(_good(self.words))

    @cached_property
    def exceptions(self) -> Finder:
        """What finds the entries of `unless`."""
        return Finder(_good(self.unless))


def _good(entries: tuple[str, ...]) -> Iterator[list[Side]]:
    for entry in entries:
        try:
            yield _sides(entry)
        except ValueError:
            continue  # `check` tells the supervisors


def _sides(entry: str) -> list[Side]:
    """Return the one or two things an entry speaks of.

    Raises ValueError in words a supervisor understands.
    """
    sides = [_side(entry, part.strip()) for part in fold(entry).split("~")]
    if len(sides) > 2:
        raise ValueError(f"{entry!r} has more than one `~`")
    return sides


def _side(entry: str, part: str) -> Side:
    pieces = _GROUP.split(part)
    if any(sign in piece for piece in pieces[::2] for sign in "()|"):
        raise ValueError(f"{entry!r}: write alternatives as (one|other), and none within another")
    if re.search(r"(?<![^ ])\*|\*(?! |$)", "\n".join(pieces).replace("|", " ").replace("\n", " ")):
        raise ValueError(f"{entry!r} has a star that is not at the end of a word")
    # Fixed words and alternatives take turns.
    choices = [piece.split("|") if number % 2 else [piece] for number, piece in enumerate(pieces)]
    if all("" in choice for choice in choices):
        raise ValueError(f"{entry!r} has an empty part")
    pattern = "".join(
        _alternatives(choice) if number % 2 else _literal(choice[0])
        for number, choice in enumerate(choices)
    )
    return Side(pattern, _beginnings(choices))


def _alternatives(choice: list[str]) -> str:
    longest_first = sorted(choice, key=len, reverse=True)
    return f"(?:{'|'.join(_literal(word) for word in longest_first)})"


def _literal(words: str) -> str:
    """Return the pattern of folded words: a star stands for the rest of a word, all else itself."""
    return f"{LETTER}{{0,30}}".join(re.escape(part) for part in words.split("*"))


def _beginnings(choices: list[list[str]]) -> frozenset[Beginning] | None:
    """Return how the words of these choices begin: up to their first star, or all of them.

    Where there are too many, they are cut before the choice that made them so; None if nothing is
    left of one then.
    """
    ended: set[str] = set()
    open_ones = {""}
    for choice in choices:
        heads = [option.partition("*")[:2] for option in choice]
        longer = {begun + head for begun in open_ones for head, star in heads if not star}
        cut = {begun + head for begun in open_ones for head, star in heads if star}
        if len(ended) + len(longer) + len(cut) > _MOST_BEGINNINGS:
            known = ended | open_ones
            return None if "" in known else frozenset(Beginning(one, False) for one in known)
        ended, open_ones = ended | cut, longer
    return frozenset(
        {Beginning(one, False) for one in ended} | {Beginning(one, True) for one in open_ones}
    )
