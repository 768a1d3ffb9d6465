"""The supervisors' words: which texts they are found in, and which not."""

import time

import pytest

from routing.words import MOST_FOUND, Words, fold, mistake_in


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


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        # alternatives
        ("my (lawyer|solicitor)", "My solicitor and my lawyer", ("my solicitor", "my lawyer")),
        ("(very |)sick", "sick, very sick", ("sick", "very sick")),
        ("(去|进了)医院", "去医院，进了医院", ("去医院", "进了医院")),
        ("burn* by (you|us)", "burned by you", ("burned by you",)),
        # near each other, in either order, in one sentence
        ("cut* ~ finger", "I cut my finger", ("cut … finger",)),
        ("cut* ~ finger", "my finger was cut", ("finger … cut",)),
        ("cut* ~ finger", "I cut it. My finger hurts", ()),
        ("cut* ~ finger", "I cut it\n\nMy finger", ()),
        ("cut* ~ finger", "I cut\nmy finger", ("cut … finger",)),
        ("cut* ~ finger", "cut one two three four five six seven eight finger", ("cut … finger",)),
        ("cut* ~ finger", "cut one two three four five six seven eight nine finger", ()),
        ("手 ~ 划破", "手被边缘划破了", ("手 … 划破",)),
        ("手 ~ 划破", "手很好。袋子划破了", ()),
        ("手 ~ 划破", "手一二三四五六七八九十一二三四五六划破", ("手 … 划破",)),
        ("手 ~ 划破", "手一二三四五六七八九十一二三四五六七划破", ()),
        ("一 ~ 二", "一二", ("一二",)),
        # a denial of either part
        ("baby ~ swallow*", "the baby did not swallow it", ()),
        # traditional signs
        ("受伤", "手受傷了", ("受伤",)),
        ("律師", "我的律师", ("律师",)),
    ],
)
def test_an_entry_may_hold_alternatives_and_two_things_that_are_near(
    entry: str, text: str, found: tuple[str, ...]
) -> None:
    """`(one|other)`, and `~`: at most eight words or sixteen signs between the two."""
    assert Words((entry,)).find(text) == found


@pytest.mark.parametrize(
    ("words", "unless", "text", "found"),
    [
        (("fire",), ("fire sale",), "a fire sale", ()),
        (("fire",), ("fire sale",), "a fire at your fire sale", ("fire",)),
        (("lawyer",), ("(brother|friend) ~ lawyer",), "my brother is a lawyer", ()),
        (("lawyer", "sued"), ("brother ~ lawyer",), "my brother, who sued, is a lawyer", ("sued",)),
        (("爆炸",), ("爆炸糖",), "爆炸糖", ()),
        (("爆炸",), ("爆炸糖",), "爆炸糖爆炸了", ("爆炸",)),
        (("cut ~ finger",), ("finger food",), "cut the finger food", ()),
    ],
)
def test_what_is_part_of_an_exception_does_not_count(
    words: tuple[str, ...], unless: tuple[str, ...], text: str, found: tuple[str, ...]
) -> None:
    """Only the place that the exception covers; the word elsewhere still does."""
    assert Words(words, unless).find(text) == found


def test_a_word_may_need_an_amount_beside_it() -> None:
    """`above`: in the same sentence, near, and really above it."""
    words = Words(("loss",), above=5000)

    assert words.find("a loss of $5,001") == ("loss",)
    assert words.find("a loss of $5,000") == ()
    assert words.find("a loss. I paid $9,000") == ()


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("fine", ""),
        ("refund*", ""),
        ("(a|b*) c ~ 丁", ""),
        ("(very |)sick", ""),
        ("", "has an empty part"),
        ("a ~", "has an empty part"),
        ("(|)", "has an empty part"),
        ("a ~ b ~ c", "has more than one `~`"),
        ("re*fund", "has a star that is not at the end of a word"),
        ("*", "has a star"),
        ("a (*|b)", "has a star"),
        ("(a|b", "write alternatives as (one|other), and none within another"),
        ("a|b", "write alternatives"),
        ("((a|b)|c)", "write alternatives"),
    ],
)
def test_a_mistake_in_an_entry_is_told(entry: str, mistake: str) -> None:
    """In words a supervisor understands; such an entry matches nothing."""
    assert mistake in mistake_in(entry)
    assert bool(mistake_in(entry)) == bool(mistake)
    if mistake:
        assert Words((entry,)).find(f"a b c {entry}") == ()


def test_a_flood_of_words_ends_at_some_point() -> None:
    """The first ones are reason enough."""
    text = " ".join(f"refund{number}" for number in range(1000))

    assert len(Words(("refund*",)).find(text)) == MOST_FOUND


@pytest.mark.parametrize(
    "text",
    [
        "cut finger " * 10_000,
        "cut " * 25_000,
        "finger" * 17_000,
        "fire sale " * 10_000,
        "刀手" * 50_000,
    ],
)
def test_hostile_texts_for_pairs_and_exceptions_cost_no_time(text: str) -> None:
    """Near things and exceptions are looked up, not tried one by one."""
    words = Words(("cut* ~ finger*", "fire", "刀 ~ 手"), ("fire sale", "finger ~ food"), above=1)
    began = time.perf_counter()
    words.find(text)

    assert time.perf_counter() - began < 2.0
