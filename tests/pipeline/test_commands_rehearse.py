"""`rules test`: a line for each example, the differences below it, and an exit code."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from classify.vocabulary import Vocabulary
from tests.conftest import PlainClassifier

Cli = Callable[..., tuple[int, list[str], str]]

RULES = """\
  - name: 漏水归质量
    when: {words: [漏水, leak*]}
    then: {category: quality}
    examples:
      - mail: 壶底漏水了，请处理。
        gives: {department: quality}
      - mail:
          subject: It leaks
          text: 很不满意！
        gives: {rule: false, severity: serious, department: [service, delivery], tags: 漏水}
  - name: "Nobody tries \\e[31m this"
    when: {words: [kettle]}
    then: {tags: [kettle]}
"""


class _Plain(PlainClassifier):
    def __init__(self, vocabulary: Vocabulary, *, model_path: Path | None = None) -> None:
        super().__init__(vocabulary)


@pytest.fixture
def cli(
    config_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Cli:
    """Return a function that runs `rules test` without a model."""
    monkeypatch.delenv("DESK_CONFIG", raising=False)
    monkeypatch.setattr("pipeline.reading.Classifier", _Plain)

    def call(*arguments: str) -> tuple[int, list[str], str]:
        monkeypatch.setattr(
            sys, "argv", ["run.py", "rules", "test", *arguments, "-c", str(config_file)]
        )
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out.splitlines(), captured.err

    return call


@pytest.fixture
def write(root: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes the shipped file with other rules."""
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    head, _, rest = shipped.partition("\nrules:\n")
    tail = rest[rest.index("\n# Questions, suggestions and praise") :]

    def file(rules: str) -> Path:
        path = tmp_path / "own.yaml"
        path.write_text(f"{head}\nrules:\n{rules}{tail}", encoding="utf-8")
        return path

    return file


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_each_example_has_its_line_and_each_difference_its_sentence(
    cli: Cli, write: Callable[[str], Path]
) -> None:
    """What passes is ok, what does not is WRONG; the exit code is that of a wrong file."""
    path = write(RULES)
    first, second = line_of(path, "- mail: 壶底"), line_of(path, "subject: It") - 1

    code, out, err = cli(str(path))

    assert (code, err) == (78, "")
    assert out == [
        f"   ok  {path}:{first}  漏水归质量",
        f"WRONG  {path}:{second}  漏水归质量",
        "         the rule holds, but must not, because of: leaks",
        "         severity: general instead of serious",
        "         department: quality instead of service, delivery",
        "         tags: 漏水 is missing; there is none",
        "2 examples: 1 WRONG",
        "without an example:",
        "  Nobody tries \\u001b[31m this",
    ]


def test_a_file_whose_examples_all_pass_is_fine(cli: Cli, write: Callable[[str], Path]) -> None:
    """Exit code 0, and no rule is named that has an example."""
    path = write(RULES[: RULES.index("      - mail:\n")])

    code, out, _ = cli(str(path))

    assert (code, out[1:]) == (0, ["1 example: all as they say"])


def test_without_a_file_it_is_the_one_of_config_yaml(cli: Cli, root: Path) -> None:
    """Its examples are played, and nothing is left in the folder of the desk."""
    _, out, _ = cli()

    assert str(root / "routing" / "rules.yaml") in out[0]


def test_nothing_is_stored(cli: Cli, write: Callable[[str], Path], config_file: Path) -> None:
    """Neither a database nor a key comes into being."""
    path = write(RULES)
    before = sorted(config_file.parent.iterdir())

    cli(str(path))

    assert sorted(config_file.parent.iterdir()) == before


def test_a_file_without_examples_says_how_to_get_some(
    cli: Cli, write: Callable[[str], Path]
) -> None:
    """Many rules are not all named."""
    rule = "  - {{name: Rule {0}, when: {{words: [kettle{0}]}}, then: {{tags: [kettle]}}}}\n"

    code, out, _ = cli(str(write("".join(rule.format(number) for number in range(23)))))

    assert code == 0
    assert out[:3] == [
        "there are no examples: docs/rules.md says how to write one",
        "without an example:",
        "  Rule 0",
    ]
    assert out[-1] == "  and 3 more"


@pytest.mark.parametrize(
    ("rules", "part"),
    [
        (RULES.replace("gives: {department: quality}", "givs: {}"), "is no key we know"),
        (RULES.replace("- mail: 壶底漏水了，请处理。", "- file: none.eml"), "No such file"),
        (RULES.replace("words: [漏水, leak*]", "words: ["), ""),
    ],
)
def test_a_file_with_a_mistake_is_wrong(
    rules: str, part: str, cli: Cli, write: Callable[[str], Path]
) -> None:
    """Nothing is played; every mistake is told with its line."""
    path = write(rules)

    code, out, err = cli(str(path))

    assert (code, out) == (78, [])
    assert f"{path}:" in err
    assert part in err


def test_a_file_that_is_not_there_is_wrong(cli: Cli, tmp_path: Path) -> None:
    """It is named."""
    code, _, err = cli(str(tmp_path / "none.yaml"))

    assert code == 78
    assert "none.yaml" in err
