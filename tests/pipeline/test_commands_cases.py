"""`cases correct`: the operator says what a case is about."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(
    office: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that runs a command of `cases` on the office's desk."""
    for module in ("commands", "commands_cases"):
        monkeypatch.setattr(f"pipeline.{module}.opened", lambda *_a, **_k: office.desk)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["run.py", "cases", *arguments, "-c", str(config_file)])
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


@pytest.mark.parametrize("category", ["delivery", "C", "物流", "Logistics"])
def test_a_category_is_named_in_any_way_a_supervisor_may(
    category: str, cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """The case moves, and says so."""
    office.take(make_raw())
    code, out, _ = cli("correct", "c-2026-000001", "--category", category, "--by", "Li Na")

    assert (code, out) == (0, "C-2026-000001: quality with quality → delivery with delivery\n")
    assert office.case().departments == ("delivery",)


def test_the_file_of_a_case_shows_who_corrected_it(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """For people and for programs, with the note."""
    office.take(make_raw())
    note = ("--note", "told by telephone")
    cli("correct", "C-2026-000001", "--category", "N", "--by", "Li Na", *note)
    _, words, _ = cli("show", "C-2026-000001")
    _, row, _ = cli("show", "C-2026-000001", "--json")
    (said,) = json.loads(row)["corrections"]

    assert "operator:Li Na said what it is about: quality → enquiry" in words
    assert "because told by telephone" in words
    assert (said["by"], said["how"], said["was"], said["matter"], said["note"]) == (
        "Li Na", "operator", "quality", "enquiry", "told by telephone",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "category", "code", "words"),
    [
        ("C-2026-000001", "beauty", 64, "'beauty' is no category; write quality (A), service (B)"),
        ("C-2026-000009", "A", 66, "there is no case C-2026-000009"),
    ],
)
def test_what_does_not_exist_is_said(
    reference: str,
    category: str,
    code: int,
    words: str,
    cli: Cli,
    office: Office,
    make_raw: MakeRaw,
) -> None:
    """With its exit code; nothing changes."""
    office.take(make_raw())
    found, _, error = cli("correct", reference, "--category", category)

    assert found == code
    assert words in error
    assert office.case().departments == ("quality",)
