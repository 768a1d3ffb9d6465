"""Many lists of words in one go: the same as one by one, and quick."""

import copy
import json
import pickle
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.policy import Policy
from routing.rules import Condition, Effect, Rule
from routing.word_index import WordIndex, index_of
from routing.words import Words, mistake_in

ROOT = Path(__file__).parents[2]

_LATIN = ("a", "ab", "abc", "sick", "hot dog", "hot", "loss", "no", "not", "café", "12315", "don't")
_CHINESE = ("受", "受伤", "伤", "虫", "虫子", "没", "没有", "退款", "醫院", "12元")
_GLUE = (*" '.;!*?", ". ", "。", "\n\n", "\n", "ed", "$6,000", "五万元", "…", "ｌｏｓｓ", "：无")

_plain = st.sampled_from(_LATIN + _CHINESE)
_word = st.tuples(_plain, st.sampled_from(["", "", "*", " ", " sick"])).map("".join)
_group = st.lists(_word | st.just(""), min_size=1, max_size=4).map(lambda a: f"({'|'.join(a)})")
_side = st.lists(_word | _group, min_size=1, max_size=4).map("".join)
_pair = st.tuples(_side, _side).map(" ~ ".join)
_entry = _word | _side | _pair | st.sampled_from(["", "*", "(a", "a ~ b ~ c"])
_list = st.builds(
    Words,
    st.lists(_entry, max_size=5).map(tuple),
    st.lists(_entry, max_size=2).map(tuple),
    st.sampled_from([0, 0, 0, 5000.0]),
)
_piece = st.sampled_from(_LATIN + _CHINESE + _GLUE) | st.just(" ")
_text = st.lists(_piece, max_size=40).map("".join) | st.text(st.characters())


def _agree(index: WordIndex, lists: list[Words], text: str) -> int:
    """Return how many lists find something in `text`; fails if a list by itself says otherwise."""
    found = index.search(text)
    for words in lists:
        assert found.of(words) == words.find(text), words
    return sum(bool(found.of(words)) for words in lists)


def _texts(*, every: int = 1) -> Iterator[str]:
    """Yield complaints as people write them: one or two sentences, whole mails, rows of a form."""
    for path in sorted((ROOT / "classify" / "data").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::every]:
            yield json.loads(line)["text"]
    severity = ROOT / "tests" / "routing" / "severity.jsonl"
    for line in severity.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]
    for path in sorted((ROOT / "tests" / "mail").glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))["text"]


@given(st.lists(_list, min_size=1, max_size=4), st.lists(_text, max_size=3))
def test_it_finds_what_each_list_finds_by_itself(lists: list[Words], texts: list[str]) -> None:
    """Whatever the entries and exceptions are, with and without an amount, in any text."""
    index = WordIndex(lists)

    for text in texts:
        _agree(index, lists, text)


def test_in_mails_it_finds_what_the_shipped_lists_find(policy: Policy) -> None:
    """Every list of rules.yaml, in mails as people write them, short and long."""
    criteria = [one.words for level in policy.severities for one in level.criteria]
    below = [one.words for category in policy.categories.values() for one in category.sub]
    lists = [*criteria, *below, *(rule.when.words for rule in policy.rules if rule.when.words)]
    index = index_of(policy)

    hits = [_agree(index, lists, text) for text in _texts(every=40)]

    assert len(lists) > 20
    assert sum(hits) > len(hits) / 2


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("(very |)sick", "sick"),
        ("(a|b*) (c|d) ~ 丁", "丁 bcc d"),
        # begins in too many ways for them to be told
        ("(|a)(|b)(|c)(|d)(|e)(|f)(|g)(|h)x", "we bx"),
        ("(a|b)(|b)(|c)(|d)(|e)(|f)(|g)(|h)x", "we bbx"),
        ("x ~ (|a)(|b)(|c)(|d)(|e)(|f)(|g)(|h)y", "x by"),
        ("(|a)(|b)(|c)(|d)(|e)(|f)(|g)(|h)y ~ x", "x by"),
        ("12315", "打12315"),
        ("12315", "12315"),
        ("refund*", "no. refunded"),
        ("a.b?c", "a.b?c"),
        ("起\ud800火", "起\ud800火"),
    ],
)
def test_every_form_of_entry_is_found(entry: str, text: str) -> None:
    """At the beginning and at the end of a text, too."""
    words = Words((entry,))

    assert mistake_in(entry) == ""
    assert words.find(text) != ()
    assert WordIndex([words]).search(text).of(words) == words.find(text)


@pytest.mark.parametrize("text", ["", " ", "a refund", "起火\udc80 refund", "\0", "ﬃ ΐ refund"])
def test_any_text_is_searched(text: str) -> None:
    """Also one with half a sign, as broken mails have them, and by an index of nothing."""
    words = Words(("refund", "起火"))

    assert WordIndex([words]).search(text).of(words) == words.find(text)
    assert WordIndex([]).search(text).of(words) == words.find(text)


def test_a_list_is_looked_up_once() -> None:
    """What it found is kept for who asks next."""
    words = Words(("refund*",))
    found = WordIndex([words]).search("refunds")

    assert found.of(words) == ("refunds",)
    assert found.of(words) is found.of(words)


def test_a_list_that_is_not_in_the_index_is_asked_itself() -> None:
    """Also one that says the same as a list of the index."""
    found = WordIndex([Words(("refund",))]).search("a refund for the fire")

    assert found.of(Words(("fire",))) == ("fire",)
    assert found.of(Words(("refund",))) == ("refund",)


@pytest.mark.parametrize(
    "copied",
    [
        copy.deepcopy,
        lambda one: pickle.loads(pickle.dumps(one)),  # noqa: S301 - ours
    ],
)
def test_a_copy_finds_what_it_is_asked_for(
    copied: Callable[[tuple[WordIndex, Words]], tuple[WordIndex, Words]],
) -> None:
    """A copy of an index knows the copies of its lists; the lists it came from are strangers."""
    words = Words(("refund",))
    index = WordIndex([words])
    assert index.search("a refund").of(words) == ("refund",)

    again, same = copied((index, words))

    assert again.search("a refund").of(same) == ("refund",)
    assert again.search("a refund").of(words) == ("refund",)


def test_a_policy_has_one_index(policy: Policy) -> None:
    """The same one for the same policy, until others have come; a changed policy has its own."""
    index = index_of(policy)

    assert index_of(policy) is index
    assert index_of(replace(policy)) is not index
    assert index_of(policy) is index

    for _ in range(10):
        index_of(replace(policy))

    assert index_of(policy) is not index


def test_the_index_of_a_policy_has_the_lists_of_conditions_within_others(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is found without a search of its own; a region is looked for in other texts."""
    lists = [Words((f"word{number}",)) for number in range(4)]
    never = Condition(never=(Condition(words=lists[2]),))
    when = Condition(words=lists[0], every=(Condition(words=lists[1]),), some=(never,))
    where = Condition(region=lists[3])
    rules = [Rule(name="", when=one, then=Effect()) for one in (when, where)]
    found = index_of(replace(policy, rules=tuple(rules))).search("word0 word1 word2 word3")

    monkeypatch.setattr(Words, "find", lambda *_: ("by itself",))

    answers = [found.of(words) for words in lists]
    assert answers == [("word0",), ("word1",), ("word2",), ("by itself",)]


def test_500_rules_of_ten_words_cost_no_time() -> None:
    """A mail takes them a millisecond; five are allowed here, of our own time."""
    chance = random.Random(1)  # noqa: S311 - no secret
    texts = list(_texts())
    lists = [Words(_ten_words(chance, " ".join(chance.sample(texts, 800)))) for _ in range(500)]
    mails = ["\n\n".join(chance.sample(texts, 60))[:2000] for _ in range(120)]
    index = WordIndex(lists)
    took = [_time_of(index, lists, mail) for mail in mails]

    assert {len(mail) for mail in mails} == {2000}
    assert _agree(index, lists, mails[0]) > 20  # many more than a mail ought to hit
    assert sorted(took[20:])[50] < 0.005  # once most lists were needed


def _ten_words(chance: random.Random, text: str) -> tuple[str, ...]:
    """Return ten entries of several forms, made of the words of `text`."""
    latin = sorted(set(re.findall(r"\b[a-z]{5,12}\b", text)))
    chinese = sorted(set(re.findall(r"[一-鿿]{2}", text)))
    a, b, c, d, e, f = chance.sample(latin, 6)
    v, w, x, y, z = chance.sample(chinese, 5)
    return a, b, f"{c}*", f"({d}|{e}) {f}", f"{e} ~ {f}", v, w, x, f"({y}|{z})", f"{y} ~ {z}"


def _time_of(index: WordIndex, lists: list[Words], mail: str) -> float:
    began = time.process_time()
    found = index.search(mail)
    for words in lists:
        found.of(words)
    return time.process_time() - began
