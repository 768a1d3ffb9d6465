"""Everything that is known when a mail is decided, and what every way of deciding asks of it."""

from dataclasses import dataclass
from datetime import date, datetime

from cases.addresses import sendable
from cases.incoming import Address, MailKind, ParsedMail, Screening
from cases.life import Measure, Part, Record
from cases.lifecycle import ANSWERED_FOR, parts_of
from cases.model import Assessment, Case, CaseEvent, Classification, Lead, Quota, Status
from cases.outgoing import QueuedLetter
from routing.assess import RuleTrace, assess, assess_traced
from routing.causes import BY_MAIL
from routing.choices import read_not_ours
from routing.envelope import Envelope, complainant_of, envelope_of
from routing.life import Life
from routing.match import Match, references
from routing.policy import Policy
from routing.recusal import accused
from routing.trust import Trust, authentication

#: Why a mail gets no automatic letter, in one word each; the last five are caps (reliability 4.9).
SILENCES = (
    *(kind.value for kind in MailKind if kind is not MailKind.PERSON),
    *("never_answered", "answered_before", "no_address", "unproven"),
    *("dead_address", "address", "case", "domain", "hour"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The first mail of a case, read again because somebody else will handle it."""

    mail: ParsedMail
    classification: Classification
    readable: bool = True
    mailbox: str = ""
    received_at: datetime | None = None

    def envelope(self, policy: Policy) -> Envelope:
        """Return what rules may ask of the mail besides its words."""
        return envelope_of(self.mail, policy, mailbox=self.mailbox, received_at=self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One mail, the case it may belong to, and the policy it is decided by."""

    mail: ParsedMail
    screening: Screening
    classification: Classification | None  #: None for a machine's mail: nobody reads it
    match: Match
    signed_lead: Lead | None  #: the first lead by token or thread, whoever the sender is
    history: tuple[CaseEvent, ...]  #: what happened so far to the case of the lead
    quota: Quota  #: for automatic letters to the complainant or sender
    department_quota: Quota  #: for automatic letters to the department or supervisor of the lead
    parts: tuple[Part, ...] = ()  #: of the case of the lead, as the three below
    measures: tuple[Measure, ...] = ()
    records: tuple[Record, ...] = ()
    outcome_waits: bool = False  #: it has not begun to leave
    requests: tuple[QueuedLetter, ...] = ()  #: about this case, that a yes or a no answers
    earlier: tuple[Case, ...] = ()  #: other cases of the same complainant, newest first
    related: tuple[Case, ...] = ()  #: other cases of the same batch, serial or order number
    original: Original | None = None  #: of the lead's case, where `needs_original` says so
    sent_before: Case | None = None  #: the case of the same words by the same sender an hour ago
    answered_before: str = ""  #: why it may have had its letters from a database now lost
    same_message_id: bool = False  #: another mail has this Message-ID, but other content (F21)
    trust: Trust
    policy: Policy
    inbox_id: int
    mailbox: str = ""  #: where it came in: a key of config.yaml
    received_at: datetime
    now: datetime
    readable: bool = True  #: False when the mail could only be read in part
    why_not_readable: str = ""

    @property
    def complainant(self) -> Address:
        """Whose complaint a new case is."""
        return complainant_of(self.mail, self.policy)

    @property
    def words(self) -> str:
        """What rules read: subject and words, those of a mail passed on to us included."""
        return mail_words(self.mail)

    @property
    def today(self) -> date:
        """The day in the desk's time zone."""
        return self.now.astimezone(self.policy.calendar.zone).date()

    def life(self, lead: Lead) -> Life:
        """Return the case of `lead` with everything that belongs to it."""
        return Life(
            case=lead.case,
            parts=parts_of(lead.case, self.parts, now=lead.case.received_at),
            measures=self.measures,
            records=self.records,
            story=self.history,
            policy=self.policy,
            now=self.now,
            cause=BY_MAIL + self.inbox_id,
            outcome_waits=self.outcome_waits,
        )

    def read(self) -> Classification:
        """Return what was read in a person's mail."""
        if self.classification is None:
            raise ValueError("a person's mail must be classified before it is decided")
        return self.classification

    @property
    def doubt(self) -> str:
        """Why a word about the matched case may not act, whoever it is from; "" if it may.

        A signature holds for what was signed: whoever got hold of an old reply may send it once
        more with a line on top (RFC 6376 §8.6). And who names two cases may mean the other (F72).
        """
        lead, named = self.match.lead, references(self.mail.subject)
        if self.same_message_id:
            return "another mail had its Message-ID"
        if lead and named and lead.case.reference not in named:
            return "its subject names another case"
        return ""

    @property
    def envelope(self) -> Envelope:
        """What rules may ask of this mail besides its words."""
        return envelope_of(
            self.mail, self.policy, mailbox=self.mailbox, received_at=self.received_at
        )

    def assess(self) -> Assessment:
        """Return the initial assessment of this mail."""
        return assess(self.words, self.read(), self.policy, envelope=self.envelope)

    def trace(self, language: str) -> tuple[RuleTrace, ...]:
        """Return what every rule had to do with this mail; why not, in `language`."""
        return assess_traced(
            self.words, self.read(), self.policy, envelope=self.envelope, language=language
        )[1]

    def first_mail(self) -> Original:
        """Return the first mail of the lead's case; raises ValueError if nobody read it again.

        That is so when the case changed between reading and deciding: the next attempt reads it.
        """
        if self.original is None:
            raise ValueError("the first mail of the case must be read before the case moves")
        return self.original

    def why_silent(self) -> str:
        """Return why no automatic letter goes to the complainant, "" if one may."""
        return self._silence()[1]

    def silence(self) -> str:
        """Return the same as one of SILENCES, "" if an automatic letter may go."""
        return self._silence()[0]

    def _silence(self) -> tuple[str, str]:
        if not self.screening.may_answer:
            machine = self.screening.kind is not MailKind.PERSON
            name = self.screening.kind.value if machine else "never_answered"
            return name, self.screening.reason
        if self.answered_before:
            return "answered_before", self.answered_before
        if not sendable(self.complainant.addr):
            return "no_address", "there is no address to answer to"
        passed_on = self.complainant != self.mail.sender
        if passed_on and authentication(self.mail, self.trust) != "pass":
            # Otherwise a forged colleague could make us write to anybody (F73).
            why = f"{self.mail.sender.addr} passed it on, but nothing proves that"
            return "unproven", why
        return self.quota.cap, self.quota.blocked

    def event(
        self, kind: str, actor: str, detail: str = "", *, reasons: tuple[str, ...] = ()
    ) -> CaseEvent:
        """Return an event of this moment."""
        return CaseEvent(at=self.now, kind=kind, actor=actor, detail=detail, reasons=reasons)


def needs_original(mail: ParsedMail, kind: MailKind, found: Match, policy: Policy) -> bool:
    """Tell whether a mail may send its case elsewhere, so that its first mail is wanted again."""
    if found.lead is None:
        return False
    case = found.lead.case
    if found.role in ("complainant", "referrer") and accused(mail_words(mail), policy):
        return True  # the complaint may be about who has it
    if kind is not MailKind.PERSON:  # somebody is away, and the deputies get the case
        return kind is MailKind.AUTO_REPLY and found.role == "department"
    if case.guess_at is not None or found.role == "supervisor" or homeless(case, policy):
        return True
    return found.role == "department" and read_not_ours(mail.text, policy) is not None


def mail_words(mail: ParsedMail) -> str:
    """Return subject and words of a mail, those of a mail passed on to us included."""
    return f"{mail.subject}\n{mail.words}"


def homeless(case: Case, policy: Policy) -> bool:
    """Tell whether every department of an open case is gone from the rules."""
    waits = case.guess_at is not None or case.status in ANSWERED_FOR
    return not waits and policy.departments.keys().isdisjoint(case.departments)


def awaits_writing(case: Case) -> bool:
    """Tell whether a complaint was only said so far, and waits for written details (K093)."""
    nobody = not case.departments and case.guess_at is None
    return nobody and case.status is Status.ACKNOWLEDGED
