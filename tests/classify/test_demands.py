"""What people ask for, and what they only tell about or refuse."""

import pytest

from classify.classifier import Classifier


def _demands(classifier: Classifier, text: str) -> set[str]:
    return {fact.canonical for fact in classifier.classify(text).facts if fact.name == "demand"}


@pytest.mark.parametrize(
    ("text", "demands"),
    [
        ("I want a full refund", {"refund"}),
        ("Money back please!", {"refund"}),
        ("Refund my payment now.", {"refund"}),
        ("I don't want a refund, I want a new one", {"exchange"}),
        ("I'd rather not get a voucher. I expect it to be repaired.", {"repair"}),
        ("please send a technician", {"visit"}),
        ("Please resend the missing lid and apologise", {"resend", "apology"}),
        ("I am asking for compensation", {"compensation"}),
        ("要求退款", {"refund"}),
        ("退款！", {"refund"}),
        ("希望更换一台新的", {"exchange"}),
        ("必须赔礼道歉", {"apology"}),
        ("不要退款，我要换一台新的", {"exchange"}),
        ("请上门维修，并道歉", {"visit", "apology"}),
        ("麻烦补发缺少的配件", {"resend"}),
        ("我要假一赔三", {"compensation"}),
    ],
)
def test_what_is_asked_for_is_a_demand(
    classifier: Classifier, text: str, demands: set[str]
) -> None:
    """Demands carry one name in both languages; a refusal does not spill into the next clause."""
    assert _demands(classifier, text) == demands


@pytest.mark.parametrize(
    "text",
    [
        "They gave me no refund",
        "They promised me a refund two weeks ago",
        "The dealer replaced the pump, but it leaks again",
        "Your refund policy is a joke",
        "客服拒绝退款",
        "不退款",
        "商家不给换货",
        "预约了周三上门安装",
        "客服说可以退款但一直没消息",
    ],
)
def test_a_story_or_a_refusal_is_no_demand(classifier: Classifier, text: str) -> None:
    """A story about a refund asks for none."""
    assert _demands(classifier, text) == set()
