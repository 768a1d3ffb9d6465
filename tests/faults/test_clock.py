"""Time goes wrong, or several desks hear the same bell: nobody is reminded twice (F77, F80)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from cases.store import Store
from pipeline.chase import chase
from pipeline.desk import Desk
from pipeline.serve import Service
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

CASES, DESKS = 30, 3
#: Every department has missed its limit by then.
LATER = timedelta(days=8)


class Said:
    """What a daemon would print."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep it."""
        self.lines.append(f"{outcome}: {words}")


@pytest.fixture
def office(desk: Desk, postgres_url: str, monday_nine: datetime) -> Iterator[Office]:
    """Return an office on PostgreSQL."""
    with closing(Store(postgres_url)) as store:
        store.upgrade()
        yield Office(desk=replace(desk, store=store), now=monday_nine)


@pytest.fixture
def busy(office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return that office with cases whose first letters have left; its clocks are the test's."""
    for place in ("pipeline.serve.now", "pipeline.deliver.clock_now"):
        monkeypatch.setattr(place, lambda: office.now)
    office.take(
        *(
            make_raw(sender=f"p{n}@customer{n}.example", message_id=f"{n}@customer.example")
            for n in range(CASES)
        )
    )
    office.deliver()
    assert office.counts()[2] == {"sent": 2 * CASES}
    return office


def _letters(office: Office) -> int:
    return sum(office.counts()[2].values())


@pytest.mark.parametrize("days", [365, -365])
def test_a_clock_that_jumps_by_a_year_reminds_nobody_and_is_told(busy: Office, days: int) -> None:
    """Nothing leaves until it is right again; then what is due leaves as ever."""
    said = Said()
    service = Service(busy.desk, said)
    look, right = service._alarm(), busy.now
    before = _letters(busy)

    busy.now += timedelta(days=days)
    for _ in range(3):
        service._chase()
        look()
    assert _letters(busy) == before
    assert sum("the clock of this machine jumped" in line for line in said.lines) == 1

    busy.now = right + LATER
    service._chase()
    look()
    assert _letters(busy) > before, "the test's cases had nothing to be reminded of"
    assert any(line.startswith("all clear: the clock") for line in said.lines)


def test_the_same_bells_at_several_desks_ring_once(busy: Office) -> None:
    """Three desks chase at the same moment: as many letters as one desk alone would write."""
    busy.now += LATER
    barrier = threading.Barrier(DESKS)
    errors: list[BaseException] = []

    def work(owner: str) -> None:
        desk = replace(busy.desk, owner=owner)
        barrier.wait()
        try:
            chase(desk, now=busy.now)
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    _together([partial(work, f"desk:{n}") for n in range(DESKS)])
    assert errors == []
    _chase_to_the_end(busy)
    stories = {tuple(sorted(busy.kinds(number))) for number in range(1, CASES + 1)}
    assert len(stories) == 1, "some case heard a bell more often than another"
    print(f"\n{CASES} cases, {DESKS} desks: {dict(Counter(*stories))}")
    alone = _one_desk_alone(busy)
    assert stories == {alone}


def _chase_to_the_end(office: Office) -> None:
    """Let one desk hear what rings until nothing does; some bells ring several times."""
    while chase(office.desk, now=office.now):
        pass


def _one_desk_alone(busy: Office) -> tuple[str, ...]:
    """Return the story that one more such case has when one desk looks after it."""
    late, busy.now = busy.now, busy.now - LATER
    with busy.desk.store.read() as tx:
        raw = tx.raw_of(1)
    busy.take(raw.replace(b"p0@customer0", b"p@customer").replace(b"<0@", b"<new@"))
    busy.deliver()
    busy.now = late
    _chase_to_the_end(busy)
    return tuple(sorted(busy.kinds(CASES + 1)))


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
