"""How fast the next mail server lets us send. Pure; a restart begins without knowledge.

A server that is away is not asked once per letter, and one that says we are too fast gets as many
a minute as it took before it said so, one more after each minute without complaint (F55, F56).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.outgoing import Concerns, Delivery, DeliveryState

_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(minutes=5)  # between two tries of a server that is away
_LONGEST_TOO_FAST = timedelta(minutes=15)
_REMEMBERED = 1000  # letters of the last minute; who takes more is not slowed below that


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the answers so far say about the next moment."""

    not_before: datetime | None = None  #: the server rests until then
    failures: int = 0  #: in a row, that were not about a letter
    most: int | None = None  #: letters a minute; None: it never complained
    learned_at: datetime | None = None  #: when `most` was last changed
    sent_at: tuple[datetime, ...] = ()  #: of the last minute; kept once `most` matters

    def allows(self, now: datetime) -> bool:
        """Tell whether a letter may be tried now; that the clock was set back does not count."""
        if self.not_before and self.not_before - _LONGEST_TOO_FAST <= now < self.not_before:
            return False
        return self.most is None or len(self._recent(now)) < self.most

    def after(self, delivery: Delivery, *, now: datetime) -> "Pace":
        """Return the pace after an answer."""
        if delivery.concerns is Concerns.PACE:
            return self._slower(now)
        if delivery.concerns is Concerns.SERVER:
            failures = min(self.failures + 1, 20)
            pause = min(timedelta(seconds=2 ** (failures - 1)), _LONGEST)
            return replace(self, failures=failures, not_before=now + pause)
        calm = replace(self, failures=0, not_before=None)
        if delivery.state is not DeliveryState.ACCEPTED:
            return calm
        calm = replace(calm, sent_at=(*self._recent(now), now)[-_REMEMBERED:])
        if self.most is not None and self.learned_at and now - self.learned_at >= _MINUTE:
            return replace(calm, most=self.most + 1, learned_at=now)
        return calm

    def _slower(self, now: datetime) -> "Pace":
        """Wait a minute, longer each time nothing was taken meanwhile, then go on more slowly."""
        taken = len(self._recent(now))
        failures = min(self.failures + 1, 20)
        return replace(
            self,
            failures=failures,
            not_before=now + min(_MINUTE * 2 ** (failures - 1), _LONGEST_TOO_FAST),
            most=max(1, taken) if taken or self.most is None else max(1, self.most // 2),
            learned_at=now,
        )

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.sent_at if now - _MINUTE < at <= now)
