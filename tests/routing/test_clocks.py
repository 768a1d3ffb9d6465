"""Which clocks run for a case, when they ring, and how their dates came about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cases.life import ClockKind, MeasureState, PartState, Record, RingAction
from cases.model import Matter, Status
from routing.clocks import clocks_of
from routing.deadlines import Calendar, Limit
from routing.life import Life
from routing.policy import Policy
from routing.process import Capa, CapaRule, Signing
from tests.routing.lives import (
    DAY,
    HOUR,
    LADDER,
    MONDAY,
    SERVICE,
    WANG,
    at,
    event,
    everything,
    kinds,
    life,
    measure,
    of,
    part,
    times,
)

FOUR_HOURS, DAY_OF_WORK = Limit.parse("4 working hours"), Limit.parse("1 working day")
DEPARTMENT = "department:quality"


def due(found: Life, kind: ClockKind, who: str = "") -> datetime:
    """Return when the only clock of a kind is due."""
    return of(clocks_of(found), kind, who).due_at


# ---------------------------------------------------------------- signing for a case


def test_a_department_that_was_asked_signs_within_its_limit(policy: Policy) -> None:
    """Reminded before and at the limit, then the ladder, each at its own time."""
    usual = {
        "accept_within": FOUR_HOURS,
        "remind_before": Limit.parse("1 working hour"),
        "escalation": LADDER,
    }

    clock = of(clocks_of(life(policy, usual=usual)), ClockKind.ACCEPT)

    assert clock.due_at == at("23 13:00")
    assert times(clock) == [
        ("23 12:00", "remind"),
        ("23 13:00", "remind"),
        ("23 13:00", "escalate 0"),
        ("24 13:00", "escalate 1"),
    ]
    assert clock.why[0] == "began Mon 23 Nov 2026 09:00 (Asia/Shanghai)"


def test_whoever_signed_need_not_sign_again(policy: Policy) -> None:
    """An accepted part has a clock for the answer alone."""
    signed = part(state=PartState.ACCEPTED, since_at=MONDAY + HOUR)

    found = life(policy, usual={"accept_within": FOUR_HOURS}, parts=(signed,))

    assert kinds(clocks_of(found)) == [ClockKind.ANSWER]


def test_nobody_signs_where_the_process_does_not_ask_for_it(policy: Policy) -> None:
    """Without `accept_within` no such clock runs."""
    assert ClockKind.ACCEPT not in kinds(clocks_of(life(policy)))


def test_a_reminder_for_which_there_is_no_time_is_passed_over(policy: Policy) -> None:
    """A limit of an hour, a reminder four hours before: the first ring is at the limit."""
    usual = {"accept_within": Limit.parse("1 working hour"), "remind_before": FOUR_HOURS}

    clock = of(clocks_of(life(policy, usual=usual)), ClockKind.ACCEPT)

    assert times(clock) == [("23 10:00", "remind")]
    assert [ring.rung for ring in clock.rings] == [-1, 0]


# ---------------------------------------------------------------- answering


def test_the_answer_is_due_when_the_complainant_was_promised_it(policy: Policy) -> None:
    """Without a limit of its own a department has until the promised date."""
    clock = of(clocks_of(life(policy)), ClockKind.ANSWER)

    assert clock.due_at == at("26 09:00")
    assert "the complainant was promised an answer: Thu 26 Nov 2026 09:00" in clock.why


def test_the_earlier_of_limit_and_promise_counts(policy: Policy) -> None:
    """One working day is before the promised Thursday, ten working days are not."""
    short = life(policy, usual={"answer_within": DAY_OF_WORK})
    long = life(policy, usual={"answer_within": Limit.parse("10 working days")})

    assert due(short, ClockKind.ANSWER) == at("24 09:00")
    assert due(long, ClockKind.ANSWER) == at("26 09:00")


def test_an_earlier_date_of_the_department_is_its_date(policy: Policy) -> None:
    """Named on Tuesday for Wednesday; a new date is a new clock, with its own reminders (K057)."""
    said = event("accepted", at("24 10:00"), DEPARTMENT, "Li Wei, 2026-11-25")
    named = part(state=PartState.ACCEPTED, promised_at=at("25 17:00"))
    first = life(policy, parts=(named,), story=(said,))
    later = replace(named, promised_at=at("25 17:30"))

    before = of(clocks_of(first), ClockKind.ANSWER)
    after = of(clocks_of(replace(first, parts=(later,))), ClockKind.ANSWER)

    assert (before.due_at, after.due_at) == (at("25 17:00"), at("25 17:30"))
    assert before.started_at == at("24 10:00")
    assert before.key != after.key


def test_a_later_date_of_the_department_takes_no_promise_back(policy: Policy) -> None:
    """It named Friday, the complainant was promised Thursday: both are watched."""
    named = part(state=PartState.ACCEPTED, promised_at=at("27 17:00"))
    clocks = [c for c in clocks_of(life(policy, parts=(named,))) if c.kind is ClockKind.ANSWER]

    assert [clock.due_at for clock in clocks] == [at("26 09:00"), at("27 17:00")]
    assert any("promised an answer" in why for why in clocks[0].why)
    assert len({clock.key for clock in clocks}) == 2


def test_whoever_is_asked_after_a_broken_promise_gets_a_time_of_its_own(policy: Policy) -> None:
    """The promised Thursday is over: the level's own limit runs from the moment it is asked."""
    late = part(asked_at=at("27 10:00"), since_at=at("27 10:00"))
    found = life(policy, parts=(late,), now=at("27 10:00"))
    within = found.policy.severity(found.case.severity).answer_within

    assert due(found, ClockKind.ANSWER) == found.policy.calendar.due(at("27 10:00"), within)


def test_a_department_has_its_own_hours(policy: Policy) -> None:
    """A night shift from eight in the evening: four working hours end at midnight."""
    usual = {"accept_within": FOUR_HOURS}
    found = life(policy, usual=usual)
    night = Calendar.parse("Mon-Sun 20:00-24:00", "Asia/Shanghai")
    departments = {
        **found.policy.departments,
        "quality": replace(found.policy.departments["quality"], calendar=night),
    }

    found = replace(found, policy=replace(found.policy, departments=departments))

    assert due(found, ClockKind.ACCEPT) == at("24 00:00")


def test_what_is_no_complaint_is_answered_and_no_more(policy: Policy) -> None:
    """An enquiry by the date that was told, without signing or a call; praise ends by itself."""
    usual = {
        "accept_within": FOUR_HOURS,
        "answer_within": DAY_OF_WORK,
        "callback": Signing(by=(SERVICE,)),
        "capa": Capa(rule=CapaRule.REQUIRED, within=DAY_OF_WORK),
        "confirm_needed": True,
        "satisfaction": True,
    }
    enquiry = life(policy, usual=usual, matter=Matter.ENQUIRY, status=Status.NOT_A_COMPLAINT)
    praise = replace(enquiry, case=replace(enquiry.case, matter=Matter.PRAISE))
    answered = told(policy, usual=usual, matter=Matter.ENQUIRY)

    assert [(c.kind, c.due_at) for c in clocks_of(enquiry)] == [(ClockKind.ANSWER, at("26 09:00"))]
    assert [(c.kind, c.why[-1][:12]) for c in clocks_of(praise)] == [
        (ClockKind.CONFIRM, "praise needs")
    ]
    assert [(c.kind, c.rings[0].action) for c in clocks_of(answered)] == [
        (ClockKind.CONFIRM, RingAction.EXPIRE)
    ]


# ---------------------------------------------------------------- standing still


def waiting(policy: Policy, **changes: object) -> Life:
    """Return a life that waits since Monday noon for what the complainant was asked."""
    asked = event("info_requested", at("23 12:00"), DEPARTMENT, "Which batch?")
    return life(
        policy,
        parts=(part(state=PartState.INFO, since_at=at("23 12:00")),),
        story=(event("acknowledged", MONDAY), asked),
        **changes,
    )


def test_the_answer_stands_still_while_the_complainant_is_asked(policy: Policy) -> None:
    """It does not ring, and its date moves with the time that passes (K038)."""
    usual = {"answer_within": DAY_OF_WORK, "escalation": LADDER}
    one = of(clocks_of(waiting(policy, usual=usual, now=at("23 13:00"))), ClockKind.ANSWER)
    two = of(clocks_of(waiting(policy, usual=usual, now=at("24 12:00"))), ClockKind.ANSWER)

    assert one.rings == two.rings == ()
    assert (one.due_at, two.due_at) == (at("24 10:00"), at("24 17:00"))
    assert one.key == two.key
    assert "it still stands still: reckoned as if that ended now" in one.why


def test_what_was_left_is_left_when_it_goes_on(policy: Policy) -> None:
    """Three of eight hours were used on Monday; from Wednesday at ten five hours are left."""
    resumed = event("resumed", at("25 10:00"), DEPARTMENT, "the complainant wrote")
    found = waiting(policy, usual={"answer_within": DAY_OF_WORK, "escalation": LADDER})
    stands = of(clocks_of(found), ClockKind.ANSWER)
    goes_on = replace(
        found,
        parts=(part(state=PartState.ACCEPTED, since_at=at("25 10:00")),),
        story=(*found.story, resumed),
        now=at("25 10:00"),
    )

    clock = of(clocks_of(goes_on), ClockKind.ANSWER)

    assert clock.due_at == at("25 15:00")
    assert times(clock)[:2] == [("25 15:00", "remind"), ("25 15:00", "escalate 0")]
    assert clock.key != stands.key


def test_the_promised_date_moves_by_the_working_time_it_stood_still(policy: Policy) -> None:
    """On hold from Monday noon to Tuesday noon: eight hours, Thursday nine becomes five."""
    story = (
        event("held", at("23 12:00"), DEPARTMENT, "spare part is late"),
        event("resumed", at("24 12:00"), DEPARTMENT),
    )
    found = life(policy, story=story, parts=(part(state=PartState.ACCEPTED),), now=at("24 12:00"))

    assert due(found, ClockKind.ANSWER) == at("26 17:00")


def test_asking_after_the_limit_starts_no_new_clock(policy: Policy) -> None:
    """Reminders that left stay left; the rest of the ladder waits for the end of the pause."""
    usual = {"answer_within": DAY_OF_WORK, "escalation": LADDER}
    found = life(policy, usual=usual, now=at("24 10:00"))
    before = of(clocks_of(found), ClockKind.ANSWER)
    story = (
        event("info_requested", at("24 11:00"), DEPARTMENT),
        event("resumed", at("26 11:00"), DEPARTMENT),
    )
    found = replace(found, story=story, parts=(part(state=PartState.ACCEPTED),))

    after = of(clocks_of(replace(found, now=at("26 11:00"))), ClockKind.ANSWER)

    assert (after.key, after.due_at) == (before.key, before.due_at)
    assert times(after)[-1] == ("26 11:00", "escalate 1")


def test_a_date_that_is_over_moves_no_more(policy: Policy) -> None:
    """Put on hold on Friday, a day after the promised Thursday: it was missed all the same."""
    story = (
        event("held", at("27 10:00"), DEPARTMENT, "spare part is late"),
        event("resumed", at("30 10:00"), DEPARTMENT),
    )
    found = life(policy, story=story, parts=(part(state=PartState.ACCEPTED),), now=at("30 10:00"))

    assert due(found, ClockKind.ANSWER) == at("26 09:00")


def test_a_pause_at_night_changes_nothing(policy: Policy) -> None:
    """Nobody works then: the same date, and the same clock, so nobody is reminded anew."""
    story = (
        event("held", at("23 18:00"), DEPARTMENT),
        event("resumed", at("23 20:00"), DEPARTMENT),
    )
    found = life(policy, usual={"answer_within": DAY_OF_WORK}, now=at("23 20:00"))
    before = of(clocks_of(found), ClockKind.ANSWER)
    paused = replace(found, story=story, parts=(part(state=PartState.ACCEPTED),))

    after = of(clocks_of(paused), ClockKind.ANSWER)

    assert (after.key, after.due_at) == (before.key, before.due_at)


def test_time_in_review_does_not_count_against_the_department(policy: Policy) -> None:
    """Answered on Monday at eleven, given back on Wednesday at nine: six hours are left.

    They run from then on, though the department signs for it two hours later.
    """
    story = (
        event("answered", at("23 11:00"), DEPARTMENT, "We checked it."),
        event("returned", at("25 09:00"), "approver:boss@example.com", "no cause"),
        event("accepted", at("25 11:00"), DEPARTMENT, "Li Wei"),
    )
    back = part(state=PartState.ACCEPTED, since_at=at("25 11:00"), returns=1)

    found = life(
        policy,
        usual={"answer_within": DAY_OF_WORK},
        parts=(back,),
        story=story,
        now=at("25 09:00"),
    )

    assert due(found, ClockKind.ANSWER) == at("25 15:00")


def test_a_department_that_answered_owes_nothing(policy: Policy) -> None:
    """Two departments: only the one that has not answered has a clock."""
    answered = part(state=PartState.ANSWERED)
    found = life(
        policy,
        departments=("quality", "service"),
        parts=(answered, part("service")),
    )

    assert [clock.who for clock in clocks_of(found)] == ["service"]


# ---------------------------------------------------------------- quiet hours


def test_reminders_wait_until_people_work(policy: Policy) -> None:
    """A day by the clock from Friday evening ends on Saturday: they hear on Monday at nine."""
    friday = part(asked_at=at("27 16:00"), since_at=at("27 16:00"))
    usual = {"accept_within": Limit.parse("24 hours"), "escalation": LADDER[:1]}
    found = life(policy, usual=usual, parts=(friday,), due_at=None)

    clock = of(clocks_of(found), ClockKind.ACCEPT)

    assert clock.due_at == at("28 16:00")
    assert times(clock) == [("30 09:00", "remind"), ("30 09:00", "escalate 0")]


def test_serious_cases_know_no_quiet_hours(policy: Policy) -> None:
    """At two in the night of a Sunday the manager hears of it at two in the night (K082)."""
    serious = next(level.name for level in policy.severities if level.serious)
    night = part(asked_at=at("29 01:00"), since_at=at("29 01:00"))
    usual = {"accept_within": Limit.parse("1 hour"), "escalation": LADDER[:1]}
    found = life(policy, usual=usual, parts=(night,), severity=serious)

    assert times(of(clocks_of(found), ClockKind.ACCEPT)) == [
        ("29 02:00", "remind"),
        ("29 02:00", "escalate 0"),
    ]


def test_the_hour_that_is_lost_in_spring_is_no_working_hour(policy: Policy) -> None:
    """Berlin, 29 March 2026: from 01:00 four working hours end at 06:00, not at 05:00."""
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 01:00 in Berlin; at 02:00 it is 03:00
    shift = Calendar.parse("Sun 00:00-12:00", "Europe/Berlin")
    found = life(
        policy,
        usual={"accept_within": FOUR_HOURS},
        parts=(part(asked_at=start, since_at=start),),
        now=start,
    )
    found = replace(found, policy=replace(found.policy, calendar=shift))

    assert due(found, ClockKind.ACCEPT) == start + 4 * HOUR


# ---------------------------------------------------------------- whoever is waited for


def test_a_party_outside_has_its_own_limit(policy: Policy) -> None:
    """The carrier's one working day comes before the three of the process."""
    outside = part(state=PartState.EXTERNAL, party="carrier", since_at=at("23 10:00"))
    found = life(policy, usual={"external_within": Limit.parse("3 days")}, parts=(outside,))

    clock = of(clocks_of(found), ClockKind.EXTERNAL)

    assert (clock.who, clock.due_at) == ("carrier", at("24 10:00"))


def test_the_complainant_is_asked_again_once(policy: Policy) -> None:
    """After the limit again, after twice the limit it goes on without (T09)."""
    found = waiting(policy, usual={"info_within": DAY_OF_WORK})

    assert times(of(clocks_of(found), ClockKind.INFO)) == [
        ("24 12:00", "remind"),
        ("25 12:00", "expire"),
    ]


def test_each_step_of_approval_has_its_own_clock(policy: Policy) -> None:
    """The second approver's time begins with the first one's word."""
    chain = (
        Signing(by=("a@example.com",), within=FOUR_HOURS),
        Signing(by=("b@example.com",), within=DAY_OF_WORK),
    )
    story = [event("proposed", at("24 09:00")), event("asked_approval", at("24 09:00"))]
    found = life(
        policy,
        usual={"approval": chain},
        status=Status.IN_APPROVAL,
        status_at=at("24 09:00"),
        parts=(part(state=PartState.ANSWERED),),
        story=tuple(story),
    )
    first = of(clocks_of(found), ClockKind.APPROVAL)
    story += [
        event("approved", at("24 11:00"), "approver:a@example.com"),
        event("asked_approval", at("24 11:00")),
    ]

    second = of(clocks_of(replace(found, story=tuple(story))), ClockKind.APPROVAL)

    assert (first.due_at, second.due_at) == (at("24 13:00"), at("25 11:00"))
    assert first.key != second.key


def test_a_review_is_due_from_when_it_was_asked_for(policy: Policy) -> None:
    """Four working hours from the proposal; without a limit no clock runs."""
    reviewer = Signing(by=("boss@example.com",), within=FOUR_HOURS)
    found = life(
        policy,
        usual={"review": reviewer},
        status=Status.IN_REVIEW,
        status_at=at("24 09:00"),
        parts=(part(state=PartState.ANSWERED),),
    )
    free = replace(found.policy, usual=replace(found.process, review=Signing(by=("b@x.example",))))

    assert due(found, ClockKind.REVIEW) == at("24 13:00")
    assert clocks_of(replace(found, policy=free)) == ()


def test_a_review_wanted_again_while_it_is_approved_has_the_reviews_clock(policy: Policy) -> None:
    """The rules name another reviewer now, who was asked an hour ago."""
    reviewer = Signing(by=("boss@example.com",), within=FOUR_HOURS)
    approver = Signing(by=("a@example.com",), within=DAY_OF_WORK)
    found = life(
        policy,
        usual={"review": reviewer, "approval": (approver,)},
        status=Status.IN_APPROVAL,
        status_at=at("24 09:00"),
        parts=(part(state=PartState.ANSWERED),),
        story=(
            event("proposed", at("24 09:00")),
            event("asked_approval", at("24 09:00")),
            event("asked_review", at("24 11:00")),
        ),
    )

    clocks = clocks_of(found)

    assert [clock.kind for clock in clocks] == [ClockKind.REVIEW]
    assert due(found, ClockKind.REVIEW) == at("24 15:00")


def planned(policy: Policy, **usual: object) -> Life:
    """Return a life whose plan was offered on Tuesday at nine."""
    return life(
        policy,
        usual={"plan": True, **usual},
        status=Status.PLAN_OFFERED,
        status_at=at("24 09:00"),
        parts=(part(state=PartState.ANSWERED),),
        story=(event("proposed", at("24 09:00")), event("plan_offered", at("24 09:00"))),
    )


def test_silence_about_a_plan_is_consent_where_the_process_says_so(policy: Policy) -> None:
    """Asked once more before, agreed after three working days (K066)."""
    found = planned(policy, plan_within=Limit.parse("3 working days"), remind_before=DAY_OF_WORK)

    assert times(of(clocks_of(found), ClockKind.PLAN)) == [
        ("26 09:00", "remind"),
        ("27 09:00", "expire"),
    ]


def test_silence_about_a_plan_is_never_consent_otherwise(policy: Policy) -> None:
    """They are asked again, then managers hear of it: nothing expires."""
    found = planned(policy, info_within=DAY_OF_WORK, escalation=LADDER)

    assert times(of(clocks_of(found), ClockKind.PLAN)) == [
        ("25 09:00", "remind"),
        ("26 09:00", "escalate 0"),
        ("27 09:00", "escalate 1"),
    ]


def test_each_department_carries_out_what_was_agreed(policy: Policy) -> None:
    """The one that said so has no clock any more."""
    said = event("carried_out", at("24 15:00"), DEPARTMENT, "replaced")
    found = life(
        policy,
        usual={"carry_out_within": DAY_OF_WORK},
        status=Status.EXECUTING,
        status_at=at("24 09:00"),
        departments=("quality", "service"),
        parts=(part(state=PartState.ANSWERED), part("service", state=PartState.ANSWERED)),
        story=(event("agreed", at("24 09:00"), "complainant"), said),
    )

    clock = of(clocks_of(found), ClockKind.CARRY_OUT)

    assert (clock.who, clock.due_at) == ("service", at("25 09:00"))


def test_who_found_the_complaint_unjustified_has_nothing_to_carry_out(policy: Policy) -> None:
    """No clock calls them late for what others promised."""
    found = life(
        policy,
        usual={"carry_out_within": DAY_OF_WORK},
        status=Status.EXECUTING,
        status_at=at("24 09:00"),
        departments=("quality", "service"),
        parts=(part(state=PartState.INVALID), part("service", state=PartState.ANSWERED)),
        story=(event("agreed", at("24 09:00"), "complainant"),),
    )

    assert [clock.who for clock in clocks_of(found)] == ["service"]


# ---------------------------------------------------------------- the complainant hears


def test_the_complainant_hears_on_fixed_days_from_the_last_letter(policy: Policy) -> None:
    """Two working days from the acknowledgement, then two from the progress letter (K021)."""
    found = life(policy, usual={"progress_every": Limit.parse("2 working days")})
    first = of(clocks_of(found), ClockKind.PROGRESS)
    told = replace(found, story=(*found.story, event("progress_sent", at("25 09:00"))))

    second = of(clocks_of(told), ClockKind.PROGRESS)

    assert times(first) == [("25 09:00", "progress")]
    assert times(second) == [("27 09:00", "progress")]


def test_the_complainant_hears_before_the_promised_date(policy: Policy) -> None:
    """A working day before Thursday, nine o'clock."""
    found = life(policy, usual={"progress_before": DAY_OF_WORK})

    assert times(of(clocks_of(found), ClockKind.PROGRESS)) == [("25 09:00", "progress")]


@pytest.mark.parametrize(
    "changes",
    [
        {"matter": Matter.ENQUIRY},
        {"status": Status.ANSWERED},
        {"status": Status.CLOSED},
        {"status": Status.PLAN_OFFERED},
        {"parts": (part(state=PartState.INFO),)},
        {"story": (event("not_acknowledged", MONDAY),)},
    ],
    ids=["enquiry", "answered", "closed", "plan", "asked", "machine"],
)
def test_nobody_hears_of_progress_in_vain(policy: Policy, changes: dict[str, object]) -> None:
    """No enquirer, nobody who was answered, who must answer themselves or is no person."""
    usual = {"progress_every": DAY_OF_WORK, "progress_before": DAY_OF_WORK}

    assert ClockKind.PROGRESS not in kinds(clocks_of(life(policy, usual=usual, **changes)))


def test_a_month_makes_a_case_serious(policy: Policy) -> None:
    """Unless it is of the first level, or its outcome left; one that can't leave is none (K097)."""
    usual = {"serious_after": Limit.parse("1 month")}
    found = life(policy, usual=usual)
    top = life(policy, usual=usual, severity=policy.severities[0].name)
    told = life(policy, usual=usual, status=Status.OUTCOME_SENT)
    stuck = life(policy, usual=usual, status=Status.ANSWERED)

    assert times(of(clocks_of(found), ClockKind.AGE)) == [("23 09:00", "expire")]
    assert due(found, ClockKind.AGE) == due(stuck, ClockKind.AGE) == at("12-23 09:00")
    assert ClockKind.AGE not in kinds((*clocks_of(top), *clocks_of(told)))


# ---------------------------------------------------------------- after the outcome


def told(policy: Policy, **changes: object) -> Life:
    """Return a life whose outcome left on Tuesday at ten."""
    whole: dict[str, object] = {
        "status": Status.OUTCOME_SENT,
        "status_at": at("24 10:00"),
        "outcome_at": at("24 10:00"),
        "parts": (part(state=PartState.ANSWERED),),
        "now": at("24 10:00"),
    }
    return life(policy, **{**whole, **changes})


def test_a_week_of_silence_settles_a_case(policy: Policy) -> None:
    """To the minute; nobody is written to, so nobody's hours count."""
    clock = of(clocks_of(told(policy)), ClockKind.CONFIRM)

    assert clock.rings[0].action is RingAction.EXPIRE
    assert clock.rings[0].at == at("12-01 10:00")


def test_who_got_an_explanation_has_the_whole_week_again(policy: Policy) -> None:
    """The letter says so; what was explained before the case was opened again does not count."""
    explained = event("explained", at("30 09:00"), "complainant", "not solved")
    found = told(policy, story=(explained,))
    reopened = told(policy, story=(explained, event("reopened", at("24 09:30"))))

    assert of(clocks_of(found), ClockKind.CONFIRM).due_at == at("12-07 09:00")
    assert of(clocks_of(reopened), ClockKind.CONFIRM).due_at == at("12-01 10:00")


def test_silence_does_not_settle_it_where_a_word_is_needed(policy: Policy) -> None:
    """Somebody is told instead, when people work (K046)."""
    found = told(policy, usual={"confirm_needed": True, "silence": 4 * DAY})

    assert times(of(clocks_of(found), ClockKind.CONFIRM)) == [("30 09:00", "escalate 0")]


def test_a_mark_is_asked_for_a_day_after_closing(policy: Policy) -> None:
    """Once, and not of whoever gave one with the outcome (K019)."""
    closed = {"status": Status.CLOSED, "closed_at": at("25 10:00"), "usual": {"satisfaction": True}}
    found = told(policy, **closed)
    gave = Record(kind="satisfaction", at=at("24 12:00"), by=WANG, text="5")
    asked = (event("asked_satisfaction", at("26 10:00")),)

    assert times(of(clocks_of(found), ClockKind.SATISFACTION)) == [("26 10:00", "expire")]
    for other in (told(policy, **closed, records=(gave,)), told(policy, **closed, story=asked)):
        assert ClockKind.SATISFACTION not in kinds(clocks_of(other))


def test_an_authority_is_not_asked_for_a_mark(policy: Policy) -> None:
    """It gets its written result, and no question (K061)."""
    passed_on = Record(kind="referrer", at=MONDAY, by="desk", text=f"{WANG} 12345-1")
    found = told(
        policy,
        status=Status.CLOSED,
        closed_at=at("25 10:00"),
        usual={"satisfaction": True},
        records=(passed_on,),
    )

    assert kinds(clocks_of(found)) == [ClockKind.ARCHIVE]


def test_somebody_is_asked_to_call_at_once_and_then_reminded(policy: Policy) -> None:
    """Until the register says that the complainant was reached (K028)."""
    caller = Signing(by=(SERVICE,), within=DAY_OF_WORK)
    found = told(policy, usual={"callback": caller, "escalation": LADDER[:1]})
    reached = Record(kind="callback", at=at("24 15:00"), by=SERVICE, text="all is well")

    assert times(of(clocks_of(found), ClockKind.CALLBACK)) == [
        ("24 10:00", "expire"),
        ("25 10:00", "remind"),
        ("25 10:00", "escalate 0"),
    ]
    assert ClockKind.CALLBACK not in kinds(clocks_of(replace(found, records=(reached,))))


def test_a_measure_is_due_on_its_date_and_checked_when_its_effect_shows(policy: Policy) -> None:
    """First its owner, then whoever checks; a measure that is settled has no clock (T27)."""
    capa = Capa(verify_after=Limit.parse("3 working days"), within=DAY_OF_WORK)
    usual = {"capa": capa, "escalation": LADDER[:1]}
    open_ = life(policy, usual=usual, measures=(measure(),))
    done = measure(state=MeasureState.CARRIED_OUT, since_at=at("25 09:00"))
    checked = life(policy, usual=usual, measures=(done,))
    over = life(policy, usual=usual, measures=(measure(state=MeasureState.VERIFIED),))

    assert times(of(clocks_of(open_), ClockKind.MEASURE)) == [
        ("30 09:00", "remind"),  # Friday at five nobody works any more
        ("30 09:00", "escalate 0"),
    ]
    assert times(of(clocks_of(checked), ClockKind.CHECK)) == [
        ("30 09:00", "expire"),
        ("01 09:00", "remind"),
        ("01 09:00", "escalate 0"),
    ]
    assert {ClockKind.MEASURE, ClockKind.CHECK}.isdisjoint(kinds(clocks_of(over)))


def test_measures_that_nobody_stated_are_asked_for(policy: Policy) -> None:
    """Where the process wants some, the department's time for them runs from the outcome."""
    capa = Capa(rule=CapaRule.REQUIRED, within=DAY_OF_WORK)

    found = told(policy, usual={"capa": capa})

    assert due(found, ClockKind.MEASURE, "quality") == at("25 10:00")


def test_closed_cases_go_to_the_archive(policy: Policy) -> None:
    """Thirty days after they were closed, and no clock runs after that."""
    found = told(policy, status=Status.CLOSED, closed_at=at("25 10:00"))
    away = replace(found, case=replace(found.case, status=Status.ARCHIVED))

    assert due(found, ClockKind.ARCHIVE) == at("25 10:00") + timedelta(days=30)
    assert clocks_of(away) == ()


# ---------------------------------------------------------------- all of them


def test_keys_are_short_and_no_two_clocks_share_one(policy: Policy) -> None:
    """In every status and state; the store has room for 200 characters."""
    for found in everything(policy):
        keys = [clock.key for clock in clocks_of(found)]

        assert len(set(keys)) == len(keys)
        assert all(len(key) <= 200 for key in keys)


def test_clocks_follow_from_the_case_and_not_from_the_hour(policy: Policy) -> None:
    """Computed a week later they ring at the same moments, so nothing can ring twice."""
    for found in everything(policy):
        later = replace(found, now=found.now + 7 * DAY)

        assert [(c.key, c.rings) for c in clocks_of(found)] == [
            (c.key, c.rings) for c in clocks_of(later)
        ]


def test_rings_are_in_order_and_never_before_their_clock(policy: Policy) -> None:
    """The store takes them one after the other."""
    for found in everything(policy):
        for clock in clocks_of(found):
            moments = [ring.at for ring in clock.rings]

            assert moments == sorted(moments)
            assert all(clock.started_at <= moment for moment in moments)


def test_every_date_says_how_it_came_about(policy: Policy) -> None:
    """Each clock has words for `clock explain`."""
    for found in everything(policy):
        assert all(clock.why for clock in clocks_of(found))
