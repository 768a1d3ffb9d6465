"""What the daemon says: for people in colour, for machines as JSON, for nobody a complainant."""

import io
import json

import pytest
from rich.console import Console

from cases.outgoing import Delivery, DeliveryState
from pipeline.show import JsonReporter, TerminalReporter, show_letter, show_mail
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

#: What stands in the mail and must stand in no log.
CANARIES = ("zebra-marmalade", "wang.fang", "customer.example", "Wang", "138-0000-2210")


def shown(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the JSON lines so far."""
    out = capsys.readouterr().out
    assert not any(canary in out for canary in CANARIES)
    return [json.loads(line) for line in out.splitlines()]


def test_a_mail_is_one_line_without_words_or_addresses(
    office: Office, make_raw: MakeRaw, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reference, category, severity and letters; nothing of what the complainant wrote."""
    raw = make_raw("zebra-marmalade, call 138-0000-2210\n", subject="zebra-marmalade")
    (done,) = office.take(raw)
    show_mail(JsonReporter(), done, at=office.now, seconds=0.1)
    (line,) = shown(capsys)

    assert line["at"] == "2026-11-23T01:00:00.000+00:00"
    assert (line["outcome"], line["action"], line["case"]) == ("case", "mail", "C-2026-000001")
    assert (line["status"], line["category"], line["severity"]) == ("routed", "quality", "general")
    assert "acknowledgement, routed" in str(line["words"])


def test_an_error_that_quotes_a_mail_shows_no_address(
    office: Office, make_raw: MakeRaw, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What a library puts into its message is masked."""

    def fail(*_args: object) -> None:
        raise ValueError("can't write to 'wang.fang@customer.example' or <a@customer.example>")

    monkeypatch.setattr("pipeline.process._understand", fail)
    (done,) = office.take(make_raw())
    show_mail(JsonReporter(), done, at=office.now, seconds=0.1)
    (line,) = shown(capsys)

    assert line["outcome"] == "retry"
    assert "can't write to '<address>' or <<address>>" in str(line["words"])


def test_a_letter_is_one_line_without_the_reader(
    office: Office, make_raw: MakeRaw, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the server names the reader in its answer."""
    office.take(make_raw())
    reply = "550 5.1.1 <wang.fang@customer.example>: no such user"
    office.tray.answers["wang.fang@customer.example"] = Delivery(
        state=DeliveryState.PERMANENT, reply=reply
    )
    for done in office.deliver()[:2]:
        show_letter(JsonReporter(), done, at=office.now, seconds=0.1)
    first, second = shown(capsys)

    assert (first["outcome"], first["letter"], first["tries"]) == ("failed", "acknowledgement", 1)
    assert "550 5.1.1 <<address>>: no such user" in str(first["words"])
    assert (second["outcome"], second["letter"]) == ("sent", "routed")


def test_people_see_colours_and_markup_of_strangers_is_text(office: Office) -> None:
    """Square brackets in a reply are no instructions to the terminal."""
    out = io.StringIO()
    reporter = TerminalReporter(Console(file=out, width=40, no_color=True, highlight=False))
    reporter.line("sent", "[red]x[/] " + "y" * 60, at=office.now, action="letter")

    assert "[red]x[/] " + "y" * 60 in out.getvalue()
    assert len(out.getvalue().splitlines()) == 1
