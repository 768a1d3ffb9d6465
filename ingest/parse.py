"""The door of every mail: bytes in, text out, never an exception.

mail-parser reads the MIME structure; what it or the standard library under it gets wrong is
repaired around it on bytes (design 7.3, reliability F87-F110). If all of that fails there is
`minimal_parse`, which only knows lines.
"""

import logging
from dataclasses import replace
from email.message import Message
from typing import Final, NamedTuple

import mailparser

from cases.incoming import Address, Attachment, Forwarded, ParsedMail
from ingest import (
    addresses,
    body,
    charset,
    documents,
    forwards,
    headers,
    mime,
    parts,
    sealed,
    smime,
)

MAX_SUBJECT: Final = 2000  # characters
MAX_TEXT: Final = 1024 * 1024  # characters
MAX_COVER: Final = 300  # characters of the words above an attached mail that is passed on

_ROUTES: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_WRAPPED: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
#: parts that make a mail a report of a machine about the mail attached to it (RFC 6522)
_REPORTS: Final = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
)
_PART_READ: Final = "read only in part: the structure of the mail defeated the reader"

# it warns about every media type it does not know; a stage is silent
logging.getLogger("mailparser").setLevel(logging.CRITICAL)


def parse(data: bytes) -> ParsedMail:
    """Read a mail (RFC 5322, RFC 2045-2049, 2231, 6532 and what is sent instead); total."""
    try:
        return _parse(data)
    except Exception:  # noqa: BLE001 - a stranger's bytes went through three libraries: F09, F111
        return minimal_parse(data)


def minimal_parse(data: bytes) -> ParsedMail:
    """Read what a line reader can see: the header and the first text; the ladder's last rung.

    Uses neither mail-parser nor the standard library's MIME reader; cannot fail.
    """
    try:
        data = mime.normal_ends(data[: headers.MAX_BLOCK * 4])
        head = headers.read_head(data)
        text, hint = parts.first_text(head, data[head.body_at :])
        return _mail(head, parts.Content(text=text, charset=hint), (), (_PART_READ,))
    except Exception:  # noqa: BLE001 - the last rung holds, whatever happens
        text = charset.clean(data[: headers.MAX_BLOCK].decode("utf-8", "replace"))
        return ParsedMail(
            sender=Address(addr=""), sender_certain=False, text=text, defects=(_PART_READ,)
        )


def _parse(data: bytes) -> ParsedMail:
    data = mime.normal_ends(data)
    head = headers.read_head(data)
    prepared = mime.prepare(head, data[head.body_at :])
    tree, second_opinion = _read(prepared)
    content = parts.read_parts(tree, prepared)
    own = content.text
    if not own.strip():
        content = _opened(content)
    mail = _mail(head, content, second_opinion, tuple(prepared.defects))
    forwarded, attached = _passed_on(mail, own, content.text)
    label = next(iter(mail.all_headers("content-type")), "")
    encrypted = sealed.is_encrypted(label, mail.text, attached)
    return replace(mail, attachments=attached, forwarded=forwarded, encrypted=encrypted)


class _Inside(NamedTuple):
    """A mail inside a mail."""

    sender: Address
    subject: str
    text: str  #: all of it, history included
    attachments: tuple[Attachment, ...]


def _inside(data: bytes) -> _Inside:
    data = mime.normal_ends(data)
    head = headers.read_head(data)
    prepared = mime.prepare(head, data[head.body_at :])
    tree, second_opinion = _read(prepared)
    content = parts.read_parts(tree, prepared)
    fields = _Fields(head, content.charset)
    sender, _, _ = _sender(fields, second_opinion)
    subject = fields.first("subject")[:MAX_SUBJECT]
    return _Inside(sender, subject, content.text[:MAX_TEXT], content.attachments)


def _opened(content: parts.Content) -> parts.Content:
    """Let the one mail inside speak for a mail without words of its own (F101, F103)."""
    attached = [one.data for one in content.attachments if one.type == "message/rfc822"]
    signed = [smime.signed_mail(one.data) for one in content.attachments if one.type in _WRAPPED]
    if len(attached) + len(signed) != 1:
        return content
    inside = _inside((attached + signed)[0])
    if signed:  # a shell around the mail itself: what is attached in it is attached to it
        content = content._replace(attachments=content.attachments + inside.attachments)
    return content._replace(text=inside.text)


def _passed_on(
    mail: ParsedMail, own: str, text: str
) -> tuple[Forwarded | None, tuple[Attachment, ...]]:
    """Return the mail of somebody else that this mail passes on, attached or in its text.

    An attached one that is passed on then says, as an attachment, what its documents say.
    """
    inner = next((one for one in mail.attachments if one.type == "message/rfc822"), None)
    if inner is None:
        return forwards.find_forwarded(text[:MAX_TEXT], mail.subject), mail.attachments
    is_report = any(one.type in _REPORTS for one in mail.attachments)
    answers = bool(mail.in_reply_to or mail.references)  # a mail attached to an answer is a proof
    covers = len(own) <= MAX_COVER and not answers
    if is_report or not (covers or forwards.is_forward_subject(mail.subject)):
        return None, mail.attachments
    inside = _inside(inner.data)
    room = documents.MAX_ALL - sum(len(one.text) for one in mail.attachments)
    words = "\n".join(one.text for one in inside.attachments if one.text)
    said = replace(inner, text=words[: max(0, min(room, documents.MAX_TEXT))])
    attached = tuple(said if one is inner else one for one in mail.attachments)
    new = body.split_reply(inside.text)[0]
    return Forwarded(sender=inside.sender, subject=inside.subject, text=new), attached


def _read(prepared: mime.Prepared) -> tuple[Message, tuple[str, ...]]:
    """Let mail-parser read the structure; returns it and the From addresses it saw."""
    try:
        mail = mailparser.parse_from_bytes(prepared.data)
        seen = tuple(addr for _, addr in mail.from_)
    except Exception:  # noqa: BLE001 - it lets the errors of codecs and of its own code through
        prepared.defects.append("mail-parser could not read it")
        return mime.standard_tree(prepared.data), ()
    return mail.message, seen


class _Fields:
    """Header fields as text: raw for what is cut before it is decoded, decoded for the rest."""

    def __init__(self, head: headers.Head, hint: str) -> None:
        self.raw = tuple((name, headers.decode_raw(value, hint)) for name, value in head.fields)
        self.decoded = tuple((name, headers.decode_words(value)) for name, value in self.raw)

    def first(self, name: str) -> str:
        return next((value for key, value in self.decoded if key == name and value), "")

    def ids(self, name: str) -> tuple[str, ...]:
        return headers.read_ids(" ".join(value for key, value in self.decoded if key == name))

    def boxes(self, *names: str) -> tuple[Address, ...]:
        values = [value for name in names for key, value in self.raw if key == name]
        found = [one for value in values for one in addresses.read_addresses(value)]
        return tuple(found[: addresses.MAX_ADDRESSES])


def _mail(
    head: headers.Head,
    content: parts.Content,
    second_opinion: tuple[str, ...],
    defects: tuple[str, ...],
) -> ParsedMail:
    fields = _Fields(head, content.charset)
    sender, certain, doubts = _sender(fields, second_opinion)
    text = content.text[:MAX_TEXT]
    if len(content.text) > MAX_TEXT:
        doubts = (*doubts, "text over 1 MiB: the rest was left out")
    new, quoted = (text, "") if _PART_READ in defects else body.split_reply(text)
    return ParsedMail(
        sender=sender,
        sender_certain=certain,
        reply_to=fields.boxes("reply-to"),
        to=fields.boxes("to"),
        cc=fields.boxes("cc"),
        delivered_to=tuple(one.addr for one in fields.boxes(*_ROUTES) if "@" in one.addr),
        subject=fields.first("subject")[:MAX_SUBJECT],
        sent_at=headers.read_date(fields.first("date")),
        message_id=next(iter(fields.ids("message-id")), ""),
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        text=new,
        quoted=quoted,
        attachments=content.attachments,
        headers=fields.decoded,
        defects=tuple(dict.fromkeys(head.defects + defects + content.defects + doubts)),
    )


def _sender(
    fields: _Fields, second_opinion: tuple[str, ...]
) -> tuple[Address, bool, tuple[str, ...]]:
    """Return who wrote, whether that is certain, and why not (design 7.4, reliability 0.7)."""
    boxes = fields.boxes("from")
    with_addr = [one for one in boxes if "@" in one.addr]
    if with_addr:
        sender = with_addr[0]
        agreed = [addr.lower() for addr in second_opinion] == [sender.addr.lower()]
        single = len(boxes) == 1 and sum(name == "from" for name, _ in fields.raw) == 1
        # a name that shows another address than the real one is made to deceive
        shown = addresses.ADDRESS.findall(sender.name.lower())
        certain = agreed and single and all(one == sender.addr.lower() for one in shown)
        return sender, certain, () if certain else ("the sender is not certain",)
    for name in ("reply-to", "sender", "return-path", "x-sender"):
        found = [one for one in fields.boxes(name) if "@" in one.addr]
        if found:
            return found[0], False, ("no sender in From",)
    guess = boxes[0] if boxes else Address(addr="")
    return guess, False, ("no sender in From",)
