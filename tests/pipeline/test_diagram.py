"""The reliability diagram."""

from xml.etree import ElementTree as ET

from classify.evaluate import Bin, Figures
from pipeline.diagram import reliability

FIGURES = Figures(
    texts=30,
    accuracy=0.8,
    macro_f1=0.7,
    f1={},
    labels_f1={},
    matter_accuracy=1.0,
    coverage=0.5,
    calibration_error=0.123,
    bins=(Bin(texts=10, score=0.55, right=0.5), Bin(texts=20, score=0.95, right=1.0)),
    filed=(),
)


def test_each_bin_is_a_dot_at_its_score_and_share_of_right() -> None:
    """A dot on the dashed line is an honest score; the bigger, the more texts."""
    picture = ET.fromstring(reliability({"en": FIGURES, "zh": FIGURES}, model="m"))  # noqa: S314 - ours
    dots = [node.attrib for node in picture.iter("{http://www.w3.org/2000/svg}circle")]

    assert len(dots) == 4
    assert float(dots[0]["cx"]) < float(dots[1]["cx"])
    assert float(dots[0]["cy"]) > float(dots[1]["cy"])
    assert float(dots[0]["r"]) < float(dots[1]["r"])


def test_the_figures_stand_above_each_language() -> None:
    """Who only reads sees the calibration error as a number."""
    assert "30 texts, calibration error 0.123" in reliability({"en": FIGURES}, model="m")
