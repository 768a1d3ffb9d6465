"""One look into the database, kept for whoever asks: nobody who asks waits for the database."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases.errors import StoreDamaged, StoreUnavailable
from pipeline.desk import Desk
from pipeline.show import masked
from pipeline.status import Health, Issue, database_away, database_damaged, health

#: A look that is older than this says nothing: the database hangs, or the program does.
STALE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the database said at `at`, and since when it says nothing."""

    at: datetime
    taken_s: float  #: by the clock that only goes forward, time.monotonic()
    health: Health | None = None  #: None while the database is away
    open_cases: Mapping[tuple[str, str], int] = field(default_factory=dict)  #: (category, severity)
    away_since: datetime | None = None
    damage: StoreDamaged | None = None  #: of the database, which does not mend itself
    clock: Issue | None = None  #: what is wrong with the clock of this machine

    def issues(self, *, at_s: float) -> tuple[Issue, ...]:
        """Return what a person should care about, as seen at `at_s` (monotonic seconds)."""
        old = at_s - self.taken_s
        if old > STALE_S:
            since = f"{self.at.isoformat(timespec='seconds')}"
            words = (
                f"nobody has looked at the desk since {since}: the database or this program hangs. "
                "Look at its lines with `trouble`, then at the database; restart the desk if it "
                "does not come back by itself"
            )
            return (Issue(kind="stuck", words=words),)
        return (*self._of_the_database(), *((self.clock,) if self.clock else ()))

    def _of_the_database(self) -> tuple[Issue, ...]:
        if self.damage:
            return (database_damaged(self.damage),)
        if self.health is None:
            return (database_away(self.away_since or self.at),)
        return self.health.found

    def healthy(self, *, at_s: float) -> bool:
        """Return True if nothing calls for a person; what may mend itself does not yet."""
        return all(issue.passing for issue in self.issues(at_s=at_s))

    def as_json(self, *, at_s: float) -> dict[str, object]:
        """Return the object of /health: no address, and no word of a server."""
        issues, healthy = self.issues(at_s=at_s), self.healthy(at_s=at_s)
        calling = [issue for issue in issues if not issue.passing]
        message = "all is well" if healthy else f"{len(calling)} issues call for a person"
        return {
            "healthy": healthy,
            "message": message,
            "issues": [masked(issue.words) for issue in issues],
            "kinds": [issue.kind for issue in issues],
            "at": self.at.isoformat(timespec="seconds"),
        }


def look(
    desk: Desk,
    *,
    now: datetime,
    up_since: datetime,
    before: Look | None = None,
    clock: Issue | None = None,
) -> Look:
    """Look once; a database that is away is what was seen, no error."""
    at_s = time.monotonic()
    try:
        found = health(desk, now=now, up_since=up_since)
        with desk.store.read() as tx:
            open_cases = tx.open_cases()
    except StoreUnavailable:
        since = before.away_since if before and before.away_since else now
        damage = desk.store.damage
        return Look(at=now, taken_s=at_s, away_since=since, damage=damage, clock=clock)
    return Look(at=now, taken_s=at_s, health=found, open_cases=open_cases, clock=clock)
