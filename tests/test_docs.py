"""The manuals are true: what can be typed or written stands there, and what stands there works."""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest
import typer
from pydantic import BaseModel

import run
from cases.model import LetterName
from pipeline import config, rehearse, rules_file
from pipeline.config_schema import Config
from pipeline.rules_schema import Rules
from pipeline.yamlfile import Plain, parse

ROOT = Path(__file__).parents[1]
PRODUCT = ("cases", "classify", "ingest", "outbox", "pipeline", "routing", "templates")
OPERATE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
COMMON = {"--config-file", "-c"}  # said once, above the table


def _python_files() -> Iterator[Path]:
    yield ROOT / "run.py"
    for package in PRODUCT:
        yield from (ROOT / package).rglob("*.py")


def _commands(group: typer.core.TyperGroup, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield each command as it is typed, with its options."""
    for name, command in group.commands.items():
        typed = f"{before}{name}"
        if isinstance(command, typer.core.TyperGroup):
            yield from _commands(command, f"{typed} ")
            continue
        options = [p for p in command.params if p.param_type_name == "option"]
        yield typed, {opt for option in options for opt in option.opts}


def _all_commands() -> list[tuple[str, set[str]]]:
    group = typer.main.get_command(run.app)
    assert isinstance(group, typer.core.TyperGroup)
    return list(_commands(group))


def _models_in(annotation: object) -> set[type[BaseModel]]:
    """Return the blocks an annotation may hold, through unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in get_args(annotation) for model in _models_in(part)}


def _keys(
    model: type[BaseModel], before: str = "", *, above: tuple[type[BaseModel], ...] = ()
) -> Iterator[str]:
    """Yield every key of a file's form, dotted; `*` stands for a name and for a list's items.

    A block that holds blocks of its own kind is gone into once.
    """
    for key, field in model.model_fields.items():
        name = field.alias or key
        yield f"{before}{name}"
        many = "*." if str(field.annotation).startswith(("dict", "tuple")) else ""
        for inner in _models_in(field.annotation):
            if inner not in (*above, model):
                yield from _keys(inner, f"{before}{name}.{many}", above=(*above, model))


def _steps_once(keys: Iterable[str]) -> set[str]:
    """Return the keys with those of every other process as those of the usual one.

    A category's, a severity's and a rule's are the same block, so one example of each key will do.
    """
    special = re.compile(r"^process\.(?:categories|severity)\.\*\.|^rules\.\*\.then\.process\.")
    return {special.sub("process.usual.", key) for key in keys}


def _used(value: Plain, form: set[str], before: str = "") -> Iterator[str]:
    """Yield the keys of the form that `value` really uses."""
    if isinstance(value, list):
        for item in value:
            yield from _used(item, form, f"{before}*.")
    if isinstance(value, dict):
        for key, item in value.items():
            here = f"{before}{key}" if f"{before}{key}" in form else f"{before}*"
            yield here
            yield from _used(item, form, f"{here}.")


def _yaml_of(name: str) -> str:
    """Return all YAML examples of one manual, in order, as one file."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return "".join(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


def _environment_read() -> set[str]:
    """Return the variables named in the code (environ, getenv, envvar) and in config.yaml."""
    names = set(re.findall(r"\$\{(\w+)\}", (ROOT / "config.yaml").read_text(encoding="utf-8")))
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            read: list[ast.expr] = []
            if isinstance(node, ast.Call):
                read = [word.value for word in node.keywords if word.arg == "envvar"]
                if re.search(r"\b(?:getenv|environ\.get)$", ast.unparse(node.func)):
                    read += node.args[:1]
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
                read = [node.slice]
            names |= {str(part.value) for part in read if isinstance(part, ast.Constant)}
    return names


def _markdown() -> list[Path]:
    hidden = (".", "var", "node_modules")
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(p for p in found if not any(part.startswith(hidden) for part in p.parts))


@pytest.mark.parametrize(("command", "options"), _all_commands())
def test_every_command_has_its_row_in_the_operators_manual(command: str, options: set[str]) -> None:
    """The row of a command names each option it takes, and none that it does not."""
    row = re.search(rf"^\| `{re.escape(command)}`[^|]*\|([^|]*)\|", OPERATE, re.MULTILINE)

    assert row is not None, f"docs/operate.md has no row for `{command}`"
    assert set(re.findall(r"`(--?[a-z-]+)", row[1])) == options - COMMON


def test_the_manual_has_no_row_for_a_command_that_does_not_exist() -> None:
    """Every row of the table of commands is a command."""
    table = OPERATE.partition("| command |")[2].partition("\n\n")[0]
    rows = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))

    assert rows == {command for command, _ in _all_commands()}


def test_the_options_that_all_commands_share_are_explained() -> None:
    """--config-file and -c stand in the operator's manual."""
    assert all(f"`{opt} FILE`" in OPERATE for opt in COMMON)


def test_the_table_of_settings_is_the_form_of_the_operators_file() -> None:
    """docs/operate.md has one row per key of config.yaml, and none that is no key."""
    table = OPERATE.partition("| key | default |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    blocks = {key for key in _keys(Config) if any(k.startswith(f"{key}.") for k in _keys(Config))}

    assert set(_keys(Config)) - blocks <= set(rows)
    assert set(rows) <= set(_keys(Config))
    assert len(rows) == len(set(rows))


def test_the_production_example_of_the_manual_loads(tmp_path: Path) -> None:
    """What docs/operate.md shows as config.yaml has no problem."""
    file = tmp_path / "config.yaml"
    file.write_text(_yaml_of("operate.md"), encoding="utf-8")
    passwords = {"DESK_IMAP_PASSWORD": "one", "DESK_SMTP_PASSWORD": "two"}

    settings = config.load(file, environment=passwords)

    assert settings.trust.authserv_id == "mx.example.com"
    assert settings.listen is None


def _rules_of_the_manual(folder: Path) -> Path:
    """Write the examples of docs/rules.md, and the files they name, into a folder."""
    file = folder / "rules.yaml"
    file.write_text(_yaml_of("rules.md"), encoding="utf-8")
    manual = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    tables = re.findall(r"^```csv\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)
    for name, table in zip(("products.csv", "dealers.csv"), tables, strict=True):
        (folder / name).write_text(table, encoding="utf-8")
    (mail,) = re.findall(r"^```eml\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)
    (folder / "examples").mkdir()
    (folder / "examples" / "leak.eml").write_text(mail, encoding="utf-8")
    return file


def test_the_examples_of_the_supervisors_manual_are_a_rules_file(tmp_path: Path) -> None:
    """The YAML of docs/rules.md, read as one file, has no problem."""
    rules = rules_file.load(_rules_of_the_manual(tmp_path))

    assert [rule.name for rule in rules.policy.rules if rule.stop]


def test_the_mails_of_the_supervisors_manual_give_what_it_says(
    tmp_path: Path, config_file: Path, monday_nine: datetime
) -> None:
    """Every example mail of docs/rules.md passes, by the shipped model."""
    rules = rules_file.load(_rules_of_the_manual(tmp_path))
    settings = config.load(config_file, environment={})

    assert len(rules.examples) > 3
    assert rehearse.failures(rules, settings=settings, now=monday_nine) == ()


def test_the_examples_of_the_supervisors_manual_use_every_key() -> None:
    """No key of rules.yaml is left without an example in docs/rules.md."""
    form = set(_keys(Rules))
    document = parse(_yaml_of("rules.md"), name="docs/rules.md")

    assert _steps_once(form) - _steps_once(_used(document.value, form)) == set()


def test_every_key_of_the_rules_is_explained_in_words() -> None:
    """The name of each key stands in docs/rules.md outside the examples, or within a sentence."""
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```yaml\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    plain = {"rules_version", "departments", "categories", "below"}  # their example says it all
    plain |= {"rules"}  # the whole page
    wanted = {key.rpartition(".")[2] for key in _keys(Rules)} - plain

    assert {key for key in wanted if f"`{key}" not in prose} == set()


@pytest.mark.parametrize("letter", list(LetterName))
def test_every_letter_stands_in_the_design(letter: LetterName) -> None:
    """docs/design.md says to whom each letter goes and when."""
    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")

    assert f"\n| `{letter.value}` | " in design


def test_the_design_draws_the_moves_as_the_code_has_them() -> None:
    """Picture and table of docs/design.md are the table of cases/lifecycle.py."""
    from cases.lifecycle import MOVES

    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", design, re.MULTILINE)
    table = design.partition("| from | move |")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| (\w+) \| (\w+) \| (\w+) \|", table, re.MULTILINE)
    moves = {(old.value, move.value, new.value) for (old, move), new in MOVES.items()}

    assert {(old, move, new) for old, new, move in drawn} == moves
    assert set(listed) == moves


def test_every_environment_variable_stands_in_the_operators_manual() -> None:
    """What the code or the shipped config.yaml reads from the environment is explained."""
    names = _environment_read()

    assert "DESK_CONFIG" in names
    assert {name for name in names if f"`{name}`" not in OPERATE} == set()


def test_links_between_the_manuals_lead_somewhere() -> None:
    """Every relative link in a Markdown file names a file or folder that exists."""
    broken = []
    for path in _markdown():
        for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / path).read_text(encoding="utf-8")):
            target = link.partition("#")[0]
            if "://" in link or link.startswith("mailto:") or not target:
                continue
            if not (ROOT / path.parent / target).exists():
                broken.append(f"{path}: {link}")

    assert broken == []


def test_the_readme_names_only_make_targets_that_exist() -> None:
    """Whatever README.md says to make, the Makefile makes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = set(re.findall(r"^make ([a-z]+)", readme, re.MULTILINE))
    shown |= set(re.findall(r"`make ([a-z]+)`", readme))

    assert {"run", "demo", "test"} <= shown
    assert {name for name in shown if not re.search(rf"(?m)^{name}:", makefile)} == set()


def test_the_readme_runs_only_commands_that_exist() -> None:
    """Every `run.py …` line of README.md names a command of the command line."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"run\.py ([a-z]+(?: [a-z]+)?)", readme)
    known = {command for command, _ in _all_commands()}

    assert shown
    assert {s for s in shown if s not in known and s.split()[0] not in known} == set()


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    """The topmost entry of CHANGELOG.md is the version in pyproject.toml."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = re.search(r'(?m)^version = "([^"]+)"$', project)
    newest = re.search(r"(?m)^## \[([^\]]+)\]", changelog)

    assert version is not None
    assert newest is not None
    assert newest[1] == version[1]
