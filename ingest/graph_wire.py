"""Microsoft Graph's calls on one mailbox: pages, patience, and errors in words.

Tokens and the pauses that Graph asks for are the business of whoever gives us the `Exchange`.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, urlencode

from cases.errors import MailboxUnavailable, SignInFailed, WebFailure
from cases.graph import GraphError, graph_error, mailbox_url
from cases.web import Exchange, WebAnswer, WebRequest

PAGE = 1000  #: messages of one answer; Graph gives no more
_PAGES = 1000  # of one list, so that no server leads us round in a circle
_PAGE_CAP = 16 * 2**20  # bytes of such an answer
_PAUSES = (1.0, 3.0)  # seconds before a repetition when Graph is not well
_MOST_PATIENCE = 5.0  # seconds; a longer pause is left to the next poll
# A mail keeps such an id wherever it is moved within the mailbox.
_IDS = {"Prefer": 'IdType="ImmutableId"', "Accept": "application/json"}


class Refused(Exception):
    """Graph answered with an error that belongs to this one request."""

    def __init__(self, error: GraphError) -> None:
        self.error = error
        super().__init__(str(error))


class GraphWire:
    """Calls on the mailbox of one user; everything that is no answer is MailboxUnavailable."""

    def __init__(
        self,
        name: str,
        *,
        url: str,
        user: str,
        exchange: Exchange,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url` is Graph's, such as https://graph.microsoft.com."""
        self.name = name
        self._base = mailbox_url(url, user)
        self._exchange, self._sleep = exchange, sleep

    def get(self, path: str, **query: str) -> dict[str, object]:
        """Return an object; raises Refused for an error of this request alone."""
        return self._object(WebRequest(method="GET", url=self._url(path, query), headers=_IDS))

    def list(self, path: str, **query: str) -> Iterator[Mapping[str, object]]:
        """Yield every item of a collection, page by page."""
        url = self._url(path, query)
        for _ in range(_PAGES):
            page = WebRequest(method="GET", url=url, headers=_IDS, limit=_PAGE_CAP)
            found = self._object(page)
            items = found.get("value")
            if not isinstance(items, list):
                raise MailboxUnavailable(self.name, "Graph gives no list where there should be one")
            yield from (item for item in items if isinstance(item, dict))
            following = found.get("@odata.nextLink")
            if not isinstance(following, str):
                return
            url = following
        raise MailboxUnavailable(self.name, "Graph's list does not end")

    def raw(self, path: str, *, limit: int) -> WebAnswer:
        """Return bytes, at most `limit` of them."""
        return self._ask(
            WebRequest(method="GET", url=self._url(path, {}), headers=_IDS, limit=limit)
        )

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, object]:
        """Create or move something and return it. It is repeated only when nothing was done."""
        request = WebRequest(
            method="POST",
            url=self._url(path, {}),
            headers={**_IDS, "Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )
        return self._object(request)

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        asked = {f"${key}": value for key, value in query.items()}
        return f"{self._base}/{path}" + (f"?{urlencode(asked, quote_via=quote)}" if asked else "")

    def _object(self, request: WebRequest) -> dict[str, object]:
        answer = self._ask(request)
        if answer.cut:
            raise MailboxUnavailable(self.name, "Graph's answer is too long")
        return answer.data()

    def _ask(self, request: WebRequest) -> WebAnswer:
        answer = self._send(request)
        for pause in _PAUSES:
            if not self._passes(request, answer):
                break
            wish = answer.retry_after()
            if wish > _MOST_PATIENCE:
                break
            self._sleep(max(pause, wish))
            answer = self._send(request)
        if answer.status < 300:
            return answer
        error = graph_error(answer)
        if answer.status in (401, 403):
            why = f"Graph refuses this sign-in: {error}"
            raise MailboxUnavailable(self.name, why, refused=True)
        if answer.status in (408, 429, 502, 503, 504):
            raise MailboxUnavailable(self.name, f"Graph asks us to wait: {error}")
        raise Refused(error)

    @staticmethod
    def _passes(request: WebRequest, answer: WebAnswer) -> bool:
        """Tell whether the same request may go well in a moment, and may be repeated at all."""
        if answer.status in (429, 503):  # Graph did nothing
            return True
        return request.method == "GET" and answer.status in (408, 500, 502, 504)

    def _send(self, request: WebRequest) -> WebAnswer:
        try:
            return self._exchange(request)
        except SignInFailed as error:
            raise MailboxUnavailable(self.name, str(error), refused=error.refused) from error
        except WebFailure as error:
            raise MailboxUnavailable(self.name, error.why) from error
