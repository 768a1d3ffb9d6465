"""Check digits against the examples that their standards and registrars publish."""

import pytest

from classify.check_digits import CHECKS, gs1, luhn, mod11, mod97

RIGHT = [
    ("luhn", "79927398713"),
    ("luhn", "SO-4539 1488 0343 6467"),
    ("gs1", "4006381333931"),
    ("gs1", "036000291452"),
    ("mod11", "0000000218250097"),
    ("mod11", "000000021694233X"),
    ("mod97", "5493001KJTIIGC8Y1R12"),
    ("mod97", "79444"),
]
WRONG = [
    ("luhn", "79927398710"),
    ("gs1", "4006381333930"),
    ("mod11", "0000000218250098"),
    ("mod97", "5493001KJTIIGC8Y1R13"),
]


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_a_published_number_holds(name: str, value: str) -> None:
    """We compute what the standards compute."""
    assert CHECKS[name](value)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_one_wrong_digit_is_found(name: str, value: str) -> None:
    """That is what check digits are for."""
    assert not CHECKS[name](value)


@pytest.mark.parametrize("value", ["", "X", "7", "１２", "²", "ß9", "-", "A"])
def test_what_is_no_number_fails_without_an_error(value: str) -> None:
    """Values come from strangers."""
    assert not any(check(value) for check in (luhn, gs1, mod11, mod97))


@pytest.mark.parametrize("name", CHECKS)
def test_two_digits_swapped_are_found(name: str) -> None:
    """The commonest slip of the hand; Luhn and GS1 miss but few of them."""
    value = next(text for kind, text in RIGHT if kind == name)
    swapped = [
        value[:at] + value[at + 1] + value[at] + value[at + 2 :]
        for at in range(len(value) - 1)
        if value[at : at + 2].isdigit() and value[at] != value[at + 1]
    ]

    assert sum(not CHECKS[name](text) for text in swapped) > len(swapped) // 2
