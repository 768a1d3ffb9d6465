"""Is this the same mail, seen through another door? Pure, total.

A mail delivered twice (MTA retry, To and Bcc, moved back by hand) differs only in the trace fields
that servers put on top. So its identity is a hash of everything else; never of Message-ID or
subject alone, which strangers may choose and broken clients repeat (F20–F22).
"""

import hashlib
import re

_TRACE = re.compile(
    rb"(?:received|return-path|delivered-to|x-original-to|envelope-to|x-envelope-[a-z]+|"
    rb"authentication-results|arc-[a-z-]+|received-spf|x-received|x-spam-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_END = re.compile(rb"\r?\n\r?\n")


def identity(data: bytes) -> str:
    """Return the hex digest of a mail without its trace fields and differences of line ends."""
    match = _END.search(data)
    head, body = (data[: match.start()], data[match.end() :]) if match else (data, b"")
    digest = hashlib.sha256()
    keep = True
    for line in head.split(b"\n"):
        if line[:1] not in (b" ", b"\t"):  # a folded line belongs to the field above it
            keep = not _TRACE.match(line)
        if keep:
            digest.update(line.rstrip(b"\r") + b"\n")
    digest.update(b"\0")
    digest.update(body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    return digest.hexdigest()
