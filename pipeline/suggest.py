"""The name somebody meant: for every message about a name that we don't know."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100  # characters of a name that is compared; a longer one is no slip of the keyboard


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like `name`, whatever its case; "" if none does."""
    by_look = {one.casefold(): one for one in known}
    near = get_close_matches(name[:_LONGEST].casefold(), by_look, n=1)
    return by_look[near[0]] if near else ""


def suggestion(name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return the question whether the nearest name was meant, else `otherwise`."""
    near = nearest(name, known)
    return f"Did you mean {near!r}?" if near else otherwise
