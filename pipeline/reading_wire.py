"""What goes over the pipe between the desk and its reading child: mails in, readings out.

Each message is its length and its bytes. What comes back is hostile until proven otherwise: the
child has read a stranger's mail, so only nouns of ours are unpickled, and nothing without a limit.
"""

import io
import os
import pickle
import select
import struct
import time
from dataclasses import dataclass
from enum import Enum
from typing import IO

from cases import incoming, model
from cases.incoming import ParsedMail, Screening
from cases.model import Classification

MOST_ANSWER = 128 * 2**20  #: bytes; a mail is at most 25 MiB, and comes back decoded
HEAD = struct.Struct("!I")
#: What an answer is made of, by exact name: nothing that a name can be followed into.
_NOUNS = {
    (noun.__module__, noun.__name__): noun
    for module in (incoming, model)
    for noun in vars(module).values()
    if isinstance(noun, type) and noun.__module__ == module.__name__
}
_PLAIN = {("datetime", name) for name in ("datetime", "timedelta", "timezone")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a mail says; `classification` is None for a machine's mail: nobody reads it."""

    mail: ParsedMail
    screening: Screening
    classification: Classification | None


def send_frame(pipe: IO[bytes] | None, data: bytes, *, end: float) -> None:
    """Write one message; TimeoutError when the child does not take it in time."""
    if pipe is None:
        raise EOFError
    os.set_blocking(pipe.fileno(), False)
    rest = memoryview(HEAD.pack(len(data)) + data)
    while rest:
        left = end - time.monotonic()
        if left <= 0 or not select.select([], [pipe], [], left)[1]:
            raise TimeoutError
        rest = rest[os.write(pipe.fileno(), rest[: 2**16]) :]


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    """Write one message: its length, then its bytes."""
    pipe.write(HEAD.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes] | None, *, end: float) -> Reading | str:
    """Return the child's answer; TimeoutError when it takes longer, EOFError when it is gone."""
    if pipe is None:
        raise EOFError
    size = HEAD.unpack(_exactly(pipe, HEAD.size, end))[0]
    if size > MOST_ANSWER:
        raise EOFError
    answer = io.BytesIO(_exactly(pipe, size, end))
    try:
        found = AnswerUnpickler(answer).load()
    except Exception as error:  # bytes that are no answer fail in any way they like
        raise EOFError from error
    if not isinstance(found, Reading | str):
        raise EOFError
    return found


def _exactly(pipe: IO[bytes], size: int, end: float) -> bytes:
    parts = []
    while size:
        left = end - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        part = os.read(pipe.fileno(), min(size, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _member(noun: object, name: str) -> Enum:
    """Return a member of one of our enumerations; this is all that `getattr` may do here."""
    if isinstance(noun, type) and issubclass(noun, Enum):
        return noun[name]
    raise pickle.UnpicklingError(f"{noun!r} is no enumeration")


class AnswerUnpickler(pickle.Unpickler):
    """Takes values of ours only: a child that a mail has taken over must not run code here."""

    def find_class(self, module: str, name: str) -> object:
        """Return a noun of the vocabulary, a Reading, or a time."""
        if (module, name) == (__name__, "Reading"):
            return Reading
        if (module, name) in _NOUNS:
            return _NOUNS[module, name]
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):
            return _member  # how Python before 3.11.4 writes the member of an enumeration
        raise pickle.UnpicklingError(f"{module}.{name} has no business here")
