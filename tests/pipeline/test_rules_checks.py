"""A process that could not end, and limits nobody hears of, are told before the first case."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.errors import ConfigError
from pipeline.rules_file import load

Told = Callable[..., list[tuple[str, str]]]

NO_MANAGEMENT = ("management: [gm@example.com]\n", "management: []\n")
TO_MANAGERS = (
    ("      - {to: [management], after: 1 working day}\n", ""),
    ("        - {to: [manager, management]}\n", "        - {to: [manager]}\n"),
)
CALLBACK = "    callback: off "


@pytest.fixture
def told(root: Path, tmp_path: Path) -> Told:
    """Return a function that gives key and text of the problems of the changed shipped rules."""
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")

    def run(*changes: tuple[str, str]) -> list[tuple[str, str]]:
        text = shipped
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            load(path)
        except ConfigError as error:
            assert all(problem.line and problem.fix for problem in error.problems)
            return [(problem.key, problem.what) for problem in error.problems]
        return []

    return run


def test_without_a_ladder_nobody_hears_of_a_missed_limit(told: Told) -> None:
    """An empty ladder is refused where it stands."""
    first, second = ("      - {to: [manager]}  ", "      #"), TO_MANAGERS[0]
    found = told(first, second, ("    escalation:   ", "    escalation: []  "))

    assert ("process.usual.escalation", "is empty, so nobody hears of a missed limit") in found


def test_each_department_has_somebody_above_it(told: Told) -> None:
    """A ladder of managers does not reach those of a department that has none."""
    change = ("    manager: wh-head@example.com\n", "")
    key, what = "process.usual.escalation", "reaches nobody when delivery is late"

    assert (key, what) in told(*TO_MANAGERS, change)
    assert told(change) == []


def test_who_reviews_and_signs_has_somebody_above_or_beside_them(told: Told) -> None:
    """Deputies will do; a department's manager is not theirs."""
    alone = ("deputies: [deputy-gm@example.com], within", "within")
    found = told(*TO_MANAGERS, alone)

    assert (
        "process.severity.serious.approval",
        "has a limit, and nobody hears when gm@example.com missed it",
    ) in found
    assert "approval" not in str(told(*TO_MANAGERS))
    assert told(alone) == []


def test_the_check_of_a_measure_has_somebody_who_hears_of_it(told: Told) -> None:
    """Whoever checks has no manager that we know."""
    found = told(*TO_MANAGERS)

    assert found == [
        ("process.severity.serious.capa", "has a check, and nobody hears when it is not made")
    ]


def test_top_management_that_is_needed_must_be_named(told: Told) -> None:
    """By the ladder and by what follows an objection, wherever they stand."""
    what = "needs top management, and nobody is named"
    found = told(NO_MANAGEMENT)

    assert {key for key, text in found if text == what} == {
        "process.usual.escalation",
        "process.usual.objections",
        "process.severity.serious.escalation",
        "process.severity.serious.objections",
    }


def test_a_ladder_goes_up_in_the_order_of_time(told: Told) -> None:
    """Working time and clock time are compared by when they are over."""
    key, what = "process.usual.escalation", "has a step that comes before the one above it"
    first = "      - {to: [manager]} "

    assert told((first, "      - {to: [manager], after: 2 days} ")) == [(key, what)]
    assert told((first, "      - {to: [manager], after: 8 working hours} ")) == []
    above = "      - {to: [management], after: 1 working day}\n"
    assert told((above, f"{above}      - {{to: [boss@example.com]}}\n")) == [(key, what)]


def test_a_confirmation_that_is_needed_has_somebody_who_asks_for_it(told: Told) -> None:
    """Silence closes nothing then, so somebody must call."""
    needed = ("needed: false", "needed: true")
    what = "waits for the complainant for ever: nobody is asked to call"
    calls = (CALLBACK, "    callback: {by: [a@example.com], within: 24 hours} ")

    assert ("process.usual.confirm", what) in told(NO_MANAGEMENT, needed)
    assert what not in str(told(NO_MANAGEMENT, needed, calls))
    assert told(needed) == []


def test_a_call_has_a_limit(told: Told) -> None:
    """The case stays open until the complainant was called."""
    found = told((CALLBACK, "    callback: {by: [a@example.com]} "))

    assert found == [
        ("process.usual.callback", "has no limit, so a case may wait for the call for ever")
    ]


def test_a_party_outside_has_a_limit_of_its_own_or_of_everybody(told: Told) -> None:
    """Else nobody would notice that it is silent; delivery has one for all of its parties."""
    own = ("    within: 2 working days\n\n", "\n")
    off = ("    external_within: 3 working days ", "    external_within: off ")

    assert told(own, off) == [
        (
            "process.usual.external_within",
            "is off, and carrier has no limit of its own: nobody would notice silence",
        )
    ]
    assert told(own) == []
    assert told(off) == []


def test_a_case_can_only_become_serious_if_a_level_is(told: Told) -> None:
    """A level is serious if somebody is alerted."""
    found = told(("    alert: [gm@example.com]\n", ""))

    assert found == [
        (
            "process.usual.serious_after",
            "says when a case becomes serious, and no level of severity is",
        )
    ]


def test_news_before_the_date_needs_time_before_the_date(told: Told) -> None:
    """The level whose answer is due sooner is named; a step of its own for it mends that."""
    found = told(("progress: {before: 1 working day", "progress: {before: 2 working days"))
    own = ("      progress: {before: 4 hours, every: 1 day}\n", "")

    assert found == [
        (
            "process.usual.progress",
            "leaves no time: an answer to a case that is important is due in 2 working days",
        )
    ]
    assert told(own) == [
        (
            "process.usual.progress",
            "leaves no time: an answer to a case that is serious is due in 24 hours",
        )
    ]


def test_a_step_of_a_category_is_told_there(told: Told) -> None:
    """And once, though each level of severity has it."""
    found = told(
        (
            "    delivery:\n      external_within",
            "    delivery:\n      callback: {by: [a@example.com]}\n      external_within",
        )
    )

    assert found == [
        (
            "process.categories.delivery.callback",
            "has no limit, so a case may wait for the call for ever",
        )
    ]


def test_an_accused_person_leaves_somebody_who_handles_the_case(told: Told) -> None:
    """A manager, a deputy or another department will do; or nobody is ever recused."""
    manager = "    manager: wh-head@example.com\n"
    people = "    people: {王五: logistics@example.com}\n"
    problem = (
        "departments.delivery.people.王五",
        "nobody is left to handle a case in which 王五 is accused",
    )

    assert told((manager, people)) == [problem]
    assert told((manager, f"{manager}{people}")) == []
    assert told((manager, f"{people}    stand_in: service\n")) == []
    assert told((manager, people), ("    recusal: true ", "    recusal: false ")) == []


def test_nobody_waits_for_a_signature_for_ever(told: Told) -> None:
    """Whoever reviews or approves has a limit, or nothing would ring."""
    change = ("    review: off ", "    review: {by: [a@example.com]} ")

    assert (
        "process.usual.review",
        "has no limit, so an answer may wait for a signature for ever",
    ) in told(change)


def test_measures_that_are_wanted_have_a_limit(told: Told) -> None:
    """Otherwise nobody would ask for them, and the case could not be closed."""
    missing, off = ("    capa: {rule: required}   ", "    capa: {rule: required, within: off}   ")

    assert told(("    capa: off   ", missing)) == [("process.usual.capa.within", "is missing")]
    assert ("process.usual.capa", "has no limit, so nobody would ask for the measures") in told(
        ("    capa: off   ", off)
    )
