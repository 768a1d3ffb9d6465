"""The page for reviewers is true: every threat is on it, and the tests it names are there."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = {row.split("|")[1].strip(): row for row in PAGE.splitlines() if re.match(r"\| [TF]\d", row)}
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
WANTED = (*(f"T{number}" for number in range(1, 16)), *(f"F{number}" for number in range(112, 125)))


@functools.cache
def _tests_of(file: str) -> frozenset[str]:
    """Return the tests that pytest collects from a file."""
    path = ROOT / file
    if not path.is_file() or not path.name.startswith("test_"):
        return frozenset()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_named_test_is_there_and_collected(file: str, name: str) -> None:
    """A renamed test leaves no empty promise."""
    assert name.startswith("test_")
    assert name in _tests_of(file)


@pytest.mark.parametrize("row", WANTED)
def test_every_threat_has_its_row_with_a_test(row: str) -> None:
    """All fifteen threats, and every row of the catalogue about security and privacy."""
    assert row in ROWS
    assert "::test_" in ROWS[row]


def test_no_row_is_there_twice_and_all_have_all_cells() -> None:
    """A line of a table that lost a bar is shown as nonsense."""
    rows = [row for row in PAGE.splitlines() if re.match(r"\| [TF]\d", row)]
    bars = {row.split("|")[1].strip()[:1]: row.count("|") for row in rows}

    assert len(rows) == len(ROWS)
    assert bars == {"T": 6, "F": 5}
    assert all(row.count("|") == bars[row[2]] for row in rows)
