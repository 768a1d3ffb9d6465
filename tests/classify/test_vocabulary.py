"""Number formats of the supervisors."""

import pytest

from classify.vocabulary import Product, Vocabulary, compile_number, number_format


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


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("SO########~luhn", "SO12345674", "SO12345675"),
        ("#############~gs1", "4006381333931", "4006381333932"),
        ("A-####~mod11", "A-1231", "A-1234"),
        ("LX######~mod97", "LX123412", "LX123413"),
    ],
)
def test_a_check_digit_is_checked(pattern: str, right: str, wrong: str) -> None:
    """Both numbers look right; one of them was mistyped."""
    form = number_format(pattern)

    assert form.fits(right)
    assert form.holds(right)
    assert form.fits(wrong)
    assert not form.holds(wrong)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("SO####~lun", "luhn"),
        ("SO####~", "luhn"),
        ("SO###@~luhn", "end in its check digit"),
        ("SO@#~mod97", "two for mod97"),
        ("~luhn", "end in its check digit"),
    ],
)
def test_a_check_digit_we_cannot_compute_is_refused(pattern: str, word: str) -> None:
    """The message names the ones there are, or where the digit must stand."""
    with pytest.raises(ValueError, match=word):
        number_format(pattern)


def test_a_product_may_have_number_formats_of_its_own() -> None:
    """They are checked with the general ones."""
    vocabulary = Vocabulary(
        products=(Product("Kettle", ("Kettle",), batches=("K####",)),),
        batch_patterns=("B####",),
        order_patterns=("SO####",),
    )

    assert vocabulary.number_formats() == ("B####", "SO####", "K####")
