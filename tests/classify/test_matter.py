"""Is it a complaint at all?"""

import pytest

from cases.model import Matter
from classify.classifier import Classifier
from classify.matter import read_matter

SURE_OF_PRAISE = {Matter.PRAISE: 0.9, Matter.COMPLAINT: 0.1}


def test_a_sure_model_and_a_calm_text_are_believed() -> None:
    """Praise is praise when nothing speaks against it."""
    assert read_matter("lovely shop", SURE_OF_PRAISE, fault=0.1) is Matter.PRAISE


@pytest.mark.parametrize(
    ("text", "scores", "fault"),
    [
        ("lovely shop", {Matter.PRAISE: 0.6, Matter.COMPLAINT: 0.4}, 0.1),
        ("lovely shop, it was broken", SURE_OF_PRAISE, 0.1),
        ("东西坏了但客服很好", SURE_OF_PRAISE, 0.1),
        ("lovely shop", SURE_OF_PRAISE, 0.85),
        ("", {}, 0.0),
    ],
)
def test_in_doubt_it_is_a_complaint(text: str, scores: dict[Matter, float], fault: float) -> None:
    """An unsure model, a word of grievance or a likely fault each make it a complaint."""
    assert read_matter(text, scores, fault=fault) is Matter.COMPLAINT


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Do you also ship to Iceland, and what does it cost?", Matter.ENQUIRY),
        ("请问这款有蓝色的吗？", Matter.ENQUIRY),
        ("Thank you so much, excellent service and a lovely driver", Matter.PRAISE),
        ("师傅服务很好，非常满意，感谢", Matter.PRAISE),
        ("Do you think it is fine to send me a broken lamp?", Matter.COMPLAINT),
        ("请问我的退款什么时候到？已经三周没收到了", Matter.COMPLAINT),
    ],
)
def test_the_shipped_model_tells_matters_apart(
    classifier: Classifier, text: str, matter: Matter
) -> None:
    """Questions and thanks are known, an angry question stays a complaint."""
    assert classifier.classify(text).matter is matter
