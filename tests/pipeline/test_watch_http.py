"""Those who watch over the desk get their answer at once, and can neither learn nor break more."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from cases.errors import StoreUnavailable
from pipeline import watch_http
from pipeline.clock_watch import ClockWatch
from pipeline.config_watch import WatchSettings
from pipeline.desk import Desk
from pipeline.look import STALE_S
from pipeline.watch import Watch
from pipeline.watch_http import MOST_AT_ONCE, WatchServer, answering
from tests.pipeline.conftest import Office

TOKEN = "correct-horse-battery"


@dataclass
class Lines:
    """What the daemon says."""

    said: list[str] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.said.append(words)


@pytest.fixture
def watch(office: Office, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return a watch over a desk that has just started and was looked at once."""
    monkeypatch.setattr(watch_http, "LOOK_S", 0.02)
    settings = WatchSettings(host="127.0.0.1", port=0)
    watch = Watch(settings, office.desk, up_since=office.now)
    watch.look(office.desk, now=office.now)
    return watch


@pytest.fixture
def port(watch: Watch) -> Iterator[int]:
    """Return the port where the watch answers."""
    with answering("127.0.0.1", 0, watch.answer) as server:
        yield server.server_port


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Return (status, body) of one request."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own server
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def said(port: int, data: bytes) -> bytes:
    """Send bytes as they are and return all that comes back."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as client:
        client.sendall(data)
        parts = []
        while part := client.recv(65536):
            parts.append(part)
        return b"".join(parts)


def test_a_well_desk_is_200_and_a_mailbox_nobody_reads_is_503_with_the_reason(
    watch: Watch, office: Office, port: int
) -> None:
    """The same issue as that of `status`, from ten minutes after the start on."""
    assert get(port, "/health")[0] == 200
    office.later(minutes=10)
    watch.look(office.desk, now=office.now)
    status, body = get(port, "/health")
    found = json.loads(body)

    assert status == 503
    assert found["healthy"] is False
    assert found["kinds"] == ["mailbox_silent:complaints"]
    assert "mailbox complaints was not read yet" in found["issues"][0]


def test_a_clock_that_jumped_is_a_503_as_it_is_an_alarm(
    watch: Watch, office: Office, port: int
) -> None:
    """Whoever only asks for the health hears of it too, and when it is over."""
    clock = ClockWatch(now=office.now, steady=lambda: 0.0)
    watch.look(office.desk, now=office.now, clock=clock)
    assert get(port, "/health")[0] == 200

    watch.look(office.desk, now=office.now - timedelta(days=1), clock=clock)
    status, body = get(port, "/health")
    assert (status, json.loads(body)["kinds"]) == (503, ["clock_jumped"])

    watch.look(office.desk, now=office.now, clock=clock)
    assert get(port, "/health")[0] == 200


def test_a_failure_that_may_mend_itself_is_shown_and_is_no_503(
    watch: Watch, office: Office, port: int
) -> None:
    """A probe must not take a desk for dead because its mail server blinked."""
    with office.desk.store.begin() as tx:
        tx.mailbox_scanned("complaints", now=office.now)
        tx.mailbox_failed("complaints", "network: gone", now=office.now + timedelta(seconds=1))
    watch.look(office.desk, now=office.now + timedelta(seconds=2))
    status, body = get(port, "/health")

    assert status == 200
    assert json.loads(body)["kinds"] == ["mailbox_trouble:complaints"]
    assert "gone" not in body


def test_without_a_database_health_says_so_and_the_counters_go_on(
    watch: Watch, office: Office, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with the reason; nothing is guessed from before."""
    watch.metrics.count("case", {"action": "mail", "mailbox": "complaints"})

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("the password of u@h was wrong")

    monkeypatch.setattr("pipeline.look.health", away)
    watch.look(office.desk, now=office.now)
    status, health = get(port, "/health")
    metrics = get(port, "/metrics")[1]

    assert status == 503
    assert "the database has been away since 2026-11-23T01:00:00+00:00" in health
    assert "password" not in health
    assert "complaint_desk_database_up 0.0" in metrics
    assert "complaint_desk_quarantine_messages " not in metrics
    assert 'mail_processed_total{mailbox="complaints",outcome="case"} 1.0' in metrics
    assert get(port, "/live") == (200, '{"alive": true}\n')


def test_a_database_that_hangs_is_503_after_a_minute(watch: Watch) -> None:
    """Nobody has looked since: what was seen then says nothing of now."""
    last = watch._last
    assert last.healthy(at_s=last.taken_s + STALE_S)
    assert not last.healthy(at_s=last.taken_s + STALE_S + 1)
    assert [issue.kind for issue in last.issues(at_s=last.taken_s + STALE_S + 1)] == ["stuck"]


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer 中文", TOKEN],
)
def test_without_the_token_nothing_is_told_but_that_we_live(given: str, desk: Desk) -> None:
    """A wrong token is not repeated, whatever letters are in it."""
    now = datetime.fromisoformat("2026-11-23T01:00:00+00:00")
    settings = WatchSettings(host="0.0.0.0", port=1, token=TOKEN)  # noqa: S104 - nobody listens
    watch = Watch(settings, desk, up_since=now)
    for path in ("/metrics", "/health", "/secret"):
        answer = watch.answer(path, given, "")
        assert answer.status == 401
        assert b"wrong" not in answer.body
    assert watch.answer("/health", f"Bearer {TOKEN}", "").status == 503
    assert watch.answer("/live", "", "").status == 200


@pytest.mark.parametrize(
    "request_line",
    [b"EVIL / HTTP/1.0", b"GET /evil HTTP/1.0", b"GET / evil", b"evil", b"GET / HTTP/evil",
     b"GET /?" + b"evil" * 20_000 + b" HTTP/1.0"],
)  # fmt: skip
def test_nothing_a_client_sends_comes_back(port: int, request_line: bytes) -> None:
    """Neither of its first line nor of its headers."""
    found = said(port, request_line + b"\r\nX-Evil: evil\r\nAuthorization: Bearer evil\r\n\r\n")

    assert b"evil" not in found.lower()
    assert b"Python" not in found


def test_a_head_request_has_no_body(port: int) -> None:
    """For probes that only want the status."""
    found = said(port, b"HEAD /live HTTP/1.0\r\n\r\n")

    assert found.startswith(b"HTTP/1.0 200")
    assert found.endswith(b"\r\n\r\n")


def test_clients_that_say_nothing_or_drip_are_let_go_and_others_get_in(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight at once, the next is turned away at once; each has so long in all."""
    monkeypatch.setattr(watch_http, "WHOLE_S", 2.0)
    with ExitStack() as stack:
        server = stack.enter_context(answering("127.0.0.1", 0, watch.answer))
        port = server.server_port
        slow = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=5)))
            for _ in range(MOST_AT_ONCE)
        ]
        for client in slow:
            client.sendall(b"GET /live HT")
        until(lambda: len(server._open) == MOST_AT_ONCE)
        assert said(port, b"").startswith(b"HTTP/1.0 503")
        dripping = threading.Thread(target=drip, args=(slow[0],))
        dripping.start()
        until(lambda: not server._open)
        assert get(port, "/live")[0] == 200
        dripping.join()


def drip(client: socket.socket) -> None:
    """Send a byte now and then, until the server has had enough."""
    try:
        while True:
            client.sendall(b"x")
            time.sleep(0.05)
    except OSError:
        return


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so, for ten seconds at most."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_port_that_is_taken_names_the_setting(port: int, watch: Watch) -> None:
    """The operator sees which key of config.yaml to change."""
    with pytest.raises(OSError, match=f"watch.listen 127.0.0.1:{port}: "):
        WatchServer("127.0.0.1", port, watch.answer)


def test_the_watch_looks_by_itself_and_follows_new_rules(
    office: Office, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version of the rules that are in force now, without a restart."""
    monkeypatch.setattr("pipeline.watch.EVERY_S", 0.01)
    monkeypatch.setattr("pipeline.watch.SHARE", 1)
    desks = [office.desk]
    with watch.running(lambda: desks[-1], Lines()):
        rules = office.desk.rules
        policy = replace(rules.policy, version="new-one")
        desks.append(replace(office.desk, rules=replace(rules, policy=policy)))
        until(lambda: b'rules_info{version="new-one"} 1.0' in watch.answer("/metrics", "", "").body)


def test_a_database_that_is_slow_holds_nobody_up(
    watch: Watch, office: Office, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks while somebody looks gets what was seen before, at once."""
    looking, go_on = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> None:
        looking.set()
        go_on.wait(20)
        raise StoreUnavailable("at last")

    monkeypatch.setattr("pipeline.look.health", slow)
    thread = threading.Thread(target=lambda: watch.look(office.desk, now=office.now))
    thread.start()
    assert looking.wait(20)
    begun = time.monotonic()
    answers = [get(port, path)[0] for path in ("/metrics", "/health", "/live")]
    seconds = time.monotonic() - begun
    go_on.set()
    thread.join()

    assert answers == [200, 200, 200]
    assert (
        seconds < 5
    )  # not twenty; how fast it is shows without a limit that a busy machine breaks
