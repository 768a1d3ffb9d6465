"""YAML that somebody edits: strict, bounded, and every problem with its line."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from cases.errors import ConfigError, Problem
from pipeline.yamlfile import MAX_BYTES, Section, parse, read, validate


def problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a file of this text."""
    with pytest.raises(ConfigError) as caught:
        parse(text, name="f.yaml")
    return caught.value.problems


def test_values_are_those_of_yaml_1_2() -> None:
    """`no` is a word, 12:30 no number, 010 ten; quotes make text of anything."""
    text = """\
a: no
b: 12:30
c: 010
d: "12315"
e: 2026-01-01T00:00:00+08:00
f: [1, 2.5, true, null, ~, 0x10]
g: {h: 投诉}
"""
    assert parse(text, name="f").value == {
        "a": "no",
        "b": "12:30",
        "c": 10,
        "d": "12315",
        "e": "2026-01-01T00:00:00+08:00",
        "f": [1, 2.5, True, None, None, 16],
        "g": {"h": "投诉"},
    }


def test_every_key_and_item_knows_its_line() -> None:
    """Lines count from one; comments and empty lines too."""
    found = parse("# first\na:\n  b: 1\n\n  c:\n    - x\n    - y\n", name="f")

    assert found.lines == {
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "c"): 5,
        ("a", "c", "0"): 6,
        ("a", "c", "1"): 7,
    }


@pytest.mark.parametrize(
    ("text", "line", "key", "what"),
    [
        ("a: &x 1\nb: *x\n", 1, "a", "uses an anchor or alias"),
        ("a: 1\nb: &x [*x]\n", 2, "b", "uses an anchor or alias"),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "is there twice"),
        ("a:\n  b: 1\n  b: 2\n", 3, "a.b", "is there twice"),
        ("a: 1\nb: !!python/object x\n", 2, "b", "has the tag"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "", "a key must be a plain word"),
        ("a:\n\tb: 1\n", 2, "", "is no valid YAML"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "", "is no valid YAML"),
        ("a: 1\n b: 2\n", 2, "", "is no valid YAML"),
        ("a: 'open\n", 2, "", "is no valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "", "is no valid YAML"),
        ("a: *nobody\n", 1, "", "is no valid YAML"),
        ("a: \x07\n", 0, "", "is no valid YAML"),
        ("", 0, "", "holds no keys"),
        ("# only a comment\n", 0, "", "holds no keys"),
        ("- a\n- b\n", 0, "", "holds no keys"),
        ("just words\n", 0, "", "holds no keys"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, key: str, what: str) -> None:
    """Anchors, aliases, doubles, tags, tabs and broken syntax."""
    found = problems(text)[0]

    assert (found.file, found.line, found.key) == ("f.yaml", line, key)
    assert found.what.startswith(what)


def test_a_tab_says_how_to_indent() -> None:
    """The most frequent mistake of all has a hint of its own."""
    assert problems("a:\n\tb: 1\n")[0].fix == "Indent with blanks, never with tabs"


def test_several_mistakes_are_told_at_once() -> None:
    """Who repairs one need not come back for the next."""
    assert len(problems("a: &x 1\nb: *x\nc: 1\nc: 2\n")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5_000,
        "a: " + "[" * 5_000 + "]" * 5_000,
        "a: " + "{b: " * 5_000,
        "".join(" " * n + "a:\n" for n in range(400)),
        "- " * 3_000 + "a",
    ],
)
def test_deep_nesting_is_refused_soon(text: str) -> None:
    """No recursion error, no long wait."""
    began = time.perf_counter()

    assert problems(text)
    assert time.perf_counter() - began < 5.0


def test_a_bomb_of_aliases_is_refused_soon() -> None:
    """Billion laughs: nothing is multiplied."""
    text = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert {p.what for p in problems(text)} == {"uses an anchor or alias"}


def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    assert read(path).value == {"a": 1, "b": 2}
    assert read(path).lines[("b",)] == 2


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        ("a: 1\nb: 投诉\n".encode("gb18030"), 2, "is not UTF-8"),
        (b"a: 1\n\nb: \xff\n", 3, "is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"a: " + b"x" * 2 * 2**20, 0, "is 2097155 bytes long"),
        (b"\x00", 0, "is no valid YAML"),
    ],
)
def test_what_is_no_text_of_ours_is_refused(
    data: bytes, line: int, what: str, tmp_path: Path
) -> None:
    """Other encodings with the line of the first odd byte, and everything beyond one MiB."""
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        read(path)

    (found,) = caught.value.problems
    assert (found.file, found.line) == (str(path), line)
    assert found.what.startswith(what)
    assert MAX_BYTES == 2**20


@pytest.mark.parametrize("name", ["gone.yaml", "."])
def test_a_file_that_can_not_be_read_says_so(name: str, tmp_path: Path) -> None:
    """No file, or a folder."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / name)

    assert caught.value.problems[0].fix


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_a_config_error(text: str) -> None:
    """Nothing else ever comes out."""
    try:
        assert isinstance(parse(text, name="f").value, dict)
    except ConfigError as error:
        assert error.problems


class Inner(Section):
    host: str
    port: int = Field(default=1, ge=1)


class Wrapped(Section):
    inner: Inner


class Outer(Section):
    name: str
    words: tuple[str, ...] = ()
    way: Wrapped | str = ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "nmae: x\n",
            [
                "f:1: name: is missing. Add it; see the shipped file",
                "f:1: nmae: is no key we know. Did you mean 'name'?",
            ],
        ),
        ("name: x\nzzz: 1\n", ["f:2: zzz: is no key we know. Known here: name, words, way"]),
        ("name: 5\n", ["f:1: name: should be text. Put it into quotes"]),
        ("name: [x]\n", ["f:1: name: should be text"]),
        ("name: x\nwords: a\n", ["f:2: words: should be a list. Write for example: [one, two]"]),
        ("name: x\nwords:\n- a\n- 12\n", ["f:4: words.1: should be text. Put it into quotes"]),
        (
            "name: x\nway: 5\n",
            ["f:2: way: should be a block of keys, or should be text. Put it into quotes"],
        ),
        (
            "name: x\nway:\n  inner:\n    host: h\n    prot: 2\n",
            ["f:5: way.inner.prot: is no key we know. Did you mean 'port'?"],
        ),
        (
            "name: x\nway:\n  inner:\n    port: 0\n",
            [
                "f:3: way.inner.host: is missing. Add it; see the shipped file",
                "f:4: way.inner.port: should be greater than or equal to 1",
            ],
        ),
        (
            "name: x\nway: {innre: {}}\n",
            [
                "f:2: way.inner: is missing. Add it; see the shipped file",
                "f:2: way.innre: is no key we know. Did you mean 'inner'?",
            ],
        ),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_the_words_of_the_file(
    text: str, said: list[str]
) -> None:
    """Key, line, what and what to do; no name of a class of ours, one problem per key."""
    document = parse(text, name="f")
    with pytest.raises(ConfigError) as caught:
        validate(document, Outer)

    assert sorted(str(p) for p in caught.value.problems) == sorted(said)


def test_a_right_file_becomes_its_values() -> None:
    """Either form of a value will do."""
    assert validate(parse("name: x\nway: y\n", name="f"), Outer).way == "y"
    found = validate(parse("name: x\nway: {inner: {host: h}}\n", name="f"), Outer)
    assert isinstance(found.way, Wrapped)
