"""Cases as rows: with figures for a review, without persons for training."""

import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from pipeline.export import COLUMNS, PERSONS, without_persons
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Export = Callable[..., tuple[int, list[dict[str, str]]]]


@pytest.fixture
def export(
    office: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Export:
    """Return a function that runs `cases export` on the office's desk and reads its CSV."""
    monkeypatch.setattr("pipeline.commands_cases.opened", lambda *_a, **_k: office.desk)

    def call(*options: str) -> tuple[int, list[dict[str, str]]]:
        words = ["run.py", "cases", "export", *options, "-c", str(config_file)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            run.main()
        assert isinstance(caught.value.code, int)
        return caught.value.code, [*csv.DictReader(io.StringIO(capsys.readouterr().out))]

    return call


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        ("Li Na likes it, ask Li.", ("Li Na", "Li", "Na"), "[…] likes it, ask […]."),
        ("我是李娜，李娜的水壶坏了", ("李娜",), "我是[…]，[…]的水壶坏了"),
        ("write to a.b@customer.example now", (), "write to […] now"),
        ("call 138 0013 8000 or 010-5550142", (), "call […] or […]"),
        ("two of 40 in 2026 for 300.50", (), "two of 40 in 2026 for 300.50"),
        ("see https://my.example/me?id=7", (), "see […]"),
        ("", ("", "x"), ""),
    ],
)
def test_names_addresses_and_long_numbers_are_taken_out(
    text: str, known: tuple[str, ...], left: str
) -> None:
    """What leads to a person is gone; the words beside it, years and prices stay."""
    assert without_persons(text, known) == left


def test_a_row_without_persons_holds_none(
    export: Export, office: Office, make_raw: MakeRaw
) -> None:
    """Neither who, nor their address, nor the reference; the figures are there."""
    office.take(make_raw("The kettle leaks. Call me: 555-014299.\nRegards, Wang Fang\n"))
    _, (row,) = export("--anonymised")

    assert tuple(row) == COLUMNS
    assert "The kettle leaks" in row["text"]
    assert not any(word in str(row).lower() for word in ("wang", "014299", "c-2026", "@"))
    assert (row["month"], row["channel"], row["category"]) == ("2026-11", "mail", "quality")


def test_a_row_with_persons_says_whose_case_it_is(
    export: Export, office: Office, make_raw: MakeRaw
) -> None:
    """For a review within the house."""
    office.take(make_raw("The kettle leaks.\n"))
    _, (row,) = export()

    assert tuple(row) == (*COLUMNS, *PERSONS)
    assert (row["reference"], row["address"]) == ("C-2026-000001", "wang.fang@customer.example")


def test_cells_of_strangers_are_no_formulas(
    export: Export, office: Office, make_raw: MakeRaw
) -> None:
    """A spreadsheet shows them; it does not compute them."""
    office.take(make_raw("=HYPERLINK(1) The kettle leaks.\n"))
    _, (row,) = export()

    assert row["text"].startswith("'=HYPERLINK")


def test_only_cases_from_a_day_on(export: Export, office: Office, make_raw: MakeRaw) -> None:
    """By the desk's calendar; a word that is no date is said to be none."""
    office.take(make_raw("The kettle leaks.\n"))

    assert len(export("--since", "2026-11-23")[1]) == 1
    assert export("--since", "2026-11-24")[1] == []
    assert export("--since", "soon")[0] == 64
