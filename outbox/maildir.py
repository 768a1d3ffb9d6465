"""Outgoing mail into a Maildir that a person can open with any mail program."""

import re
from collections.abc import Callable
from pathlib import Path

from cases.outgoing import Delivery, DeliveryState

#: (mail, unique name) → its file; writing the same name twice leaves one file.
Write = Callable[[bytes, str], Path]


def file_name(message_id: str) -> str:
    """Return the unique name of the file of a letter."""
    return re.sub(r"[^A-Za-z0-9.-]", "_", message_id)[:120]


class MaildirSender:
    """Writes each mail once: the file is named after the Message-ID."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def send(
        self,
        data: bytes,
        *,
        message_id: str,
        envelope_from: str,
        recipient: str,
        before_dot: Callable[[], None],
    ) -> Delivery:
        """Write the mail with the envelope on top, as a delivery agent would (RFC 5321 §4.4)."""
        before_dot()
        envelope = f"Return-Path: <{envelope_from}>\r\nDelivered-To: {recipient}\r\n".encode()
        try:
            path = self._write(envelope + data, file_name(message_id))
        except OSError as error:
            return Delivery(state=DeliveryState.TRANSIENT, reply=f"can't write: {error}")
        return Delivery(state=DeliveryState.ACCEPTED, reply=f"written to {path.parent}")

    def probe(self) -> str:
        """Nothing can be wrong before the first mail."""
        return ""

    def close(self) -> None:
        """Nothing stays open."""
