"""Is the desk well? Counts and troubles, each with what to do; the exit code says it too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.register import MailboxHealth
from pipeline.desk import Desk

#: A mailbox that nobody has read for so long is an alarm (reliability 4.9).
SILENCE = timedelta(minutes=10)
#: The outgoing server may be slow for so long before somebody must know (reliability 4.9).
LATE_LETTER = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `status` shows."""

    issues: tuple[str, ...]  #: empty when all is well
    mails: Mapping[str, int]
    cases: Mapping[str, int]
    letters: Mapping[str, int]
    mailboxes: Mapping[str, str]  #: name → when it was last read, ISO 8601, "" if never
    rules_version: str

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


def health(desk: Desk, *, now: datetime) -> Health:
    """Look at the database and say what a person should care about."""
    with desk.store.read() as tx:
        mails, cases, letters = tx.inbox_counts(), tx.case_counts(), tx.outbox_counts()
        states = {state.mailbox: state for state in tx.mailboxes()}
        oldest_mail, oldest_letter = tx.oldest_mail_at(), tx.oldest_letter_at()
    boxes = [(name, states.get(name)) for name in desk.settings.mailboxes]
    issues = (
        *(issue for name, state in boxes for issue in _mailbox_issues(name, state, now=now)),
        *_waiting(oldest_mail, oldest_letter, now=now),
        *_set_aside(mails.get("quarantined", 0), letters),
    )
    return Health(
        issues=issues,
        mails=mails,
        cases=cases,
        letters=letters,
        mailboxes={name: _when(state.scanned_at if state else None) for name, state in boxes},
        rules_version=desk.rules.policy.version,
    )


def _mailbox_issues(name: str, state: MailboxHealth | None, *, now: datetime) -> Iterator[str]:
    at = state.scanned_at if state else None
    if at is None or now - at > SILENCE:
        since = f"since {_when(at)}" if at else "yet"
        yield f"mailbox {name} was not read {since}: is the desk running?"
    if state and state.error:
        yield f"mailbox {name}: {state.error}"


def _waiting(
    oldest_mail: datetime | None, oldest_letter: datetime | None, *, now: datetime
) -> Iterator[str]:
    if oldest_mail and now - oldest_mail > SILENCE:
        yield f"a mail has been waiting since {_when(oldest_mail)}: is the desk running?"
    if oldest_letter and now - oldest_letter > LATE_LETTER:
        since = _when(oldest_letter)
        yield f"a letter has been waiting since {since}: is the outgoing mail server well?"


def _set_aside(quarantined: int, letters: Mapping[str, int]) -> Iterator[str]:
    if quarantined:
        yield (
            f"{quarantined} mails are set aside: nothing could read them; "
            "they wait in the rejected folder for a person"
        )
    for state, what in (
        ("failed", "could not be delivered"),
        ("held", "may have arrived: the server's answer was lost three times"),
    ):
        if letters.get(state):
            yield f"{letters[state]} letters {what}; see `cases show` of their cases"


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
