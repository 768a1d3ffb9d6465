"""What an organisation's own numbers and products look like, as its supervisors wrote it down.

Number formats are not regular expressions, so that no one can write a slow one by accident:
``#`` is a digit, ``@`` a letter A–Z, ``*`` one to eight letters or digits, anything else stands
for itself. ``B####-####`` matches ``B2024-1107``; ``########@`` matches ``20240611A``.

A format may end in ``~`` and the name of a check digit, which is the number's last digit:
``SO########~luhn`` (Luhn), ``~gs1`` (GTIN, EAN), ``~mod11`` (ISO/IEC 7064 MOD 11-2, a last ``#``
may then be ``X``), and ``~mod97`` (ISO/IEC 7064 MOD 97-10, the last two digits). A number of the
right look with a wrong check digit is kept, but doubted: somebody mistyped it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from classify.check_digits import CHECKS

MAX_LENGTH = 64  #: characters of a number format
MAX_STARS = 3  #: each `*` may try eight lengths, so a few must do

_PARTS = {"#": "[0-9]", "@": "[A-Z]", "*": "[A-Z0-9]{1,8}"}


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue."""

    name: str  #: canonical, as our letters write it
    names: tuple[str, ...]  #: all names and aliases customers use, in both languages
    models: tuple[str, ...] = ()  #: model numbers, part numbers, SKUs
    batches: tuple[str, ...] = ()  #: number formats of its own batches


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue and the number formats of one organisation."""

    products: tuple[Product, ...] = ()
    batch_patterns: tuple[str, ...] = ()
    order_patterns: tuple[str, ...] = ()

    def number_formats(self) -> tuple[str, ...]:
        """Return every number format, those of the products included."""
        own = (pattern for product in self.products for pattern in product.batches)
        return (*self.batch_patterns, *self.order_patterns, *own)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format, ready to match."""

    whole: re.Pattern[str]  #: matches whole values, blind to case
    check: Callable[[str], bool] | None  #: of the check digit, None if it asks for none
    distinct: bool  #: it has a letter or digit of its own, so it is known without a label

    def fits(self, value: str) -> bool:
        """Tell whether `value` looks so; the check digit may still be wrong."""
        return bool(self.whole.fullmatch(value))

    def holds(self, value: str) -> bool:
        """Tell whether `value` looks so and its check digit is right."""
        return self.fits(value) and (self.check is None or self.check(value))


def compile_number(pattern: str) -> re.Pattern[str]:
    """Turn a number format into a matcher for whole values, blind to case and to check digits.

    Raises ValueError as `number_format` does.
    """
    return number_format(pattern).whole


def number_format(pattern: str) -> NumberFormat:
    """Read a number format.

    Raises ValueError, with a sentence a supervisor can act on, if it is empty, too long, has more
    than three ``*`` or nothing but ``*``, holds white space at either end, or names a check digit
    that we do not know or that it has no room for.
    """
    if not pattern or pattern != pattern.strip():
        raise ValueError(f"the number format {pattern!r} is empty or has a space at its ends")
    if len(pattern) > MAX_LENGTH:
        raise ValueError(f"the number format {pattern[:20]!r}… is longer than {MAX_LENGTH}")
    body, tilde, name = pattern.partition("~")
    if tilde and name not in CHECKS:
        raise ValueError(
            f"the number format {pattern!r} ends in an unknown check digit; "
            f"behind `~` may stand {', '.join(CHECKS)}"
        )
    if tilde and not body.endswith("#" if name != "mod97" else "##"):
        raise ValueError(
            f"the number format {pattern!r} must end in its check digit: a `#`, or"
            " two for mod97, before the `~`"
        )
    if body.count("*") > MAX_STARS:
        raise ValueError(f"the number format {pattern!r} has more than {MAX_STARS} `*`")
    if not body.strip("*"):
        raise ValueError(f"the number format {pattern!r} would match any word; add a # or a letter")
    parts = [_PARTS.get(sign) or re.escape(sign) for sign in body]
    if name == "mod11":
        parts[-1] = "[0-9X]"
    return NumberFormat(
        whole=re.compile("".join(parts), re.IGNORECASE | re.ASCII),
        check=CHECKS.get(name),
        distinct=any(sign.isalnum() for sign in body),
    )
