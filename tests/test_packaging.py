"""What is installed: one version, every data file, and no name that somebody else uses."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = ("run", "cases", "classify", "ingest", "outbox", "pipeline", "routing", "templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as it would be installed, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def _below(folder: str, *endings: str) -> set[str]:
    """Return the files of the checkout below `folder` that end so."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name.endswith(endings)
    }


def test_the_version_is_written_once() -> None:
    """Only pyproject.toml holds the version: no module assigns one."""
    found = [
        path.relative_to(ROOT).as_posix()
        for path in [ROOT / "run.py", *(p for n in NAMES[1:] for p in (ROOT / n).rglob("*.py"))]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if ast.unparse(target).lower() in ("version", "__version__", "version_info")
        and isinstance(node.value, ast.Constant)
    ]

    assert found == []
    assert "version" not in PROJECT["project"].get("dynamic", [])


def test_the_wheel_carries_the_version_of_the_project(wheel: zipfile.ZipFile) -> None:
    """Name and version of the wheel are those of pyproject.toml, and it needs our Python."""
    info = f"complaint_desk-{PROJECT['project']['version']}.dist-info"

    metadata = wheel.read(f"{info}/METADATA").decode()

    assert f"\nVersion: {PROJECT['project']['version']}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "\nClassifier: Private :: Do Not Upload\n" in metadata


@pytest.mark.parametrize(
    ("folder", "endings"),
    [
        ("templates/letters", (".j2",)),
        ("ingest/samples", (".eml",)),
        ("classify/model", ("",)),
        ("routing", ("rules.yaml", "rules.schema.json")),
        ("cases/migrations", (".py", ".mako")),
    ],
)
def test_the_wheel_carries_the_data_of(
    wheel: zipfile.ZipFile, folder: str, endings: tuple[str, ...]
) -> None:
    """Letters, samples, model, rules and migrations are installed with the code."""
    here = _below(folder, *endings)

    assert here
    assert here - set(wheel.namelist()) == set()


def test_the_wheel_carries_every_module(wheel: zipfile.ZipFile) -> None:
    """No module of the checkout is left behind."""
    modules = {"run.py"}.union(*(_below(name, ".py") for name in NAMES[1:]))

    assert modules - set(wheel.namelist()) == set()


def test_the_wheel_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No test, no database and no secret is installed: only our packages stand at the top."""
    tops = {name.partition("/")[0].removesuffix(".py") for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(NAMES)


def test_the_script_starts_the_command_line(wheel: zipfile.ZipFile) -> None:
    """`complaint-desk` is run.py's main."""
    info = f"complaint_desk-{PROJECT['project']['version']}.dist-info"

    assert "complaint-desk = run:main" in wheel.read(f"{info}/entry_points.txt").decode()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_uses_our_names(name: str) -> None:
    """No other distribution of this environment offers a top-level module of ours."""
    assert set(packages_distributions().get(name, [])) <= {"complaint-desk"}
