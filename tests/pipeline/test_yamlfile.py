"""YAML that somebody edits: strict, bounded, and every problem with its line."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import ConfigError, Problem
from pipeline.yamlfile import MAX_BYTES, parse, read


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


def test_every_key_and_item_knows_its_place() -> None:
    """Lines and columns count from one; comments and empty lines too."""
    found = parse("# first\na:\n  b: 1\n\n  c:\n    - x\n    - y\n", name="f")

    assert found.keys == {
        ("a",): (2, 1),
        ("a", "b"): (3, 3),
        ("a", "c"): (5, 3),
        ("a", "c", "0"): (6, 7),
        ("a", "c", "1"): (7, 7),
    }
    assert found.values == {**found.keys, ("a", "b"): (3, 6)}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_an_editor(end: str) -> None:
    """Whatever ends a line, it counts once; signs that merely look like an end do not count."""
    text = end.join(["a: 1", "", 'b: "\u2028\x85"', "c: 2", ""])

    assert parse(text, name="f").keys[("c",)] == (4, 1)


@pytest.mark.parametrize(
    ("path", "value", "of_key", "place"),
    [
        (("a",), "", False, (1, 4)),
        (("a",), "", True, (1, 1)),
        (("a", "c"), "", False, (1, 14)),
        (("a",), "y", False, (1, 18)),
        (("a",), "gone", False, (1, 4)),
        (("a", "missing"), "", False, (1, 1)),
        (("list",), "", False, (2, 1)),
        (("list", "1"), "", False, (4, 5)),
        (("list",), "q", False, (4, 5)),
        (("list",), "x", False, (2, 1)),
        (("people",), "q", False, (5, 1)),
        (("nothing",), "", False, (1, 0)),
    ],
)
def test_a_problem_is_marked_where_it_stands(
    path: tuple[str, ...], value: str, of_key: bool, place: tuple[int, int]
) -> None:
    """The value, the key that is no key, the text below a block, else the nearest key above."""
    text = "a: {b: x, c: [x, y]}\nlist:\n  - p\n  - q\npeople:\n  - name: q\n"
    found = parse(text, name="f").problem(path, "is wrong", value=value, of_key=of_key)

    assert (found.line, found.column) == place
    assert found.excerpt == (text.splitlines()[place[0] - 1] if place[1] else "")


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
        ("a: 1\nb: \x07\n", 2, "", "holds U+0007, which is no sign of a text"),
        ("a: 1\nb: 1e999\n", 2, "b", "is too great for a number"),
        ("a: 1\nb: " + "[" * 30, 2, "", "is nested too deeply"),
        ("a: 1\n%YAML 1.x\n", 2, "", "is no valid YAML"),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "a: 1\nb:\n\tc: 2\n",
            "f.yaml:3:1: is no valid YAML: found character '\\t' that cannot start any token."
            " Indent with blanks, never with tabs\n     c: 2\n    ^",
        ),
        (
            "a: 投诉\nb: 1\n投诉: [1, 2\nc: 3\n",
            "f.yaml:4:2: is no valid YAML: expected ',' or ']', but got ':'."
            " Look at line 3, where this part begins\n    c: 3\n     ^",
        ),
        (
            "a: 1\n名称: 投诉\n名称: 处理\n",
            "f.yaml:3:1: 名称: is there twice. Keep one of the two; the other is in line 2\n"
            "    名称: 处理\n    ^",
        ),
        (
            "a: {名称: &x 投诉}\n",
            "f.yaml:1:9: a.名称: uses an anchor or alias. Write the value out\n"
            "    a: {名称: &x 投诉}\n" + " " * 14 + "^",
        ),
    ],
)
def test_a_problem_shows_the_line_with_a_mark(text: str, said: str) -> None:
    """File, line, column, what and what to do; below it the line itself."""
    assert str(problems(text)[0]) == said


def test_a_line_with_a_secret_is_not_repeated() -> None:
    """Neither beside its key nor below it; what comes from the environment is none."""
    text = "a: {password: geheim, b: &x 1}\npassword: |\n  geheim\n\tc: 1\n"
    with pytest.raises(ConfigError) as caught:
        parse(text, name="f", secret=["password"])
    assert "geheim" not in str(caught.value)

    for line in ("password: x: geheim", "password:\n  x: geheim: y", '"password" : [geheim'):
        with pytest.raises(ConfigError) as caught:
            parse(line, name="f", secret=["password"])
        assert "geheim" not in str(caught.value)

    with pytest.raises(ConfigError) as caught:
        parse("a: {password: ${SECRET}, b: &x 1}", name="f", secret=["password"])
    assert "${SECRET}" in str(caught.value)


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
    assert read(path).keys[("b",)] == (2, 1)


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        ("a: 1\nb: 投诉\n".encode("gb18030"), 2, "is not UTF-8"),
        (b"a: 1\n\nb: \xff\n", 3, "is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"a: " + b"x" * 2 * 2**20, 0, "is 2097155 bytes long"),
        (b"\x00", 1, "holds U+0000, which is no sign of a text"),
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
