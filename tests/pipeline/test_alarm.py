"""The alarm: raised once, repeated, called off; in a file and to a web hook; never in the way."""

import ast
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.errors import StoreUnavailable
from pipeline.alarm import REPEAT, Alarm, Outside, judge
from pipeline.alarm_ways import MOST_UNSENT, RESEND, run_command
from pipeline.config_alarm import AlarmSettings
from pipeline.poll import take_in
from pipeline.status import Issue
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

QUARANTINE = Issue(kind="quarantine", words="2 mails are set aside", count=2)


def states(notices: tuple[object, ...]) -> list[str]:
    return [str(notice).partition(":")[0] for notice in notices]


def test_an_issue_is_told_once_again_after_four_hours_and_when_it_is_over(
    monday_nine: datetime,
) -> None:
    """Not every thirty seconds."""
    raised, told = judge({}, [QUARANTINE], now=monday_nine)
    assert states(told) == ["ALARM"]
    raised, told = judge(raised, [QUARANTINE], now=monday_nine + REPEAT - timedelta(seconds=1))
    assert told == ()
    raised, told = judge(raised, [QUARANTINE], now=monday_nine + REPEAT)
    assert states(told) == ["STILL"]
    assert told[0].since == monday_nine
    raised, told = judge(raised, [], now=monday_nine + REPEAT + timedelta(seconds=1))
    assert (states(told), raised) == (["OVER"], {})


def test_more_of_the_same_is_news_and_less_is_not(monday_nine: datetime) -> None:
    """Quarantine grew: a person must know at once; it shrank: they are at it."""
    raised, _ = judge({}, [QUARANTINE], now=monday_nine)
    raised, fewer = judge(raised, [replace(QUARANTINE, count=1)], now=monday_nine)
    raised, again = judge(raised, [replace(QUARANTINE, count=2)], now=monday_nine)

    assert fewer == ()
    assert states(again) == ["ALARM"]


# ---------------------------------------------------------------- on a desk


@dataclass
class Watch:
    """A desk with an alarm, and all that it said."""

    office: Office
    file: Path
    alarm: Alarm
    lines: list[tuple[str, str]] = field(default_factory=list)
    posted: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    ran: list[tuple[tuple[str, ...], Mapping[str, object]]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    deaf: str = ""

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep what the daemon would print."""
        self.lines.append((outcome, words))

    def post(self, url: str, payload: Mapping[str, object]) -> str:
        """Keep what was posted, or be deaf."""
        if not self.deaf:
            self.posted.append((url, payload))
        return self.deaf

    def run(self, words: Sequence[str], payload: Mapping[str, object]) -> str:
        """Keep what a program would get, or be deaf."""
        if not self.deaf:
            self.ran.append((tuple(words), payload))
        return self.deaf

    def call(self, url: str) -> str:
        """Keep which address was called, or be deaf."""
        self.called.append(url)
        return self.deaf

    def new_alarm(self) -> Alarm:
        """Return an alarm of a daemon that has just started."""
        desk, now = self.office.desk, self.office.now
        outside = Outside(
            post=lambda url, payload: self.post(url, payload),
            run=lambda words, payload: self.run(words, payload),
            call=lambda url: self.call(url),
        )
        return Alarm(desk, self, host="mail1", up_since=now, outside=outside)

    def check(self, **later: float) -> None:
        """Let time pass, then look."""
        self.office.later(**later)
        self.alarm.check(now=self.office.now)

    def scanned(self) -> None:
        """Have the mailbox read now."""
        with self.office.desk.store.begin() as tx:
            tx.mailbox_scanned("complaints", now=self.office.now)

    def text(self) -> str:
        """Return the last message's words."""
        return str(self.posted[-1][1]["text"])


@pytest.fixture
def watch(office: Office, tmp_path: Path) -> Watch:
    """Return an alarm with a file and a web hook on a desk that has just started."""
    file = tmp_path / "sub" / "alarm.txt"
    settings = replace(
        office.desk.settings, alarm=AlarmSettings(file=file, webhook="https://hook.example.com/x")
    )
    office.desk = replace(office.desk, settings=settings)
    watch = Watch(office, file, alarm=None)  # type: ignore[arg-type] # made of it below
    watch.alarm = watch.new_alarm()
    return watch


def test_a_silent_mailbox_is_told_in_all_three_ways_until_it_is_read(watch: Watch) -> None:
    """Ten minutes after the start at the earliest: the first reading takes its time."""
    watch.check(minutes=9)
    assert (watch.lines, watch.posted, watch.file.exists()) == ([], [], False)

    watch.check(minutes=1)
    assert [outcome for outcome, _ in watch.lines] == ["alarm"]
    assert watch.file.read_text(encoding="utf-8").startswith(
        "2026-11-23T01:10:00+00:00  mailbox complaints was not read yet"
    )
    assert "ALARM: mailbox complaints was not read yet" in watch.text()
    watch.check(seconds=30)
    assert len(watch.posted) == 1

    watch.scanned()
    watch.check(seconds=30)
    assert [outcome for outcome, _ in watch.lines] == ["alarm", "all clear"]
    assert watch.posted[-1][1]["healthy"] is True
    assert "OVER: mailbox complaints" in watch.text()
    assert not watch.file.exists()


def test_a_daemon_that_was_down_for_days_does_not_cry_at_its_start(watch: Watch) -> None:
    """What waited for it counts from its start."""
    watch.scanned()
    watch.office.take()
    watch.office.later(days=2)
    late = watch.new_alarm()
    late.check(now=watch.office.now)

    assert watch.lines == []


def test_quarantine_that_grows_is_told_without_any_word_of_a_mail(
    watch: Watch, make_raw: MakeRaw
) -> None:
    """Neither the sender nor the error's words, which may be the sender's."""
    watch.scanned()
    watch.office.take(make_raw(), make_raw("Two.\n", message_id="2@customer.example"))
    for number in (1, 2):
        with watch.office.desk.store.begin() as tx:
            tx._connection.exec_driver_sql(
                "update inbox set state='quarantined', reason='ValueError: kettle a@b.example' "
                "where id=?",
                (number,),
            )
        watch.check(seconds=30)
    everything = f"{watch.posted}{watch.lines}{watch.file.read_text(encoding='utf-8')}"

    assert [outcome for outcome, _ in watch.lines] == ["alarm", "alarm"]
    assert "2 mails are set aside" in watch.text()
    assert "quarantine list" in watch.text()
    assert "kettle" not in everything
    assert "@" not in everything


def test_a_mailbox_that_failed_a_moment_ago_is_no_alarm(watch: Watch) -> None:
    """It is tried again; one whose server keeps a mail back is."""
    watch.scanned()
    watch.office.later(seconds=1)
    with watch.office.desk.store.begin() as tx:
        tx.mailbox_failed("complaints", "gone for u@example.com", now=watch.office.now)
    watch.check(seconds=30)
    watch.check(minutes=1)
    assert watch.lines == []
    with watch.office.desk.store.begin() as tx:
        tx.mailbox_scanned("complaints", now=watch.office.now, trouble="keeps mail 77 back")
    watch.check(seconds=30)

    assert [words for _, words in watch.lines] == ["mailbox complaints: keeps mail 77 back"]


def test_a_deaf_web_hook_is_a_line_and_hears_it_all_later(watch: Watch) -> None:
    """The file is written all the same; tried again after five minutes, not sooner."""
    watch.deaf = "HTTP 503"
    watch.check(minutes=11)
    watch.scanned()
    watch.check(seconds=30)
    troubles = [words for outcome, words in watch.lines if outcome == "trouble"]
    assert len(troubles) == 1
    assert "HTTP 503" in troubles[0]
    assert "hook.example.com" not in str(watch.lines)

    watch.deaf = ""
    watch.check(seconds=30)
    assert watch.posted == []
    watch.check(seconds=RESEND.total_seconds())
    assert "ALARM" in watch.text()
    assert "OVER" in watch.text()
    assert len(watch.posted) == 1


def test_a_hook_that_is_never_heard_of_again_costs_no_memory(watch: Watch) -> None:
    """The newest messages are kept."""
    watch.deaf = "gone"
    for _ in range(MOST_UNSENT):
        watch.check(minutes=11)
        watch.scanned()
        watch.check()

    assert len(watch.alarm.ways[0].unsent) == MOST_UNSENT


def test_a_file_that_cannot_be_written_is_a_line(watch: Watch) -> None:
    """The web hook hears it all the same."""
    watch.file.parent.write_text("a file where the folder should be", encoding="utf-8")
    watch.check(minutes=11)

    assert "trouble" in [outcome for outcome, _ in watch.lines]
    assert len(watch.posted) == 1


def test_a_file_left_by_an_earlier_run_goes_when_all_is_well(watch: Watch) -> None:
    """Nobody remembers it; the state of the desk counts."""
    watch.file.parent.mkdir()
    watch.file.write_text("old", encoding="utf-8")
    watch.scanned()
    watch.check(seconds=30)

    assert not watch.file.exists()
    assert list(watch.file.parent.iterdir()) == []


def test_an_outage_of_the_database_calls_nothing_off_and_is_an_alarm_after_ten_minutes(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows better than what was known before it."""
    watch.check(minutes=11)

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the password of u@h was wrong")

    with monkeypatch.context() as broken:
        broken.setattr("pipeline.alarm.health", away)
        watch.check(seconds=30)
        assert [outcome for outcome, _ in watch.lines] == ["alarm"]
        watch.check(minutes=10)
    assert "the database has been away since 2026-11-23T01:11:30+00:00" in watch.text()
    assert len(watch.file.read_text(encoding="utf-8").splitlines()) == 2
    assert "password" not in str(watch.posted)

    watch.check(seconds=30)
    assert "OVER: the database" in watch.text()


def test_without_the_block_only_the_daemons_own_lines_tell(
    office: Office, watch: Watch, tmp_path: Path
) -> None:
    """Nothing is posted, nothing written."""
    settings = replace(office.desk.settings, alarm=AlarmSettings())
    bare = replace(office.desk, settings=settings)
    watch.office.desk = bare
    alarm = watch.new_alarm()
    alarm.check(now=office.now + timedelta(minutes=11))

    assert [outcome for outcome, _ in watch.lines] == ["alarm"]
    assert (watch.posted, watch.file.exists()) == ([], False)


# ---------------------------------------------------------------- a refused login


def test_a_refusal_that_becomes_a_broken_connection_is_not_called_off(watch: Watch) -> None:
    """It is over when the mailbox was read, not when its server went away as well."""
    watch.scanned()
    for error in ("login: NO", "network: gone"):
        watch.office.later(seconds=1)
        with watch.office.desk.store.begin() as tx:
            tx.mailbox_failed("complaints", error, now=watch.office.now)
        watch.check(seconds=30)
    assert [outcome for outcome, _ in watch.lines] == ["alarm"]
    watch.scanned()
    watch.check(seconds=30)

    assert [outcome for outcome, _ in watch.lines] == ["alarm", "all clear"]


# ---------------------------------------------------------------- a program, a heartbeat


def with_alarm(watch: Watch, settings: AlarmSettings) -> None:
    """Start the daemon anew with other alarm settings."""
    desk = watch.office.desk
    watch.office.desk = replace(desk, settings=replace(desk.settings, alarm=settings))
    watch.alarm = watch.new_alarm()


def test_a_program_gets_what_the_web_hook_gets_and_one_does_not_wait_for_the_other(
    watch: Watch,
) -> None:
    """A way that fails keeps its own messages."""
    settings = replace(watch.office.desk.settings.alarm, command=("/bin/page", "desk"))
    with_alarm(watch, settings)
    watch.deaf = "gone"
    watch.check(minutes=11)
    watch.deaf = ""
    watch.check(seconds=RESEND.total_seconds())
    troubles = [words for outcome, words in watch.lines if outcome == "trouble"]

    assert watch.ran == [(("/bin/page", "desk"), watch.posted[0][1])]
    assert "the web hook did not take it (gone)" in troubles[0]
    assert "the program of alarm.command did not take it (gone)" in troubles[1]


def test_the_heart_beats_every_minute_while_work_goes_on_and_stops_with_it(
    watch: Watch, tmp_path: Path
) -> None:
    """Not before the first reading, not ten minutes after the last; quarantine is no reason."""
    alive = tmp_path / "sub" / "alive"
    with_alarm(watch, AlarmSettings(heartbeat="https://hc.example/x", heartbeat_file=alive))
    watch.check(seconds=30)
    assert (watch.called, alive.exists()) == ([], False)

    watch.scanned()
    for _ in range(6):
        watch.check(seconds=30)
    assert watch.called == ["https://hc.example/x"] * 3
    assert alive.exists()

    watch.check(minutes=10)
    watch.check(minutes=1)
    assert len(watch.called) == 3


def test_the_heart_stops_without_a_database_and_while_a_mail_waits(
    watch: Watch, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever expects the call is told by its absence."""
    with_alarm(watch, AlarmSettings(heartbeat="https://hc.example/x"))
    watch.scanned()

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr("pipeline.alarm.health", away)
        watch.check(seconds=30)
    assert watch.called == []
    take_in(watch.office.desk, make_raw(), now=watch.office.now)
    for _ in range(3):
        watch.office.later(minutes=5)
        watch.scanned()
        watch.check()
    assert len(watch.called) == 1


def test_a_heartbeat_that_fails_is_one_line_for_each_reason(watch: Watch, tmp_path: Path) -> None:
    """Tried again each minute; the address, which is a secret, is not repeated."""
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    settings = AlarmSettings(heartbeat="https://hc.example/x", heartbeat_file=blocked / "alive")
    with_alarm(watch, settings)
    watch.deaf = "HTTP 404"
    for _ in range(3):
        watch.scanned()
        watch.check(minutes=1)

    (line,) = [words for outcome, words in watch.lines if outcome == "trouble"]
    assert len(watch.called) == 3
    assert "can't touch" in line
    assert "HTTP 404" in line
    assert "hc.example" not in line


def test_a_clock_that_was_set_back_does_not_stop_the_heart(watch: Watch) -> None:
    """An hour back: the next look beats."""
    with_alarm(watch, AlarmSettings(heartbeat="https://hc.example/x"))
    watch.scanned()
    watch.check(seconds=30)
    watch.office.later(hours=-1)
    watch.scanned()
    watch.check(seconds=30)

    assert len(watch.called) == 2


# ---------------------------------------------------------------- real programs


def test_a_real_program_reads_the_alarm_from_its_input_and_none_of_our_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments stay as they are: no shell looks at them."""
    monkeypatch.setenv("DESK_IMAP_PASSWORD", "geheim")
    got = tmp_path / "got"
    script = f"import os, sys; open({str(got)!r}, 'w').write(str((sys.argv[1:], "
    script += "sys.stdin.read(), [k for k in os.environ if k.startswith('DESK_')])))"

    why = run_command([sys.executable, "-c", script, "$HOME; x"], {"text": "邮件"})

    assert why == ""
    assert ast.literal_eval(got.read_text(encoding="utf-8")) == (
        ["$HOME; x"], '{"text": "邮件"}\n', [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["/bin/sh", "-c", "exit 3"], "it ended with exit code 3"),
        (["/bin/sh", "-c", "kill -9 $$"], "it was ended by signal 9"),
        (["/nowhere/page"], "it can't be run: No such file or directory"),
        (["/bin/true"], ""),
    ],
)
def test_a_program_that_fails_says_how(words: list[str], why: str) -> None:
    """One that does not read its input is fine."""
    assert run_command(words, {"text": "x" * 200_000}) == why


def test_a_program_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    """The watch goes on after its time."""
    mark = tmp_path / "pid"
    script = f"sleep 600 & echo $! > {mark}; wait"
    begun = time.monotonic()
    why = run_command(["/bin/sh", "-c", script], {}, seconds=0.5)
    child = int(mark.read_text(encoding="utf-8"))

    assert why == "it did not end within 0.5 seconds and was killed"
    assert time.monotonic() - begun < 5
    assert not alive(child)


def alive(number: int) -> bool:
    """Tell whether a process still runs; one that nobody has waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    except OSError:
        return False
