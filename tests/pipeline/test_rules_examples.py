"""Examples in rules.yaml are read with their places; what could never follow is a mistake."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.errors import ConfigError
from pipeline.rules_examples import MAX_MAIL, Example
from pipeline.rules_file import load
from pipeline.rules_schema_rule import MailBlock

Read = Callable[..., tuple[Example, ...]]
RULE = "  - name: Leaks\n    when: {words: [leak*]}\n    then: {category: quality}\n    examples:\n"


@pytest.fixture
def read(root: Path, tmp_path: Path) -> Read:
    """Return a function that reads the shipped file with one rule that has these examples."""
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    head, _, rest = shipped.partition("\nrules:\n")
    tail = rest[rest.index("\n# Questions, suggestions and praise") :]

    def call(*examples: str) -> tuple[Example, ...]:
        path = tmp_path / "rules.yaml"
        block = "".join(f"      - {example}\n" for example in examples)
        path.write_text(f"{head}\nrules:\n{RULE}{block}{tail}", encoding="utf-8")
        return load(path).examples

    return call


def test_a_mail_is_a_text_a_block_or_a_file(read: Read, tmp_path: Path) -> None:
    """All three are kept in the order of the file, with the line on which they begin."""
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "one.eml").write_bytes(b"Subject: leak\n\n\xff")

    text, block, file = read(
        "mail: 壶底漏水", "mail: {subject: 漏水, to: a@b.example}", "{file: mails/one.eml}"
    )

    assert text.mail == MailBlock(text="壶底漏水")
    assert block.mail == MailBlock(subject="漏水", to=("a@b.example",))
    assert file.mail == b"Subject: leak\n\n\xff"
    assert [block.line - text.line, file.line - block.line] == [1, 1]
    assert {one.rule for one in (text, block, file)} == {"Leaks"}


@pytest.mark.parametrize(
    ("example", "key", "what"),
    [
        ("gives: {rule: false}", "", "needs a mail, and one only"),
        ("{mail: x, file: y.eml}", "", "needs a mail, and one only"),
        ("file: none.eml", "file", "can't be read"),
        ("file: ../x.eml", "file", "is outside the folder of this file"),
        ("file: long.eml", "file", f"is longer than {MAX_MAIL} bytes"),
        ("{mail: x, gives: {department: qualty}}", "gives.department", "Did you mean 'quality'?"),
        ("{mail: x, gives: {severity: grave}}", "gives.severity", "unknown severity 'grave'"),
        ("{mail: x, gives: {subcategory: spoilt}}", "gives.subcategory", "'spoiled'"),
        ("{mail: x, gives: {category: milk}}", "gives.category", "quality"),
        ("{mail: x, gives: {answer_within: soon}}", "gives.answer_within", "is no limit"),
        ("{mail: x, gives: {asks_for: [batch, colour]}}", "gives.asks_for.1", "'colour'"),
        ("{mail: x, gives: {tag: vip}}", "gives.tag", "Did you mean 'tags'?"),
        ("{mail: {from: me}}", "mail.from", "'me' is no mail address"),
        ("{mail: {to: [a@b.example, me]}}", "mail.to", "'me' is no mail address"),
    ],
)
def test_what_could_never_follow_is_a_mistake_of_the_file(
    example: str, key: str, what: str, read: Read, tmp_path: Path
) -> None:
    """It is told with the key at which it stands, before any mail is played."""
    (tmp_path / "long.eml").write_bytes(b"x" * (MAX_MAIL + 1))

    with pytest.raises(ConfigError) as caught:
        read(example)

    (problem,) = caught.value.problems
    assert problem.key == f"rules.0.examples.0.{key}".rstrip(".")
    assert problem.line > 0
    assert what in str(problem)


def test_the_mail_in_a_file_counts_towards_the_version(
    root: Path, tmp_path: Path, read: Read
) -> None:
    """Whoever changes an example changes the rules."""
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"Subject: leak\n\n1")
    read("file: one.eml")
    before = load(tmp_path / "rules.yaml").policy.version
    mail.write_bytes(b"Subject: leak\n\n2")

    assert load(tmp_path / "rules.yaml").policy.version != before
