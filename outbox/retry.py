"""When to try again. Pure: (tries, answer, age) → what becomes of the letter (reliability 4.9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.outgoing import MOST_AMBIGUOUS, Concerns, Delivery, DeliveryState

_FIRST = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
_THEN = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1: at least 4 to 5 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The next outbox state, and when the letter is due again if it is `ready`."""

    state: str
    not_before: datetime | None = None


def pause(tries: int) -> timedelta:
    """Return how long to wait after the try number `tries` (1 = the first)."""
    return _FIRST[tries - 1] if tries <= len(_FIRST) else _THEN


def judge(
    delivery: Delivery, *, tries: int, ambiguous: int, created_at: datetime, now: datetime
) -> Verdict:
    """Return what becomes of a letter after one try.

    `ambiguous` counts the answers lost after the final dot before this try; the third makes it
    `held`: a person looks in the relay's log, because a fourth copy helps nobody.
    """
    match delivery.state:
        case DeliveryState.ACCEPTED:
            return Verdict(state="sent")
        case DeliveryState.PERMANENT:
            return Verdict(state="failed")
        case DeliveryState.AMBIGUOUS if ambiguous >= MOST_AMBIGUOUS:
            return Verdict(state="held")
        case DeliveryState.TRANSIENT | DeliveryState.AMBIGUOUS:  # pragma: no branch - all four
            if now - created_at > GIVE_UP_AFTER:
                return Verdict(state="failed")
            # A server that is away has its own pauses (outbox/pace.py): all letters wait for it,
            # and none longer because it was the one that found the door shut.
            theirs = delivery.state is DeliveryState.TRANSIENT and (
                delivery.concerns is not Concerns.LETTER
            )
            return Verdict(state="ready", not_before=now + pause(1 if theirs else tries))
