"""What stays of texts when a case is erased: sums, marks, channels, measures without persons."""

from datetime import datetime
from pathlib import Path

from cases.destroyed_rows import Scissors
from cases.model import Case
from cases.store import Transaction
from pipeline.desk import Desk
from pipeline.export import persons_of, without_persons
from pipeline.handed_in import CHANNELS
from pipeline.lives import life_of
from routing.registers import amount

_MARKS = ("1", "2", "3", "4", "5")


def scissors_for(tx: Transaction, desk: Desk, case: Case | None, *, now: datetime) -> Scissors:
    """Return what cuts the texts of one case; None: of none, only mails and letters."""
    known = tuple(persons_of(life_of(tx, desk, case, cause=0, now=now))) if case else ()
    return Scissors(
        figure=figure,
        measure=lambda text: without_persons(text, known),
        places=frozenset(desk.settings.mailboxes),
        letters_in_folder=isinstance(desk.settings.outgoing, Path),
    )


def figure(kind: str, text: str) -> str:
    """Return the figure that an entry of a register holds, "" for none.

    A sum of money, a mark from 1 to 5, the way on which a complaint came.
    """
    if kind in ("cost", "compensation"):
        money = amount(text)
        return f"{money.value} {money.currency}".strip() if money else ""
    if kind == "satisfaction":
        return text[:1] if text[:1] in _MARKS else ""
    if kind == "channel":
        return text if text in CHANNELS else ""
    return ""
