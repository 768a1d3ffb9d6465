"""Products by misspelt names: what must hit, and the near misses that must not."""

import pytest

from classify.classifier import Classifier
from classify.vocabulary import Product, Vocabulary

READER = Classifier(
    Vocabulary(
        products=(
            Product("Storm kettle", ("storm kettle", "风暴电水壶"), ("KT-200X",)),
            Product("Fresh Milk", ("Fresh Milk", "鲜牛奶")),
            Product("Thermostat", ("Thermostat", "智能温控器")),
            Product("Juicer", ("Juicer",)),
            Product("Purifier", ("PureFlow 100",)),
        )
    )
)


def _products(text: str) -> list[str]:
    return [
        fact.canonical
        for fact in READER.classify(text).facts
        if fact.name == "product" and fact.known
    ]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("the STORM  kettle leaks", "Storm kettle"),
        ("the strom kettle leaks", "Storm kettle"),
        ("My Storm Kettel is broken", "Storm kettle"),
        ("both storn kettles leak", "Storm kettle"),
        ("my thermastat is dead", "Thermostat"),
        ("two Themrostats failed", "Thermostat"),
        ("your jucier is loud", "Juicer"),
        ("ｐｕｒｅｆｌｏｗ 100 drips", "Purifier"),
        ("风爆电水壶漏水", "Storm kettle"),
        ("风暴水壶漏水", "Storm kettle"),
        ("你们的鲜牛奶酸了", "Fresh Milk"),
    ],
)
def test_a_misspelt_name_is_known(text: str, product: str) -> None:
    """A slip of the hand does not hide what a complaint is about."""
    assert _products(text) == [product]


@pytest.mark.parametrize(
    "text",
    [
        "a Fresh Silk blouse",
        "a fresh mild taste",
        "the storm rattled the windows",
        "a settle by the storm",
        "the thermometer broke",
        "a thermos leaks",
        "the jacket is torn",
        "the juices are warm",
        "PureFlow 200 drips",
        "PureFloor 100 is sticky",
        "酸牛奶很好",
        "鲜牛肉臭了",
        "电水壶漏水",
        "风暴里的水壶",
        "智能音箱坏了",
        "智能温度计坏了",
    ],
)
def test_a_near_miss_is_no_product_of_ours(text: str) -> None:
    """A letter would repeat our name for goods that the sender never had."""
    assert _products(text) == []


def test_what_was_written_is_kept(classifier: Classifier) -> None:
    """The fact shows the sender's spelling beside our name."""
    facts = classifier.classify("the Strom Kettle leaks").facts

    assert [(fact.value, fact.canonical) for fact in facts if fact.name == "product"] == [
        ("Strom Kettle", "Storm kettle")
    ]
