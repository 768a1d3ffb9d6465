"""A set of rules as texts: taken from what was read, loaded elsewhere, put back whole, compared.

The texts are called by their way from the folder of rules.yaml. A shipped list of words counts as
one of them, so that a set is the same later, whatever lists another version of this program ships.
"""

import codecs
import difflib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cases.errors import ConfigError, Problem
from cases.this_machine import sync_folder
from pipeline.rules_file import RuleSet, load
from pipeline.rules_lists import SHIPPED

#: What the file itself is called in a set, whatever it is called in config.yaml.
MAIN = "rules.yaml"
_MORE = 2  # unchanged lines that a difference shows on each side


def texts_of(rules: RuleSet) -> dict[str, str]:
    """Return the texts of a set that was loaded, rules.yaml first."""
    main, *others = rules.files
    names = {main: MAIN, **{path: _name(path, main.parent) for path in others}}
    return {name: text_of(rules.files[path]) for path, name in names.items()}


def paths_of(rules: RuleSet, file: Path) -> frozenset[Path]:
    """Return where the texts of a set lie if `file` is its rules.yaml; shipped lists left out."""
    main, *others = rules.files
    below = (_name(path, main.parent) for path in others if path.parent != SHIPPED)
    return frozenset({file, *(file.parent / name for name in below)})


def load_texts(texts: Mapping[str, str]) -> RuleSet:
    """Load a set from its texts; raises ConfigError, its files called as the texts are."""
    with tempfile.TemporaryDirectory(prefix="complaint-desk-rules-") as name:
        folder = Path(name).resolve()
        for key, text in texts.items():
            path = _inside(folder, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes_of(text))
        try:
            return load(folder / MAIN)
        except ConfigError as error:
            raise ConfigError(tuple(shown(error.problems, folder / MAIN))) from error


def shown(problems: Iterable[Problem], file: Path) -> Iterator[Problem]:
    """Yield problems with files as supervisors know them: by the way from rules.yaml."""
    for problem in problems:
        path = Path(problem.file)
        yield replace(problem, file=MAIN if path == file else _name(path, file.parent))


def write_texts(texts: Mapping[str, str], file: Path, *, known: Mapping[str, str]) -> None:
    """Put a set where `file` is its rules.yaml, each file as a whole, rules.yaml last.

    What lies there as it shall be stays untouched. A text that is not one of those `known` was
    written by somebody and never went live: it is kept beside, as `….replaced`.
    """
    for name in sorted(texts, key=lambda name: name == MAIN):
        data, there = bytes_of(texts[name]), _there(name, file)
        if there == data:
            continue
        path = _place(name, file)
        if path.exists() and there is not None and there != bytes_of(known.get(name, "")):
            _replace(path.with_name(f"{path.name}.replaced"), there, like=path)
        _replace(path, data, like=path)


def same_on_disk(texts: Mapping[str, str], file: Path) -> bool:
    """Tell whether just these texts lie where `file` is their rules.yaml."""
    return all(_there(name, file) == bytes_of(text) for name, text in texts.items())


def half_written(wanted: Mapping[str, str], live: Mapping[str, str], file: Path) -> bool:
    """Tell whether a set was being put there and whoever did it ended half-way.

    Then each file is still that of the live set or already the wanted one, and there are both.
    """
    new = old = False
    for name, text in wanted.items():
        there = _there(name, file)
        is_new = there == bytes_of(text)
        is_old = there == (bytes_of(live[name]) if name in live else None)
        if not is_new and not is_old:
            return False
        new, old = new or not is_old, old or not is_new
    return new and old


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Return how two sets differ, as lines of a unified difference."""
    lines: list[str] = []
    for name in (*new, *(gone for gone in old if gone not in new)):
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            lines += difflib.unified_diff(
                before.splitlines(),
                after.splitlines(),
                name if name in old else "(none)",
                name if name in new else "(none)",
                n=_MORE,
                lineterm="",
            )
    return tuple(lines)


def counted(lines: Iterable[str]) -> tuple[int, int]:
    """Return how many lines a difference adds and takes away."""
    kept = [line for line in lines if not line.startswith(("+++ ", "--- "))]
    return sum(line[:1] == "+" for line in kept), sum(line[:1] == "-" for line in kept)


def text_of(data: bytes) -> str:
    """Return a file as text that loses nothing: a byte that is no UTF-8 is a lone surrogate."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """Return the bytes that `text_of` was given."""
    return text.encode("utf-8", "surrogateescape")


def _name(path: Path, folder: Path) -> str:
    for one, other in ((path, folder), (path.resolve(), folder.resolve())):
        if one.is_relative_to(other):
            return one.relative_to(other).as_posix()
    return f"lists/{path.name}"  # a shipped one


def _place(name: str, file: Path) -> Path:
    return file if name == MAIN else _inside(file.parent, name)


def _inside(folder: Path, name: str) -> Path:
    """Return the place of a text; ValueError for one that would lie elsewhere."""
    path = folder / name
    if "\0" in name or ".." in path.parts or not path.is_relative_to(folder):
        raise ValueError(f"{name!r} is outside the folder of the rules")
    return path


def _there(name: str, file: Path) -> bytes | None:
    """Return the bytes of a text that lies there, or is shipped; None if there is none."""
    path = _place(name, file)
    if path.parent == file.parent / "lists" and not path.exists():
        path = SHIPPED / path.name
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data.removeprefix(codecs.BOM_UTF8) if name == MAIN else data  # as it is when loaded


def _replace(path: Path, data: bytes, *, like: Path) -> None:
    """Write a file so that whoever reads it sees the old one or the new one (reliability 4.2)."""
    path = Path(os.path.realpath(path))  # a link stays one
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with draft.open("wb") as file:
            file.write(data)
            with suppress(OSError):  # the first file of its name, or not ours to give away
                old = like.stat()
                os.fchmod(file.fileno(), old.st_mode)
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
