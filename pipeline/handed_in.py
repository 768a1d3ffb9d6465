"""A complaint that did not come by mail, written down as one (K003, K012).

Somebody phones, writes a letter, stands at the counter. What was heard is put into a mail and goes
the way of every other mail, so that it is stored first, read, decided and answered by the same
rules. Two header fields say through which channel it came and who took it; they are believed only
in a mail that a person handed in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP

from cases.addresses import sendable
from cases.incoming import ParsedMail
from cases.life import Record
from pipeline.poll import BY_HAND

#: How a complaint may reach us besides mail, and how its note begins.
CHANNELS: Mapping[str, Mapping[str, str]] = {
    "phone": {"en": "Phone call", "zh": "电话记录"},
    "letter": {"en": "Letter", "zh": "来信"},
    "visit": {"en": "Visit", "zh": "来访"},
    "web": {"en": "Web form", "zh": "网站留言"},
    "app": {"en": "App", "zh": "客户端留言"},
    "social": {"en": "Social media", "zh": "社交媒体"},
    "platform": {"en": "Trading platform", "zh": "电商平台"},
    "other": {"en": "Other channel", "zh": "其他渠道"},
}
CHANNEL_FIELD, TAKEN_FIELD = "X-Complaint-Desk-Channel", "X-Complaint-Desk-Taken-By"
_CHINESE = range(0x4E00, 0xA000)
_SUBJECT = 80  # characters of the first line that make the subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody heard or got on paper."""

    channel: str  #: key of CHANNELS
    name: str  #: of the complainant, "" if they did not say
    contact: str  #: their address, phone number, anything; "" if they left none
    text: str
    taken_by: str
    at: datetime  #: when it was taken


def as_mail(note: Note, *, to: str) -> bytes:
    """Return the note as a mail from the complainant to our address `to`.

    It has no Message-ID: nobody could ever answer it. A contact that is no address stands in the
    text, where it is found as a phone number.
    """
    address = note.contact if sendable(note.contact) else ""
    local, _, domain = address.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    sender = HeaderAddress(_one_line(note.name), local, domain)
    mail["From"], mail["To"] = sender, to
    first = next((line.strip() for line in note.text.splitlines() if line.strip()), "")
    mail["Subject"] = f"[{note.channel}] {_one_line(first)[:_SUBJECT]}"
    mail["Date"] = note.at
    mail[CHANNEL_FIELD], mail[TAKEN_FIELD] = note.channel, _one_line(note.taken_by)
    mail.set_content(_text(note, address))
    return mail.as_bytes()


def _text(note: Note, address: str) -> str:
    chinese = any(ord(mark) in _CHINESE for mark in note.text)
    name = CHANNELS[note.channel]["zh" if chinese else "en"]
    by = _one_line(note.taken_by)
    lines = [f"（{name}，记录人：{by}）" if chinese else f"({name}, taken by {by})", ""]
    lines += [note.text.strip()]
    if note.contact and not address:
        label = "联系方式" if chinese else "Phone"
        lines += ["", f"{label}：{note.contact}" if chinese else f"{label}: {note.contact}"]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def records_of(mail: ParsedMail, mailbox: str, *, now: datetime) -> tuple[Record, ...]:
    """Return the entries of a new case that say how it came, none for a mail that came as one."""
    if mailbox != BY_HAND or mail.all_headers("received"):
        return ()  # a stranger's file that came over the network, and was taken in by hand
    channel = next(iter(mail.all_headers(CHANNEL_FIELD.lower())), "")
    if channel not in CHANNELS:
        return ()
    by = next(iter(mail.all_headers(TAKEN_FIELD.lower())), "")
    return (
        Record(kind="channel", at=now, by="operator", text=channel),
        *((Record(kind="taken_by", at=now, by="operator", text=by),) if by else ()),
    )
