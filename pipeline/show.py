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
from cases.outgoing import DeliveryState
from pipeline.deliver import Delivered
from pipeline.process import Handled
from pipeline.ring import Rang

#: What can become of a mail, as in `pipeline/process.py: Handled`.
MAIL_OUTCOMES = ("case", "joined", "ignored", "duplicate", "quarantined", "retry")

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
    "fetched": "dim",
    "late": "yellow",
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


def show_mail(out: Reporter, done: Handled, *, at: datetime, seconds: float) -> None:
    """Say what became of a mail, and how long that took."""
    extra: dict[str, str | int] = {"action": "mail", "mailbox": done.mailbox, "uid": done.uid}
    extra["duration_ms"] = _ms(seconds)
    for key, known in (("kind", done.kind), ("silent", done.silent)):
        if known:
            extra[key] = known
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
    read = done.decision.assessment if done.decision and done.outcome == "case" else None
    if read:
        extra |= {"source": read.source, "unsure": int(read.unsure)}
    letters = [letter.name.value for letter in done.decision.letters] if done.decision else []
    words = f"{_case_words(case)}  letters: {', '.join(dict.fromkeys(letters)) or 'none'}"
    if done.why:
        words += f"  READ ONLY IN PART: {masked(done.why)}"
        extra["read_in_part"] = masked(done.why)
    out.line(done.outcome, f"{_short(done.uid)}  {words}", at=at, **extra)


def show_letter(out: Reporter, done: Delivered, *, at: datetime, seconds: float) -> None:
    """Say what became of a try to send a letter, and how long that took."""
    row = done.row
    about = f" of case {done.reference}" if done.reference else ""
    extra: dict[str, str | int] = {"case": done.reference} if done.reference else {}
    if done.delivery.state is DeliveryState.AMBIGUOUS:
        extra["ambiguous"] = 1
    out.line(
        done.state,
        f"{row.letter}{about}: {masked(done.delivery.reply)}",
        at=at,
        action="letter",
        letter=row.letter,
        tries=row.tries,
        duration_ms=_ms(seconds),
        **extra,
    )


def show_fetched(out: Reporter, mailbox: str, count: int, *, at: datetime, seconds: float) -> None:
    """Say that new mail was taken in; a mailbox without any is no news, and no line."""
    words = f"{mailbox}: {count} new {'mail' if count == 1 else 'mails'}"
    extra = {"count": count, "duration_ms": _ms(seconds)}
    out.line("fetched", words, at=at, action="poll", mailbox=mailbox, **extra)


def show_renumbered(
    out: Reporter, mailbox: str, before: frozenset[int], anew: frozenset[int], *, at: datetime
) -> None:
    """Say that a server has numbered its mails anew: copies in the ledger come from that (F17)."""
    old, new = (", ".join(map(str, sorted(numbers))) for numbers in (before, anew))
    words = (
        f"{mailbox}: the server has numbered its mails anew (UIDVALIDITY {old}, now {new}), so all "
        "were read once more; those the desk knew are in the ledger as copies and make no case"
    )
    out.line("renumbered", words, at=at, action="poll", mailbox=mailbox)


def show_stuck(out: Reporter, mailbox: str, *, at: datetime) -> None:
    """Say that the server does not let us move mail that is dealt with (F27, F28)."""
    words = (
        f"mailbox {mailbox}: the server does not let the desk move mail that is dealt with, so it "
        "stays in the inbox folder; cases go on all the same, nothing is handled twice. May the "
        "account write there, is its quota used up, does the server know MOVE or UIDPLUS? "
        "`python run.py reconcile` names the mails"
    )
    out.line("trouble", words, at=at, action="file", mailbox=mailbox)


def show_ring(out: Reporter, rang: Rang, *, at: datetime) -> None:
    """Say which time was over, and that somebody is late where that is so now."""
    words = f"{rang.reference}  {rang.clock}: {rang.action}"
    extra = {"late": 1} if rang.late else {}
    outcome = "late" if rang.late else "rang"
    out.line(outcome, words, at=at, action="clock", case=rang.reference, clock=rang.clock, **extra)


def show_rules(out: Reporter, version: str, *, before: str, at: datetime) -> None:
    """Say what came of looking at the file of rules because somebody asked for it."""
    came = "went live" if version != before else "stays in force"
    words = f"the rules were looked at: version {version} {came}"
    out.line("rules", words, at=at, action="rules", version=version)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


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
