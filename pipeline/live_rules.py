"""Changed rules go live while the desk works, whole, between two mails; wrong ones never do.

    look     is the file another one, and whoever changes it done?
    read     once: what is checked and tried is what goes live
    try      its examples, by a reader of its own: nobody waits for that
    decide   wrong, waits for a yes, or live: kept in the database first, then swapped

Whatever goes wrong, the desk works on by the rules it has. What the file is told once, also after
a restart: the database remembers (cases/rule_rows.py).
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from cases.errors import ConfigError
from cases.rule_rows import Proposal, RuleVersion
from pipeline.config import Settings
from pipeline.current import Current
from pipeline.desk import Desk, tools_of
from pipeline.models import live_model
from pipeline.reading import ChildReader, Reader, ReaderUnavailable, ReadingFailed, Tools
from pipeline.reading_wire import Reading
from pipeline.rehearse import Result
from pipeline.rehearse import failures as play
from pipeline.replay_text import difference
from pipeline.rule_news import RuleNews, owner_of
from pipeline.rule_proposals import lost
from pipeline.rules_answer import answer_received
from pipeline.rules_file import RuleSet, load
from pipeline.rules_texts import half_written, paths_of, write_texts
from pipeline.rules_watch import Watch
from pipeline.show import Reporter
from templates.render import Letters

#: A file that drops a greater part of the rules is asked about first.
MOST_LOST = 0.3
#: A set that a supervisor sent is tried on the mails of so long; the letter names so many cases.
LATE, MOST_CASES = timedelta(days=30), 40
#: What a wrong file lacks may lie where nobody looks: it is read again so often.
AGAIN = timedelta(seconds=30)
_ANY_MAIL = b"From: someone@example.com\r\n\r\nHello.\r\n"


def would_have_done(desk: Desk, rules: RuleSet, *, now: datetime) -> tuple[str, ...]:
    """Return what a set would have done to the mails of late, in lines."""
    found = difference(desk, rules, since=now - LATE, now=now, limit=MOST_CASES)
    return found.lines


class Failures(Protocol):
    """Plays the examples of a set, as `pipeline.rehearse.failures` does."""

    def __call__(
        self, rules: RuleSet, *, settings: Settings, now: datetime, reader: Reader | None = None
    ) -> tuple[Result, ...]:
        """Return the examples of which something else comes than they say."""


class LiveRules:
    """Watches the file of rules for one running desk; one thread's own."""

    def __init__(
        self,
        current: Current,
        out: Reporter,
        *,
        stop: threading.Event | None = None,
        failures: Failures = play,
        make_reader: Callable[[Tools], Reader] = ChildReader,
    ) -> None:
        """Take note; nothing is read yet."""
        self._current, self._failures, self._make_reader = current, failures, make_reader
        self._stop = stop or threading.Event()
        settings = current.desk.settings
        self._file, self._model = settings.rules, live_model(settings.models)
        self._news = RuleNews(current, out)
        self._watch = Watch(self._file, paths_of(current.desk.rules, self._file))
        self._wrong_at: datetime | None = None
        self._waits = ""  #: the version of the file that waits for a yes

    # -------------------------------------------------------------- when

    def begin(self, *, now: datetime) -> None:
        """Take in what happened to the file while nobody watched it, before the desk works."""
        desk = self._current.desk
        with desk.store.read() as tx:
            live = tx.live_rules()
        if live is None or live.version != desk.rules.policy.version:
            # The first set of this desk, or one of a program whose files this one can't read.
            self._keep(desk, by=owner_of(self._file), how="start", now=now)
        elif self._file in desk.rules.files:
            self._news.right_again(now=now)
        else:
            # Somebody may still be writing, or name files that nobody watched: then look by look.
            for _ in range(3):
                self._watch.ready()
                if self._read(now):
                    break

    def look(self, *, now: datetime) -> None:
        """Look at the file, and let it go live if it is another one, still, and right."""
        if self._settled(now):
            self._watch.again()
        if self._watch.ready():
            self._read(now)

    def _settled(self, now: datetime) -> bool:
        """Tell whether something else than the file may have changed the answer."""
        if self._wrong_at is not None and now - self._wrong_at >= AGAIN:
            return True
        if not self._waits:
            return False
        with self._current.desk.store.read() as tx:
            found = tx.waiting_rules(now=now, how="file")
        return found is None or found.version != self._waits

    def answer(self, *, now: datetime) -> None:
        """Answer the supervisors who sent files."""

        def attempt(desk: Desk, rules: RuleSet) -> tuple[Result, ...]:
            reader = self._reader(desk, rules)
            try:
                return self._try(desk, rules, reader, now)
            finally:
                if reader:
                    reader.close()

        replay = partial(would_have_done, now=now)
        while not self._stop.is_set():
            desk = self._current.desk
            if not answer_received(desk, attempt=attempt, replay=replay, now=now):
                return

    # -------------------------------------------------------------- what

    def _read(self, now: datetime) -> bool:
        """Read the file and decide; False if it must be read again."""
        desk, file = self._current.desk, self._file
        with desk.store.read() as tx:
            live = tx.live_rules()
            yes = tx.accepted(since=live.live_at) if live else None
        if yes and live and self._finished(yes, live):
            return False
        try:
            rules = load(file)
        except ConfigError as error:
            if not self._watch.was_read(paths_of(desk.rules, file)):
                return False
            self._wrong_at, self._waits = now, ""
            self._news.wrong(error.problems, now=now)
            return True
        if not self._watch.was_read(paths_of(rules, file)):
            return False
        self._wrong_at, self._waits = None, ""
        try:
            self._decide(desk, rules, yes, now)
        except Exception:
            self._watch.again()  # whatever is in the way may go
            raise
        return True

    def _finished(self, yes: Proposal, live: RuleVersion) -> bool:
        """Put a set in place of which only some files are: whoever did it came to an end."""
        if yes.version == live.version or not half_written(yes.files, live.files, self._file):
            return False
        write_texts(yes.files, self._file, known=live.files)
        return True  # the next look finds it

    def _decide(self, desk: Desk, rules: RuleSet, yes: Proposal | None, now: datetime) -> None:
        if rules.policy.version == desk.rules.policy.version:
            self._news.right_again(now=now)
            return
        reader = self._reader(desk, rules)
        used = False
        try:
            failed = self._try(desk, rules, reader, now)
            if failed:
                self._news.fails(rules, failed, now=now)
                return
            agreed = yes if yes and yes.version == rules.policy.version else None
            gone = lost(desk.rules, rules)
            if not agreed and len(gone) > MOST_LOST * len(desk.rules.policy.rules):
                self._waits = self._news.asks(rules, gone, now=now)
                return
            new = self._with(desk, rules, reader)
            used = new.reader is reader
            by = (agreed.decided_by or agreed.by) if agreed else owner_of(self._file)
            self._keep(new, by=by, how=agreed.how if agreed else "file", now=now, old=desk)
        finally:
            if reader and not used:
                reader.close()

    def _with(self, desk: Desk, rules: RuleSet, reader: Reader | None) -> Desk:
        """Return the desk as it is under these rules."""
        zone, letters = rules.policy.calendar.zone, desk.letters
        if zone != desk.rules.policy.calendar.zone:
            letters = Letters(zone=zone)
        same = rules.vocabulary == desk.rules.vocabulary
        return replace(
            desk,
            rules=rules,
            letters=letters,
            reader=desk.reader if same else reader or desk.reader,
        )

    def _keep(
        self, desk: Desk, *, by: str, how: str, now: datetime, old: Desk | None = None
    ) -> None:
        """Write down that a set is live, tell it, and only then work by it."""
        self._news.live(desk, old, by=by, how=how, now=now)
        if old:
            self._current.swap(desk)

    # -------------------------------------------------------------- trying

    def _reader(self, desk: Desk, rules: RuleSet) -> Reader | None:
        """Return a reader for the new words; None where nobody needs one."""
        if rules.vocabulary == desk.rules.vocabulary and not rules.examples:
            return None
        tools = tools_of(desk.settings, rules, desk.key, old_key=desk.old_key, model=self._model)
        return self._make_reader(tools)

    def _try(
        self, desk: Desk, rules: RuleSet, reader: Reader | None, now: datetime
    ) -> tuple[Result, ...]:
        """Play the examples; the reader has read something then, so that it is warm."""
        if reader is None:
            return ()
        watched = _Stoppable(reader, self._stop)
        if not rules.examples:
            with suppress(ReadingFailed):
                watched.read(_ANY_MAIL)
            return ()
        return self._failures(rules, settings=desk.settings, now=now, reader=watched)


class _Stoppable:
    """Reads as another reader does, until the desk stops: many examples take their time."""

    def __init__(self, reader: Reader, stop: threading.Event) -> None:
        self._reader, self._stop = reader, stop

    def read(self, data: bytes) -> Reading:
        """Return what the mail says."""
        if self._stop.is_set():
            raise ReaderUnavailable("the desk stops")
        return self._reader.read(data)

    def close(self) -> None:
        """Leave the other reader to whoever made it."""
