"""The dead man's signal: somebody else is called every minute, as long as all work goes on.

Who is called raises an alarm when the calls stay away: because the desk is dead, its machine, its
network, or because it does not work. A failure is never called in; silence says it (healthchecks.io
and its like wait for exactly that).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.config_alarm import AlarmSettings
from pipeline.show import Reporter, masked
from pipeline.webhook import call

EVERY = timedelta(minutes=1)
#: A look that comes a little early counts: the watch thread is woken every thirty seconds.
_EARLY = timedelta(seconds=5)


class Heartbeat:
    """Beats while the desk works; one thread's own."""

    def __init__(
        self, settings: AlarmSettings, out: Reporter, *, call: Callable[[str], str] = call
    ) -> None:
        self._settings, self._out, self._call = settings, out, call
        self._next_at: datetime | None = None
        self._trouble = ""

    def beat(self, *, working: bool, now: datetime) -> None:
        """Call and touch, at most once a minute; what fails is a line, once for each reason.

        `working`: every mailbox was read within ten minutes, no mail waits, the database is there.
        """
        ways = (self._settings.heartbeat, self._settings.heartbeat_file)
        if not working or not any(ways):
            return
        # A clock that was set back must not silence us for long.
        waits = self._next_at and now < self._next_at <= now + EVERY
        if waits:
            return
        self._next_at = now + EVERY - _EARLY
        trouble = "; ".join(filter(None, (self._touched(), self._called())))
        if trouble and trouble != self._trouble:
            words = f"heartbeat: {masked(trouble)}; tried again every minute"
            self._out.line("trouble", words, at=now, action="heartbeat")
        self._trouble = trouble

    def _called(self) -> str:
        url = self._settings.heartbeat
        why = self._call(url) if url else ""
        return f"the address of alarm.heartbeat did not take it ({why})" if why else ""

    def _touched(self) -> str:
        path = self._settings.heartbeat_file
        try:
            if path is not None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.touch(mode=0o644)
        except OSError as error:
            return f"can't touch {path}: {error.strerror}"
        return ""
