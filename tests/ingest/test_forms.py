"""Forms: which cell is a label, and which one its value."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.forms import is_label, lines, paired


def test_labels_left_of_their_values() -> None:
    """Two pairs in a row, labels spread out with blanks or ended by a colon."""
    assert lines(
        [
            ["顾客质量反馈单"],
            ["客户名称", "华联超市", "联 系 人：", "王芳"],
            ["型号", "HJ-500", "批号", "B2610-03"],
            ["Order no.", "PO-77", "Quantity", "12"],
            ["问题描述", "杯盖漏水。\n一共 12 只。"],
        ]
    ) == [
        "顾客质量反馈单",
        "客户名称：华联超市",
        "联系人：王芳",
        "型号：HJ-500",
        "批号：B2610-03",
        "Order no.: PO-77",
        "Quantity: 12",
        "问题描述：杯盖漏水。\n一共 12 只。",
    ]


def test_labels_above_their_values() -> None:
    """A header row belongs to each row below it, a lone label to the cell below it."""
    assert lines(
        [
            ["产品名称", "型号", "不良数量"],
            ["保温杯", "HJ-500", "12"],
            ["水壶", "K-200", "3"],
            ["问题描述", "", ""],
            ["盖子漏水", "", ""],
        ]
    ) == [
        "产品名称：保温杯",
        "型号：HJ-500",
        "不良数量：12",
        "产品名称：水壶",
        "型号：K-200",
        "不良数量：3",
        "问题描述：盖子漏水",
    ]


def test_the_title_of_a_section_is_no_label() -> None:
    """Below it stand labels of their own."""
    assert lines([["客户信息"], ["客户名称", "华联"], ["电话", "021-1"]]) == [
        "客户信息",
        "客户名称：华联",
        "电话：021-1",
    ]


def test_merged_cells_leave_gaps() -> None:
    """A value may stand some empty cells further on; an empty field takes nobody else's value."""
    assert lines([["联系人", "", "王芳", "传真", "", "邮箱", "a@x.example"]]) == [
        "联系人：王芳",
        "传真：",
        "邮箱：a@x.example",
    ]


def test_unknown_words_in_the_place_of_labels_are_labels() -> None:
    """A row of two is a pair when its first cell has the shape of a label."""
    assert lines([["颜色", "红"], ["Colour", "red"]]) == ["颜色：红", "Colour: red"]


def test_a_table_of_nothing_but_values_stays_as_it_is() -> None:
    """No label is made up."""
    assert lines([["2026-11-01", "12", "ok then"], ["2026-11-02", "13", "bad"]]) == [
        "2026-11-01 12 ok then",
        "2026-11-02 13 bad",
    ]


@pytest.mark.parametrize("cell", ["订单号", "批 号", "Serial number", "Anything:", "数量（只）"])
def test_labels_are_known(cell: str) -> None:
    """By their words, or by a colon at their end."""
    assert is_label(cell)


@pytest.mark.parametrize("cell", ["", "12", "a@x.example", "订单号：12", "杯子漏水了，很生气"])
def test_values_are_known(cell: str) -> None:
    """Numbers, addresses, sentences and whole pairs are none."""
    assert not is_label(cell)


@example([["号", "a:"], ["1"]])
@example([["a", "", "1:", "1"]])
@given(st.lists(st.lists(st.text(alphabet="订单号: a1\n", max_size=6), max_size=5), max_size=6))
def test_no_value_is_lost(rows: list[list[str]]) -> None:
    """Whatever the table, each of its characters comes out (but blanks and colons)."""
    said = set("".join(lines(rows)))
    blank = set(" \n:：")

    assert set("".join(cell for row in rows for cell in row)) - blank <= said


def test_cells_one_below_the_other_are_paired() -> None:
    """As they come out of a PDF: a label before its value, or a whole header before its rows."""
    assert paired(["顾客质量反馈单", "订单号", "PO-77", "", "批号：", "B-1", "谢谢"]) == [
        "顾客质量反馈单",
        "订单号：PO-77",
        "批号：B-1",
        "谢谢",
    ]
    assert paired(["产品名称", "数量", "水壶", "3", "保温杯", "12"]) == [
        "产品名称：水壶",
        "数量：3",
        "产品名称：保温杯",
        "数量：12",
    ]
    assert paired(["传真", "邮箱", "a@x.example", "b", "c"]) == [
        "传真",
        "邮箱：a@x.example",
        "b",
        "c",
    ]


@given(st.lists(st.sampled_from(["订单号", "B-1", "", "It leaks."]), max_size=12))
def test_no_line_is_lost(text_lines: list[str]) -> None:
    """Whatever stands below what, every line that is not blank comes out."""
    said = " ".join(paired(text_lines))

    assert all(line in said for line in text_lines)
