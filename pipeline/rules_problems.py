"""What can only be seen when a value of rules.yaml is built: collected, with line and remedy."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from cases.addresses import sendable
from cases.errors import Problem
from classify.vocabulary import compile_number
from pipeline.rules_customers import read_customers
from pipeline.rules_lists import names_beside, read_list
from pipeline.rules_schema import Names
from pipeline.rules_schema_process import OFF
from pipeline.rules_schema_rule import WordList
from pipeline.suggest import suggestion
from pipeline.yamlfile import Document
from routing.deadlines import Limit
from routing.policy import FACTS
from routing.rules import Need
from routing.words import Words, mistake_in

T = TypeVar("T")
Keys = tuple[str, ...]  # the way to a value
_QUOTED = re.compile("'([^']*)'")
LONGEST_KEY = 32  #: characters; the database has no room for more


class Problems:
    """Builds the small values of the file, and remembers what is wrong with them."""

    def __init__(self, document: Document, languages: Iterable[str]) -> None:
        self._document, self._languages = document, tuple(languages)
        self._file = Path(document.file)
        self.found: list[Problem] = []
        self.files: dict[Path, bytes] = {}  #: that were read besides rules.yaml

    def complain(
        self, path: Keys, what: str, fix: str, *, value: str = "", of_key: bool = False
    ) -> None:
        """Remember a problem of what stands at `path`; see `Document.problem`."""
        self.found.append(self._document.problem(path, what, fix, value=value, of_key=of_key))

    def texts_under(self, names: Collection[str]) -> Iterator[tuple[Keys, str]]:
        """Yield each text, and where it stands, of a key or a list that is called so."""
        for text, places in self._document.texts.items():
            yield from ((path, text) for path in places if not set(path[-2:]).isdisjoint(names))

    def attempt(self, path: Keys, build: Callable[[], T]) -> T | None:
        """Return what `build` makes; None, and a problem, if it raises ValueError.

        Where the error begins with a value in quotes, that is what is marked.
        """
        try:
            return build()
        except ValueError as error:
            quoted = _QUOTED.match(str(error))
            self.complain(path, str(error), "", value=quoted[1] if quoted else "")
            return None

    def known(self, path: Keys, name: str, known: Iterable[str], kind: str) -> None:
        """See that `name` is one of those `known`."""
        known = list(known)
        if name not in known:
            fix = suggestion(name, known, otherwise=f"There are: {', '.join(known)}")
            self.complain(path, f"unknown {kind} {name!r}", fix, value=name)

    def addresses(self, path: Keys, addresses: Iterable[str]) -> None:
        """See that each is an address somebody can have."""
        for addr in addresses:
            self._address(path, addr, sendable(addr))

    def wide_addresses(self, path: Keys, addresses: Iterable[str]) -> None:
        """See that each is an address, or `*@domain` for everybody there."""
        for addr in addresses:
            self._address(path, addr, sendable(addr.replace("*@", "anybody@", 1)))

    def _address(self, path: Keys, addr: str, good: bool) -> None:
        if not good:
            what = f"{addr!r} is no mail address"
            self.complain(path, what, "Write name@company.example", value=addr)

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
            self.complain(path, "has too long a key", f"At most {LONGEST_KEY}", of_key=True)

    def line(self, path: Keys) -> int:
        """Return the line on which something stands, 0 if it does nowhere."""
        place = self._document.keys.get(path)
        return place.line if place else 0

    def beside(self, path: Keys, name: str) -> Path | None:
        """Return the file that is called `name` in the folder of rules.yaml, or below it."""
        folder = self._file.parent.resolve()
        found = (folder / name).resolve()
        if not found.is_relative_to(folder) or "\0" in name:
            what = f"{name!r} is outside the folder of this file"
            self.complain(path, what, "Put it beside rules.yaml")
            return None
        return found

    def customers_in(self, path: Keys, name: str) -> tuple[str, ...]:
        """Read the table of customers that is called `name`."""
        file = self.beside(path, name)
        if file is None:
            return ()
        entries, data, problems = read_customers(file)
        self.found += problems
        self.files[file] = data
        return entries

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
            self.files[file.path] = file.data
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
