"""The daemon's threads, run in this process."""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest

from pipeline.config_alarm import AlarmSettings
from pipeline.desk import Desk
from pipeline.poll import take_in
from pipeline.serve import Service
from tests.conftest import MakeRaw


@dataclass
class Lines:
    """What the daemon says."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.said.append((outcome, words))


def test_the_running_daemon_raises_alarms_by_itself(
    desk: Desk,
    monday_nine: datetime,
    make_raw: MakeRaw,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It looks at its health while it works, and a web hook that is not there stops nothing."""
    monkeypatch.setattr("pipeline.serve.LOOK_S", 1)
    file = tmp_path / "alarm.txt"
    alarm = AlarmSettings(file=file, webhook="http://127.0.0.1:9/")
    desk = replace(desk, settings=replace(desk.settings, alarm=alarm))
    take_in(desk, make_raw(), now=monday_nine)
    with desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update inbox set state='quarantined', reason='x'")
    lines = Lines()
    service = Service(desk, lines)
    thread = Thread(target=service.run)
    thread.start()
    end = time.monotonic() + 20
    while "trouble" not in dict(lines.said) and time.monotonic() < end:
        time.sleep(0.02)
    service.stop()
    thread.join()
    desk.store.close()

    assert "1 mails are set aside" in dict(lines.said)["alarm"]
    assert dict(lines.said)["trouble"].startswith("alarm: the web hook did not take it")
    assert "quarantine list" in file.read_text(encoding="utf-8")
