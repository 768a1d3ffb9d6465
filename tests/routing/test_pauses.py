"""When time stands still, for departments and for the date that a complainant was told."""

from datetime import datetime

import pytest

from cases.life import PartState
from routing.life import Life
from routing.pauses import promised
from routing.policy import Policy
from tests.routing.lives import at, event, life, part

DEPARTMENT = "department:quality"


def asked(
    policy: Policy, *, now: datetime, resumed: str = "", kind: str = "info_requested"
) -> Life:
    """Return a life promised for Thursday nine, whose department waits since Monday noon."""
    story = [event(kind, at("23 12:00"), DEPARTMENT, "Which batch?")]
    if resumed:
        story.append(event("resumed", at(resumed), DEPARTMENT, "the complainant wrote"))
    waits = PartState.INFO if kind == "info_requested" else PartState.HELD
    state = PartState.ACCEPTED if resumed else waits
    here = part(state=state, since_at=at(resumed or "23 12:00"))
    return life(policy, story=tuple(story), parts=(here,), now=now)


def test_the_promise_moves_by_the_working_time_the_complainant_took(policy: Policy) -> None:
    """From Monday noon to Wednesday noon: sixteen hours, so Thursday nine becomes Monday nine."""
    found = asked(policy, now=at("25 12:00"), resumed="25 12:00")

    assert found.case.due_at == at("26 09:00")
    assert promised(found) == at("27 17:00")


def test_the_promise_moves_on_while_the_complainant_is_silent(policy: Policy) -> None:
    """Asked on Monday noon, no answer a working day later: a working day later as well."""
    assert promised(asked(policy, now=at("24 12:00"))) == at("26 17:00")


@pytest.mark.parametrize("kind", ["held", "answered"])
def test_what_we_put_aside_or_think_over_moves_no_promise(kind: str, policy: Policy) -> None:
    """Our own delay is none of the complainant's; only the department's date waits for it."""
    found = asked(policy, now=at("25 12:00"), resumed="25 12:00", kind=kind)

    assert promised(found) == at("26 09:00")


def test_who_is_asked_after_a_broken_promise_gets_no_better_date(policy: Policy) -> None:
    """The date was over on Thursday; that we ask on Friday makes it no later."""
    story = (
        event("info_requested", at("27 10:00"), DEPARTMENT, "Which batch?"),
        event("resumed", at("30 10:00"), DEPARTMENT, "the complainant wrote"),
    )
    found = life(policy, story=story, parts=(part(state=PartState.ACCEPTED),), now=at("30 10:00"))

    assert promised(found) == at("26 09:00")
