"""What the ways in and out by Microsoft Graph share: where a mailbox is, what an error says."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cases.web import WebAnswer

_SAID_CAP = 300  # characters of Graph's words that we repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphError:
    """What Graph says instead of what was asked for."""

    status: int
    code: str  #: such as ErrorItemNotFound
    words: str

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.code} {self.words}".strip()


def graph_error(answer: WebAnswer) -> GraphError:
    """Return Graph's error object `{"error": {"code": …, "message": …}}` of an answer."""
    error = answer.data().get("error")
    told: Mapping[str, object] = error if isinstance(error, dict) else {}
    words = " ".join(str(told.get("message", "")).split())[:_SAID_CAP]
    return GraphError(status=answer.status, code=str(told.get("code", "")), words=words)


def mailbox_url(url: str, user: str) -> str:
    """Return where Graph has the mailbox of `user`; `url` is such as https://graph.microsoft.com."""
    return f"{url}/v1.0/users/{quote(user, safe='@')}"
