"""Corrective and preventive action as departments state it, carry it out, or ask to leave it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.life import Measure, MeasureState
from cases.model import LetterName
from routing.closing import measures_missing
from routing.deadlines import Limit
from routing.life import Life
from routing.measures import ask, reply, stated
from routing.policy import Policy
from routing.process import Capa, CapaRule
from routing.replies import Said, Word
from tests.routing.conftest import MakeLife

WITHIN = Capa(
    rule=CapaRule.REQUIRED_OR_REASON,
    within=Limit.parse("5 working days"),
    verify_by=("tester@example.com",),
    waive_by=("rep@example.com",),
)


def answered(life: Life, **report: str) -> Life:
    """Return the case with what quality reported."""
    (part,) = life.parts
    return replace(life, parts=(replace(part, report=report),))


def with_open(life: Life, **changes: object) -> Life:
    """Return the case with an open measure of quality."""
    measure = Measure(
        department="quality",
        state=MeasureState.OPEN,
        corrective="new seals",
        opened_at=life.now,
        since_at=life.now,
    )
    return replace(life, measures=(replace(measure, **changes),))  # type: ignore[arg-type] # real fields


def test_an_answer_that_names_measures_opens_one(make_life: MakeLife) -> None:
    """Owner and date as the department wrote them; due when its working day ends (K011)."""
    life = answered(
        make_life(capa=WITHIN),
        corrective="New seals in all kettles",
        preventive="The seal is tested",
        owner="李伟",
        due="2026-11-27",
    )
    decision = stated(life, life.parts[0])
    (measure,) = decision.measures

    assert (measure.department, measure.number, measure.state) == ("quality", 1, "open")
    assert (measure.corrective, measure.preventive) == (
        "New seals in all kettles",
        "The seal is tested",
    )
    assert measure.owner == "李伟"
    assert measure.due_at == life.policy.calendar.end_of_day(date(2026, 11, 27))
    assert [event.kind for event in decision.events] == ["measure_stated"]


def test_without_a_date_the_process_sets_it(make_life: MakeLife) -> None:
    """Five working days from Monday nine o'clock are next Monday."""
    life = answered(make_life(capa=WITHIN), corrective="new seals")
    (measure,) = stated(life, life.parts[0]).measures

    assert measure.due_at == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("due", "opened"), [("", 0), ("2026-11-27", 1)])
def test_where_no_measures_are_wanted_only_a_date_opens_one(
    due: str, opened: int, make_life: MakeLife
) -> None:
    """Without a clock nobody would ever say that it was done, and the case would stay open."""
    life = answered(make_life(capa=Capa(rule=CapaRule.OFF)), corrective="new seals", due=due)

    assert len(stated(life, life.parts[0]).measures) == opened


def test_a_date_that_is_over_does_not_count(make_life: MakeLife) -> None:
    """A measure isn't late the moment it is named."""
    life = answered(make_life(capa=WITHIN), corrective="new seals", due="2026-11-02")
    (measure,) = stated(life, life.parts[0]).measures

    assert measure.due_at is not None
    assert measure.due_at > life.now


@pytest.mark.parametrize("text", ["", "none", "无"])
def test_an_answer_without_measures_opens_none(text: str, make_life: MakeLife) -> None:
    """Then they are missing, if the process wants them."""
    life = answered(make_life(), to_complainant="Sorry", corrective=text)
    decision = stated(life, life.parts[0])

    assert (decision.measures, decision.events) == ((), ())
    assert measures_missing(life.after(decision))


def test_nothing_is_missing_where_no_measures_are_wanted(make_life: MakeLife) -> None:
    """Nor once one was stated."""
    assert not measures_missing(make_life(capa=Capa(rule=CapaRule.OFF)))
    assert not measures_missing(with_open(make_life()))


def test_an_answer_said_again_states_the_same_measure(make_life: MakeLife) -> None:
    """A second answer after a return replaces what was open, and opens no second one."""
    life = answered(with_open(make_life(), reason="a) isolated"), corrective="better seals")
    (measure,) = stated(life, life.parts[0]).measures

    assert (measure.number, measure.corrective, measure.reason) == (1, "better seals", "")


def test_an_answer_that_repeats_what_was_done_opens_nothing(make_life: MakeLife) -> None:
    """The labelled parts of an answer stay when it is given back and sent again."""
    done = with_open(make_life(), state=MeasureState.VERIFIED)
    life = answered(done, corrective="new seals")

    assert stated(life, life.parts[0]).measures == ()


def test_other_measures_after_a_verified_one_get_the_next_number(make_life: MakeLife) -> None:
    """The key of a measure is its department and number."""
    life = answered(with_open(make_life(), state=MeasureState.VERIFIED), corrective="a new design")
    (measure,) = stated(life, life.parts[0]).measures

    assert (measure.number, measure.state) == (2, MeasureState.OPEN)


def test_the_department_is_asked_for_what_is_missing(make_life: MakeLife, policy: Policy) -> None:
    """The letter says that a reason will do, where it will."""
    letters = ask(make_life(), "quality")

    assert [letter.to.addr for letter in letters] == list(policy.departments["quality"].to)
    assert letters[0].facts["purpose"] == "state"
    assert letters[0].facts["reasons_allowed"] is True
    assert letters[0].department == "quality"


# ---------------------------------------------------------------- carried out


def test_what_is_carried_out_is_checked_by_somebody_else(make_life: MakeLife) -> None:
    """The checker is asked at once, with a token of their own and not the department's (K017)."""
    life = with_open(make_life(capa=WITHIN))
    decision = reply(life, "quality", Said(word=Word.CARRIED_OUT, text="all 40 are changed"))
    assert decision is not None
    (measure,), (letter,) = decision.measures, decision.letters

    assert measure.state is MeasureState.CARRIED_OUT
    assert (letter.name, letter.to.addr, letter.department) == (
        LetterName.MEASURES,
        "tester@example.com",
        "",
    )
    assert (letter.facts["purpose"], letter.facts["corrective"]) == ("check", "new seals")
    assert [(e.kind, e.detail) for e in decision.events] == [("measure_done", "all 40 are changed")]


def test_where_the_effect_shows_later_the_clock_asks(make_life: MakeLife) -> None:
    """With verify_after no letter leaves yet."""
    capa = replace(WITHIN, verify_after=Limit.parse("1 month"))
    said = Said(word=Word.CARRIED_OUT)
    decision = reply(with_open(make_life(capa=capa)), "quality", said)

    assert decision is not None
    assert decision.letters == ()


def test_measures_may_be_named_and_reported_in_one_reply(make_life: MakeLife) -> None:
    """Labelled parts are read first, so a department asked for them may say that all is done."""
    said = Said(
        word=Word.CARRIED_OUT,
        parts={"corrective": "new seals", "owner": "Li Wei", "cost": "300元", "document": "WI-7"},
    )
    decision = reply(make_life(), "quality", said)
    assert decision is not None
    now = {(m.department, m.number): m for m in decision.measures}

    assert now["quality", 1].state is MeasureState.CARRIED_OUT
    assert now["quality", 1].owner == "Li Wei"
    assert [record.kind for record in decision.records] == ["cost", "document"]


def test_finance_hears_of_what_a_measure_cost(make_life: MakeLife) -> None:
    """The same as of a cost in an answer (K043)."""
    life = with_open(make_life(capa=WITHIN))
    life = replace(life, policy=replace(life.policy, finance=("money@example.com",)))
    decision = reply(life, "quality", Said(word=Word.CARRIED_OUT, parts={"cost": "300元"}))

    assert decision is not None
    assert [letter.to.addr for letter in decision.letters] == [
        "money@example.com",
        "tester@example.com",
    ]


@pytest.mark.parametrize("said", [Said(word=Word.CARRIED_OUT), Said(text="soon")])
def test_words_about_no_measure_do_nothing(said: Said, make_life: MakeLife) -> None:
    """The caller says what was read and how to say it."""
    assert reply(make_life(), "quality", said) is None


# ---------------------------------------------------------------- none is taken


def test_a_reason_goes_to_whoever_may_waive(make_life: MakeLife) -> None:
    """The measure stays open until they agree (K086)."""
    said = Said(word=Word.NO_MEASURE, text="a")
    decision = reply(make_life(capa=WITHIN), "quality", said)
    assert decision is not None
    (measure,), (letter,) = decision.measures, decision.letters

    assert (measure.state, measure.corrective) == (MeasureState.OPEN, "")
    assert letter.to.addr == "rep@example.com"
    assert letter.facts["purpose"] == "waive"
    assert letter.facts["reason"] == measure.reason
    assert measure.reason.startswith("a) ")
    assert decision.events[0].reasons == ()


def test_a_reason_of_their_own_is_marked(make_life: MakeLife) -> None:
    """In the story, and for whoever agrees."""
    said = Said(word=Word.NO_MEASURE, text="it was raining")
    decision = reply(make_life(), "quality", said)
    assert decision is not None

    assert decision.events[0].reasons == ("a reason of their own, none of the list",)
    assert "it was raining" in decision.measures[0].reason


def test_a_stated_measure_may_be_waived_later(make_life: MakeLife) -> None:
    """The same measure waits for the agreement; no second one is opened."""
    said = Said(word=Word.NO_MEASURE, text="e")
    decision = reply(with_open(make_life()), "quality", said)
    assert decision is not None
    (measure,) = decision.measures

    assert (measure.number, measure.corrective) == (1, "new seals")
    assert measure.reason.startswith("e) ")


@pytest.mark.parametrize(
    ("rule", "text", "why", "needs"),
    [
        (CapaRule.REQUIRED, "a", "needs", ("corrective", "preventive")),
        (CapaRule.REQUIRED_OR_REASON, " ", "empty", ()),
    ],
)
def test_a_waiver_that_can_not_be_is_explained(
    rule: CapaRule, text: str, why: str, needs: tuple[str, ...], make_life: MakeLife
) -> None:
    """Where measures are required without exception, and where no reason is given."""
    life = make_life(capa=Capa(rule=rule))
    decision = reply(life, "quality", Said(word=Word.NO_MEASURE, text=text))
    assert decision is not None
    (letter,) = decision.letters

    assert decision.measures == ()
    assert letter.name is LetterName.HOW_TO_ANSWER
    assert (letter.facts["why"], letter.facts["needs"]) == (why, needs)


def test_no_waiver_is_needed_where_no_measures_are(make_life: MakeLife) -> None:
    """Nothing to agree to."""
    life = make_life(capa=Capa(rule=CapaRule.OFF))

    assert reply(life, "quality", Said(word=Word.NO_MEASURE, text="a")) is None


def test_one_letter_speaks_of_all_measures_of_a_department(make_life: MakeLife) -> None:
    """Two open measures are reported by one word and checked by one letter, with time for it."""
    life = with_open(make_life(capa=WITHIN), due_at=None)
    (first,) = life.measures
    soon = life.now + timedelta(days=2)
    second = replace(first, number=2, corrective="a new tool", due_at=soon)
    life = replace(life, measures=(first, second))
    decision = reply(life, "quality", Said(word=Word.CARRIED_OUT))
    assert decision is not None
    (letter,) = decision.letters

    assert len(decision.measures) == 2
    assert letter.facts["corrective"] == "new seals\n\na new tool"
    assert letter.facts["due_at"] == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
