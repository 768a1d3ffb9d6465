"""Word and Excel files (ISO/IEC 29500) as lines of text; the only openpyxl and defusedxml user.

A Word file is read from its XML, not by a library: forms keep their answers in content controls
and text boxes, which the libraries leave out. Before anything is opened the directory of the ZIP
must look like a document's, and no member may declare a document type (reliability F96, F110).
"""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Final
from xml.etree.ElementTree import Element  # the type only: what is read is read by defusedxml

from ingest import forms
from ingest.unreadable import Unreadable

MAX_MEMBERS: Final = 2000
MAX_UNPACKED: Final = 50 * 1024 * 1024  # bytes, all members together
MAX_XML: Final = 10 * 1024 * 1024  # bytes of one member that is read
MAX_RATIO: Final = 100
MAX_SHEETS: Final = 20
MAX_ROWS: Final = 2000
MAX_COLUMNS: Final = 64
MAX_CELL: Final = 2000  # characters

#: below this size even blanks can't hurt: empty sheets shrink to a hundredth, too
_SMALL: Final = 1024 * 1024
#: read row by row until it is enough
_STREAMED: Final = "xl/worksheets/"
_PROLOG: Final = 8192  # bytes
_SKIPPED: Final = frozenset(("del", "moveFrom", "instrText", "Fallback", "delText", "pPr", "rPr"))
#: ticked boxes of the fonts Wingdings and Wingdings 2
_TICKS: Final = frozenset(("F0FE", "F0FD", "F0FC", "F052", "F053", "F054", "F050"))
_BLANKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_word(data: bytes) -> str:
    """Return the words of a .docx, tables as "label：value" lines.

    Raises Unreadable for a bomb or a document type, and whatever a broken file provokes.
    """
    from defusedxml.ElementTree import fromstring  # few mails carry documents

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check(archive)
        root = fromstring(archive.read("word/document.xml"), forbid_dtd=True)
    return "\n".join(_blocks(root))


def read_excel(data: bytes) -> str:
    """Return the cells of an .xlsx as "label：value" lines, sheet by sheet; raises as read_word."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every feature it does not know
        import openpyxl  # few mails carry documents

        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        lines: list[str] = []
        for sheet in book.worksheets[:MAX_SHEETS]:
            if sheet.sheet_state != "visible":
                continue  # lists behind drop-down fields, not answers
            rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
            lines += forms.lines([[_cell(value) for value in row] for row in rows])
        book.close()
    return "\n".join(lines)


def _check(archive: zipfile.ZipFile) -> None:
    """Raise Unreadable unless the archive is small, plain and free of document types."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Unreadable("more than 2,000 members")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Unreadable("more than 50 MiB when unpacked")
    for member in members:
        packed = max(member.compress_size, 1)
        if member.file_size > _SMALL and member.file_size / packed > MAX_RATIO:
            raise Unreadable("packed more than a hundredfold")
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        if member.file_size > MAX_XML and not member.filename.startswith(_STREAMED):
            raise Unreadable("more than 10 MiB of XML")
        with archive.open(member) as opened:
            # a document type stands before the first element (XML 1.0 §2.8); UTF-16 has NULs
            prolog = opened.read(_PROLOG).replace(b"\0", b"")
        if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
            raise Unreadable("it declares a document type")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)[:MAX_CELL]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _blocks(parent: Element) -> Iterator[str]:
    """Yield the lines of paragraphs and tables, through content controls and insertions."""
    for child in parent:
        name = _name(child)
        if name == "p":
            yield from "".join(_runs(child)).split("\n")
        elif name == "tbl":
            yield from forms.lines(_rows(child))
        elif name not in _SKIPPED:
            yield from _blocks(child)


def _rows(table: Element) -> list[list[str]]:
    rows = [[_joined(cell) for cell in _below(row, "tc")] for row in _below(table, "tr")]
    return rows[:MAX_ROWS]


def _joined(cell: Element) -> str:
    return "\n".join(line for line in _blocks(cell) if line.strip())[:MAX_CELL]


def _below(parent: Element, wanted: str) -> Iterable[Element]:
    """Yield children called `wanted`, also those wrapped in a content control."""
    for child in parent:
        if _name(child) == wanted:
            yield child
        elif _name(child) in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _below(child, wanted)


def _runs(parent: Element) -> Iterator[str]:
    for child in parent:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _BLANKS:
            yield _BLANKS[name]
        elif name == "sym":
            yield "☑" if _TICKS & {value.upper() for value in child.attrib.values()} else "□"
        elif name == "txbxContent":
            yield "\n" + "\n".join(_blocks(child)) + "\n"
        elif name not in _SKIPPED:
            yield from _runs(child)
