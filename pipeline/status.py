"""Is the desk well? Counts and troubles, each with what to do; the exit code says it too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.register import MailboxHealth
from cases.rule_rows import Fault, Proposal
from pipeline.desk import Desk

#: A mailbox that nobody has read for so long is an alarm (reliability 4.9).
SILENCE = timedelta(minutes=10)
#: The outgoing server may be slow for so long before somebody must know (reliability 4.9).
LATE_LETTER = timedelta(hours=4)
#: Why the file of rules is not live, and what to do.
_REFUSED = {
    "mistakes": "has been wrong since {since}: run python run.py rules check",
    "examples": "does not do what its examples say, since {since}: run python run.py rules test",
    "refused": "was refused on {since}: run python run.py rules rollback, or save another one",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing a person should care about."""

    kind: str  #: what it is about, the same as long as it lasts, such as `quarantine`
    words: str  #: what is wrong and what to do
    count: int = 1  #: how many there are: more of them is news
    passing: bool = False  #: may mend itself: shown by `status`, no alarm yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `status` shows."""

    found: tuple[Issue, ...]  #: empty when all is well
    mails: Mapping[str, int]
    cases: Mapping[str, int]
    letters: Mapping[str, int]
    mailboxes: Mapping[str, str]  #: name → when it was last read, ISO 8601, "" if never
    rules_version: str

    @property
    def issues(self) -> tuple[str, ...]:
        """The issues in words."""
        return tuple(issue.words for issue in self.found)

    def as_json(self) -> dict[str, object]:
        """Return the `status --json` object."""
        return {
            "healthy": not self.issues,
            "issues": list(self.issues),
            "mails": dict(self.mails),
            "cases": dict(self.cases),
            "letters": dict(self.letters),
            "mailboxes": dict(self.mailboxes),
            "rules_version": self.rules_version,
        }


def health(desk: Desk, *, now: datetime, up_since: datetime | None = None) -> Health:
    """Look at the database and say what a person should care about.

    `up_since`: the daemon that asks has been running since then; what waited for it to start
    counts from there.
    """
    with desk.store.read() as tx:
        mails, cases, letters = tx.inbox_counts(), tx.case_counts(), tx.outbox_counts()
        states = {state.mailbox: state for state in tx.mailboxes()}
        oldest_mail, oldest_letter = tx.oldest_mail_at(), tx.oldest_letter_at()
        fault, proposal = tx.fault(), tx.waiting_rules(now=now, how="file")
    boxes = [(name, states.get(name)) for name in desk.settings.mailboxes]
    found = (
        *(i for name, state in boxes for i in _mailbox(name, state, now=now, up_since=up_since)),
        *_waiting(oldest_mail, oldest_letter, now=now, up_since=up_since),
        *_set_aside(mails.get("quarantined", 0), letters),
        *_rules(desk.settings.rules.name, fault, proposal),
    )
    return Health(
        found=found,
        mails=mails,
        cases=cases,
        letters=letters,
        mailboxes={name: _when(state.scanned_at if state else None) for name, state in boxes},
        rules_version=desk.rules.policy.version,
    )


def _mailbox(
    name: str, state: MailboxHealth | None, *, now: datetime, up_since: datetime | None
) -> Iterator[Issue]:
    at = state.scanned_at if state else None
    counted = _later(at, up_since)
    if counted is None or now - counted >= SILENCE:
        since = f"since {_when(at)}" if at else "yet"
        yield Issue(
            kind=f"mailbox_silent:{name}",
            words=f"mailbox {name} was not read {since}: is the desk running? "
            "If it is, its lines with `trouble` say why",
        )
    if state and state.error:
        # A reading that failed is tried again; one that went well but left mails out is not.
        yield Issue(
            kind=f"mailbox_trouble:{name}",
            words=f"mailbox {name}: {state.error}",
            passing=state.error_at != state.scanned_at,
        )


def _waiting(
    oldest_mail: datetime | None,
    oldest_letter: datetime | None,
    *,
    now: datetime,
    up_since: datetime | None,
) -> Iterator[Issue]:
    mail, letter = oldest_mail, oldest_letter
    if mail and now - max(mail, up_since or mail) >= SILENCE:
        yield Issue(
            kind="mail_waiting",
            words=f"a mail has been waiting since {_when(mail)}: is the desk running? "
            "If it is, its lines with `trouble` say why",
        )
    if letter and now - max(letter, up_since or letter) > LATE_LETTER:
        yield Issue(
            kind="letter_waiting",
            words=f"a letter has been waiting since {_when(letter)}: "
            "is the outgoing mail server well?",
        )


def _set_aside(quarantined: int, letters: Mapping[str, int]) -> Iterator[Issue]:
    if quarantined:
        yield Issue(
            kind="quarantine",
            words=f"{quarantined} mails are set aside: nothing could read them; "
            "look at them with `quarantine list` and `quarantine show`, answer by hand, "
            "then `quarantine retry` or `quarantine drop`",
            count=quarantined,
        )
    for state, what in (
        ("failed", "could not be delivered"),
        ("held", "may have arrived: the server's answer was lost three times"),
    ):
        if letters.get(state):
            yield Issue(
                kind=f"letters_{state}",
                words=f"{letters[state]} letters {what}; "
                f"see `letters list --state {state}`, then `letters retry` or `letters drop`",
                count=letters[state],
            )


def _rules(file: str, fault: Fault | None, proposal: Proposal | None) -> Iterator[Issue]:
    if fault:
        words = _REFUSED[fault.kind].format(since=_when(fault.since))
        yield Issue(kind="rules_wrong", words=f"{file} {words}; the rules of before stay in force")
    if proposal:
        yield Issue(
            kind="rules_wait",
            words=f"{file} waits for a yes since {_when(proposal.at)}, {proposal.why}: "
            "run python run.py rules accept, or rules rollback with the newest number",
        )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
