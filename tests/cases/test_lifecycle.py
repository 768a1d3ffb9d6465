"""The table of moves: nothing leaves it, everything in it can be reached."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import IllegalMove
from cases.lifecycle import ANSWERED_FOR, MOVES, advance, step
from cases.model import Move, Status


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
    """Every status has a way on, and a closed case only the one of reopening."""
    ways = {status: {move for s, move in MOVES if s is status} for status in Status}

    assert all(ways.values())
    assert ways[Status.CLOSED] == {Move.REOPEN}


def test_what_a_complainant_can_reopen_can_be_reopened() -> None:
    """ANSWERED_FOR are exactly the statuses with the move `reopen`."""
    assert {status for status, move in MOVES if move is Move.REOPEN} == ANSWERED_FOR


def test_advance_makes_the_moves_in_order_and_stops_at_a_wrong_one() -> None:
    """The usual first two moves route a case; the other order is refused."""
    assert advance(Status.REGISTERED, (Move.ACKNOWLEDGE, Move.ROUTE)) is Status.ROUTED
    assert advance(Status.CLOSED, ()) is Status.CLOSED
    with pytest.raises(IllegalMove):
        advance(Status.REGISTERED, (Move.ROUTE, Move.ACKNOWLEDGE))
