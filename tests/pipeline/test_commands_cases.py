"""The commands on single cases: correct, show, note, close, add."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(
    office: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that runs a command of `cases` on the office's desk."""
    for module in ("commands", "commands_cases"):
        monkeypatch.setattr(f"pipeline.{module}.opened", lambda *_a, **_k: office.desk)

    monkeypatch.setattr("pipeline.commands_cases.now", lambda: office.now)

    def call(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.setattr(sys, "argv", ["run.py", "cases", *arguments, "-c", str(config_file)])
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


@pytest.mark.parametrize("category", ["delivery", "C", "物流", "Logistics"])
def test_a_category_is_named_in_any_way_a_supervisor_may(
    category: str, cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """The case moves, and says so."""
    office.take(make_raw())
    code, out, _ = cli("correct", "c-2026-000001", "--category", category, "--by", "Li Na")

    assert (code, out) == (0, "C-2026-000001: quality with quality → delivery with delivery\n")
    assert office.case().departments == ("delivery",)


def test_the_file_of_a_case_shows_who_corrected_it(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """For people and for programs, with the note."""
    office.take(make_raw())
    note = ("--note", "told by telephone")
    cli("correct", "C-2026-000001", "--category", "N", "--by", "Li Na", *note)
    _, words, _ = cli("show", "C-2026-000001")
    _, row, _ = cli("show", "C-2026-000001", "--json")
    (said,) = json.loads(row)["corrections"]

    assert "operator:Li Na said what it is about: quality → enquiry" in words
    assert "because told by telephone" in words
    assert (said["by"], said["how"], said["was"], said["matter"], said["note"]) == (
        "Li Na", "operator", "quality", "enquiry", "told by telephone",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "category", "code", "words"),
    [
        ("C-2026-000001", "beauty", 64, "'beauty' is no category; write quality (A), service (B)"),
        ("C-2026-000009", "A", 66, "there is no case C-2026-000009"),
    ],
)
def test_what_does_not_exist_is_said(
    reference: str,
    category: str,
    code: int,
    words: str,
    cli: Cli,
    office: Office,
    make_raw: MakeRaw,
) -> None:
    """With its exit code; nothing changes."""
    office.take(make_raw())
    found, _, error = cli("correct", reference, "--category", category)

    assert found == code
    assert words in error
    assert office.case().departments == ("quality",)


# ---------------------------------------------------------------- show, note, close, add


def test_the_file_of_a_case_is_whole_for_programs(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """The keys it always had, and parts, measures, records and clocks beside them."""
    office.take(make_raw())
    code, out, _ = cli("show", "C-2026-000001", "--json")
    row = json.loads(out)

    assert code == 0
    assert {"reference", "fields", "events", "letters", "corrections"} <= set(row)
    assert {"parts", "measures", "records", "clocks"} <= set(row)
    assert [part["department"] for part in row["parts"]] == ["quality"]
    assert {"letter", "to", "state", "reply", "not_before", "sent_at"} == set(row["letters"][0])


def test_restricted_entries_are_shown_to_whoever_asks(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """In neither form without the option (K040)."""
    office.take(make_raw())
    cli("note", "C-2026-000001", "--kind", "liability", "--text", "a warning for Li")
    usual = cli("show", "C-2026-000001")[1] + cli("show", "C-2026-000001", "--json")[1]
    asked = ("show", "C-2026-000001", "--restricted")

    assert "a warning for Li" not in usual
    assert "a warning for Li" in cli(*asked)[1]
    assert "a warning for Li" in cli(*asked, "--json")[1]


def test_a_note_is_entered_by_whoever_says_so(cli: Cli, office: Office, make_raw: MakeRaw) -> None:
    """With a register or without; long words come through standard input."""
    office.take(make_raw())
    first = cli("note", "C-2026-000001", "--text", "-", "--by", "Li", stdin="rang\nnobody there\n")
    second = cli("note", "c-2026-000001", "--kind", "returned-goods", "--text", "2 pcs, form 7")
    words = cli("show", "C-2026-000001")[1]

    assert first[:2] == (0, "C-2026-000001: note entered\n")
    assert second[:2] == (0, "C-2026-000001: returned_goods entered\n")
    assert "operator:Li wrote a note: rang nobody there" in words
    assert "returned goods: 2 pcs, form 7" in words


def test_a_case_is_closed_with_its_reason(cli: Cli, office: Office, make_raw: MakeRaw) -> None:
    """Once; a second time there is nothing to close (65)."""
    office.take(make_raw())
    close = ("close", "C-2026-000001", "--reason", "taken back by phone")

    assert cli(*close)[:2] == (0, "C-2026-000001: routed → closed\n")
    code, _, error = cli(*close)
    assert (code, error) == (
        65,
        "C-2026-000001 is closed already\n",
    )
    assert "closed by hand: taken back by phone" in cli("show", "C-2026-000001")[1]


def test_a_phone_call_becomes_a_case(cli: Cli, office: Office) -> None:
    """The same way as a mail, at once where no daemon runs; who complains is answered."""
    options = ("--channel", "phone", "--from", "Wang Fang", "--by", "Li Wei")
    contact = ("--contact", "wang.fang@customer.example")
    code, _, error = cli("add", *options, *contact, "--text", "-", stdin="The kettle leaks.")

    assert (code, error) == (0, "taken in\n")
    assert office.case().complainant.addr == "wang.fang@customer.example"
    assert office.case().subject == "[phone] The kettle leaks."
    assert "acknowledged" in office.kinds()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("note", "C-2026-000001", "--kind", "gossip", "--text", "x"), 64, "no kind of entry"),
        (("note", "C-2026-000001", "--text", " "), 64, "an entry needs words"),
        (("note", "C-2026-000009", "--text", "x"), 66, "there is no case C-2026-000009"),
        (("close", "C-2026-000001", "--reason", " "), 64, "closed for a reason"),
        (("close", "C-2026-000009", "--reason", "x"), 66, "there is no case"),
        (("add", "--channel", "pigeon", "--text", "x"), 64, "'pigeon' is no channel"),
        (("add", "--channel", "phone", "--text", ""), 64, "needs words"),
        (("show", "C-2026-000009"), 66, "there is no case"),
    ],
)
def test_what_can_not_be_done_is_said(
    arguments: tuple[str, ...],
    code: int,
    words: str,
    cli: Cli,
    office: Office,
    make_raw: MakeRaw,
) -> None:
    """With its exit code; the case stays as it is."""
    office.take(make_raw())
    before = office.events()
    found, _, error = cli(*arguments)

    assert (found, office.events()) == (code, before)
    assert words in error
