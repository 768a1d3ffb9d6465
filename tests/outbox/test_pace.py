"""How fast the next server lets us send: what its answers teach, on a clock of the test's own."""

from datetime import datetime, timedelta

import pytest

from cases.outgoing import Concerns, Delivery, DeliveryState
from outbox.pace import Pace

SENT = Delivery(state=DeliveryState.ACCEPTED, reply="250 ok")
NOBODY = Delivery(state=DeliveryState.PERMANENT, reply="550 nobody")
AWAY = Delivery(state=DeliveryState.TRANSIENT, reply="refused", concerns=Concerns.SERVER)
FAST = Delivery(state=DeliveryState.TRANSIENT, reply="450 4.7.0", concerns=Concerns.PACE)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def pauses(pace: Pace, answer: Delivery, count: int, *, now: datetime) -> list[float]:
    """Return how long each of `count` such answers makes us wait."""
    found = []
    for _ in range(count):
        pace = pace.after(answer, now=now)
        end = now
        while not pace.allows(end):
            end += seconds(1)
            assert end - now < timedelta(hours=1), "it rests for ever"
        found.append((end - now).total_seconds())
        now = end
    return found


def test_nothing_slows_down_who_is_not_complained_about(monday_nine: datetime) -> None:
    """Thousands in one second, and letters refused for their own sake in between."""
    pace = Pace()
    for _ in range(3000):
        assert pace.allows(monday_nine)
        pace = pace.after(SENT, now=monday_nine).after(NOBODY, now=monday_nine)


def test_a_server_that_is_away_is_asked_less_and_less(monday_nine: datetime) -> None:
    """After one second, two, four, to five minutes; one answer and all is as before (F55)."""
    assert pauses(Pace(), AWAY, 11, now=monday_nine) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]

    pace = Pace().after(AWAY, now=monday_nine).after(AWAY, now=monday_nine)
    for answer in (SENT, NOBODY):
        assert pace.after(answer, now=monday_nine).allows(monday_nine)


def test_a_server_that_takes_nothing_at_any_pace_is_left_for_longer(monday_nine: datetime) -> None:
    """A minute, two, four, eight, a quarter of an hour (F56)."""
    assert pauses(Pace(), FAST, 6, now=monday_nine) == [60, 120, 240, 480, 900, 900]


def test_the_pace_is_what_the_server_took_and_grows_by_one_a_minute(monday_nine: datetime) -> None:
    """Five were taken before it complained: that many a minute, and one more each time (F56)."""
    pace, now = Pace(), monday_nine
    for _ in range(5):
        pace = pace.after(SENT, now=now)
    pace = pace.after(FAST, now=now)
    taken = []
    for _ in range(3):
        now += seconds(60)
        count = 0
        while pace.allows(now):
            pace, count = pace.after(SENT, now=now), count + 1
            assert count < 100, "nothing slows it down"
        taken.append(count)

    assert taken == [6, 7, 8]


@pytest.mark.parametrize("back", [1, 24 * 365])
def test_a_clock_that_was_set_back_stops_nothing_for_long(back: int, monday_nine: datetime) -> None:
    """A rest that lies further away than any can be is none."""
    pace = Pace().after(FAST, now=monday_nine)

    assert pace.allows(monday_nine - timedelta(hours=back))


@pytest.mark.parametrize(
    ("most", "taken", "then"),
    [(None, 0, 1), (None, 1, 1), (None, 3000, 1000), (10, 4, 4), (10, 0, 5), (3, 0, 1), (1, 0, 1)],
)
def test_a_complaint_sets_the_pace_to_what_was_taken_or_halves_it(
    most: int | None, taken: int, then: int, monday_nine: datetime
) -> None:
    """Never below one letter a minute, nor below a thousand for a server that took so many."""
    pace = Pace(most=most)
    for _ in range(taken):
        pace = pace.after(SENT, now=monday_nine)

    assert pace.after(FAST, now=monday_nine).most == then


def test_a_minute_is_a_minute(monday_nine: datetime) -> None:
    """A letter counts from its moment to just before the same moment of the next minute."""

    def allowed(ago: float) -> bool:
        return Pace(most=1, sent_at=(monday_nine - seconds(ago),)).allows(monday_nine)

    assert [allowed(ago) for ago in (0, 59.9, 60)] == [False, False, True]
    assert allowed(-1), "the clock was set back: what lies ahead was not sent yet"
    rest = Pace(not_before=monday_nine + seconds(1))
    assert not rest.allows(monday_nine)
    assert rest.allows(monday_nine + seconds(1))
    assert not Pace(not_before=monday_nine + seconds(900)).allows(monday_nine)
    assert Pace(not_before=monday_nine + seconds(901)).allows(monday_nine), "further than any rest"


@pytest.mark.parametrize(("after", "most"), [(59.9, 5), (60, 6)])
def test_the_pace_grows_after_a_whole_minute(
    after: float, most: int, monday_nine: datetime
) -> None:
    """From then on the next minute counts; only letters that were taken make it grow."""
    pace, later = Pace(most=5, learned_at=monday_nine), monday_nine + seconds(after)
    grown = pace.after(SENT, now=later)

    assert grown == Pace(
        most=most, learned_at=later if most == 6 else monday_nine, sent_at=(later,)
    )
    assert pace.after(NOBODY, now=later) == pace


def test_any_answer_about_a_letter_ends_the_rest(monday_nine: datetime) -> None:
    """The server is there again; what was learned of its pace stays."""
    pace = Pace(most=5, learned_at=monday_nine).after(AWAY, now=monday_nine)
    assert (pace.failures, pace.not_before) == (1, monday_nine + seconds(1))

    assert pace.after(NOBODY, now=monday_nine) == Pace(most=5, learned_at=monday_nine)


def test_a_server_that_is_away_for_years_is_asked_every_five_minutes(monday_nine: datetime) -> None:
    """However often it was tried, the sum stays a number that a clock knows."""
    for answer, longest in ((AWAY, 300), (FAST, 900)):
        pace = Pace()
        for _ in range(200):
            pace = pace.after(answer, now=monday_nine)
        assert pace.not_before == monday_nine + seconds(longest)
