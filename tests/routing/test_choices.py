"""What a person names: only what our letters promise, and nothing that could mean two things."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.model import Category, Classification, Matter
from routing.choices import LETTERS, Choice, NotOurs, ranked, read_choice, read_not_ours, target
from routing.policy import Policy

Q, S, D, OTHER = Category
NOT_HERE = "not understood"


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("A", Q), ("a", Q), (" a. ", Q), ("Ａ", Q), ("A)", Q), ("(A)", Q), ("选A", Q), ("选 B", S),
        ("A) quality", Q), ("A quality", Q), ("A, thanks", Q), ("C 谢谢", D), ("类别：物流", D),
        ("B, they were rude to her", S), ("A: it is a broken lid", Q), ("*C*", D), ("D", OTHER),
        ("quality", Q), ("Quality.", Q), ("质量", Q), ("质量部", Q), ("品质", NOT_HERE),
        ("质量问题", Q), ("物流", D), ("Logistics", D), ("服务投诉", S), ("Other", OTHER),
        ("是服务的问题", S), ("delivery, the box was wet", D), ("\n\n  C\nbecause of the box", D),
        ("N", None), ("n.", None), ("no complaint", None), ("不是投诉", None), ("N 谢谢", None),
        ("A delivery", NOT_HERE), ("A or B", NOT_HERE), ("A?", NOT_HERE), ("A，还是B", NOT_HERE),
        ("B, not A but delivery", NOT_HERE), ("A customer wrote to me as well", NOT_HERE),
        ("quality, or rather service", NOT_HERE), ("not quality", NOT_HERE), ("不是质量", NOT_HERE),
        ("E", NOT_HERE), ("Apple", NOT_HERE), ("", NOT_HERE), ("please call me\nA", NOT_HERE),
        ("Nobody knows", NOT_HERE), ("A" * 10_000, NOT_HERE),
        ("C, or A", NOT_HERE), ("A, no", NOT_HERE),
        ("A, 不是", NOT_HERE), ("C! Not A!", NOT_HERE), ("B。A也有可能", NOT_HERE),
        ("A: quality; B: service", NOT_HERE), ("C, a parcel was lost", D),
    ],
)  # fmt: skip
def test_an_answer_is_one_letter_or_one_name(text: str, chosen: object, policy: Policy) -> None:
    """In either language, with the decoration people add; doubt is never a decision."""
    found = read_choice(text, policy)

    assert (found.category if found else NOT_HERE) == chosen


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("not ours", ""), ("Not ours.", ""), ("不是我们", ""), ("不是我们的。", ""), ("转交", ""),
        ("Not ours. The courier dropped it.", ""), ("不归我们管", ""),
        ("not ours → delivery", "delivery"), ("not ours -> 物流", "delivery"),
        ("Not ours, logistics", "delivery"), ("转交 物流部", "delivery"),
        ("转交给客服部", "service"),
        ("不是我们的，是物流部的", "delivery"),
        ("not ours: it's for the Quality Department", "quality"),
        ("不是我们的问题", NOT_HERE), ("不是我们的问题，是客户操作不当", NOT_HERE),
        ("转交给张工处理了", NOT_HERE), ("not ours, ask the warehouse", NOT_HERE),
        ("done not ours", NOT_HERE), ("We look into it. Not ours?", NOT_HERE), ("", NOT_HERE),
    ],
)  # fmt: skip
def test_a_department_sends_a_case_back(text: str, department: str, policy: Policy) -> None:
    """With or without a place; "not our fault" and "handed to an engineer" are other things."""
    found = read_not_ours(text, policy)

    named = found.target.department if found and found.target else ""
    assert (named if found else NOT_HERE) == department


def test_a_department_that_no_category_names_can_be_named(policy: Policy) -> None:
    """It is a place to send a case to, though it says nothing of what the case is about."""
    lab = replace(policy.departments["quality"], key="lab", names={"zh": "乳品实验室", "en": "Lab"})
    wider = replace(policy, departments={**policy.departments, "lab": lab})
    found = target("乳品实验室", wider)

    assert found is not None
    assert (found.department, found.category) == ("lab", None)


@pytest.mark.parametrize("words", ["不是我们的问题", "转交 问题"])
def test_a_department_that_is_called_complaints_is_not_meant_by_every_word(
    words: str, policy: Policy
) -> None:
    """投诉处理部 is nothing but what people put around a name; 问题 is nothing at all."""
    desk = replace(policy.departments["service"], key="desk", names={"zh": "投诉处理部", "en": "X"})
    wider = replace(policy, departments={**policy.departments, "desk": desk})

    assert read_not_ours(words, wider) is None
    assert read_choice("问题", wider) is None
    named = target("投诉处理部", wider)
    assert named is not None
    assert named.department == "desk"


def test_the_letters_are_fixed() -> None:
    """A answer may come after the model has changed: A is quality for ever."""
    assert LETTERS == {Q: "A", S: "B", D: "C", OTHER: "D"}


def test_the_best_guess_comes_first_then_the_likeliest() -> None:
    """Also where another label applies with a higher probability."""
    read = Classification(
        language="en",
        matter=Matter.COMPLAINT,
        category=S,
        score=0.4,
        labels={Q: 0.2, S: 0.4, D: 0.5},
    )

    assert ranked(read) == ((S, 0.4), (D, 0.5), (Q, 0.2), (OTHER, 0.0))


@given(st.text(max_size=400))
def test_whatever_is_written_is_read_without_an_error(policy: Policy, text: str) -> None:
    """Both readers are total."""
    assert isinstance(read_choice(text, policy), Choice | None)
    assert isinstance(read_not_ours(text, policy), NotOurs | None)
