"""What rules may ask of a mail besides its words: who, to whom, when, with what. Pure."""

from dataclasses import dataclass
from datetime import datetime

from cases.incoming import Address, Attachment, ParsedMail
from routing.policy import Policy

#: Kinds of attachments as rules call them, by the media types and endings that show them.
KINDS = {
    "photo": (("image/",), ()),
    "video": (("video/",), (".mp4", ".mov", ".avi", ".mkv", ".webm", ".3gp")),
    "audio": (("audio/",), (".mp3", ".m4a", ".wav", ".amr", ".ogg")),
    "pdf": (("application/pdf",), (".pdf",)),
    "document": (
        ("application/msword", "application/vnd.openxmlformats-officedocument.wordprocessing"),
        (".doc", ".docx", ".odt", ".rtf", ".wps"),
    ),
    "spreadsheet": (
        ("application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheet"),
        (".xls", ".xlsx", ".ods", ".csv", ".et"),
    ),
    "archive": (
        ("application/zip", "application/x-7z", "application/x-rar", "application/vnd.rar"),
        (".zip", ".rar", ".7z", ".tar", ".gz"),
    ),
}
ANY = "any"  #: whatever is attached


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What rules may ask of a mail besides its words; all empty where a text came alone."""

    sender: str = ""  #: the address that wrote
    complainant: str = ""  #: the address of whose complaint it is
    name: str = ""  #: and their name
    recipients: tuple[str, ...] = ()  #: addresses it was written or delivered to
    mailbox: str = ""  #: key in config.yaml
    received_at: datetime | None = None
    attached: frozenset[str] = frozenset()  #: of KINDS, and ANY


def envelope_of(
    mail: ParsedMail, policy: Policy, *, mailbox: str, received_at: datetime | None
) -> Envelope:
    """Return the envelope of a mail that came into `mailbox`."""
    complainant = complainant_of(mail, policy)
    return Envelope(
        sender=mail.sender.addr,
        complainant=complainant.addr,
        name=complainant.name,
        recipients=(*(one.addr for one in (*mail.to, *mail.cc)), *mail.delivered_to),
        mailbox=mailbox,
        received_at=received_at,
        attached=kinds_attached(mail),
    )


def kinds_attached(mail: ParsedMail) -> frozenset[str]:
    """Return what is attached, in the words of the rules."""
    kinds = {kind for item in mail.attachments for kind in KINDS if _is(item, kind)}
    return frozenset(kinds | {ANY} if mail.attachments else kinds)


def _is(item: Attachment, kind: str) -> bool:
    types, endings = KINDS[kind]
    return item.type.startswith(types) or item.name.lower().endswith(endings or ("\0",))


def complainant_of(mail: ParsedMail, policy: Policy) -> Address:
    """Return the original sender where one of ours passed the mail on (K012), else the sender."""
    passed_on = mail.forwarded
    ours = policy.is_colleague(mail.sender.addr) or policy.referrer_of(mail.sender.addr)
    if passed_on and passed_on.sender.addr and ours:
        return passed_on.sender
    return mail.sender
