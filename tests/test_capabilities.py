"""docs/capabilities.md claims what tests prove, and no more."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/capabilities.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (K\d{3}) ([a-z_]+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {match[1]: match[4] for match in _ROW.finditer(PAGE)}
_SHOWN = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_REASONS = ("not yet: ", "out of scope: ")
SHOWN = {key: how for key, how in ROWS.items() if _SHOWN.fullmatch(how)}


@cache
def proofs() -> dict[tuple[str, str], frozenset[str]]:
    """Return what each test says that it proves, by file and name; tests that say nothing too."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                claim = (ast.get_docstring(node) or "").partition("Proves:")[2]
                found[file, node.name] = frozenset(re.findall(r"K\d{3}", claim))
    return found


def test_every_capability_has_one_row_in_order() -> None:
    """K001 to K102, each once."""
    listed = re.findall(r"^\| (K\d{3}) ", PAGE, re.MULTILINE)

    assert listed == [f"K{number:03}" for number in range(1, 103)]
    assert list(ROWS) == listed


def test_every_row_names_a_test_or_a_reason() -> None:
    """A reason says whether it may come, and what there is meanwhile."""
    reasons = {key: how for key, how in ROWS.items() if key not in SHOWN}

    assert [key for key, how in reasons.items() if not how.startswith(_REASONS)] == []
    assert all(len(how.split()) >= 8 for how in reasons.values())


@pytest.mark.parametrize(("key", "how"), SHOWN.items())
def test_the_test_of_a_row_exists_and_says_what_it_proves(key: str, how: str) -> None:
    """The docstring of the test names the capability behind `Proves:`."""
    shown = _SHOWN.fullmatch(how)

    assert shown is not None
    assert (shown[1], shown[2]) in proofs(), f"there is no {how}"
    assert key in proofs()[shown[1], shown[2]]


def test_no_test_proves_what_the_page_does_not_claim() -> None:
    """What a test says that it proves is shown on the page, by this test or another one."""
    claimed = frozenset().union(*proofs().values())

    assert sorted(claimed - SHOWN.keys()) == []


def test_the_counts_on_the_page_are_those_of_its_rows() -> None:
    """Shown, not there yet, and out of scope."""
    counts = re.search(
        r"(\d+) are shown by a test, (\d+) are not there yet, (\d+) (?:is|are) out of scope", PAGE
    )
    counted = [len(SHOWN), *(sum(how.startswith(r) for how in ROWS.values()) for r in _REASONS)]

    assert counts is not None
    assert [int(number) for number in counts.groups()] == counted
    assert sum(counted) == len(ROWS)
