"""The wire below smtplib: limits on what a server may say, and no answer before its question.

smtplib waits for replies without end, however slowly they drip (F51, F55), and takes what a server
said too early for the answer to what comes next: a mail would count as accepted that never was.
"""

import re
import smtplib
import socket
import ssl
import time

_LINE_CAP = 8 * 2**10  # bytes; RFC 5321 §4.5.3.1.5 says 512
_REPLY_CAP = 64 * 2**10  # bytes of all lines of one reply
_CHUNK = 2**14  # bytes
_CODE = re.compile(rb"[2-5][0-9][0-9][ \-\r\n]")


class OutOfTurn(smtplib.SMTPServerDisconnected):
    """The server said something unasked, or hung up; what was to be sent next was not."""


class Connection(smtplib.SMTP):
    """A session that gives up on silence, dripping, flooding, and answers nobody asked for."""

    _ahead = b""
    _ahead_of: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc] # private
        # The final dot goes in a piece of its own, and must not wait for Nagle's delay.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def send(self, s: str | bytes) -> None:  # type: ignore[override] # nobody sends buffers
        """Send a command or a part of a mail; not on top of an answer that nobody asked for."""
        said = self._said_ahead()
        if said is not None:
            self.close()
            words = said[:200].decode("utf-8", "replace").strip() or "it hung up"
            raise OutOfTurn(f"the server spoke out of turn: {words}")
        super().send(s)

    def send_slowly(self, data: bytes, *, seconds: float) -> None:
        """Send a long text within so many seconds, however fast the server takes it."""
        end = time.monotonic() + seconds
        for at in range(0, len(data), _CHUNK):
            if time.monotonic() > end:
                self.close()
                raise smtplib.SMTPServerDisconnected("the server takes the mail too slowly")
            self.send(data[at : at + _CHUNK])

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of one reply; code -1 where that can't be told.

        Lines of one reply with different codes are such a case (RFC 5321 §4.2.1).
        """
        self._check_owner()
        end = time.monotonic() + ((self.sock.gettimeout() if self.sock else 0) or 0)
        code, texts, size = b"", [], 0
        while True:
            line = self._line(end)
            size += len(line)
            if size > _REPLY_CAP:
                raise self._broken("the server's answer is too long")
            first = code or line[:3]
            texts.append(line[4:].strip(b" \t\r\n"))
            if not _CODE.match(line) or line[:3] != first:
                return -1, b"\n".join(texts)
            code = first
            if line[3:4] != b"-":
                return int(code), b"\n".join(texts)

    def _line(self, end: float) -> bytes:
        while (place := self._ahead.find(b"\n")) < 0:
            if len(self._ahead) > _LINE_CAP:
                raise self._broken("a line of the server's answer is too long")
            if time.monotonic() > end:
                raise self._broken("the server answers too slowly")
            self._fill()
        line, self._ahead = self._ahead[: place + 1], self._ahead[place + 1 :]
        return line

    def _fill(self) -> None:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        try:
            piece = self.sock.recv(_CHUNK)
        except OSError as error:
            raise self._broken(f"Connection unexpectedly closed: {error}") from error
        if not piece:
            raise self._broken("Connection unexpectedly closed")
        self._ahead += piece

    def _broken(self, why: str) -> smtplib.SMTPServerDisconnected:
        self.close()
        return smtplib.SMTPServerDisconnected(why)

    def _said_ahead(self) -> bytes | None:
        """Return what the server has said unasked, b"" if it hung up, None if it is silent."""
        self._check_owner()
        if self._ahead or self.sock is None:
            return self._ahead or None
        patience = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            self._ahead = self.sock.recv(_CHUNK)  # under TLS not all that is readable is said
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError:
            return b""
        finally:
            self.sock.settimeout(patience)
        return self._ahead

    def _check_owner(self) -> None:
        # What came before STARTTLS was not protected: it must not be read as if it had been.
        if self._ahead_of is not self.sock:
            self._ahead, self._ahead_of = b"", self.sock


class TlsConnection(Connection, smtplib.SMTP_SSL):
    """The same, under TLS from the first byte."""
