"""The whole reading of a mail: total, lazy, and quick on hostile texts."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.model import Category, Matter
from classify.classifier import Classifier
from classify.vocabulary import Vocabulary


def test_start_up_does_not_import_spacy() -> None:
    """Importing the module and building a classifier leaves the costly library alone."""
    program = (
        "import sys\n"
        "from classify.classifier import Classifier\n"
        "from classify.vocabulary import Vocabulary\n"
        "Classifier(Vocabulary())\n"
        "print('spacy' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "False"]


def test_a_wrong_number_format_is_refused_at_once() -> None:
    """A supervisor's slip shows at start-up, not with the first mail."""
    with pytest.raises(ValueError, match="any word"):
        Classifier(Vocabulary(batch_patterns=("***",)))


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The kettle stopped working after a week and smells burnt.", Category.QUALITY),
        ("My parcel was lost by the courier and never arrived.", Category.DELIVERY),
        ("Nobody answers my e-mails and your agent was rude on the phone.", Category.SERVICE),
        ("牛奶是酸的，有一股怪味", Category.QUALITY),
        ("快递一个星期了还没收到", Category.DELIVERY),
        ("客服态度恶劣，打电话没人接", Category.SERVICE),
    ],
)
def test_plain_complaints_are_filed_right(
    classifier: Classifier, text: str, category: Category
) -> None:
    """What any clerk would know at once, the model knows."""
    said = classifier.classify(text)

    assert said.category is category
    assert said.matter is Matter.COMPLAINT
    assert said.labels[category] >= said.score > 0.5


def test_the_evidence_is_in_the_text_as_written(classifier: Classifier) -> None:
    """The words shown to a person are words the sender wrote, in the sender's spelling."""
    text = "The Parcel Never Arrived, Courier lost it."
    said = classifier.classify(text)

    assert said.evidence
    assert all(word in text for word in said.evidence)


def test_a_given_language_is_trusted(classifier: Classifier) -> None:
    """Whoever says the language knows better than a guess."""
    assert classifier.classify("OK", language="zh").language == "zh"
    assert classifier.classify("OK").language == "en"


def test_many_read_as_one_by_one(classifier: Classifier) -> None:
    """A batch gives what single texts give, in order."""
    texts = ["broken kettle", "快递没到", "", "thank you so much, lovely staff"]
    many = list(classifier.classify_many([(text, "", "") for text in texts]))

    assert many == [classifier.classify(text) for text in texts]


def test_the_model_says_its_name_and_version(classifier: Classifier) -> None:
    """Every case can name the model that judged it."""
    name, _, version = classifier.classify("broken").model.rpartition("-")

    assert name == "complaints"
    assert version[0].isdigit()


HOSTILE = {
    "brackets": "(" * 400_000,
    "bracket and quote": "('" * 8000,
    "emoji": "😀" * 70_000,
    "nul": "\0" * 70_000,
    "one word": "a" * 400_000,
    "digits": "1" * 400_000,
    "labels": "lot no " * 12_000,
    "values": "order 12345 " * 12_000,
    "verbs": "bought a " * 9000,
    "chinese": "慢" * 70_000,
    "numerals": "一" * 70_000,
    "titles": "《" * 70_000,
    "phones": "+1 23 " * 12_000,
    "signatures": "regards\n" * 9000,
    "lone surrogates": "\ud800" * 1000,
    "combining": "e\u0301" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_in_two_seconds(classifier: Classifier, name: str) -> None:
    """No text makes us slow or makes us fail."""
    classifier.classify("warm up")
    started = time.monotonic()
    said = classifier.classify(HOSTILE[name])

    assert time.monotonic() - started < 2
    assert 0 <= said.score <= 1


@given(text=st.text(max_size=400), subject=st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_raises(text: str, subject: str) -> None:
    """Reading is total; facts are literal parts of what was read."""
    said = SHARED.classify(text, subject=subject)

    assert sum(said.labels.values()) <= 3
    assert all(fact.value in f"{subject}\n{text}" for fact in said.facts)


SHARED = Classifier(Vocabulary())


def test_a_signature_gives_the_person_and_nothing_of_the_matter(classifier: Classifier) -> None:
    """Who wrote and where to reach them stands below the mail; what else stands there is noise."""
    plain = classifier.classify("The storm kettle leaks.")
    read = classifier.classify(
        "The storm kettle leaks.", signature="Anna Holm\nHolm Bakeries Ltd\nTel: +44 20 7946 0123"
    )

    assert read.values("phone") == ("+44 20 7946 0123",)
    assert (read.category, read.score) == (plain.category, plain.score)
    assert plain.values("phone") == ()
