"""Changing the product from outside, by name: a name that is gone ends the driver at once."""

from collections.abc import Callable
from functools import wraps
from typing import Any


def put(owner: Any, name: str, new: Any) -> None:
    """Let `owner` have `new` under a name that it has."""
    if not hasattr(owner, name):
        raise LookupError(f"{owner} has no {name} any more: mend tests/faults")
    setattr(owner, name, new)


def around(
    owner: Any,
    name: str,
    *,
    before: Callable[[], None] = lambda: None,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Do something before and after each call of a function that `owner` has."""
    original: Callable[..., Any] = getattr(owner, name)

    @wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        before()
        answer = original(*args, **kwargs)
        after()
        return answer

    put(owner, name, wrapped)
