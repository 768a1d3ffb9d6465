"""The form of rules.yaml for editors: true of the files we ship, with help on every key."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.rules_editor import keys_of, schema_text
from pipeline.rules_help import SENTENCES
from pipeline.yamlfile import parse

SCHEMA: dict[str, Any] = json.loads(schema_text())
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def mismatches(value: object, form: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield where a value does not fit its form, by the words of JSON Schema we use."""
    if "$ref" in form:
        yield from mismatches(value, SCHEMA["$defs"][form["$ref"].rpartition("/")[2]], path)
    if "anyOf" in form and all(list(mismatches(value, one, path)) for one in form["anyOf"]):
        yield f"{path}: {value!r} is none of {len(form['anyOf'])} forms"
    if "const" in form and value != form["const"]:
        yield f"{path}: {value!r} is not {form['const']!r}"
    if "enum" in form and value not in form["enum"]:
        yield f"{path}: {value!r} is none of {form['enum']}"
    if "type" in form and not isinstance(value, TYPES[form["type"]]):
        yield f"{path}: {value!r} is no {form['type']}"
    if isinstance(value, dict):
        yield from (
            f"{path}.{key}: is missing" for key in set(form.get("required", ())) - set(value)
        )
        for key, item in value.items():
            inner = form.get("properties", {}).get(key, form.get("additionalProperties", {}))
            if inner is False:
                yield f"{path}.{key}: is no key"
            elif isinstance(inner, dict):
                yield from mismatches(item, inner, f"{path}.{key}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from mismatches(item, form.get("items", {}), f"{path}.{number}")


def test_every_key_has_a_sentence_and_every_sentence_a_key() -> None:
    """Whoever adds a key says in pipeline/rules_help.py what it is for."""
    keys = {key for key, _ in keys_of(SCHEMA)}
    told = {f"{block}.{key}".lstrip(".") for block, keys in SENTENCES.items() for key in keys}

    assert keys - told == set()
    assert told - keys == set()


def test_a_sentence_is_one_sentence() -> None:
    """It ends as one, and fits into the box of an editor."""
    for block, keys in SENTENCES.items():
        for key, words in keys.items():
            assert words.endswith((".", "…")), (block, key)
            assert len(words) <= 100, (block, key)


def test_every_key_of_the_schema_is_described() -> None:
    """Where a block stands in several places, in all of them."""
    blocks = [SCHEMA, *SCHEMA["$defs"].values()]

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"]
    for block in blocks:
        assert all(form["description"] for form in block.get("properties", {}).values())


@pytest.mark.parametrize("name", ["routing/rules.yaml", "docs/rules.md"])
def test_the_schema_is_true_of_what_we_show(name: str, root: Path) -> None:
    """An editor underlines nothing in the shipped file and in the examples of the manual."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "".join(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))

    assert list(mismatches(parse(text, name=name).value, SCHEMA)) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("desk_name:", "desk_nmae:", ".desk_nmae: is no key"),
        ("end: true", "", ".end: is missing"),
        ("end: true", "end: 1", ".end: 1 is no boolean"),
        ("  - name: ", "  - nmae: ", ".rules.0.nmae: is no key"),
        ("languages: [zh, en]", "languages: [zh, fr]", ".languages.1: 'fr' is none of"),
        ("supervisors: [", "supervisors: x # [", ".supervisors: 'x' is no array"),
        ("rule: required_or_reason", "rule: x", ".process.severity.serious.capa: "),
    ],
)
def test_the_schema_finds_mistakes(old: str, new: str, where: str, root: Path) -> None:
    """As `rules check` does, while one writes."""
    text = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    assert old in text
    found = list(mismatches(parse(text.replace(old, new, 1), name="f").value, SCHEMA))

    assert any(said.startswith(where) for said in found), found


def test_the_first_line_of_the_shipped_file_names_the_schema(root: Path) -> None:
    """Editors with a YAML language server read it there."""
    first = (root / "routing" / "rules.yaml").read_text(encoding="utf-8").split("\n")[0]
    name = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)

    assert name is not None
    assert (root / "routing" / name[1]).is_file()


def test_a_list_of_one_may_stand_without_brackets() -> None:
    """The schema says so where the form does, and a condition may stand within conditions."""
    when = {"not": {"category": "quality", "all": [{"words": "x"}]}}

    assert list(mismatches(when, {"$ref": "#/$defs/WhenBlock"})) == []
    assert list(mismatches({"not": {"catgory": "x"}}, {"$ref": "#/$defs/WhenBlock"}))
