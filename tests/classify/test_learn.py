"""A model learns from corrections, forgets nothing, and says so when it got worse."""

from dataclasses import replace
from pathlib import Path

import pytest

from cases.model import Category, Matter
from classify.classifier import Classifier
from classify.corpus import Example, load
from classify.learn import LEAST, learn
from classify.vocabulary import Vocabulary
from tests.conftest import PELIKAN

pytestmark = pytest.mark.timeout(400)  # training takes half a minute, more on a busy machine


def correction(text: str, category: Category) -> Example:
    """Return what a supervisor said about a mail."""
    return Example(
        text=text,
        language="en",
        category=category,
        labels=frozenset({category}),
        matter=Matter.COMPLAINT,
        domain="corrections",
    )


def test_a_word_of_the_house_is_learned(small_model: Path, few_texts: Path, tmp_path: Path) -> None:
    """Judged by models that had not seen them, more corrections come out right than before."""
    corrections = [correction(text, Category.DELIVERY) for text in PELIKAN]

    found = learn(small_model, few_texts, tmp_path / "new", corrections)

    assert found.right_after >= found.right_before + 2
    assert found.right_after >= 10
    assert found.worse == ()
    reader = Classifier(Vocabulary(), model_path=tmp_path / "new")
    said = reader.classify("and again no Pelikan here")
    assert said.category is Category.DELIVERY
    assert said.model == f"complaints-{found.version}"


def test_a_candidate_that_got_worse_says_why(
    small_model: Path, few_texts: Path, tmp_path: Path
) -> None:
    """Corrections that contradict everything make a model that must not go live."""
    others = list(Category)
    ours = [example for example in load(few_texts) if not example.held_out][:150]
    turned = [
        replace(example, category=others[(others.index(example.category) + 1) % 4])
        for example in ours
    ]

    found = learn(small_model, few_texts, tmp_path / "new", turned)

    assert any("of our" in reason for reason in found.worse)


def test_the_same_corrections_give_the_same_candidate(
    small_model: Path, few_texts: Path, tmp_path: Path
) -> None:
    """Whoever runs it twice has one model, under one name."""
    corrections = [correction(text, Category.DELIVERY) for text in PELIKAN]

    first = learn(small_model, few_texts, tmp_path / "one", corrections)
    second = learn(small_model, few_texts, tmp_path / "two", corrections)

    assert first == second
    weights = [tmp_path / name / "complaint_linear" / "weights.npy" for name in ("one", "two")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_a_handful_of_corrections_teaches_nothing(
    small_model: Path, few_texts: Path, tmp_path: Path
) -> None:
    """Too few to measure, so nothing is written."""
    few = [correction(text, Category.DELIVERY) for text in PELIKAN[: LEAST - 1]]

    with pytest.raises(ValueError, match="too few"):
        learn(small_model, few_texts, tmp_path / "new", few)
    assert not (tmp_path / "new").exists()


def test_the_same_words_twice_are_two_corrections(
    small_model: Path, few_texts: Path, tmp_path: Path
) -> None:
    """Two customers wrote alike; each is judged, though its twin was learned from."""
    corrections = [correction(text, Category.DELIVERY) for text in PELIKAN] * 2

    found = learn(small_model, few_texts, tmp_path / "new", corrections)

    assert found.corrections == 24
    assert found.right_after >= 22
