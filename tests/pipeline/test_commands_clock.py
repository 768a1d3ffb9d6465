"""`clock explain`: how every date came about, for a supervisor and for a program."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import run
from cases.life import ClockKind, Part, PartMove
from cases.lifecycle import move_part
from cases.model import CaseEvent, Decision
from pipeline.chase import chase
from pipeline.commands_clock import distance, title
from pipeline.save import save
from routing.deadlines import Limit
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.routing.lives import LADDER, at, house, life

Cli = Callable[..., tuple[int, str, str]]
USUAL = {
    "accept_within": Limit.parse("4 working hours"),
    "answer_within": Limit.parse("1 working day"),
    "remind_before": Limit.parse("1 working hour"),
    "escalation": LADDER,
}


@pytest.fixture
def quiet(office: Office, make_raw: MakeRaw) -> Office:
    """Return an office with one complaint of Monday, nine o'clock, and few clocks."""
    rules = office.desk.rules
    policy = house(rules.policy, **USUAL)
    office.desk = replace(office.desk, rules=replace(rules, policy=policy))
    office.take(make_raw())
    return office


@pytest.fixture
def cli(
    quiet: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that runs `clock explain` on the office's desk at its hour."""
    monkeypatch.setattr("pipeline.commands_clock.opened", lambda *_a, **_k: quiet.desk)
    monkeypatch.setattr("pipeline.commands_clock.now", lambda: quiet.now)

    def call(*arguments: str) -> tuple[int, str, str]:
        command = ["run.py", "clock", "explain", *arguments, "-c", str(config_file)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


def change(office: Office, move: PartMove, kind: str) -> None:
    """Let the quality department do something now."""
    with office.desk.store.begin() as tx:
        (part,) = tx.parts(1)
        moved: Part = move_part(part, move, now=office.now)
        event = CaseEvent(at=office.now, kind=kind, actor="department:quality")
        decision = Decision(moves=(), events=(event,), letters=(), parts=(moved,))
        save(tx, office.desk, office.case(), decision, key=kind, now=office.now)


def test_a_supervisor_reads_what_runs_and_why(cli: Cli, quiet: Office) -> None:
    """The sooner date first; each with its reasons, and whom its rings will tell."""
    quiet.now = at("23 12:30")
    chase(quiet.desk, now=quiet.now)

    code, out, _ = cli("c-2026-000001")

    assert code == 0
    assert out == (
        "C-2026-000001  The kettle leaks\n"
        "routed, now Mon 23 Nov 2026 12:30 (Asia/Shanghai)\n"
        "\n"
        "accept: Quality Department signs for the case\n"
        "    due   Mon 23 Nov 2026 13:00, in 30 min\n"
        "    why   began Mon 23 Nov 2026 09:00 (Asia/Shanghai)\n"
        "          4 working hours: Mon-Fri 09:00-17:00\n"
        "          due Mon 23 Nov 2026 13:00\n"
        "    next  Mon 23 Nov 2026 13:00  reminded: quality@example.com\n"
        "    then  Mon 23 Nov 2026 13:00  told that it is late: head.quality@example.com\n"
        "    then  Tue 24 Nov 2026 13:00  told that it is late: gm@example.com\n"
        "\n"
        "answer: Quality Department answers\n"
        "    due   Tue 24 Nov 2026 09:00, in 20 h 30 min\n"
        "    why   began Mon 23 Nov 2026 09:00 (Asia/Shanghai)\n"
        "          1 working day: Mon-Fri 09:00-17:00\n"
        "          due Tue 24 Nov 2026 09:00\n"
        "    next  Mon 23 Nov 2026 16:00  reminded: quality@example.com\n"
        "    then  Tue 24 Nov 2026 09:00  reminded: quality@example.com\n"
        "    then  Tue 24 Nov 2026 09:00  told that it is late: head.quality@example.com\n"
        "    then  Wed 25 Nov 2026 09:00  told that it is late: gm@example.com\n"
    )


def test_what_stands_still_and_what_was_stopped_is_told(cli: Cli, quiet: Office) -> None:
    """On hold the answer's time stands still; nobody has to sign any more."""
    quiet.now = at("23 11:00")
    change(quiet, PartMove.HOLD, "held")
    quiet.now = at("23 15:00")

    _, out, _ = cli("C-2026-000001")

    assert "    next  nothing: it stands still\n" in out
    assert "stood still from Mon 23 Nov 2026 11:00 to Mon 23 Nov 2026 15:00" in out
    assert out.endswith(
        "run no more:\n"
        "    accept: Quality Department signs for the case: was due Mon 23 Nov 2026 13:00, "
        "stopped Mon 23 Nov 2026 11:00\n"
    )


def test_a_program_reads_the_same(cli: Cli, quiet: Office) -> None:
    """One object for each clock, with the rings to come and how many there were."""
    quiet.now = at("23 12:00")
    chase(quiet.desk, now=quiet.now)
    change(quiet, PartMove.ACCEPT, "accepted")

    _, out, _ = cli("C-2026-000001", "--json")
    answer, signed = (json.loads(line) for line in out.splitlines())

    assert (answer["kind"], answer["who"], answer["state"]) == ("answer", "quality", "running")
    assert answer["due_at"] == "2026-11-24T01:00:00+00:00"
    assert answer["rings"][0] == {
        "at": "2026-11-23T08:00:00+00:00",
        "does": "reminded: quality@example.com",
    }
    assert (signed["kind"], signed["state"]) == ("accept", "stopped")
    assert signed["stopped_at"] == "2026-11-23T04:00:00+00:00"


def test_explaining_writes_to_nobody(cli: Cli, quiet: Office) -> None:
    """Not even what is due; what it would do is worked out on paper."""
    quiet.now = at("26 09:00")
    before = quiet.counts()
    _, out, _ = cli("C-2026-000001")

    assert quiet.counts() == before
    assert "1 d 20 h ago" not in out
    assert "due   Mon 23 Nov 2026 13:00, 2 d 20 h ago" in out


def test_a_case_that_is_none_is_said_to_be_none(cli: Cli) -> None:
    """Exit code 66, as for a file that is not there."""
    code, out, words = cli("C-2026-999999")

    assert (code, out) == (66, "")
    assert words == "there is no case C-2026-999999; `cases list` shows the newest\n"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(minutes=5), "in 5 min"),
        (timedelta(), "in 0 min"),
        (timedelta(hours=3), "in 3 h"),
        (timedelta(days=2, hours=3, minutes=9), "in 2 d 3 h"),
        (timedelta(days=-1), "1 d ago"),
    ],
)
def test_how_far_off_a_moment_is(time: timedelta, words: str) -> None:
    """Two units are enough."""
    assert distance(time) == words


def test_parties_and_managers_have_names(quiet: Office) -> None:
    """The carrier by its own name; whoever signs is no department."""
    found = life(quiet.desk.rules.policy)

    assert title(found, ClockKind.EXTERNAL, "carrier") == "external: Carrier answers from outside"
    assert title(found, ClockKind.EXTERNAL, "quality→carrier").startswith("external: Carrier")
    assert title(found, ClockKind.APPROVAL, "0") == "approval: the answer is approved"
    assert title(found, ClockKind.MEASURE, "none→quality").startswith("measure: Quality")
