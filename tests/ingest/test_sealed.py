"""Encrypted mails are known; signed ones are not called encrypted."""

import base64

import pytest

from ingest.parse import parse

FROM = b"From: ann@x.example\n\n"
ENVELOPE = b"\x30\x80" + bytes.fromhex("06092a864886f70d010703") + b"\xa0\x80"
AUTH_ENVELOPE = b"\x30\x80" + bytes.fromhex("060b2a864886f70d0109100117") + b"\xa0\x80"
SIGNED = b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80"
ARMOUR = (
    b"-----BEGIN PGP MESSAGE-----\nVersion: X\n\n" + b"hQEMA0123456789abcdef" * 3 + b"\n=aaaa\n"
)


def smime(shell: bytes) -> bytes:
    """Wrap a shell as S/MIME does."""
    return (
        b"From: ann@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(shell)
    )


ENCRYPTED = {
    "S/MIME": smime(ENVELOPE),
    "S/MIME with authentication": smime(AUTH_ENVELOPE),
    "S/MIME by its label": b"From: ann@x.example\nContent-Type: application/pkcs7-mime;\n"
    b" smime-type=enveloped-data; name=smime.p7m\n\ncut off",
    "PGP/MIME": b"From: ann@x.example\nContent-Type: multipart/encrypted; boundary=x;"
    b" protocol=application/pgp-encrypted\n\n--x\nContent-Type: application/pgp-encrypted\n\n"
    b"Version: 1\n--x\nContent-Type: application/octet-stream\n\n" + ARMOUR + b"--x--\n",
    "PGP in the text": b"From: ann@x.example\n\n" + ARMOUR + b"-----END PGP MESSAGE-----\n",
}
OPEN = {
    "S/MIME, signed": smime(SIGNED),
    "PGP, signed": FROM + b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nhi\n",
    "words about PGP": FROM + b"It said\n-----BEGIN PGP MESSAGE-----\nand no more\n",
    "an encrypted mail in the history": b"From: ann@x.example\n\nI can't read this.\n\n"
    b"On 2026-11-23 at 09:00, desk <d@example.com> wrote:\n"
    + b"".join(b"> " + line + b"\n" for line in ARMOUR.split(b"\n")),
}


@pytest.mark.parametrize("name", ENCRYPTED)
def test_an_encrypted_mail_is_known(name: str) -> None:
    """A person must read what we can't (F103)."""
    assert parse(ENCRYPTED[name]).encrypted


@pytest.mark.parametrize("name", OPEN)
def test_an_open_mail_is_not_called_encrypted(name: str) -> None:
    """Signatures, words about encryption and the history don't count."""
    assert not parse(OPEN[name]).encrypted
