"""Header fields on bytes: cut, unfolded, decoded; nothing here trusts the sender.

The standard library meets header bytes only after these caps (reliability 0.3, 4.9): block
128 KiB, field 16 KiB, 1,000 fields.
"""

import binascii
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from ingest import charset

MAX_BLOCK: Final = 128 * 1024  # bytes
MAX_FIELD: Final = 16 * 1024  # bytes
MAX_FIELDS: Final = 1000
MAX_NAME: Final = 200  # bytes of a field's name

_LOOK_AHEAD: Final = 20  # lines

_FIELD: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN: Final = re.compile(
    rb"(?i)(?:from|to|cc|bcc|date|subject|sender|reply-to|return-path|received|message-id|"
    rb"in-reply-to|references|mime-version|content-[a-z-]{2,30}|x-[a-z0-9-]{1,60}|list-[a-z-]{2,20}|"
    rb"auto-submitted|precedence|delivered-to|dkim-[a-z-]{2,20}|authentication-results|user-agent|"
    rb"importance|thread-[a-z]{2,10}|organization|errors-to|priority|arc-[a-z-]{2,40})[ \t]*:"
)
_WORD: Final = re.compile(r"=\?([^\s?*=]{1,40})(?:\*[^\s?]{0,30})?\?([bBqQ])\?")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_HEX: Final = re.compile(r"[0-9A-F]{2}(?!=\?)")
_ID: Final = re.compile(r"<([^<>]{1,998})>")
_PARAMETER: Final = re.compile(
    r""";?\s*([^\s=;"*]{1,60})(\*\d{1,3})?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))""", re.DOTALL
)


class Head(NamedTuple):
    """The header block of a mail or part."""

    fields: tuple[tuple[str, bytes], ...]  #: (lower-case name, unfolded value), in order
    body_at: int  #: offset of the first body byte
    defects: tuple[str, ...]

    def first(self, name: str) -> bytes:
        """Return the topmost value of the field `name` (lower case), b"" if there is none."""
        return next((value for key, value in self.fields if key == name), b"")


def read_head(data: bytes) -> Head:
    """Cut the header block off `data`, whose line ends are LF; total.

    Lines that are no field and stand between known fields are skipped: a lost blank before a
    folded line must not make half of the header part of the body.
    """
    fields: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    at, size = 0, len(data)
    while at < size:
        end = data.find(b"\n", at)
        end = size if end < 0 else end
        line = data[at : min(end, at + MAX_FIELD)].rstrip(b"\r")
        if not line.strip() and fields and not (line and _goes_on(data, end + 1, line, fields)):
            at = min(end + 1, size)
            break
        if line and line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif (found := _FIELD.match(line)) and len(fields) < MAX_FIELDS:
            fields.append((found[1].decode("ascii").lower(), [line[found.end() :]]))
        elif found:
            defects.append("more than 1,000 header fields")
        elif line.strip() and not line.startswith((b"From ", b">From ")):
            if not _goes_on(data, min(end + 1, size), line, fields):
                defects.append("no blank line after the header")
                break
            defects.append("a header line is no field")
            if fields:  # most often a folded line that lost its blank
                fields[-1][1].append(b" " + line)
        at = min(end + 1, size)
        if at > MAX_BLOCK:
            at = _end_of_block(data, at)
            defects.append("header over 128 KiB")
            break
    cut = tuple((name, _unfold(lines)) for name, lines in fields)
    if any(sum(map(len, lines)) >= MAX_FIELD - MAX_NAME for _, lines in fields):
        defects.append("header field over 16 KiB")
    return Head(cut, at, tuple(dict.fromkeys(defects)))


def _goes_on(data: bytes, at: int, line: bytes, fields: list[tuple[str, list[bytes]]]) -> bool:
    """Tell whether the header goes on after a line that is no field."""
    if line[:2] in (b"X-", b"x-") or _KNOWN.match(data, at):
        return True
    if {"from", "to", "subject", "date"} <= {name for name, _ in fields}:
        return False  # complete: what follows are the sender's words
    for _ in range(_LOOK_AHEAD):
        end = data.find(b"\n", at)
        if end < 0 or not data[at:end].strip():
            return False
        at = end + 1
        if _KNOWN.match(data, at):
            return True
    return False


def _end_of_block(data: bytes, at: int) -> int:
    end = data.find(b"\n\n", at - 1)
    return len(data) if end < 0 else end + 2


def _unfold(lines: list[bytes]) -> bytes:
    """Join folded lines (RFC 5322 §2.2.3), no more than 16 KiB of them."""
    if len(lines) == 1:
        return lines[0][:MAX_FIELD].strip()
    kept, size = [], 0
    for line in lines:
        kept.append(line)
        size += len(line)
        if size > MAX_FIELD:
            break
    return b"".join(kept)[:MAX_FIELD].strip()


def decode_raw(value: bytes, hint: str = "") -> str:
    """Return raw header bytes as text: UTF-8 (RFC 6532), the mail's own charset, or a guess."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    if b"\x1b" not in value:
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return charset.decode(value, hint)[0]


def decode_words(value: str, *, line: bool = True) -> str:
    """Return a header value with its encoded words decoded (RFC 2047), as found in the wild too.

    Neighbouring words in one charset are joined as bytes first: mailers cut characters in half.
    """
    if "=?" not in value:
        return charset.clean_line(value) if line else value
    out: list[str] = []
    run: list[tuple[str, bytes]] = []
    at = 0
    for found in _words(value):
        start, end, label, data = found
        between = value[at:start]
        if between.strip() or not run:
            out.append(_flush(run))
            out.append(between)
            run = []
        run.append((label, data))
        at = end
    out.append(_flush(run))
    out.append(value[at:])
    text = "".join(out)
    return charset.clean_line(text) if line else text


def _words(value: str) -> list[tuple[int, int, str, bytes]]:
    """Find encoded words in linear time: (start, end, charset, bytes)."""
    found: list[tuple[int, int, str, bytes]] = []
    at = 0
    while (start := value.find("=?", at)) >= 0:
        head = _WORD.match(value, start)
        if head is None:
            at = start + 2
            continue
        end = value.find("?=", head.end())
        if end < 0:
            break
        if head[2] in "qQ":
            end = _end_of_q(value, end)
        raw = value[head.end() : end].encode("utf-8", "surrogatepass")
        data = _q(raw) if head[2] in "qQ" else base64_loose(raw)
        found.append((start, end + 2, head[1], data))
        at = end + 2
    return found


def _end_of_q(value: str, end: int) -> int:
    """Skip a "?=" that is a bare question mark before an encoded byte: `=?utf-8?Q?Why?=20so?=`."""
    if _HEX.match(value, end + 2) is None:
        return end
    later = value.find("?=", end + 2)
    return later if later >= 0 and not value[end:later].count(" ") else end


def _flush(run: list[tuple[str, bytes]]) -> str:
    text: list[str] = []
    at = 0
    while at < len(run):
        label = run[at][0]
        joined = bytearray()
        while at < len(run) and run[at][0].lower() == label.lower():
            joined += run[at][1]
            at += 1
        text.append(charset.decode(bytes(joined), label)[0])
    return "".join(text)


def _q(raw: bytes) -> bytes:
    return binascii.a2b_qp(raw.replace(b"\n", b"").replace(b"\r", b""), header=True)


def base64_loose(raw: bytes) -> bytes:
    """Decode base64 whatever stands between its characters; total.

    Padding in the middle ends a piece (two encoders' outputs glued together).
    """
    out = bytearray()
    for piece in re.split(rb"=+", raw[:-1]) if b"=" in raw.rstrip(b"=\r\n \t") else [raw]:
        letters = _NOT_BASE64.sub(b"", piece)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out += binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return bytes(out)


class Params(NamedTuple):
    """A Content-Type or Content-Disposition field."""

    value: str  #: lower case, without parameters
    params: dict[str, str]  #: lower-case name → decoded value


def read_params(raw: bytes, hint: str = "") -> Params:
    """Read a structured MIME field with its parameters (RFC 2045 §5.1, RFC 2231); total."""
    text = raw.decode("utf-8", "surrogateescape")
    head, _, rest = text.partition(";")
    if "=" in head and "/" not in head:  # the value itself is missing
        head, rest = "", text
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for found in _PARAMETER.finditer(rest[:MAX_FIELD]):
        name, number, starred, quoted, plain = found.groups()
        value = plain.strip() if quoted is None else re.sub(r'\\(["\\])', r"\1", quoted)
        index = int(number[1:]) if number else -1 if starred else -2
        pieces.setdefault(name.lower(), {}).setdefault(index, (bool(starred), value))
    params = {name: _parameter(parts, hint) for name, parts in pieces.items()}
    value = re.split(r"[\s(]", head.strip(), maxsplit=1)[0].strip("\"'").lower()
    return Params(charset.clean_line(value), params)


def _parameter(parts: dict[int, tuple[bool, str]], hint: str) -> str:
    numbered = sorted(index for index in parts if index >= 0)
    if numbered:
        return _continued([parts[index] for index in numbered], hint)
    if -1 in parts:
        return _continued([parts[-1]], hint)
    text = decode_raw(parts[-2][1].encode("utf-8", "surrogateescape"), hint)
    return decode_words(text)


def _continued(parts: list[tuple[bool, str]], hint: str) -> str:
    """Join the pieces of an RFC 2231 parameter."""
    label, data = "", bytearray()
    for index, (starred, value) in enumerate(parts):
        if starred and index == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if starred else raw
    if label:
        return charset.clean_line(charset.decode(bytes(data), label)[0])
    return decode_words(decode_raw(bytes(data), hint))


def read_ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a field without angle brackets, in order, each once."""
    value = value[:MAX_FIELD]
    found = [re.sub(r"\s+", "", one) for one in _ID.findall(value)]
    if not found:  # ids without brackets; a lone word is one, whatever it looks like
        words = value.split()
        found = [word.strip("<>;,") for word in words if "@" in word or len(words) == 1]
    return tuple(dict.fromkeys(one for one in found if one))[:200]


def read_date(value: str) -> datetime | None:
    """Return the moment of a Date field in UTC, None if it names none (F79); total."""
    try:
        parts = parsedate_tz(value[:200])
        if parts is None:
            return None
        moment = datetime(*parts[:6], tzinfo=UTC)
        return moment - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
