"""Denials: what is said not to be, and what only sounds so."""

import pytest

from routing.words import Words, fold

WORDS = Words(
    (
        "hurt",
        "injur*",
        "danger*",
        "sue",
        "lawyer",
        "explod*",
        "受伤",
        "起火",
        "起诉",
        "律师",
        "曝光",
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "no one was hurt",
        "no one in the whole house was hurt",
        "none of us was injured",
        "I don't think anyone got hurt",
        "we were not hurt or injured",
        "It didnt explode",
        "there is no danger",
        "I'm not the type to run to a lawyer over this",
        "Injuries: none",
        "even if nobody was hurt",
        "没有造成人员受伤",
        "没有人因此受伤",
        "未造成人身伤害，也没有起火",
        "没有发生起火",
        "我不想起诉",
        "不会起火",
        "人员受伤：无",
        "我不是那种动不动就找律师、要曝光的人",
    ],
)
def test_what_is_denied_does_not_count(text: str) -> None:
    """In both languages, within the clause, and in forms."""
    assert WORDS.find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I will not hesitate to sue",
        "don't make me sue you",
        "We have no choice but to sue",
        "not only hurt",
        "If I had not been there she would be hurt",
        "Had I not caught him he would be hurt",
        "no, it exploded",
        "nobody answered and I was hurt",
        "不得不起诉",
        "不能不起诉",
        "差点没受伤",
        "要不是我没走开，孩子就受伤了",
        "再不解决就起诉",
        "不然就曝光",
        "没过几天就起火",
    ],
)
def test_what_only_sounds_like_a_denial_counts(text: str) -> None:
    """Threats, near misses, and negations of something else."""
    assert WORDS.find(text) != ()


def test_folding_keeps_what_denials_are_made_of() -> None:
    """Straight quotes and single blanks are what the patterns are written for."""
    assert fold("Isn’t   it") == "isn't it"
