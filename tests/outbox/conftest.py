"""A mail server of our own that answers what a test tells it, and keeps what it hears."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from io import BufferedRWPair

import pytest

from cases.incoming import Address
from cases.outgoing import OutgoingMail

DROP = "DROP"  #: instead of an answer: hang up

_USUAL = {
    "CONNECT": "220 test",
    "EHLO": "250-test\r\n250-SIZE 1000000\r\n250 8BITMIME",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go on",
    ".": "250 kept as 1",
    "RSET": "250 forgotten",
    "QUIT": "221 bye",
}


class ScriptedServer:
    """Speaks SMTP with one client after the other, in a thread.

    `answers[verb]` replaces the usual answer; "." is the one to the final dot, CONNECT the
    greeting. With `hang_up_after_mail` it closes the connection after each mail.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.heard: list[str] = []
        self.payloads: list[bytes] = []
        self.connections = 0
        self.hang_up_after_mail = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def verbs(self) -> list[str]:
        """Return the commands of all clients so far."""
        return [line.split(" ")[0].upper() for line in self.heard]

    def stop(self) -> None:
        """Refuse further clients and wait for the present one to go."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            client.settimeout(5)
            self.connections += 1
            with suppress(OSError), client, client.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: BufferedRWPair) -> None:
        if not self._say(stream, "CONNECT"):
            return
        while line := stream.readline():
            self.heard.append(line.decode("latin-1").rstrip("\r\n"))
            verb = self.verbs()[-1]
            if not self._say(stream, verb) or verb == "QUIT":
                return
            if verb == "DATA" and self._answer("DATA").startswith("354"):
                payload = b""
                while not payload.endswith(b"\r\n.\r\n") and payload != b".\r\n":
                    more = stream.readline()
                    if not more:
                        return
                    payload += more
                self.payloads.append(payload)
                if not self._say(stream, ".") or self.hang_up_after_mail:
                    return

    def _answer(self, verb: str) -> str:
        return self.answers.get(verb, _USUAL.get(verb, "502 what?"))

    def _say(self, stream: BufferedRWPair, verb: str) -> bool:
        answer = self._answer(verb)
        if answer == DROP:
            return False
        stream.write(answer.encode() + b"\r\n")
        stream.flush()
        return True


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Return a server that answers as the test says."""
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def make_outgoing(monday_nine: datetime) -> Callable[..., OutgoingMail]:
    """Return a builder of mails ready to be built: an acknowledgement, with changes."""

    def build(**changes: object) -> OutgoingMail:
        usual: dict[str, object] = {
            "message_id": "7.acknowledgement.1.abcdefgh.abcdefghijklmnopqrst@example.com",
            "sender": Address(addr="complaints@example.com", name="客户投诉中心"),
            "to": Address(addr="wang.fang@customer.example", name="Wang Fang"),
            "reply_to": "complaints+c.abcdefghijklmnopqrstuvwxyz@example.com",
            "envelope_from": "complaints+b.abcdefghijklmnopqrstuvwxyz@example.com",
            "subject": "[C-2026-000007] 我们已收到您的投诉",
            "text": "您好，\n\n我们已收到您的投诉。\n",
            "html": "<p>您好，</p>\n<p>我们已收到您的投诉。</p>\n",
            "in_reply_to": "1@customer.example",
            "references": ("0@customer.example", "1@customer.example"),
            "auto_submitted": "auto-replied",
            "loop_mark": "abcdefghijklmnopqrst",
            "at": monday_nine,
        }
        return OutgoingMail(**(usual | changes))  # type: ignore[arg-type] # real fields

    return build
