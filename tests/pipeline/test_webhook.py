"""Web hooks on a real HTTP server on this machine: what arrives, and what can't disturb us."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from pipeline.webhook import post_json


class Hook(ThreadingHTTPServer):
    """A server that keeps what it gets and answers `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.location = 200, ""
        self.got: list[tuple[str, str, object]] = []

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook?key=secret"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        """Keep the body, answer as told."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Return a running server."""
    with Hook() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_object_arrives_as_json_whatever_its_language(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UTF-8; lone surrogates can't stop it, and a proxy is not asked about this machine."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert post_json(hook.url, {"text": "邮件 \ud83d"}) == ""
    assert hook.got == [("/hook?key=secret", "application/json; charset=utf-8", {"text": "邮件 ?"})]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_refusal_is_a_reason_without_the_url(status: int, hook: Hook) -> None:
    """The URL may be a secret."""
    hook.status = status

    assert post_json(hook.url, {}) == f"HTTP {status}"


def test_a_redirection_is_not_followed(hook: Hook) -> None:
    """It could lead somewhere without TLS."""
    hook.status, hook.location = 302, hook.url.replace("hook", "elsewhere")

    assert post_json(hook.url, {}) == "HTTP 302"
    assert len(hook.got) == 1


def test_a_server_that_says_nothing_or_drips_is_given_up_in_time() -> None:
    """A socket's time-out begins anew with each byte; ours does not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        def drip() -> None:
            client, _ = listener.accept()
            with closing(client):
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 30:
                        client.sendall(bytes([byte]))
                        time.sleep(0.05)
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        began = time.monotonic()
        why = post_json(url, {}, seconds=0.5)
        took = time.monotonic() - began
        thread.join()

    assert why == "no answer within 0.5 seconds"
    assert took < 1.5


def test_a_server_that_talks_nonsense_or_is_not_there_is_a_reason(hook: Hook) -> None:
    """Nothing is raised."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def babble() -> None:
            client, _ = listener.accept()
            with closing(client):
                client.recv(65536)
                client.sendall(b"\xff\xfe nonsense\r\n\r\n")

        thread = Thread(target=babble)
        thread.start()
        nonsense = post_json(f"http://127.0.0.1:{port}/", {})
        thread.join()

    assert nonsense == "BadStatusLine"
    assert "refused" in post_json(f"http://127.0.0.1:{port}/", {})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "",
        "https://",
        "https://a b/",
    ],
)
def test_nothing_is_posted_where_anybody_could_read_it(url: str) -> None:
    """Refused before a connection is made."""
    assert post_json(url, {}) != ""
