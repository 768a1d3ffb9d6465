"""An SMTP server for this machine only (RFC 5321): any mail client can write to the desk.

For trying things out and for local programs; mail from outside comes through a real mail server.
"""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cases.this_machine import is_loopback
from ingest.source import MAX_BYTES

_LINE_CAP = 2**16  # bytes; RFC 5321 §4.5.3.1.6 says 1,000, but mail clients don't all know
_ADDRESS_CAP = 320  # characters, RFC 5321 §4.5.3.1: 64 + 1 + 255
_RECIPIENTS_CAP = 100  # RFC 5321 §4.5.3.1.8

Accept = Callable[[str], bool]
Deliver = Callable[[bytes], object]


class Listener:
    """Takes mail for the addresses that `accept` knows and hands each one to `deliver`.

    `deliver` is called in a thread of its own; the sender hears 250 after it returned, and 451
    ("try again") if it raised. So a mail that was accepted is a mail that was stored.
    """

    def __init__(self, host: str, port: int, *, accept: Accept, deliver: Deliver) -> None:
        """Take note; ValueError unless `host` is a loopback address or localhost."""
        if not is_loopback(host):
            raise ValueError(
                f"listen: {host or 'every address'} can be reached by other machines; this small "
                "server has neither passwords nor TLS and listens on 127.0.0.1, ::1 or localhost"
            )
        self.host, self.port = host, port
        self._accept, self._deliver = accept, deliver
        self._controller: _Controller | None = None

    def start(self) -> None:
        """Listen in a thread of its own; OSError if the port can't be had. Safe to repeat.

        Port 0 takes any free one; `port` then says which.
        """
        if self._controller is not None:
            return
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            sock = socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            raise OSError(error.errno, f"listen: {self._why_not(error)}") from error
        self.port = int(sock.getsockname()[1])
        self._controller = _Controller(
            _Handler(self._accept, self._deliver),
            hostname=self.host,
            port=self.port,
            data_size_limit=MAX_BYTES,
            ident="Complaint Desk",
        )
        self._controller.sock = sock
        self._controller.start()

    def _why_not(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"port {self.port} on {self.host} is taken by another program; stop that one "
                "or choose another port in config.yaml"
            )
        return f"can't listen on port {self.port} of {self.host}: {error.strerror}"

    def stop(self) -> None:
        """Stop listening; a mail not yet answered with 250 stays with its sender."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()


class _Server(SMTP):
    line_length_limit = _LINE_CAP


class _Controller(Controller):
    sock: socket.socket  # bound before the thread starts, so that a taken port is known at once

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.sock)

    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


class _Handler:
    """What aiosmtpd asks us at each step of a session; the names are its own."""

    def __init__(self, accept: Accept, deliver: Deliver) -> None:
        self._accept, self._deliver = accept, deliver

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= _RECIPIENTS_CAP:
            return "452 4.5.3 Too many recipients"
        if len(address) > _ADDRESS_CAP or not self._accept(address):
            return (
                f"550 5.1.1 <{_plain(address)}> is not an address of this complaints desk; "
                "mailboxes in config.yaml lists those that are"
            )
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        assert isinstance(content, bytes)  # noqa: S101 # decode_data is off
        mail = _trace(session, envelope) + content
        await asyncio.get_running_loop().run_in_executor(None, self._deliver, mail)
        return "250 2.0.0 OK: stored"

    async def handle_exception(self, error: Exception) -> str:
        """Turn whatever `deliver` raised into "try again": the sender still has the mail."""
        return "451 4.3.0 The mail could not be stored; try again later"


def _trace(session: Session, envelope: Envelope) -> bytes:
    """Write the fields that a delivering server owes (RFC 5321 §4.4), and to whom it went."""
    peer: object = session.peer  # an address pair, whatever its annotation says
    client = peer[0] if isinstance(peer, tuple) else "local"
    sender = _plain(envelope.mail_from or "").strip("<>")  # aiosmtpd keeps the null sender as <>
    lines = [
        f"Return-Path: <{sender}>",
        *(f"Delivered-To: {_plain(address)}" for address in envelope.rcpt_tos),
        f"Received: from {_plain(session.host_name or 'unknown')} ([{client}])",
        f"\tby {socket.gethostname()} with ESMTP; {formatdate()}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode(errors="replace")


def _plain(text: str) -> str:
    """Keep what may stand in a header field: nothing of the sender's can begin a new one."""
    return "".join(mark for mark in text[:_ADDRESS_CAP] if mark.isprintable())
