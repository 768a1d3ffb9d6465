"""The `process` of rules.yaml → Process: every step, what is left out, every way to be wrong."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from cases.errors import ConfigError, Problem
from cases.model import Category
from pipeline.rules_file import load
from routing.deadlines import Limit
from routing.policy import Policy
from routing.process import Capa, CapaRule, Objection, Process, Rung, Signing

Load = Callable[..., Policy]
Wrong = Callable[..., tuple[Problem, ...]]

LADDER = "    escalation: [{to: [management]}]\n"
HOURS, DAYS = "hours", "days"

#: As little as a file of rules may hold before its process.
SMALL = """\
rules_version: 1
languages: [en]
desk_name: {en: Complaints Desk}
supervisors: [supervisor@example.com]
calendar: {hours: Mon-Fri 08:30-17:30, time_zone: Asia/Shanghai}
departments: {all: {name: {en: Everybody}, to: [all@example.com]}}
management: [gm@example.com]
categories:
  quality: {name: {en: Quality}, department: all}
  service: {name: {en: Service}, department: all}
  delivery: {name: {en: Delivery}, department: all}
  other: {name: {en: Other}, department: all}
severity:
  serious:
    name: {en: Serious}
    any: {injury: {name: {en: injury}, words: [hurt]}}
    alert: [gm@example.com]
    answer_within: 24 hours
  general: {name: {en: General}, answer_within: 3 working days}
enquiries: {department: all, answer_within: 3 working days}
unsure: {below: 0.6}
process:
  usual:
"""


def limit(working: str = "", **time: float) -> Limit:
    return Limit(amount=timedelta(**time), working=working)


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Return a function that loads a small file of rules with another process."""

    def run(usual: str = "", more: str = "", *, ladder: str = LADDER) -> Policy:
        path = tmp_path / "rules.yaml"
        path.write_text(f"{SMALL}{ladder}{usual}{more}end: true\n", encoding="utf-8")
        return load(path).policy

    return run


@pytest.fixture
def wrong(loaded: Load) -> Wrong:
    """Return a function that gives the problems of another process."""

    def run(usual: str = "", more: str = "", *, ladder: str = LADDER) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as caught:
            loaded(usual, more, ladder=ladder)
        return caught.value.problems

    return run


#: One way to write each step, and what it makes of the process.
STEPS: list[tuple[str, dict[str, object]]] = [
    ("accept_within: 4 working hours", {"accept_within": limit(HOURS, hours=4)}),
    ("answer_within: 2个工作日", {"answer_within": limit(DAYS, days=2)}),
    ("answer_needs: [cause, corrective]", {"answer_needs": ("cause", "corrective")}),
    ("info_within: 3 days", {"info_within": limit(days=3)}),
    ("external_within: 48 hours", {"external_within": limit(hours=48)}),
    (
        "review: {by: [one@example.com], deputies: [two@example.com], within: 4 hours}",
        {
            "review": Signing(
                by=("one@example.com",), deputies=("two@example.com",), within=limit(hours=4)
            )
        },
    ),
    ("review: off", {"review": None}),
    (
        "approval: [{by: [one@example.com], within: 1 hour}, "
        "{by: [two@example.com, three@example.com], within: 1 hour}]",
        {
            "approval": (
                Signing(by=("one@example.com",), within=limit(hours=1)),
                Signing(by=("two@example.com", "three@example.com"), within=limit(hours=1)),
            )
        },
    ),
    ("approval: off", {"approval": ()}),
    ("plan: {silence_agrees_after: 5 days}", {"plan": True, "plan_within": limit(days=5)}),
    ("plan: {silence_agrees_after: off}", {"plan": True, "plan_within": None}),
    ("plan: off", {"plan": False, "plan_within": None}),
    ("carry_out_within: 1 week", {"carry_out_within": limit(days=7)}),
    ("undo: 15 minutes", {"undo": timedelta(minutes=15)}),
    ("undo: off", {"undo": timedelta()}),
    ("remind_before: 1 working day", {"remind_before": limit(DAYS, days=1)}),
    (
        "progress: {before: 4 hours, every: 5 days}",
        {"progress_before": limit(hours=4), "progress_every": limit(days=5)},
    ),
    (
        "progress: {every: 5 days}",
        {"progress_before": None, "progress_every": limit(days=5)},
    ),
    ("progress: off", {"progress_before": None, "progress_every": None}),
    ("tell_measures: true", {"tell_measures": True}),
    (
        "confirm: {within: 2 weeks, needed: true}",
        {"silence": timedelta(days=14), "confirm_needed": True},
    ),
    (
        "objections: [explain, dispute]",
        {"objections": (Objection.EXPLAIN, Objection.DISPUTE)},
    ),
    ("satisfaction: false", {"satisfaction": False}),
    (
        "callback: {by: [one@example.com], within: 24 hours}",
        {"callback": Signing(by=("one@example.com",), within=limit(hours=24))},
    ),
    (
        "capa: {rule: required, within: 9 days, verify_by: [a@example.com], verify_after: 30 days, "
        "waive_by: [b@example.com]}",
        {
            "capa": Capa(
                rule=CapaRule.REQUIRED,
                within=limit(days=9),
                verify_by=("a@example.com",),
                verify_after=limit(days=30),
                waive_by=("b@example.com",),
            )
        },
    ),
    ("capa: off", {"capa": Capa()}),
    ("serious_after: 1 month", {"serious_after": Limit(months=1)}),
    ("archive_after: 365 days", {"archive_after": timedelta(days=365)}),
    ("apologise: false", {"apologise": False}),
    ("recusal: false", {"recusal": False}),
    ("oral_counts: false", {"oral_counts": False}),
]


@pytest.mark.parametrize(("line", "said"), STEPS)
def test_a_step_says_what_it_says_and_nothing_else(
    line: str, said: dict[str, object], loaded: Load
) -> None:
    """All other fields of the process are as if there were no `usual`; in a category likewise."""
    policy = loaded(f"    {line}\n")
    expected = {f.name: getattr(Process(), f.name) for f in fields(Process)}
    expected |= {"escalation": (Rung(to=("management",)),)} | said

    assert {f.name: getattr(policy.usual, f.name) for f in fields(Process)} == expected

    category = loaded(more=f"  categories:\n    delivery:\n      {line}\n")
    assert category.by_category == {Category.DELIVERY: said}


def test_every_field_of_the_process_can_be_written() -> None:
    """A field that no step sets could never differ from one organisation to the next."""
    written = {name for _, said in STEPS for name in said} | {"escalation"}

    assert {f.name for f in fields(Process)} == written


def test_the_ladder_has_its_steps_in_order(loaded: Load) -> None:
    """`manager`, `deputies`, `management` and addresses; `after` left out is at once."""
    ladder = (
        "    escalation:\n"
        "      - {to: [manager, deputies]}\n"
        "      - {to: [management, boss@example.com], after: half a working day}\n"
    )

    assert loaded(ladder=ladder).usual.escalation == (
        Rung(to=("manager", "deputies")),
        Rung(to=("management", "boss@example.com"), after=limit(DAYS, hours=12)),
    )


def test_a_severity_has_the_last_word_and_a_named_step_is_taken_whole(loaded: Load) -> None:
    """`progress` of the severity says nothing `before` the date, so nothing is said before it."""
    policy = loaded(
        "    progress: {before: 2 hours, every: 5 days}\n    satisfaction: false\n",
        "  categories:\n    quality:\n      accept_within: 2 hours\n      apologise: false\n"
        "  severity:\n    serious:\n      accept_within: 1 hour\n      progress: {every: 1 day}\n"
        "  ledger_day: 28\n",
    )
    quality, usual = Category.QUALITY, Category.SERVICE

    assert policy.process(quality, "serious").accept_within == limit(hours=1)
    assert policy.process(quality, "general").accept_within == limit(hours=2)
    assert policy.process(usual, "general").accept_within is None
    assert policy.process(quality, "serious").progress_before is None
    assert policy.process(quality, "general").progress_before == limit(hours=2)
    assert not policy.process(quality, "serious").apologise
    assert not policy.process(quality, "serious").satisfaction
    assert policy.process(usual, "serious").apologise
    assert policy.ledger_day == 28


def test_a_plain_answer_is_enough_for_most_cases_as_shipped(policy: Policy) -> None:
    """Below serious nobody reads or signs an answer, and no part of it is asked for."""
    for category in Category:
        for level in ("important", "general"):
            process = policy.process(category, level)
            assert (process.answer_needs, process.review, process.approval) == ((), None, ())
            assert process.capa.rule is CapaRule.OFF
            assert not process.plan


def test_a_serious_case_is_signed_as_shipped(policy: Policy) -> None:
    """The general manager or a deputy signs; the cause must be named, measures follow."""
    process = policy.process(Category.QUALITY, "serious")

    assert process.answer_needs == ("cause",)
    assert process.approval[0].people == {"gm@example.com", "deputy-gm@example.com"}
    assert process.capa.rule is CapaRule.REQUIRED_OR_REASON
    assert process.undo == timedelta()


MISTAKES = [
    ("review: on", "review", "should be a block of keys, or should be 'off'"),
    ("review: {by: []}", "review.by", "tuple should have at least 1 item"),
    ("review: {buy: [a@example.com]}", "review.buy", "is no key we know"),
    ("review: {by: [gm]}", "review.by", "'gm' is no mail address"),
    (
        "callback: {by: [a@example.com], deputies: [gm], within: 1 day}",
        "callback.deputies",
        "'gm' is no mail address",
    ),
    (
        "approval: [{by: [a@example.com]}, {by: [b@example.com], deputies: [B@example.com]}]",
        "approval.1.deputies",
        "B@example.com can't be the deputy of B@example.com",
    ),
    ("approval: [{by: [a@example.com], within: soon}]", "approval.0.within", "'soon' is no limit"),
    ("reveiw: off", "reveiw", "is no key we know"),
    ("accept_within: soon", "accept_within", "'soon' is no limit"),
    ("answer_needs: [casue]", "answer_needs.0", "unknown part of an answer 'casue'"),
    ("undo: 2 working hours", "undo", "'2 working hours' does not run by the clock"),
    ("undo: 1 month", "undo", "'1 month' does not run by the clock"),
    ("confirm: {within: 12 hours}", "confirm.within", "'12 hours' are no whole days"),
    ("archive_after: 2 working days", "archive_after", "'2 working days' are no whole days"),
    ("objections: []", "objections", "is empty"),
    ("objections: [reopn]", "objections.0", "should be 'reopen', 'management', 'dispute' or"),
    ("capa: {rule: needed, within: 1 day}", "capa.rule", "should be 'off', 'required' or"),
    ("capa: {rule: required}", "capa.within", "is missing"),
    (
        "capa: {rule: required, within: 1 day, verify_by: [x], waive_by: [y]}",
        "capa.verify_by",
        "'x' is no mail address",
    ),
    (
        "capa: {rule: required, within: 1 day, waive_by: [y]}",
        "capa.waive_by",
        "'y' is no mail address",
    ),
    ("plan: {silence_agrees_after: never}", "plan.silence_agrees_after", "'never' is no limit"),
    ("progress: {every: often}", "progress.every", "'often' is no limit"),
    ("serious_after: late", "serious_after", "'late' is no limit"),
]


@pytest.mark.parametrize(("line", "key", "what"), MISTAKES)
def test_a_mistake_in_a_step_is_told_where_it_stands(
    line: str, key: str, what: str, wrong: Wrong
) -> None:
    """In `usual` and in a severity alike, each with its line."""
    usual = next(p for p in wrong(f"    {line}\n") if p.key == f"process.usual.{key}")
    more = f"  severity:\n    serious:\n      {line}\n"
    inner = next(p for p in wrong(more=more) if p.key == f"process.severity.serious.{key}")

    assert usual.what.startswith(what)
    assert inner.what.startswith(what)
    assert 0 < usual.line < inner.line


@pytest.mark.parametrize(
    ("to", "what", "fix"),
    [
        ("managers", "unknown step of the ladder 'managers'", "Did you mean 'manager'?"),
        ("xyz", "unknown step of the ladder 'xyz'", "There are: manager, deputies, management"),
        ("boss@", "'boss@' is no mail address", "Write"),
    ],
)
def test_a_step_of_the_ladder_names_people_or_addresses(
    to: str, what: str, fix: str, wrong: Wrong
) -> None:
    """Words that are neither a role nor an address are refused."""
    found = wrong(ladder=f"    escalation: [{{to: [{to}, management]}}]\n")

    assert [(p.key, p.what.startswith(what), p.fix.startswith(fix)) for p in found] == [
        ("process.usual.escalation.0.to", True, True)
    ]


def test_a_level_or_category_that_does_not_exist_is_told(wrong: Wrong) -> None:
    """Its whole block would otherwise never hold, in silence."""
    level = wrong(more="  severity: {seriuos: {apologise: false}}\n")
    category = wrong(more="  categories: {delivry: {apologise: false}}\n")

    assert [(p.key, p.fix) for p in level] == [
        ("process.severity.seriuos", "Did you mean 'serious'?")
    ]
    assert [p.key for p in category] == ["process.categories.delivry"]


@pytest.mark.parametrize("day", ["0", "29", "x"])
def test_the_day_of_the_ledger_is_one_that_every_month_has(day: str, wrong: Wrong) -> None:
    """From the first to the 28th."""
    assert [p.key for p in wrong(more=f"  ledger_day: {day}\n")] == ["process.ledger_day"]
