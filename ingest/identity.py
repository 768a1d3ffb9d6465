"""Is this the same mail, seen through another door? Pure, total.

A mail delivered twice (MTA retry, To and Bcc, moved back by hand) differs only in the trace fields
that servers put on top. So its identity is a hash of everything else; never of Message-ID or
subject alone, which strangers may choose and broken clients repeat (F20–F22).
"""

import hashlib
import re
from collections.abc import Iterator

_TRACE = re.compile(
    rb"(?:received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-[a-z]+|"
    rb"authentication-results|arc-[a-z-]+|received-spf|x-received|x-spam-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_END = re.compile(rb"\r?\n\r?\n")
_PIECE = 2**20  # bytes; copies of a whole mail of 25 MB would be most of what the daemon needs


def identity(data: bytes) -> str:
    """Return the hex digest of a mail without its trace fields and differences of line ends."""
    match = _END.search(data)
    head, body = (data[: match.start()], match.end()) if match else (data, len(data))
    digest = hashlib.sha256()
    keep = True
    for line in head.split(b"\n"):
        if line[:1] not in (b" ", b"\t"):  # a folded line belongs to the field above it
            keep = not _TRACE.match(line)
        if keep:
            digest.update(line.rstrip(b"\r") + b"\n")
    digest.update(b"\0")
    for piece in _pieces(data, body):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(data: bytes, start: int) -> Iterator[bytes]:
    """Yield the body with one kind of line end, and without any at its end."""
    carried = b""  # a CR whose LF may be the first byte of the next piece
    ends = 0  # line ends that are the last ones, unless something follows
    for at in range(start, len(data), _PIECE):
        piece = carried + data[at : at + _PIECE]
        carried = b"\r" if piece.endswith(b"\r") and at + _PIECE < len(data) else b""
        piece = piece[: len(piece) - len(carried)].replace(b"\r\n", b"\n")
        kept = piece.rstrip(b"\n")
        if kept:
            yield b"\n" * ends + kept
            ends = 0
        ends += len(piece) - len(kept)
