"""Tables with a row of labels on top."""

import pytest

from classify.classifier import Classifier


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        (
            "产品名称\t批号\t数量\n酱油\tA240611\t20箱\n陈醋\tB240612\t5箱",
            "batch",
            ("A240611", "B240612"),
        ),
        (
            "产品名称\t批号\t数量\n酱油\tA240611\t20箱\n陈醋\tB240612\t5箱",
            "product",
            ("酱油", "陈醋"),
        ),
        (
            "产品名称\t批号\t数量\n酱油\tA240611\t20箱\n陈醋\tB240612\t5箱",
            "quantity",
            ("20箱", "5箱"),
        ),
        ("| Model | Order No |\n|---|---|\n| GL-9 | 7733182 |\n", "model", ("GL-9",)),
        ("| Model | Order No |\n|---|---|\n| GL-9 | 7733182 |\n", "order", ("7733182",)),
    ],
)
def test_a_value_belongs_to_the_label_above_it(
    classifier: Classifier, text: str, name: str, values: tuple[str, ...]
) -> None:
    """Forms come as tables, from HTML by tabs, from people's own drawing by bars."""
    assert classifier.classify(text).values(name) == values


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("Model | QT-88\nOrder number | 7733182", "model", ("QT-88",)),
        ("型号\tQT-88\n订单号\t7733182", "order", ("7733182",)),
        ("Batch: 22K0917\nQuantity: 12 boxes", "quantity", ("12 boxes",)),
    ],
)
def test_a_row_of_one_label_and_its_value_is_read_across(
    classifier: Classifier, text: str, name: str, values: tuple[str, ...]
) -> None:
    """The commoner form: a label, then its value."""
    assert classifier.classify(text).values(name) == values


def test_a_label_beside_a_label_is_no_value(classifier: Classifier) -> None:
    """The product of an empty table is not "Order No"."""
    said = classifier.classify("Product\tOrder No\tModel\nn/a\t-\t-")

    assert said.values("product") == said.values("order") == said.values("model") == ()
