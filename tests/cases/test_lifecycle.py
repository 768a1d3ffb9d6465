"""The table of moves: nothing leaves it, everything in it can be reached."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import IllegalMove
from cases.life import Measure, MeasureMove, MeasureState, Part, PartMove, PartState
from cases.lifecycle import (
    ANSWERED_FOR,
    MEASURE_MOVES,
    MOVES,
    PART_MOVES,
    advance,
    move_measure,
    move_part,
    now_at_work,
    parts_of,
    step,
)
from cases.model import Case, Move, Status

EARLY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(("status", "move"), list(product(Status, Move)))
def test_a_move_is_in_the_table_or_refused(status: Status, move: Move) -> None:
    """Every pair of status and move either has a row or raises IllegalMove naming both."""
    if (status, move) in MOVES:
        assert step(status, move) is MOVES[status, move]
        return
    with pytest.raises(IllegalMove) as caught:
        step(status, move)
    assert (caught.value.status, caught.value.move) == (status, move)


@given(st.lists(st.sampled_from(Move), max_size=30))
def test_no_sequence_of_moves_leaves_the_table(moves: list[Move]) -> None:
    """From the start, any moves end in a status of the table or in IllegalMove."""
    status = Status.REGISTERED
    for move in moves:
        try:
            status = step(status, move)
        except IllegalMove:
            assert (status, move) not in MOVES
    assert status in Status


def test_every_status_can_be_reached() -> None:
    """Walking the table from `registered` visits every status there is."""
    seen, waiting = {Status.REGISTERED}, [Status.REGISTERED]
    while waiting:
        here = waiting.pop()
        for (status, _), there in MOVES.items():
            if status is here and there not in seen:
                seen.add(there)
                waiting.append(there)

    assert seen == set(Status)


def test_there_is_no_dead_end() -> None:
    """From every status a case can still be closed, and whatever is closed can be reopened."""
    on = {
        status: {there for (here, _), there in MOVES.items() if here is status} for status in Status
    }
    for start in Status:
        seen, waiting = {start}, [start]
        while waiting:
            for there in on[waiting.pop()] - seen:
                seen.add(there)
                waiting.append(there)
        assert {Status.CLOSED, Status.REOPENED} <= seen, start


@pytest.mark.parametrize(("state", "move"), list(product(PartState, PartMove)))
def test_a_part_moves_by_its_table_or_not_at_all(
    state: PartState, move: PartMove, monday_nine: datetime
) -> None:
    """The same of the parts of departments; when a state began is kept."""
    part = Part(department="quality", round=1, state=state, asked_at=EARLY, since_at=EARLY)
    if (state, move) in PART_MOVES:
        moved = move_part(part, move, now=monday_nine)
        assert (moved.state, moved.since_at) == (PART_MOVES[state, move], monday_nine)
        return
    with pytest.raises(IllegalMove, match="a part that is"):
        move_part(part, move, now=monday_nine)


@pytest.mark.parametrize(("state", "move"), list(product(MeasureState, MeasureMove)))
def test_a_measure_moves_by_its_table_or_not_at_all(
    state: MeasureState, move: MeasureMove, monday_nine: datetime
) -> None:
    """The same of corrective and preventive action."""
    measure = Measure(department="quality", state=state, opened_at=EARLY, since_at=EARLY)
    if (state, move) in MEASURE_MOVES:
        assert move_measure(measure, move, now=monday_nine).state is MEASURE_MOVES[state, move]
        return
    with pytest.raises(IllegalMove, match="a measure that is"):
        move_measure(measure, move, now=monday_nine)


def test_every_settled_part_and_measure_can_be_reached() -> None:
    """Nothing in the two small tables is unreachable."""
    assert set(PART_MOVES.values()) | {PartState.ASKED} == set(PartState)
    assert set(MEASURE_MOVES.values()) == set(MeasureState)


def test_the_parts_follow_the_departments_of_a_case(
    make_case: Callable[..., Case], monday_nine: datetime
) -> None:
    """Who gets a case is asked, who has it no longer has left, another round begins anew."""
    one = make_case(departments=("quality",))
    two = make_case(departments=("delivery", "service"))
    again = make_case(departments=("delivery",), round=2)
    first = parts_of(one, (), now=EARLY)
    second = parts_of(two, first, now=monday_nine)
    third = parts_of(again, second, now=monday_nine)

    assert [(p.department, p.state) for p in first] == [("quality", PartState.ASKED)]
    assert [(p.department, p.state) for p in second] == [
        ("quality", PartState.LEFT),
        ("delivery", PartState.ASKED),
        ("service", PartState.ASKED),
    ]
    assert [p.department for p in now_at_work(again, third)] == ["delivery"]
    assert parts_of(again, third, now=monday_nine) == third


def test_what_a_complainant_can_reopen_can_be_reopened() -> None:
    """ANSWERED_FOR are exactly the statuses with the move `reopen`."""
    assert {status for status, move in MOVES if move is Move.REOPEN} == ANSWERED_FOR


def test_advance_makes_the_moves_in_order_and_stops_at_a_wrong_one() -> None:
    """The usual first two moves route a case; the other order is refused."""
    assert advance(Status.REGISTERED, (Move.ACKNOWLEDGE, Move.ROUTE)) is Status.ROUTED
    assert advance(Status.CLOSED, ()) is Status.CLOSED
    with pytest.raises(IllegalMove):
        advance(Status.REGISTERED, (Move.ROUTE, Move.ACKNOWLEDGE))
