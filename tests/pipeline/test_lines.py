"""Every line of a daemon's run is an object with the keys of the manual, and nobody's words."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.maildir import deliver
from pipeline.desk import Desk
from pipeline.serve import Service
from pipeline.show import JsonReporter
from tests.conftest import ROOT, MakeRaw

#: What must be there, by what a line is about.
WANTED = {
    "mail": {"mailbox", "uid", "duration_ms", "kind"},
    "letter": {"letter", "tries", "duration_ms", "case"},
    "poll": {"mailbox", "count", "duration_ms"},
    "clock": {"case", "clock"},
    "mailbox": {"mailbox", "kind"},
    "alarm": {"kind", "state"},
}
#: What stands in the mails and must stand in no line.
CANARIES = ("zebra-marmalade", "wang.fang", "customer.example", "138-0000-2210")


def _keys_of_the_manual() -> set[str]:
    text = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    table = text.partition("| key in a line |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


@pytest.fixture
def lines(
    desk: Desk,
    make_raw: MakeRaw,
    monday_nine: datetime,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[list[dict[str, object]]]:
    """Run a daemon through a good day and a bad one, and return its lines."""
    inbox = desk.settings.mailboxes["complaints"].source
    assert isinstance(inbox, Path)
    times = [monday_nine]
    for part in ("serve", "mailboxes", "guard", "deliver"):
        name = "clock_now" if part == "deliver" else "now"
        monkeypatch.setattr(f"pipeline.{part}.{name}", lambda: times[-1])
    with closing(Service(desk, JsonReporter())) as service:
        deliver(inbox, make_raw("zebra-marmalade, call 138-0000-2210\n"))
        away = (("Auto-Submitted", "auto-replied"),)
        deliver(inbox, make_raw("zebra\n", message_id="2@customer.example", headers=away))
        service.once()
        times.append(monday_nine + timedelta(days=9))
        service.once()  # limits have passed

        def fail(*_: object, **__: object) -> None:
            raise ValueError("can't write to <wang.fang@customer.example>")

        monkeypatch.setattr("pipeline.process._understand", fail)
        deliver(inbox, make_raw("zebra-marmalade\n", message_id="3@customer.example"))
        monkeypatch.setattr("pipeline.serve.chase", fail)
        monkeypatch.setattr("pipeline.mailboxes.file_settled", fail)
        service.once()
        service._alarm()()  # the first look of the watch
    desk.store.close()
    said = capsys.readouterr().out.splitlines()
    yield [json.loads(line) for line in said]


def test_every_line_has_its_keys_and_nobodys_words(lines: list[dict[str, object]]) -> None:
    """What a log collector may rely on, and what a log must never hold."""
    manual, text = _keys_of_the_manual(), json.dumps(lines)
    seen = {str(line["action"]) for line in lines}

    assert {"mail", "letter", "poll", "clock", "mailbox", "chase"} <= seen
    for line in lines:
        assert {"at", "outcome", "action", "words"} <= line.keys()
        assert datetime.fromisoformat(str(line["at"])).utcoffset() == timedelta(0)
        wanted = WANTED.get(str(line["action"]), set())
        if line["action"] == "mail" and line["outcome"] == "retry":
            wanted = wanted - {"kind"}  # nobody could read it
        assert wanted <= line.keys(), line
        assert line.keys() <= manual, line.keys() - manual
        assert re.fullmatch(r"C-\d{4}-\d{6}", str(line.get("case", "C-2026-000001")))
    for action in ("mail", "letter"):
        taken = [line["duration_ms"] for line in lines if line["action"] == action]
        assert any(taken), f"no {action} took any time"
    assert not [canary for canary in CANARIES if canary in text]
    assert "<address>" in text


def test_a_case_of_nobody_has_no_case_in_its_line(lines: list[dict[str, object]]) -> None:
    """Neither a number of the database nor an empty word."""
    machine = next(line for line in lines if line.get("kind") == "auto_reply")

    assert "case" not in machine
    assert machine["silent"] == "auto_reply"
    assert machine["outcome"] == "ignored"
