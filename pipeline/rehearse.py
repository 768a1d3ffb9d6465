"""Examples are tests: each goes through the whole desk, and what comes of it is compared.

Everything is real, the same code as the daemon's, but the desk: it stands in a throw-away folder,
has an empty database for each example, and nobody empties its outbox. So no example knows of the
one before, nothing of the real desk is touched, and no letter is ever sent.
"""

import functools
import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.incoming import RawMail
from cases.store import Store
from ingest.identity import identity
from pipeline.config import Settings
from pipeline.config_alarm import AlarmSettings
from pipeline.desk import Desk
from pipeline.models import live_model
from pipeline.process import Handled, process_one
from pipeline.reading import InlineReader, Reader, Tools
from pipeline.reading_wire import Reading
from pipeline.rehearse_compare import Outcome, differences
from pipeline.rehearse_mail import mail_of, mistakes_in, received_at, stranger_to
from pipeline.rules_examples import Example
from pipeline.rules_file import RuleSet
from pipeline.rules_schema_rule import MailBlock
from routing.assess import RuleTrace, assess_traced
from routing.envelope import envelope_of
from routing.situation import mail_words
from templates.render import Letters

#: A file system in memory, where there is one: a disk would spend most of the time.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one example."""

    example: Example
    differences: tuple[str, ...]  #: from what it says must follow, as sentences for supervisors

    @property
    def passed(self) -> bool:
        """Whether everything followed that the example says."""
        return not self.differences


def rehearse(
    rules: RuleSet,
    examples: Iterable[Example],
    *,
    settings: Settings,
    now: datetime,
    reader: Reader | None = None,
) -> tuple[Result, ...]:
    """Return what comes of each example under `rules`, in order.

    A mail without a date comes `now`. `reader` knows the vocabulary of `rules`, and stays open;
    without one, mails are read here. Raises ReaderUnavailable if a reader can't be started.
    """
    examples = tuple(examples)
    if not examples:
        return ()
    with tempfile.TemporaryDirectory(prefix="complaint-desk-examples-", dir=_memory()) as folder:
        stage = _Stage(rules, settings, Path(folder), reader)
        return tuple(stage.play(one, now=now) for one in examples)


def failures(
    rules: RuleSet, *, settings: Settings, now: datetime, reader: Reader | None = None
) -> tuple[Result, ...]:
    """Return the results of those examples of `rules` of which something else comes than they say.

    See `rehearse`. A file of rules with any must not go live.
    """
    results = rehearse(rules, rules.examples, settings=settings, now=now, reader=reader)
    return tuple(result for result in results if not result.passed)


class _Listener:
    """Reads as another reader does, and keeps what was read last."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last: Reading | None = None  #: None: it could not be read whole

    def read(self, data: bytes) -> Reading:
        """Return what the mail says; raises ReadingFailed."""
        self.last = None
        self.last = self._reader.read(data)
        return self.last

    def close(self) -> None:
        """Do nothing: whoever made the other reader closes it."""


class _Stage:
    """A desk on which one mail at a time is handled, each as if it were the first."""

    def __init__(
        self, rules: RuleSet, settings: Settings, folder: Path, reader: Reader | None
    ) -> None:
        key, self._file = secrets.token_bytes(32), folder / "desk.db"
        self._reader = _Listener(reader or _reader(rules, settings, key))
        self._stranger = stranger_to(rules.policy, settings.own_addresses)
        # One store for all: it knows its statements by heart after the first example.
        self._desk = Desk(
            settings=_apart(settings, folder),
            store=Store(f"sqlite:///{self._file}"),
            rules=rules,
            key=key,
            reader=self._reader,
            letters=_letters(rules.policy.calendar.zone),
            owner="examples",
        )

    def play(self, example: Example, *, now: datetime) -> Result:
        """Handle the mail of an example, and compare."""
        settings, mail = self._desk.settings, example.mail
        block = MailBlock() if isinstance(mail, bytes) else mail
        mistakes = tuple(mistakes_in(block, settings))
        if mistakes:
            return Result(example=example, differences=mistakes)
        at = received_at(block, self._desk.rules.policy, now=now)
        box = settings.mailboxes[block.mailbox] if block.mailbox else self._desk.box
        data = mail
        if not isinstance(data, bytes):
            data = mail_of(block, to=box.address, stranger=self._stranger, at=at)
        raw = RawMail(mailbox=box.name, uidvalidity=0, uid="1", received_at=at, data=data)
        outcome = self._handle(example.rule, raw)
        return Result(example=example, differences=tuple(differences(example.gives, outcome)))

    def _handle(self, rule: str, raw: RawMail) -> Outcome:
        """Handle a mail with a database in which nothing ever was."""
        store, at = self._desk.store, raw.received_at
        self._file.write_bytes(_empty_database())
        try:
            with store.begin() as tx:
                size, same = len(raw.data), identity(raw.data)
                tx.store_mail(raw, identity=same, now=at, size=size)
            handled = process_one(self._desk, now=at)
            assert handled is not None  # noqa: S101 - it was stored above, and nobody else is here
            return self._outcome(rule, raw, handled)
        finally:
            store.close()
            for file in self._file.parent.glob(f"{self._file.name}*"):  # its journal as well
                file.unlink()

    def _outcome(self, rule: str, raw: RawMail, handled: Handled) -> Outcome:
        policy, at = self._desk.rules.policy, raw.received_at
        case, decision = handled.case, handled.decision
        if case is None or decision is None or decision.assessment is None:
            failed = handled.outcome != "ignored"
            return Outcome(
                rule=rule, policy=policy, received_at=at, why_none=handled.why, failed=failed
            )
        with self._desk.store.read() as tx:
            judged = tx.judged(case.id)
        return Outcome(
            rule=rule,
            policy=policy,
            received_at=at,
            judged=judged,
            in_part=handled.why,
            score=decision.assessment.score,
            missing=decision.assessment.missing,
            facts=case.facts,
            traces=functools.partial(self._traces, raw),
        )

    def _traces(self, raw: RawMail) -> tuple[RuleTrace, ...]:
        """Return what each rule had to do with the mail that was read last."""
        read, policy = self._reader.last, self._desk.rules.policy
        if read is None or read.classification is None:
            return ()
        envelope = envelope_of(read.mail, policy, mailbox=raw.mailbox, received_at=raw.received_at)
        return assess_traced(mail_words(read.mail), read.classification, policy, envelope=envelope)[
            1
        ]


def _apart(settings: Settings, folder: Path) -> Settings:
    """Return settings that lead to nothing of the real desk; addresses and trust stay."""
    boxes = {
        name: replace(box, source=folder / "incoming" / name)
        for name, box in settings.mailboxes.items()
    }
    return replace(
        settings,
        file=folder / "config.yaml",
        database="",
        mailboxes=boxes,
        listen=None,
        outgoing=folder / "outgoing",
        secret_file=folder / "secret.key",
        samples=False,
        alarm=AlarmSettings(),
    )


def _reader(rules: RuleSet, settings: Settings, key: bytes) -> Reader:
    tools = Tools(
        vocabulary=rules.vocabulary,
        own_addresses=settings.own_addresses,
        key=key,
        model=live_model(settings.models),
    )
    return InlineReader(tools)


@functools.lru_cache(maxsize=2)
def _letters(zone: ZoneInfo) -> Letters:
    """Return the letters, compiled: that alone takes a second."""
    return Letters(zone=zone)


def _memory() -> Path | None:
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK) else None


@functools.cache
def _empty_database() -> bytes:
    """Return a database without a row: to make one takes longer than to judge ten mails."""
    with tempfile.TemporaryDirectory(prefix="complaint-desk-empty-", dir=_memory()) as folder:
        file = Path(folder) / "empty.db"
        store = Store(f"sqlite:///{file}")
        store.upgrade()
        store.close()
        return file.read_bytes()
