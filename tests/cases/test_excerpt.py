"""A line with a mark: under the right sign, short, and no command for a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import Problem
from cases.excerpt import marked, one_line


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("a: b", 4, "    a: b\n       ^"),
        ("a: b", 1, "    a: b\n    ^"),
        ("a: b", 9, "    a: b\n        ^"),
        ("", 1, "\n    ^"),
        ("名称: 投诉", 5, "    名称: 投诉\n          ^"),
        ("名　称", 3, "    名  称\n        ^"),
        ("e\u0301: b", 5, "    e\u0301: b\n       ^"),
        ("\ta: b", 2, "     a: b\n     ^"),
        ("\x1b[31ma", 6, "    ?[31ma\n         ^"),
        ("\u202ea\u2028b", 3, "    ?a?b\n      ^"),
        ("x" * 100, 1, f"    {'x' * 72}...\n    ^"),
        ("x" * 100, 100, f"    ...{'x' * 37}\n    {' ' * 39}^"),
        ("x" * 99 + "!", 101, f"    ...{'x' * 35}!\n    {' ' * 39}^"),
        ("投" * 100, 50, f"    ...{'投' * 36}...\n    {' ' * 39}^"),
    ],
)
def test_the_mark_stands_under_its_sign(line: str, column: int, shown: str) -> None:
    """Chinese signs are two cells wide, accents none; long lines are cut around the mark."""
    assert marked(line, column) == shown


@given(st.text(max_size=300), st.integers(min_value=1, max_value=400))
def test_any_line_becomes_two_short_ones(line: str, column: int) -> None:
    """And whatever stands there can be printed."""
    shown, mark = marked(line, column).split("\n")

    assert len(shown) <= 4 + 3 + 72 + 3
    assert mark.strip() == "^"
    assert shown.isprintable()


def test_a_sentence_stays_one_line() -> None:
    """Names in a file may hold anything; whoever reads the message sees one line of it."""
    problem = Problem(file="f", line=1, key="a\nb\x1b", what="is wrong" + "!" * 2_000)

    assert str(problem).startswith("f:1: a?b?: is wrong!!!")
    assert str(problem).endswith("!...")
    assert len(one_line("x" * 2_000)) == 1_003
