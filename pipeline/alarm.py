"""The second path: what `status` would say is told without being asked, to a file and a web hook.

Raised when an issue appears or grows, repeated while it lasts, called off when it is over. What was
told is remembered in memory only: a restart may say it once more. No words of a mail, of a server
or of a database stand in it, and no addresses.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cases.errors import StoreUnavailable
from pipeline.desk import Desk
from pipeline.show import Reporter, masked
from pipeline.status import SILENCE, Issue, health
from pipeline.webhook import post_json

#: An issue that lasts is told again after so long.
REPEAT = timedelta(hours=4)
#: A web hook that did not take a message gets it again after so long.
RESEND = timedelta(minutes=5)
#: Messages kept for a web hook that does not answer; the oldest are dropped first.
MOST_UNSENT = 50
_SAID = {"raised": "ALARM", "lasts": "STILL", "over": "OVER"}

Post = Callable[[str, Mapping[str, object]], str]  #: (URL, payload) → "" or why it failed


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
        elif old and now - told_at >= REPEAT:
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


class Alarm:
    """Looks at the health of a running desk and tells what is news; one thread's own."""

    def __init__(
        self, desk: Desk, out: Reporter, *, host: str, up_since: datetime, post: Post = post_json
    ) -> None:
        """Take note; nothing is looked at yet."""
        self._desk, self._out, self._host, self._post = desk, out, host, post
        self._up_since = up_since
        self._raised: dict[str, Raised] = {}
        self._away_since: datetime | None = None
        self._unsent: list[Notice] = []
        self._post_after = up_since

    def check(self, *, now: datetime) -> None:
        """Look once. A file that can't be written or a deaf web hook is a line, never an error."""
        self._raised, notices = judge(self._raised, self._issues(now), now=now)
        for notice in notices:
            outcome = "all clear" if notice.state == "over" else "alarm"
            words = masked(notice.issue.words)
            kind = notice.issue.kind
            self._out.line(outcome, words, at=now, action="alarm", kind=kind, state=notice.state)
        self._show_file(now)
        self._tell(notices, now)

    def _issues(self, now: datetime) -> tuple[Issue, ...]:
        try:
            found = health(self._desk, now=now, up_since=self._up_since).found
        except StoreUnavailable:
            return self._without_database(now)
        self._away_since = None
        return tuple(issue for issue in found if not issue.passing)

    def _without_database(self, now: datetime) -> tuple[Issue, ...]:
        """Keep what was raised: nobody knows better. An outage that lasts is one more issue."""
        since = self._away_since = self._away_since or now
        known = tuple(r.issue for kind, r in self._raised.items() if kind != "database")
        if now - since < SILENCE:
            return known
        away = Issue(
            kind="database",
            words=f"the database has been away since {since.isoformat(timespec='seconds')}: "
            "bring it back, work goes on by itself; lines with `trouble` say why",
        )
        return (*known, away)

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

    def _tell(self, notices: tuple[Notice, ...], now: datetime) -> None:
        url = self._desk.settings.alarm.webhook
        if not url:
            return
        self._unsent = [*self._unsent, *notices][-MOST_UNSENT:]
        if not self._unsent or now < self._post_after:
            return
        why = self._post(url, self._payload(now))
        if why:
            self._post_after = now + RESEND
            words = f"alarm: the web hook did not take it ({masked(why)}); tried again in 5 minutes"
            self._out.line("trouble", words, at=now, action="alarm")
            return
        self._unsent = []

    def _payload(self, now: datetime) -> dict[str, object]:
        """Return what is posted; `text` alone is enough for most chat programs."""
        lines = [f"complaint desk on {self._host}", *map(str, self._unsent)]
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
                for notice in self._unsent
            ],
        }


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
