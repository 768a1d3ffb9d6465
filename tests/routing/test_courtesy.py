"""Whether a reply is mere thanks."""

import time

import pytest

from routing.courtesy import is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "thank you!",
        "Thank you very much.",
        "many thanks, got it",
        "OK",
        "ok, thanks!",
        "谢谢",
        "谢谢您！",
        "收到，谢谢！",
        "好的，谢谢",
        "已解决，辛苦了",
        "多谢～",
        "received. thanks",
    ],
)
def test_thanks_are_only_thanks(text: str) -> None:
    """A polite sentence reopens nothing."""
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks for nothing",
        "Thanks, but it leaks again",
        "谢谢，但是还是漏水",
        "收到，可是壶盖关不上",
        "好的坏的都一样",
        "没解决",
        "not ok",
        "Okay? No!",
        "thanks " * 50,
    ],
)
def test_thanks_with_a_new_matter_are_not(text: str) -> None:
    """One word more than thanks, and a person must read it."""
    assert not is_courtesy(text)


def test_the_name_of_the_writer_adds_nothing() -> None:
    """Thanks signed with one's own name are thanks; another's name is something new."""
    assert is_courtesy("Thank you!\n\nLi Wei", name="Li Wei")
    assert not is_courtesy("Thank you!\n\nLi Wei", name="Wang Fang")


@pytest.mark.parametrize("text", ["ok " * 66 + "x", "谢谢" * 99 + "x", "ok " * 30_000])
def test_hostile_thanks_cost_no_time(text: str) -> None:
    """Repetition is read in less than a second."""
    began = time.perf_counter()
    is_courtesy(text)

    assert time.perf_counter() - began < 1.0
