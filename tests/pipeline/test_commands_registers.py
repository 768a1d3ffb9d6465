"""The command `register`: a table for people, JSON lines for programs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from cases.life import Record
from pipeline.registers import SHEETS
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(
    office: Office,
    config_file: Path,
    make_raw: MakeRaw,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that prints registers of a desk with one case and its entries."""
    monkeypatch.setattr("pipeline.commands_registers.opened", lambda *_a, **_k: office.desk)
    monkeypatch.setattr("pipeline.commands_registers.now", lambda: office.now)
    office.take(make_raw())
    records = (
        Record(kind="cost", at=office.now, by="quality", text="运费\n30元 \x1b[2J"),
        Record(kind="liability", at=office.now, by="quality", text="a warning", restricted=True),
    )
    with office.desk.store.begin() as tx:
        tx.add_records(1, records, key="test")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["run.py", "register", *arguments, "-c", str(config_file)])
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


def test_a_register_is_a_table_with_its_sums(cli: Cli) -> None:
    """In the desk's time, on lines a terminal takes for no command."""
    code, out, _ = cli("costs")

    assert code == 0
    assert "C-2026-000001  2026-11-23 09:00  cost  30.00  CNY" in out
    assert "cost: 30.00 CNY" in out
    assert "\x1b[2J" not in out


def test_a_register_is_json_lines_for_programs(cli: Cli) -> None:
    """Texts untouched, times with their zone."""
    _, out, _ = cli("costs", "--json")
    (row,) = map(json.loads, out.splitlines())

    assert row["case"] == "C-2026-000001"
    assert row["text"] == "运费\n30元 \x1b[2J"
    assert row["at"] == "2026-11-23T01:00:00+00:00"


@pytest.mark.parametrize("name", sorted({*SHEETS} - {"liability"}))
def test_every_register_can_be_printed(name: str, cli: Cli) -> None:
    """One that is empty says so."""
    code, out, _ = cli(name)

    assert code == 0
    assert "C-2026-000001" in out or "nothing is entered" in out
    assert "warning" not in out


def test_liability_is_shown_only_where_asked_for(cli: Cli) -> None:
    """77 without the option (K040)."""
    assert cli("liability")[0] == 77
    code, out, _ = cli("liability", "--restricted")

    assert code == 0
    assert "a warning" in out


def test_a_register_can_be_searched(cli: Cli) -> None:
    """Only rows with all of the words, in any width and case; without the sums of everything."""
    assert "C-2026-000001" in cli("costs", "--find", "运费 ３０")[1]
    assert cli("costs", "--find", "customs")[1].endswith("nothing is entered\n")


def test_a_name_that_is_no_register_is_said(cli: Cli) -> None:
    """With those that are (64)."""
    code, _, error = cli("gossip")

    assert code == 64
    assert "'gossip' is no register; there are unresolved, overdue, measures" in error
