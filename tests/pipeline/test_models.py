"""Which model judges, and the way back."""

from pathlib import Path

import pytest

from classify.classifier import MODEL
from pipeline.models import NoModel, live_model, promote, roll_back


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of models with two that were trained here."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "meta.json").write_text("{}", encoding="utf-8")
    return tmp_path


def test_without_a_promotion_the_shipped_model_judges(tmp_path: Path) -> None:
    """A new desk has no folder of models at all."""
    assert live_model(tmp_path / "none") == MODEL


def test_the_last_promotion_counts_and_can_be_taken_back(folder: Path) -> None:
    """Two steps forward, two steps back, and the shipped model judges again."""
    promote(folder, "one")
    promote(folder, "two")
    assert live_model(folder) == folder / "two"

    assert roll_back(folder) == "one"
    assert live_model(folder) == folder / "one"
    assert roll_back(folder) == ""
    assert live_model(folder) == MODEL


def test_promoting_the_live_model_again_changes_nothing(folder: Path) -> None:
    """Going back once is going back."""
    for name in ("one", "two", "two"):
        promote(folder, name)

    assert roll_back(folder) == "one"


def test_what_is_no_model_is_not_promoted(folder: Path) -> None:
    """A slip of the name must not stop the desk."""
    with pytest.raises(NoModel, match="holds no model"):
        promote(folder, "three")
    assert live_model(folder) == MODEL


def test_a_live_model_that_is_gone_is_told_with_the_remedy(folder: Path) -> None:
    """Nobody wants another model to judge in silence."""
    promote(folder, "one")
    (folder / "one" / "meta.json").unlink()

    with pytest.raises(NoModel, match="train --roll-back"):
        live_model(folder)


def test_rolling_back_nothing_is_told(folder: Path) -> None:
    """The shipped model can't be rolled back."""
    with pytest.raises(NoModel, match="shipped"):
        roll_back(folder)
