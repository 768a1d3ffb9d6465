"""How well words and classifier together tell what is serious, as it is shipped.

The texts of severity.jsonl were written by somebody else, and are hard on purpose: injuries told
in passing, threats without the word lawyer, a police procedural, an ambulance of wood. Those on
even lines were looked at while an earlier, longer version of the lists was written; those on odd
lines never. The goal is a recall of 0.97 and a precision of 0.85, which is not reached yet: the
floors below are what is. Run with ``pytest -s`` to see what is missed.
"""

import json
import sys
from pathlib import Path

import pytest

from cases.model import Category, Classification, Matter
from classify.classifier import Classifier
from classify.vocabulary import Vocabulary
from routing.assess import assess
from routing.policy import Policy

LEAST_RECALL = 0.87  #: of what is serious, how much must be found
LEAST_PRECISION = 0.74  #: of what is taken for serious, how much must be

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("severity.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="session")
def shipped_classifier() -> Classifier:
    """The classifier as it is shipped, without a catalogue of its own."""
    return Classifier(Vocabulary())


def by_words(text: str, policy: Policy) -> str:
    """Return the level of a text whose harm the classifier finds nothing of."""
    plain = Classification(
        language="en", matter=Matter.COMPLAINT, category=Category.OTHER, score=1.0, labels={}
    )
    return assess(text, plain, policy).severity


def test_what_is_serious_is_found_and_little_else(
    shipped_classifier: Classifier, policy: Policy, pytestconfig: pytest.Config
) -> None:
    """A change of words or model that finds less, or raises more false alarms, is noticed here."""
    read = shipped_classifier.classify_many((row["text"], "", "") for row in ROWS)
    shown = pytestconfig.getoption("capture") == "no"  # a red run in CI must not spell them out
    right = found = wanted = 0
    for row, classification in zip(ROWS, read, strict=True):
        level = assess(row["text"], classification, policy).severity
        wanted += row["severity"] == "serious"
        found += level == "serious"
        right += row["severity"] == level == "serious"
        if shown and (row["severity"] == "serious") != (level == "serious"):
            sys.stdout.write(f"{row['severity']}, taken for {level}: {row['text'][:200]}\n")
    recall, precision = right / wanted, right / max(found, 1)
    sys.stdout.write(f"{len(ROWS)} texts: recall {recall:.3f}, precision {precision:.3f}\n")

    assert recall >= LEAST_RECALL
    assert precision >= LEAST_PRECISION


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("The kettle gave me an electric shock", "有人受伤"),
        ("My daughter was injured", "有人受伤"),
        ("It cut my finger", "有人受伤"),
        ("He was taken to hospital", "有人受伤"),
        ("孩子的手被烫伤了", "有人受伤"),
        ("We all got food poisoning", "身体不适"),
        ("She had an allergic reaction", "身体不适"),
        ("孩子吃了上吐下泻", "身体不适"),
        ("The charger caught fire", "安全隐患"),
        ("It could have hurt my daughter", "安全隐患"),
        ("If I had not noticed, it could have killed us", "安全隐患"),
        ("插头冒烟了", "安全隐患"),
        ("刹车失灵", "安全隐患"),
        ("My lawyer will write to you", "法律"),
        ("I will not hesitate to sue you", "法律"),
        ("You will receive a 律师函", "法律"),
        ("We will go to the press", "媒体曝光"),
        ("我要找记者曝光你们", "媒体曝光"),
        ("打了12315", "主管部门或警方"),
        ("I have reported you to trading standards", "主管部门或警方"),
        ("We called the police", "主管部门或警方"),
        ("不得不报警", "主管部门或警方"),
        ("I have nothing left to lose", "过激行为"),
        ("再不解决我就去跳楼", "过激行为"),
    ],
)
def test_the_plain_words_of_each_criterion_are_found(
    text: str, criterion: str, policy: Policy
) -> None:
    """What a supervisor would expect of the lists needs no model, and the reason is named."""
    plain = Classification(
        language="en", matter=Matter.COMPLAINT, category=Category.OTHER, score=1.0, labels={}
    )
    found = assess(text, plain, policy)

    assert found.severity == "serious"
    assert any(criterion in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was hurt and it is not dangerous",
        "The kettle never caught fire",
        "I don't want to go to court",
        "Injuries: none",
        "没有人受伤",
        "未造成伤害",
        "没有危险",
        "我不想打官司",
    ],
)
def test_what_is_denied_is_not_serious(text: str, policy: Policy) -> None:
    """A negation before the word, or the answer of a form, takes it out."""
    assert by_words(text, policy) != "serious"


@pytest.mark.parametrize(
    "text",
    [
        "My brother is a lawyer and likes your chairs",
        "It burned through the battery in an hour",
        "Your fire sale was a killer deal",
        "The tennis court shoes are too small, adding insult to injury",
        "The smoke detector never came",
        "I deleted the e-mail by accident",
        "My order number is 12345",
        "The novel about a murder with a lot of blood came late",
        "这款爆款很火爆",
        "吃了容易上火",
        "产品的着火点写错了",
        "报警器的颜色不对",
        "多媒体音量太小",
        "曝光补偿按钮松了",
        "我要告诉你们一声",
        "订单号12315",
    ],
)
def test_everyday_uses_of_grave_words_are_not_serious(text: str, policy: Policy) -> None:
    """Figurative, or part of another word, or of a product."""
    assert by_words(text, policy) != "serious"
