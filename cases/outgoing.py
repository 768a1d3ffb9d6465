"""The nouns of mail on its way out; continues cases/model.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cases.incoming import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedLetter:
    """The words of a letter: still text, not yet a mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail ready to be built: from `outbox.mime` on it is bytes."""

    message_id: str
    sender: Address
    to: Address
    reply_to: str
    envelope_from: str  #: where bounces go
    subject: str
    text: str
    html: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""  #: auto-replied, auto-generated, or "" for a person's words
    loop_mark: str = ""
    original: bytes | None = field(default=None, repr=False)  #: attached as a mail
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)  #: attached by name
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedLetter:
    """A letter that was written, as its Message-ID names it."""

    letter: str
    recipient: str
    revision: int
    at: datetime


#: How often an answer may be lost after the final dot before a person must look (design 7.1).
MOST_AMBIGUOUS = 2


class DeliveryState(StrEnum):
    """What became of one try to hand a mail over."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


class Concerns(StrEnum):
    """What an answer is about; where it is not the letter, others had better wait too."""

    LETTER = "letter"
    SERVER = "server"  #: away, not well, or refusing us: any letter would hear the same now
    PACE = "pace"  #: we send too fast (F56)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The answer of the next server; ambiguous when it was lost after the final dot (RFC 1047)."""

    state: DeliveryState
    reply: str
    concerns: Concerns = field(default=Concerns.LETTER, compare=False)
