"""kill -9 at every named point of the daemon, each alone, on both databases (R01, F01).

The list of points is that of a normal run, so a new transaction is crashed at by itself.
"""

import ast
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatch

import pytest
from sqlalchemy import ColumnElement, Table, func, select

from cases.rule_tables import rule_set
from cases.tables import outbox
from tests.faults.account import account
from tests.faults.conftest import LONG, MakeDesk
from tests.faults.evidence import gather
from tests.faults.mails import Kind, make
from tests.faults.oracle import judge
from tests.faults.points import Arm
from tests.faults.rig import FaultDesk
from tests.faults.seams import STEPS
from tests.faults.worker import Hurry
from tests.live.desk import ROOT

HURRY = Hurry(lease=1.0, dot_lease=1.0, mail_pause=0.02)
#: So far ahead clocks ring, the best guess is taken and a ledger is due.
LATER = replace(HURRY, ahead=20.0)
#: Seconds that the long run spends on pairs, on each database.
PAIRS_S = float(os.environ.get("FAULTS_PAIRS_S", "600"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What it takes to pass a point."""

    mails: tuple[Kind, ...] = (Kind.COMPLAINT, Kind.TWICE, Kind.MACHINE)
    rules: bool = False  #: another set of rules goes live
    later: bool = False  #: three weeks pass


#: From the cheapest on: a point is crashed at in the first stage of which a normal run passes it.
STAGES = (
    Stage(),
    Stage(mails=(Kind.COMPLAINT, Kind.SPOILT)),
    Stage(mails=(Kind.COMPLAINT,), rules=True),
    Stage(mails=(Kind.COMPLAINT, Kind.UNSURE), later=True),
)


class Play:
    """A desk that lives through a stage. Whenever a daemon is gone, another is started."""

    def __init__(self, desk: FaultDesk, stage: Stage, *arms: Arm) -> None:
        """The daemons crash at `arms` one after the other: the second while the first is mended."""
        self._desk, self._stage, self._arms = desk, stage, arms

    def run(self) -> None:
        """Begin with an empty database and end with everything settled."""
        desk, stage = self._desk, self._stage
        desk.post(make(number, kind, to=desk.address) for number, kind in enumerate(stage.mails))
        self._live()
        if stage.rules:
            desk.change_rules()
            self._live(lambda: _count(desk, rule_set) > 1)
        if stage.later:
            self._stop()
            desk.hurry = LATER
            self._live(lambda: _count(desk, outbox, outbox.c.letter == "ledger") > 0)
        self._stop()
        if LONG:
            self._live()  # once more over finished work
            self._stop()

    def _live(self, done: Callable[[], bool] = lambda: True) -> None:
        """Wait until the work is done, whoever dies meanwhile."""
        end = time.monotonic() + 120
        while not (self._alive() and self._desk.is_settled() and self._reads() and done()):
            assert time.monotonic() < end, f"{self._desk.progress()} {self._desk.said()}"
            time.sleep(0.02)

    def _alive(self) -> bool:
        """Start a daemon if there is none; tell whether there was one."""
        daemons = self._desk.daemons
        if daemons and daemons[-1].poll() is None:
            return True
        over = len(self._desk.deeds("crash"))
        return self._desk.begin(*self._arms[over : over + 1]).poll() is None

    def _reads(self) -> bool:
        """Tell whether the daemon holds the mailbox: a dead one's lease must end first."""
        return self._desk.reader() == self._desk.daemons[-1].pid

    def _stop(self) -> None:
        """Ask the daemon to end, and the next one if it crashes over that."""
        while True:
            daemon = self._desk.daemons[-1]
            self._desk.measure(daemon)
            daemon.send_signal(signal.SIGTERM)
            if daemon.wait(timeout=15) == 0:
                return
            self._live()


def _count(desk: FaultDesk, table: Table, *where: ColumnElement[bool]) -> int:
    with desk.store._connect() as connection:
        found = connection.scalar(select(func.count()).select_from(table).where(*where))
        return int(found or 0)


def points_of(make_desk: MakeDesk, kind: str) -> dict[str, Stage]:
    """Return every point that normal runs pass, and the first stage that passes it."""
    found: dict[str, Stage] = {}
    for stage in STAGES:
        desk = make_desk(kind, empty=True, hurry=HURRY)
        Play(desk, stage).run()
        assert judge(gather(desk)) == {}
        for point in desk.deeds("passed"):
            found.setdefault(point, stage)
        desk.close()
    return found


@pytest.fixture(scope="session")
def known() -> dict[str, dict[str, Stage]]:
    """Keep the list of each database for all tests of this process."""
    return {}


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_crash_at_any_point_loses_and_doubles_nothing(
    make_desk: MakeDesk, known: dict[str, dict[str, Stage]], kind: str
) -> None:
    """Each point alone: the daemon dies there, the next one goes on, all invariants hold."""
    points = known.get(kind) or points_of(make_desk, kind)
    known[kind] = points
    assert points.keys() >= STEPS
    assert len([point for point in points if "-commit:" in point]) >= 20
    ambiguous = 0
    for point in sorted(points):
        desk = make_desk(kind, empty=True, hurry=HURRY)
        Play(desk, points[point], Arm(point=point)).run()
        assert desk.deeds("crash") == [point], f"nothing crashed at {point}"
        found = gather(desk)
        assert judge(found) == {}, f"after a crash at {point}"
        ambiguous += account(found, kills={}, injected={}).ambiguous
        desk.close()
    print(f"\n{kind}: {len(points)} points, 0 lost, 0 doubled, {ambiguous} ambiguous on record")


@pytest.mark.skipif(not LONG, reason="a matter of hours: FAULTS=long")
@pytest.mark.timeout(24 * 3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_second_crash_while_the_first_is_mended(make_desk: MakeDesk, kind: str) -> None:
    """Pairs of points in an order of chance, as many as there is time for."""
    points = points_of(make_desk, kind)
    pairs = [(one, two) for one in sorted(points) for two in sorted(points)]
    random.Random(1).shuffle(pairs)
    end, done, both = time.monotonic() + PAIRS_S, 0, 0
    for one, two in pairs:
        if time.monotonic() > end:
            break
        desk = make_desk(kind, empty=True, hurry=HURRY)
        stage = max(points[one], points[two], key=STAGES.index)
        Play(desk, stage, Arm(point=one), Arm(point=two)).run()
        assert judge(gather(desk)) == {}, f"after crashes at {one} and {two}"
        done, both = done + 1, both + (len(desk.deeds("crash")) == 2)
        desk.close()
    print(f"\n{kind}: {done} of {len(pairs)} pairs, {both} with both crashes")


#: Transactions that no normal run of the daemon passes: commands of people, and answers to trouble.
NOT_OF_A_NORMAL_RUN = {
    *(
        "by_hand",
        "commands_*",
        "correct",
        "rehearse",
        "reconcile",
        "poll.take_in",
    ),  # people do that
    *("erase", "restore", "revoke"),  # and that
    *("rules_by_mail", "rules_answer", "rule_proposals"),  # a supervisor's mail
    *("mailboxes._poll", "rule_news._refused", "rule_news.asks"),  # a server away, a wrong file
    *("retake", "copies"),  # a backup that was restored, a mail that lies twice in a folder
    *("anchors", "retention._late", "retention.clear"),  # once a day, once what is kept is old
}


def test_no_transaction_is_left_out(
    make_desk: MakeDesk, known: dict[str, dict[str, Stage]]
) -> None:
    """Every place that begins a transaction is crashed at, or said here not to be of a normal run.

    Fails for a new place: let a stage pass it, or name it above.
    """
    known["sqlite"] = known.get("sqlite") or points_of(make_desk, "sqlite")
    passed = {point.partition(":")[2].rpartition(".")[0] for point in known["sqlite"]}
    left = {place for place in _places() if place not in passed}
    unknown = {
        place
        for place in left
        if not any(
            fnmatch(place, name) or fnmatch(place, f"{name}.*") for name in NOT_OF_A_NORMAL_RUN
        )
    }
    assert not unknown


def _places() -> set[str]:
    """Return module and function of each `….store.begin()` of the pipeline."""
    found = set()
    for path in sorted((ROOT / "pipeline").glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                inner = [one for one in ast.walk(function) if isinstance(one, ast.FunctionDef)][1:]
                hidden = {id(node) for one in inner for node in ast.walk(one)}
                if any(_begins(node) for node in ast.walk(function) if id(node) not in hidden):
                    found.add(f"{path.stem}.{function.name}")
    return found


def _begins(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "begin"
        and (ast.unparse(node.value).endswith("store"))
    )


def test_a_letter_over_which_the_desk_died_three_times_is_told_to_a_person(
    make_desk: MakeDesk,
) -> None:
    """It is held, its case says so, and the supervisors hear of it: nobody else would."""
    desk = make_desk(empty=True, hurry=HURRY)
    dies = Arm(point="smtp:dot-sent")
    Play(desk, Stage(mails=(Kind.COMPLAINT,)), dies, dies, dies).run()
    found = gather(desk)
    assert judge(found) == {}
    (held,) = [row for row in found.outbox if row["state"] == "held"]
    assert held["ambiguous"] == 3
    assert [row["state"] for row in found.outbox if row["letter"] == "alert"] == ["sent"]
