"""The attachments of a whole mail: words, warnings and caps."""

import base64
from collections.abc import Callable

import pytest

from ingest import documents, filetypes
from ingest.collected import MAX_ATTACHMENTS, Collected
from ingest.filetypes import DOCX
from ingest.parse import parse

FORM = (
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>批号</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>B-1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)


def test_a_form_is_read_with_its_mail(word: Callable[..., bytes]) -> None:
    """Mislabelled as it often is: the bytes say what it is, the table what it says."""
    mail = (
        b"From: ann@x.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nsee form\n"
        b"--x\nContent-Type: application/msword; name=form.doc\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(word(FORM)) + b"--x--\n"
    )

    read = parse(mail)

    assert read.text == "see form"
    assert [(one.type, one.text, one.warning) for one in read.attachments] == [
        (DOCX, "批号：B-1", "")
    ]
    assert read.defects == ()


def test_the_text_of_the_mail_is_not_read_twice() -> None:
    """A first text with a file name is the text and an attachment; its words count once."""
    read = parse(b"From: ann@x.example\nContent-Type: text/plain; name=a.txt\n\nIt leaks.\n")

    assert read.text == "It leaks."
    assert [one.text for one in read.attachments] == [""]


def test_programs_are_kept_unread() -> None:
    """A batch file has a warning and no words."""
    files = Collected()
    files.add("a.bat", "text/plain", b"del")

    assert [(one.text, one.warning, one.data) for one in files.found] == [("", "program", b"del")]


def test_macros_do_not_keep_a_form_from_being_read(word: Callable[..., bytes]) -> None:
    """Nothing runs here: the words are read, the warning stays."""
    files = Collected()
    files.add("a.docm", DOCX, word(FORM, ("word/vbaProject.bin", "x")))

    assert [(one.text, one.warning) for one in files.found] == [("批号：B-1", "macros")]


def test_all_documents_together_have_a_cap() -> None:
    """60,000 characters of all of them."""
    files = Collected()
    for _ in range(4):
        files.add("a.txt", "text/plain", b"long_" * 4_000)

    assert sum(len(one.text) for one in files.found) <= documents.MAX_ALL
    assert files.found[3].text == ""


def test_what_is_too_big_is_kept_and_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file over its limit, or the files together over theirs."""
    monkeypatch.setattr(filetypes, "MAX_BYTES", 10)
    monkeypatch.setattr(filetypes, "MAX_ALL", 25)
    files = Collected()
    for size in (9, 11, 9):
        files.add("a.png", "image/png", b"x" * size)

    assert [(one.size, one.warning) for one in files.found] == [
        (9, ""),
        (11, "too_big"),
        (9, "too_big"),
    ]


def test_more_than_fifty_files_are_left_out() -> None:
    """And the mail says so."""
    files = Collected()
    for _ in range(MAX_ATTACHMENTS + 1):
        files.add("a.png", "image/png", b"x")

    assert len(files.found) == MAX_ATTACHMENTS
    assert files.defects == ["more than 50 attachments: the rest was left out"]
