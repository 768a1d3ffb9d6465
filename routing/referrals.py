"""A complaint that an authority, association, hotline or platform passes on (K061). Pure."""

import re

from routing.policy import Referrer

#: As number formats in rules.yaml: # a digit, @ a letter, * one to eight of either.
_SIGNS = {"#": "[0-9]", "@": "[A-Za-z]", "*": "[A-Za-z0-9]{1,8}"}


def number_in(words: str, referrer: Referrer) -> str:
    """Return the referrer's own number in a mail, "" if none of its formats is there."""
    for pattern in referrer.numbers:
        body = "".join(_SIGNS.get(sign) or re.escape(sign) for sign in pattern)
        found = re.search(rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])", words[:50_000])
        if found:
            return found[0]
    return ""
