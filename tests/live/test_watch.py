"""Somebody breaks the password of the mailbox; the alarm alone says what to mend, at once."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink, free_port

SECONDS = 20.0  # after the start, on a busy machine; the alarm looks every thirty by itself


class Watched(LiveDesk):
    """A desk with all four ways of an alarm but a web hook, whose password may be wrong."""

    password = Dovecot.password

    def watch(self) -> int:
        """Switch it all on; returns the port where it answers."""
        port = free_port()
        block = f"""\
alarm:
  file: alarm.txt
  command: [/bin/sh, -c, "cat >> {self.folder}/told.jsonl"]
  heartbeat_file: alive
watch: {{listen: "127.0.0.1:{port}"}}
"""
        with self.config.open("a", encoding="utf-8") as file:
            file.write(block)
        return port

    @property
    def environment(self) -> dict[str, str]:
        """The environment with a password that somebody may have broken."""
        return {**super().environment, "DESK_IMAP_PASSWORD": self.password}

    def told(self) -> list[dict[str, object]]:
        """Return the notices that the program of alarm.command got."""
        path = self.folder / "told.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [notice for line in lines for notice in json.loads(line)["notices"]]


def get(port: int, path: str) -> tuple[int, str]:
    """Return (status, body); (0, "") if nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_broken_password_is_told_at_once_with_the_key_to_mend_and_called_off_when_mended(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """Line, file, program, /health and metrics say the same; the heart beats only when mended."""
    user = dovecot.new_user()
    desk = Watched(tmp_path, dovecot, smtp_sink, f"sqlite:///{tmp_path}/desk.db", user)
    port = desk.watch()
    desk.password = "typed-wrong"
    with desk.running():
        begun = time.monotonic()
        wait_until(lambda: bool(desk.told()), f"the alarm {desk.said()}")
        seconds = time.monotonic() - begun
        wait_until(lambda: get(port, "/health")[0] == 503, "503")
        health, metrics = get(port, "/health")[1], get(port, "/metrics")[1]
    print(f"refused login → alarm: {seconds:.1f} s")
    notice, alarm = desk.told()[0], (tmp_path / "alarm.txt").read_text(encoding="utf-8")

    assert seconds < SECONDS
    assert notice["kind"] == "mailbox_trouble:complaints"
    for words in (str(notice["words"]), alarm, health):
        assert "refused the LOGIN" in words
        assert "`user` or `password` (or `password_file`" in words
        assert "mailboxes.complaints.source.imap" in words
        assert "@" not in words
    assert 'mail_errors_total{kind="login",mailbox="complaints"}' in metrics
    assert not (tmp_path / "alive").exists()

    desk.password = Dovecot.password
    desk.write("customer@example.net", "The kettle leaks.")
    with desk.running():
        wait_until((tmp_path / "alive").exists, f"the heartbeat {desk.said()}")
        wait_until(
            lambda: 'fetched_total{mailbox="complaints"} 1.0' in get(port, "/metrics")[1], "1"
        )
        wait_until(lambda: get(port, "/health")[0] == 200, "200")
        assert not (tmp_path / "alarm.txt").exists()
