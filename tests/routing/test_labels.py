"""The labelled parts of an answer: what is for the complainant, for us, for few."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.labels import PARTS, RESTRICTED, split_parts


@pytest.mark.parametrize("key", PARTS)
@pytest.mark.parametrize("shape", ["{}: seal", "{}：seal", "- **{}:** seal", "1. {} - seal"])
def test_every_word_in_every_shape_is_a_label(key: str, shape: str) -> None:
    """Each word of the table is understood with the marks people put around it, in any case."""
    for word in (*PARTS[key].zh, *PARTS[key].en):
        assert split_parts(shape.format(word.upper())) == ("", {key: "seal"}), word


@pytest.mark.parametrize(
    ("text", "rest", "parts"),
    [
        ("已换新\n原因：老化\n费用：50元", "已换新", {"cause": "老化", "cost": "50元"}),
        ("【原因】老化", "", {"cause": "老化"}),
        ("[Cause] wear", "", {"cause": "wear"}),
        ("（一）原因：老化\n（二）预防措施：抽检", "", {"cause": "老化", "preventive": "抽检"}),
        ("一、原因：老化", "", {"cause": "老化"}),
        ("> Cause: wear", "", {}),
        ("sent\n> Cause: wear\nand a lid", "sent\nand a lid", {}),
        ("Root cause\nwear", "", {"cause": "wear"}),
        ("Root   cause = wear", "", {"cause": "wear"}),
        ("Cause\twear", "", {"cause": "wear"}),
        ("原因-老化", "", {"cause": "老化"}),
        ("原因是：老化", "", {"cause": "老化"}),
        ("The cause: wear", "", {"cause": "wear"}),
        ("Corrective action (owner Li): sorted", "", {"corrective": "sorted"}),
        ("根本原因∶老化", "", {"cause": "老化"}),
        ("糾正措施：換新", "", {"corrective": "換新"}),
        ("ＣＡＵＳＥ：wear", "", {"cause": "wear"}),
        ("cause: a\ncost: 5\ncause: b", "", {"cause": "a\nb", "cost": "5"}),
        ("To the customer:\nDear Ms Li,\n\nsent.\n\nBye", "",
         {"to_complainant": "Dear Ms Li,\n\nsent.\n\nBye"}),
        ("cause:\ncost:\nowner: …\nto the customer: sent", "", {"to_complainant": "sent"}),
        ("We found the cause: wear", "We found the cause: wear", {}),
        ("我们查明了原因：老化", "我们查明了原因：老化", {}),
        ("cost-free repair", "cost-free repair", {}),
        ("causes unknown", "causes unknown", {}),
        ("Customer: Li Wei, 138", "Customer: Li Wei, 138", {}),
        ("客户答复：不同意", "客户答复：不同意", {}),
        ("费用由我们承担", "费用由我们承担", {}),
        ("", "", {}),
    ],
)  # fmt: skip
def test_a_part_runs_to_the_next_label(text: str, rest: str, parts: dict[str, str]) -> None:
    """A label stands at the beginning of a line; within a sentence the word is a word."""
    assert split_parts(text) == (rest, parts)


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("已换新。责任追究：扣罚李四", "已换新。"),
        ("已换新，责任追究：扣罚李四", "已换新，"),
        ("已换新 内部备注：客户难缠", "已换新"),
        ("已换新（内部：客户难缠）", "已换新"),
        ("A new one is sent. Internal: he is a pain", "A new one is sent."),
        ("A new one is sent.\nNot for the customer: a pain", "A new one is sent."),
        ("Sent! **Liability:** Li pays", "Sent!"),
        ("已换新。\n备注：客户难缠", "已换新。"),
        ("已换新。另：客户难缠", "已换新。"),
        ("Sent.\nRemark: a pain", "Sent."),
        ("Sent.\nFYI only: a pain", "Sent."),
        ("Sent.\n\nPS: a pain", "Sent."),
        ("Sent.\nP.S. he is a pain", "Sent."),
        ("Sent.\nPS he is a pain", "Sent."),
    ],
)
def test_what_is_not_for_the_customer_never_hides_in_their_part(text: str, public: str) -> None:
    """Liability and internal notes part a text wherever a sentence begins (K040)."""
    rest, parts = split_parts(f"答复客户：{text}")

    assert (rest, parts["to_complainant"]) == ("", public)
    assert parts.keys() & {"liability", "note"}


def test_no_liability_in_a_sentence_is_no_label() -> None:
    """A polite refusal keeps its words."""
    text = "We can accept no liability: the seal was removed"

    assert split_parts(text) == (text, {})


def test_few_parts_are_restricted() -> None:
    """Liability is, as its register."""
    assert {"liability"} == RESTRICTED


@given(st.text(max_size=200))
def test_any_text_is_split(text: str) -> None:
    """No text raises, and nothing is made up."""
    rest, parts = split_parts(text)

    assert rest in text
    assert set(parts) <= set(PARTS)


@given(st.lists(st.sampled_from([*PARTS, "cause:", "责任追究：", "\n", "。", " x ", "(", "*"])))
def test_no_restricted_label_stays_in_another_part(pieces: list[str]) -> None:
    """Wherever a sentence begins with it, 责任追究 begins a part of its own."""
    _, parts = split_parts("".join(pieces))

    others = [text for key, text in parts.items() if key != "liability"]
    assert not any("责任追究：" in text for text in others)


@pytest.mark.parametrize(
    "text",
    ["原因" * 50_000, "(" * 100_000, "\n" * 100_000, "原因：x\n" * 20_000, "internal:" * 11_000,
     "cause" + " " * 99_000 + "x", "cause " * 16_000, "责任追究：" * 20_000],
)  # fmt: skip
def test_hostile_labels_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    split_parts(text)

    assert time.perf_counter() - began < 1.0
