"""Understanding one mail, here or in a child process with limits (design 7.2, reliability 4.6).

A crafted mail may make a parser or the model eat all memory, never end, or crash the interpreter.
So the daemon lets a child read: it has so much memory and time per mail, and when it dies or
overruns, only that mail is read again by the ladder's last rung, which cannot fail: as a case that
a person reads. The child is started by the first mail and is the only process that loads spaCy.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cases.errors import DeskError
from cases.incoming import MailKind, ParsedMail, Screening
from cases.model import Category, Classification, Matter
from cases.tokens import own_case
from classify.classifier import Classifier
from classify.language import detect
from classify.vocabulary import Vocabulary
from ingest.parse import minimal_parse, parse
from ingest.screen import screen
from pipeline.reading_wire import Reading, receive, send_frame, write_frame

MOST_MAILS = 500  #: read by one child before a fresh one takes over (F10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What reading needs to know of this desk."""

    vocabulary: Vocabulary
    own_addresses: frozenset[str]
    key: bytes
    old_key: bytes = b""  #: that signed before
    model: Path | None = None  #: the model that judges; None: the one we ship


class ReadingFailed(DeskError):
    """A mail could not be read within the limits."""


class ReaderUnavailable(DeskError):
    """The reader can't be started: no fault of the mail, which waits until it can."""


class Reader(Protocol):
    """Reads mails one after the other."""

    def read(self, data: bytes) -> Reading:
        """Return what the mail says; raises ReadingFailed, and is ready for the next one."""

    def close(self) -> None:
        """Let go of whatever the reader holds."""


class InlineReader:
    """Reads in this process, without limits: for commands that look at one mail, and for tests."""

    def __init__(self, tools: Tools, *, classifier: Classifier | None = None) -> None:
        self._tools = tools
        self._classifier = classifier or Classifier(tools.vocabulary, model_path=tools.model)

    def read(self, data: bytes) -> Reading:
        """Return what the mail says; raises ReadingFailed for whatever goes wrong."""
        try:
            return self._read(data)
        except Exception as error:  # one mail must never stop the next
            raise ReadingFailed(f"{type(error).__name__}: {error}"[:500]) from error

    def _read(self, data: bytes) -> Reading:
        mail = parse(data)
        screening = _screened(mail, self._tools)
        classification = None
        if screening.kind is MailKind.PERSON:
            # Below a letter of ours the subject is our own, and "complaint" in it says nothing; the
            # words of the rules are looked for in it all the same, should somebody have changed it.
            ours = "[C-" in mail.subject and _answers_us(mail, self._tools)
            classification = self._classifier.classify(
                mail.all_words, subject="" if ours else mail.subject, signature=mail.signature
            )
        return Reading(mail=mail, screening=screening, classification=classification)

    def warm_up(self) -> None:
        """Load the model now instead of with the first mail."""
        self._classifier.classify("")

    def close(self) -> None:
        """Nothing is held."""


def _screened(mail: ParsedMail, tools: Tools) -> Screening:
    return screen(
        mail,
        own_addresses=tools.own_addresses,
        is_own_id=lambda mail_id: _is_ours(mail_id, tools),
    )


def _answers_us(mail: ParsedMail, tools: Tools) -> bool:
    thread = (*mail.in_reply_to, *mail.references)
    return any(_is_ours(mail_id, tools) for mail_id in thread)


def _is_ours(mail_id: str, tools: Tools) -> bool:
    return own_case(tools.key, mail_id, old_key=tools.old_key) is not None


def read_in_part(data: bytes, tools: Tools) -> Reading:
    """Return the little that can't fail to be read: the ladder's last rung (design 7.2)."""
    mail = minimal_parse(data)
    screening = _screened(mail, tools)
    classification = None
    if screening.kind is MailKind.PERSON:
        classification = Classification(
            language=detect(f"{mail.subject}\n{mail.text[:2000]}"),
            matter=Matter.COMPLAINT,
            category=Category.OTHER,
            score=0.0,  # nobody has read it: a person must
            labels={},
        )
    return Reading(mail=mail, screening=screening, classification=classification)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one mail may cost (reliability 4.9)."""

    seconds: float = 10.0  #: by the wall clock and by the processor's
    start_seconds: float = 60.0  #: for a child to start and load the model, before its first mail
    memory_bytes: int = 512 * 2**20  #: of data, the model included


class ChildReader:
    """Reads in a child process that may be killed at any time."""

    program = "pipeline.reading_child"  #: the module that runs as the child

    def __init__(self, tools: Tools, *, limits: Limits | None = None) -> None:
        self._tools, self._limits = tools, limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None
        self._count = 0
        # The clock reads first mails again while new ones are handled.
        self._one_at_a_time = threading.Lock()

    def read(self, data: bytes) -> Reading:
        """Return what the mail says; a child that fails is replaced by the next call."""
        with self._one_at_a_time:
            return self._read(data)

    def _read(self, data: bytes) -> Reading:
        if self._child and self._child.poll() is not None:
            self.close()  # it ended between two mails: this one is not to blame
        child = self._child = self._child or self._ready()
        try:
            end = time.monotonic() + self._limits.seconds
            send_frame(child.stdin, data, end=end)
            answer = receive(child.stdout, end=end)
        except (OSError, EOFError, TimeoutError) as error:
            why = "took too long" if isinstance(error, TimeoutError) else _ending(child)
            self.close()
            raise ReadingFailed(f"reading it {why}") from error
        self._count += 1
        if self._count >= MOST_MAILS:
            self.close()
        if isinstance(answer, str):
            raise ReadingFailed(answer)
        return answer

    def close(self) -> None:
        """End the child; killing it is enough, it holds nothing."""
        child, self._child, self._count = self._child, None, 0
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()

    def _ready(self) -> subprocess.Popen[bytes]:
        """Return a child that has loaded the model, so that each mail has the same time."""
        child = self._child = self._start()
        try:
            receive(child.stdout, end=time.monotonic() + self._limits.start_seconds)
        except (OSError, EOFError, TimeoutError) as error:
            why = _ending(child)
            self.close()
            raise ReaderUnavailable(
                f"mails can't be read: starting the reader {why}; try: python run.py explain FILE"
            ) from error
        return child

    def _start(self) -> subprocess.Popen[bytes]:
        root = Path(__file__).parent.parent
        child = subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", self.program],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what goes wrong comes back as words
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the daemon, which ends the child itself
        )
        assert child.stdin is not None  # noqa: S101 - asked for above
        write_frame(child.stdin, pickle.dumps((self._tools, self._limits)))
        return child


def _environment() -> dict[str, str]:
    """Return what the interpreter needs, and no secret that config.yaml takes from it."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    blas = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    # One thread: numpy's others only cost memory here.
    return {**found, **blas, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _ending(child: subprocess.Popen[bytes]) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=1)
    code = child.poll()
    return "gave an answer that is none" if code is None else f"ended the reader (exit {code})"
