"""The loaded pipeline over a long life."""

import pytest

import classify.engine
from classify.classifier import Classifier
from classify.vocabulary import Product, Vocabulary


def test_a_pipeline_that_has_seen_too_many_words_is_loaded_afresh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory stays bounded and the answers stay the same."""
    reader = Classifier(Vocabulary(products=(Product("Kettle", ("kettle",)),)))
    first = reader.classify("The kettle is broken, lot no 22K0917")
    before = reader._engine._nlp
    monkeypatch.setattr(classify.engine, "MAX_WORDS", 0)

    assert reader.classify("The kettle is broken, lot no 22K0917") == first
    assert reader._engine._nlp is not before
