"""The nouns of a case's life after it was routed; continues cases/model.py.

A case has one part per department, each with its own state and date; measures that are carried out
and verified beside the answer; clocks, which follow from all of this; and records, the entries of
its registers. Every value is frozen, times are aware UTC and end in ``_at``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PartState(StrEnum):
    """Where one department's share of a case stands (digest 3.1; T13–T19)."""

    ASKED = "asked"  # routed; nobody has signed for it
    ACCEPTED = "accepted"  # somebody looks into it, perhaps with a date of their own
    INFO = "info"  # waits for what the complainant was asked
    EXTERNAL = "external"  # waits for a supplier, carrier or dealer
    HELD = "held"  # can't be settled now; in the ledger of unresolved matters
    ANSWERED = "answered"
    INVALID = "invalid"  # answered: the complaint is not upheld
    LEFT = "left"  # passed on, or taken away


class PartMove(StrEnum):
    """What can happen to a part; the moves are in cases/lifecycle.py."""

    ACCEPT = "accept"
    ASK_COMPLAINANT = "ask_complainant"
    ASK_PARTY = "ask_party"
    HOLD = "hold"
    RESUME = "resume"
    ANSWER = "answer"
    REFUSE = "refuse"
    SEND_BACK = "send_back"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One department's share of a case in one round; natural key (case, round, department)."""

    department: str  #: key in rules.yaml
    round: int
    state: PartState
    asked_at: datetime
    since_at: datetime  #: when `state` began
    person: str = ""  #: who looks into it, as the department wrote
    promised_at: datetime | None = None  #: the date the department named itself (K057)
    party: str = ""  #: whom it waits for outside, a key in rules.yaml
    report: Mapping[str, str] = field(default_factory=dict)  #: labelled, see routing/labels.py
    returns: int = 0  #: how often its answer was sent back (K049)


class MeasureState(StrEnum):
    """Where a corrective or preventive measure stands (T27, T28)."""

    OPEN = "open"
    CARRIED_OUT = "carried_out"
    VERIFIED = "verified"
    WAIVED = "waived"  # none is taken: a reason from the list, approved


class MeasureMove(StrEnum):
    """What can happen to a measure."""

    CARRY_OUT = "carry_out"
    VERIFY = "verify"
    FAIL = "fail"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Corrective and preventive action (CAPA) of one department; key (case, department, number)."""

    department: str
    number: int = 1
    state: MeasureState
    corrective: str = ""
    preventive: str = ""
    owner: str = ""  #: the person, as the department wrote
    opened_at: datetime
    since_at: datetime  #: when `state` began
    due_at: datetime | None = None  #: to be carried out by
    checked_by: str = ""  #: address of who verified it, or approved that none is taken
    reason: str = ""  #: why none is taken, or what the check found
    failures: int = 0  #: how often it was found not effective


class ClockKind(StrEnum):
    """What a clock measures (digest 1.3)."""

    ACCEPT = "accept"  # a department signs for it
    ANSWER = "answer"  # a department answers
    REVIEW = "review"  # a coordinator reads the answer
    APPROVAL = "approval"  # a manager approves it
    PLAN = "plan"  # the complainant's opinion on the plan
    CARRY_OUT = "carry_out"  # what was agreed is done
    INFO = "info"  # the complainant sends what is missing
    EXTERNAL = "external"  # a supplier, carrier or dealer answers
    PROGRESS = "progress"  # the complainant hears that it goes on
    CONFIRM = "confirm"  # silence after the outcome
    SATISFACTION = "satisfaction"  # how satisfied they are is asked
    CALLBACK = "callback"  # somebody calls the complainant
    MEASURE = "measure"  # a measure is carried out
    CHECK = "check"  # its effect is checked
    AGE = "age"  # so old that it becomes serious by itself
    ARCHIVE = "archive"


class RingAction(StrEnum):
    """What happens when a clock rings."""

    REMIND = "remind"  # those who have it
    ESCALATE = "escalate"  # the next rung of the ladder
    PROGRESS = "progress"
    EXPIRE = "expire"  # the time is over: what then happens is the kind's


#: The place of a ring for which there is no time; it keeps the places of the others the same.
PASSED_OVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One moment of a clock."""

    at: datetime
    action: RingAction
    rung: int = 0  #: of the ladder of escalation, 0 the first; PASSED_OVER: nothing happens


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One limit that runs; follows from the case alone, so it can be computed again at any time."""

    key: str  #: unique in its case: kind, whose it is, and what began it
    kind: ClockKind
    who: str = ""  #: department, external party or address it is about
    started_at: datetime
    due_at: datetime
    rings: tuple[Ring, ...] = ()  #: in order of time
    why: tuple[str, ...] = ()  #: how the date came about, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClock:
    """A clock that rang, as the store kept it."""

    case_id: int
    key: str
    kind: ClockKind
    due_at: datetime
    next_at: datetime
    fired: int  #: rings that have been dealt with


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An entry in a register of the case; append-only (digest 2, K027, K028, K043, K062, K072…)."""

    kind: str  #: see routing/labels.py: cost, compensation, samples, contact_attempt, referrer…
    at: datetime
    by: str  #: department's key, address or "desk"
    text: str  #: as written
    restricted: bool = False  #: liability and the like: never in a letter to anybody (K040)
