"""Word and Excel files become lines; bombs and document types are not opened."""

import io
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest

from ingest import office
from ingest.office import read_excel, read_word
from ingest.unreadable import Unreadable


def p(*runs: str) -> str:
    """Write a paragraph of runs."""
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def row(*cells: str) -> str:
    """Write a row of a table."""
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


def test_a_filled_form_in_word_is_read_as_pairs(word: Callable[..., bytes]) -> None:
    """Words split into runs are joined, tables become label：value lines."""
    data = word(
        p("顾客质量", "反馈单")
        + "<w:tbl>"
        + row(p("客户名称"), p("华联超市"), p("批号"), p("B-1"))
        + row(p("问题描述"), p("漏水") + p("壶底"))
        + "</w:tbl>"
        + p("谢谢")
    )

    assert read_word(data) == (
        "顾客质量反馈单\n客户名称：华联超市\n批号：B-1\n问题描述：漏水\n壶底\n谢谢"
    )


def test_answers_in_controls_and_text_boxes_are_read(word: Callable[..., bytes]) -> None:
    """What was filled into a control counts, what was deleted or instructs a field doesn't."""
    control = (
        "<w:sdt><w:sdtPr/><w:sdtContent><w:tc>" + p("PO-77") + "</w:tc></w:sdtContent></w:sdt>"
    )
    data = word(
        "<w:tbl><w:tr><w:tc>" + p("订单号") + "</w:tc>" + control + "</w:tr></w:tbl>"
        "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>"
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>换货</w:t></w:r></w:p>'
        "<w:p><w:r><w:txbxContent>" + p("in a box") + "</w:txbxContent></w:r></w:p>"
    )

    assert [line for line in read_word(data).split("\n") if line] == [
        "订单号：PO-77",
        "a\tb☑换货",
        "in a box",
    ]


def test_a_filled_form_in_excel_is_read_as_pairs(excel: Callable[..., bytes]) -> None:
    """Dates are days, whole numbers are whole, records stand below their header."""
    data = excel(
        [
            ["产品名称", "不良数量", "生产日期", "单价"],
            ["水壶", 12.0, datetime(2026, 10, 1), 9.5],  # noqa: DTZ001 - Excel knows no zones
            ["联系人", None, "王芳"],
            ["购买日期", date(2026, 10, 2)],
        ]
    )

    assert read_excel(data).split("\n") == [
        "产品名称：水壶",
        "不良数量：12",
        "生产日期：2026-10-01",
        "单价：9.5",
        "联系人：王芳",
        "购买日期：2026-10-02",
    ]


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_a_document_type_is_never_read(zipped: Callable[..., bytes], code: str) -> None:
    """No entity is expanded, whatever encoding hides it (F110)."""
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(code)
    data = zipped(("word/document.xml", bomb))

    with pytest.raises(Unreadable, match="document type"):
        read_word(data)


def test_a_document_type_behind_a_long_comment_is_refused_too(
    zipped: Callable[..., bytes],
) -> None:
    """What the first look misses the reader of XML refuses."""
    late = "<!--" + "x" * 9000 + '--><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    with pytest.raises(ValueError, match="DTDForbidden"):
        read_word(zipped(("word/document.xml", late)))


def test_bombs_are_not_opened(word: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many members, too much unpacked, packed too well, too much XML (F96)."""
    many = word(p("a"), *((f"word/media/{n}", "x") for n in range(2000)))
    dense = word(p("a"), ("word/media/a", " " * 2_000_000))
    with pytest.raises(Unreadable, match="members"):
        read_word(many)
    with pytest.raises(Unreadable, match="hundredfold"):
        read_word(dense)

    monkeypatch.setattr(office, "MAX_UNPACKED", 100)
    with pytest.raises(Unreadable, match="MiB"):
        read_word(word(p("a" * 200)))
    monkeypatch.undo()
    monkeypatch.setattr(office, "MAX_XML", 100)
    with pytest.raises(Unreadable, match="XML"):
        read_word(word(p("a" * 200)))


def test_hidden_sheets_are_left_out(excel: Callable[..., bytes]) -> None:
    """Lists behind drop-down fields are no answers."""

    book = openpyxl.load_workbook(io.BytesIO(excel([["批号", "B-1"]])))
    book.create_sheet("list").append(["退款"])
    book["list"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    assert read_excel(out.getvalue()) == "批号：B-1"
