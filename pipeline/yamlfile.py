"""YAML that somebody edits: strict, small, with the place of every key (design 7.7, F81).

YAML 1.2 by ruamel.yaml, so `no` is a word and 12:30 is no number. Anchors, aliases, duplicate
keys and tags are refused. The nodes are turned into plain values here, so that every problem,
ours and Pydantic's, can name its line and its column.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from cases.errors import ConfigError, Problem
from pipeline.yamltext import Lines, Place

MAX_BYTES = 2**20
MAX_DEPTH = 20
#: Deeper than that for sure; the library would think for seconds before it gives up.
_TOO_DEEP = re.compile(rf"(?:[\[{{][ \t\r\n]*){{{MAX_DEPTH + 1}}}|(?:- ){{{MAX_DEPTH + 1}}}")
_DEEP = ("is nested too deeply", f"At most {MAX_DEPTH} levels")

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Keys: TypeAlias = tuple[str, ...]  #: the way to a value; items of lists count from "0"


class Section(BaseModel):
    """Base of every block of a file of ours: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as plain values, and the places where each key and its value stand."""

    file: str
    text: str
    value: dict[str, Plain]
    lines: Lines
    keys: Mapping[Keys, Place]
    values: Mapping[Keys, Place]  #: the key's, where the value begins on another line
    texts: Mapping[str, list[Keys]]  #: where each text stands, in the order of the file

    def problem(
        self, path: Keys, what: str, fix: str = "", *, value: str = "", of_key: bool = False
    ) -> Problem:
        """Return a Problem of what stands at `path`: of its value, or of its key.

        Marked is the text `value` where it stands below `path`, and where nothing stands there,
        the nearest key above that is in the file.
        """
        here, whole = self._standing(path)
        if value:
            here = self._find(here, value)
        places = self.values if whole and not of_key else self.keys
        return _problem(self.file, self.lines, places.get(here), what, fix, path=path)

    def _standing(self, path: Keys) -> tuple[Keys, bool]:
        """Return as much of `path` as is in the file, and whether that is all of it."""
        here: Keys = ()
        for key in path:
            if (*here, key) in self.keys:
                here = (*here, key)
            elif not key.isdecimal():  # a list of one may stand without brackets
                return here, False
        return here, True

    def _find(self, path: Keys, text: str) -> Keys:
        """Return where `text` stands first below `path`; `path` if it does nowhere.

        A `name` is what people call a thing, and points to none.
        """
        for keys in self.texts.get(text, ()):
            if keys[: len(path)] == path and keys[-1] != "name":
                return keys
        return path


def read(path: Path, *, secret: Iterable[str] = ()) -> Document:
    """Read a file; raises ConfigError with every problem of its form.

    Lines with the value of a key that is called as one of `secret` are never repeated.
    """
    name = str(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _whole(
            name, "there is no such file", "Check the path, or copy the shipped one"
        ) from None
    except OSError as error:
        raise _whole(
            name, f"can't be read: {error.strerror}", "Check its owner and mode"
        ) from error
    if len(data) > MAX_BYTES:
        raise _whole(name, f"is {len(data)} bytes long", f"At most {MAX_BYTES} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = Lines(data.decode("utf-8", "replace"), secret=secret)
        index = len(data[: error.start].decode("utf-8", "replace"))
        problem = _problem(name, lines, lines.place(index), "is not UTF-8", "Save it as UTF-8")
        raise ConfigError((problem,)) from error
    return parse(text, name=name, secret=secret)


def parse(text: str, *, name: str, secret: Iterable[str] = ()) -> Document:
    """Turn YAML text into a Document; raises ConfigError."""
    lines = Lines(text, secret=secret)
    deep = _TOO_DEEP.search(text)
    if deep:
        raise ConfigError((_problem(name, lines, lines.place(deep.start()), *_DEEP),))
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except RecursionError as error:
        raise _whole(name, *_DEEP) from error
    except (YAMLError, ValueError) as error:  # ValueError: a number after % that is none
        raise ConfigError((_broken(error, name, lines),)) from error
    if not isinstance(node, MappingNode):
        raise _whole(name, "holds no keys", "Write `key: value` lines; see the shipped file")
    builder = _Builder(name, lines)
    value = builder.mapping(node, ())
    if builder.problems:
        raise ConfigError(tuple(builder.problems))
    return Document(
        file=name,
        text=text,
        value=value,
        lines=lines,
        keys=builder.keys,
        values=builder.values,
        texts=builder.texts,
    )


def _broken(error: Exception, name: str, lines: Lines) -> Problem:
    """Turn what the library says into a problem."""
    if isinstance(error, ReaderError):
        what = f"holds U+{error.character:04X}, which is no sign of a text"
        return _problem(name, lines, lines.place(error.position), what, "Save it as UTF-8 text")
    if not isinstance(error, MarkedYAMLError):
        return _problem(name, lines, None, f"is no valid YAML: {error}", "")
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    what = f"is no valid YAML: {error.problem or error.context}"
    fix = "Compare with the lines above"
    if "\\t" in what:
        fix = "Indent with blanks, never with tabs"
    elif mark and began and began.line < mark.line:
        fix = f"Look at line {began.line + 1}, where this part begins"
    place = lines.place(min(mark.index, lines.length)) if mark else None
    return _problem(name, lines, place, what, fix)


class _Builder:
    """Turns nodes into plain values and remembers places and problems."""

    def __init__(self, file: str, lines: Lines) -> None:
        self._file, self._lines = file, lines
        self.keys: dict[Keys, Place] = {}
        self.values: dict[Keys, Place] = {}
        self.texts: dict[str, list[Keys]] = {}
        self.problems: list[Problem] = []

    def mapping(self, node: MappingNode, path: Keys) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._complain(key_node, path, "a key must be a plain word", "")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                first = f"Keep one of the two; the other is in line {self.keys[here].line}"
                self._complain(key_node, here, "is there twice", first)
            self.keys[here] = self._place(key_node)
            value_place = self._place(value_node)
            same = value_place.line == self.keys[here].line
            self.values[here] = value_place if same else self.keys[here]
            result[key] = self._value(value_node, here)
        return result

    def _value(self, node: Any, path: Keys) -> Plain:
        if node.anchor is not None:
            self._complain(node, path, "uses an anchor or alias", "Write the value out")
            return None
        if len(path) > MAX_DEPTH:
            self._complain(node, path, *_DEEP)
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            items: list[Plain] = []
            for number, item in enumerate(node.value):
                here = (*path, str(number))
                self.keys[here] = self.values[here] = self._place(item)
                items.append(self._value(item, here))
            return items
        return self._scalar(node, path)

    def _scalar(self, node: Any, path: Keys) -> Plain:
        tag, text = str(node.tag).rpartition(":")[2], str(node.value)
        if node.style is not None or tag in ("str", "timestamp"):
            self.texts.setdefault(text, []).append(path)
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        try:
            if tag == "int":
                return int(text.replace("_", ""), 0 if text[:2] in ("0x", "0o") else 10)
            if tag == "float":
                return self._finite(node, path, float(text.replace("_", "")))
        except ValueError:
            return text
        self._complain(node, path, f"has the tag {node.tag}", "Leave tags (!…) out")
        return None

    def _finite(self, node: Any, path: Keys, number: float) -> float:
        if not math.isfinite(number):
            self._complain(node, path, "is too great for a number", "Write a smaller one")
        return number

    def _place(self, node: Any) -> Place:
        return self._lines.place(min(node.start_mark.index, self._lines.length))

    def _complain(self, node: Any, path: Keys, what: str, fix: str) -> None:
        place = self._place(node)
        self.problems.append(_problem(self._file, self._lines, place, what, fix, path=path))


def _problem(
    file: str, lines: Lines, place: Place | None, what: str, fix: str, *, path: Keys = ()
) -> Problem:
    """Return a problem at a place of a file; None: of the whole file."""
    line, column = place or (1 if path else 0, 0)
    excerpt = lines.excerpt(line) if column else ""
    key = ".".join(path)
    return Problem(
        file=file, line=line, column=column, key=key, what=what, fix=fix, excerpt=excerpt
    )


def _whole(name: str, what: str, fix: str) -> ConfigError:
    return ConfigError((Problem(file=name, line=0, key="", what=what, fix=fix),))
