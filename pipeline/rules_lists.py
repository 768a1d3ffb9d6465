"""Files of words that rules.yaml names under `lists`: plain text, for people who keep words.

Entries stand one after the other, parted by commas or line ends; `#` begins a comment line; all
entries below the line `unless:` are exceptions. A list is looked for in the folder `lists` beside
rules.yaml, then among the shipped ones.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cases.errors import Problem
from routing.words import mistake_in

SHIPPED = Path(__file__).parents[1] / "routing" / "lists"
MAX_BYTES = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class WordFile:
    """What one file says, and what is wrong with it."""

    path: Path = Path()
    data: bytes = b""
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def names_beside(rules: Path) -> tuple[str, ...]:
    """Return the names of all lists that the rules file may use."""
    folders = (SHIPPED, rules.parent / "lists")
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.txt")}))


def read_list(name: str, rules: Path) -> WordFile:
    """Read the list `name` for the rules file; it must be one of `names_beside`. Total."""
    own = rules.parent / "lists" / f"{name}.txt"
    path = own if own.is_file() else SHIPPED / f"{name}.txt"
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return WordFile(problems=(_problem(path, 0, "can't be read", "Save it as UTF-8 text"),))
    if len(data) > MAX_BYTES:
        return WordFile(problems=(_problem(path, 0, "is too long", f"At most {MAX_BYTES} bytes"),))
    words: list[str] = []
    unless: list[str] = []
    problems = []
    here = words
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() == "unless:":
            here = unless
            continue
        for entry in _entries(line):
            mistake = mistake_in(entry)
            if mistake:
                problems.append(_problem(path, number, mistake, "See docs/rules.md"))
            here.append(entry)
    if not words:
        problems.append(_problem(path, 0, "has no words", "Add words above `unless:`"))
    return WordFile(
        path=path,
        data=data,
        words=tuple(words),
        unless=tuple(unless),
        problems=tuple(problems),
    )


def _entries(line: str) -> list[str]:
    if line.lstrip().startswith("#"):
        return []
    return [entry for part in re.split("[,，]", line) if (entry := part.strip())]


def _problem(path: Path, line: int, what: str, fix: str) -> Problem:
    return Problem(file=str(path), line=line, key=path.stem, what=what, fix=fix)
