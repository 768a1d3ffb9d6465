"""The commands on quarantine, letters and ledger, in this process: output and exit codes."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import run
from cases.outgoing import Delivery, DeliveryState
from pipeline.poll import take_in
from pipeline.terminal import who
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Cli = Callable[..., tuple[int, str, str]]
WANG = "wang.fang@customer.example"


@pytest.fixture
def cli(
    config_file: Path,
    office: Office,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that runs one command with the test's config.yaml and clock."""
    monkeypatch.delenv("DESK_CONFIG", raising=False)
    monkeypatch.setattr("pipeline.commands_ledger.now", lambda: office.now)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["run.py", *arguments, "-c", str(config_file)])
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


def set_aside(office: Office, data: bytes, *, why: str = "ValueError: secret words") -> None:
    """Have the handling of one mail fail for good."""
    take_in(office.desk, data, now=office.now)
    with office.desk.store.begin() as tx:
        taken = tx.take_mail(owner="a", now=office.now, lease=timedelta(minutes=1))
        assert taken is not None
        tx.finish_mail(taken, "quarantined", reason=why)


def rows(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


# ---------------------------------------------------------------- quarantine


def test_the_list_tells_everything_but_words_of_the_mail(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """The name of the error, not its text, which may be the sender's."""
    data = make_raw(subject="My secret words")
    set_aside(office, data)
    code, out, _ = cli("quarantine", "list", "--json")

    assert code == 0
    assert rows(out) == [
        {
            "id": 1,
            "mailbox": "by-hand",
            "received_at": "2026-11-23T01:00:00+00:00",
            "size": len(data),
            "reason": "ValueError",
            "attempts": 1,
        }
    ]
    table = cli("quarantine", "list")[1]
    assert "2026-11-23 09:00" in table
    assert "secret" not in out + table


def test_a_shown_mail_commands_no_terminal(cli: Cli, office: Office) -> None:
    """Whatever stands in its header, its text or the error about it."""
    evil = "\x1b]0;gotcha\x07\u202e"
    data = (
        f"From: {evil} <a{evil}@customer.example>\r\nSubject: 水壶 {evil}\r\n"
        f"Date: Mon, 23 Nov 2026 08:55:00 +0800\r\n\r\nfirst {evil} line\r\n" + "more\r\n" * 30
    )
    set_aside(office, data.encode(), why=f"ValueError: {evil}")
    code, out, _ = cli("quarantine", "show", "1")

    assert code == 0
    assert all(line.isprintable() for line in out.split("\n"))
    assert "水壶" in out
    assert "2026-11-23T" in out
    assert "first " in out
    assert "reason   ValueError" in out
    assert out.count("  more") == 11


@pytest.mark.parametrize("data", [b"", b"\xff\x00\xfe" * 1000, b"From: \n" * 50_000, b"\n\n\n"])
def test_any_bytes_can_be_shown_and_written_to_a_file(
    data: bytes, cli: Cli, office: Office, tmp_path: Path
) -> None:
    """What is set aside is odd by nature."""
    set_aside(office, data)
    code, out, _ = cli("quarantine", "show", "1")
    assert code == 0
    assert all(line.isprintable() for line in out.split("\n"))

    file = tmp_path / "one.eml"
    assert cli("quarantine", "export", "1", "--out", str(file))[0] == 0
    assert file.read_bytes() == data
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_never_overwritten(
    cli: Cli, office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """Nor is a link followed; a folder that is not there is 66."""
    set_aside(office, make_raw())
    file, link = tmp_path / "mine.txt", tmp_path / "link"
    file.write_text("mine", encoding="utf-8")
    link.symlink_to(tmp_path / "elsewhere")

    for target in (file, link):
        code, _, err = cli("quarantine", "export", "1", "--out", str(target))
        assert code == 64
        assert "is not overwritten" in err
    assert file.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "elsewhere").exists()
    assert cli("quarantine", "export", "1", "--out", str(tmp_path / "no" / "x"))[0] == 66


def test_a_mail_can_be_written_to_standard_output(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """Nothing but the mail."""
    set_aside(office, make_raw())
    code, out, err = cli("quarantine", "export", "1", "--out", "-")

    assert (code, out.encode(), err) == (0, make_raw(), "")


def test_mails_given_back_become_cases(cli: Cli, office: Office, make_raw: MakeRaw) -> None:
    """By number or all; the user of the system and the time stand in the reason."""
    for number in (1, 2, 3):
        set_aside(office, make_raw(message_id=f"{number}@x.example", text=f"{number}\n"))
    assert cli("quarantine", "retry", "2")[0] == 0
    code, _, err = cli("quarantine", "retry", "--all")

    assert (code, err.count("will be tried again")) == (0, 2)
    assert [done.outcome for done in office.process()] == ["case"] * 3
    with office.desk.store.read() as tx:
        assert all(row.reason.startswith(f"retried by hand ({who()}, ") for row in tx.ledger())
    assert cli("quarantine", "list", "--json")[1] == ""


def test_a_mail_that_is_not_set_aside_is_66_and_the_others_go_on(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """With a word on where to look."""
    set_aside(office, make_raw())
    code, _, err = cli("quarantine", "retry", "99", "1")

    assert code == 66
    assert "quarantine list" in err
    assert "mail 1 will be tried again" in err
    assert cli("quarantine", "show", "99")[0] == 66
    assert cli("quarantine", "export", "99", "--out", "-")[0] == 66
    assert cli("quarantine", "drop", "1", "--reason", "it waits again")[0] == 66


@pytest.mark.parametrize(
    "arguments",
    [
        ("retry",),
        ("retry", "1", "--all"),
        ("retry", "0"),
        ("retry", "99999999999999999999"),
        ("drop", "1"),
        ("drop", "1", "--reason", " "),
        ("export", "1"),
    ],
)
def test_half_a_command_changes_nothing(
    arguments: tuple[str, ...], cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """64: what shall be done is not guessed."""
    set_aside(office, make_raw())

    assert cli("quarantine", *arguments)[0] == 64
    assert office.counts()[0] == {"quarantined": 1}


def test_a_dropped_mail_keeps_its_bytes_and_its_reason(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """It counts as ignored, and can be shown still."""
    set_aside(office, make_raw())
    assert cli("quarantine", "drop", "1", "--reason", "answered by telephone")[0] == 0
    with office.desk.store.read() as tx:
        (row,) = tx.ledger()

        assert tx.raw_of(1) == make_raw()
    assert row.state == "ignored"
    assert row.reason.startswith(f"dropped by hand: answered by telephone ({who()}, 20")
    assert "answered by telephone" in cli("quarantine", "show", "1")[1]


# ---------------------------------------------------------------- letters


@pytest.fixture
def failed(office: Office, make_raw: MakeRaw) -> Office:
    """Return a desk whose acknowledgement was refused for good."""
    office.tray.answers[WANG] = Delivery(state=DeliveryState.PERMANENT, reply="550 no \x1b[2J")
    office.take(make_raw())
    office.deliver()
    office.tray.answers.clear()
    return office


def test_resting_letters_are_listed(cli: Cli, failed: Office) -> None:
    """Failed and held ones, or those of the state asked for."""
    code, out, _ = cli("letters", "list", "--json")
    (row,) = rows(out)

    assert code == 0
    assert (row["letter"], row["to"], row["state"]) == ("acknowledgement", WANG, "failed")
    assert str(row["case"]).startswith("C-2026-")
    assert cli("letters", "list", "--state", "held", "--json")[1] == ""
    assert len(rows(cli("letters", "list", "--state", "sent", "--json")[1])) >= 1
    assert "\x1b" not in cli("letters", "list")[1]


def test_a_letter_sent_again_arrives_and_the_case_says_who_wanted_it(
    cli: Cli, failed: Office
) -> None:
    """With the Message-ID it had; it can't be released a second time."""
    (row,) = rows(cli("letters", "list", "--json")[1])
    number = str(row["id"])
    assert cli("letters", "retry", number)[0] == 0
    assert cli("letters", "retry", number)[0] == 66
    failed.deliver()
    (event,) = [event for event in failed.events() if event.kind == "letter_retried"]

    assert failed.tray.to(WANG)[-1]["Message-ID"] == f"<{row['message_id']}>"
    assert event.actor == "operator"
    assert event.detail == f"acknowledgement to {WANG}, was failed: by {who()}"
    assert cli("letters", "list", "--json")[1] == ""


def test_a_letter_given_up_is_cancelled_with_its_reason(cli: Cli, failed: Office) -> None:
    """An empty reason is none."""
    (row,) = rows(cli("letters", "list", "--json")[1])
    number = str(row["id"])
    assert cli("letters", "drop", number, "--reason", "")[0] == 64
    assert cli("letters", "drop", number, "--reason", "wrote by hand")[0] == 0
    assert cli("letters", "drop", number, "--reason", "wrote by hand")[0] == 66
    (event,) = [event for event in failed.events() if event.kind == "letter_dropped"]

    assert event.reasons == ("wrote by hand",)
    assert failed.counts()[2]["cancelled"] == 1


# ---------------------------------------------------------------- reconcile


def test_reconcile_says_what_it_compared_and_ends_with_its_verdict(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """0 when all fits, 65 when a row does not."""
    office.take(make_raw())
    code, out, _ = cli("reconcile")
    assert code == 0
    assert "1 mails: 1 done" in out
    assert "complaints: 0 in inbox, 0 in processed, 0 in rejected" in out

    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update raw_mail set data=x'00'")
    code, out, _ = cli("reconcile")
    assert code == 65
    assert "WRONG: mail 1 (by-hand " in out
    code, out, _ = cli("reconcile", "--json")
    (found,) = rows(out)
    assert code == 65
    assert found["fits"] is False
    assert isinstance(found["mismatches"], list)
    assert [one["kind"] for one in found["mismatches"]] == ["bytes_changed"]


def test_a_mailbox_that_cannot_be_compared_is_69(
    cli: Cli, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk or the server is away: nothing is known to be wrong."""

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ingest.maildir._contents", broken)
    code, out, _ = cli("reconcile")

    assert code == 69
    assert "away: complaints: [Errno 5] Input/output error" in out
