"""One line per mail, letter or trouble: for people on a terminal, as JSON lines anywhere else.

No words of a mail and no addresses of complainants stand in them (style 5, logging).
"""

import json
import re
import sys
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.markup import escape

from cases.model import Case
from pipeline.deliver import Delivered
from pipeline.process import Handled

_COLOURS = {
    "case": "green",
    "joined": "cyan",
    "ignored": "dim",
    "duplicate": "dim",
    "retry": "yellow",
    "quarantined": "red",
    "sent": "blue",
    "ready": "yellow",
    "failed": "red",
    "held": "red",
    "trouble": "red",
    "alarm": "red",
    "all clear": "green",
    "ready to work": "bold",
}


_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,320}@(?=[^\s@])[^\s<>()\[\];,\"'@]{1,255}")


class Reporter(Protocol):
    """Where the daemon says what it does."""

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Say one thing: `words` for people, `extra` for machines."""


class TerminalReporter:
    """Coloured lines for a person who watches."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Print `time outcome words`."""
        colour = _COLOURS.get(outcome, "default")
        time = at.astimezone().strftime("%H:%M:%S")
        self._console.print(
            f"[dim]{time}[/] [{colour}]{escape(outcome):<11}[/] {escape(words)}", soft_wrap=True
        )


class JsonReporter:
    """One JSON object a line for log collectors."""

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Print one object with at, outcome, words and whatever else is known."""
        row = {"at": at.isoformat(timespec="milliseconds"), "outcome": outcome, "words": words}
        sys.stdout.write(json.dumps({**row, **extra}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def reporter() -> Reporter:
    """Return the reporter that fits where standard output goes."""
    return TerminalReporter() if sys.stdout.isatty() else JsonReporter()


def show_mail(out: Reporter, done: Handled, *, at: datetime) -> None:
    """Say what became of a mail."""
    extra: dict[str, str | int] = {"action": "mail", "mailbox": done.mailbox, "uid": done.uid}
    if done.kind:
        extra["kind"] = done.kind
    if done.case is None:
        out.line(done.outcome, f"{_short(done.uid)}  {masked(done.why)}", at=at, **extra)
        return
    case = done.case
    extra |= {
        "case": case.reference,
        "status": case.status.value,
        "category": case.category.value,
        "severity": case.severity,
    }
    letters = [letter.name.value for letter in done.decision.letters] if done.decision else []
    words = f"{_case_words(case)}  letters: {', '.join(dict.fromkeys(letters)) or 'none'}"
    if done.why:
        words += f"  READ ONLY IN PART: {masked(done.why)}"
        extra["read_in_part"] = masked(done.why)
    out.line(done.outcome, f"{_short(done.uid)}  {words}", at=at, **extra)


def show_letter(out: Reporter, done: Delivered, *, at: datetime) -> None:
    """Say what became of a try to send a letter."""
    row = done.row
    about = f" of case {row.case_id}" if row.case_id else ""
    words = f"{row.letter}{about}: {masked(done.delivery.reply)}"
    out.line(
        done.state,
        words,
        at=at,
        action="letter",
        letter=row.letter,
        case=row.case_id or 0,
        tries=row.tries,
    )


def masked(words: str) -> str:
    """Return words of a server or of an error without the addresses they quote."""
    return _ADDRESS.sub("<address>", words)


def _short(uid: str) -> str:
    return uid if len(uid) <= 24 else uid[:23] + "…"


def _case_words(case: Case) -> str:
    doubt = "?" if case.unsure else ""
    matter = "" if case.matter.value == "complaint" else f"{case.matter.value}, "
    to = ", ".join(case.departments) or "(waits for a decision)"
    return (
        f"{case.reference}  {matter}{case.category.value}{doubt}, {case.severity}, "
        f"{case.language} → {to}  [{case.status.value}]"
    )
