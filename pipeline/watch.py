"""Watching over the desk from outside: its figures, its health, and whether it is there at all.

A thread looks into the database every few seconds; whoever asks gets what it saw last. So asking
costs nothing, waits for nobody, and works without a database, too.
"""

import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus

from prometheus_client.exposition import choose_encoder

from pipeline.clock import now
from pipeline.clock_watch import ClockWatch
from pipeline.config_watch import WatchSettings
from pipeline.desk import Desk
from pipeline.guard import Guard
from pipeline.look import Look, look
from pipeline.metrics import Counting, Looked, Metrics
from pipeline.show import Reporter
from pipeline.watch_http import Answer, answering

#: Seconds between two looks; where one takes long, twenty times as long as it took.
EVERY_S, SHARE = 5.0, 20
_GONE_S = 5.0  # for the last look to end


class Watch:
    """What is known of a running desk, for those who ask."""

    def __init__(self, settings: WatchSettings, desk: Desk, *, up_since: datetime) -> None:
        """Take note; nothing is looked at yet, and nobody can ask."""
        self._settings, self._up_since = settings, up_since
        self._last = Look(at=up_since, taken_s=time.monotonic(), away_since=up_since)
        self.metrics = Metrics(tuple(desk.settings.mailboxes))
        self.metrics.registry.register(Looked(lambda: self._last))

    def counting(self, out: Reporter) -> Reporter:
        """Return a reporter that counts what `out` says."""
        return Counting(out, self.metrics)

    def look(self, desk: Desk, *, now: datetime, clock: ClockWatch | None = None) -> None:
        """Look into the database, and at the clock."""
        wrong = clock.issue(now) if clock else None
        self._last = look(desk, now=now, up_since=self._up_since, before=self._last, clock=wrong)

    def answer(self, path: str, authorization: str, accept: str) -> Answer:
        """Answer one question, from memory."""
        if path == "/live":
            return _json(HTTPStatus.OK, {"alive": True})
        if not self._may_ask(authorization):
            return _json(HTTPStatus.UNAUTHORIZED, {"error": "Authorization: Bearer TOKEN"})
        if path == "/health":
            last, at_s = self._last, time.monotonic()
            well = HTTPStatus.OK if last.healthy(at_s=at_s) else HTTPStatus.SERVICE_UNAVAILABLE
            return _json(well, last.as_json(at_s=at_s))
        if path == "/metrics":
            encode, kind = choose_encoder(accept)
            return Answer(status=HTTPStatus.OK, body=encode(self.metrics.registry), type=kind)
        return _json(HTTPStatus.NOT_FOUND, {"error": "there are /metrics, /health and /live"})

    def _may_ask(self, authorization: str) -> bool:
        token = self._settings.token
        kind, _, given = authorization.partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
        return not token or (kind.lower() == "bearer" and same)

    @contextmanager
    def running(
        self, current: Callable[[], Desk], out: Reporter, *, clock: ClockWatch | None = None
    ) -> Iterator[None]:
        """Look and answer while the block runs; OSError if the address can't be had.

        `current`: the desk of the moment; its rules may be swapped. `clock`: whether the time can
        be trusted.
        """
        stop, guard = threading.Event(), Guard(out)

        def once() -> None:
            guard("watch", lambda: self.look(current(), now=now(), clock=clock))

        def go_on_looking() -> None:
            pause = EVERY_S
            while not stop.wait(pause):
                begun = time.monotonic()
                once()
                pause = max(EVERY_S, SHARE * (time.monotonic() - begun))

        once()

        thread = threading.Thread(target=go_on_looking, name="watch", daemon=True)
        with answering(self._settings.host, self._settings.port, self.answer):
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join(_GONE_S)


def _json(status: HTTPStatus, found: object) -> Answer:
    body = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    return Answer(status=status, body=body)
