"""Values that contradict the catalogue or their own check digit: kept and flagged."""

import pytest

from cases.model import Fact
from classify.classifier import Classifier
from classify.doubts import CHECK_DIGIT, NOT_THIS_PRODUCT, UNKNOWN_MODEL
from classify.vocabulary import Product, Vocabulary

READER = Classifier(
    Vocabulary(
        products=(
            Product("Kettle", ("kettle",), ("KT-200X",), ("K######",)),
            Product("Toaster", ("toaster",), ("TO-9",), ("T######",)),
            Product("Lamp", ("lamp",)),
        ),
        batch_patterns=("B####-####",),
        order_patterns=("SO########~luhn", "########~gs1"),
    )
)


def _fact(text: str, name: str) -> Fact:
    return next(fact for fact in READER.classify(text).facts if fact.name == name)


@pytest.mark.parametrize(
    ("text", "name", "doubt"),
    [
        ("order SO12345678 never came", "order", CHECK_DIGIT),
        ("order SO12345674 never came", "order", ""),
        ("my kettle, batch T240611", "batch", NOT_THIS_PRODUCT),
        ("my kettle, batch K240611", "batch", ""),
        ("my kettle, batch B2024-0611", "batch", ""),
        ("my kettle and toaster, batch T240611", "batch", ""),
        ("something of batch T240611", "batch", ""),
        ("my KT-200X, batch T240611", "batch", NOT_THIS_PRODUCT),
        ("my kettle, model ZZ-77", "model", UNKNOWN_MODEL),
        ("my kettle, model TO-9", "model", UNKNOWN_MODEL),
        ("my kettle, model KT-200X", "model", ""),
        ("my lamp, model ZZ-77", "model", ""),
        ("broken: model ZZ-77", "model", ""),
    ],
)
def test_a_contradiction_is_flagged(text: str, name: str, doubt: str) -> None:
    """A doubt needs two things that cannot both be right."""
    assert _fact(text, name).doubt == doubt


def test_a_doubted_value_is_kept_as_written() -> None:
    """The mistyped number may still help a person to find the right one."""
    fact = _fact("order so12345678 never came", "order")

    assert (fact.value, fact.known, fact.doubt) == ("so12345678", False, CHECK_DIGIT)


def test_digits_alone_are_ours_only_with_the_right_check_digit() -> None:
    """Any eight digits could be a date or a phone number."""
    assert READER.classify("call 12345678 at noon").values("order") == ()
    assert READER.classify("it is 12345670, I think").values("order") == ("12345670",)
