"""The shared nouns: what errors say, and what little the values compute."""

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest

from cases import incoming, model, outgoing
from cases.errors import (
    ConfigError,
    DeskError,
    IllegalMove,
    LetterError,
    MailboxUnavailable,
    Problem,
)
from cases.incoming import Address, Attachment, ParsedMail
from cases.model import Category, Classification, Fact, Matter, Move, Status
from tests.conftest import MakeMail


def test_a_problem_is_one_line_that_says_where_what_and_how_to_mend_it() -> None:
    """A problem reads `file:line: key: what. fix`."""
    problem = Problem(file="config.yaml", line=7, key="listen", what="is wrong", fix="Remove it")

    assert str(problem) == "config.yaml:7: listen: is wrong. Remove it"


def test_a_problem_of_a_whole_file_names_no_line_and_no_key() -> None:
    """Line 0, no key and no fix leave nothing behind in the sentence."""
    assert str(Problem(file="a.yaml", line=0, key="", what="is gone")) == "a.yaml: is gone"


def test_a_problem_with_an_excerpt_shows_it_below_with_a_mark() -> None:
    """The first line is the sentence: `file:line:column: key: what. fix`."""
    problem = Problem(
        file="rules.yaml", line=7, column=5, key="部门", what="is wrong", excerpt="部门: x"
    )

    assert str(problem) == "rules.yaml:7:5: 部门: is wrong\n    部门: x\n          ^"


def test_a_config_error_says_every_problem() -> None:
    """All problems are in the text, one a line."""
    problems = tuple(Problem(file="f", line=n, key="k", what=f"w{n}") for n in (1, 2))

    assert str(ConfigError(problems)) == "f:1: k: w1\nf:2: k: w2"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MailboxUnavailable("complaints", "no route"), "mailbox complaints: no route"),
        (LetterError("en/outcome", "missing fact: x"), "letter en/outcome: missing fact: x"),
        (IllegalMove(Status.CLOSED, Move.ANSWER), "a case that is closed can't answer"),
    ],
)
def test_every_error_is_a_sentence_and_one_of_ours(error: Exception, words: str) -> None:
    """What is raised on purpose is a DeskError and carries its data in words."""
    assert str(error) == words
    assert isinstance(error, DeskError)


def test_every_value_is_frozen(make_mail: MakeMail) -> None:
    """Nobody downstream can change a value: all dataclasses are frozen, keyword-only."""
    modules = (incoming, model, outgoing)
    nouns = [noun for module in modules for noun in vars(module).values()]
    classes = [c for c in nouns if isinstance(c, type) and is_dataclass(c)]

    assert len(classes) > 15
    assert all(c.__dataclass_params__.frozen for c in classes)  # type: ignore[attr-defined]
    assert all(f.kw_only for c in classes for f in fields(c))
    with pytest.raises(FrozenInstanceError):
        make_mail().subject = "other"  # type: ignore[misc]


def test_all_headers_come_topmost_first(make_mail: MakeMail) -> None:
    """A field that is there twice gives both values in the order of the mail."""
    mail = make_mail(headers=(("received", "2"), ("to", "x"), ("received", "1")))

    assert mail.all_headers("received") == ("2", "1")
    assert mail.all_headers("cc") == ()


def test_the_size_of_an_attachment_is_that_of_its_bytes() -> None:
    """`size` counts bytes after decoding."""
    assert Attachment(name="a.txt", type="text/plain", data="é".encode()).size == 2


def test_values_of_facts_are_found_by_name() -> None:
    """`values` keeps the order and leaves the other names out."""
    read = Classification(
        language="en",
        matter=Matter.COMPLAINT,
        category=Category.QUALITY,
        score=0.5,
        labels={},
        facts=(
            Fact(name="batch", value="1"),
            Fact(name="order", value="2"),
            Fact(name="batch", value="3"),
        ),
    )

    assert read.values("batch") == ("1", "3")


def test_the_signature_is_what_stands_below_the_two_dashes() -> None:
    """Quoted history below it is somebody else's, and so are dashes inside of history."""
    sender = Address(addr="a@customer.example")
    quoted = "-- \nAnna Holm\nHolm Bakeries\n> On Monday you wrote:\n> --\n> Bob"
    mail = ParsedMail(sender=sender, sender_certain=True, quoted=quoted)

    assert mail.signature == "Anna Holm\nHolm Bakeries"
    assert replace(mail, quoted="> -- \n> Bob").signature == ""
