"""The door to those who watch over the desk: a small HTTP server that nothing can hold up.

It answers GET and HEAD from what is in memory, in threads of its own: ten seconds for a whole
connection, eight at a time, the next one is turned away. Nothing a client sends comes back in an
answer, and nothing of it is logged.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any

MOST_AT_ONCE = 8
SILENT_S, WHOLE_S = 5.0, 10.0  #: seconds for the next byte of a request, and for all of it
LOOK_S = 0.5  #: between two looks for connections that take too long

_BUSY = b"HTTP/1.0 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: HTTPStatus
    body: bytes
    type: str = "application/json; charset=utf-8"


#: (path without a query, what stands behind Authorization, behind Accept) → answer
Ask = Callable[[str, str, str], Answer]


class WatchServer(ThreadingMixIn, HTTPServer):
    """Accepts connections, few at a time, and ends those that take too long."""

    daemon_threads = True
    block_on_close = False  # whoever is slow does not keep the desk from stopping

    def __init__(self, host: str, port: int, ask: Ask) -> None:
        """Listen at once; OSError names the setting if that can't be done."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.ask = ask
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._open: dict[Any, float] = {}
        self._lock = threading.Lock()
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            words = f"watch.listen {host}:{port}: {error.strerror or error}"
            raise OSError(error.errno, words) from error

    def server_bind(self) -> None:
        """Bind without asking for the name of this machine, which may take long."""
        socket_server_bind = super(HTTPServer, self).server_bind
        socket_server_bind()
        self.server_name, self.server_port = "desk", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection a thread, or turn it away."""
        if not self._free.acquire(blocking=False):
            with suppress(OSError):
                request.settimeout(0.1)
                request.sendall(_BUSY)
            self.shutdown_request(request)
            return
        with self._lock:
            self._open[request] = time.monotonic() + WHOLE_S
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no more threads
            self._done(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._done(request)

    def _done(self, request: Any) -> None:
        with self._lock:
            if self._open.pop(request, None) is not None:
                self._free.release()

    def service_actions(self) -> None:
        """End connections that drip: their sockets' time-outs would never come."""
        now = time.monotonic()
        with self._lock:
            late = [request for request, end in self._open.items() if end < now]
        for request in late:
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no trouble of ours."""


class _Handler(BaseHTTPRequestHandler):
    timeout = SILENT_S
    server: WatchServer
    error_message_format = ""  # the usual one repeats what the client sent

    def do_GET(self) -> None:
        """Answer."""
        found = self.server.ask(
            self.path.partition("?")[0],
            self.headers.get("Authorization", ""),
            self.headers.get("Accept", ""),
        )
        self.send_response(found.status)
        if found.status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", "Bearer")
        self.send_header("Content-Type", found.type)
        self.send_header("Content-Length", str(len(found.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    do_HEAD = do_GET  # noqa: N815 - the name is the base class's

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request without repeating any of it."""
        super().send_error(code)

    def version_string(self) -> str:
        """Name the product, no version."""
        return "complaint-desk"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who asks every few seconds would fill the log."""


@contextmanager
def answering(host: str, port: int, ask: Ask) -> Iterator[WatchServer]:
    """Answer while the block runs; OSError if the address can't be had."""
    server = WatchServer(host, port, ask)
    thread = threading.Thread(
        target=server.serve_forever,
        kwargs={"poll_interval": LOOK_S},
        name="watch http",
        daemon=True,
    )
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
