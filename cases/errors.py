"""All we raise on purpose, as a tree. It imports nothing that could fail.

What the outside may answer normally, such as an SMTP 451, is a Delivery instead::

    DeskError
    ├─ ConfigError(problems)      config.yaml or rules.yaml is wrong; every problem at once
    ├─ MailboxUnavailable(name)   the server went away or refused us: the next poll tries again
    ├─ SignInFailed(name)         no token could be had for an entry of `sign_in`
    ├─ WebFailure(why)            a web server gave no whole answer
    ├─ StoreUnavailable           the database can't be used; nothing was changed
    │  └─ StoreDamaged            its file is damaged, gone or another one: no work is safe
    ├─ Undecipherable(name)       something encrypted was changed, or its key is gone
    ├─ LetterError(letter)        a letter asks for a fact nobody gave, or is broken
    └─ IllegalMove(status, move)  our bug or an operator's slip: never swallowed
"""

from dataclasses import dataclass
from enum import StrEnum

from cases.excerpt import marked, one_line


class DeskError(Exception):
    """All that we raise on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file somebody edits."""

    file: str
    line: int  #: 1-based, 0 if the whole file is meant
    key: str  #: dotted path, "" if the whole file is meant
    what: str  #: what is wrong
    fix: str = ""  #: what to do about it
    column: int = 0  #: 1-based, 0 if the whole line is meant
    excerpt: str = ""  #: the text of the line, "" if it is not to be shown

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        key = f" {self.key}:" if self.key else ""
        sentence = one_line(f"{where}:{key} {self.what}" + (f". {self.fix}" if self.fix else ""))
        if not (self.excerpt and self.column):
            return sentence
        return f"{sentence}\n{marked(self.excerpt, self.column)}"


class ConfigError(DeskError):
    """A file somebody edits is wrong; `problems` holds every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class MailboxUnavailable(DeskError):
    """The mailbox can't be read now; nothing is lost, the next poll tries again."""

    def __init__(self, name: str, why: str, *, refused: bool = False) -> None:
        self.name, self.why, self.refused = name, why, refused
        super().__init__(f"mailbox {name}: {why}")


class SignInFailed(DeskError):
    """No token could be had; `refused`: trying again soon is no use, a person must act."""

    def __init__(self, name: str, why: str, *, refused: bool = False) -> None:
        self.name, self.why, self.refused = name, why, refused
        super().__init__(f"sign-in {name}: {why}")


class WebFailure(DeskError):
    """A web server gave no whole answer; `sent`: it may have got the request all the same."""

    def __init__(self, why: str, *, sent: bool) -> None:
        self.why, self.sent = why, sent
        super().__init__(why)


class StoreUnavailable(DeskError):
    """The database can't be used now; nothing was changed."""


class StoreDamaged(StoreUnavailable):
    """The file of the database is damaged, gone or another one; it does not mend itself."""


class Undecipherable(DeskError):
    """Something encrypted can't be read for good: it was changed, or its key was destroyed."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name} can't be deciphered: {why}")


class LetterError(DeskError):
    """A letter could not be written."""

    def __init__(self, letter: str, why: str) -> None:
        self.letter, self.why = letter, why
        super().__init__(f"letter {letter}: {why}")


class IllegalMove(DeskError):
    """The table of moves of a case, a part or a measure has no such move from this state."""

    def __init__(self, status: StrEnum, move: StrEnum, *, what: str = "case") -> None:
        self.status, self.move = status, move
        super().__init__(f"a {what} that is {status.value} can't {move.value}")
