"""What the commands about the supervisors' file do."""

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from cases.errors import ConfigError
from pipeline import config
from pipeline.exits import BAD_CONFIG, OK
from pipeline.rules_editor import schema_text
from pipeline.rules_file import load
from routing.words import Words


def check(config_file: Path, file: Path | None) -> int:
    """Print every mistake in a rules file, or what it holds; 78 if there is any mistake.

    Without `file` it is the one that config.yaml names.
    """
    path = file or config.load(config_file).rules
    try:
        policy = load(path).policy
    except ConfigError as error:
        count = len(error.problems)
        sys.stdout.write(f"{error}\n{path.name}: {_counted(count, 'mistake')}\n")
        return BAD_CONFIG
    held = (
        _counted(len(policy.departments), "department"),
        _counted(len(policy.rules), "rule"),
        _counted(_words_in(policy), "word"),
    )
    sys.stdout.write(f"{path.name}: fine: {', '.join(held)}; version {policy.version}\n")
    return OK


def schema() -> int:
    """Print the JSON Schema of rules.yaml."""
    sys.stdout.write(schema_text())
    return OK


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _words_in(value: object) -> int:
    """Return how many words a value holds, wherever they stand in it."""
    if isinstance(value, Words):
        return len(value.words) + len(value.unless)
    if isinstance(value, Mapping):
        return sum(map(_words_in, value.values()))
    if isinstance(value, tuple):
        return sum(map(_words_in, value))
    if is_dataclass(value):
        return sum(_words_in(getattr(value, field.name)) for field in fields(value))
    return 0
