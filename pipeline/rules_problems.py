"""What can only be seen when a value of rules.yaml is built: collected, with line and remedy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypeVar

from cases.addresses import sendable
from cases.errors import Problem
from classify.vocabulary import compile_number
from pipeline.rules_lists import names_beside, read_list
from pipeline.rules_schema import OFF, Names, WordList
from pipeline.yamlfile import Document
from routing.deadlines import Limit
from routing.policy import FACTS, Need
from routing.words import Words, mistake_in

T = TypeVar("T")
Keys = tuple[str, ...]  # the way to a value
LONGEST_KEY = 32  #: characters; the database has no room for more


class Problems:
    """Builds the small values of the file, and remembers what is wrong with them."""

    def __init__(self, document: Document, languages: Iterable[str]) -> None:
        self._document, self._languages = document, tuple(languages)
        self._file = Path(document.file)
        self.found: list[Problem] = []
        self.data = b""  #: of all files that were read besides rules.yaml

    def complain(self, path: Keys, what: str, fix: str) -> None:
        """Remember a problem of the value at `path`."""
        self.found.append(self._document.problem(path, what, fix))

    def attempt(self, path: Keys, build: Callable[[], T]) -> T | None:
        """Return what `build` makes; None, and a problem, if it raises ValueError."""
        try:
            return build()
        except ValueError as error:
            self.complain(path, str(error), "")
            return None

    def known(self, path: Keys, name: str, known: Iterable[str], kind: str) -> None:
        """See that `name` is one of those `known`."""
        known = list(known)
        if name not in known:
            near = get_close_matches(name, known, n=1)
            fix = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}"
            self.complain(path, f"unknown {kind} {name!r}", fix)

    def addresses(self, path: Keys, addresses: Iterable[str]) -> None:
        """See that each is an address somebody can have."""
        for addr in addresses:
            if not sendable(addr):
                self.complain(path, f"{addr!r} is no mail address", "Write name@company.example")

    def wide_addresses(self, path: Keys, addresses: Iterable[str]) -> None:
        """See that each is an address, or `*@domain` for everybody there."""
        self.addresses(path, [addr.replace("*@", "anybody@", 1) for addr in addresses])

    def formats(self, path: Keys, patterns: Iterable[str]) -> None:
        """See that each says how a number looks."""
        for number, pattern in enumerate(patterns):
            self.attempt((*path, str(number)), partial(compile_number, pattern))

    def names(self, path: Keys, names: Names) -> Mapping[str, str]:
        """Return the names by language; each language of the file needs one."""
        for language in self._languages:
            if language not in names:
                self.complain((*path, "name"), f"has no name in {language}", f"Add {language}: …")
        return {str(language): name for language, name in names.items()}

    def key(self, path: Keys) -> None:
        """See that a key that supervisors thought of fits into the database."""
        if len(path[-1]) > LONGEST_KEY:
            self.complain(path, "has too long a key", f"At most {LONGEST_KEY}")

    def limit(self, path: Keys, text: str) -> Limit:
        """Read a limit of time."""
        # A limit that can't be read is taken for a long one, so that no other seems too long.
        return self.attempt(path, lambda: Limit.parse(text)) or Limit(amount=timedelta(days=365))

    def limit_or_off(self, path: Keys, text: str) -> Limit | None:
        """Read a limit of time that may be `off`."""
        return None if text == OFF else self.attempt(path, lambda: Limit.parse(text))

    def by_the_clock(self, path: Keys, text: str) -> timedelta:
        """Read a limit that is no working time."""
        limit = self.limit(path, text)
        if limit != Limit(amount=limit.amount):
            fix = "Write for example: 15 minutes, 24 hours"
            self.complain(path, f"{text!r} does not run by the clock", fix)
        return limit.amount

    def whole_days(self, path: Keys, text: str) -> timedelta:
        """Read a limit that a letter tells the complainant in days."""
        limit = self.limit(path, text)
        if limit != Limit(amount=limit.amount) or limit.amount % timedelta(days=1):
            self.complain(path, f"{text!r} are no whole days", "Write for example: 7 days")
        return limit.amount

    def words(self, path: Keys, words: WordList, unless: WordList) -> Words:
        """Read the lists under `words` and `unless` of the block at `path`."""
        for name, entries in (("words", words), ("unless", unless)):
            for where, entry in _entries((*path, name), entries):
                mistake = mistake_in(entry)
                if mistake:
                    self.complain(where, mistake, "See “How words match” in docs/rules.md")
        return Words(
            words=tuple(entry for _, entry in _entries(path, words)),
            unless=tuple(entry for _, entry in _entries(path, unless)),
        )

    def listed(self, path: Keys, names: Iterable[str]) -> Words:
        """Read the files of words called `names`; each counts towards the version."""
        words: list[str] = []
        unless: list[str] = []
        known = names_beside(self._file)
        for name in names:
            if name not in known:
                self.known(path, name, known, "list of words")
                continue
            file = read_list(name, self._file)
            self.found += file.problems
            self.data += file.data
            words += file.words
            unless += file.unless
        return Words(tuple(words), tuple(unless))

    def needs(self, path: Keys, entries: Iterable[str]) -> tuple[Need, ...]:
        """Read names of facts; `batch|serial`: one of the two is enough."""
        found = []
        for number, entry in enumerate(entries):
            need = tuple(name.strip() for name in entry.split("|"))
            for name in need:
                self.known((*path, str(number)), name, FACTS, "fact")
            found.append(need)
        return tuple(found)


def _entries(path: Keys, words: WordList) -> Iterator[tuple[Keys, str]]:
    """Yield each entry and where it stands; lists within the list are for people."""
    for number, item in enumerate(words):
        here = (*path, str(number))
        if isinstance(item, str):
            yield here, item
        else:
            yield from (((*here, str(inner)), entry) for inner, entry in enumerate(item))
