"""The child of reading.ChildReader: reads mails from standard input within limits, one by one."""

import os
import pickle
import resource
import signal
import sys
import time

from pipeline.reading import InlineReader, Limits, ReadingFailed
from pipeline.reading_wire import HEAD, write_frame


def main() -> None:
    """Serve until standard input ends; whatever goes wrong with a mail is answered as words."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A library that prints must not answer, and no file may be written.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the daemon says when: it closes our input
    tools, limits = pickle.loads(_frame())  # noqa: S301 - from our own parent
    _limit(limits)
    reader = InlineReader(tools)
    reader.warm_up()
    write_frame(out, pickle.dumps("ready"))
    while True:
        data = _frame()
        _allow_seconds(limits)
        try:
            answer = pickle.dumps(reader.read(data))
        except ReadingFailed as error:
            answer = pickle.dumps(str(error))
        write_frame(out, answer)


def _frame() -> bytes:
    head = sys.stdin.buffer.read(HEAD.size)
    if len(head) < HEAD.size:
        sys.exit(0)  # the daemon is gone
    size = HEAD.unpack(head)[0]
    data = sys.stdin.buffer.read(size)
    if len(data) < size:
        sys.exit(0)  # it went in the middle of a mail
    return data


def _limit(limits: Limits) -> None:
    """Bound memory and files for good."""
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds(limits: Limits) -> None:
    """Allow the next mail its share of processor time, on top of what is used up."""
    seconds = int(time.process_time() + limits.seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


if __name__ == "__main__":
    main()
