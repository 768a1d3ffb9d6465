"""The door to web services: one call from a request to its answer, over kept connections.

https, or http to this machine; no redirection is followed, for it could lead a token astray.
Proxies are those of the environment (HTTPS_PROXY, NO_PROXY).
"""

import ssl
import time
from pathlib import Path

import httpx

from cases.errors import WebFailure
from cases.this_machine import NAMES
from cases.web import WebAnswer, WebRequest, url_problem

_CONNECT_S = 15.0
_SILENCE_S = 60.0  # seconds without a byte
_TOTAL_S = 120.0  # for an answer, and a second more for each so many bytes:
_SLOWEST = 16 * 2**10  # bytes per second
_PIECE = 64 * 2**10  # bytes
# What can only go wrong before the server has the request.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


class Web:
    """An `Exchange`; threads may share it."""

    def __init__(self, *, ca_file: Path | None = None, silence: float = _SILENCE_S) -> None:
        """Take note; OSError if `ca_file` can't be used. Nothing is opened yet."""
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))

        def client(*, proxies: bool) -> httpx.Client:
            return httpx.Client(
                verify=context,
                timeout=httpx.Timeout(silence, connect=min(_CONNECT_S, silence)),
                follow_redirects=False,
                trust_env=proxies,
                # A compressed answer could be far larger than what is counted on its way.
                headers={"User-Agent": "complaint-desk", "Accept-Encoding": "identity"},
            )

        self._far, self._near = client(proxies=True), client(proxies=False)

    def __call__(self, request: WebRequest) -> WebAnswer:
        """Return the answer, whatever its status; raises WebFailure if there is no whole one."""
        refused = url_problem(request.url)
        if refused:
            raise WebFailure(f"the address {refused}", sent=False)
        try:
            return self._answer(request)
        except _NOT_SENT as error:
            raise WebFailure(_why(request, error), sent=False) from error
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            raise WebFailure(_why(request, error), sent=True) from error
        except httpx.InvalidURL as error:
            raise WebFailure(f"the address is no URL: {error}", sent=False) from error

    def _answer(self, request: WebRequest) -> WebAnswer:
        end = time.monotonic() + _TOTAL_S + request.limit / _SLOWEST
        # No proxy reaches this machine.
        client = self._near if httpx.URL(request.url).host in NAMES else self._far
        with client.stream(
            request.method, request.url, headers=dict(request.headers), content=request.body
        ) as response:
            body = bytearray()
            for piece in response.iter_bytes(_PIECE):
                body += piece
                if len(body) > request.limit:
                    break
                if time.monotonic() > end:
                    raise TimeoutError("the server answers too slowly")
            return WebAnswer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=bytes(body[: request.limit]),
                cut=len(body) > request.limit,
            )

    def close(self) -> None:
        """Let go of the kept connections."""
        self._far.close()
        self._near.close()


def _why(request: WebRequest, error: Exception) -> str:
    """Return what went wrong, with the server's name and without the rest of the address."""
    host = httpx.URL(request.url).host
    return f"{host}: {error}" if str(error) else f"{host}: no answer ({type(error).__name__})"
