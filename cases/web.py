"""HTTP as values: a request goes in, an answer comes out, one call does it (`pipeline/web.py`).

Whoever speaks to a web service takes an `Exchange` and knows nothing of sockets.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cases.this_machine import NAMES

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

    def retry_after(self) -> float:
        """Return the seconds that the server asks us to wait (RFC 9110 §10.2.3), 0 if none."""
        try:
            return max(0.0, float(self.headers.get("retry-after", "0")))
        except ValueError:
            return 0.0


Exchange = Callable[[WebRequest], WebAnswer]  #: raises WebFailure if no whole answer came


def url_problem(url: str) -> str:
    """Say why nothing may be sent to `url`, "" if it may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        return "is no URL"
    if parts.scheme == "https" or (parts.scheme == "http" and host in NAMES):
        return ""
    return "must begin with https://, or with http:// and name this machine (127.0.0.1)"
