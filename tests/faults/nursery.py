"""Where daemons are born: a process that has loaded the desk once and forks itself for each.

Loading takes two seconds, a fork twenty milliseconds: a run with fifty kills would spend most of
its time loading. The fork happens in a process without threads, so the daemon begins as any other.
What a killed daemon leaves behind becomes a child of the nursery and can be counted there.
"""

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_SUBREAPER = 36  # prctl(2)


class Daemon:
    """One daemon of a nursery: what a test asks of `subprocess.Popen`."""

    def __init__(self, pid: int, out: Path) -> None:
        self.pid, self._out = pid, out
        self.returncode: int | None = None
        self._ended = threading.Event()

    def poll(self) -> int | None:
        """Return the exit code (minus the signal's number if one ended it), None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; subprocess.TimeoutExpired after `timeout` seconds."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(f"daemon {self.pid}", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def said(self) -> str:
        """Return what it has printed."""
        return self._out.read_text(encoding="utf-8", errors="replace") if self._out.exists() else ""

    @property
    def is_ready(self) -> bool:
        """Tell whether it has said that it is ready to work."""
        return '"action": "ready"' in self.said()

    def ended(self, code: int) -> None:
        """Note its end."""
        self.returncode = code
        self._ended.set()


class Nursery:
    """The test's side: asks for daemons and learns of their ends."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._daemons: dict[int, Daemon] = {}
        self._born = threading.Condition()
        self._new: list[Daemon] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def start(self, *words: str, environment: Mapping[str, str], out: Path) -> Daemon:
        """Start `python run.py WORDS` through the driver; all it says goes into `out`."""
        order = {"words": words, "environment": dict(environment), "out": str(out)}
        assert self._process.stdin is not None
        with self._born:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            assert self._born.wait_for(lambda: self._new, timeout=30), "the nursery is silent"
            return self._new.pop()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            row = json.loads(line)
            with self._born:
                daemon = self._daemons.pop(row["pid"], None)
                if "code" not in row:
                    daemon = self._daemons[row["pid"]] = Daemon(row["pid"], Path(row["out"]))
                    self._new.append(daemon)
                    self._born.notify_all()
                elif daemon:  # else a child that a daemon left behind
                    daemon.ended(row["code"])

    def left_over(self, *, patience: float = 2.0) -> list[str]:
        """Return the command lines of processes that daemons have left behind."""
        end = time.monotonic() + patience
        while (found := _descendants(self._process.pid)) and time.monotonic() < end:
            time.sleep(0.02)
        return [f"{pid} {_state(pid)}" for pid in found if pid not in self._daemons]

    def close(self) -> None:
        """End the nursery and whatever it holds."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._thread.join(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def _state(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return "gone"


# -------------------------------------------------------------- the nursery itself


def _say(**row: Any) -> None:
    os.write(1, json.dumps(row).encode() + b"\n")


def _give_birth(order: dict[str, Any]) -> None:
    pid = os.fork()
    if pid:
        _say(pid=pid, out=order["out"])
        return
    from tests.faults import worker

    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(order["out"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, out), (2, out)):
        os.dup2(source, target)
    os.closerange(3, 256)
    os.environ.update(order["environment"])
    sys.argv = ["run.py", *order["words"]]
    worker.main()
    os._exit(70)


def _bury() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _say(pid=pid, code=os.waitstatus_to_exitcode(status))


def main() -> None:
    """Fork a daemon per line of standard input, tell each end, until the input ends."""
    from tests.faults import worker

    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    worker.warm_up()
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    ahead = b""
    while True:
        for ready in select.select([0, woken], [], [])[0]:
            data = os.read(ready, 65536)
            if ready == woken:
                _bury()
                continue
            if not data:
                for pid in _descendants(os.getpid()):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                return
            *orders, ahead = (ahead + data).split(b"\n")
            for order in orders:
                _give_birth(json.loads(order))


if __name__ == "__main__":
    main()
