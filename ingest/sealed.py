"""Mails that only their recipient can open: S/MIME and PGP. A person must (F103)."""

import re
from typing import Final

from cases.incoming import Attachment

#: OBJECT IDENTIFIERs of enveloped-data and authEnveloped-data (RFC 8551 §3.3, RFC 5083 §2.1)
_ENVELOPES: Final = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("060b2a864886f70d0109100117"),
)
MAX_LABEL: Final = 1000  # characters
_HEAD: Final = 64  # bytes: what kind of shell it is stands at its beginning
_WRAPPED: Final = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_ENVELOPED: Final = re.compile(
    r"(?i)^\s{0,9}application/(?:x-)?pkcs7-mime\b.*\bsmime-type\s{0,9}=\s{0,9}\"?"
    r"(?:auth)?enveloped-data"
)
_ARMOUR: Final = re.compile(
    r"^-----BEGIN PGP MESSAGE-----[ \t]*\n(?:[A-Za-z]{3,20}: [^\n]{0,200}\n){0,8}[ \t]*\n?"
    r"[A-Za-z0-9+/=]{20,}[ \t]*$",
    re.MULTILINE,
)


def is_encrypted(label: str, text: str, attached: tuple[Attachment, ...]) -> bool:
    """Tell whether what a mail says is encrypted; signed mails are not. Total.

    `label` is its Content-Type, `text` are the new words (an encrypted mail in the history does
    not count).
    """
    if _ENVELOPED.search(label[:MAX_LABEL]) and not text.strip():  # RFC 8551 §3.2.2
        return True
    if _ARMOUR.search(text):  # RFC 9580 §6.2
        return True
    for one in attached:
        if one.type in _WRAPPED and any(oid in one.data[:_HEAD] for oid in _ENVELOPES):
            return True
        if one.type == "application/pgp-encrypted" and not text.strip():  # RFC 3156 §4
            return True
    return False
