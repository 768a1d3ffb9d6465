"""The mails of a fault test; each has a nonce by which its way through the desk is followed."""

import re
import secrets
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from tests.faults.plain_child import DEADLY
from tests.faults.seams import SPOILT

#: In every subject and body; none of it may stand in a log (I10).
CANARY = "canary-of-the-body"
#: Our own mail server in these tests: only its results count as the third proof.
AUTHSERV = "mx.example.com"
PASSED = f"{AUTHSERV}; dmarc=pass header.from=example.com"


class Kind(StrEnum):
    """What a mail is, and so what must become of it."""

    COMPLAINT = "complaint"  #: one case, opened by it
    ENQUIRY = "enquiry"  #: one case as well, that is no complaint
    UNSURE = "unsure"  #: one case that waits for a person's word on what it is about
    TWICE = "twice"  #: delivered twice: one case, one duplicate
    MACHINE = "machine"  #: ignored with a reason, and nobody writes to its sender
    DEAD = "dead"  #: one case; letters to its sender came back twice, so no automatic one leaves
    DEADLY = "deadly"  #: ends the process that reads it: one case, read in part
    SPOILT = "spoilt"  #: the deciding code fails on it each time: set aside
    REPLY = "reply"  #: a department's word with all three proofs: joins its case and acts
    ANY = "any"  #: a real mail from elsewhere: one outcome, whichever
    FORGED = "forged"  #: the same with one proof missing: joins its case and does nothing


#: Kinds that open a case.
OPENING = (*(Kind.COMPLAINT, Kind.ENQUIRY, Kind.UNSURE, Kind.TWICE, Kind.DEAD, Kind.DEADLY),)
#: Kinds whose sender must never get an automatic letter (I4).
SILENCED = (Kind.MACHINE, Kind.DEAD)
_CRLF = re.compile(rb"\r?\n")
_EVERY = {4: Kind.MACHINE, 9: Kind.TWICE, 14: Kind.ENQUIRY, 17: Kind.DEAD, 25: Kind.DEADLY}
_MIX = {**_EVERY, 24: Kind.MACHINE, 29: Kind.TWICE, 33: Kind.UNSURE, 35: Kind.SPOILT}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A mail that was given to the mail server."""

    nonce: str
    kind: Kind
    sender: str
    data: bytes
    detail: str = ""  #: what stands behind the plus of the address

    @property
    def copies(self) -> int:
        """How often it was delivered."""
        return 2 if self.kind is Kind.TWICE else 1


def kind_of(number: int) -> Kind:
    """Return what the mail `number` of a mixed lot is."""
    return _MIX.get(number % 40, Kind.COMPLAINT)


def mixed(count: int, *, to: str, start: int = 0) -> list[Sent]:
    """Return `count` mails of all kinds that strangers write."""
    return [make(number, kind_of(number), to=to) for number in range(start, start + count)]


def make(number: int, kind: Kind, *, to: str) -> Sent:
    """Return one mail by somebody nobody else is, with words nobody else uses."""
    nonce = f"n{number}-{secrets.token_hex(4)}"
    sender = f"{nonce}@customer{number}.example"
    marks = {Kind.DEADLY: DEADLY, Kind.SPOILT: SPOILT}
    text = f"The kettle {nonce} leaks and nobody answers my calls. {CANARY}"
    if kind is Kind.ENQUIRY:
        text = f"How do I open the lid of the kettle {nonce}? {CANARY}"
    if kind is Kind.UNSURE:
        text = f"Is it the kettle {nonce}, or the courier? Who knows. {CANARY}"
    mail = _blank(nonce, sender, to, f"{marks.get(kind, '')} Kettle {nonce} {CANARY}".strip())
    if kind is Kind.MACHINE:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(text)
    return Sent(nonce=nonce, kind=kind, sender=sender, data=mail.as_bytes())


def found(data: bytes) -> Sent:
    """Return somebody's real mail, with a nonce on top."""
    nonce = f"f-{secrets.token_hex(6)}"
    return Sent(
        nonce=nonce,
        kind=Kind.ANY,
        sender="somebody@customer.example",
        data=f"X-Nonce: {nonce}\r\n".encode() + _CRLF.sub(b"\r\n", data),
    )


def reply(
    letter: EmailMessage,
    text: str,
    *,
    sender: str,
    to: str,
    proof: bool = True,
    thread: bool = True,
    forged: bool = False,
) -> Sent:
    """Return an answer to a letter of ours; `proof`: our mail server vouches for its sender."""
    nonce = f"r-{secrets.token_hex(6)}"
    mail = _blank(nonce, sender, to, f"Re: {letter['Subject']}")
    if thread:
        mail["In-Reply-To"] = str(letter["Message-ID"])
    mail.set_content(f"{text}\n{CANARY} {nonce}\n")
    data = mail.as_bytes()
    if proof:
        data = f"Authentication-Results: {PASSED}\r\n".encode() + data
    detail = to.partition("@")[0].partition("+")[2]
    kind = Kind.FORGED if forged else Kind.REPLY
    return Sent(nonce=nonce, kind=kind, sender=sender, data=data, detail=detail)


def _blank(nonce: str, sender: str, to: str, subject: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{nonce}@customer.example>"
    mail["X-Nonce"] = nonce
    return mail
