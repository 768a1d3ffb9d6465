"""Facts in both languages, and what only looks like one."""

import pytest

from cases.model import Fact
from classify.classifier import Classifier

FOUND = [
    ("My milk is sour, lot no. 22K0917.", "batch", "22K0917"),
    ("Batch: L-4471/B", "batch", "L-4471/B"),
    ("LOT NUMBER (LN): X2210-0381 / 4 uses", "batch", "X2210-0381"),
    ("批号：ZS2403-18，打开就是酸的", "batch", "ZS2403-18"),
    ("生产批次为C240312", "batch", "C240312"),
    ("Serial number on the back is PX-40188", "serial", "PX-40188"),
    ("S/N 77120045", "serial", "77120045"),
    ("机身号：SN88002713", "serial", "SN88002713"),
    ("my order no 882-1234-5678, please", "order", "882-1234-5678"),
    ("Order#5512098Product is bad", "order", "5512098"),
    ("booking reference: QXLLMA was moved", "order", "QXLLMA"),
    ("订单号 202405180077 一直没发货", "order", "202405180077"),
    ("Tracking number 1Z999AA10123456784 has not moved", "tracking", "1Z999AA10123456784"),
    ("快递单号：SF1234509876543", "tracking", "SF1234509876543"),
    ("model number 1803 leaks", "model", "1803"),
    ("Product# 3972614 is wrong", "model", "3972614"),
    ("型号：YL-50C", "model", "YL-50C"),
    ("call me on 020 7946 0018 please", "phone", "020 7946 0018"),
    ("reach me at (555) 201-3344.", "phone", "(555) 201-3344"),
    ("number is+4479460018123 switched off", "phone", "+4479460018123"),
    ("联系电话：13900001234", "phone", "13900001234"),
    ("打了400-820-8820没人接", "phone", "400-820-8820"),
    ("bought on 17th of August in town", "date", "17th of August"),
    ("since March 3, 2024 nothing", "date", "March 3, 2024"),
    ("ordered 12/03/24 and paid", "date", "12/03/24"),
    ("as of 8/7 no reply", "date", "8/7"),
    ("我于2024年3月2日购买", "date", "2024年3月2日"),
    ("6月12号下单", "date", "6月12号"),
    ("说好14号送到", "date", "14号"),
    ("I ordered 4 football tops", "quantity", "4"),
    ("there were 3 boxes missing", "quantity", "3 boxes"),
    ("我买了两台空调", "quantity", "两台"),
    ("说好500克，实际不到", "quantity", "500克"),
    ("不良数量：12件", "quantity", "12件"),
    ("It broke.\n\nKind regards\nHelen Marsh", "customer", "Helen Marsh"),
    ("My name is Peter Oduya and", "customer", "Peter Oduya"),
    ("姓名：王小明", "customer", "王小明"),
    ("水壶坏了，我姓沈", "customer", "沈"),
    ("请尽快处理，谢谢！\n刘女士", "customer", "刘女士"),
    ("Product: Garden hose 20 m\nbroken", "product", "Garden hose 20 m"),
    ("产品名称：电压力锅\n坏了", "product", "电压力锅"),
    ("I bought a pair of leather boots from you", "product", "leather boots"),
    ("《家常菜》缺页", "product", "《家常菜》"),
    ("新买的空调不制冷", "product", "空调"),
]


@pytest.mark.parametrize(("text", "name", "value"), FOUND)
def test_a_fact_is_found_as_written(
    classifier: Classifier, text: str, name: str, value: str
) -> None:
    """Each kind of fact is read in both languages, in the sender's own spelling."""
    assert value in classifier.classify(text).values(name)


DECOYS = [
    ("I have a lot 2 say about this", "batch"),
    ("see form QR-7.2.3-03 and batch QR-7.2.3-02", "batch"),
    ("不同批次的产品有差别", "batch"),
    ("parking lot 45213 was full", "batch"),
    ("please order 2 pizzas", "order"),
    ("models 2019 and later", "model"),
    ("open 24/7 and 5/5 stars", "date"),
    ("住3号楼，坐11号线", "date"),
    ("it took 3 weeks", "quantity"),
    ("买了一个就后悔", "quantity"),
    ("订单号 13812345678901", "phone"),
    ("order 4155550123456", "phone"),
    ("I will never order from you", "product"),
]


@pytest.mark.parametrize(("text", "name"), DECOYS)
def test_what_only_looks_like_a_fact_is_none(classifier: Classifier, text: str, name: str) -> None:
    """Forms, house numbers, durations and idioms are no facts."""
    assert classifier.classify(text).values(name) == ()


def test_a_product_of_the_catalogue_is_known_by_any_of_its_names(classifier: Classifier) -> None:
    """Our letters may repeat it under the catalogue's name."""
    facts = classifier.classify("你们的鲜牛奶是酸的").facts

    assert Fact(name="product", value="鲜牛奶", known=True, canonical="鲜牛奶 Fresh Milk") in facts


def test_a_model_of_the_catalogue_is_known_without_a_label(classifier: Classifier) -> None:
    """A model number leads to the product it belongs to."""
    facts = classifier.classify("the KT-200X leaks").facts

    assert Fact(name="model", value="KT-200X", known=True, canonical="Storm kettle") in facts


def test_a_number_of_our_own_format_is_known_without_a_label(classifier: Classifier) -> None:
    """The supervisors' formats find batches and orders anywhere."""
    facts = classifier.classify("牛奶20240611A酸了，SO-209310").facts

    assert Fact(name="batch", value="20240611A", known=True) in facts
    assert Fact(name="order", value="SO-209310", known=True) in facts


def test_a_number_of_another_format_is_not_known(classifier: Classifier) -> None:
    """What a stranger made up must not be repeated in our letters."""
    facts = classifier.classify("batch no. XX99887").facts

    assert Fact(name="batch", value="XX99887", known=False) in facts


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("I want a full refund", "refund"),
        ("please send a technician", "visit"),
        ("要求退款", "refund"),
        ("希望更换一台新的", "exchange"),
        ("必须赔礼道歉", "apology"),
    ],
)
def test_what_the_sender_asks_for_is_a_demand(
    classifier: Classifier, text: str, demand: str
) -> None:
    """Demands carry one name in both languages."""
    facts = classifier.classify(text).facts

    assert demand in {fact.canonical for fact in facts if fact.name == "demand"}


@pytest.mark.parametrize("text", ["They gave me no refund", "客服拒绝退款", "不退款"])
def test_what_was_refused_is_not_a_demand(classifier: Classifier, text: str) -> None:
    """A story about a refund asks for none."""
    assert classifier.classify(text).values("demand") == ()


def test_the_subject_is_read_too(classifier: Classifier) -> None:
    """Many people put the number into the subject line."""
    said = classifier.classify("It never came.", subject="Order SO-123456")

    assert said.values("order") == ("SO-123456",)
