"""Signed names: reply tokens, our own Message-IDs and the loop mark. Pure; the key is an argument.

A reply token is a bearer's proof for one (case, scope, party); it rides in the plus part of the
Reply-To address, lower-case letters and digits only, so that it survives case folding. A
Message-ID of ours carries a MAC, so that a mail of ours that comes back, or an answer to one, is
recognised without trusting anything a stranger can write (reliability 3.5, 4.3).
"""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple

from cases.model import Scope

_TOKEN = re.compile(r"\+([dcbsapr])\.([a-z2-7]{26})@", re.ASCII)
_OWN_ID = re.compile(
    r"<?(\d{1,12}\.[a-z_]{1,30}\.\d{1,12}\.[a-z2-7]{8})\.([a-z2-7]{20})@", re.ASCII
)


def _mac(key: bytes, text: str, *, length: int) -> str:
    """Return `length` base32 letters (5 bits each) of HMAC-SHA256, lower case."""
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:length]


def reply_token(key: bytes, secret: str, scope: Scope, party: str) -> str:
    """Return the token (130 bits) of one party of the case whose secret is `secret`.

    The same arguments give the same token, so a letter rendered twice is the same letter.
    """
    return _mac(key, f"reply|{secret}|{scope.value}|{party.lower()}", length=26)


def token_hash(token: str) -> str:
    """Return what the store keeps of a token: whoever reads the database can't forge replies."""
    return hashlib.sha256(token.encode()).hexdigest()


def plus_address(address: str, scope: Scope, token: str) -> str:
    """Return local+scope.token@domain; 29 octets longer than `address` (RFC 5321 §4.5.3)."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{scope.value}.{token}@{domain}"


def find_tokens(addresses: tuple[str, ...]) -> tuple[tuple[Scope, str], ...]:
    """Return the (scope, token) pairs in the plus parts of `addresses`, in order."""
    found = (_TOKEN.search(address.lower()) for address in addresses)
    return tuple((Scope(match[1]), match[2]) for match in found if match)


def message_id(
    key: bytes, domain: str, *, case_id: int, letter: str, revision: int, recipient: str
) -> str:
    """Return the Message-ID, without angle brackets, that every try of this letter carries."""
    who = _mac(key, f"to|{recipient.lower()}", length=8)
    head = f"{case_id}.{letter}.{revision}.{who}"
    return f"{head}.{_mac(key, f'id|{head}', length=20)}@{domain}"


class OwnLetter(NamedTuple):
    """What a Message-ID of ours says."""

    case_id: int  #: 0: about no single case
    letter: str
    revision: int
    name: str  #: what stands before the @; the same for nobody else's letter


def own_case(key: bytes, mail_id: str, *, old_key: bytes = b"") -> int | None:
    """Return the case number in a Message-ID of ours; None if it is not ours."""
    found = own_letter(key, mail_id, old_key=old_key)
    return found.case_id if found else None


def own_letter(key: bytes, mail_id: str, *, old_key: bytes = b"") -> OwnLetter | None:
    """Return what a Message-ID of ours says; None if it was tampered with.

    `old_key`: the one that signed before, b"" if there is none. The domain is not compared:
    gateways rewrite it, the MAC can't be. Whoever knows the id of a letter has seen it, so it
    proves as much as the token in that letter's Reply-To.
    """
    match = _OWN_ID.match(mail_id.strip().lower())
    if match is None:
        return None
    signed = (_mac(one, f"id|{match[1]}", length=20) for one in (key, old_key) if one)
    if not any(hmac.compare_digest(match[2], mac) for mac in signed):
        return None
    number, letter, revision, _ = match[1].split(".")
    return OwnLetter(int(number), letter, int(revision), f"{match[1]}.{match[2]}")


def loop_mark(key: bytes, mail_id: str) -> str:
    """Return the value of our X-Complaint-Desk-Loop header for one mail."""
    return _mac(key, f"loop|{mail_id}", length=20)
