"""Training is reproducible, and the shipped model is as good as it was."""

import json
from pathlib import Path

import pytest

from classify.classifier import MODEL, Classifier
from classify.corpus import digest, load
from classify.encoder import VECTORS
from classify.evaluate import evaluate
from classify.train import train
from classify.vocabulary import Vocabulary

pytestmark = pytest.mark.timeout(400)  # training takes half a minute, more on a busy machine
DATA = Path(__file__).parents[2] / "classify" / "data"
MOST_BYTES = 20_000_000


def test_the_same_seed_gives_the_same_model(
    few_texts: Path, small_model: Path, tmp_path: Path
) -> None:
    """Two runs agree in every score of every text."""
    texts = [("broken kettle, want a refund", "", ""), ("快递丢了", "", ""), ("ok", "", "")]
    said = []
    train(few_texts, tmp_path / "again")
    for path in (small_model, tmp_path / "again"):
        reader = Classifier(Vocabulary(), model_path=path)
        said.append(list(reader.classify_many(texts)))

    assert said[0] == said[1]


def test_the_shipped_model_reads_texts_it_never_saw() -> None:
    """Macro-F1 over four categories on the held-out eighth has a floor."""
    report = evaluate([example for example in load(DATA) if example.held_out])

    assert report.languages["en"].macro_f1 >= 0.74
    assert report.languages["zh"].macro_f1 >= 0.74
    assert max(figures.calibration_error for figures in report.languages.values()) <= 0.12


def test_the_shipped_model_was_trained_on_the_texts_beside_it() -> None:
    """Whoever changes a text must train again."""
    metrics = json.loads((MODEL / "metrics.json").read_text(encoding="utf-8"))

    assert metrics["data"].items() >= digest(DATA, VECTORS).items()


def test_the_shipped_model_is_small_and_has_a_card() -> None:
    """The repository carries the model, so it must stay light."""
    files = [path for folder in (MODEL, VECTORS) for path in folder.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert "Intended use" in (MODEL / "CARD.md").read_text(encoding="utf-8")
