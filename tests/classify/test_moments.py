"""When and where it was bought, and when it happened."""

import pytest

from classify.classifier import Classifier


@pytest.mark.parametrize(
    ("text", "purchased", "incident"),
    [
        (
            "I bought it on 2 March 2024 and it exploded on 9 March 2024.",
            "2 March 2024",
            "9 March 2024",
        ),
        ("Date of purchase: 2024-03-01\nDate of incident: 2024-03-15", "2024-03-01", "2024-03-15"),
        ("On 5 May it caught fire. We ordered it on 1 May.", "1 May", "5 May"),
        ("2024年5月3日购买，5月20日发现漏水", "2024年5月3日", "5月20日"),
        ("购买日期：2024-05-03\n事故日期：2024-05-20", "2024-05-03", "2024-05-20"),
    ],
)
def test_dates_of_purchase_and_incident_are_told_apart(
    classifier: Classifier, text: str, purchased: str, incident: str
) -> None:
    """The verb nearest to a date says what it is; both stay dates."""
    said = classifier.classify(text)

    assert said.values("purchased") == (purchased,)
    assert said.values("incident") == (incident,)
    assert set(said.values("date")) == {purchased, incident}


@pytest.mark.parametrize(
    "text",
    [
        "it was delivered on 3 June 2024",
        "生产日期：2024-05-03",
        "6月12号送到",
        "Exp Date: 04/30/2027",
    ],
)
def test_a_date_of_something_else_is_only_a_date(classifier: Classifier, text: str) -> None:
    """Delivery, production and expiry are neither purchase nor incident."""
    said = classifier.classify(text)

    assert len(said.values("date")) == 1
    assert said.values("purchased") == said.values("incident") == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("I bought this kettle at Harrow Stores in town", "Harrow Stores"),
        ("ordered from lampworld.com last week", "lampworld.com"),
        ("Place of purchase: Corner Hardware", "Corner Hardware"),
        ("上周在国泰商场购买的", "国泰商场"),
        ("在苏宁易购买的洗衣机", "苏宁易购"),
        ("购买渠道：天猫旗舰店", "天猫旗舰店"),
    ],
)
def test_the_place_of_purchase_is_found(classifier: Classifier, text: str, place: str) -> None:
    """Shops, sites and platforms, in both languages."""
    assert classifier.classify(text).values("place") == (place,)


@pytest.mark.parametrize(
    "text",
    ["I bought it in March", "ordered on Monday", "在你们那里买的", "出于信任才买的", "正在购买"],
)
def test_a_time_or_we_ourselves_are_no_place(classifier: Classifier, text: str) -> None:
    """ "In March" is no shop, and "from you" tells nothing."""
    assert classifier.classify(text).values("place") == ()
