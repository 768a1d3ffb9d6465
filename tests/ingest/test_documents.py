"""Attached documents: their words, their caps, and files that are built to hurt."""

import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from ingest import documents
from ingest.documents import Words, read_document
from ingest.filetypes import DOCX, PDF, XLSX

ROOT = Path(__file__).parents[2]


def test_a_pdf_is_read(pdf: Callable[..., bytes]) -> None:
    """Its lines, in order."""
    data = pdf([b"Order no.: PO-77", b"The lid leaks."])

    assert read_document("a.pdf", PDF, data) == Words("Order no.: PO-77\nThe lid leaks.")


@pytest.mark.parametrize(
    ("media_type", "data", "text"),
    [
        ("text/plain", "水壶漏水".encode("gbk"), "水壶漏水"),
        ("text/html", b"<p>The lid<br>leaks</p>", "The lid\nleaks"),
        ("text/csv", "品名,批号\n水壶,B-1\n".encode(), "品名：水壶\n批号：B-1"),
        ("text/csv", b"product;lot no\nkettle;B-1\n", "product: kettle\nlot no: B-1"),
        ("application/rtf", rb"{\rtf1 The lid\par leaks}", "The lid\nleaks"),
        ("image/png", b"words", ""),
        ("application/msword", b"\xd0\xcf\x11\xe0words", ""),
    ],
)
def test_texts_and_tables_are_read(media_type: str, data: bytes, text: str) -> None:
    """In whatever charset; pictures and old binary documents have no words."""
    assert read_document("a", media_type, data) == Words(text)


@pytest.mark.parametrize("media_type", [PDF, DOCX, XLSX])
def test_a_broken_document_has_no_words_and_says_so(media_type: str) -> None:
    """Never an error (F96)."""
    assert read_document("a.x", media_type, b"broken") == Words(
        defect="a.x was not read: it is damaged"
    )


def test_long_documents_are_read_in_part() -> None:
    """20,000 characters are enough."""
    words = read_document("a.txt", "text/plain", b"long " * 10_000)

    assert len(words.text) == documents.MAX_TEXT
    assert words.defect == "a.txt was read in part: it is long"


def test_a_bomb_is_said_to_be_one(word: Callable[..., bytes]) -> None:
    """The reason stands in the defect."""
    data = word("", ("a", " " * 2_000_000))

    assert read_document("a.docx", DOCX, data).defect == (
        "a.docx was not read: packed more than a hundredfold"
    )


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a reader that never ends holds up its mail."""

    def endless(_: bytes) -> str:
        while True:
            pass

    monkeypatch.setattr(documents, "MAX_SECONDS", 0.05)
    monkeypatch.setattr("ingest.office.read_word", endless)

    assert read_document("a.docx", DOCX, b"x").defect == "a.docx was not read: it takes too long"


def test_a_locked_pdf_asks_for_a_password(pdf: Callable[..., bytes]) -> None:
    """What opens with an empty password is read; what doesn't is sealed."""

    def locked(user: str) -> bytes:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([b"secret"])))
        writer.encrypt(user, owner_password="owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    assert read_document("a.pdf", PDF, locked("")).text == "secret"
    assert read_document("a.pdf", PDF, locked("pass")) == Words(
        defect="a.pdf was not read: encrypted", sealed=True
    )


def test_mutated_documents_are_read_or_not_but_quickly(
    pdf: Callable[..., bytes], word: Callable[..., bytes], excel: Callable[..., bytes]
) -> None:
    """300 documents with flipped bytes and cuts: no error, no more than two seconds each."""
    dice = random.Random(7)  # noqa: S311 - the same ones every time
    whole = [
        (PDF, pdf([b"Order no.: PO-77"])),
        (DOCX, word("<w:p><w:r><w:t>hello</w:t></w:r></w:p>")),
        (XLSX, excel([["批号", "B-1"]])),
    ]
    for _ in range(300):
        media_type, data = dice.choice(whole)
        changed = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        del changed[dice.randrange(len(changed)) :]
        began = time.perf_counter()
        assert isinstance(read_document("a", media_type, bytes(changed)), Words)
        assert time.perf_counter() - began < 2


def test_elements_nested_without_end_are_survived(word: Callable[..., bytes]) -> None:
    """Depth costs an error inside, never the process."""
    depth = 50_000
    noise = "".join(f"<w:p a='{n}'>" for n in range(depth))  # different, so that it packs badly

    words = read_document("a.docx", DOCX, word(noise + "</w:p>" * depth))

    assert words.defect.startswith("a.docx was not read")


def test_a_mail_without_documents_loads_none_of_their_libraries() -> None:
    """They cost a third of a second and 20 MiB."""
    code = (
        "import sys; from ingest.parse import parse; parse(b'From: a@x.example\\n\\nhello'); "
        "sys.exit(bool({'pypdf', 'openpyxl', 'defusedxml'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)  # noqa: S603

    assert done.returncode == 0
