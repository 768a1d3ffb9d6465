"""What moving a case to somebody else rests on, and whose word it was. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.life import Part, Record
from cases.model import Case, CaseEvent
from routing.life import Life
from routing.policy import Policy
from routing.situation import Original


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A case, its first mail read again, and what happened so far."""

    case: Case
    original: Original
    story: tuple[CaseEvent, ...]
    policy: Policy
    now: datetime
    cause: int  #: the number of what moves it, see routing/causes.py
    parts: tuple[Part, ...] = ()  #: of every round
    records: tuple[Record, ...] = ()

    @property
    def life(self) -> Life:
        """The case with its parts, registers and story; measures are not looked at here."""
        return Life(
            case=self.case,
            parts=self.parts,
            measures=(),
            records=self.records,
            story=self.story,
            policy=self.policy,
            now=self.now,
            cause=self.cause,
        )

    @property
    def waits(self) -> bool:
        """Nobody has the case: a person is asked whose it is."""
        return self.case.guess_at is not None

    @property
    def declined(self) -> frozenset[str]:
        """The departments that said, since it was opened last, that it is not theirs."""
        events: list[CaseEvent] = []
        for event in self.story:
            events = [] if event.kind == "reopened" else [*events, event]
        said = (e.actor for e in events if e.kind == "not_ours")
        return frozenset(actor.removeprefix("department:") for actor in said)

    @property
    def recused(self) -> frozenset[str]:
        """Addresses of people the complaint is about (K079)."""
        return self.life.recused

    def event(
        self, kind: str, actor: str, detail: str = "", *, reasons: Iterable[str] = ()
    ) -> CaseEvent:
        """Return an event of this moment."""
        reasons = tuple(reason for reason in reasons if reason)
        return CaseEvent(at=self.now, kind=kind, actor=actor, detail=detail, reasons=reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who decided, in which role, and what else they said."""

    by: str
    how: str  #: "supervisor", "department" or "operator"
    note: str = ""

    @property
    def actor(self) -> str:
        """The name in the story of the case."""
        return f"{self.how}:{self.by}"[:80]
