"""What every way out has in common: one call that hands over one mail."""

from collections.abc import Callable
from typing import Protocol

from cases.outgoing import Delivery


class LeaseLost(Exception):
    """The letter was taken over by another worker before its payload left."""


class Sender(Protocol):
    """A way out: SMTP, or a Maildir one can open."""

    def send(
        self,
        data: bytes,
        *,
        message_id: str,
        envelope_from: str,
        recipient: str,
        before_dot: Callable[[], None],
    ) -> Delivery:
        """Hand over one mail to one recipient and say how it went.

        `before_dot` is called when the payload is about to leave; if it raises LeaseLost, nothing
        is sent and the exception comes through.
        """

    def probe(self) -> str:
        """Try the way out without sending anything; returns what is wrong, "" if nothing is."""

    def close(self) -> None:
        """End the connection, if there is one."""
