"""Is the desk well? Counts and troubles, each with what to do; the exit code says it too."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cases.audit_rows import Anchor
from cases.errors import StoreDamaged
from cases.register import MailboxHealth
from cases.rule_rows import Fault, Proposal
from pipeline import mailbox_trouble
from pipeline.config import MailboxSettings
from pipeline.config_sign_in import SignInSettings
from pipeline.desk import Desk
from pipeline.disk import shortage
from pipeline.privacy import copies_that_stay, in_words
from pipeline.sign_in import running_out

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
    quiet: bool = False  #: told when it appears or grows, not again and again while it lasts
    passing: bool = False  #: may mend itself: shown by `status`, no alarm yet
    said: str = ""  #: the words of a server, which only `status` repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `status` shows."""

    found: tuple[Issue, ...]  #: empty when all is well
    mails: Mapping[str, int]
    cases: Mapping[str, int]
    letters: Mapping[str, int]
    read_at: Mapping[str, datetime | None]  #: name of a mailbox → when it was last read
    rules_version: str
    working: bool  #: every mailbox was read within ten minutes, and no mail waits
    anchor: Anchor | None = None  #: the newest one
    personal_data: str = ""  #: whether it is encrypted, and how long it is kept

    @property
    def issues(self) -> tuple[str, ...]:
        """The issues in words, with those of servers behind them."""
        return tuple(
            f"{issue.words} [{issue.said}]" if issue.said else issue.words for issue in self.found
        )

    @property
    def mailboxes(self) -> dict[str, str]:
        """Name → when it was last read, ISO 8601, "" if never."""
        return {name: _when(at) for name, at in self.read_at.items()}

    def as_json(self) -> dict[str, object]:
        """Return the `status --json` object."""
        return {
            "healthy": not self.issues,
            "issues": list(self.issues),
            "mails": dict(self.mails),
            "cases": dict(self.cases),
            "letters": dict(self.letters),
            "mailboxes": self.mailboxes,
            "rules_version": self.rules_version,
            "anchor": self._anchor(),
            "personal_data": self.personal_data,
        }

    def _anchor(self) -> dict[str, object] | None:
        if self.anchor is None:
            return None
        return {**asdict(self.anchor), "at": self.anchor.at.isoformat()}


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
        anchor, copies = tx.last_anchor(), tx.copies_left()
    settings = desk.settings
    looks = [
        _Look(box=box, state=states.get(name), file=settings.file, now=now, up_since=up_since)
        for name, box in settings.mailboxes.items()
    ]
    found = (
        *(issue for look in looks for issue in _mailbox(look)),
        *_waiting(oldest_mail, oldest_letter, now=now, up_since=up_since),
        *_set_aside(mails.get("quarantined", 0), letters),
        *_rules(desk.settings.rules.name, fault, proposal),
        *_beside_the_database(desk, now=now),
        *(
            Issue(kind=f"copies_stay:{place}", words=words, count=count, quiet=True)
            for place, words, count in copies_that_stay(copies)
        ),
    )
    return Health(
        found=found,
        mails=mails,
        cases=cases,
        letters=letters,
        read_at={look.box.name: look.at for look in looks},
        rules_version=desk.rules.policy.version,
        anchor=anchor,
        personal_data=in_words(settings.privacy),
        working=all(look.at and now - look.at < SILENCE for look in looks)
        and not any(issue.kind == "mail_waiting" for issue in found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """All that says how a mailbox is."""

    box: MailboxSettings
    state: MailboxHealth | None
    file: Path  #: config.yaml
    now: datetime
    up_since: datetime | None

    @property
    def at(self) -> datetime | None:
        """When it was last read."""
        return self.state.scanned_at if self.state else None


def _mailbox(look: _Look) -> Iterator[Issue]:
    """Yield what is wrong with a mailbox; a reason that will not pass is told without waiting."""
    name, at, state = look.box.name, look.at, look.state
    kind, said = mailbox_trouble.said(state.error if state else "")
    words = mailbox_trouble.what_to_do(kind, look.box, look.file)
    error_at = state.error_at if state else None
    # What kept the daemon before this one out may be mended.
    news = error_at is not None and (look.up_since is None or error_at >= look.up_since)
    definite = kind in mailbox_trouble.DEFINITE and news
    counted = _later(at, look.up_since)
    if not definite and (counted is None or look.now - counted >= SILENCE):
        since = f"since {_when(at)}" if at else "yet"
        yield Issue(
            kind=f"mailbox_silent:{name}", words=f"mailbox {name} was not read {since}: {words}"
        )
    if state and state.error:
        # A reading that failed is tried again; one that went well but left mails out is not.
        yield Issue(
            kind=f"mailbox_trouble:{name}",
            words=f"mailbox {name}: {words if kind else said}",
            said=said if kind else "",
            passing=state.error_at != state.scanned_at and not definite,
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
        ("held", "may have arrived already: each says why it is held"),
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


def _beside_the_database(desk: Desk, *, now: datetime) -> Iterator[Issue]:
    yield from _secrets(desk.settings.sign_ins, now=now)
    if words := shortage(desk):
        yield Issue(kind="disk", words=words)


def database_damaged(damage: StoreDamaged) -> Issue:
    """Return the issue that the daemon has stopped, because its database is not sound."""
    return Issue(kind="database", words=f"the desk has stopped: {damage}")


def database_away(since: datetime) -> Issue:
    """Return the issue that nothing can be known, nor done, because there is no database."""
    return Issue(
        kind="database",
        words=f"the database has been away since {_when(since)}: "
        "bring it back, work goes on by itself; lines with `trouble` say why",
    )


def _secrets(entries: Mapping[str, SignInSettings], *, now: datetime) -> Iterator[Issue]:
    for secret in running_out(entries, at=now):
        when = f"in {secret.days} days, " if secret.days > 1 else ""
        over = "ran out" if secret.days < 0 else "runs out"
        yield Issue(
            kind=f"secret_runs_out:{secret.name}",
            words=f"the secret of sign_in {secret.name} {over} {when}on {secret.on}: make a new "
            "one, put it into place and set secret_expires; without it no mail is read or sent",
            count=secret.step,
            quiet=True,
        )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _when(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
