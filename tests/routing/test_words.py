"""The supervisors' words: which texts they are found in, and which not."""

import time

import pytest

from routing.words import Words, fold


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        # Latin: whole words
        (("sue",), "I will sue you", ("sue",)),
        (("sue",), "I have an issue", ()),
        (("sue",), "Sue!", ("sue",)),
        (("burn",), "it burns", ()),
        (("on fire",), "it was on\n  fire", ("on fire",)),
        (("on fire",), "the salon fired her", ()),
        (("don't",), "I don’t know", ("don't",)),
        # an open end
        (("refund*",), "refunds? I was refunded, a refund!", ("refunds", "refunded", "refund")),
        (("refund*",), "prefund", ()),
        (("injur*",), "an injury", ("injury",)),
        # anywhere in Chinese
        (("起火",), "空气炸锅突然起火了", ("起火",)),
        (("烫伤", "起火"), "起火，手也烫伤", ("起火", "烫伤")),
        # Latin words and numbers within Chinese text are whole words there
        (("12315",), "我要打12315投诉", ("12315",)),
        (("12315",), "订单号112315", ()),
        (("sue",), "我要sue你们", ("sue",)),
        (("sue",), "这个issue很严重", ()),
        (("refund*",), "我要refund了", ("refund",)),
        # width and case
        (("12315",), "拨打１２３１５", ("12315",)),
        (("LAWYER",), "my ｌａｗｙｅｒ", ("lawyer",)),
        (("straße",), "STRASSE", ("strasse",)),
        # the longest one counts, each once, in the order of the text
        (("burn", "burnt hand"), "a burnt hand, a burnt hand and a burn", ("burnt hand", "burn")),
        ((), "anything", ()),
        (("", "  ", "*"), "anything", ()),
    ],
)
def test_words_are_found_as_people_mean_them(
    words: tuple[str, ...], text: str, found: tuple[str, ...]
) -> None:
    """Whole words in Latin script, anywhere in Chinese, whatever case, width and blanks."""
    assert Words(words).find(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "nobody was injured",
        "Fortunately not injured",
        "it is not at all dangerous",
        "it isn't dangerous",
        "without any injuries",
        "没有人受伤",
        "没有受伤",
        "没受伤",
        "幸好无人受伤",
        "并未受伤",
        "并非受伤",
    ],
)
def test_a_negation_right_before_a_word_takes_it_out(text: str) -> None:
    """In both languages, up to two words before it."""
    assert Words(("injur*", "dangerous", "受伤")).find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "It is not new. My hand was injured",
        "not only was he badly injured",
        "no, injured",
        "没有说明书，孩子受伤了",
        "不是第一次了，这次受伤",
    ],
)
def test_a_negation_of_something_else_does_not(text: str) -> None:
    """A sentence, a comma or three words between them part the two."""
    assert Words(("injur*", "受伤")).find(text) != ()


def test_a_word_that_is_there_also_without_negation_counts() -> None:
    """One negated and one plain mention are a mention."""
    assert Words(("injured",)).find("not injured at first, but now injured") == ("injured",)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 20_000,
        "a" * 100_000,
        "refund" * 20_000,
        " " * 100_000 + "x",
        "没有" * 40_000,
        "isn't not no " * 8_000 + "dangerous",
    ],
)
def test_hostile_texts_cost_no_time(text: str) -> None:
    """Hundred thousand characters of repetition are read in less than a second."""
    began = time.perf_counter()
    Words(("refund*", "injured", "受伤", "dangerous", "not not")).find(text)

    assert time.perf_counter() - began < 1.0


def test_fold_is_what_two_spellings_have_in_common() -> None:
    """NFKC, lower case, straight quotes, single blanks; folding twice changes nothing."""
    assert fold("Ｄｏｎ’t  \t\nＳＴＯＰ") == "don't stop"
    assert fold(fold("Ｄｏｎ’t  STOP")) == fold("Ｄｏｎ’t  STOP")
