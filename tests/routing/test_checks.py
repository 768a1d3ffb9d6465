"""Is a measure effective, and may none be taken: the words of those who were asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.life import Measure, MeasureState
from cases.model import LetterName, Move, Status
from routing.checks import check_letters, checkers, verdict, waivers
from routing.life import Life
from routing.policy import Policy
from routing.process import Capa, CapaRule
from routing.replies import Said, Word
from tests.routing.conftest import MakeLife

TESTER, REP = "tester@example.com", "rep@example.com"
CAPA = Capa(rule=CapaRule.REQUIRED_OR_REASON, verify_by=(TESTER,), waive_by=(REP,))


def with_measures(life: Life, *many: dict[str, object]) -> Life:
    """Return the case with measures, carried out unless said otherwise."""
    usual = Measure(
        department="quality",
        state=MeasureState.CARRIED_OUT,
        corrective="new seals",
        opened_at=life.now - timedelta(days=10),
        since_at=life.now - timedelta(days=1),
        due_at=life.now - timedelta(days=5),
    )
    found = tuple(replace(usual, **one) for one in many)  # type: ignore[arg-type] # real fields
    return replace(life, measures=found)


def test_an_effective_measure_closes_a_case_that_waited_for_it(make_life: MakeLife) -> None:
    """Who checked it is kept; nothing else is open (T25, T27)."""
    life = with_measures(make_life(capa=CAPA), {})
    life = replace(life, case=replace(life.case, status=Status.FOLLOW_UP))
    decision = verdict(life, TESTER, Said(word=Word.EFFECTIVE, text="20 tested, none leaks"))
    assert decision is not None
    (measure,) = decision.measures

    assert (measure.state, measure.checked_by) == (MeasureState.VERIFIED, TESTER)
    assert measure.reason == "20 tested, none leaks"
    assert decision.moves == (Move.CLOSE,)
    assert [event.kind for event in decision.events] == ["measure_checked", "closed"]


def test_a_case_with_another_open_measure_stays_open(make_life: MakeLife) -> None:
    """One department's effect does not settle the other's measure."""
    other: dict[str, object] = {"department": "delivery", "state": MeasureState.OPEN}
    life = with_measures(make_life(capa=CAPA), {}, other)
    life = replace(life, case=replace(life.case, status=Status.FOLLOW_UP))
    decision = verdict(life, TESTER, Said(word=Word.EFFECTIVE))

    assert decision is not None
    assert decision.moves == ()


def test_what_is_not_effective_goes_back_with_the_reason(
    make_life: MakeLife, policy: Policy
) -> None:
    """As much time again as it had at first; nobody above hears of the first time."""
    life = with_measures(make_life(capa=CAPA), {})
    decision = verdict(life, TESTER, Said(word=Word.NOT_EFFECTIVE, text="2 of 20 leak"))
    assert decision is not None
    (measure,) = decision.measures

    assert (measure.state, measure.failures) == (MeasureState.OPEN, 1)
    assert measure.due_at == life.now + timedelta(days=5)
    assert [letter.to.addr for letter in decision.letters] == list(policy.departments["quality"].to)
    assert decision.letters[0].facts["purpose"] == "not_effective"
    assert decision.letters[0].facts["reason"] == "2 of 20 leak"
    assert (decision.level, [event.kind for event in decision.events]) == (0, ["measure_failed"])


@pytest.mark.parametrize(("failures", "level"), [(1, 1), (2, 2)])
def test_failing_again_is_escalated(failures: int, level: int, make_life: MakeLife) -> None:
    """The second time to the manager, from the third on to the top (K017)."""
    life = with_measures(make_life(capa=CAPA), {"failures": failures})
    quality = replace(life.policy.departments["quality"], manager="boss@example.com")
    life = replace(
        life,
        policy=replace(
            life.policy,
            departments={**life.policy.departments, "quality": quality},
            management=("top@example.com",),
        ),
    )
    decision = verdict(life, TESTER, Said(word=Word.NOT_EFFECTIVE, text="still leaks"))
    assert decision is not None
    told = [one for one in decision.letters if one.name is LetterName.ESCALATION]

    assert decision.level == level
    assert [one.to.addr for one in told] == [["", "boss@example.com", "top@example.com"][level]]
    assert told[0].facts["reasons"] == ("still leaks",)


def test_an_agreed_waiver_settles_every_open_measure_of_the_department(
    make_life: MakeLife,
) -> None:
    """The approver and the reason are on record (K086)."""
    pending: dict[str, object] = {"state": MeasureState.OPEN, "reason": "a) isolated"}
    life = with_measures(make_life(capa=CAPA), pending)
    life = replace(life, case=replace(life.case, status=Status.FOLLOW_UP))
    decision = verdict(life, REP.upper(), Said(word=Word.YES))
    assert decision is not None
    (measure,) = decision.measures

    assert (measure.state, measure.reason) == (MeasureState.WAIVED, "a) isolated")
    assert measure.checked_by == REP.upper()
    assert decision.events[0].kind == "measure_waived"
    assert decision.moves == (Move.CLOSE,)


def test_a_refused_waiver_asks_the_department_again(make_life: MakeLife) -> None:
    """The measure stays open, and nobody is asked to waive it any more."""
    pending: dict[str, object] = {"state": MeasureState.OPEN, "reason": "a) isolated"}
    life = with_measures(make_life(capa=CAPA), pending)
    decision = verdict(life, REP, Said(word=Word.NO, text="it is the third this week"))
    assert decision is not None
    after = life.after(decision)

    assert decision.letters[0].facts["purpose"] == "state"
    assert decision.letters[0].facts["reason"] == "it is the third this week"
    assert verdict(after, REP, Said(word=Word.YES)) is None


@pytest.mark.parametrize(
    ("addr", "word"),
    [
        ("somebody@example.com", Word.EFFECTIVE),
        (REP, Word.EFFECTIVE),
        (TESTER, Word.YES),
        (TESTER, Word.DONE),
        (TESTER, None),
    ],
)
def test_only_who_was_asked_decides(addr: str, word: Word | None, make_life: MakeLife) -> None:
    """And only by the words that were asked for."""
    life = with_measures(make_life(capa=CAPA), {})

    assert verdict(life, addr, Said(word=word)) is None


def test_a_department_does_not_check_itself(make_life: MakeLife, policy: Policy) -> None:
    """Where somebody else is named beside it (K017)."""
    own = policy.departments["quality"].to[0]
    life = make_life(capa=replace(CAPA, verify_by=(own, TESTER)))

    assert checkers(life, "quality") == (TESTER,)
    assert verdict(with_measures(life, {}), own, Said(word=Word.EFFECTIVE)) is None


def test_where_nobody_else_is_named_the_story_says_so(make_life: MakeLife, policy: Policy) -> None:
    """A small firm has one person for all of it."""
    own = policy.departments["quality"].to[0]
    life = with_measures(make_life(capa=replace(CAPA, verify_by=(own,))), {})
    decision = verdict(life, own, Said(word=Word.EFFECTIVE))

    assert decision is not None
    assert decision.events[0].reasons == ("of the department itself: nobody else is named",)


def test_the_supervisors_check_where_nobody_is_named(make_life: MakeLife, policy: Policy) -> None:
    """Also waivers; whoever checks may waive if no other is named."""
    life = make_life(capa=Capa(rule=CapaRule.REQUIRED))

    assert checkers(life, "quality") == policy.supervisors
    assert waivers(make_life(capa=replace(CAPA, waive_by=())), "quality") == (TESTER,)


def test_the_accused_checks_nothing(make_life: MakeLife) -> None:
    """A person the complaint is about decides nothing in it (K079)."""
    life = make_life(capa=replace(CAPA, verify_by=(TESTER, REP)))
    life = replace(life, records=(life.record("accused", "desk", TESTER),))

    assert checkers(life, "quality") == (REP,)


def test_a_verdict_is_about_the_department_it_names(make_life: MakeLife) -> None:
    """Without a name it is about the one that has waited longest."""
    old = make_life().now - timedelta(days=9)
    life = with_measures(make_life(capa=CAPA), {}, {"department": "delivery", "since_at": old})
    named = verdict(life, TESTER, Said(word=Word.EFFECTIVE, text="Quality: none leaks"))
    bare = verdict(life, TESTER, Said(word=Word.EFFECTIVE))

    assert named is not None and bare is not None
    assert [m.department for m in named.measures] == ["quality"]
    assert [m.department for m in bare.measures] == ["delivery"]


def test_the_clock_asks_about_one_measure(make_life: MakeLife) -> None:
    """Whoever checks is asked with the measure's own words; its date is over and not theirs."""
    life = with_measures(make_life(capa=CAPA), {})
    (letter,) = check_letters(life, life.measures[0])

    assert (letter.to.addr, letter.revision) == (TESTER, 77)
    assert (letter.facts["corrective"], letter.facts["due_at"]) == ("new seals", None)
