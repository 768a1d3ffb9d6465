"""How a complaint is handled here, as values: the `process` of rules.yaml (digest 6, X01–X34).

`usual` holds for every case; a category and then a severity may say otherwise, step by step.
Organisations contradict each other in all of this, so it is configuration and no code.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from routing.deadlines import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Somebody reads an answer before it leaves (K020, K049); any of them will do."""

    by: tuple[str, ...]
    deputies: tuple[str, ...] = ()  #: asked when one of `by` is away or late
    within: Limit | None = None

    @property
    def people(self) -> frozenset[str]:
        """Everybody whose word counts, in lower case."""
        return frozenset(addr.lower() for addr in (*self.by, *self.deputies))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder of escalation after a missed limit (T26)."""

    to: tuple[str, ...]  #: "manager", "deputies" (of whom is late), "management", or addresses
    after: Limit | None = None  #: so long after the limit; None: at once


class Objection(StrEnum):
    """What happens when the complainant is not satisfied (X16)."""

    REOPEN = "reopen"  # the departments again
    MANAGEMENT = "management"  # the same, and top management has it
    DISPUTE = "dispute"  # joint sampling, a third party, arbitration
    EXPLAIN = "explain"  # the same outcome is explained once more, and that is all


class CapaRule(StrEnum):
    """Whether corrective and preventive action must follow (X21)."""

    OFF = "off"
    REQUIRED = "required"
    REQUIRED_OR_REASON = "required_or_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capa:
    """Corrective and preventive action (P56, P73)."""

    rule: CapaRule = CapaRule.OFF
    within: Limit | None = None  #: to carry a measure out, if the department names no date
    verify_by: tuple[str, ...] = ()  #: who checks the effect; the supervisors if empty
    verify_after: Limit | None = None  #: when the effect can be seen
    waive_by: tuple[str, ...] = ()  #: who approves that none is taken; as `verify_by` if empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """All that may differ from one organisation, category or severity to the next."""

    accept_within: Limit | None = None  #: departments sign for a case (K090); None: not asked
    answer_within: Limit | None = None  #: departments' own limit; None: the complainant's date
    answer_needs: tuple[str, ...] = ()  #: labelled parts without which an answer is not complete
    external_within: Limit | None = None  #: parties outside, unless their own says otherwise
    info_within: Limit | None = None  #: the complainant is asked again; then it goes on without
    review: Signing | None = None
    approval: tuple[Signing, ...] = ()  #: one after the other (X14)
    plan: bool = False  #: the complainant is asked for an opinion before anything is done (K066)
    plan_within: Limit | None = None  #: silence for so long is consent; None: it never is
    carry_out_within: Limit | None = None  #: what was agreed on is done
    undo: timedelta = timedelta()  #: an outcome nobody else approved waits so long (design 7.6)
    remind_before: Limit | None = None  #: whoever is asked is reminded so long before the limit
    escalation: tuple[Rung, ...] = ()
    progress_every: Limit | None = None  #: the complainant hears that it goes on (K021)
    progress_before: Limit | None = None  #: and so long before the promised date
    tell_measures: bool = False  #: the outcome names corrective and preventive action (K051)
    silence: timedelta = timedelta(days=7)  #: after the outcome; then it counts as settled
    confirm_needed: bool = False  #: silence does not settle it: somebody calls (K046)
    objections: tuple[Objection, ...] = (Objection.REOPEN,)  #: first, second…; the last one stays
    satisfaction: bool = True  #: asked for a mark from 1 to 5 (K019)
    callback: Signing | None = None  #: who calls the complainant after the outcome (K028)
    capa: Capa = Capa()
    serious_after: Limit | None = None  #: so old that it becomes serious by itself (K097)
    archive_after: timedelta = timedelta(days=30)  #: closed for so long
    apologise: bool = True  #: tone of the letters (X08)
    recusal: bool = True  #: the accused person does not handle the case (K079)
    oral_counts: bool = True  #: False: a note of a phone call waits for written details (K093)
