"""The yardsticks themselves."""

import pytest

from classify.evaluate import calibration_error, coverage, evaluate


def test_coverage_counts_what_can_be_filed_unseen() -> None:
    """Surest first, until fewer than 95 in 100 are right."""
    scored = [(0.9, True)] * 19 + [(0.8, False)] + [(0.5, False)] * 20

    assert coverage(scored) == 0.5


def test_coverage_cannot_part_equal_scores() -> None:
    """Half right at one score is no coverage, whatever the order."""
    assert coverage([(0.9, True), (0.9, False)]) == 0.0


def test_an_honest_score_has_no_calibration_error() -> None:
    """Three of four right at 0.75 is honest, all right at 0.75 is not."""
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0)
    assert calibration_error([(0.75, True)] * 4) == pytest.approx(0.25)


def test_nothing_to_measure_is_an_error() -> None:
    """An empty list of texts has no figures."""
    with pytest.raises(ValueError, match="no texts"):
        evaluate([])
