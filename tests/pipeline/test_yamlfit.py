"""Does a file fit its form? Every mistake in the words of the file, with its place."""

import time

import pytest
from pydantic import Field

from cases.errors import ConfigError
from cases.model import Category
from pipeline.yamlfile import Section, parse
from pipeline.yamlfit import MOST_PROBLEMS, validate


class Inner(Section):
    host: str
    port: int = Field(default=1, ge=1)


class Wrapped(Section):
    inner: Inner


class Outer(Section):
    name: str
    words: tuple[str, ...] = ()
    way: Wrapped | str = ""
    category: Category | None = None
    inside: "tuple[Outer, ...]" = ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "nmae: x\n",
            [
                "f:1: name: is missing. Add it; see the shipped file",
                "f:1:1: nmae: is no key we know. Did you mean 'name'?",
            ],
        ),
        (
            "name: x\nzzz: 1\n",
            ["f:2:1: zzz: is no key we know. Known here: name, words, way, category, inside"],
        ),
        ("name: 5\n", ["f:1:7: name: should be text. Put it into quotes"]),
        ("name: [x]\n", ["f:1:7: name: should be text"]),
        ("name: x\nwords: a\n", ["f:2:8: words: should be a list. Write for example: [one, two]"]),
        ("name: x\nwords:\n- a\n- 12\n", ["f:4:3: words.1: should be text. Put it into quotes"]),
        (
            "name: x\nway: 5\n",
            ["f:2:6: way: should be a block of keys, or should be text. Put it into quotes"],
        ),
        (
            "name: x\nway:\n  inner:\n    host: h\n    prot: 2\n",
            ["f:5:5: way.inner.prot: is no key we know. Did you mean 'port'?"],
        ),
        (
            "name: x\nway:\n  inner:\n    port: 0\n",
            [
                "f:3:3: way.inner.host: is missing. Add it; see the shipped file",
                "f:4:11: way.inner.port: should be greater than or equal to 1",
            ],
        ),
        (
            "name: x\nway: {innre: {}}\n",
            [
                "f:2:1: way.inner: is missing. Add it; see the shipped file",
                "f:2:7: way.innre: is no key we know. Did you mean 'inner'?",
            ],
        ),
        (
            "name: x\ncategory: qualty\n",
            [
                "f:2:11: category: should be 'quality', 'service', 'delivery' or 'other'."
                " Did you mean 'quality'?"
            ],
        ),
        (
            "name: x\ncategory: Delivery\n",
            [
                "f:2:11: category: should be 'quality', 'service', 'delivery' or 'other'."
                " Did you mean 'delivery'?"
            ],
        ),
        (
            "name: x\ncategory: [x]\n",
            ["f:2:11: category: should be 'quality', 'service', 'delivery' or 'other'"],
        ),
        (
            "name: x\ninside: [{name: y, inside: [{name: z, wrods: [a]}]}]\n",
            ["f:2:39: inside.0.inside.0.wrods: is no key we know. Did you mean 'words'?"],
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

    assert sorted(str(p).partition("\n")[0] for p in caught.value.problems) == sorted(said)


def test_a_right_file_becomes_its_values() -> None:
    """Either form of a value will do."""
    assert validate(parse("name: x\nway: y\n", name="f"), Outer).way == "y"
    found = validate(parse("name: x\nway: {inner: {host: h}}\n", name="f"), Outer)
    assert isinstance(found.way, Wrapped)


def test_a_thousand_mistakes_are_told_soon_and_not_all() -> None:
    """Nobody reads them; the last line says how many are left."""
    began = time.perf_counter()
    text = f"name: x\nwords: [{'1, ' * 30_000}]\n"
    with pytest.raises(ConfigError) as caught:
        validate(parse(text, name="f"), Outer)

    assert len(caught.value.problems) == MOST_PROBLEMS + 1
    assert str(caught.value.problems[-1]) == f"f: has {30_000 - MOST_PROBLEMS} more mistakes"
    assert time.perf_counter() - began < 30
