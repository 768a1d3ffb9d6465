"""Products that no label and no catalogue names."""

import pytest

from classify.classifier import Classifier


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I bought a pair of leather boots from you", ("leather boots",)),
        ("Received a broken ceramic vase today", ("ceramic vase",)),
        (
            "I ordered a phone case and screen protector from them",
            ("phone case", "screen protector"),
        ),
        (
            "We placed an order for paneer tikka and garlic naan at 8pm",
            ("paneer tikka", "garlic naan"),
        ),
        ("I ordered this evening for fried rice", ("fried rice",)),
        ("I ordered 4 t-shirts 1 month ago", ("t-shirts",)),
        ("My order (no. 12345678) for plastic lids was cancelled", ("plastic lids",)),
        ("Awful quality, the garden hose reel camera is blurred", ("garden hose reel camera",)),
        ("Oakline Bath Seats, item number 20455", ("Oakline Bath Seats",)),
        ("THE CONTACT OWNS A 2011 HYUNDAI SANTA FE. IT STALLED", ("2011 HYUNDAI SANTA FE",)),
        ("THE CURVED SCISSORS (PART NUMBER 400179-21) WAS RETURNED", ("CURVED SCISSORS",)),
        ("THE CADENCE BIPOLAR DISSECTOR WAS NOT RETURNED", ("CADENCE BIPOLAR DISSECTOR",)),
        ("《家常菜》缺页", ("《家常菜》",)),
        ("新买的空调不制冷", ("空调",)),
        ("诺基亚N95用了三个月就黑屏", ("诺基亚N95",)),
        ("新买的格力空调漏水", ("格力空调",)),
        ("苹果烂了，香蕉也坏了", ("苹果", "香蕉")),
    ],
)
def test_goods_are_found_by_the_words_around_them(
    classifier: Classifier, text: str, values: tuple[str, ...]
) -> None:
    """Verbs of buying, brackets with numbers, makers and common nouns."""
    assert classifier.classify(text).values("product") == values


@pytest.mark.parametrize(
    "text",
    [
        "I will never order from you",
        "I received an email from you",
        "I ordered 3 weeks ago",
        "placed a large order for my family",
        "Order number 7733182 is late",
        "order cancelled, no reply",
        "THE SUSPECT MEDICAL DEVICE WAS NOT RETURNED",
        "手机号13512345678，请联系我",
        "酒店房间的空调很吵",
        "装机很麻烦，要证书",
        "A4纸上写着B3区",
    ],
)
def test_what_is_bought_must_be_goods(classifier: Classifier, text: str) -> None:
    """Mails, weeks, families, and the furniture of a hotel are no goods."""
    assert classifier.classify(text).values("product") == ()
