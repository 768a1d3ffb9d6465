"""The words of attached documents: what a customer wrote in a form is read like a mail.

Old binary Word and Excel files are kept unread. Everything here is total: a document that can't
be read gives no words and says why (reliability F96, F110).
"""

import csv
import io
from collections.abc import Callable
from typing import Final, NamedTuple

from ingest import charset, filetypes, forms, htmltext, office, pdf, rtf, timebox
from ingest.unreadable import Unreadable

MAX_TEXT: Final = 20_000  # characters of one document
MAX_ALL: Final = 60_000  # characters of all documents of a mail
MAX_SECONDS: Final = 1.5  # of processor time, each
MAX_PLAIN: Final = 256 * 1024  # bytes of a text file
MAX_PDF: Final = 20 * 1024 * 1024  # bytes

_HTML: Final = ("text/html", "application/xhtml+xml")
_TABLES: Final = ("text/csv", "text/tab-separated-values", "application/csv")
_DELIMITERS: Final = ",;\t|"


class Words(NamedTuple):
    """What a document says."""

    text: str = ""
    defect: str = ""  #: why it says less than it should, "" if it doesn't
    sealed: bool = False  #: only a password opens it


def read_document(name: str, media_type: str, data: bytes, *, label: str = "") -> Words:
    """Return the words of a PDF, DOCX, XLSX, RTF, HTML, CSV or text file; total.

    `label` is the charset its part declares. Other files have no words.
    """
    reader = _reader(media_type, data, label)
    if reader is None or not data:
        return Words()
    try:
        text = timebox.within(MAX_SECONDS, reader)
    except Unreadable as why:
        sealed = str(why) == "encrypted"
        return Words(defect=f"{name[:60]} was not read: {why}", sealed=sealed)
    except timebox.Overrun:
        return Words(defect=f"{name[:60]} was not read: it takes too long")
    except Exception:  # noqa: BLE001 - a stranger's file: F96
        return Words(defect=f"{name[:60]} was not read: it is damaged")
    text = _tidy(text)
    if len(text) > MAX_TEXT:
        return Words(text[:MAX_TEXT], f"{name[:60]} was read in part: it is long")
    return Words(text)


def _reader(media_type: str, data: bytes, label: str) -> Callable[[], str] | None:
    """Return what reads a file of this type, None for a type we don't read."""
    if media_type == filetypes.PDF and len(data) <= MAX_PDF:
        return lambda: pdf.read_pdf(data, most=MAX_TEXT)
    if media_type in (filetypes.DOCX, "application/vnd.ms-word.document.macroenabled.12"):
        return lambda: office.read_word(data)
    if media_type in (filetypes.XLSX, "application/vnd.ms-excel.sheet.macroenabled.12"):
        return lambda: office.read_excel(data)
    if media_type == "application/rtf":
        return lambda: rtf.rtf_to_text(data)
    if media_type in _HTML:
        return lambda: htmltext.html_to_text(_plain(data, label))
    if media_type in _TABLES:
        return lambda: _table(_plain(data, label))
    return (lambda: _plain(data, label)) if media_type == "text/plain" else None


def _plain(data: bytes, label: str) -> str:
    return charset.clean(charset.decode(data[:MAX_PLAIN], label)[0])


def _table(text: str) -> str:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return "\n".join(forms.lines([row for row, _ in zip(rows, range(2000), strict=False)]))


def _tidy(text: str) -> str:
    """Return text without control characters and without more than one blank line in a row."""
    out: list[str] = []
    for line in charset.clean(text[: MAX_TEXT * 4]).split("\n"):
        line = line.strip(" \t\u3000")
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n")
