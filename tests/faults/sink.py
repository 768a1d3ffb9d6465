"""The next mail server of the fault tests: it writes down what it accepts before it answers.

And it misbehaves: at one or two of a hundred mails it accepts without ever saying so (F46), says
451 for a while (F47), or does not know a recipient at the first try (greylisting, F50).
"""

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.live.servers import SmtpSink


@dataclass
class FaultySink(SmtpSink):
    """A sink with a log on disk; the faults come by chance, the same ones for the same seed."""

    log: Path = Path("/dev/null")
    lost: float = 0.0  #: share of mails that are accepted while the answer is lost
    busy: float = 0.0  #: share of envelopes that get a 451
    grey: float = 0.0  #: share of recipients that are refused at the first try
    seed: int = 1
    faults: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin the chances anew."""
        self._random = random.Random(self.seed)
        self._greeted: set[str] = set()

    async def handle_RCPT(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse now and then."""
        new = address not in self._greeted
        self._greeted.add(address)
        if new and self._random.random() < self.grey:
            self.faults["greylisted"] += 1
            return "450 4.2.0 Greylisted, come back later"
        if self._random.random() < self.busy:
            self.faults["451"] += 1
            return "451 4.3.2 Busy, try again later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Write down, then answer, mostly."""
        data = envelope.content
        assert isinstance(data, bytes)
        row = {
            "id": str(message_from_bytes(data)["Message-ID"]).strip(
                "<>\r\n "
            ),  # a long one is folded
            "to": envelope.rcpt_tos,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        answer = await super().handle_DATA(server, session, envelope)
        if self._random.random() < self.lost and server.transport is not None:
            self.faults["reply lost"] += 1
            server.transport.abort()  # type: ignore[attr-defined] # a socket transport has it
        return answer

    def accepted(self) -> list[dict[str, object]]:
        """Return what was written down."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
