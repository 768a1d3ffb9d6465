"""winmail.dat: text and files packed in a format of Outlook's own ([MS-OXTNEF]); total (F102)."""

import struct
from collections.abc import Iterator
from typing import Final

from ingest import charset, htmltext, rtf

MAX_RECORDS: Final = 2000
MAX_PROPERTIES: Final = 2000
MAX_TEXT: Final = 2 * 1024 * 1024  # bytes

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_ATTACHMENT: Final = 2  # level of a record that belongs to a file
_MESSAGE: Final = 1  # level of a record that belongs to the mail
_CODE_PAGE: Final = 0x00069007
_BODY: Final = 0x0002800C
_MAIL_PROPERTIES: Final = 0x00069003
_BEGIN: Final = 0x00069002  # attAttachRenddata: a new file
_TITLE: Final = 0x00018010
_DATA: Final = 0x0006800F
_PROPERTIES: Final = 0x00069005
#: PR_ATTACH_LONG_FILENAME as text in the mail's code page, and in UTF-16
_LONG_NAME: Final = ((b"\x1e\x00\x07\x37", "windows-1252"), (b"\x1f\x00\x07\x37", "utf-16-le"))
#: properties that hold the text, in the order we like them
_PLAIN, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_TEXTS: Final = (_PLAIN, _HTML, _RTF)
_WIDE: Final = 0x1F
_COUNTED: Final = (0x0D, 0x1E, _WIDE, 0x102)  # kinds of property that tell their length
_SIZES: Final = {0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}


def read_files(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and bytes of each file in a winmail.dat, as far as it is whole."""
    files: list[tuple[str, bytes]] = []
    name, content = "", b""
    for record, value in _records(data, _ATTACHMENT):
        if record == _BEGIN:
            if content:
                files.append((name, content))
            name, content = "", b""
        elif record == _TITLE:
            name = name or _text(value, "windows-1252")
        elif record == _DATA:
            content = value
        elif record == _PROPERTIES:
            name = _long_name(value) or name
    if content:
        files.append((name, content))
    return files


def read_text(data: bytes) -> str:
    """Return the text of the mail a winmail.dat stands for, "" if it has none."""
    code_page, plain = "windows-1252", ""
    for record, value in _records(data, _MESSAGE):
        if record == _CODE_PAGE and len(value) >= 4:
            code_page = f"windows-{struct.unpack_from('<I', value)[0]}"
            code_page = {"windows-936": "gbk", "windows-65001": "utf-8"}.get(code_page, code_page)
        elif record == _BODY:
            plain = plain or _words(value, code_page)
        elif record == _MAIL_PROPERTIES:
            plain = plain or _from_properties(value, code_page)
    return plain


def _from_properties(data: bytes, code_page: str) -> str:
    """Return the first of plain text, HTML and compressed RTF among MAPI properties."""
    found = {(tag, kind): value for tag, kind, value in _properties(data) if tag in _TEXTS}
    for (tag, kind), value in sorted(found.items(), key=lambda one: _TEXTS.index(one[0][0])):
        value = value[:MAX_TEXT]
        if tag == _PLAIN:
            text = _words(value, "utf-16-le" if kind == _WIDE else code_page)
        elif tag == _HTML:
            text = htmltext.html_to_text(_words(value, code_page))
        else:
            text = rtf.rtf_to_text(rtf.unpack(value))
        if text.strip():
            return text
    return ""


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (number, kind, value) of the properties in [MS-OXTNEF] 2.1.3.4, as far as they go."""
    at = 4
    for _ in range(MAX_PROPERTIES):
        if at + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:  # named: 16 bytes of GUID, then a number or a name
            is_text = _number(data, at + 16) == 1
            at += 24 + (_padded(_number(data, at + 20)) if is_text else 0)
        many = kind & 0x1000 or kind & 0x0FFF in _COUNTED
        count = _number(data, at) if many else 1
        at += 4 if many else 0
        if kind & 0x1000 and count > MAX_PROPERTIES:
            return
        for _ in range(min(count, MAX_PROPERTIES)):
            size = _SIZES.get(kind & 0x0FFF, 4)
            if kind & 0x0FFF in _COUNTED:
                size = _number(data, at)
                at += 4
            yield number, kind & 0x0FFF, data[at : at + size]
            at += _padded(size)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _padded(size: int) -> int:
    return size + -size % 4


def _records(data: bytes, wanted: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one level; a length that lies ends the reading."""
    if not data.startswith(_SIGNATURE):
        return
    at = 6
    for _ in range(MAX_RECORDS):
        if at + 9 > len(data):
            return
        level, record, length = struct.unpack_from("<BII", data, at)
        at += 9
        if at + length > len(data):
            return
        if level == wanted:
            yield record, data[at : at + length]
        at += length + 2  # a checksum nobody needs


def _long_name(properties: bytes) -> str:
    for tag, label in _LONG_NAME:
        at = properties.find(tag)
        if at >= 0 and at + 12 <= len(properties):
            length = struct.unpack_from("<I", properties, at + 8)[0]
            return _text(properties[at + 12 : at + 12 + min(length, 1024)], label)
    return ""


def _words(value: bytes, label: str) -> str:
    return charset.clean(charset.decode(value, label)[0].rstrip("\0"))


def _text(value: bytes, label: str) -> str:
    return charset.clean_line(charset.decode(value, label)[0].rstrip("\0"))
