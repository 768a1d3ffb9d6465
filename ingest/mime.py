"""What is done to the bytes of a mail before a library reads them, and undone afterwards.

A library is shown the fields that matter, one line each. Long base64 runs are cut out (attachments
shall cost neither time nor memory), attached mails become leaves (so that depth is ours to limit),
and structures beyond 30 levels or 500 parts are cut (reliability F87-F92, 4.9).
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Final

from ingest import headers

MAX_DEPTH: Final = 30
MAX_PARTS: Final = 500
MAX_MIME_FIELD: Final = 2048  # bytes
MAX_MAIL: Final = 25 * 1024 * 1024  # bytes

_RUN: Final = re.compile(
    rb"(?m)^(?:(?:[A-Za-z0-9+/]{40,998}\r?\n){24,}+|[A-Za-z0-9+/]{4096,}+=*\r?(?:\n|\Z))"
)
_FIELD: Final = re.compile(rb"(?im)^content-[a-z-]{2,30}[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+")
_KIND: Final = re.compile(
    rb"(?i)(content-type[ \t]*:\s{0,9}\"?)(message(?=/)|multipart/digest|multipart(?=/))"
)
_STRUCTURE: Final = re.compile(
    rb"(?im)^(?:--([^\n]{1,250})|(content-type[ \t]*:\s{0,9}\"?)multipart/)"
)
_LOST: Final = re.compile(rb"(?im)^--([^\s]{1,200})[ \t]*\r?\ncontent-[a-z-]{2,30}[ \t]*:")
_PREAMBLE: Final = re.compile(rb"(?i)\bmime\b|\bmulti-?part\b|\bseveral parts\b")
_QUOTED_HEAD: Final = re.compile(rb"(?im)^(?:received|return-path|from|to|message-id|subject):")
_BOUNDARY: Final = re.compile(
    rb"""(?i)\bboundary[ \t]*=[ \t]*(?:"([^"\n]{1,200})"|([^\s;"]{1,200}))"""
)
#: what stands for a word after the mark: an attached mail, a digest, a container too deep, a field
_MASKED: Final = {b"M": b"message", b"D": b"digest", b"X": b"multipart", b"F": b""}
_KEPT: Final = (
    *("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version"),
    *("content-type", "content-transfer-encoding", "content-disposition", "content-id"),
)


@dataclass(slots=True)
class Prepared:
    """Bytes a library may read, and what is needed to restore the payloads it hands back."""

    data: bytes
    mark: bytes  #: occurs nowhere in the mail
    runs: list[bytes] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def restore(self, payload: bytes) -> bytes:
        """Return a payload with everything put back that `prepare` took out."""
        if self.mark not in payload:
            return payload
        if self.runs:
            pieces = payload.split(self.mark + b"R")
            for index in range(1, len(pieces)):
                number, _, rest = pieces[index].partition(b"\n")
                pieces[index] = self.runs[int(number)] + rest
            payload = b"".join(pieces)
        for letter, word in _MASKED.items():
            payload = payload.replace(self.mark + letter, word)
        return payload

    def masked(self, word: bytes) -> bytes:
        """Return what stands for a media type the library shall not act on."""
        kind = word.lower()
        if kind == b"message":
            return self.mark + b"M"
        # the parts of a digest are mails by default, without saying so (RFC 2046 §5.1.5)
        return b"multipart/" + self.mark + b"D" if kind == b"multipart/digest" else word

    def type_of(self, media_type: str) -> str:
        """Return a media type as the mail had it."""
        mark = self.mark.decode("ascii")
        if mark not in media_type:
            return media_type
        for letter, word in _MASKED.items():
            media_type = media_type.replace(mark + letter.decode().lower(), word.decode())
        return media_type


def normal_ends(data: bytes) -> bytes:
    """Return `data` with line ends a library can read; where they are sane nothing is touched.

    A lone CR counts as a line end only in a mail that has no LF: elsewhere it would smuggle
    fields into the header (F98).
    """
    if b"\r" not in data:
        return data
    if b"\n" not in data[: headers.MAX_BLOCK]:
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    doubled = data.count(b"\r\r\n")
    if doubled > 3 and doubled * 2 > data.count(b"\n"):
        return data.replace(b"\r\r\n", b"\n")
    return data


def prepare(head: headers.Head, body: bytes) -> Prepared:
    """Return what a MIME library may see of a mail: the fields that matter, and a tamed body."""
    prepared = Prepared(b"", _free_mark(body))
    if len(body) > MAX_MAIL:
        body = body[:MAX_MAIL]
        prepared.defects.append("mail over 25 MiB: the rest was left out")
    head = _with_boundary(head, body)
    kept = [_field(name, value) for name, value in head.fields if name in _KEPT]
    block = b"\n".join(kept) + b"\n\n"
    body = _RUN.sub(lambda found: _cut(prepared, found[0]), body)
    block = _tame(prepared, block)
    if b"multipart" in block.lower():
        body = _limited(prepared, _tame(prepared, body), block)
    prepared.data = block + body
    return prepared


def _with_boundary(head: headers.Head, body: bytes) -> headers.Head:
    """Return the header with the boundary its mail really uses, if the declared one never comes.

    Gateways that rewrite a header lose its Content-Type; the parts in the body tell the boundary.
    """
    declared = head.first("content-type")
    if declared and b"multipart" not in declared.lower():
        return head
    if declared and (known := _boundary(declared, 0)) and b"--" + known in body:
        return head
    found = _LOST.search(body, 0, MAX_MIME_FIELD)
    if found is None or body.count(b"--" + found[1]) < 2 or b'"' in found[1]:
        return head
    preamble = body[: found.start()].strip()
    if preamble and (not _PREAMBLE.search(preamble) or _QUOTED_HEAD.search(preamble)):
        return head  # words, with a mail quoted below them
    kind = headers.read_params(declared).value if declared else "multipart/mixed"
    repaired = b'%s; boundary="%s"' % (kind.encode(), found[1])
    others = tuple(pair for pair in head.fields if pair[0] != "content-type")
    return head._replace(fields=(*others, ("content-type", repaired)))


def _free_mark(body: bytes) -> bytes:
    number = 0
    while (mark := b"xq%dz" % number) in body:
        number += 1
    return mark


def _field(name: str, value: bytes) -> bytes:
    return name.title().encode("ascii") + b": " + re.sub(rb"[\r\n\x00]+", b" ", value)


def _cut(prepared: Prepared, run: bytes) -> bytes:
    prepared.runs.append(run)
    return prepared.mark + b"R%d\n" % (len(prepared.runs) - 1)


def _tame(prepared: Prepared, data: bytes) -> bytes:
    """Make leaves of attached mails, and rob monstrous MIME fields of their name."""

    def tame(found: re.Match[bytes]) -> bytes:
        value = found[0]
        if len(value) > MAX_MIME_FIELD:
            prepared.defects.append("a MIME field was too long")
            return prepared.mark + b"F" + value
        return _KIND.sub(lambda kind: kind[1] + prepared.masked(kind[2]), value, count=1)

    return _FIELD.sub(tame, data)


def _limited(prepared: Prepared, body: bytes, block: bytes) -> bytes:
    """Make leaves of containers below 30 levels, and cut the body at the 500th part."""
    if body.count(b"\n--") <= MAX_PARTS and body.lower().count(b"multipart/") < MAX_DEPTH:
        return body
    stack = [_boundary(block, 0)]
    out, at, parts = bytearray(), 0, 0
    for found in _STRUCTURE.finditer(body):
        if found[1] is None:
            if len(stack) < MAX_DEPTH:
                stack.append(_boundary(body, found.start()))
                continue
            out += body[at : found.end(2)] + prepared.mark + b"X/"
            at = found.end()
            prepared.defects.append("more than 30 levels of parts")
            continue
        line = found[1].rstrip()
        closes = line.endswith(b"--") and line[:-2] in stack
        name = line[:-2] if closes else line
        if name not in stack:
            continue
        while stack[-1] != name:
            stack.pop()
        if closes:
            stack.pop()
            if not stack:
                break
            continue
        parts += 1
        if parts > MAX_PARTS:
            prepared.defects.append("more than 500 parts: the rest was left out")
            return bytes(out + body[at : found.start()])
    return bytes(out + body[at:])


def _boundary(data: bytes, at: int) -> bytes:
    found = _BOUNDARY.search(data, at, at + MAX_MIME_FIELD)
    return (found[1] or found[2]).rstrip() if found else b""


def standard_tree(data: bytes) -> Message:
    """Return the structure as the standard library reads it, where mail-parser gave up."""
    return message_from_bytes(data)
