"""Whoever a complaint is about: who is named, who handles and who decides instead (K079)."""

from dataclasses import replace

import pytest

from routing.policy import Policy
from routing.recusal import accused, deciders, names_of, without

A, B, BOSS = "a@example.com", "b@example.com", "gm@example.com"


@pytest.fixture
def named(policy: Policy) -> Policy:
    """Return rules in which Li Wei leads service, and quality stands in."""
    service = replace(
        policy.departments["service"],
        people={"Li Wei": "Li.Wei@example.com", "李伟": "li.wei@example.com"},
        manager="li.wei@example.com",
        stand_in="quality",
    )
    departments = {**policy.departments, "service": service}
    return replace(policy, departments=departments, supervisors=(A, B), management=(BOSS,))


@pytest.mark.parametrize(
    ("words", "found"),
    [("LI WEI shouted", True), ("李伟态度恶劣", True), ("Li Weimar shouted", False), ("", False)],
)
def test_a_name_is_found_as_a_whole(words: str, found: bool, named: Policy) -> None:
    """Whatever its case; a longer name is somebody else."""
    assert bool(accused(words, named)) is found


def test_a_department_without_its_head_gives_the_case_to_its_stand_in(named: Policy) -> None:
    """Only that one; a department that is gone from the rules stays for others to judge."""
    banned = {"li.wei@example.com"}

    assert without(("service", "delivery"), banned, named) == ("quality", "delivery")
    assert without(("service", "quality"), banned, named) == ("quality",)
    assert without(("service", "gone"), {A}, named) == ("service", "gone")


def test_the_accused_are_called_by_the_names_of_the_rules(named: Policy) -> None:
    """Both spellings: a colleague knows one of them."""
    assert names_of({"li.wei@example.com"}, named) == ("Li Wei", "李伟")
    assert names_of(frozenset(), named) == ()


@pytest.mark.parametrize(
    ("asked", "banned", "found"),
    [
        ((A,), {B}, (A,)),
        ((A,), {A}, (B,)),
        ((A, B), {A, B}, (BOSS,)),
        ((A,), {A, B, BOSS}, ()),
        ((), {A}, ()),
    ],
)
def test_somebody_who_is_not_accused_decides(
    asked: tuple[str, ...], banned: set[str], found: tuple[str, ...], named: Policy
) -> None:
    """The other supervisors, then top management; nobody where the rules ask nobody."""
    assert deciders(asked, banned, named) == found
