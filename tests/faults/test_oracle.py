"""The oracle sees what is broken: each mutant breaks an invariant, an unbroken desk none."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from tests.faults.account import account
from tests.faults.conftest import MakeDesk
from tests.faults.evidence import gather
from tests.faults.mails import Kind, make
from tests.faults.oracle import INVARIANTS, judge
from tests.faults.points import Arm
from tests.faults.rig import FaultDesk
from tests.faults.robot import Robot
from tests.faults.worker import Hurry

BRIEF = Hurry(lease=0.5, dot_lease=0.5, mail_pause=0.02)
KINDS = (
    *(Kind.COMPLAINT, Kind.TWICE, Kind.MACHINE, Kind.DEAD, Kind.ENQUIRY, Kind.COMPLAINT),
    *(Kind.COMPLAINT,) * 3,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One way to break the desk, and what it takes to see it."""

    breaks: str  #: the invariant
    arms: tuple[Arm, ...] = ()
    kind: str = "sqlite"
    daemons: int = 1
    more: tuple[Kind, ...] = ()  #: mails that not every desk gets: these take a second
    drops_key: bool = False  #: the key that lets a mail open one case only is gone


_PAUSED_MAIL = Arm(point="after-commit:*.take_mail", do="pause", seconds=1.5, nth=2)
_PAUSED_LETTER = Arm(point="smtp:after-RCPT", do="pause", seconds=1.5, nth=2)
MUTANTS = {
    "moves_before_it_stores": Mutant(breaks="I1", arms=(Arm(point="imap:fetched"),)),
    "swallows_exceptions": Mutant(breaks="I1", more=(Kind.SPOILT,)),
    "finishes_what_is_not_its_own": Mutant(
        breaks="I2",
        arms=(_PAUSED_MAIL,),
        kind="postgres",
        daemons=2,
        drops_key=True,
    ),
    "skips_the_fence_of_letters": Mutant(breaks="I3", arms=(_PAUSED_LETTER,)),
    "forgets_ambiguity": Mutant(breaks="I3", arms=(Arm(point="smtp:dot-sent"),)),
    "writes_to_dead_addresses": Mutant(breaks="I4"),
    "sends_before_it_commits": Mutant(
        breaks="I5", arms=(Arm(point="before-commit:process._settle.*", nth=1),)
    ),
    "forgets_events": Mutant(breaks="I6"),
    "says_filed_but_moves_nothing": Mutant(breaks="I7"),
    "keeps_its_lease": Mutant(breaks="I8"),
    "talks": Mutant(breaks="I10"),
    "leaks_files": Mutant(breaks="I11"),
    "believes_anybody": Mutant(breaks="I12"),
}


def _live(desk: FaultDesk, mutant: Mutant) -> None:
    """Let the desk live through the same as every other: mails, answers, a crash if armed."""
    kinds = (*KINDS, *mutant.more)
    desk.post(make(number, kind, to=desk.address) for number, kind in enumerate(kinds))
    daemons = [desk.begin(*mutant.arms) for _ in range(mutant.daemons)]
    robot, patience = Robot(desk, every=2), 4.0
    for last in (False, False, True):
        if not desk.rest(seconds=patience):
            patience = 0.5  # it is broken, and will hardly ever come to an end
        daemons = [one if one.poll() is None else desk.begin() for one in daemons]
        if not last:
            robot.answer()
    for daemon in daemons:
        desk.end(daemon)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_nothing_is_wrong_with_an_unbroken_desk(make_desk: MakeDesk, kind: str) -> None:
    """And everything the invariants are about was there: commands, forgeries, silence, folders."""
    desk = make_desk(kind, hurry=BRIEF)
    _live(desk, Mutant(breaks="", more=(Kind.SPOILT, Kind.DEADLY)))
    found = gather(desk)
    assert judge(found) == {}
    print(f"\n{account(found, kills={}, injected={})}")
    kinds = {mail.kind for mail in found.sent}
    assert {*KINDS, Kind.REPLY, Kind.FORGED} <= kinds
    assert any(event["kind"] == "answered" for event in found.events)
    assert any(event["kind"] == "unverified_reply" for event in found.events)
    assert found.folders["Processed"] and found.folders["Rejected"] and found.sizes


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_desk_is_found_out(make_desk: MakeDesk, name: str) -> None:
    """Each mutant breaks the invariant that it should."""
    mutant = MUTANTS[name]
    desk = make_desk(mutant.kind, hurry=BRIEF, mutant=name)
    if mutant.drops_key:
        _drop_key(desk)
    _live(desk, mutant)
    broken = judge(gather(desk))
    print(f"\n{name}: {broken}")
    assert mutant.breaks in broken


def _drop_key(desk: FaultDesk) -> None:
    with desk.store.begin() as tx:
        name = tx._connection.scalar(
            text(
                "select conname from pg_constraint where conrelid = 'case_'::regclass "
                "and contype = 'u' and pg_get_constraintdef(oid) like '%(inbox_id)%'"
            )
        )
        tx._connection.execute(text(f"alter table case_ drop constraint {name}"))


def test_a_corrupt_database_is_found_out(make_desk: MakeDesk) -> None:
    """A letter that belongs to no case: the database's own check says so (I9)."""
    desk = make_desk(hurry=BRIEF)
    _live(desk, Mutant(breaks="I9"))
    with closing(sqlite3.connect(desk.folder / "desk.db")) as connection, connection:
        connection.execute("update outbox set case_id = 999999 where id = 1")
    assert "I9" in judge(gather(desk))


def test_each_invariant_has_its_mutant() -> None:
    """None is without a proof that it can fail."""
    assert {mutant.breaks for mutant in MUTANTS.values()} | {"I9"} == INVARIANTS.keys()
    assert len(MUTANTS) >= 12
