"""YAML that somebody edits: strict, small, with the line of every key (design 7.7, F81).

YAML 1.2 by ruamel.yaml, so `no` is a word and 12:30 is no number. Anchors, aliases, duplicate
keys and tags are refused. The nodes are turned into plain values here, so that every problem,
ours and Pydantic's, can name its line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from cases.errors import ConfigError, Problem

MAX_BYTES = 2**20
MAX_DEPTH = 20
#: Deeper than that for sure; the library would think for seconds before it gives up.
_TOO_DEEP = re.compile(rf"(?:[\[{{][ \t\r\n]*){{{MAX_DEPTH + 1}}}")

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


class Section(BaseModel):
    """Base of every block of a file of ours: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as plain values, and the line each key stands on (1-based)."""

    file: str
    value: dict[str, Plain]
    lines: Mapping[tuple[str, ...], int]

    def problem(self, path: tuple[str, ...], what: str, fix: str = "") -> Problem:
        """Return a Problem at `path`, or at the nearest key above it that stands in the file."""
        here = path
        while here and here not in self.lines:
            here = here[:-1]
        return Problem(
            file=self.file,
            line=self.lines.get(here, 1),
            key=".".join(path),
            what=what,
            fix=fix,
        )


def read(path: Path) -> Document:
    """Read a file; raises ConfigError with every problem of its form."""
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
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(
            (Problem(file=name, line=line, key="", what="is not UTF-8", fix="Save it as UTF-8"),)
        ) from error
    return parse(text, name=name)


def parse(text: str, *, name: str) -> Document:
    """Turn YAML text into a Document; raises ConfigError."""
    if _TOO_DEEP.search(text):
        raise _whole(name, "is nested too deeply", f"At most {MAX_DEPTH} levels")
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except RecursionError as error:
        raise _whole(name, "is nested too deeply", f"At most {MAX_DEPTH} levels") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = f"is no valid YAML: {error.problem or error.context}"
        fix = (
            "Indent with blanks, never with tabs"
            if "\\t" in what
            else "Compare with the lines above"
        )
        raise ConfigError((Problem(file=name, line=line, key="", what=what, fix=fix),)) from error
    except YAMLError as error:
        raise _whole(name, f"is no valid YAML: {error}", "") from error
    if not isinstance(node, MappingNode):
        raise _whole(name, "holds no keys", "Write `key: value` lines; see the shipped file")
    builder = _Builder(name)
    value = builder.mapping(node, ())
    if builder.problems:
        raise ConfigError(tuple(builder.problems))
    return Document(file=name, value=value, lines=builder.lines)


class _Builder:
    """Turns nodes into plain values and remembers lines and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[tuple[str, ...], int] = {}
        self.problems: list[Problem] = []

    def mapping(self, node: MappingNode, path: tuple[str, ...]) -> dict[str, Plain]:
        result: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._complain(key_node, path, "a key must be a plain word", "")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                self._complain(key_node, here, "is there twice", "Keep one of the two")
            self.lines[here] = key_node.start_mark.line + 1
            result[key] = self._value(value_node, here)
        return result

    def _value(self, node: Any, path: tuple[str, ...]) -> Plain:
        if node.anchor is not None:
            self._complain(node, path, "uses an anchor or alias", "Write the value out")
            return None
        if len(path) > MAX_DEPTH:
            self._complain(node, path, "is nested too deeply", f"At most {MAX_DEPTH} levels")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            items: list[Plain] = []
            for number, item in enumerate(node.value):
                here = (*path, str(number))
                self.lines[here] = item.start_mark.line + 1
                items.append(self._value(item, here))
            return items
        return self._scalar(node, path)

    def _scalar(self, node: Any, path: tuple[str, ...]) -> Plain:
        tag, text = str(node.tag).rpartition(":")[2], str(node.value)
        if node.style is not None or tag in ("str", "timestamp"):
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return text.lower() == "true"
        try:
            if tag == "int":
                return int(text.replace("_", ""), 0 if text[:2] in ("0x", "0o") else 10)
            if tag == "float":
                return float(text.replace("_", ""))
        except ValueError:
            return text
        self._complain(node, path, f"has the tag {node.tag}", "Leave tags (!…) out")
        return None

    def _complain(self, node: Any, path: tuple[str, ...], what: str, fix: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(
            Problem(file=self.file, line=line, key=".".join(path), what=what, fix=fix)
        )


def validate(document: Document, model: type[S]) -> S:
    """Return the document as `model`; raises ConfigError with every problem at once."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise ConfigError(tuple(_problems(document, model, error))) from error


def _problems(document: Document, model: type[Section], error: ValidationError) -> list[Problem]:
    """Turn what Pydantic says into problems: one per key, in the order of the file."""
    items = [(_path(document, item), item) for item in error.errors(include_url=False)]
    found: dict[tuple[str, ...], Problem] = {}
    for path, item in items:
        if any(len(other) > len(path) == _shared(other, path) for other, _ in items):
            continue  # another form this value could have: one was recognised by its inner keys
        problem = _problem(document, model, path, item)
        if path in found:
            problem = replace(problem, what=f"{found[path].what}, or {problem.what}")
        found[path] = problem
    return sorted(found.values(), key=lambda problem: problem.line)


def _path(document: Document, item: ErrorDetails) -> tuple[str, ...]:
    """Return the keys of the file in a location; Pydantic also names members of unions there."""
    path: tuple[str, ...] = ()
    for part in item["loc"]:
        if (*path, str(part)) in document.lines:
            path = (*path, str(part))
    return (*path, str(item["loc"][-1])) if item["type"] == "missing" else path


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many keys two paths have in common at their beginning."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in pairs)


def _problem(
    document: Document, model: type[Section], path: tuple[str, ...], item: ErrorDetails
) -> Problem:
    match item["type"]:
        case "extra_forbidden":
            known = _keys(model, path[:-1])
            near = get_close_matches(path[-1], known, n=1)
            fix = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}"
            return document.problem(path, "is no key we know", fix)
        case "missing":
            return document.problem(path, "is missing", "Add it; see the shipped file")
        case "model_type" | "dict_type":
            return document.problem(path, "should be a block of keys", "See the shipped file")
        case "tuple_type":
            return document.problem(path, "should be a list", "Write for example: [one, two]")
        case "string_type":
            fix = "" if isinstance(item["input"], list | dict | None) else "Put it into quotes"
            return document.problem(path, "should be text", fix)
    what = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return document.problem(path, what[:1].lower() + what[1:])


def _keys(model: type[Section], path: tuple[str, ...]) -> list[str]:
    """Return the keys that `model` knows at `path`."""
    schema = model.model_json_schema()
    here = _forms(schema, schema)
    for part in path:
        inner = [
            option.get("properties", {}).get(part)
            or option.get("additionalProperties")
            or option.get("items")
            for option in here
        ]
        here = [form for one in inner if isinstance(one, dict) for form in _forms(schema, one)]
    return [key for option in here for key in option.get("properties", {})]


def _forms(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every form a value may have, references followed."""
    part = _resolve(schema, part)
    return [_resolve(schema, form) for form in part.get("anyOf", [part])]


def _resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref", "")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else part


def _whole(name: str, what: str, fix: str) -> ConfigError:
    return ConfigError((Problem(file=name, line=0, key="", what=what, fix=fix),))
