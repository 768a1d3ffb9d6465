"""When to try again: times only grow, and it ends."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.outgoing import Concerns, Delivery, DeliveryState
from outbox.retry import GIVE_UP_AFTER, Verdict, judge, pause


def delivery(state: DeliveryState) -> Delivery:
    return Delivery(state=state, reply="")


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 240), (100, 240)]
)
def test_pauses_are_those_of_the_table(tries: int, minutes: int) -> None:
    """One minute after the first try, four hours from the fifth on."""
    assert pause(tries) == timedelta(minutes=minutes)


@given(st.integers(min_value=1, max_value=1000))
def test_pauses_only_grow(tries: int) -> None:
    """The next pause is never shorter."""
    assert pause(tries + 1) >= pause(tries)


@pytest.mark.parametrize(
    ("state", "ambiguous", "verdict"),
    [
        (DeliveryState.ACCEPTED, 0, "sent"),
        (DeliveryState.ACCEPTED, 2, "sent"),
        (DeliveryState.PERMANENT, 0, "failed"),
        (DeliveryState.TRANSIENT, 0, "ready"),
        (DeliveryState.TRANSIENT, 2, "ready"),
        (DeliveryState.AMBIGUOUS, 0, "ready"),
        (DeliveryState.AMBIGUOUS, 1, "ready"),
        (DeliveryState.AMBIGUOUS, 2, "held"),
    ],
)
def test_every_answer_has_its_verdict(
    state: DeliveryState, ambiguous: int, verdict: str, monday_nine: datetime
) -> None:
    """Only `ready` has a next time; the third lost answer is a person's matter."""
    found = judge(
        delivery(state), tries=2, ambiguous=ambiguous, created_at=monday_nine, now=monday_nine
    )
    again = monday_nine + timedelta(minutes=5) if verdict == "ready" else None

    assert found == Verdict(state=verdict, not_before=again)


@pytest.mark.parametrize("state", [DeliveryState.TRANSIENT, DeliveryState.AMBIGUOUS])
def test_after_five_days_we_give_up(state: DeliveryState, monday_nine: datetime) -> None:
    """RFC 5321 §4.5.4.1: at least four to five days, then the letter has failed."""
    for late, verdict in ((timedelta(0), "ready"), (timedelta(seconds=1), "failed")):
        now = monday_nine + GIVE_UP_AFTER + late
        found = judge(delivery(state), tries=30, ambiguous=0, created_at=monday_nine, now=now)
        assert found.state == verdict


def test_trying_ends(monday_nine: datetime) -> None:
    """Followed from try to try, a letter nobody takes is failed after some thirty tries."""
    now, tries, times = monday_nine, 0, []
    while True:
        tries += 1
        found = judge(
            delivery(DeliveryState.TRANSIENT),
            tries=tries,
            ambiguous=0,
            created_at=monday_nine,
            now=now,
        )
        if found.not_before is None:
            break
        now = found.not_before
        times.append(now)

    assert found.state == "failed"
    assert times == sorted(times)
    assert 20 < tries < 50


@pytest.mark.parametrize("concerns", [Concerns.SERVER, Concerns.PACE])
@pytest.mark.parametrize("tries", [1, 5, 100])
def test_a_letter_is_not_punished_for_a_server_that_was_away(
    tries: int, concerns: Concerns, monday_nine: datetime
) -> None:
    """A minute, however often it was tried: the server's own pauses are those of outbox/pace.py."""
    answer = Delivery(state=DeliveryState.TRANSIENT, reply="", concerns=concerns)
    lost = replace(answer, state=DeliveryState.AMBIGUOUS)

    def due(delivery: Delivery) -> datetime | None:
        return judge(
            delivery, tries=tries, ambiguous=0, created_at=monday_nine, now=monday_nine
        ).not_before

    assert due(answer) == monday_nine + timedelta(minutes=1)
    assert due(lost) == monday_nine + pause(tries), "it may have been taken"
