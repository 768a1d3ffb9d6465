"""The wire below imapclient: own buffering, limits on what a server may send, TLS, keepalive.

imaplib reads a literal of any announced size into memory and hides what it has read ahead; both
matter to a daemon that sits on one connection for weeks (F15, F16, F30).
"""

import contextlib
import functools
import imaplib
import select
import socket
import ssl
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imapclient import IMAPClient, SocketTimeout  # type: ignore[import-untyped] # ships no types
from imapclient.exceptions import ProtocolError  # type: ignore[import-untyped] # as above
from imapclient.response_parser import (  # type: ignore[import-untyped] # as above
    parse_response,
)

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SLACK = 2**20  #: bytes an answer may be longer than expected
_TALK_CAP = 16 * 2**20  # bytes besides literals; UID SEARCH names a million mails in 8 MB
_CHUNK = 2**16  # bytes
_SLOWEST = 4 * 2**10  # bytes per second; a server that drips slower than this counts as hung
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))


@functools.cache  # a fresh context costs 23 ms
def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name; raises OSError for a bad file."""
    return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))


class Connection(imaplib.IMAP4):
    """One TCP (or TLS) connection that gives up by itself: on silence, dripping and flooding."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        context: ssl.SSLContext | None,
        connect: float,
        command: float,
    ) -> None:
        """Connect within `connect` seconds; an answer may take `command` seconds of silence."""
        self._context = context
        self._command_seconds = command
        self._ahead = bytearray()
        self._ahead_of: socket.socket | None = None
        self.literal_limit = SLACK  #: bytes of literals the answer to one command may hold (F30)
        self._start_account()
        super().__init__(host, port, timeout=connect)

    def _start_account(self) -> None:
        self._literals_left = self.literal_limit
        self._received = 0
        self._started = time.monotonic()

    def hurry(self, seconds: float) -> None:
        """Give the next answers no more than `seconds`."""
        self._command_seconds = seconds
        self.sock.settimeout(seconds)

    def send(self, data: "ReadableBuffer") -> None:
        """Send a command, or a part of one; what the answer may cost is counted from here."""
        self._start_account()
        super().send(data)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock: socket.socket = super()._create_socket(timeout)  # type: ignore[misc] # a private name
        # imapclient sends SEARCH in two pieces: Nagle's delay would cost 40 ms each time.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE:
            if hasattr(socket, option):  # by these names on Linux only
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        if self._context is None:
            return sock
        # On failure wrap_socket closes the socket.
        return self._context.wrap_socket(sock, server_hostname=self.host)

    def _fill(self) -> bool:
        """Read what there is; False at the end of the stream, TimeoutError from a slow server."""
        if time.monotonic() - self._started > self._command_seconds + self._received / _SLOWEST:
            raise TimeoutError("the server answers too slowly")
        if self._received > self.literal_limit + _TALK_CAP:
            raise self.abort("the server sends without end")
        piece = self.sock.recv(_CHUNK)
        self._received += len(piece)
        self._ahead += piece
        return bool(piece)

    def _check_owner(self) -> None:
        # What came before STARTTLS was not protected: it must not be read as if it had been.
        if self._ahead_of is not self.sock:
            self._ahead.clear()
            self._ahead_of = self.sock

    def _take(self, size: int) -> bytes:
        with memoryview(self._ahead) as view:  # a mail is copied once, not twice
            taken = bytes(view[:size])
        del self._ahead[:size]
        return taken

    def readline(self) -> bytes:
        """Return one line with its line end, or what was left at the end of the stream."""
        self._check_owner()
        searched = 0
        while (end := self._ahead.find(b"\n", searched)) < 0:
            searched = len(self._ahead)
            if not self._fill():
                return self._take(searched)
        return self._take(end + 1)

    def read(self, size: int) -> bytes:
        """Return a literal of `size` bytes; a cut or oversized one breaks the connection."""
        self._check_owner()
        if size > self._literals_left:
            raise self.abort(f"the server announced {size} bytes, more than we asked for")
        self._literals_left -= size
        while len(self._ahead) < size:
            if not self._fill():
                raise self.abort("the connection ended within a mail")
        return self._take(size)

    def _untagged_response(self, typ: str, dat: list[bytes | None], name: str) -> object:
        answer = super()._untagged_response(typ, dat, name)  # type: ignore[misc] # a private name
        if name == "FETCH":
            _refuse_mixed(answer[1])
        return answer

    def readable(self, seconds: float) -> bool:
        """Wait up to `seconds` for anything to read, the end of the stream included."""
        self._check_owner()
        if self._ahead or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        if hasattr(select, "poll"):
            poll = select.poll()  # select.select fails above 1,024 open files
            poll.register(self.sock, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        return bool(select.select([self.sock], [], [], seconds)[0])


def _refuse_mixed(answer: list[bytes | None]) -> None:
    """Raise ProtocolError where it can't be told which mail is meant (F29).

    imapclient takes the last of two UIDs in one answer, and the place of a mail where there is
    none; flags may come like that, unasked.
    """
    for said in parse_response(answer)[1::2]:
        names = [name.upper() for name in said[::2] if isinstance(name, bytes)]
        if len(set(names)) < len(names) or (b"UID" not in names and set(names) - {b"FLAGS"}):
            raise ProtocolError("the server mixes up what belongs to which mail")


class Client(IMAPClient):  # type: ignore[misc] # ships no types
    """An IMAPClient on a `Connection`, with UIDs, aware times and no debugging."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        context: ssl.SSLContext | None,
        starttls: bool,
        connect: float,
        command: float,
    ) -> None:
        """Connect; with `starttls` the context is used by `starttls()`, else at once."""
        self._wire_context = None if starttls else context
        self._wire_seconds = (connect, command)
        super().__init__(
            host,
            port,
            ssl=context is not None and not starttls,
            ssl_context=context,
            timeout=SocketTimeout(connect, command),
        )
        self.normalise_times = False  # True gives naive local times
        # imapclient switches imaplib's log on: every literal would be formatted for nobody.
        self.wire.debug = 0

    def _create_IMAP4(self) -> Connection:  # noqa: N802 # the name is imapclient's
        connect, command = self._wire_seconds
        self.wire = Connection(
            self.host, self.port, context=self._wire_context, connect=connect, command=command
        )
        return self.wire

    def start_idle(self) -> bool:
        """Begin IDLE (RFC 2177); true if news came even before the server was ready for it.

        imapclient's own `idle()` takes such news for a refusal. Ends with `idle_done()`.
        """
        tag = self._idle_tag = self.wire._command("IDLE")
        early = False
        while self.wire._get_response() is not None:
            if self.wire.tagged_commands[tag]:
                raise self.Error("the server refuses IDLE")
            early = True
        return early

    def hang_up(self) -> None:
        """Close the socket, whatever state it is in."""
        with contextlib.suppress(OSError):
            self.wire.shutdown()
