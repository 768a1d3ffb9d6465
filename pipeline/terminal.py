"""What commands share: an opened desk, rows as JSON, and strangers' words made safe to show."""

import json
import os
import pwd
import sys
import unicodedata
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline import config
from pipeline.desk import Desk, open_desk, require_schema

_UNFOLDED = 200  # columns of a table that goes into a file or a pipe


def opened(config_file: Path, *, isolated: bool = False) -> Desk:
    """Return the desk of a config file by the rules that are in force, its database ready."""
    desk = open_desk(config.load(config_file), isolated=isolated, in_force=True)
    require_schema(desk)
    return desk


def write_row(row: object) -> None:
    """Write one JSON object on a line of its own; no mark in it commands a terminal (F100)."""
    line = json.dumps(row, ensure_ascii=False)
    # A file name or a text may hold a lone surrogate, which no output can show.
    line = line.encode("utf-8", "replace").decode("utf-8")
    if not line.isprintable():
        line = "".join(mark if _is_shown(mark) else json.dumps(mark)[1:-1] for mark in line)
    sys.stdout.write(line + "\n")


def _is_shown(mark: str) -> bool:
    return mark.isprintable() or unicodedata.category(mark) == "Zs"


def write_table(table: Table) -> None:
    """Write a table that fits the terminal; unfolded without one, for grep."""
    width = None if sys.stdout.isatty() else _UNFOLDED
    Console(markup=False, highlight=False, width=width).print(table)


def plain(text: str, *, most: int = 500) -> str:
    """Return one line of a stranger's text that no terminal takes for a command.

    Control characters, line ends, marks that turn the direction of writing and what has no
    character stand as \\uXXXX; at most `most` characters are shown.
    """
    shown = text[:most] + ("…" if len(text) > most else "")
    return "".join(_visible(mark) for mark in shown)


def _visible(mark: str) -> str:
    if mark.isprintable():
        return mark
    if mark == "\t" or unicodedata.category(mark) == "Zs":  # the wide space of Chinese texts
        return " "
    return f"\\u{ord(mark):04x}"


def who() -> str:
    """Return the name of the user of the system who runs this, or the number."""
    return user_name(os.getuid())


def user_name(number: int) -> str:
    """Return the name of a user of the system, or the number."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
