"""What lies in docs/deploy can be used: the units verify, the files fit the program."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

import run
from pipeline import exits

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = ("complaint-desk.service", "complaint-desk-backup.service", "complaint-desk-backup.timer")


def _options(command: str) -> set[str]:
    group = typer.main.get_command(run.app)
    assert isinstance(group, typer.core.TyperGroup)
    found = group.commands[command]
    return {opt for p in found.params if p.param_type_name == "option" for opt in p.opts}


def _unit(name: str) -> dict[str, str]:
    """Return the last value of each key of a unit."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # keys keep their case
    parser.read(DEPLOY / name, encoding="utf-8")
    return {key: value for section in parser.sections() for key, value in parser.items(section)}


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    return found


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` is silent once the program lies where they say."""
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        text = text.replace("/opt/complaint-desk/.venv/bin/complaint-desk", "/bin/true")
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own words
        [str(shutil.which("systemd-analyze")), "verify", *(str(tmp_path / n) for n in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )

    ours = [line for line in done.stderr.splitlines() if "complaint-desk" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_service_does_not_start_anew_where_only_a_person_can_help() -> None:
    """The codes are those of the program; the watchdog and the signals are those it knows."""
    unit = _unit(UNITS[0])
    hopeless = {exits.USAGE, exits.DAMAGED, exits.NOT_ALLOWED, exits.BAD_CONFIG}

    assert {int(code) for code in unit["RestartPreventExitStatus"].split()} == hopeless
    assert unit["Type"] == "notify"
    assert unit["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(unit["TimeoutStopSec"]) > 10 < int(unit["WatchdogSec"])


@pytest.mark.parametrize(
    "words",
    [
        _unit(UNITS[1])["ExecStart"].split(),
        ["complaint-desk", *_compose()["services"]["backup"]["command"]],
    ],
    ids=["systemd", "compose"],
)
def test_the_nightly_backup_is_a_command_that_exists(words: list[str]) -> None:
    """Unit and container call `backup` with options it has."""
    assert words[1] == "backup"
    assert {word for word in words if word.startswith("-")} <= _options("backup")


def test_the_image_holds_what_is_installed_and_runs_as_nobody_special() -> None:
    """Every package is copied into it, no test and no secret; the check of health is `status`."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    only = re.search(r"only-include = \[(.*?)\]", project, re.DOTALL)
    assert only is not None
    packages = re.findall(r'"([\w.]+)"', only[1])
    users = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()

    assert {name for name in packages if not re.search(rf"^COPY .*\b{name}", text, re.M)} == set()
    assert {f"!{name}" for name in packages} <= set(ignored)
    assert users == ["10001:10001"]
    assert 'CMD ["complaint-desk", "status"' in text


def test_the_containers_are_told_secrets_by_files_and_keep_their_data() -> None:
    """No password stands in compose.yaml; every named volume and secret is declared and used."""
    found = _compose()
    desk = found["services"]["desk"]
    used = {volume.partition(":")[0] for s in found["services"].values() for volume in s["volumes"]}

    assert desk["read_only"] is True
    assert desk["restart"] == "unless-stopped"
    assert desk["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in found["services"]["database"]
    assert set(found["volumes"]) <= used
    asked = {name for s in found["services"].values() for name in s["secrets"]}
    assert asked == set(found["secrets"])
    assert all("file" in secret for secret in found["secrets"].values())
