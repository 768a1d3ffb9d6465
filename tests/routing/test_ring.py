"""A clock rings: who gets which letter, and what happens because a time is over."""

from dataclasses import replace

import pytest

from cases.life import Clock, ClockKind, MeasureState, PartState, Record, Ring, RingAction
from cases.model import Decision, Letter, LetterName, Move, Status
from routing.causes import BY_LEDGER, BY_RING
from routing.clocks import clocks_of
from routing.deadlines import Limit
from routing.life import Life
from routing.policy import Policy
from routing.process import Capa, CapaRule, Rung, Signing
from routing.ring import cause_of, ring
from tests.routing.lives import (
    LADDER,
    MONDAY,
    QUALITY,
    SERVICE,
    WANG,
    at,
    event,
    life,
    measure,
    of,
    part,
)

FOUR_HOURS, DAY_OF_WORK = Limit.parse("4 working hours"), Limit.parse("1 working day")
DEPARTMENT = "department:quality"
HEAD, DEPUTY, TOP, BOSS = (
    *("head.quality@example.com", "deputy.quality@example.com"),
    *("gm@example.com", "boss@example.com"),
)


def rung(
    found: Life, kind: ClockKind, number: int = 0, *, who: str = "", delayed: bool = False
) -> Decision:
    """Return what the ring of a clock brings about, the `number`th that is not passed over."""
    clock = of(clocks_of(found), kind, who)
    one = [one for one in clock.rings if one.rung >= 0][number]
    return ring(replace(found, now=one.at), clock, one, delayed=delayed)


def addresses(decision: Decision, name: LetterName) -> list[str]:
    """Return who gets a letter."""
    return [letter.to.addr for letter in decision.letters if letter.name is name]


def only(decision: Decision) -> Letter:
    """Return the only letter."""
    (letter,) = decision.letters
    return letter


def kinds(decision: Decision) -> list[str]:
    """Return the kinds of the events."""
    return [event.kind for event in decision.events]


# ---------------------------------------------------------------- reminders


def test_a_department_is_reminded_before_and_at_its_limit(policy: Policy) -> None:
    """The second reminder says that the time is over; a reply to either counts as its word."""
    found = life(policy, usual={"remind_before": DAY_OF_WORK})

    before, late = (rung(found, ClockKind.ANSWER, n) for n in (0, 1))

    assert addresses(before, LetterName.REMINDER) == [QUALITY]
    assert [only(one).facts["late"] for one in (before, late)] == [False, True]
    assert only(late).facts == {
        "what": "answer",
        "name": "质量部",
        "due_at": at("26 09:00"),
        "late": True,
        "delayed": False,
        "text": "The kettle leaks",
        "complainant": {"name": "Wang Fang", "addr": WANG},
    }
    assert only(late).department == "quality"
    assert kinds(late) == ["reminded"]
    assert late.moves == ()


def test_a_reminder_that_comes_late_says_so(policy: Policy) -> None:
    """In the letter and in the story: the desk was down."""
    decision = rung(life(policy), ClockKind.ANSWER, delayed=True)

    assert only(decision).facts["delayed"] is True
    assert decision.events[0].reasons == ("later than planned: the desk was not running",)


def test_what_is_passed_over_does_nothing(policy: Policy) -> None:
    """There was no time for this reminder."""
    found = life(policy)
    clock = of(clocks_of(found), ClockKind.ANSWER)

    decision = ring(found, clock, clock.rings[0], delayed=False)

    assert (decision.events, decision.letters, decision.moves) == ((), (), ())


def test_nobody_is_reminded_of_a_complaint_about_themselves(policy: Policy) -> None:
    """The whole department is accused: its manager is next (K079)."""
    accused = Record(kind="accused", at=MONDAY, by="desk", text=QUALITY.upper())

    decision = rung(life(policy, records=(accused,)), ClockKind.ANSWER)

    assert addresses(decision, LetterName.REMINDER) == [HEAD]


def test_whoever_reviews_is_reminded(policy: Policy) -> None:
    """The reviewer, not the deputies: they are asked when the time is over."""
    found = life(
        policy,
        usual={"review": Signing(by=("r@example.com",), deputies=(DEPUTY,), within=FOUR_HOURS)},
        status=Status.IN_REVIEW,
        parts=(part(state=PartState.ANSWERED),),
    )

    decision = rung(found, ClockKind.REVIEW)

    assert addresses(decision, LetterName.REMINDER) == ["r@example.com"]
    assert only(decision).facts["what"] == "review"
    assert only(decision).department == ""


def test_a_party_outside_hears_nothing_of_the_complainant(policy: Policy) -> None:
    """Its own language, our question, no name, no subject; the department hears, too (K044)."""
    asked = event("external_asked", MONDAY, DEPARTMENT, "carrier: Where is parcel 4711?")
    outside = part(state=PartState.EXTERNAL, party="carrier")
    found = life(policy, parts=(outside,), story=(asked,))

    to_party, to_us = rung(found, ClockKind.EXTERNAL).letters

    assert (to_party.to.addr, to_party.language) == ("desk@carrier.example", "en")
    assert to_party.facts["text"] == "Where is parcel 4711?"
    assert "Wang" not in str(to_party.facts)
    assert "kettle" not in str(to_party.facts)
    assert (to_us.to.addr, to_us.department) == (QUALITY, "quality")


def test_the_complainant_is_asked_again_in_the_same_words(policy: Policy) -> None:
    """The department's question once more, and until when we wait (K038)."""
    story = (
        event("info_requested", MONDAY, "department:service", "Which shop?"),
        event("info_requested", MONDAY, DEPARTMENT, "Which batch is it?"),
    )
    found = life(
        policy,
        usual={"info_within": DAY_OF_WORK},
        parts=(part(state=PartState.INFO),),
        story=story,
    )

    letter = only(rung(found, ClockKind.INFO))

    assert (letter.name, letter.to.addr) == (LetterName.REQUEST_INFORMATION, WANG)
    assert letter.facts["question"] == "Which batch is it?"
    assert letter.facts["again"] is True
    assert letter.facts["reply_by"] == at("25 09:00")


def test_it_goes_on_without_an_answer_of_the_complainant(policy: Policy) -> None:
    """After twice the time the department has it again, and is told so."""
    found = life(
        policy, usual={"info_within": DAY_OF_WORK}, parts=(part(state=PartState.INFO),), story=()
    )

    decision = rung(found, ClockKind.INFO, 1)

    assert [one.state for one in decision.parts] == [PartState.ACCEPTED]
    assert (decision.events[0].kind, decision.events[0].actor) == ("resumed", DEPARTMENT)
    assert only(decision).facts["what"] == "info"
    after = replace(found.after(decision), now=at("25 10:00"))
    assert of(clocks_of(after), ClockKind.ANSWER).rings


# ---------------------------------------------------------------- the ladder


def test_the_manager_then_top_management_hear_of_a_missed_limit(policy: Policy) -> None:
    """Each rung its own people, and its own level (T26)."""
    found = life(policy, usual={"escalation": LADDER})

    first, second = (rung(found, ClockKind.ANSWER, n) for n in (1, 2))

    assert addresses(first, LetterName.ESCALATION) == [HEAD]
    assert addresses(second, LetterName.ESCALATION) == [TOP]
    assert (first.level, second.level) == (1, 2)
    assert (only(first).department, only(second).department) == ("quality", "")
    assert only(second).facts == {
        "what": "answer",
        "department_names": ("质量部",),
        "due_at": at("26 09:00"),
        "complainant": {"name": "Wang Fang", "addr": WANG},
        "reasons": (),
        "text": "The kettle leaks",
        "delayed": False,
        "level": 2,
    }
    assert kinds(first) == ["escalated"]


def test_an_accused_manager_hears_nothing(policy: Policy) -> None:
    """With nobody left on the rung the supervisors hear of it (K079)."""
    accused = Record(kind="accused", at=MONDAY, by="desk", text=HEAD)
    found = life(policy, usual={"escalation": LADDER}, records=(accused,))

    assert addresses(rung(found, ClockKind.ANSWER, 1), LetterName.ESCALATION) == [BOSS]


def test_a_rung_may_name_addresses_and_deputies(policy: Policy) -> None:
    """Each of them once."""
    ladder = (Rung(to=("deputies", "x@example.com", "X@example.com")),)
    found = life(policy, usual={"escalation": ladder})

    assert addresses(rung(found, ClockKind.ANSWER, 1), LetterName.ESCALATION) == [
        DEPUTY,
        "X@example.com",
    ]


def approving(policy: Policy, ladder: tuple[Rung, ...]) -> Life:
    """Return a life that waits for the approval of one person with a deputy."""
    chain = (Signing(by=("a@example.com",), deputies=("b@example.com",), within=FOUR_HOURS),)
    report = {"to_complainant": "We replace the kettle."}
    return life(
        policy,
        usual={"approval": chain, "escalation": ladder},
        status=Status.IN_APPROVAL,
        parts=(part(state=PartState.ANSWERED, report=report),),
        story=(event("proposed", MONDAY), event("asked_approval", MONDAY)),
    )


def test_the_deputies_of_a_late_approver_get_what_is_to_be_approved(policy: Policy) -> None:
    """The whole request, so that they can answer it; top management only hears of it (K080)."""
    decision = rung(approving(policy, (Rung(to=("manager", "management")),)), ClockKind.APPROVAL, 1)

    assert addresses(decision, LetterName.APPROVAL_REQUEST) == ["b@example.com"]
    assert addresses(decision, LetterName.ESCALATION) == [TOP]
    assert decision.letters[0].facts["deputy_for"] == "a@example.com"
    assert decision.letters[0].facts["outcome"] == "We replace the kettle."
    assert kinds(decision) == ["escalated", "deputy_asked"]


def test_a_ladder_that_became_shorter_has_no_such_rung(policy: Policy) -> None:
    """Rules changed meanwhile: nothing happens, and nothing breaks."""
    found = life(policy)
    clock = of(clocks_of(found), ClockKind.ANSWER)
    gone = Ring(at=MONDAY, action=RingAction.ESCALATE, rung=3)

    assert ring(found, clock, gone, delayed=False).letters == ()


# ---------------------------------------------------------------- the complainant hears


def test_progress_is_told_with_the_date_and_when_we_write_again(policy: Policy) -> None:
    """No promise, no result: who has it, until when, and when they hear next (K021)."""
    found = life(policy, usual={"progress_every": DAY_OF_WORK})

    decision = rung(found, ClockKind.PROGRESS)

    assert only(decision).name is LetterName.PROGRESS
    assert only(decision).language == "en"
    assert only(decision).facts == {
        "department_names": ("Quality Department",),
        "due_at": at("26 09:00"),
        "promised_at": None,
        "late": False,
        "next_at": at("25 09:00"),
        "apologise": True,
    }
    assert kinds(decision) == ["progress_sent"]


def test_a_date_stands_for_all_departments_only_where_all_named_one(policy: Policy) -> None:
    """The later of two dates; nothing while one has named none."""
    usual = {"progress_every": DAY_OF_WORK}
    dated = part(state=PartState.ACCEPTED, promised_at=at("27 17:00"))
    other = part("service", state=PartState.ACCEPTED)
    both = {"departments": ("quality", "service"), "usual": usual}

    half = rung(life(policy, parts=(dated, other), **both), ClockKind.PROGRESS)
    named = replace(other, promised_at=at("30 17:00"))
    whole = rung(life(policy, parts=(dated, named), **both), ClockKind.PROGRESS)

    assert only(half).facts["promised_at"] is None
    assert only(whole).facts["promised_at"] == at("30 17:00")


def test_progress_after_the_promised_date_says_that_we_are_late(policy: Policy) -> None:
    """Honestly, once the date is over."""
    found = life(policy, usual={"progress_every": Limit.parse("4 working days")})

    assert only(rung(found, ClockKind.PROGRESS)).facts["late"] is True


def test_two_letters_within_a_day_are_one_too_many(policy: Policy) -> None:
    """Before the promised date nothing leaves if they heard from us the same morning."""
    heard = event("interim", at("25 08:00"), DEPARTMENT, "Use the old one.")
    found = life(policy, usual={"progress_before": DAY_OF_WORK}, story=(heard,))

    assert rung(found, ClockKind.PROGRESS).letters == ()
    assert rung(replace(found, story=()), ClockKind.PROGRESS).letters != ()


def test_silence_about_a_plan_has_it_carried_out(policy: Policy) -> None:
    """Each department is told that nobody objected (K066)."""
    report = {"to_complainant": "We replace the kettle."}
    found = life(
        policy,
        usual={"plan": True, "plan_within": DAY_OF_WORK, "remind_before": FOUR_HOURS},
        status=Status.PLAN_OFFERED,
        parts=(part(state=PartState.ANSWERED, report=report),),
        story=(event("proposed", MONDAY), event("plan_offered", MONDAY)),
    )

    again, done = (rung(found, ClockKind.PLAN, n) for n in (0, 1))

    assert only(again).name is LetterName.PLAN
    assert only(again).facts["plan"] == "We replace the kettle."
    assert only(again).facts["again"] is True
    assert done.moves == (Move.CARRY_OUT,)
    assert addresses(done, LetterName.CARRY_OUT) == [QUALITY]
    assert only(done).facts["silent"] is True


# ---------------------------------------------------------------- after the outcome


def told(policy: Policy, **changes: object) -> Life:
    """Return a life whose outcome left on Tuesday at ten."""
    whole: dict[str, object] = {
        "status": Status.OUTCOME_SENT,
        "status_at": at("24 10:00"),
        "outcome_at": at("24 10:00"),
        "parts": (part(state=PartState.ANSWERED),),
    }
    return life(policy, **{**whole, **changes})


def test_silence_settles_and_closes_a_case(policy: Policy) -> None:
    """Nothing else is open, so it is closed at once (T23, T25)."""
    decision = rung(told(policy), ClockKind.CONFIRM)

    assert decision.moves == (Move.CONFIRM, Move.CLOSE)
    assert kinds(decision) == ["silence", "closed"]
    assert decision.letters == ()


def test_silence_leaves_open_what_is_open(policy: Policy) -> None:
    """A measure that nobody stated keeps the case in follow-up."""
    found = told(policy, usual={"capa": Capa(rule=CapaRule.REQUIRED)})

    assert rung(found, ClockKind.CONFIRM).moves == (Move.CONFIRM,)


@pytest.mark.parametrize(
    ("callback", "to", "level"),
    [(Signing(by=(SERVICE,)), SERVICE, 1), (None, TOP, 2)],
    ids=["caller", "management"],
)
def test_somebody_calls_where_a_word_is_needed(
    policy: Policy, callback: Signing | None, to: str, level: int
) -> None:
    """Whoever calls, else top management (K046, K098); the case stays open."""
    found = told(policy, usual={"confirm_needed": True, "callback": callback})

    decision = rung(found, ClockKind.CONFIRM)

    assert addresses(decision, LetterName.TASK) == [to]
    assert only(decision).facts["what"] == "callback"
    assert only(decision).facts["phone"] == "13800000000"
    assert (decision.moves, decision.level) == ((), level)


def test_a_mark_is_asked_for_in_the_complainants_language(policy: Policy) -> None:
    """And the story knows, so that nobody is asked twice (K019)."""
    found = told(
        policy, usual={"satisfaction": True}, status=Status.CLOSED, closed_at=at("25 10:00")
    )

    decision = rung(found, ClockKind.SATISFACTION)

    assert only(decision).facts == {"complainant_name": "Wang Fang", "closed": True}
    assert kinds(decision) == ["asked_satisfaction"]
    assert ClockKind.SATISFACTION not in [clock.kind for clock in clocks_of(found.after(decision))]


def test_callers_are_asked_then_reminded(policy: Policy) -> None:
    """First the task with the phone number, then a reminder (K028)."""
    caller = Signing(by=(SERVICE,), within=DAY_OF_WORK)
    found = told(policy, usual={"callback": caller})

    first, second = (rung(found, ClockKind.CALLBACK, n) for n in (0, 1))

    assert addresses(first, LetterName.TASK) == [SERVICE]
    assert only(first).facts["due_at"] == at("25 10:00")
    assert addresses(second, LetterName.REMINDER) == [SERVICE]


def test_the_owner_of_a_measure_is_reminded(policy: Policy) -> None:
    """And who approves that none is taken, where the department asked for that (K086)."""
    capa = Capa(rule=CapaRule.REQUIRED_OR_REASON, waive_by=("w@example.com",))
    usual = {"capa": capa}
    stated = life(policy, usual=usual, measures=(measure(),))
    waived = life(policy, usual=usual, measures=(measure(reason="a single case"),))

    assert addresses(rung(stated, ClockKind.MEASURE), LetterName.REMINDER) == [QUALITY]
    assert addresses(rung(waived, ClockKind.MEASURE), LetterName.REMINDER) == ["w@example.com"]


def test_measures_that_nobody_stated_are_asked_for(policy: Policy) -> None:
    """With the letter that says what a measure is, not with a reminder of one."""
    capa = Capa(rule=CapaRule.REQUIRED, within=DAY_OF_WORK)

    decision = rung(told(policy, usual={"capa": capa}), ClockKind.MEASURE)

    assert addresses(decision, LetterName.MEASURES) == [QUALITY]
    assert only(decision).facts["purpose"] == "state"


def test_the_effect_of_a_measure_is_asked_for_when_it_can_be_seen(policy: Policy) -> None:
    """Of whoever checks, not of the department (K017)."""
    capa = Capa(
        rule=CapaRule.REQUIRED,
        verify_by=("check@example.com",),
        verify_after=DAY_OF_WORK,
        within=DAY_OF_WORK,
    )
    done = measure(state=MeasureState.CARRIED_OUT)
    found = life(policy, usual={"capa": capa}, measures=(done,))

    asked, reminded = (rung(found, ClockKind.CHECK, n) for n in (0, 1))

    assert addresses(asked, LetterName.MEASURES) == ["check@example.com"]
    assert only(asked).facts["purpose"] == "check"
    assert addresses(reminded, LetterName.REMINDER) == ["check@example.com"]


def test_an_old_case_becomes_serious(policy: Policy) -> None:
    """Its severity is raised, and whoever hears of serious cases hears of it (K097)."""
    found = life(policy, usual={"serious_after": Limit.parse("1 month")})
    top = policy.severities[0]

    decision = rung(found, ClockKind.AGE)

    assert decision.assessment is not None
    assert decision.assessment.severity == top.name
    assert decision.assessment.category is found.case.category
    assert decision.assessment.departments == found.case.departments
    assert addresses(decision, LetterName.ESCALATION) == list(top.alert)
    assert {letter.facts["what"] for letter in decision.letters} == {"age"}
    assert kinds(decision) == ["aged"]


def test_a_closed_case_goes_to_the_archive(policy: Policy) -> None:
    """Without a letter to anybody."""
    found = told(policy, status=Status.CLOSED, closed_at=at("25 10:00"))

    decision = rung(found, ClockKind.ARCHIVE)

    assert (decision.moves, kinds(decision)) == ((Move.ARCHIVE,), ["archived"])


# ---------------------------------------------------------------- numbers


def test_every_ring_has_letters_of_its_own(policy: Policy) -> None:
    """The number depends on case, clock and ring, and no other cause has such numbers."""
    clock: Clock = of(clocks_of(life(policy)), ClockKind.ANSWER)

    numbers = {cause_of(case, clock.key, n) for case in (7, 8) for n in range(4)}

    assert len(numbers) == 8
    assert all(BY_RING <= number < BY_RING + 2**32 < BY_LEDGER for number in numbers)
    assert only(rung(life(policy), ClockKind.ANSWER)).revision == 4 * 10**11
