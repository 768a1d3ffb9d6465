"""Quantities and short dates: what the words around a number make of it."""

import pytest

from classify.classifier import Classifier


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I ordered 4 football tops", ("4",)),
        ("I ordered 2 t-shirts and they are too small", ("2",)),
        ("We ordered 3 plain rolls and 2 seeded rolls", ("3", "2")),
        ("I received only 5 plates", ("5",)),
        ("there were 3 boxes missing", ("3 boxes",)),
        ("Carob tablets, 50 mg, 100 tablets per bottle, 1,224 bottles", ("1,224 bottles",)),
        ("recall of 2,050 500-count bottles", ("2,050 500-count bottles",)),
        ("only 450g in the 500 g pack", ("450g", "500 g")),
        ("我买了两台空调", ("两台",)),
        ("定了3本书只到了2本", ("3本", "2本")),
        ("这次只买了一台", ("一台",)),
        ("说好500克，实际不到", ("500克",)),
        ("不良数量：12件", ("12件",)),
    ],
)
def test_a_number_of_goods_is_a_quantity(
    classifier: Classifier, text: str, values: tuple[str, ...]
) -> None:
    """Units, or a verb of buying or sending, make a number a quantity."""
    assert classifier.classify(text).values("quantity") == values


@pytest.mark.parametrize(
    "text",
    [
        "it took 3 weeks",
        "I received 3 emails",
        "it got 2 stars",
        "the 3 disc version is a fake",
        "I weigh 180lbs and the chair broke",
        "A 5.7L HEMI ENGINE STALLED",
        "my name is only 6 letters",
        "买了一个就后悔",
        "买了一台新电视",
        "等了两个小时，打了三个电话",
        "用了两个月就坏了",
        "内存只有1g，装了64G的卡",
        "比我在超市买的250克的还小",
        "第三个订单",
    ],
)
def test_other_numbers_are_none(classifier: Classifier, text: str) -> None:
    """Durations, bodies, engines, memories, and what somebody else got."""
    assert classifier.classify(text).values("quantity") == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bought in September and broken", ("September",)),
        ("ordered on 25thDec", ("25thDec",)),
        ("it shows a 2/6 delivery date", ("2/6",)),
        ("since March 3, 2024 nothing", ("March 3, 2024",)),
        ("预约了6.24上门", ("6.24",)),
        ("5.1在店里买的", ("5.1",)),
        ("改到7.5寸的屏", ()),
        ("open 24/7 and 5/5 stars", ()),
        ("I may order again", ()),
    ],
)
def test_short_dates_need_their_words(
    classifier: Classifier, text: str, values: tuple[str, ...]
) -> None:
    """A month alone, 2/6 and 6.24 are dates beside some words and not beside others."""
    assert classifier.classify(text).values("date") == values
