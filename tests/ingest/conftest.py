"""Builders of documents: small, whole, and written by nobody's program."""

import io
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Zipped = Callable[..., bytes]
Excel = Callable[[Sequence[Sequence[object]]], bytes]
Pdf = Callable[[Sequence[bytes]], bytes]


@pytest.fixture(scope="session")
def zipped() -> Zipped:
    """Pack members, given as pairs of name and content, into a ZIP."""

    def build(*members: tuple[str, str | bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return out.getvalue()

    return build


@pytest.fixture(scope="session")
def word(zipped: Zipped) -> Zipped:
    """Build a .docx around the XML of its body, with further members."""

    def build(body: str, *members: tuple[str, str | bytes]) -> bytes:
        document = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body>'
        return zipped(
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", f"{document}</w:document>"),
            *members,
        )

    return build


@pytest.fixture(scope="session")
def excel() -> Excel:
    """Build an .xlsx of one sheet."""

    def build(rows: Sequence[Sequence[object]]) -> bytes:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return build


@pytest.fixture(scope="session")
def pdf() -> Pdf:
    """Build a PDF of one page."""

    def build(lines: Sequence[bytes]) -> bytes:
        shown = b" ".join(b"(" + line + b") '" for line in lines)
        content = b"BT /F1 12 Tf 50 700 Td 14 TL " + shown + b" ET"
        objects = (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        )
        out, offsets = b"%PDF-1.4\n", []
        for number, one in enumerate(objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        head = b"xref\n0 6\n0000000000 65535 f \n"
        return b"%b%b%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
            out,
            head,
            table,
            len(out),
        )

    return build
