"""Facts in both languages, and what only looks like one."""

import functools
import gc
import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from cases.incoming import Address, Attachment, ParsedMail
from cases.model import Fact
from classify.classifier import Classifier
from classify.facts import FactFinder
from classify.script import MAX_CHARACTERS
from classify.tokens import CodeTokenizer
from classify.vocabulary import Product, Vocabulary

VOCABULARY = Vocabulary(
    products=(
        Product("Storm kettle", ("storm kettle", "风暴电水壶"), ("KT-200X",), ("K######",)),
        Product("Fresh Milk", ("鲜牛奶",)),
    ),
    batch_patterns=("B####-####",),
    order_patterns=("SO########~luhn",),
)

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
    ("sold with model numbers LB-20V (green), LB-24V (grey)", "model", "LB-24V"),
    ("see also GT-100a, GT-200b, GT-300c, spare parts", "model", "GT-200b"),
    ("UPC 812345067890", "model", "812345067890"),
    ("Lot #: 23A114, 23A115, 23B002; Exp", "batch", "23B002"),
    ("VIN: KM8JUCAC9BU123456", "serial", "KM8JUCAC9BU123456"),
    ("SN: 0099812A and 0099813B", "serial", "0099813B"),
    ("refund my moneyorder no 88123456789", "order", "88123456789"),
    ("awb 618-12345675 never moved", "tracking", "618-12345675"),
    ("韵达快递 4312345678901 一直没更新", "tracking", "4312345678901"),
    ("FedEx 123456789012 says delivered", "tracking", "123456789012"),
    ("Product: Garden hose 20 m\nbroken", "product", "Garden hose 20 m"),
    ("产品名称：电压力锅\n坏了", "product", "电压力锅"),
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
    ("RECALL, 96V0150000, RELATED TO FIRES, CALL", "model"),
    ("LOT NUMBER L10190311 WAS 0042 DAYS OLD", "serial"),
    ("UPS delivered it in 2 days", "tracking"),
    ("住3号楼，坐11号线", "date"),
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


def test_the_subject_is_read_too(classifier: Classifier) -> None:
    """Many people put the number into the subject line."""
    said = classifier.classify("It never came.", subject="Order SO-123456")

    assert said.values("order") == ("SO-123456",)


def test_a_number_with_spaces_is_one_code_not_two(classifier: Classifier) -> None:
    """A second code of one label needs a comma, a word or a new line before it."""
    assert classifier.classify("LOT L10190311 0042").values("batch") == ("L10190311",)
    assert classifier.classify("Lots:\nL1019\nL1020").values("batch") == ("L1019", "L1020")


def test_a_field_left_empty_is_no_fact(classifier: Classifier) -> None:
    """Forms make people write n/a or 无."""
    said = classifier.classify("Product: n/a\n联系人：无\n产品名称：不详")

    assert said.facts == ()


def test_what_attachments_and_tables_say_is_read(classifier: Classifier) -> None:
    """ParsedMail.all_words joins the words of a mail with those of its sheets and forms."""
    sheet = Attachment(name="a.xlsx", type="x", data=b"", text="产品名称：酱油\n批号：A240611")
    mail = ParsedMail(
        sender=Address(addr="a@example.org"),
        sender_certain=True,
        text="Please see the form.\n\nModel\tQT-88\nOrder number\t7733182",
        attachments=(sheet,),
    )
    said = classifier.classify(mail.all_words)

    assert said.values("model") == ("QT-88",)
    assert said.values("order") == ("7733182",)
    assert said.values("batch") == ("A240611",)
    assert said.values("product") == ("酱油",)


@functools.cache
def _bare() -> tuple[Language, FactFinder]:
    """The finder without the model: building one costs half a second."""
    nlp = spacy.blank("xx")
    nlp.tokenizer = CodeTokenizer(nlp.vocab)
    return nlp, FactFinder(nlp, VOCABULARY)


HOSTILE = {
    "at signs": "@",
    "mails": "a@b.",
    "house numbers": "路1号",
    "streets": "1 Ab Cd Ef ",
    "bars": "型号|",
    "tabs": "name\t",
    "companies": "我是公司",
    "codes": "A1B2C, ",
    "purchases": "bought from ",
    "places": "在买",
    "refunds": "退款",
    "refusals": "不退款，",
    "near names": "strom ketle ",
    "near Chinese names": "风暴电",
    "dates": "1/1/2020 ",
    "days": "1号",
    "numbers": "3 ",
    "names": "Ab ",
    "brackets": "(",
    "goods": "手机",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_facts_cost_no_more_than_the_length_of_a_text(name: str) -> None:
    """Twice the text takes about twice the time, far from four times."""
    nlp, finder = _bare()
    docs = [nlp((HOSTILE[name] * MAX_CHARACTERS)[:size]) for size in (16 * 1024, 64 * 1024)]

    def seconds(doc: Doc) -> float:
        """Our own time, the best of three: neighbours and the collector's rounds are not ours."""
        spent = []
        for _ in range(3):
            started = time.process_time()
            finder.find(doc)
            spent.append(time.process_time() - started)
        return min(spent)

    gc.disable()  # the more other tests left behind, the longer each round of it
    try:
        small, large = (seconds(doc) for doc in docs)
    finally:
        gc.enable()

    assert large < max(0.2, 8 * small)


@given(
    text=st.text(
        alphabet="bB K1234567890-风暴电水壶鲜牛奶storm ketle:|\t\n年月号@.。，退款不要",
        max_size=200,
    )
)
@settings(max_examples=200, deadline=None)
def test_facts_are_parts_of_the_text_and_no_text_raises(text: str) -> None:
    """Whatever is near our names and numbers is read without an error."""
    nlp, finder = _bare()
    facts = finder.find(nlp(text))

    assert all(fact.value in text for fact in facts)
