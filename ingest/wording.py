"""How the word lists of this package become patterns."""

import re


def alternatives(block: str) -> str:
    """Return the lines of `block` joined by "|": a line may end anywhere between two alternatives.

    Blanks at both ends of a line don't count.
    """
    return "|".join(line.strip() for line in block.strip().splitlines())


def any_of(block: str, *, before: str = "", after: str = "", flags: int = 0) -> re.Pattern[str]:
    """Return a pattern, blind to case, of the alternatives in `block` between two others."""
    return re.compile(f"{before}(?:{alternatives(block)}){after}", re.IGNORECASE | flags)
