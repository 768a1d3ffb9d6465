"""The child of reading.ChildReader: reads mails from standard input within limits, one by one."""

import os
import pickle
import resource
import sys
import time

from pipeline.reading import HEAD, InlineReader, Limits, ReadingFailed, write_frame


def main() -> None:
    """Serve until standard input ends; whatever goes wrong with a mail is answered as words."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not answer
    tools, limits = pickle.loads(_frame())  # noqa: S301 - from our own parent
    _limit(limits)
    reader = InlineReader(tools)
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
    return sys.stdin.buffer.read(HEAD.unpack(head)[0])


def _limit(limits: Limits) -> None:
    """Bound memory, files and processes for good."""
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds(limits: Limits) -> None:
    """Allow the next mail its share of processor time, on top of what is used up."""
    used = time.process_time()
    seconds = int(used + limits.seconds + (limits.start_seconds if used < 5 else 0)) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


if __name__ == "__main__":
    main()
