"""What an attachment really is, by its first bytes, and what makes it dangerous to open (F96).

A label is a claim of the sender. Where the bytes say something else they win; where they say
nothing the label stands. Nothing is unpacked here: of a ZIP only the directory is read.
"""

import io
import re
import zipfile
from typing import Final, NamedTuple

from ingest.filewords import BY_ENDING, MACRO_ENDINGS, PROGRAM_ENDINGS, PROGRAM_TYPES

MAX_BYTES: Final = 20 * 1024 * 1024  #: of one attachment; more is marked
MAX_ALL: Final = 50 * 1024 * 1024  #: of the attachments of a mail together
MAX_MEMBERS: Final = 2000

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
OLE: Final = "application/x-ole-storage"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
WINDOWS_PROGRAM: Final = "application/vnd.microsoft.portable-executable"
PROGRAM: Final = "application/x-executable"
SCRIPT: Final = "text/x-shellscript"
_LINK: Final = "application/x-ms-shortcut"
_UNKNOWN: Final = "application/octet-stream"

_MAGIC: Final = (
    (b"%PDF-", PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa\xce", PROGRAM),
    (b"\xfe\xed\xfa\xcf", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"#!/", SCRIPT),
    (b"#! /", SCRIPT),
    (b"{\\rtf", "application/rtf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0", _LINK),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
#: brands of the ISO base media file format (ISO/IEC 14496-12 §4.3)
_HEIC: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_QUICKTIME: Final = b"qt  "
_OFFICE: Final = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_OLE_STREAMS: Final = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__substg1.0_", "application/vnd.ms-outlook"),
)
_ALIASES: Final = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/x-pdf": PDF,
    "application/x-zip-compressed": ZIP,
    "text/rtf": "application/rtf",
    "image/heif": "image/heic",
    "audio/mp4": "video/mp4",
    "video/x-m4v": "video/mp4",
}
_ENCRYPTED_PDF: Final = re.compile(rb"/Encrypt[\s<]")
_FILE_PASSWORD: Final = 0x2F  # record of an encrypted workbook ([MS-XLS] 2.4.117)


class Kind(NamedTuple):
    """What a file is."""

    type: str  #: media type, lower case
    warning: str  #: as Attachment.warning; "too_big" is not told from one file alone


def kind_of(name: str, label: str, data: bytes) -> Kind:
    """Return what `data` is, whatever its name and label claim; total."""
    ending = name.rstrip(". ").lower().rpartition(".")[2] if "." in name else ""
    members = _members(data) if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else []
    found = _by_bytes(data, members)
    media_type = _agreed(found, label, ending, data)
    return Kind(media_type, _warning(media_type, ending, data, members))


def _by_bytes(data: bytes, members: list[zipfile.ZipInfo]) -> str:
    """Return the media type the bytes show, "" if they show none."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return _by_streams(data) if media_type == OLE else media_type
    if data.startswith(b"MZ") and b"PE\0\0" in data[:4096]:
        return WINDOWS_PROGRAM
    if data[4:8] == b"ftyp":
        if data[8:12] == _QUICKTIME:
            return ""
        return "image/heic" if data[8:12] in _HEIC else "video/mp4"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        names = [member.filename for member in members]
        if "[Content_Types].xml" in names:
            for folder, media_type in _OFFICE:
                if any(name.startswith(folder) for name in names):
                    return media_type
        return ZIP
    return ""


def _by_streams(data: bytes) -> str:
    for stream, media_type in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return media_type
    return OLE


def _agreed(found: str, label: str, ending: str, data: bytes) -> str:
    label = _ALIASES.get(label, label)
    if not found:
        if label in (_UNKNOWN, "application/binary", "") and b"\0" not in data[:4096]:
            return BY_ENDING.get(ending, label or _UNKNOWN)
        return label
    if "macroenabled" in label:
        return label
    claims = (_UNKNOWN, PDF, DOCX, XLSX, PPTX)
    if found in (ZIP, OLE) and label.startswith("application/") and label not in claims:
        return label  # many a format is a ZIP or an OLE storage inside: the label says which
    return found


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the directory of a ZIP, no more than 2,000 entries of it; [] if it is broken."""
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()[:MAX_MEMBERS]
    except Exception:  # noqa: BLE001 - zipfile lets struct, codec and index errors through
        return []


def _warning(media_type: str, ending: str, data: bytes, members: list[zipfile.ZipInfo]) -> str:
    if ending in PROGRAM_ENDINGS or media_type in PROGRAM_TYPES:
        return "program"
    if data.startswith(b"-----BEGIN PGP MESSAGE"):
        return "encrypted"
    if data.startswith(b"MZ") and not media_type.startswith("text/"):
        return "program"
    if any(member.flag_bits & 1 for member in members) or _is_sealed(media_type, data):
        return "encrypted"
    if ending in MACRO_ENDINGS or "macroenabled" in media_type:
        return "macros"
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        return "macros"
    is_ole = data.startswith(_MAGIC[1][0])
    return "macros" if is_ole and "_VBA_PROJECT".encode("utf-16-le") in data else ""


def _is_sealed(media_type: str, data: bytes) -> bool:
    """Tell whether a document wants a password before it shows anything."""
    if media_type == PDF:
        return _ENCRYPTED_PDF.search(data) is not None
    if not data.startswith(_MAGIC[1][0]):
        return False
    if "EncryptedPackage".encode("utf-16-le") in data:  # OOXML with a password ([MS-OFFCRYPTO])
        return True
    stream = data[512:4096]  # the main stream of most files begins in the first sector
    if stream.startswith(b"\xec\xa5"):
        return bool(int.from_bytes(stream[10:12], "little") & 0x0100)  # fEncrypted ([MS-DOC] 2.5.2)
    if stream.startswith(b"\x09\x08"):
        follows = 4 + int.from_bytes(stream[2:4], "little")
        return int.from_bytes(stream[follows : follows + 2], "little") == _FILE_PASSWORD
    return False
