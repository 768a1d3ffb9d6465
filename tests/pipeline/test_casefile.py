"""The file of a case: the story first, then who has it, what is due, what was found."""

import ast
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.life import ClockKind, Measure, MeasureState, Part, PartState, Record
from cases.model import CaseEvent, Fact
from cases.register_rows import ClockRow, FiledLetter
from pipeline.casefile import _CLOCK, case_file
from pipeline.papers import Papers
from pipeline.story import STORY
from tests.conftest import MakeCase

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def papers(monday_nine: datetime) -> Papers:
    """Return what belongs to a case that quality works on."""
    later = monday_nine + timedelta(days=2)
    return Papers(
        parts=(
            Part(
                department="quality",
                round=1,
                state=PartState.EXTERNAL,
                asked_at=monday_nine,
                since_at=monday_nine,
                person="李伟",
                promised_at=later,
                party="carrier",
                report={"cause": "a worn\nseal", "liability": "Li Wei dropped it"},
                returns=2,
            ),
        ),
        measures=(
            Measure(
                department="quality",
                state=MeasureState.OPEN,
                corrective="new seals",
                owner="Zhang Min",
                opened_at=monday_nine,
                since_at=monday_nine,
                due_at=later,
                failures=1,
            ),
        ),
        records=(
            Record(kind="cost", at=monday_nine, by="quality", text="300元"),
            Record(
                kind="liability", at=monday_nine, by="quality", text="a warning", restricted=True
            ),
            Record(kind="channel", at=monday_nine, by="operator", text="phone"),
        ),
        clocks=(
            ClockRow(
                case_id=7,
                key="answer:quality:1:17",
                kind=ClockKind.ANSWER,
                due_at=later,
                next_at=None,
                stopped_at=None,
            ),
        ),
        letters=(
            FiledLetter(
                letter="outcome",
                recipient="wang@customer.example",
                state="ready",
                reply="",
                not_before=monday_nine + timedelta(minutes=15),
                sent_at=None,
            ),
        ),
    )


def test_the_file_tells_who_has_the_case_and_what_is_due(
    make_case: MakeCase, papers: Papers
) -> None:
    """State, person, promised date, how often it was given back; clocks and waiting letters."""
    lines = [*case_file(make_case(), (), ZONE, papers)]
    text = "\n".join(lines)

    assert (
        "from Wang Fang <wang.fang@customer.example>, received 2026-11-23 09:00 by phone" in lines
    )
    assert "waits for carrier since 2026-11-23 09:00, 李伟, promised 2026-11-25 09:00" in text
    assert "given back twice" in text
    assert "2026-11-25 09:00  answers (quality)" in lines
    assert "2026-11-23 09:15  letter leaves: outcome to wang@customer.example" in lines
    assert "cause: a worn seal" in text
    assert "open, Zhang Min, due 2026-11-25 09:00, not effective once" in text
    assert "cost: 300元  [quality]" in text


def test_the_story_comes_first(make_case: MakeCase, papers: Papers, monday_nine: datetime) -> None:
    """Each event in plain words with its reasons, then the rest under its titles."""
    events = (
        CaseEvent(at=monday_nine, kind="registered", actor="desk", reasons=("rule “seals”",)),
        CaseEvent(at=monday_nine, kind="held", actor="department:quality", detail="no batch"),
        CaseEvent(at=monday_nine, kind="never_heard_of", actor="desk", detail="x"),
        CaseEvent(at=monday_nine, kind="outcome_queued", actor="desk"),
    )
    case = make_case(facts=(Fact(name="batch", value="B1", doubt="check_digit"),))
    lines = [*case_file(case, events, ZONE, papers)]
    titles = [line for line in lines if line.endswith(":")]

    assert lines[5:10] == [
        "2026-11-23 09:00  registered",
        "                  because rule “seals”",
        "2026-11-23 09:00  department:quality put it aside: no batch",
        "2026-11-23 09:00  never_heard_of x",
        "2026-11-23 09:00  outcome decided, about to leave",
    ]
    assert titles == [
        "who has it:",
        "what is due:",
        "facts:",
        "what the departments found:",
        "measures:",
        "registers:",
    ]


def test_restricted_entries_are_shown_only_where_asked_for(
    make_case: MakeCase, papers: Papers
) -> None:
    """Neither the entry nor the part of the answer; that there is one is said (K040)."""
    usual = "\n".join(case_file(make_case(), (), ZONE, papers))
    whole = "\n".join(case_file(make_case(), (), ZONE, papers, restricted=True))

    assert "warning" not in usual and "dropped" not in usual
    assert "1 restricted entry is not shown" in usual
    assert "a warning  (restricted)" in whole
    assert "not shown" not in whole


def test_a_date_that_was_kept_is_not_shown_as_owed(make_case: MakeCase, papers: Papers) -> None:
    """Who answered has promised nothing any more; an approver's step is no name."""
    (part,), (clock,) = papers.parts, papers.clocks
    papers = replace(
        papers,
        parts=(replace(part, state=PartState.ANSWERED),),
        clocks=(replace(clock, key="approval:0:1:17", kind=ClockKind.APPROVAL),),
    )
    text = "\n".join(case_file(make_case(), (), ZONE, papers))

    assert "has answered" in text and "promised" not in text
    assert "approves the answer\n" in text


def test_a_case_of_a_moment_ago_is_a_short_file(make_case: MakeCase) -> None:
    """No title stands over nothing."""
    lines = [*case_file(make_case(), (), ZONE)]

    assert [line for line in lines if line.endswith(":")] == []
    assert len(lines) == 5


def test_a_hostile_text_is_no_command_of_the_terminal(
    make_case: MakeCase, papers: Papers, monday_nine: datetime
) -> None:
    """Escape sequences stand as what they are, wherever a stranger's words are shown."""
    evil = "\x1b[2J\u202e gone"
    (part,), (measure,) = papers.parts, papers.measures
    papers = replace(
        papers,
        parts=(replace(part, person=evil, report={"cause": evil}),),
        measures=(replace(measure, owner=evil, corrective=evil, reason=evil),),
        records=(Record(kind="channel", at=monday_nine, by=evil, text=evil),),
    )
    case = make_case(subject=evil, facts=(Fact(name="batch", value=evil),))
    events = (CaseEvent(at=monday_nine, kind="note", actor=evil, detail=evil, reasons=(evil,)),)
    text = "\n".join(case_file(case, events, ZONE, papers))

    assert "\x1b" not in text and "\u202e" not in text


def test_every_kind_of_clock_has_its_words() -> None:
    """What is due is said in words, not by a key."""
    assert {*_CLOCK} == {kind.value for kind in ClockKind}


def _kinds_written() -> set[str]:
    """Return the kinds of events in the code: first arguments of `event`, and CaseEvent's."""
    found = set()
    for package in ("routing", "pipeline"):
        for path in (ROOT / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                if isinstance(node.func, ast.Attribute) and node.func.attr == "event":
                    found |= _words(node.args[:1])
                if isinstance(node.func, ast.Name) and node.func.id == "CaseEvent":
                    found |= _words([k.value for k in node.keywords if k.arg == "kind"])
    return found


def _words(nodes: list[ast.expr]) -> set[str]:
    """Return the texts of an argument: of `a if b else c` both, but nothing of `b`."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Constant):
            found.add(str(node.value))
        if isinstance(node, ast.IfExp):
            found |= _words([node.body, node.orelse])
    return found


def test_every_kind_of_event_has_its_words() -> None:
    """Whatever happens to a case reads as a sentence in its file."""
    written = _kinds_written()

    assert len(written) > 30
    assert written <= {*STORY}
