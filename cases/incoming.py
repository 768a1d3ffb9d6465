"""The nouns of mail on its way in; cases/model.py goes on from here.

The standard library only. Every value is frozen; bytes exist here and in cases/outgoing.py only.
"""

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailKind(StrEnum):
    """What a mail shows of its sender: a person, or one of four kinds of machine."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    LOOP = "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """A mail as the server gave it, known by (mailbox, uidvalidity, uid) (RFC 9051 §2.3.1)."""

    mailbox: str  #: key of the mailbox in config.yaml
    uidvalidity: int  #: 0 for sources that have none (Maildir, a file)
    uid: str  #: IMAP UID in decimal (an `arrival_name` if it was used twice), or a file's name
    received_at: datetime  #: INTERNALDATE, or the file's time
    data: bytes  #: the message, untouched


def arrival_name(uid: str, received_at: datetime) -> str:
    """Return a UID with its time of arrival: what tells two mails under one UID apart (F19)."""
    return f"{uid}@{int(received_at.timestamp())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox of a header field; both parts decoded and free of control characters."""

    addr: str  #: local@domain as written, "" if there was none
    name: str = ""  #: display name


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the text of the mail."""

    name: str  #: safe to show and to use as a file name; never empty
    type: str  #: media type, lower case
    data: bytes = field(repr=False)
    text: str = ""  #: its words, where it is a document we can read; capped
    warning: str = ""  #: "program", "macros", "encrypted", "too_big" or "" (shown, never opened)

    @property
    def size(self) -> int:
        """Size in bytes after decoding."""
        return len(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The mail of somebody else inside a mail: attached, or quoted below "forwarded message"."""

    sender: Address  #: as the forwarded mail says; nobody has checked it
    subject: str
    text: str  #: the original sender's words


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """A mail as text. Total: whatever was wrong with it stands in `defects`."""

    sender: Address  #: the one From mailbox, or the best guess; addr "" if there is none
    sender_certain: bool  #: exactly one From mailbox on which two parsers agree (design 7.4)
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()  #: Delivered-To, X-Original-To, Envelope-To: where it went
    subject: str = ""
    sent_at: datetime | None = None  #: the Date header; shown, never used for deadlines
    message_id: str = ""  #: without angle brackets, "" if missing
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""  #: the sender's new words
    quoted: str = ""  #: history, signature: everything of the body that `text` leaves out
    attachments: tuple[Attachment, ...] = ()
    forwarded: Forwarded | None = None  #: the mail that somebody passed on to us
    encrypted: bool = False  #: S/MIME or PGP that we can't open: a person must (F103)
    headers: tuple[tuple[str, str], ...] = ()  #: (lower-case name, decoded value) in order, capped
    defects: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The new words, with those of a mail that was passed on to us below them."""
        if self.forwarded is None or self.forwarded.text in self.text:
            return self.text
        return f"{self.text}\n\n{self.forwarded.text}".strip()

    @property
    def signature(self) -> str:
        """The lines below `-- ` that the sender's program put there (RFC 3676 §4.3), 16 at most."""
        lines = self.quoted.lstrip("\n").splitlines()
        if not lines or lines[0].rstrip() != "--":
            return ""
        own = itertools.takewhile(lambda line: not line.startswith(">"), lines[1:17])
        return "\n".join(own).strip()

    @property
    def all_words(self) -> str:
        """The words and those of documents attached, for whoever looks for facts."""
        return "\n\n".join(filter(None, (self.words, *(a.text for a in self.attachments))))

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Return every value of the field `name` (lower case), topmost first."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceReport:
    """What a delivery status notification says (RFC 3464)."""

    recipient: str  #: the address that failed, "" if not named
    status: str  #: enhanced code such as 5.1.1 (RFC 3463), "" if not named
    message_id: str = ""  #: Message-ID of the mail that failed, if the report shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What kind of sender wrote, and whether an automatic answer may ever go there (RFC 3834)."""

    kind: MailKind
    reason: str  #: the sign that decided, in words
    may_answer: bool
    bounce: BounceReport | None = None
