"""Many lists of words, looked for in one text at once. Pure.

A text is gone through once for whatever the entries of all lists begin with; after that, only the
lists of which something begins in it are looked for, and only there. What is found is exactly
what `Words.find` finds.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, Self

from ahocorasick_rs import AhoCorasick

from routing.policy import Policy
from routing.rules import Condition
from routing.word_places import LETTERS, Pattern, Reading
from routing.words import Words, read

_MOST_POLICIES = 4  #: whose indexes are kept; a desk has one, and another for a moment
_recent: list[tuple[Policy, "WordIndex"]] = []  # latest first


def index_of(policy: Policy) -> "WordIndex":
    """Return the index of all lists of a policy that are looked for in the words of a mail.

    The same one for the same object: to compare policies would take longer than to search.
    """
    for known, index in _recent:
        if known is policy:
            return index
    index = WordIndex(_lists_of(policy))
    _recent[:] = [(policy, index), *_recent[: _MOST_POLICIES - 1]]
    return index


def _lists_of(policy: Policy) -> Iterator[Words]:
    for rule in policy.rules:
        yield from _lists_in(rule.when)
    for level in policy.severities:
        yield from (criterion.words for criterion in level.criteria)
    for category in policy.categories.values():
        yield from (one.words for one in category.sub)


def _lists_in(when: Condition) -> Iterator[Words]:
    """Yield the lists of a condition; not `region`, which is looked for in places alone."""
    if when.words:
        yield when.words
    for inner in (*when.every, *when.some, *when.never):
        yield from _lists_in(inner)


class Found:
    """What the lists of an index find in one text; each is looked up when it is asked for."""

    def __init__(
        self,
        text: str,
        reading: Reading,
        lists: dict[int, Words],
        starts: dict[Pattern, list[int]],
        likely: set[int],
    ) -> None:
        self._text = text
        self._reading = reading
        self._lists = lists
        self._starts = starts
        self._likely = likely
        self._known: dict[int, tuple[str, ...]] = {}

    def of(self, words: Words) -> tuple[str, ...]:
        """Return what `words.find` does; a list that is not in the index is asked itself."""
        key = id(words)
        if key not in self._likely:
            return () if key in self._lists else words.find(self._text)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = words.find_in(self._reading, self._where)
        return found

    def _where(self, pattern: Pattern) -> Sequence[int] | None:
        if pattern.beginnings is None:
            return None
        starts = self._starts.get(pattern, ())
        return sorted(set(starts)) if len(starts) > 1 else starts


class WordIndex:
    """Lists of words that are looked for together; built when the first text comes."""

    def __init__(self, lists: Iterable[Words]) -> None:
        # By identity: it is much quicker than to compare lists. They are kept, so it stays theirs.
        self._lists = {id(words): words for words in lists}

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Words, ...]]]:
        """Copy and pickle the lists alone: what is built holds for the objects of this process."""
        return type(self), (tuple(self._lists.values()),)

    def search(self, text: str) -> Found:
        """Go through a text once, for all lists."""
        reading = read(text)
        starts = self._beginnings.starts(reading.text)
        likely = {
            owner.key
            for pattern in starts
            if (owner := self._owners.get(pattern)) and owner.may_hold(starts)
        }
        return Found(text, reading, self._lists, starts, likely | self._anywhere)

    @cached_property
    def _owners(self) -> dict[Pattern, "_Owner"]:
        """Tell of each pattern whose it is; exceptions alone make no list likely."""
        owners = {}
        for key, words in self._lists.items():
            owners[words.finder.single] = _Owner(key, None)
            for one, other in words.finder.pairs:
                owners[one], owners[other] = _Owner(key, other), _Owner(key, one)
        return owners

    @cached_property
    def _anywhere(self) -> frozenset[int]:
        """The lists of which nobody can tell what one of their entries begins with."""
        untold = (owner for one, owner in self._owners.items() if one.beginnings is None)
        return frozenset(owner.key for owner in untold)

    @cached_property
    def _beginnings(self) -> "_Beginnings":
        finders = [
            one for words in self._lists.values() for one in (words.finder, words.exceptions)
        ]
        pairs = (pattern for one in finders for pair in one.pairs for pattern in pair)
        return _Beginnings((*(one.single for one in finders), *pairs))


class _Owner(NamedTuple):
    """The list that a pattern is of, and its partner if it is one of a pair."""

    key: int
    other: Pattern | None

    def may_hold(self, starts: Container[Pattern]) -> bool:
        """Tell whether the partner may be in the text as well."""
        return self.other is None or self.other in starts or self.other.beginnings is None


class _Beginnings:
    """What patterns begin with, looked for in one go."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        users: dict[str, tuple[list[Pattern], list[Pattern]]] = {}
        for pattern in patterns:
            for beginning in pattern.beginnings or ():
                entry = users.setdefault(_encodable(beginning.literal), ([], []))
                entry[beginning.whole].append(pattern)
        #: By number: what begins, and whose it is if a word goes on there, and if it ends there.
        self._users = [(open_ones, open_ones + whole) for open_ones, whole in users.values()]
        self._engine = AhoCorasick(users)

    def starts(self, text: str) -> dict[Pattern, list[int]]:
        """Return where each pattern can begin, in any order; those that can't are left out."""
        found: dict[Pattern, list[int]] = {}
        text = _encodable(text)
        signs = f"{text} "  # whatever ends the text ends a word
        letters, users = LETTERS, self._users
        for number, start, end in self._engine.find_matches_as_indexes(text, overlapping=True):
            # Patterns look at this themselves, but most beginnings are sorted out by it.
            if signs[start] in letters and signs[start - 1] in letters:
                continue
            within_a_word = signs[end] in letters and signs[end - 1] in letters
            for pattern in users[number][not within_a_word]:
                if pattern in found:
                    found[pattern].append(start)
                else:
                    found[pattern] = [start]
        return found


def _encodable(text: str) -> str:
    """Return a text of the same length without halves of signs, which the engine can't take."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text
