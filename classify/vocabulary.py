"""What an organisation's own numbers and products look like, as its supervisors wrote it down.

Number formats are not regular expressions, so that no one can write a slow one by accident:
``#`` is a digit, ``@`` a letter A–Z, ``*`` one to eight letters or digits, anything else stands
for itself. ``B####-####`` matches ``B2024-1107``; ``########@`` matches ``20240611A``.
"""

import re
from dataclasses import dataclass

MAX_LENGTH = 64  #: characters of a number format
MAX_STARS = 3  #: each `*` may try eight lengths, so a few must do

_PARTS = {"#": "[0-9]", "@": "[A-Z]", "*": "[A-Z0-9]{1,8}"}


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue."""

    name: str  #: canonical, as our letters write it
    names: tuple[str, ...]  #: all names and aliases customers use, in both languages
    models: tuple[str, ...] = ()  #: model numbers, part numbers, SKUs


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The catalogue and the number formats of one organisation."""

    products: tuple[Product, ...] = ()
    batch_patterns: tuple[str, ...] = ()
    order_patterns: tuple[str, ...] = ()


def compile_number(pattern: str) -> re.Pattern[str]:
    """Turn a number format into a matcher for whole values, blind to case.

    Raises ValueError, with a sentence a supervisor can act on, if it is empty, too long, has more
    than three ``*`` or nothing but ``*``, or holds white space at either end.
    """
    if not pattern or pattern != pattern.strip():
        raise ValueError(f"the number format {pattern!r} is empty or has a space at its ends")
    if len(pattern) > MAX_LENGTH:
        raise ValueError(f"the number format {pattern[:20]!r}… is longer than {MAX_LENGTH}")
    if pattern.count("*") > MAX_STARS:
        raise ValueError(f"the number format {pattern!r} has more than {MAX_STARS} `*`")
    if not pattern.strip("*"):
        raise ValueError(f"the number format {pattern!r} would match any word; add a # or a letter")
    body = "".join(_PARTS.get(sign) or re.escape(sign) for sign in pattern)
    return re.compile(body, re.IGNORECASE | re.ASCII)
