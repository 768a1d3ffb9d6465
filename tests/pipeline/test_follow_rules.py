"""A changed file of rules reaches the cases that run already."""

from dataclasses import replace
from datetime import timedelta

from cases.life import ClockKind
from pipeline.chase import chase
from pipeline.follow_rules import follow_rules
from routing.deadlines import Limit
from routing.process import Process
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


def with_rules(office: Office, version: str, process: Process) -> None:
    rules = office.desk.rules
    policy = replace(rules.policy, version=version, usual=process, by_category={}, by_severity={})
    office.desk = replace(office.desk, rules=replace(rules, policy=policy))


def kinds(office: Office) -> set[ClockKind]:
    with office.desk.store.read() as tx:
        return {clock.kind for clock in tx.clock_rows(1) if clock.stopped_at is None}


def test_a_limit_that_is_new_in_the_rules_begins_for_cases_that_wait(
    office: Office, make_raw: MakeRaw
) -> None:
    """From the next turn on, once; it counts from when the department was asked."""
    with_rules(office, "one", Process())
    office.take(make_raw())
    assert ClockKind.ACCEPT not in kinds(office)
    with_rules(office, "two", Process(accept_within=Limit.parse("4 working hours")))
    assert follow_rules(office.desk, now=office.now) == 1
    assert follow_rules(office.desk, now=office.now) == 0

    assert ClockKind.ACCEPT in kinds(office)


def test_a_limit_that_is_gone_from_the_rules_rings_no_more(
    office: Office, make_raw: MakeRaw
) -> None:
    """The chase brings it in line before anything of the old rules rings."""
    with_rules(office, "one", Process(accept_within=Limit.parse("4 working hours")))
    office.take(make_raw())
    with_rules(office, "two", Process())
    chase(office.desk, now=office.now)
    chase(office.desk, now=office.now + timedelta(days=2))

    assert ClockKind.ACCEPT not in kinds(office)
    assert "reminded" not in office.kinds()
