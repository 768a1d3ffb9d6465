"""The daemon's threads, run in this process."""

import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from cases.errors import StoreUnavailable
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


def test_what_an_outage_left_in_our_hands_is_worked_off_in_the_next_turn(
    desk: Desk, monday_nine: datetime, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease runs for minutes yet; nobody waits for that, and it was no attempt."""
    monkeypatch.setattr("pipeline.serve.now", lambda: monday_nine)
    take_in(desk, make_raw(), now=monday_nine)

    def taken_and_gone(desk: Desk, *, now: datetime) -> None:
        with desk.store.begin() as tx:
            assert tx.take_mail(owner=desk.owner, now=now, lease=timedelta(minutes=2))
        raise StoreUnavailable("away")

    with closing(Service(desk, Lines())) as service:
        with monkeypatch.context() as outage:
            outage.setattr("pipeline.serve.process_one", taken_and_gone)
            with pytest.raises(StoreUnavailable):
                service._process()
        service._process()
    with desk.store.read() as tx:
        entry = tx.entry(1)
    desk.store.close()

    assert entry is not None
    assert (entry.state, entry.attempts) == ("done", 1)


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
