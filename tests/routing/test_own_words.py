"""What of a reply is the writer's own: no quoted line, no signature, no disclaimer."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.own_words import is_address, own_words, spoken, unsigned

ANSWER = "We send you a new kettle.\n\nPlease keep the old one."


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> done: x\n\nI look into it.", "\nI look into it."),
        ("a\n  > b\n\t＞ c\n﹥ d\n\u200b> e\nf", "a\nf"),
        ("a > b", "a > b"),
        ("-> a", "-> a"),
        ("> a", ""),
    ],
)
def test_a_quoted_line_is_nobodys_word(text: str, own: str) -> None:
    """A ">" at the beginning of a line quotes, half or full width, behind blanks or not."""
    assert own_words(text) == own


@pytest.mark.parametrize(
    "below",
    [
        "Best regards\nLi Wei\next 4711",
        "Kind regards,\n\nLi Wei\nQuality",
        "此致\n敬礼\n李伟 分机 4711",
        "祝好！\n李伟",
        "\n\n张三\n质量部\n 4711",
        "Li Wei | Quality | ext 4711",
        "发自我的企业微信",
        "Sent from my iPhone",
        "Boss/NORTH\n23.11.2026 09:00\nTo QA/NORTH\nSubject kettle\n\nHe is a liar",
        "This e-mail is confidential and only for internal use.",
        "This e-mail and any files\nare confidential.",
        "本邮件仅供内部使用，请勿外传。",
        "Disclaimer: opinions are my own.",
    ],
)
def test_a_signature_does_not_go_out(below: str) -> None:
    """Extension numbers, disclaimers and an older mail stay in the house."""
    assert unsigned(f"{ANSWER}\n\n{below}\n") == ANSWER


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "Dear Ms Wang,\n\nsent.\n\nQuality",
        "王女士您好，\n\n新壶已寄出。\n\n售后部\n电话 400-123",
        "Best, we think, is to replace it.\nBest wishes, and please keep the old one until then.",
        "Sent from our warehouse on Monday.\nIt reaches you soon.",
        "We send it.\n\nLi Wei will call you.\nHe works in our service department.",
        "Li Wei\nQuality",
        "Best regards\n" + "This is a long answer.\n" * 20 + "End",
        "",
    ],
)
def test_an_answer_is_never_cut(text: str) -> None:
    """What may be meant for the customer stays."""
    assert unsigned(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Li Wei", "李伟", "张总", "先锋电器有限公司", "后勤保障部", "不锈钢事业部 李总",
        "Tel: 4711",
        "John Smith", "Purchasing Manager, North Wind Limited, London", "Best regards, Anna",
        "质量部 13800001111", "qa@example.com",
        "2026年11月23日", "www.example.com", "发自我的iPhone", "---", "",
    ],
)  # fmt: skip
def test_a_line_of_an_address_says_nothing(line: str) -> None:
    """Names, houses, titles, telephones, closings."""
    assert is_address(line)


@pytest.mark.parametrize(
    "line",
    [
        "金额减半", "请先转给财务部", "钱不够", "高一点", "But wait", "call me first", "50000",
        "Partial Refund", "全额退款", "我不满意贵公司", "Not yet", "reduce to 50", "改李总签",
    ],
)  # fmt: skip
def test_a_line_that_may_be_a_wish_is_no_address(line: str) -> None:
    """In doubt somebody said something."""
    assert not is_address(line)


def test_only_the_end_is_taken_off() -> None:
    """A signature above other words stays, and so does the first line."""
    assert spoken("同意\n\n李总\n金额减半\n李总") == "同意\n\n李总\n金额减半"
    assert spoken("李总\n先锋电器有限公司") == "李总"


@given(st.text(max_size=300))
def test_any_text_is_cut(text: str) -> None:
    """No text raises, and nothing is made up."""
    assert all(line.strip() in text for line in own_words(text).splitlines())
    assert all(line.strip() in text for line in unsigned(text).splitlines())
    assert all(line.strip() in text for line in spoken(text).splitlines())


@pytest.mark.parametrize(
    "text",
    ["\n" * 50_000 + "A\n" * 25_000, "Best\n" * 20_000, "this email " * 9_000, "a/b\n" * 25_000,
     "> \n" * 30_000, "祝" * 90_000, "Li Wei |" * 10_000, "先" * 30 + "部" * 90_000,
     "a@" * 40_000, "1" * 90_000],
)  # fmt: skip
def test_hostile_texts_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    unsigned(own_words(text))
    spoken(text)

    assert time.perf_counter() - began < 1.0
