"""What finance is told of a case, and that letters about measures can be written."""

from dataclasses import replace

import pytest

from cases.life import Measure, MeasureState
from cases.model import Letter
from routing.letters_measures import finance, to_deciding, to_executing
from routing.waivers import read_reason
from templates.render import Letters
from tests.routing.conftest import MakeLife

COMMON = {
    "reference": "C-2026-000007",
    "desk_name": "Desk",
    "answer_to": "",
    "original_attached": False,
}


def _text(letters: Letters, letter: Letter) -> str:
    facts = {**letter.facts, **COMMON, "language": letter.language}
    whole = Letter(name=letter.name, language=letter.language, to=letter.to, facts=facts)
    return letters.render(whole).text


def test_finance_hears_of_costs_and_who_bears_them(make_life: MakeLife) -> None:
    """As the department wrote it, compensation first (K043)."""
    life = make_life()
    life = replace(life, policy=replace(life.policy, finance=("money@example.com",)))
    records = (
        life.record("cost_bearer", "quality", "承运商"),
        life.record("cost", "quality", "运费 30元"),
        life.record("compensation", "quality", "300元"),
        life.record("visit", "quality", "on Monday"),
    )
    (letter,) = finance(life, "quality", records)

    assert letter.to.addr == "money@example.com"
    assert letter.facts["what"] == "finance"
    lines = str(letter.facts["text"]).splitlines()
    assert [line.rpartition("：")[2].rpartition(": ")[2] for line in lines] == [
        "300元",
        "运费 30元",
        "承运商",
    ]


@pytest.mark.parametrize("kind", ["cost_bearer", "visit", "liability"])
def test_finance_is_told_of_money_only(kind: str, make_life: MakeLife) -> None:
    """Who bears a cost, without the cost, is nothing to pay."""
    life = make_life()
    life = replace(life, policy=replace(life.policy, finance=("money@example.com",)))

    assert finance(life, "quality", (life.record(kind, "quality", "Li Wei"),)) == ()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("purpose", ["state", "carry_out", "not_effective", "check", "waive"])
def test_every_letter_about_measures_can_be_written(
    purpose: str, language: str, make_life: MakeLife, shipped_letters: Letters
) -> None:
    """In both languages, with the measure's words in it."""
    life = make_life()
    life = replace(life, policy=replace(life.policy, languages=(language,)))
    measure = Measure(
        department="quality",
        state=MeasureState.OPEN,
        corrective="seal no. 4711",
        opened_at=life.now,
        since_at=life.now,
    )
    found = to_executing(life, purpose, "quality", (measure,), reason="2 of 20 leak")
    if purpose in ("check", "waive"):
        found = to_deciding(
            life,
            purpose,
            "quality",
            (measure,),
            to=("rep@example.com",),
            reason="2 of 20 leak",
            due_at=life.now,
        )
    text = _text(shipped_letters, found[0])

    assert "2 of 20 leak" in text or purpose in ("check", "carry_out")
    assert "4711" in text or purpose in ("state", "waive")


@pytest.mark.parametrize(("language", "word"), [("en", "no measure:"), ("zh", "不采取措施：")])
def test_every_reason_that_the_letter_offers_is_understood(
    language: str, word: str, make_life: MakeLife, shipped_letters: Letters
) -> None:
    """As it stands there, in the order of the list (P56 a-e)."""
    life = make_life()
    life = replace(life, policy=replace(life.policy, languages=(language,)))
    text = _text(shipped_letters, to_executing(life, "state", "quality", ())[0])
    lines = [line.strip('- “”"') for line in text.splitlines() if f"- {word}" in line]
    offered = [line.partition(word)[2] for line in lines]
    read = [read_reason(one, language=language) for one in offered]

    assert [one and one.listed for one in read] == ["a", "b", "c", "d", "e"]
