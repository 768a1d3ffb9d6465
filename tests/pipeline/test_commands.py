"""The command line, in this process: contracts of JSON, exit codes, every problem at once."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from ingest.maildir import deliver
from tests.conftest import MakeRaw

PARSE_KEYS = {
    "file", "from_addr", "from_name", "to", "cc", "subject", "date", "message_id", "in_reply_to",
    "references", "language", "kind", "reason", "text", "quoted", "attachments", "bounce",
    "may_answer", "defects",
}  # fmt: skip
CLASSIFY_KEYS = {
    "id", "category", "unsure", "score", "labels", "is_complaint", "severity", "language", "fields",
    "evidence", "source", "model",
}  # fmt: skip

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(
    config_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Cli:
    """Return a function that runs one command with the test's config.yaml."""
    monkeypatch.delenv("DESK_CONFIG", raising=False)

    def call(*arguments: str, stdin: str = "", config: bool = True) -> tuple[int, str, str]:
        options = ["-c", str(config_file)] if config else []
        monkeypatch.setattr(sys, "argv", ["run.py", *arguments, *options])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


@pytest.fixture
def mail(tmp_path: Path, make_raw: MakeRaw) -> Path:
    """Return a mail in a file."""
    path = tmp_path / "mails" / "sub" / "one.eml"
    path.parent.mkdir(parents=True)
    path.write_bytes(make_raw())
    return path


def rows(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


# ---------------------------------------------------------------- parse


def test_parse_gives_exactly_the_keys_of_the_contract(cli: Cli, mail: Path) -> None:
    """Design 4: others build on them."""
    code, out, _ = cli("parse", str(mail), "--json")
    (row,) = rows(out)

    assert code == 0
    assert set(row) == PARSE_KEYS
    assert row["file"] == str(mail)
    assert row["from_addr"] == "wang.fang@customer.example"
    assert (row["kind"], row["may_answer"], row["bounce"]) == ("person", True, None)
    assert row["date"] == "2026-11-23T00:55:00+00:00"


def test_parse_walks_a_folder_and_reads_whatever_is_there(
    cli: Cli, mail: Path, tmp_path: Path
) -> None:
    """Names are relative to it; also bytes that are no mail get their line."""
    (tmp_path / "mails" / "odd.eml").write_bytes(b"\xff\x00\xfe" * 100)
    (tmp_path / "mails" / "empty.eml").write_bytes(b"")
    (tmp_path / "mails" / "note.txt").write_text("no mail", encoding="utf-8")
    code, out, _ = cli("parse", str(tmp_path / "mails"), "--json")

    assert code == 0
    assert sorted(str(row["file"]) for row in rows(out)) == ["empty.eml", "odd.eml", "sub/one.eml"]
    assert all(set(row) == PARSE_KEYS for row in rows(out))


def test_parse_goes_on_after_a_file_that_is_not_there(cli: Cli, mail: Path) -> None:
    """66 in the end, the other mails are shown."""
    code, out, err = cli("parse", "gone.eml", str(mail), "--json")

    assert code == 66
    assert len(rows(out)) == 1
    assert err == "gone.eml: No such file or directory\n"


def test_parse_needs_no_config_file(cli: Cli, mail: Path, tmp_path: Path) -> None:
    """Without one nothing counts as ours."""
    code, out, _ = cli("parse", str(mail), "--json", "-c", str(tmp_path / "none"), config=False)

    assert (code, len(rows(out))) == (0, 1)


def test_a_file_name_that_is_no_text_is_shown_somehow(cli: Cli, mail: Path, tmp_path: Path) -> None:
    """Linux allows any bytes; the output stays UTF-8."""
    odd = os.fsencode(tmp_path) + b"/mails/\xff.eml"
    with open(odd, "wb") as file:  # noqa: PTH123 - Path knows no bytes
        file.write(mail.read_bytes())
    code, out, _ = cli("parse", str(tmp_path / "mails"), "--json")

    assert code == 0
    assert {str(row["file"]) for row in rows(out)} == {"?.eml", "sub/one.eml"}


def test_parse_for_people_is_readable(cli: Cli, mail: Path) -> None:
    """A few lines a mail."""
    code, out, _ = cli("parse", str(mail))

    assert code == 0
    assert "from_addr: wang.fang@customer.example" in out
    assert "The kettle I bought leaks." in out


# ---------------------------------------------------------------- classify


def test_classify_gives_exactly_the_keys_of_the_contract(cli: Cli) -> None:
    """One line out for each line in, in order, ids untouched."""
    texts = [
        {"id": 7, "text": "The kettle I bought leaks, batch B2026-0415."},
        {"id": "zh", "text": "客服态度恶劣，我要打12315投诉", "subject": "投诉", "lang": "zh"},
        {"id": None, "text": ""},
    ]
    stdin = "\n\n".join(json.dumps(text) for text in texts)
    code, out, _ = cli("classify", "--json", stdin=stdin)
    found = rows(out)

    assert code == 0
    assert [row["id"] for row in found] == [7, "zh", None]
    assert all(set(row) == CLASSIFY_KEYS for row in found)
    assert all(set(row["labels"]) == {"quality", "service", "delivery"} for row in found)  # type: ignore[call-overload]
    assert found[1]["severity"] == "serious"
    assert found[0]["fields"]["batch"] == ["B2026-0415"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("stdin", "line"),
    [
        ("{", 1),
        ('{"id": 1}', 1),
        ('{"text": "x"}', 1),
        ('{"id": 1, "text": "x"}\n[1, 2]', 2),
        ('{"id": 1, "text": "x"}\n\n"text"', 3),
        ("null", 1),
        ("[" * 100_000, 1),
    ],
)
def test_what_is_no_request_is_bad_data_with_its_line(stdin: str, line: int, cli: Cli) -> None:
    """65, and nothing half-done on the output."""
    code, out, err = cli("classify", "--json", stdin=stdin)

    assert (code, out) == (65, "")
    assert err.startswith(f"line {line} of the input is no object with id and text")


# ---------------------------------------------------------------- cases


@pytest.fixture
def worked(cli: Cli, mail: Path) -> Cli:
    """Return the command line of a desk that has handled one mail."""
    code, _, err = cli("ingest", str(mail))
    assert (code, err) == (0, f"{mail}: taken in\n")
    return cli


def test_taking_a_file_in_twice_says_so(worked: Cli, mail: Path) -> None:
    """And makes no second case."""
    code, _, err = worked("ingest", str(mail))

    assert (code, err) == (0, f"{mail}: was taken in before\n")
    assert len(rows(worked("cases", "list", "--json")[1])) == 1


def test_cases_are_listed_for_machines_and_people(worked: Cli) -> None:
    """The newest, of one status if asked."""
    code, out, _ = worked("cases", "list", "--json")
    (row,) = rows(out)

    assert code == 0
    assert (row["status"], row["subject"]) == ("routed", "The kettle leaks")
    assert row["complainant"] == {"addr": "wang.fang@customer.example", "name": "Wang Fang"}
    assert worked("cases", "list", "--status", "closed", "--json")[1] == ""
    assert "The kettle leaks" in worked("cases", "list")[1]


def test_a_case_is_shown_with_story_and_letters(worked: Cli) -> None:
    """For machines in one object, for people as a file."""
    (row,) = rows(worked("cases", "list", "--json")[1])
    reference = str(row["reference"])
    code, out, _ = worked("cases", "show", reference.lower(), "--json")
    (case,) = rows(out)

    assert code == 0
    assert isinstance(case["events"], list)
    assert [event["kind"] for event in case["events"]][:3] == [
        "registered",
        "acknowledged",
        "routed",
    ]
    assert isinstance(case["letters"], list)
    assert {letter["state"] for letter in case["letters"]} == {"sent"}
    code, out, _ = worked("cases", "show", reference)
    assert code == 0
    assert out.startswith(f"{reference}  The kettle leaks\n")


def test_a_case_that_is_not_there_is_66(worked: Cli) -> None:
    """With a hint where to look."""
    code, out, err = worked("cases", "show", "C-1999-000001")

    assert (code, out) == (66, "")
    assert "cases list" in err


# ---------------------------------------------------------------- serve, status, check


def test_one_round_of_the_daemon_and_its_status(
    cli: Cli, tmp_path: Path, make_raw: MakeRaw
) -> None:
    """Before it 69, because nobody has read the mailbox; after it all is well."""
    code, out, _ = cli("status", "--json")
    (before,) = rows(out)
    assert (code, before["healthy"]) == (69, False)

    deliver(tmp_path / "incoming", make_raw(), unique="one")
    code, out, _ = cli("serve", "--once")
    assert code == 0
    assert [row["outcome"] for row in rows(out)] == [
        "rules live",
        "fetched",
        "case",
        "sent",
        "sent",
    ]
    assert len(list((tmp_path / "outgoing" / "new").iterdir())) == 2

    code, out, _ = cli("status", "--json")
    (after,) = rows(out)
    assert (code, after["healthy"], after["issues"]) == (0, True, [])
    assert after["cases"] == {"routed": 1}
    assert "all is well" in cli("status")[1]


def test_check_is_content_with_the_usual_files(cli: Cli) -> None:
    """One line for each thing looked at."""
    code, out, _ = cli("check")

    assert code == 0
    assert all(line.startswith("   ok  ") for line in out.splitlines())
    assert "database: reachable" in out


def test_check_tells_every_problem_of_config_yaml(cli: Cli, config_file: Path) -> None:
    """78, each in a sentence of its own, with the line of the file below it and a mark."""
    text = config_file.read_text(encoding="utf-8")
    text = text.replace("source: maildir:incoming", "source: x").replace(
        "outgoing: m", "outgoing: n"
    )
    config_file.write_text(text, encoding="utf-8")
    code, out, err = cli("check")

    assert (code, out) == (78, "")
    lines = err.splitlines()
    assert [line.split(": ")[1] for line in lines[::3]] == [
        "mailboxes.complaints.source",
        "outgoing",
    ]
    assert lines[1::3] == ["        source: x", "    outgoing: naildir:outgoing"]
    assert [line.index("^") for line in lines[2::3]] == [16, 14]


def test_check_tells_every_problem_of_rules_yaml(
    cli: Cli, config_file: Path, root: Path, tmp_path: Path
) -> None:
    """78 as well; status and serve refuse it in the same way."""
    rules = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    rules = rules.replace("24 hours", "soon").replace("supervisor@example.com", "supervisor")
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    text = config_file.read_text(encoding="utf-8")
    config_file.write_text(
        text.replace(str(root / "routing" / "rules.yaml"), "rules.yaml"), encoding="utf-8"
    )

    for command in (["check"], ["status"], ["serve", "--once"]):
        code, _, err = cli(*command)
        assert code == 78
        lines = err.splitlines()
        assert [line.split(": ")[1] for line in lines[::3]] == [
            "supervisors",
            "severity.serious.answer_within",
        ]
        assert [line.strip() for line in lines[2::3]] == ["^", "^"]


def test_a_config_file_that_is_not_there_is_78(cli: Cli, tmp_path: Path) -> None:
    """With what to do."""
    code, _, err = cli("status", "-c", str(tmp_path / "none.yaml"), config=False)

    assert code == 78
    assert err.endswith(
        "none.yaml: there is no such file. Check the path, or copy the shipped one\n"
    )


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("cases", "list", "--limit", "0"), ("parse",)]
)
def test_wrong_usage_is_64(arguments: tuple[str, ...], cli: Cli) -> None:
    """Not the 2 of the library."""
    assert cli(*arguments, config=False)[0] == 64


def test_upgrading_the_database_says_where_it_stands(cli: Cli) -> None:
    """From nothing, and again."""
    assert cli("db", "upgrade")[2].startswith("database: empty → ")
    assert cli("db", "upgrade")[0] == 0


def test_explaining_a_mail_stores_nothing(cli: Cli, mail: Path, tmp_path: Path) -> None:
    """The whole decision in words."""
    code, out, _ = cli("explain", str(mail), "--lang", "en")

    assert code == 0
    for part in ("from ", "kind ", "category ", "severity ", "routed ", "due "):
        assert any(line.startswith(part) for line in out.splitlines())
    assert not (tmp_path / "desk.db").exists()
    assert cli("explain", "gone.eml")[0] == 66
