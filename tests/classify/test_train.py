"""Training is reproducible, and the shipped model is as good as it was."""

import json
from pathlib import Path

import pytest

from classify.classifier import MODEL, Classifier
from classify.corpus import digest, load
from classify.evaluate import evaluate
from classify.train import train
from classify.vocabulary import Vocabulary

DATA = Path(__file__).parents[2] / "classify" / "data"
MOST_BYTES = 5_000_000


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tenth of our texts: enough to see whether two runs agree."""
    folder = tmp_path_factory.mktemp("data")
    for path in DATA.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines()[::10]
        (folder / path.name).write_text("\n".join(lines), encoding="utf-8")
    (folder / "concepts.txt").write_bytes((DATA / "concepts.txt").read_bytes())
    return folder


def test_the_same_seed_gives_the_same_model(few: Path, tmp_path: Path) -> None:
    """Two runs agree in every score of every text."""
    texts = [("broken kettle, want a refund", "", ""), ("快递丢了", "", ""), ("ok", "", "")]
    said = []
    for name in ("one", "two"):
        train(few, tmp_path / name)
        reader = Classifier(Vocabulary(), model_path=tmp_path / name)
        said.append(list(reader.classify_many(texts)))

    assert said[0] == said[1]


def test_the_shipped_model_reads_texts_it_never_saw() -> None:
    """Macro-F1 over four categories on the held-out eighth has a floor."""
    report = evaluate([example for example in load(DATA) if example.held_out])

    assert report.languages["en"].macro_f1 >= 0.60
    assert report.languages["zh"].macro_f1 >= 0.65
    assert max(figures.calibration_error for figures in report.languages.values()) <= 0.2


def test_the_shipped_model_was_trained_on_the_texts_beside_it() -> None:
    """Whoever changes a text must train again."""
    metrics = json.loads((MODEL / "metrics.json").read_text(encoding="utf-8"))

    assert metrics["data"] == digest(DATA)


def test_the_shipped_model_is_small_and_has_a_card() -> None:
    """The repository carries the model, so it must stay light."""
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < MOST_BYTES
    assert "Intended use" in (MODEL / "CARD.md").read_text(encoding="utf-8")
