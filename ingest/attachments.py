"""What is attached: transfer encodings as found in the wild, and names that are safe to use.

Nothing is opened or believed here: an attachment is a name, a type and bytes (F96, F108).
"""

import binascii
import re
import string
from typing import Final

from ingest import charset, headers

MAX_NAME: Final = 200  # bytes in UTF-8

_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/json": ".json",
    "application/xml": ".xml",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/ms-tnef": ".dat",
    "application/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/x-vcard": ".vcf",
    "text/vcard": ".vcf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
}
_UNSAFE: Final = re.compile('[<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
_BASE64_LIKE: Final = frozenset((string.ascii_letters + string.digits + "+/=\r\n\t ").encode())
_UU_BEGIN: Final = re.compile(rb"(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r?\n")
_YENC_BEGIN: Final = re.compile(rb"(?m)^=ybegin [^\r\n]{0,200}name=([^\r\n]{1,200})\r?\n")


def decode_transfer(payload: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045 §6); what is damaged is decoded as it goes."""
    encoding = encoding.strip(" \t\r\n\"';").lower()
    if encoding.startswith("base64") or encoding == "b":
        return _base64(payload)
    if encoding.startswith("quoted"):
        return binascii.a2b_qp(payload)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        begin = _UU_BEGIN.search(payload)
        return _uu(payload, begin.end())[0] if begin else payload
    return payload


def _base64(payload: bytes) -> bytes:
    """Decode base64; text that merely claims to be base64 stays as it is."""
    stripped = payload.strip()
    try:
        return binascii.a2b_base64(stripped, strict_mode=False)
    except binascii.Error:
        pass
    alien = sum(byte not in _BASE64_LIKE for byte in stripped[:4000])
    words = stripped[:4000].count(b" ")
    if alien + words > len(stripped[:4000]) // 8:
        return payload
    return headers.base64_loose(stripped)


def cut_encoded(text: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Cut uuencoded and yEnc files out of a text; returns the rest and (name, bytes) of each."""
    if b"begin" not in text:
        return text, []
    files: list[tuple[str, bytes]] = []
    left, at = bytearray(), 0
    for begin in _UU_BEGIN.finditer(text):
        if begin.start() < at:
            continue
        data, end = _uu(text, begin.end())
        if end < 0:
            continue
        files.append((_plain_name(begin[1]), data))
        left += text[at : begin.start()]
        at = end
    for begin in _YENC_BEGIN.finditer(text, at):
        if begin.start() < at:
            continue
        end = text.find(b"\n=yend", begin.end())
        if end < 0:
            break
        files.append((_plain_name(begin[1]), _yenc(text[begin.end() : end])))
        left += text[at : begin.start()]
        stop = text.find(b"\n", end + 1)
        at = len(text) if stop < 0 else stop + 1
    return bytes(left) + text[at:], files


def _plain_name(raw: bytes) -> str:
    return headers.decode_words(headers.decode_raw(raw.strip()))


def _uu(text: bytes, at: int) -> tuple[bytes, int]:
    """Decode uuencoded lines from `at`; returns the bytes and the end, -1 if they are none."""
    out = bytearray()
    while at < len(text):
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].rstrip(b"\r")
        at = end + 1
        if line.rstrip() == b"end":
            return bytes(out), min(at, len(text))
        if not line.strip(b"` "):
            continue
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        if not 32 <= line[0] <= 96 or len(line) > wanted + 3:
            return bytes(out), -1
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            try:
                out += binascii.a2b_uu(line[:wanted])
            except binascii.Error:
                return bytes(out), -1
    return bytes(out), len(text) if out else -1


def _yenc(text: bytes) -> bytes:
    lines = [line for line in text.split(b"\n") if not line.startswith(b"=ypart")]
    data = b"".join(line.rstrip(b"\r") for line in lines)
    pieces = data.split(b"=")
    out = bytearray(pieces[0])
    for piece in pieces[1:]:
        out += bytes([(piece[0] - 64) & 255]) + piece[1:] if piece else b""
    return bytes(out.translate(bytes((n - 42) & 255 for n in range(256))))


def safe_name(name: str, media_type: str, number: int) -> str:
    """Return a name that shows what the sender wrote and can do no harm as a file name.

    Paths, drive and stream names, controls and bidi overrides are gone (F100); never empty.
    """
    name = charset.clean_line(name).strip("\"'")
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = _UNSAFE.sub("_", name).strip(" ").rstrip(". ")
    if name.strip(".~ ") == "":
        name = f"attachment-{number}{_EXTENSIONS.get(media_type, '.bin')}"
    name = re.sub(r"^[.~][.~ ]*", "_", name)  # no hidden file, nobody's home
    if len(name.encode()) > MAX_NAME:
        stem, dot, ending = name.rpartition(".")
        keep = dot + ending if dot and len(ending) <= 10 else ""
        room = MAX_NAME - len(keep.encode())
        name = (stem if keep else name).encode()[:room].decode("utf-8", "ignore") + keep
    return name


def name_of(name: str, media_type: str, data: bytes, number: int) -> str:
    """Return a safe name for an attachment; an attached mail is named after its subject."""
    if not name.strip() and media_type == "message/rfc822":
        subject = headers.decode_words(
            headers.decode_raw(headers.read_head(data[: headers.MAX_BLOCK]).first("subject"))
        )
        name = re.sub(r"[/\\]", "-", subject)[:MAX_NAME] + ".eml" if subject else ""
    return safe_name(name, media_type, number)
