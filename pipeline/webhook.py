"""An address of the operator's: one JSON object is posted to it, or it is called, in a time."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from cases.this_machine import NAMES
from cases.web import url_problem

SECONDS = 10.0


def post_json(url: str, payload: Mapping[str, object], *, seconds: float = SECONDS) -> str:
    """Post `payload` and return "" if a 2xx came within `seconds`, else why not; total.

    The reason never repeats the URL, which may be a secret. Redirections are not followed.
    """
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
    return _within(url, body, seconds=seconds)


def call(url: str, *, seconds: float = SECONDS) -> str:
    """Call `url` (GET) and return "" if a 2xx came within `seconds`, else why not; total."""
    return _within(url, None, seconds=seconds)


def _within(url: str, body: bytes | None, *, seconds: float) -> str:
    refused = url_problem(url)
    if refused:
        return refused
    answers: list[str] = []
    # In a thread of its own: a server that drips bytes would outlive the socket's time-out.
    thread = threading.Thread(
        target=lambda: answers.append(_ask(url, body, seconds)), name="web hook", daemon=True
    )
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else f"no answer within {seconds:g} seconds"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follow no redirection: it could lead to a place without TLS."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Refuse, so that the answer counts as a failure."""


def _ask(url: str, body: bytes | None, seconds: float) -> str:
    handlers: list[urllib.request.BaseHandler] = [_StayHere()]
    if (urlsplit(url).hostname or "") in NAMES:
        handlers.append(urllib.request.ProxyHandler({}))  # no proxy reaches this machine
    headers = {"User-Agent": "complaint-desk"}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at above
        url, data=body, headers=headers
    )
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=seconds):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except urllib.error.URLError as error:
        return str(error.reason) or "no connection"
    except TimeoutError:
        return f"no answer within {seconds:g} seconds"
    except Exception as error:  # noqa: BLE001 - whatever a stranger's server does, work goes on
        return type(error).__name__
