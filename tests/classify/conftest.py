"""One loaded model for all tests of this folder: loading costs a second."""

import pytest

from classify.classifier import Classifier
from classify.vocabulary import Product, Vocabulary

VOCABULARY = Vocabulary(
    products=(
        Product("鲜牛奶 Fresh Milk", ("鲜牛奶", "Fresh Milk"), ("FM-1000",)),
        Product("Storm kettle", ("storm kettle", "风暴电水壶"), ("KT-200X",)),
    ),
    batch_patterns=("B####-####", "########@"),
    order_patterns=("SO-######",),
)


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """A classifier of a maker of milk and kettles."""
    return Classifier(VOCABULARY)
