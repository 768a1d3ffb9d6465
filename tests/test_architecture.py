"""The shape of the code: who imports whom, how long things are, what never appears."""

import ast
import contextlib
import functools
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("cases", "classify", "ingest", "outbox", "pipeline", "routing", "templates")
MOST_MODULE, MOST_FUNCTION = 300, 40  # lines
#: Migrations are history: one function per revision, as long as its schema, never edited again.
HISTORY = ROOT / "cases" / "migrations" / "versions"
#: Put together here, so that this file does not name them itself.
UNWANTED = ("issue " + "#", "hel" + "per", "/wo" + "rk/")
NOT_OURS = frozenset({"var", "build", "dist", "__pycache__"})  # made, not written; as hidden names
SHOWN = frozenset({".ci", ".gitignore", ".gitattributes"})  # hidden, but ours


def _product() -> list[Path]:
    found = [ROOT / "run.py"]
    for package in PACKAGES:
        found += sorted((ROOT / package).rglob("*.py"))
    return [path for path in found if HISTORY not in path.parents]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _is_table(tree: ast.Module) -> bool:
    """Tell a module that holds nothing but words: no import, no function, no computation."""
    wanted = (ast.Assign, ast.AnnAssign, ast.Expr)
    code = (ast.Import, ast.ImportFrom, ast.Lambda, ast.BinOp, ast.ListComp, ast.GeneratorExp)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return (
        all(isinstance(statement, wanted) for statement in tree.body)
        and not any(isinstance(node, code) for node in ast.walk(tree))
        and {ast.unparse(func) for func in calls} <= {"frozenset"}
    )


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@functools.cache
def _texts() -> tuple[tuple[Path, str], ...]:
    """Return every text file of the project; pictures, weights and caches are no texts."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name in SHOWN or not _is_foreign(name)]
        for name in sorted(name for name in names if name in SHOWN or not _is_foreign(name)):
            with contextlib.suppress(UnicodeDecodeError):
                path = Path(folder, name)
                found.append((path, path.read_text(encoding="utf-8")))
    return tuple(found)


def _is_foreign(name: str) -> bool:
    return name.startswith(".") or name in NOT_OURS


@pytest.fixture(scope="module")
def lint_imports() -> subprocess.CompletedProcess[str]:
    """The result of import-linter on the contracts of pyproject.toml."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_one_way(lint_imports: subprocess.CompletedProcess[str]) -> None:
    """Every import contract of pyproject.toml is kept."""
    assert lint_imports.returncode == 0, lint_imports.stdout + lint_imports.stderr


def test_the_contracts_are_really_looked_at(
    lint_imports: subprocess.CompletedProcess[str],
) -> None:
    """As many contracts are kept as pyproject.toml holds, so none is skipped."""
    written = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    count = written.count("[[tool.importlinter.contracts]]")

    assert count > 0
    assert f"{count} kept, 0 broken" in lint_imports.stdout


def test_modules_fit_in_a_head() -> None:
    """No module is longer than 300 lines; only pure tables of words may be."""
    long = [
        f"{_name(path)} has {lines} lines"
        for path in _product()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_MODULE
        and not _is_table(_tree(path))
    ]

    assert not long, "\n".join(long)


def test_functions_fit_on_a_page() -> None:
    """No function is longer than 40 lines."""
    long = [
        f"{_name(path)}: {function.name} has {lines} lines"
        for path in _product()
        for function in _functions(_tree(path))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION
    ]

    assert not long, "\n".join(long)


def test_nothing_is_printed() -> None:
    """Commands write what they must through sys.stdout and Rich; nobody calls print."""
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in _product()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]

    assert found == []


@pytest.mark.parametrize("word", UNWANTED)
def test_the_project_speaks_only_of_itself(word: str) -> None:
    """No file names the place or the people that made it."""
    found = [_name(path) for path, text in _texts() if word in text.lower()]

    assert found == []


def test_the_list_of_packages_is_the_same_everywhere() -> None:
    """What we look at here is what is shipped, typed and measured."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = project["tool"]

    assert set(PACKAGES) == set(tools["importlinter"]["root_packages"])
    assert {*PACKAGES, "run.py"} == set(tools["hatch"]["build"]["targets"]["wheel"]["only-include"])
    assert set(PACKAGES) == set(tools["coverage"]["run"]["source"])
