"""An example of rules.yaml as the mail it stands for: bytes such as a mail server hands us.

Whatever was written in the file stays words: no text becomes a header field, no name a path.
"""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from cases.addresses import sendable
from pipeline.config import Settings
from pipeline.rules_schema_rule import MailBlock
from routing.patterns import find_named
from routing.policy import Policy
from routing.rules import Condition

YEARS = range(1990, 2100)  #: that calendars know
_MOST_LINE = 2000  # characters of a subject; of what is longer, nothing more is read
_MOST_NAME = 200  # characters of a person's or a file's name
_NO_PART_OF_A_LINE = ("Cc", "Cs", "Zl", "Zp")
#: Hosts of a customer whom nobody described (RFC 2606 keeps `example` free).
_HOSTS = ("customer.example", "complainant.example", "household.example", "somebody.example")

_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    "application/msword": ("doc", "wps"),
    "application/pdf": ("pdf",),
    "application/rtf": ("rtf",),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    f"{_OFFICE}.spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}.wordprocessingml.document": ("docx",),
    "application/vnd.rar": ("rar",),
    "application/x-7z-compressed": ("7z",),
    "application/zip": ("zip",),
    "audio/amr": ("amr",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg",),
    "audio/wav": ("wav",),
    "audio/x-m4a": ("m4a",),
    "image/bmp": ("bmp",),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/tiff": ("tif", "tiff"),
    "image/webp": ("webp",),
    "text/csv": ("csv",),
    "text/plain": ("txt",),
    "video/mp4": ("mp4",),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
}
_BY_ENDING = {ending: kind for kind, endings in _TYPES.items() for ending in endings}


def mistakes_in(block: MailBlock, settings: Settings) -> Iterator[str]:
    """Yield why no such mail can come, in words."""
    if block.mailbox and block.mailbox not in settings.mailboxes:
        there = ", ".join(settings.mailboxes)
        yield f"mailbox: config.yaml has no {block.mailbox!r}, only {there}"
    for key, addrs in (("from", (block.sender,)), ("to", block.to)):
        for addr in addrs:
            if addr and not sendable(addr):
                yield f"{key}: {addr[:_MOST_NAME]!r} is no mail address"
    if block.received and block.received.year not in YEARS:
        yield f"received: the year is before {YEARS[0]} or after {YEARS[-1]}"


def received_at(block: MailBlock, policy: Policy, *, now: datetime) -> datetime:
    """Return when the mail comes, UTC: as written, in the desk's time zone where none stands."""
    at = block.received
    if at is None:
        return now
    return (at if at.tzinfo else at.replace(tzinfo=policy.calendar.zone)).astimezone(UTC)


def mail_of(block: MailBlock, *, to: str, stranger: str, at: datetime) -> bytes:
    """Return the mail; without a sender it is from `stranger`, without a recipient `to` that."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(block.sender or stranger, name=block.name)
    mail["To"] = tuple(_address(addr) for addr in block.to or (to,))
    mail["Subject"] = _line(block.subject, most=_MOST_LINE)
    mail["Date"] = at
    mail["Message-ID"] = f"<example.{at:%Y%m%d%H%M%S}@{_HOSTS[0]}>"
    # A lone surrogate is no text; Base64 carries everything else as it was written.
    text = block.text.encode("utf-8", "replace").decode("utf-8")
    mail.set_content(text, cte="base64")
    for name in block.attached:
        _attach(mail, _line(name, most=_MOST_NAME))
    return mail.as_bytes()


def stranger_to(policy: Policy, own: frozenset[str]) -> str:
    """Return the address of a customer whom no list and no rule of the file names."""
    strangers = [f"customer@{host}" for host in _HOSTS]
    unknown = (addr for addr in strangers if not _known(addr, policy, own))
    return next(unknown, strangers[0])  # the first where the rules speak of everybody


def _known(addr: str, policy: Policy, own: frozenset[str]) -> bool:
    named = policy.is_colleague(addr) or policy.decides(addr) or addr in own
    listed = any(one.find((addr,)) for one in policy.customers.values())
    outside = policy.party_of(addr) or policy.referrer_of(addr)
    asked = any(_asks_for(rule.when, addr) for rule in policy.rules)
    return bool(named or listed or outside or asked)


def _asks_for(when: Condition, addr: str) -> bool:
    """Tell whether a condition, or one within it, describes this very address."""
    if find_named((*when.sender, *when.customer), (addr,)):
        return True
    return any(_asks_for(one, addr) for one in (*when.every, *when.some, *when.never))


def _attach(mail: EmailMessage, name: str) -> None:
    """Attach an empty file: rules ask what kind it is, and an example need not have its words."""
    kind = _BY_ENDING.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    main, _, sub = kind.partition("/")
    mail.add_attachment(b"", maintype=main, subtype=sub, filename=name or "attachment")


def _address(addr: str, *, name: str = "") -> Address:
    local, _, domain = addr.rpartition("@")
    return Address(_line(name, most=_MOST_NAME), local, domain)


def _line(text: str, *, most: int) -> str:
    """Return a text as one line: a line end would begin another header field."""
    return "".join(
        " " if unicodedata.category(sign) in _NO_PART_OF_A_LINE else sign for sign in text[:most]
    ).strip()
