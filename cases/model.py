"""The nouns that cross a package border. Read this first; incoming and outgoing beside it.

A mail goes RawMail → ParsedMail → Screening, Classification → Decision → Case, Letter →
OutgoingMail → Delivery. Every value is frozen; sequences are tuples; times are aware UTC and end
in ``_at``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.incoming import Address
from cases.life import Measure, Part, Record


class Category(StrEnum):
    """What a complaint is about (design 2; seed rows of K045)."""

    QUALITY = "quality"
    SERVICE = "service"
    DELIVERY = "delivery"
    OTHER = "other"


class Matter(StrEnum):
    """Is it a complaint at all (K054)?"""

    COMPLAINT = "complaint"
    ENQUIRY = "enquiry"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Status(StrEnum):
    """Where a case stands; the moves between them are in cases/lifecycle.py."""

    REGISTERED = "registered"
    NOT_A_COMPLAINT = "not_a_complaint"
    ACKNOWLEDGED = "acknowledged"
    ROUTED = "routed"  # with one or several departments, see Part
    IN_REVIEW = "in_review"
    IN_APPROVAL = "in_approval"
    PLAN_OFFERED = "plan_offered"
    EXECUTING = "executing"
    ANSWERED = "answered"  # the outcome is decided and about to leave
    OUTCOME_SENT = "outcome_sent"  # waits for the complainant's confirmation
    FOLLOW_UP = "follow_up"  # settled for the complainant; a condition of closing is open
    REOPENED = "reopened"
    DISPUTE = "dispute"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Move(StrEnum):
    """What can happen to a case."""

    ACKNOWLEDGE = "acknowledge"
    ROUTE = "route"
    FILE = "file"
    RETURN = "return"  # the only department says that the case is not its own
    REVIEW = "review"
    ASK_APPROVAL = "ask_approval"
    OFFER_PLAN = "offer_plan"
    CARRY_OUT = "carry_out"
    ANSWER = "answer"
    SEND_BACK = "send_back"  # not accepted, objected to, or stopped: the departments have it again
    SEND_OUTCOME = "send_outcome"
    CONFIRM = "confirm"
    CLOSE = "close"
    REOPEN = "reopen"
    CONTEST = "contest"
    WITHDRAW = "withdraw"  # closed by hand, with a reason on record
    ARCHIVE = "archive"


class LetterName(StrEnum):
    """The letters we write, named after what they do (design 6)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ROUTED = "routed"
    FOLLOW_UP = "follow_up"
    HOW_TO_ANSWER = "how_to_answer"
    OUTCOME = "outcome"
    NOT_A_COMPLAINT = "not_a_complaint"
    ALERT = "alert"
    DECISION_NEEDED = "decision_needed"
    MOVED_ON = "moved_on"
    # to complainants
    REQUEST_INFORMATION = "request_information"
    PROGRESS = "progress"
    INTERIM = "interim"
    PLAN = "plan"
    STATUS = "status"
    SATISFACTION = "satisfaction"
    # to departments and parties outside
    ANSWER_NOTED = "answer_noted"
    RETURNED = "returned"
    CARRY_OUT = "carry_out"
    MEASURES = "measures"
    TASK = "task"
    EXTERNAL = "external"
    PARTY_ANSWERED = "party_answered"
    # to whoever is late, and to managers
    REMINDER = "reminder"
    ESCALATION = "escalation"
    REVIEW_REQUEST = "review_request"
    APPROVAL_REQUEST = "approval_request"
    LEDGER = "ledger"
    ANCHOR = "anchor"  # to an auditor, about no case
    # to supervisors, about their own file
    RULES = "rules"


class Scope(StrEnum):
    """What the holder of a reply token may do (reliability 3.5)."""

    DEPARTMENT = "d"
    COMPLAINANT = "c"
    BOUNCE = "b"
    SUPERVISOR = "s"
    APPROVER = "a"  # reviews and approves answers, verifies measures
    PARTY = "p"  # a supplier, carrier or dealer
    REFERRER = "r"  # passed the complaint on: may ask and add, never confirm or object


# ---------------------------------------------------------------- understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing extracted from the mail."""

    name: str  #: product, model, batch, serial, order, tracking, phone, date, quantity, customer…
    value: str  #: as written by the sender
    known: bool = False  #: matches the catalogue or a number format of ours, so it may be repeated
    canonical: str = ""  #: the catalogue's name, for a known product
    doubt: str = ""  #: key of what contradicts it, see classify/doubts.py; the value is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What the model and the matchers read in a mail; routing rules may overrule it."""

    language: str  #: ISO 639-1, "zh" or "en" where we write letters
    matter: Matter
    category: Category  #: the best guess, also when unsure
    score: float  #: probability of `category`, 0..1
    labels: Mapping[Category, float]  #: probability that each of quality, service, delivery applies
    serious: float = 0.0  #: probability of harm, danger, law, media or authority
    facts: tuple[Fact, ...] = ()
    evidence: tuple[str, ...] = ()  #: the words that tipped it, as written by the sender
    model: str = ""  #: name and version of the model

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of the facts called `name`."""
        return tuple(fact.value for fact in self.facts if fact.name == name)


# ---------------------------------------------------------------- deciding


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Category and severity after the rules have spoken (initial assessment of ISO 10002, 8.4)."""

    matter: Matter
    category: Category
    source: str  #: "rule", "model" or "default"
    score: float
    unsure: bool
    severity: str  #: name of a level in rules.yaml
    departments: tuple[str, ...]  #: keys in rules.yaml
    subcategory: str = ""  #: key in rules.yaml, "" if none of the category's holds
    also: tuple[Category, ...] = ()  #: further matters of the same mail (K024)
    missing: tuple[str, ...] = ()  #: names of facts the category needs and the mail lacks (K038)
    cc: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()  #: names of the rules that hold
    tags: tuple[str, ...] = ()  #: words of the supervisors' own, by which cases are found
    alert: tuple[str, ...] = ()  #: addresses told at once
    reasons: tuple[str, ...] = ()  #: each rule hit, each trigger word, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One complaint from first mail to closure."""

    id: int
    reference: str  #: what people see: C-2026-000123
    secret: str  #: what is trusted: reply tokens derive from it
    status: Status
    matter: Matter
    category: Category
    severity: str
    language: str
    complainant: Address
    subject: str
    thread_id: str  #: Message-ID of the complainant's first mail, "" if it had none
    received_at: datetime
    due_at: datetime | None  #: when the complainant was promised an answer
    departments: tuple[str, ...]
    round: int = 1  #: 1 + how often it was reopened
    facts: tuple[Fact, ...] = ()
    unsure: bool = False
    subcategory: str = ""  #: key in rules.yaml
    rules: tuple[str, ...] = ()  #: names of the rules that held; its process follows them
    tags: tuple[str, ...] = ()
    guess_at: datetime | None = None  #: nobody has it: when the best guess is taken by itself
    text: str = ""  #: the complainant's own words, as in the first mail, cut
    level: int = 0  #: how far up it was escalated: 0 nobody, 1 a manager, 2 top management
    status_at: datetime | None = None  #: when `status` began
    outcome_at: datetime | None = None  #: when the outcome of this round left
    closed_at: datetime | None = None
    rules_version: str = ""
    model_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said a case is about; training learns from it. Append-only."""

    at: datetime
    by: str  #: the supervisor's address, the department's key, the operator's name
    how: str  #: "supervisor", "department" or "operator"
    was: Category  #: what the desk, or a person before, had taken it for
    category: Category
    matter: Matter
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A case that a mail may belong to, and what it rests on, strongest first."""

    case: Case
    via: str  #: "token", "thread" (signed Message-ID of ours) or "tag" (reference in the subject)
    scope: Scope | None = None  #: of the token
    party: str = ""  #: of the token: a department's key, or the complainant's address
    letter: str = ""  #: of the thread: the letter of ours that the mail answers
    revision: int = 0  #: of that letter
    to: str = ""  #: who got that letter, "" where it proves nothing any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Whether one more automatic letter may leave (reliability 4.9); "" or the reason why not."""

    blocked: str = ""
    cap: str = ""  #: the same in one word: dead_address, address, case, domain or hour


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened to a case; append-only, carries its reasons."""

    at: datetime
    kind: str  #: registered, acknowledged, routed, answered, note, bounce, letter_sent…
    actor: str  #: "desk", "complainant", "department:quality", "operator"
    detail: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to write: which one, to whom, about which case, with which facts."""

    name: LetterName
    language: str
    to: Address
    department: str = ""  #: the department addressed, "" for the complainant
    revision: int = 1  #: the same letter about the same case again, on purpose
    facts: Mapping[str, object]
    attach_original: bool = False
    automatic: bool = False  #: an answer nobody decided: it counts towards the caps on loops
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What shall happen because of one mail."""

    moves: tuple[Move, ...]
    events: tuple[CaseEvent, ...]
    letters: tuple[Letter, ...]
    assessment: Assessment | None = None  #: of the case from now on; None: unchanged
    due_at: datetime | None = None
    ignored: str = ""  #: the reason why no case was made, "" if there is one
    complainant: Address | None = None  #: of a new case
    bounced: str = ""  #: the address that a letter of ours came back from for good
    guess_at: datetime | None = None  #: nobody gets the case before a person decides, or then
    facts: tuple[Fact, ...] = ()  #: that the case did not have
    correction: Correction | None = None
    parts: tuple[Part, ...] = ()  #: as they are from now on; the others stay
    measures: tuple[Measure, ...] = ()  #: as above
    records: tuple[Record, ...] = ()  #: new entries in the registers
    withdrawn: tuple[LetterName, ...] = ()  #: letters that shall not leave if they have not yet
    level: int = 0  #: the case is escalated at least so far
