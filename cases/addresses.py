"""What can be told of an address by looking at it. Pure."""

import re

_ADDR = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,9}"
)


def sendable(addr: str) -> bool:
    """Tell whether we can write to `addr` without SMTPUTF8 (F58); others are a person's task."""
    return len(addr) <= 320 and _ADDR.fullmatch(addr) is not None
