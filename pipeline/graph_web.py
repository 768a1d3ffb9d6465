"""Microsoft Graph with a token: an `Exchange` that signs in by itself and keeps the peace.

A refused token is followed by a fresh one at once, a second refusal by a pause (F31). When Graph
asks to wait (429, 503 with Retry-After), nothing is sent to it meanwhile, for whatever thread.
"""

import threading
import time
from dataclasses import replace

from cases.errors import SignInFailed, WebFailure
from cases.graph import graph_error
from cases.login import Refusals, Token
from cases.web import Exchange, WebAnswer, WebRequest

_MOST_WAIT = 600.0  # seconds; a longer wish is taken for a mistake


class GraphWeb:
    """Sends requests below one address; threads may share it."""

    def __init__(self, exchange: Exchange, token: Token, *, name: str, url: str) -> None:
        """`name` is that of the sign-in, `url` the only place that ever sees its token."""
        self._exchange, self._token, self._name, self._url = exchange, token, name, url
        self._refusals = Refusals()
        self._quiet_until = 0.0
        self._lock = threading.Lock()

    def __call__(self, request: WebRequest) -> WebAnswer:
        """Return the answer; raises WebFailure, or SignInFailed if there is no good token."""
        if not request.url.startswith(f"{self._url}/"):
            raise WebFailure("Graph names an address that is not its own", sent=False)
        waiting = self._waiting()
        if waiting:
            return waiting
        token = self._token("")
        answer = self._exchange(_with(request, token))
        if answer.status == 401:
            fresh = self._token(token)
            if fresh != token:
                answer = self._exchange(_with(request, fresh))
        self._note(answer)
        return answer

    def _waiting(self) -> WebAnswer | None:
        now = time.monotonic()
        with self._lock:
            resting, left = self._refusals.rest(at=now), self._quiet_until - now
        if resting:
            raise SignInFailed(self._name, resting, refused=True)
        if left > 0:
            return WebAnswer(status=429, headers={"retry-after": str(int(left) + 1)})
        return None

    def _note(self, answer: WebAnswer) -> None:
        now = time.monotonic()
        with self._lock:
            if answer.status == 401:
                why = f"Graph refuses the token (HTTP 401 {graph_error(answer).code})"
                self._refusals.note(why, at=now)
            elif answer.status < 400:
                self._refusals.forget()
            if answer.status in (429, 503):
                self._quiet_until = now + min(answer.retry_after(), _MOST_WAIT)


def _with(request: WebRequest, token: str) -> WebRequest:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
