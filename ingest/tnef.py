"""winmail.dat: the files Outlook packs in a format of its own ([MS-OXTNEF]); total (F102)."""

import struct
from collections.abc import Iterator
from typing import Final

from ingest import charset

MAX_RECORDS: Final = 2000

_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_ATTACHMENT: Final = 2  # level of a record that belongs to a file
_BEGIN: Final = 0x00069002  # attAttachRenddata: a new file
_TITLE: Final = 0x00018010
_DATA: Final = 0x0006800F
_PROPERTIES: Final = 0x00069005
#: PR_ATTACH_LONG_FILENAME as text in the mail's code page, and in UTF-16
_LONG_NAME: Final = ((b"\x1e\x00\x07\x37", "windows-1252"), (b"\x1f\x00\x07\x37", "utf-16-le"))


def read_files(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and bytes of each file in a winmail.dat, as far as it is whole."""
    files: list[tuple[str, bytes]] = []
    name, content = "", b""
    for record, value in _records(data):
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


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of files; a length that lies ends the reading."""
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
        if level == _ATTACHMENT:
            yield record, data[at : at + length]
        at += length + 2  # a checksum nobody needs


def _long_name(properties: bytes) -> str:
    for tag, label in _LONG_NAME:
        at = properties.find(tag)
        if at >= 0 and at + 12 <= len(properties):
            length = struct.unpack_from("<I", properties, at + 8)[0]
            return _text(properties[at + 12 : at + 12 + min(length, 1024)], label)
    return ""


def _text(value: bytes, label: str) -> str:
    return charset.clean_line(charset.decode(value, label)[0].rstrip("\0"))
