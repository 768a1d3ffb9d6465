"""A daemon with nothing around it: SQLite, a Maildir in, a Maildir out, in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.maildir import deliver
from tests.conftest import CONFIG, ROOT
from tests.live.desk import wait_until


@dataclass(slots=True)
class PlainDesk:
    """One configured desk; `running()` starts its daemon in a process of its own."""

    folder: Path
    more: str = ""  #: lines for config.yaml
    before: Sequence[str] = ()  #: words before the command line, such as a tracer
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write config.yaml."""
        self.config.write_text(f"{CONFIG}alarm: {{file: alarm.txt}}\n{self.more}", encoding="utf-8")

    @property
    def config(self) -> Path:
        """The operator's file."""
        return self.folder / "config.yaml"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "desk.db"

    @property
    def alarm(self) -> str:
        """What the alarm's file says, "" if there is none."""
        path = self.folder / "alarm.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def command(self, *words: str) -> list[str]:
        """Return a command line of the desk."""
        ours = [sys.executable, str(ROOT / "run.py"), *words, "--config-file", str(self.config)]
        return [*self.before, *ours]

    def run(self, *words: str, seconds: float = 60) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(  # noqa: S603 - our own words
            self.command(*words),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            env={**os.environ, **self.environment},
        )

    def write(self, number: int) -> None:
        """Put one complaint into the Maildir."""
        text = f"The kettle number {number} leaks and nobody answers my calls.\r\n"
        head = (
            f"From: p{number}@customer{number}.example\r\nTo: complaints@example.com\r\n"
            f"Subject: Kettle {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\n"
        )
        deliver(self.folder / "incoming", (head + text).encode(), unique=f"mail{number}")

    def letters(self) -> list[str]:
        """Return the names of the letters that went out."""
        return sorted(path.name for path in (self.folder / "outgoing" / "new").glob("*"))

    @property
    def lines(self) -> Path:
        """Where the daemon's lines go."""
        return self.folder / "lines"

    def said(self, outcome: str) -> list[str]:
        """Return the words of the daemon's lines with one outcome."""
        rows = self.lines.read_text(encoding="utf-8").splitlines() if self.lines.exists() else []
        found = [json.loads(row) for row in rows if row.startswith("{")]
        return [row["words"] for row in found if row["outcome"] == outcome]

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the daemon and return when it is ready, or over."""
        before = len(self.said("ready to work"))
        with self.lines.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own words
                self.command("serve"),
                stdout=out,
                stderr=out,
                env={**os.environ, **self.environment},
            )
        try:
            wait_until(
                lambda: len(self.said("ready to work")) > before or process.poll() is not None,
                "the daemon's start",
                seconds=90,
            )
        except AssertionError:
            process.kill()
            raise
        return process

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run the daemon for the block and ask it to end."""
        process = self.start()
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=20)
