"""The door to web services: https or this machine, no redirection, no flood, no secrets told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cases.errors import WebFailure
from cases.web import WebAnswer, WebRequest
from pipeline.web import Web


class Page(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        """Redirect, flood, break off, or answer."""
        match self.path:
            case "/away":
                self.send_response(302)
                self.send_header("Location", "/fine")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "/flood":
                self.send_response(200)
                self.send_header("Content-Length", str(10**9))
                self.end_headers()
                try:
                    for _ in range(1000):
                        self.wfile.write(b"x" * 10_000)
                except OSError:
                    pass
            case "/cut":
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b"half")
            case "/silent":
                threading.Event().wait(1.0)
            case _:
                self.send_response(418)
                self.send_header("X-Odd", "yes")
                self.send_header("Content-Length", "12")
                self.end_headers()
                self.wfile.write(b'{"pot": "t"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """Return the address of a server with odd answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def web() -> Iterator[Web]:
    """Return the door, which waits half a second for a byte."""
    found = Web(silence=0.5)
    yield found
    found.close()


def get(url: str, *, limit: int = 1000) -> WebRequest:
    secret = {"Authorization": "Bearer the-token"}
    return WebRequest(method="GET", url=url, headers=secret, limit=limit)


def test_any_status_is_an_answer(web: Web, address: str) -> None:
    """Names of fields in lower case, an object where there is one."""
    answer = web(get(f"{address}/tea"))

    assert (answer.status, answer.headers["x-odd"]) == (418, "yes")
    assert answer.data() == {"pot": "t"}
    assert (
        WebAnswer(status=200, body=b"[1]").data() == WebAnswer(status=200, body=b"{").data() == {}
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_no_proxy_hears_what_is_meant_for_this_machine(
    host: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's proxy would answer; nobody listens where the request goes."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, address)
    web = Web(silence=0.5)

    with pytest.raises(WebFailure) as caught:
        web(get(f"http://{host}:9/tea"))
    web.close()

    assert not caught.value.sent


def test_a_redirection_is_not_followed(web: Web, address: str) -> None:
    """It could lead a token to a stranger."""
    assert web(get(f"{address}/away")).status == 302


def test_a_flood_is_cut_off(web: Web, address: str) -> None:
    """No more is read than was asked for."""
    answer = web(get(f"{address}/flood", limit=5000))

    assert (len(answer.body), answer.cut) == (5000, True)


@pytest.mark.parametrize("path", ["/cut", "/silent"])
def test_an_answer_that_breaks_off_may_have_done_its_work(
    path: str, web: Web, address: str
) -> None:
    """The request was sent: what came of it nobody knows."""
    with pytest.raises(WebFailure) as caught:
        web(get(f"{address}{path}"))

    assert caught.value.sent
    assert "the-token" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://graph.example.com/x", "ftp://127.0.0.1/", "nonsense"]
)
def test_what_never_left_is_known_not_to_have(url: str, web: Web) -> None:
    """Nobody listens there, or the token would travel in plain text."""
    with pytest.raises(WebFailure) as caught:
        web(get(url))

    assert not caught.value.sent


def test_a_request_shows_no_token(address: str) -> None:
    """Not in its repr, where a traceback would print it."""
    assert "the-token" not in repr(get(address))
