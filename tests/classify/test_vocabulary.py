"""Number formats of the supervisors."""

import pytest

from classify.vocabulary import Vocabulary, compile_number


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("B####-####", "B2024-1107"),
        ("########@", "20240611A"),
        ("SO*", "SO88123"),
        ("L.#", "l.5"),
        ("批##", "批07"),
    ],
)
def test_a_format_matches_the_values_it_describes(pattern: str, value: str) -> None:
    """`#` is a digit, `@` a letter, `*` a few of both; case does not count."""
    assert compile_number(pattern).fullmatch(value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("B####", "B123"),
        ("##@", "123"),
        ("L.#", "Lx5"),
        ("SO*", "SO"),
        ("SO*", "SO123456789"),
        ("##", "１２"),
    ],
)
def test_a_format_refuses_anything_else(pattern: str, value: str) -> None:
    """A dot is a dot, and `*` ends after eight characters."""
    assert not compile_number(pattern).fullmatch(value)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("", "empty"),
        (" B#", "space"),
        ("#" * 65, "longer"),
        ("*-*-*-*", "more than"),
        ("**", "any word"),
    ],
)
def test_a_useless_format_is_refused_with_a_reason(pattern: str, word: str) -> None:
    """The message says what to change."""
    with pytest.raises(ValueError, match=word):
        compile_number(pattern)


def test_an_empty_vocabulary_is_a_vocabulary() -> None:
    """An organisation may start without a catalogue."""
    assert Vocabulary().products == ()
