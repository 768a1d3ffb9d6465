"""`rules check` and `rules schema`: every mistake at once, and the form for editors."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run

Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return a function that runs one command in an empty folder: exit code and output."""
    monkeypatch.delenv("DESK_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["run.py", "rules", *arguments])
        with pytest.raises(SystemExit) as caught:
            run.main()
        assert isinstance(caught.value.code, int)
        return caught.value.code, capsys.readouterr().out

    return call


def test_the_shipped_file_is_fine(cli: Cli, config_file: Path) -> None:
    """Without a file it is the one of config.yaml; one line says what it holds."""
    code, out = cli("check", "-c", str(config_file))

    assert code == 0
    assert re.fullmatch(
        r"rules\.yaml: fine: 3 departments, \d+ rules, [1-9]\d{2,} words; version [0-9a-f]{12}\n",
        out,
    )
    assert not (config_file.parent / "desk.db").exists()


def test_a_file_is_checked_without_config_database_and_mailbox(
    cli: Cli, root: Path, tmp_path: Path
) -> None:
    """Nothing of the desk is there, and the lists of words are those beside the file."""
    text = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
    assert cli("check", "draft.yaml")[0] == 0

    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "injury.txt").write_text("bee *stung*\n", encoding="utf-8")
    code, out = cli("check", "draft.yaml")

    assert code == 78
    assert out.startswith("lists/injury.txt:1: injury: 'bee *stung*' has a star")
    assert out.endswith("\ndraft.yaml: 1 mistake\n")
    assert {path.name for path in tmp_path.iterdir()} == {"draft.yaml", "lists"}


def test_every_mistake_is_shown_with_its_line_and_counted(
    cli: Cli, root: Path, tmp_path: Path
) -> None:
    """The mark stands under the mistake, after Chinese signs as well."""
    text = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("{department: service, answer", "{department: servce, answer"),
        ("name: {zh: 物流部, en: Logistics}", "name: {zh: 物流部}"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    lines = {name: n for n, line in enumerate(text.split("\n"), 1) for name in (line.strip(),)}
    enquiries = lines["enquiries: {department: servce, answer_within: 3 working days}"]

    code, out = cli("check", "rules.yaml")

    assert code == 78
    assert out == (
        f"rules.yaml:{enquiries}:25: enquiries.department: unknown department 'servce'."
        " Did you mean 'service'?\n"
        "    enquiries: {department: servce, answer_within: 3 working days}\n"
        "                            ^\n"
        f"rules.yaml:{lines['name: {zh: 物流部}']}:11: departments.delivery.name:"
        " has no name in en. Add en: …\n"
        "        name: {zh: 物流部}\n"
        "              ^\n"
        "rules.yaml: 2 mistakes\n"
    )


def test_a_file_that_is_not_there_is_a_mistake(cli: Cli) -> None:
    """It is named."""
    assert cli("check", "gone.yaml") == (
        78,
        "gone.yaml: there is no such file. Check the path, or copy the shipped one\n"
        "gone.yaml: 1 mistake\n",
    )


def test_the_schema_beside_the_shipped_file_is_the_one_that_is_printed(
    cli: Cli, root: Path
) -> None:
    """If not: python run.py rules schema > routing/rules.schema.json."""
    assert cli("schema") == (
        0,
        (root / "routing" / "rules.schema.json").read_text(encoding="utf-8"),
    )
