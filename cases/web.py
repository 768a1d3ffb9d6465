"""HTTP as values: a request goes in, an answer comes out, one call does it (`pipeline/web.py`).

Whoever speaks to a web service takes an `Exchange` and knows nothing of sockets.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ANSWER_CAP = 2 * 2**20  #: bytes of an answer that are read if a request names no other number


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """What is asked; neither header fields nor body appear in its repr, for tokens are in them."""

    method: str
    url: str  #: https, or http to this machine
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    limit: int = ANSWER_CAP  #: bytes of the answer's body that are wanted at most


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAnswer:
    """What a server answered; any status is an answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  #: names in lower case
    body: bytes = field(default=b"", repr=False)
    cut: bool = False  #: there was more than the request's limit; the rest was not read

    def data(self) -> dict[str, object]:
        """Return the body as a JSON object, an empty one if it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


Exchange = Callable[[WebRequest], WebAnswer]  #: raises WebFailure if no whole answer came
