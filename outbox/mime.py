"""OutgoingMail → bytes. Pure. The one writer of headers: nothing from outside breaks a line here.

Every mail is text plus HTML, base64 or quoted-printable, so that no line is over 998 octets and
no byte is over 127 (RFC 5321 §4.5.3, RFC 5322 §2.1.1). Automatic letters say so in the ways
RFC 3834 §5 and the field expect.
"""

import re
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cases.addresses import sendable
from cases.incoming import Address
from cases.outgoing import OutgoingMail

PRODUCT = "X-Complaint-Desk"
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def one_line(value: str, *, limit: int = 400) -> str:
    """Return `value` as header text: no control character or separator is left in it (F113).

    Nor an encoded word (RFC 2047): the library would decode it, and what it hides, line ends
    included, would come out as header lines.
    """
    value = value.encode("utf-8", "replace").decode("utf-8")  # lone surrogates can't be sent
    return _BREAKS.sub(" ", value).replace("=?", "= ?").strip()[:limit].rstrip()


def build(mail: OutgoingMail) -> bytes:
    """Return the mail with CRLF line ends. The same mail gives the same bytes.

    Raises ValueError if the recipient is not `sendable`: ask first.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _header_address(mail.sender)
    message["To"] = _header_address(mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Reply-To"] = mail.reply_to
    _thread(message, mail)
    if mail.auto_submitted:
        message["Auto-Submitted"] = mail.auto_submitted
        message["X-Auto-Response-Suppress"] = "All"
    message[f"{PRODUCT}-Loop"] = mail.loop_mark
    message.set_content(mail.text, cte="quoted-printable" if mail.text.isascii() else "base64")
    message.add_alternative(mail.html, subtype="html", cte="base64")
    if mail.original is not None:
        _attach_original(message, mail.original, mail.message_id)
    for name, data in mail.files.items():
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=one_line(name, limit=100)
        )
    _fix_boundaries(message, mail.message_id)
    return message.as_bytes()


def _header_address(address: Address) -> HeaderAddress:
    if not sendable(address.addr):
        raise ValueError(f"can't write to {address.addr!r}")
    # Not `addr_spec`: that refuses a..b@, which RFC 5322 does not know and providers hand out.
    local, _, domain = address.addr.rpartition("@")
    return HeaderAddress(one_line(address.name, limit=100), username=local, domain=domain)


def _thread(message: EmailMessage, mail: OutgoingMail) -> None:
    """Set In-Reply-To and References; an id with odd characters is left out (RFC 5322 §3.6.4)."""
    references = [ref for ref in mail.references if _is_id(ref)]
    if _is_id(mail.in_reply_to):
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
        if mail.in_reply_to not in references:
            references.append(mail.in_reply_to)
    if references:
        message["References"] = " ".join(f"<{ref}>" for ref in references[-20:])


def _is_id(value: str) -> bool:
    """Tell whether a stranger's Message-ID may be repeated; never an encoded word (`one_line`)."""
    plain = re.fullmatch(r"[!-;=?-~]+", value) is not None
    return plain and len(value) <= 250 and "=?" not in value


def _attach_original(message: EmailMessage, original: bytes, message_id: str) -> None:
    """Attach the complainant's mail as it came.

    message/rfc822 may not be encoded (RFC 2046 §5.2.1), so only a mail that already fits a 7-bit
    line travels under that type; any other goes as a file that mail programs open all the same.
    """
    longest = max((len(line) for line in original.split(b"\n")), default=0)
    fits = original.isascii() and b"\0" not in original and longest <= 990
    fits = fits and _boundary(message_id).encode() not in original
    if fits and b"\r" not in original.replace(b"\r\n", b""):
        part = EmailMessage(policy=SMTP)
        part["Content-Type"] = 'message/rfc822; name="original.eml"'
        part["Content-Disposition"] = 'attachment; filename="original.eml"'
        # A message's payload is written as it is, so it needs its CRLF here.
        lines = original.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        part.set_payload(lines.decode("ascii"))
        message.make_mixed()
        message.attach(part)
    else:
        message.add_attachment(
            original, maintype="application", subtype="octet-stream", filename="original.eml"
        )


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Give the parts boundaries made from the Message-ID instead of the library's random ones."""
    number = 0
    for part in message.walk():
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"{_boundary(message_id)}_{number}")
            number += 1


def _boundary(message_id: str) -> str:
    """Return how the boundaries begin; the MAC in the id makes them hard to foretell."""
    return "=_" + re.sub(r"[^A-Za-z0-9]", "", message_id)[:40]
