"""Does a file fit its form? What Pydantic finds, in the words of the file (design 7.7)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import BeforeValidatorFunctionSchema

from cases.errors import ConfigError, Problem
from pipeline.suggest import suggestion
from pipeline.yamlfile import Document, Keys, Section

MOST_PROBLEMS = 200  # that are told of one file; nobody reads more
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")

S = TypeVar("S", bound=Section)


def validate(document: Document, model: type[S]) -> S:
    """Return the document as `model`; raises ConfigError with every problem at once."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise ConfigError(tuple(_problems(document, model, error))) from error


def _problems(document: Document, model: type[Section], error: ValidationError) -> list[Problem]:
    """Turn what Pydantic says into problems: one per key, in the order of the file."""
    items = [(_path(document, item), item) for item in error.errors(include_url=False)]
    inner = {path[:depth] for path, _ in items for depth in range(len(path))}
    found: dict[Keys, Problem] = {}
    for path, item in items:
        if path in inner:
            continue  # another form this value could have: one was recognised by its inner keys
        if path not in found and len(found) == MOST_PROBLEMS:
            rest = len({path for path, _ in items} - inner - set(found))
            found[("",)] = _and_more(document, rest)
            break
        problem = _problem(document, model, path, item)
        if path in found:
            what = f"{found[path].what}, or {problem.what}"
            problem = replace(problem, what=what, fix=problem.fix or found[path].fix)
        found[path] = problem
    return sorted(found.values(), key=lambda problem: (problem.line or 2**31, problem.column))


def _and_more(document: Document, rest: int) -> Problem:
    return Problem(file=document.file, line=0, key="", what=f"has {rest} more mistakes")


def _path(document: Document, item: ErrorDetails) -> Keys:
    """Return the keys of the file in a location; Pydantic also names members of unions there."""
    path: Keys = ()
    for part in item["loc"]:
        if (*path, str(part)) in document.keys:
            path = (*path, str(part))
    return (*path, str(item["loc"][-1])) if item["type"] == "missing" else path


def _problem(document: Document, model: type[Section], path: Keys, item: ErrorDetails) -> Problem:
    match item["type"]:
        case "extra_forbidden":
            known = _keys(model, path[:-1])
            fix = suggestion(path[-1], known, otherwise=f"Known here: {', '.join(known)}")
            return document.problem(path, "is no key we know", fix, of_key=True)
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
    of_key = item["loc"][-1] == "[key]"
    return document.problem(path, what[:1].lower() + what[1:], _meant(item), of_key=of_key)


def _meant(item: ErrorDetails) -> str:
    """Return the question whether one of the values that are possible here was meant."""
    if item["type"] not in ("enum", "literal_error") or not isinstance(item["input"], str):
        return ""
    possible = _QUOTED.findall(str(item.get("ctx", {}).get("expected", "")))
    return suggestion(item["input"], possible)


def _keys(model: type[Section], path: Keys) -> list[str]:
    """Return the keys that `model` knows at `path`."""
    schema = json_schema(model)
    here = list(_forms(schema, schema))
    for part in path:
        inner = [
            option.get("properties", {}).get(part)
            or option.get("additionalProperties")
            or option.get("items")
            for option in here
        ]
        here = [form for one in inner if isinstance(one, dict) for form in _forms(schema, one)]
    return [key for option in here for key in option.get("properties", {})]


class _AsWritten(GenerateJsonSchema):
    """Describes a file as people write it: a list of one may stand without brackets."""

    def function_before_schema(self, schema: BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        form = super().function_before_schema(schema)
        if "json_schema_input_schema" in schema or "items" not in form:
            return form
        return {"anyOf": [form["items"], form]}


@lru_cache(maxsize=4)
def json_schema(model: type[Section]) -> dict[str, Any]:
    """Return the form of a file as JSON Schema; it must not be changed."""
    return model.model_json_schema(schema_generator=_AsWritten)


def _forms(schema: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every form a value may have, references followed."""
    part = _resolve(schema, part)
    for form in part.get("anyOf", [part]):
        yield _resolve(schema, form)


def _resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref", "")
    return schema["$defs"][reference.rpartition("/")[2]] if reference else part
