"""rules.yaml for editors: its form as JSON Schema, with a sentence about every key."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from pipeline.rules_help import sentence
from pipeline.rules_schema import Rules
from pipeline.yamlfit import json_schema

_Schema = dict[str, Any]


def schema_text() -> str:
    """Return the JSON Schema of rules.yaml, as it is printed and kept in routing/."""
    schema = deepcopy(json_schema(Rules))
    _clean(schema)
    for key, form in keys_of(schema):
        form["description"] = sentence(key)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The supervisors' file: who handles what, how fast, and why",
    }
    return json.dumps(head | schema, ensure_ascii=False, indent=2) + "\n"


def keys_of(schema: _Schema) -> Iterator[tuple[str, _Schema]]:
    """Yield every key of the file, dotted, with its form; the shortest way to each block counts.

    `*` stands for a name of the supervisors' and for an item of a list.
    """
    seen: set[str] = set()
    waiting = [("", schema)]
    while waiting:
        waiting.sort(key=lambda item: item[0].count("."))
        before, part = waiting.pop(0)
        block = part.get("$ref", "").rpartition("/")[2]
        if block in seen:
            continue
        if block:
            seen.add(block)
            part = schema["$defs"][block]
        for name, form in part.get("properties", {}).items():
            yield f"{before}{name}", form
            waiting.append((f"{before}{name}.", form))
        waiting += [(before, form) for form in part.get("anyOf", [])]
        many = (part.get("items"), part.get("additionalProperties"))
        waiting += [(f"{before}*.", form) for form in many if isinstance(form, dict)]


def _clean(part: _Schema) -> None:
    """Take out what the library makes of our names, and what is written for programmers."""
    part.pop("title", None)
    part.pop("description", None)
    for name in ("properties", "$defs"):
        for form in part.get(name, {}).values():
            _clean(form)
    inner = [part.get("items"), part.get("additionalProperties"), *part.get("anyOf", [])]
    for form in inner:
        if isinstance(form, dict):
            _clean(form)
