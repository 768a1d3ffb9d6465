"""The words inside an opaque S/MIME signature (RFC 8551 §3.5.2): read, never believed (F103).

No certificate is looked at: only the mail that was wrapped is taken out of its ASN.1 shell.
"""

from typing import Final

MAX_PIECES: Final = 100_000  # an encoder writes one piece for each kilobyte

#: OBJECT IDENTIFIER 1.2.840.113549.1.7.1, "data": what stands before the signed mail
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_OCTETS: Final = 0x04
_PIECES: Final = 0x24
_WRAPPER: Final = 0xA0


def signed_mail(data: bytes) -> bytes:
    """Return the mail in a signature, b"" if there is none (an encrypted mail, say); total."""
    at = data.find(_DATA)
    if at < 0:
        return b""
    tag, at, _ = _header(data, at + len(_DATA))
    if tag != _WRAPPER:
        return b""
    tag, at, end = _header(data, at)
    if tag == _OCTETS:
        return data[at:end]
    return _joined(data, at, end) if tag == _PIECES else b""


def _joined(data: bytes, at: int, end: int) -> bytes:
    """Join an octet string that was written in pieces (X.690 §8.7)."""
    out = bytearray()
    for _ in range(MAX_PIECES):
        tag, start, stop = _header(data, at)
        if tag != _OCTETS or at >= end:
            break
        out += data[start:stop]
        at = stop
    return bytes(out)


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, start and end of an element; one of unknown length ends with the data."""
    if at + 2 > len(data):
        return 0, len(data), len(data)
    tag, length, at = data[at], data[at + 1], at + 2
    if length == 0x80:
        return tag, at, len(data)
    if length > 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[at : at + min(size, 8)], "big")
        at += size
    return tag, at, min(at + length, len(data))
