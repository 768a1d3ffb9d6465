"""A reading child that does what some mails ask for, and has no model to load.

It runs as a process of its own in place of pipeline.reading_child; the product has no such switch.
"""

import ctypes
import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from unittest import mock

from cases.incoming import ParsedMail
from cases.model import Category, Classification, Matter
from ingest.parse import parse as whole_parse
from pipeline import reading, reading_child, reading_wire


class Unread:
    """A classifier that reads nothing."""

    def __init__(self, *_arguments: object, **_options: object) -> None:
        """Take what a classifier takes."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Say the same of every mail."""
        return Classification(
            language="en",
            matter=Matter.COMPLAINT,
            category=Category.OTHER,
            score=0.5,
            labels={},
            model=f"child {os.getpid()}",
        )


def odd_parse(data: bytes) -> ParsedMail:
    """Read a mail, unless its first word asks for trouble."""
    word = data.partition(b":")[0].decode("latin-1")
    if word in TROUBLES:
        TROUBLES[word]()
    if word == "Look":
        seen = [*os.environ, *map(_target, _descriptors())]
        return whole_parse(b"From: a@b.example\r\n\r\n" + "\n".join(seen).encode())
    return whole_parse(data)


def _crash() -> None:
    ctypes.string_at(0)  # SIGSEGV, as from a C library that a mail defeats


def _eat() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * 2**24)


def _spin() -> None:
    while True:
        pass


def _fail() -> None:
    raise LookupError("no such codec")


def _say(descriptor: int) -> None:
    os.write(descriptor, b"a library that prints\n" * 10)


def _write() -> None:
    Path("odd_child_was_here").write_bytes(b"x")


def _forge() -> None:
    """Answer in the desk's place with a pickle that would run a program there."""
    answer = pickle.dumps(os.getcwd)
    with os.fdopen(_answers(), "wb") as out:
        reading_wire.write_frame(out, answer)
        time.sleep(60)


def _boast() -> None:
    """Announce an answer of four gigabytes and begin to send it."""
    with os.fdopen(_answers(), "wb") as out:
        out.write(reading_wire.HEAD.pack(2**32 - 1))
        while True:
            out.write(bytes(2**20))


def _answers() -> int:
    """Return the pipe that answers go to: the one that is neither input, output nor error."""
    return next(n for n in _descriptors() if n > 2 and _target(n).startswith("pipe:"))


def _descriptors() -> list[int]:
    return sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())


def _target(number: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:
        return ""  # the folder that was just listed


TROUBLES: Final[dict[str, Callable[[], None]]] = {
    "Crash": _crash,
    "Eat": _eat,
    "Sleep": lambda: time.sleep(3600),
    "Spin": _spin,
    "Fail": _fail,
    "Exit": lambda: os._exit(0),
    "Talk": lambda: _say(1),
    "Warn": lambda: _say(2),
    "Write": _write,
    "Forge": _forge,
    "Boast": _boast,
}

if __name__ == "__main__":
    with (
        mock.patch.object(reading, "parse", odd_parse),
        mock.patch.object(reading, "Classifier", Unread),
    ):
        reading_child.main()
