"""One connection in memory, as the client's socket shows it; the server answers line by line.

Nothing is waited for: where a real socket would have run into its time-out, it says so at once, and
the clock of the test goes on by as much.
"""

import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

HANG, DROP, RESET = b"\0hang", b"\0drop", b"\0reset"  #: within an answer: what follows never comes
#: What a client may do before it is called stuck.
MOST_STEPS = 50_000


@dataclass
class Tempo:
    """How slowly a server talks and listens, and what time it has become."""

    clock: float = 1000.0  #: seconds
    seconds_a_byte: float = 0  #: of an answer
    seconds_a_kib: float = 0  #: of what it hears

    def monotonic(self) -> float:
        """Stand for time.monotonic."""
        return self.clock


class Line:
    """A socket whose other end is `hear`: a line of the client → the answer to it."""

    family: ClassVar[int] = socket.AF_INET

    def __init__(self, greeting: bytes, tempo: Tempo, timeout: float | None) -> None:
        self.hear: Callable[[bytes], bytes] = lambda line: b""
        self._tempo, self._timeout = tempo, timeout
        self._out, self._in = bytearray(), bytearray()
        self._end = b""  # how it ends once everything was read
        self._steps = 0
        self.put(greeting)

    @property
    def readable(self) -> bool:
        """True if a read would not wait."""
        return bool(self._out) or self._end in (DROP, RESET)

    def recv(self, size: int) -> bytes:
        """Return bytes, or end as a time-out, a hang-up or a reset does."""
        self._count()
        if self._out:
            size = 1 if self._tempo.seconds_a_byte else size
            piece = bytes(self._out[:size])
            del self._out[:size]
            self._tempo.clock += self._tempo.seconds_a_byte * len(piece)
            return piece
        if self._end == DROP:
            return b""
        if self._end == RESET:
            raise ConnectionResetError(104, "Connection reset by peer")
        if self._timeout == 0:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        assert self._timeout is not None, "a socket without a time-out could wait for ever"
        self._tempo.clock += self._timeout
        raise TimeoutError("timed out")

    def sendall(self, data: bytes | memoryview) -> None:
        """Hear what the client says."""
        self._count()
        if self._end in (DROP, RESET):
            raise BrokenPipeError(32, "Broken pipe")
        self._tempo.clock += self._tempo.seconds_a_kib * len(data) / 1024
        self._in += data
        while (end := self._in.find(b"\n")) >= 0:
            line = bytes(self._in[: end + 1])
            del self._in[: end + 1]
            self.put(self.hear(line))

    def settimeout(self, seconds: float | None) -> None:
        """Take note."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """Return what was noted."""
        return self._timeout

    def setsockopt(self, *_: object) -> None:
        """Nothing to set."""

    def makefile(self, *_: object) -> io.BytesIO:
        """Return a file nobody reads: our own code reads the socket."""
        return io.BytesIO()

    def shutdown(self, *_: object) -> None:
        """Hang up."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._out.clear()
        self._end = self._end or DROP

    def put(self, said: bytes) -> None:
        """Say something; what follows a mark of the end never comes."""
        if self._end:
            return
        for end in (HANG, DROP, RESET):
            said, found, _ = said.partition(end)
            if found:
                self._end = end
        self._out += said

    def say_and_hang_up(self, words: bytes) -> None:
        """Say goodbye."""
        self.put(words + DROP)

    def _count(self) -> None:
        self._steps += 1
        assert self._steps < MOST_STEPS, "the client goes round in circles"
