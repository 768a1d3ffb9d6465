"""The real daemon takes changed rules while mails come in: from saving to living, with examples."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cases.store import Store
from ingest.maildir import deliver
from tests.conftest import CONFIG
from tests.live.desk import ROOT, wait_until

RULE = """\
  - name: Everything about kettles
    when: {{words: [kettle]}}
    then: {{category: quality, department: {department}, tags: [set-{name}]}}
    examples:
      - mail: The kettle I bought leaks all over the table.
        gives: {{department: {expected}, tags: set-{name}}}
"""


class Daemon:
    """The desk of one folder, as its users run it."""

    def __init__(self, folder: Path) -> None:
        """Write config.yaml and a rules.yaml of its own, its lists beside."""
        self.folder, self.file = folder, folder / "rules" / "rules.yaml"
        shutil.copytree(ROOT / "routing" / "lists", self.file.parent / "lists")
        lines = CONFIG.splitlines()
        own = [f"rules: {self.file}" if line.startswith("rules:") else line for line in lines]
        (folder / "config.yaml").write_text("\n".join(own), encoding="utf-8")
        self._shipped = (ROOT / "routing" / "rules.yaml").read_text(encoding="utf-8")
        self._out = folder / "out.jsonl"
        self._number = 0

    def save(self, name: str, department: str, *, expected: str = "") -> float:
        """Save a set as an editor does; returns when that was."""
        rule = RULE.format(name=name, department=department, expected=expected or department)
        draft = self.file.with_name("draft")
        draft.write_text(self._shipped.replace("\nrules:\n", f"\nrules:\n{rule}", 1), "utf-8")
        draft.replace(self.file)
        return time.monotonic()

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run one of the desk's commands."""
        return subprocess.run(  # noqa: S603 - our own words
            self._line(*words), capture_output=True, text=True, check=False
        )

    def _line(self, *words: str) -> list[str]:
        config = str(self.folder / "config.yaml")
        return [sys.executable, str(ROOT / "run.py"), *words, "--config-file", config]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the daemon and return when it is ready."""
        before = len(self.said("ready to work"))
        with self._out.open("ab") as out:
            process = subprocess.Popen(self._line("serve"), stdout=out, stderr=out)  # noqa: S603
        wait_until(lambda: len(self.said("ready to work")) > before, "the daemon's start")
        return process

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the daemon for the block; it ends by itself when asked to."""
        process = self.start()
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=20)
        assert code == 0

    def said(self, outcome: str) -> list[str]:
        """Return what the daemon has said with this outcome."""
        lines = self._out.read_text(encoding="utf-8").splitlines() if self._out.exists() else []
        rows = (json.loads(line) for line in lines)
        return [row["words"] for row in rows if row["outcome"] == outcome]

    def mail(self) -> None:
        """Let one complaint come in."""
        self._number += 1
        text = (
            f"From: P <p{self._number}@customer{self._number}.example>\r\n"
            "To: complaints@example.com\r\nSubject: Kettle\r\n"
            f"Message-ID: <{self._number}@customer.example>\r\n\r\n"
            f"The kettle number {self._number} leaks.\r\n"
        )
        deliver(self.folder / "incoming", text.encode(), unique=str(self._number))

    def wait(self, outcome: str, count: int) -> str:
        """Wait until that was said so often; returns the last."""
        wait_until(lambda: len(self.said(outcome)) >= count, f"{count} times {outcome}")
        return self.said(outcome)[-1]

    def judged(self) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        """Return the version, departments and tags of each case."""
        with closing(Store(f"sqlite:///{self.folder}/desk.db")) as store, store.read() as tx:
            found = (tx.case(number + 1) for number in range(self._number))
            return [(c.rules_version, c.departments, c.tags) for c in found if c]


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    """Return a desk by set A, which is not running yet."""
    daemon = Daemon(tmp_path)
    daemon.save("a", "quality")
    return daemon


@pytest.mark.timeout(240)
def test_the_running_daemon_takes_good_rules_and_refuses_the_others(daemon: Daemon) -> None:
    """Another set, a wrong file, a failing example: mails go on all along, by the last good set."""
    with daemon.running():
        daemon.mail()
        daemon.wait("case", 1)
        saved = daemon.save("b", "delivery")
        daemon.wait("rules live", 2)
        good_s = time.monotonic() - saved
        daemon.mail()
        daemon.wait("case", 2)
        daemon.file.write_text("rules_version: 1\n", encoding="utf-8")
        wrong = daemon.wait("rules wrong", 1)
        status = daemon.command("status")
        daemon.save("c", "delivery", expected="quality")
        failed = daemon.wait("rules wrong", 2)
        daemon.mail()
        daemon.wait("case", 3)

    a, b, again = daemon.judged()
    assert a[1:] == (("quality",), ("set-a",))
    assert b[1:] == (("delivery",), ("set-b",))
    assert again == b
    assert "stay in force" in wrong
    assert "[Everything about kettles]" in failed
    assert "rules.yaml has been wrong since" in status.stdout
    assert status.returncode == 69
    print(f"\nfrom saving to living, with an example: {good_s:.1f} s")


@pytest.mark.timeout(240)
def test_a_daemon_that_was_killed_over_a_wrong_file_starts_by_the_last_good_set(
    daemon: Daemon,
) -> None:
    """`check` says 78, the desk works on all the same; a rollback on the command line is taken."""
    process = daemon.start()
    try:
        daemon.save("b", "delivery")
        daemon.wait("rules live", 2)
    finally:
        process.kill()
        process.wait()
    daemon.file.write_text("rules_version: 1\n", encoding="utf-8")
    checked = daemon.command("check", "--offline")
    with daemon.running():
        daemon.mail()
        daemon.wait("case", 1)
        back = daemon.command("rules", "rollback", "1")
        daemon.wait("rules live", 3)
        daemon.mail()
        daemon.wait("case", 2)
    history = daemon.command("rules", "history").stdout.splitlines()

    assert [tags for _, _, tags in daemon.judged()] == [("set-b",), ("set-a",)]
    assert (checked.returncode, back.returncode) == (78, 0)
    assert [line.split()[3] for line in history] == ["rollback", "file", "start"]


@pytest.mark.alone
@pytest.mark.timeout(240)
def test_a_mail_waits_no_longer_because_rules_are_swapped(daemon: Daemon) -> None:
    """Mails that come in while rules are read, tried and swapped take about their usual time."""
    usual, swapped = [], []
    with daemon.running():
        daemon.mail()
        daemon.wait("case", 1)
        for count in range(2, 12):
            usual.append(_through(daemon, count))
        for count in range(12, 32):
            if count % 5 == 2:
                daemon.save("b" if count % 2 else "a", "delivery" if count % 2 else "quality")
            swapped.append(_through(daemon, count))

    print(f"\nusual: at most {max(usual):.2f} s, while swapping: at most {max(swapped):.2f} s")
    assert max(swapped) < max(usual) + 3.0


def _through(daemon: Daemon, count: int) -> float:
    began = time.monotonic()
    daemon.mail()
    daemon.wait("case", count)
    return time.monotonic() - began
