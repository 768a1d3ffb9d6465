"""When the monthly ledger is due, what stands in it, and who is reminded."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.life import Part, PartState
from cases.model import LetterName, Status
from routing.ledger import Month, began_at, due_at, ledger, month_of, reminders
from routing.policy import Policy
from routing.process import Process, Signing
from tests.routing.conftest import MakeLife


def part(state: PartState, at: datetime, department: str = "quality") -> Part:
    return Part(department=department, round=1, state=state, asked_at=at, since_at=at)


@pytest.mark.parametrize(
    ("year", "month", "day", "due"),
    [
        (2026, 11, 4, datetime(2026, 11, 4, 0, 30, tzinfo=UTC)),  # Wednesday 08:30 in Shanghai
        (2027, 7, 4, datetime(2027, 7, 4, 0, 30, tzinfo=UTC)),  # a Sunday: by this day, K096
        (2026, 10, 4, datetime(2026, 10, 4, 0, 30, tzinfo=UTC)),  # National Day holidays
        (2027, 2, 31, datetime(2027, 2, 28, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_ledger_is_due_on_its_day(
    year: int, month: int, day: int, due: datetime, policy: Policy
) -> None:
    """When work begins, also on a day off; a short month has it on its last day."""
    assert due_at(replace(policy, ledger_day=day), Month(year=year, month=month)) == due


def test_the_month_is_that_of_the_desk(policy: Policy) -> None:
    """In Shanghai December begins eight hours before it does in London."""
    late = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    month = month_of(policy, late)

    assert (month.name, month.number) == ("2026-12", 202612)
    assert began_at(policy, month) == late


def test_the_ledger_names_each_case_and_why_it_waits(make_life: MakeLife, policy: Policy) -> None:
    """The last words with which the department put it aside, and not an older answer's."""
    life = make_life()
    held = replace(
        life,
        parts=(part(PartState.HELD, life.now),),
        story=(
            life.event("held", "department:quality", "waits for the laboratory"),
            life.event("held", "department:quality", "waits for the maker"),
            life.event("info_requested", "department:quality", "which batch?"),
        ),
    )
    (letter, *_) = ledger(policy, Month(year=2026, month=11), [held])
    rows = letter.facts["cases"]
    assert isinstance(rows, tuple)
    (row,) = rows

    assert letter.to.addr == policy.supervisors[0]
    assert (letter.name, letter.revision) == (LetterName.LEDGER, 202611)
    assert letter.facts["month"] == "2026-11"
    assert (row["reference"], row["stage"]) == ("C-2026-000007", "held")
    assert row["reason"] == "waits for the maker"
    assert row["since_at"] == life.case.received_at


def test_each_department_that_owes_an_answer_is_reminded(make_life: MakeLife) -> None:
    """One that has answered is not; the promised date counts (K096)."""
    life = make_life()
    promised = replace(part(PartState.ACCEPTED, life.now, "delivery"), promised_at=life.now)
    life = replace(
        life,
        case=replace(life.case, departments=("quality", "delivery")),
        parts=(*life.parts, promised),
    )
    decision = reminders(life)

    assert {letter.department for letter in decision.letters} == {"delivery"}
    assert decision.letters[0].facts["late"] is True
    assert decision.events[0].reasons == ("the monthly ledger",)


def test_whoever_must_agree_is_reminded(make_life: MakeLife) -> None:
    """When all departments have answered; the accused is asked nothing (K079)."""
    life = make_life()
    signing = Signing(by=("boss@example.com", "accused@example.com"))
    life = replace(
        life,
        case=replace(life.case, status=Status.IN_APPROVAL),
        policy=replace(life.policy, usual=Process(approval=(signing,))),
        records=(life.record("accused", "desk", "accused@example.com"),),
    )
    (letter,) = reminders(life).letters

    assert (letter.to.addr, letter.facts["what"]) == ("boss@example.com", "approval")


def test_a_case_that_nobody_of_ours_has_reminds_nobody(make_life: MakeLife) -> None:
    """It is in the ledger all the same."""
    life = make_life()
    life = replace(life, case=replace(life.case, status=Status.PLAN_OFFERED))

    assert reminders(life).letters == ()
