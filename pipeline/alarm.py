"""The second path: what `status` would say is told unasked, to a file, a web hook and a program.

Raised when an issue appears or grows, repeated while it lasts, called off when it is over. What was
told is remembered in memory only: a restart may say it once more. No words of a mail, of a server
or of a database stand in it, and no addresses.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from cases.errors import StoreUnavailable
from pipeline.alarm_ways import Way, run_command
from pipeline.clock_watch import ClockWatch
from pipeline.config_alarm import AlarmSettings
from pipeline.desk import Desk
from pipeline.heartbeat import Heartbeat
from pipeline.show import Reporter, masked
from pipeline.status import SILENCE, Health, Issue, database_away, database_damaged, health
from pipeline.webhook import call, post_json

#: An issue that lasts is told again after so long.
REPEAT = timedelta(hours=4)
_SAID = {"raised": "ALARM", "lasts": "STILL", "over": "OVER"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An issue that was told."""

    issue: Issue
    since: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell."""

    state: str  #: raised, lasts or over
    issue: Issue
    since: datetime
    at: datetime

    def __str__(self) -> str:
        return f"{_SAID[self.state]}: {self.issue.words}"


def judge(
    raised: Mapping[str, Raised], issues: Iterable[Issue], *, now: datetime
) -> tuple[dict[str, Raised], tuple[Notice, ...]]:
    """Return what counts as raised from now on, and what must be told. Pure."""
    still: dict[str, Raised] = {}
    notices = []
    for issue in issues:
        old = raised.get(issue.kind)
        since, told_at, state = (old.since, old.told_at, "") if old else (now, now, "raised")
        if old and issue.count > old.issue.count:
            state = "raised"
        elif old and not issue.quiet and now - told_at >= REPEAT:
            state = "lasts"
        if state:
            told_at = now
            notices.append(Notice(state=state, issue=issue, since=since, at=now))
        still[issue.kind] = Raised(issue=issue, since=since, told_at=told_at)
    notices += [
        Notice(state="over", issue=old.issue, since=old.since, at=now)
        for kind, old in raised.items()
        if kind not in still
    ]
    return still, tuple(notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What reaches beyond this process; tests take others."""

    post: Callable[[str, Mapping[str, object]], str] = post_json
    run: Callable[[Sequence[str], Mapping[str, object]], str] = run_command
    call: Callable[[str], str] = call


class Alarm:
    """Looks at the health of a running desk and tells what is news; one thread's own."""

    def __init__(
        self,
        desk: Desk,
        out: Reporter,
        *,
        host: str,
        up_since: datetime,
        outside: Outside = Outside(),
        clock: ClockWatch | None = None,
    ) -> None:
        """Take note; nothing is looked at yet. `clock`: whether the time can be trusted."""
        self._clock = clock
        self._desk, self._out, self._host = desk, out, host
        self._up_since = up_since
        self._raised: dict[str, Raised] = {}
        self._away_since: datetime | None = None
        self.ways = tuple(_ways(desk.settings.alarm, outside))
        self._heart = Heartbeat(desk.settings.alarm, out, call=outside.call)

    def check(self, *, now: datetime) -> None:
        """Look once. A file that can't be written or a deaf web hook is a line, never an error."""
        found = self._look(now)
        wrong = self._clock and self._clock.issue(now)
        issues = (*self._issues(found, now), *((wrong,) if wrong else ()))
        self._raised, notices = judge(self._raised, issues, now=now)
        for notice in notices:
            outcome = "all clear" if notice.state == "over" else "alarm"
            words = masked(notice.issue.words)
            kind = notice.issue.kind
            self._out.line(outcome, words, at=now, action="alarm", kind=kind, state=notice.state)
        self._show_file(now)
        for way in self.ways:
            why = way.hear(notices, partial(self._payload, now=now), now=now)
            if why:
                words = f"alarm: {way.name} did not take it ({masked(why)}); again in 5 minutes"
                self._out.line("trouble", words, at=now, action="alarm")
        self._heart.beat(working=found is not None and found.working, now=now)

    def _look(self, now: datetime) -> Health | None:
        """Return what there is to know, None while the database is away or not to be trusted."""
        if self._desk.store.damage:
            return None
        try:
            found = health(self._desk, now=now, up_since=self._up_since)
        except StoreUnavailable:
            self._away_since = self._away_since or now
            return None
        self._away_since = None
        return found

    def _issues(self, found: Health | None, now: datetime) -> tuple[Issue, ...]:
        """Return what to raise. What was raised lasts while it is only passing, or nobody knows."""
        if found:
            return tuple(i for i in found.found if not i.passing or i.kind in self._raised)
        anew = ("database", "clock_jumped")
        known = tuple(r.issue for kind, r in self._raised.items() if kind not in anew)
        if damage := self._desk.store.damage:
            return (*known, database_damaged(damage))
        since = self._away_since or now
        return known if now - since < SILENCE else (*known, database_away(since))

    def _show_file(self, now: datetime) -> None:
        path = self._desk.settings.alarm.file
        if path is None:
            return
        try:
            if self._raised:
                _replace(path, "".join(_line(raised) for raised in self._raised.values()))
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            why = f"alarm: can't write {path}: {error.strerror}"
            self._out.line("trouble", why, at=now, action="alarm")

    def _payload(self, notices: Sequence[Notice], *, now: datetime) -> dict[str, object]:
        """Return what is posted; `text` alone is enough for most chat programs."""
        lines = [f"complaint desk on {self._host}", *map(str, notices)]
        return {
            "text": masked("\n".join(lines)),
            "host": self._host,
            "at": now.isoformat(timespec="seconds"),
            "healthy": not self._raised,
            "notices": [
                {
                    "state": notice.state,
                    "kind": notice.issue.kind,
                    "count": notice.issue.count,
                    "since": notice.since.isoformat(timespec="seconds"),
                    "at": notice.at.isoformat(timespec="seconds"),
                    "words": masked(notice.issue.words),
                }
                for notice in notices
            ],
        }


def _ways(settings: AlarmSettings, outside: Outside) -> Iterator[Way[Notice]]:
    """Yield the ways out that config.yaml asks for."""
    if settings.webhook:
        yield Way(name="the web hook", tell=partial(outside.post, settings.webhook))
    if settings.command:
        yield Way(name="the program of alarm.command", tell=partial(outside.run, settings.command))


def _line(raised: Raised) -> str:
    words = " ".join(masked(raised.issue.words).split())
    return f"{raised.since.isoformat(timespec='seconds')}  {words}\n"


def _replace(path: Path, text: str) -> None:
    """Write a file so that whoever reads it sees the old or the new one, never half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
