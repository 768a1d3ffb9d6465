"""Check digits that number formats may ask for; what each computes stands in its docstring.

All are total: what is no such number fails. The check stands at the end of the number.
"""

from collections.abc import Callable, Mapping


def luhn(value: str) -> bool:
    """Check the last digit by Luhn's formula (ISO/IEC 7812-1, annex B); other signs do not count.

    Cards, IMEI numbers and many order numbers use it.
    """
    digits = _digits(value)
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(digits) > 1 and total % 10 == 0


def gs1(value: str) -> bool:
    """Check the last digit as GS1 does for GTIN, EAN and SSCC: weights 3 and 1 from the right."""
    digits = _digits(value)
    total = sum(digits[-1::-2]) + 3 * sum(digits[-2::-2])
    return len(digits) > 1 and total % 10 == 0


def mod11(value: str) -> bool:
    """Check the last digit, or X for ten, by ISO/IEC 7064 MOD 11-2; letters before do not count."""
    last = value[-1:].upper()
    digits = _digits(value[:-1])
    if not digits or not (_digits(last) or last == "X"):
        return False
    rest = 0
    for digit in digits:
        rest = (rest + digit) * 2 % 11
    return (rest + (10 if last == "X" else int(last))) % 11 == 1


def mod97(value: str) -> bool:
    """Check the last two digits by ISO/IEC 7064 MOD 97-10; letters count, as A = 10 to Z = 35."""
    signs = [sign for sign in value.upper() if sign.isascii() and sign.isalnum()]
    if len(signs) < 3 or not (signs[-1].isdigit() and signs[-2].isdigit()):
        return False
    rest = 0
    for sign in signs:
        number = int(sign, 36)
        rest = (rest * (100 if number > 9 else 10) + number) % 97
    return rest == 1


def _digits(value: str) -> list[int]:
    return [int(sign) for sign in value if sign.isascii() and sign.isdigit()]


#: by the word that stands behind `~` in a number format
CHECKS: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn,
    "gs1": gs1,
    "mod11": mod11,
    "mod97": mod97,
}
