"""Which parts of a mail are its text and which are attached (RFC 2046, RFC 2387, RFC 2183)."""

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Final, NamedTuple

from cases.incoming import Attachment
from ingest import attachments, charset, collected, flowed, headers, htmltext, mime, tnef

MAX_STUB: Final = 500  # characters
_TNEF: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_TEXT: Final = frozenset(
    ("text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html")
)
_STUB: Final = re.compile(
    r"(?i)\bhtml\b|(?:does not|doesn't|cannot) (?:support|display)|in your (?:web )?browser|"
    r"不支持|无法显示|無法顯示|浏览器|瀏覽器|im browser|navegador|navigateur"
)
_ENRICHED: Final = re.compile(r"<<|</?[a-zA-Z][a-zA-Z0-9,-]{0,60}>|\n(\n*)")


class Content(NamedTuple):
    """What the parts of a mail say."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    charset: str = ""  #: label of the first text part, a hint for raw header bytes
    defects: tuple[str, ...] = ()


class _Piece(NamedTuple):
    """One text of the mail."""

    text: str
    is_html: bool


@dataclass(slots=True)
class _Reader:
    prepared: mime.Prepared
    files: collected.Collected
    hint: str = ""
    defects: list[str] = field(default_factory=list)
    texts: int = 0
    outlook: str = ""  #: the text in a winmail.dat, for a mail that has no other


def read_parts(tree: Message, prepared: mime.Prepared) -> Content:
    """Return text and attachments of a mail that `mime.prepare` made readable."""
    reader = _Reader(prepared, collected.Collected())
    pieces = _walk(reader, tree, headers.Params("text/plain", {}))
    text = "\n\n".join(piece.text.strip("\n") for piece in pieces if piece.text.strip())
    text = text or reader.outlook
    defects = tuple(dict.fromkeys(reader.defects + reader.files.defects))
    return Content(text, tuple(reader.files.found), reader.hint, defects)


def _walk(reader: _Reader, part: Message, default: headers.Params) -> list[_Piece]:
    kind = _type(reader, part, default)
    if not part.is_multipart():
        return _leaf(reader, part, kind)
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    inner = headers.Params(
        "message/rfc822" if kind.value == "multipart/digest" else "text/plain",
        {"charset": kind.params.get("charset", "")},  # put there by mailers that know no better
    )
    if kind.value == "multipart/alternative":
        return _alternative([_walk(reader, child, inner) for child in children])
    pieces: list[_Piece] = []
    for child in children:
        pieces += _walk(reader, child, inner)
    return pieces


def _alternative(versions: list[list[_Piece]]) -> list[_Piece]:
    """Prefer the plain version that says something (RFC 2046 §5.1.4 lets us choose)."""
    filled = [pieces for pieces in versions if any(piece.text.strip() for piece in pieces)]
    plain = [pieces for pieces in filled if not any(piece.is_html for piece in pieces)]
    rich = [pieces for pieces in filled if pieces not in plain]
    if plain and rich and _is_stub(plain[0], rich[-1]):
        return rich[-1]
    return plain[0] if plain else filled[-1] if filled else []


def _is_stub(plain: list[_Piece], rich: list[_Piece]) -> bool:
    """Tell whether the plain version only says that the other one should be read."""
    text = "".join(piece.text for piece in plain)
    return (
        len(text) < MAX_STUB
        and _STUB.search(text) is not None
        and sum(len(piece.text) for piece in rich) > 3 * len(text)
    )


def _type(reader: _Reader, part: Message, default: headers.Params) -> headers.Params:
    raw = _raw(part, "content-type")
    kind = headers.read_params(raw, reader.hint)
    value = reader.prepared.type_of(kind.value)
    if "/" not in value:
        value = {"text": "text/plain", "html": "text/html"}.get(value, default.value)
    return headers.Params(value, {**default.params, **kind.params})


def _raw(part: Message, name: str) -> bytes:
    """Return the topmost field `name` of a part as bytes."""
    for key, value in part.raw_items():
        if key.lower() == name:
            return str(value).encode("utf-8", "surrogateescape")[: mime.MAX_MIME_FIELD]
    return b""


def _leaf(reader: _Reader, part: Message, kind: headers.Params) -> list[_Piece]:
    encoding = _raw(part, "content-transfer-encoding").decode("ascii", "replace")
    disposition = headers.read_params(_raw(part, "content-disposition"), reader.hint)
    name = disposition.params.get("filename") or kind.params.get("name", "")
    data = attachments.decode_transfer(_payload(reader, part), encoding)
    media_type = kind.value
    if media_type.startswith("multipart/"):  # a container whose boundary never came
        media_type = "text/plain"
        reader.defects.append("a container without its parts")
    is_text = media_type in _TEXT and disposition.value != "attachment"
    if is_text and (not name or reader.texts == 0):
        reader.hint = reader.hint or kind.params.get("charset", "")
        pieces = _text(reader, data, kind._replace(value=media_type))
        reader.texts += any(piece.text.strip() for piece in pieces)
        if name:
            reader.files.add(name, media_type, data, known=True)
        return pieces
    reader.files.add(name, media_type, data, label=kind.params.get("charset", ""))
    if media_type in _TNEF or name.lower() == "winmail.dat":
        reader.outlook = reader.outlook or tnef.read_text(data)
        for inner, content in tnef.read_files(data):
            reader.files.add(inner, collected.UNKNOWN, content)
    return []


def _payload(reader: _Reader, part: Message) -> bytes:
    del part["content-transfer-encoding"]
    payload = part.get_payload(decode=True)
    return reader.prepared.restore(payload) if isinstance(payload, bytes) else b""


def _text(reader: _Reader, data: bytes, kind: headers.Params) -> list[_Piece]:
    media_type = kind.value
    if media_type == "text/plain":
        data, files = attachments.cut_encoded(data)
        for name, content in files:
            reader.files.add(name, collected.UNKNOWN, content)
    text, defect = charset.decode(data, kind.params.get("charset", ""))
    if defect:
        reader.defects.append(defect)
    text = charset.clean(text)
    if media_type == "text/html":
        return [_Piece(htmltext.html_to_text(text), True)]
    if kind.params.get("format", "").lower() == "flowed":
        delete = kind.params.get("delsp", "").lower() == "yes"
        return [_Piece(flowed.unflow(text, delete_space=delete), False)]
    if media_type in ("text/enriched", "text/richtext"):
        return [_Piece(_ENRICHED.sub(lambda m: "<" if m[0] == "<<" else m[1] or "", text), False)]
    return [_Piece(text, False)]


def first_text(head: headers.Head, body: bytes) -> tuple[str, str]:
    """Return the first text of a mail and its charset label, by cutting lines only; total."""
    kind = headers.read_params(head.first("content-type"))
    for _ in range(10):
        boundary = kind.params.get("boundary", "").encode("utf-8", "surrogateescape")
        delimiter = b"--" + boundary
        at = body.find(delimiter)
        if not kind.value.startswith("multipart/") or not boundary or at < 0:
            break
        start = body.find(b"\n", at) + 1
        end = body.find(b"\n" + delimiter, start)
        body = body[start:] if end < 0 else body[start:end]
        head = headers.read_head(body)
        body = body[head.body_at :]
        kind = headers.read_params(head.first("content-type"))
    label = kind.params.get("charset", "")
    encoding = head.first("content-transfer-encoding").decode("ascii", "replace")
    data = attachments.decode_transfer(body, encoding)
    text = charset.clean(charset.decode(data, label)[0])
    return (htmltext.html_to_text(text) if kind.value == "text/html" else text), label
