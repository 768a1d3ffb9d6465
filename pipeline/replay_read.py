"""Reading stored mails again, several at once: each reader has a thread that waits for it.

The readers are children with limits, as the daemon's is: a mail that hangs or kills its reader
costs only itself. What was read is handed on in order, and only a few mails ahead are held.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue

from cases.replay_rows import HandledCase, HandledMail
from classify.vocabulary import Vocabulary
from pipeline.desk import Desk
from pipeline.models import live_model
from pipeline.reading import ChildReader, Reader, ReadingFailed
from pipeline.understood import Understood, in_part

#: Cases asked for in one go; and cases read ahead for each reader.
_BATCH, _AHEAD = 100, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One reader for each of two sets of rules; the same one where they read alike."""

    live: Reader
    new: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """A stored mail, read again by both."""

    mail: HandledMail
    live: Understood | None  #: None: it can't be read now, though it could be then
    new: Understood | None
    why: str = ""  #: why not


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCase:
    """A case with its mails, read again."""

    case: HandledCase
    mails: tuple[ReadMail, ...]


@contextmanager
def readers_for(desk: Desk, new: Vocabulary) -> Iterator[tuple[Pair, ...]]:
    """Hand out a pair for each processor; children start with their first mail and end here."""
    live = replace(desk.tools, model=live_model(desk.settings.models))
    alike = new == live.vocabulary
    pairs = []
    with ExitStack() as stack:
        for _ in range(os.cpu_count() or 1):
            one = ChildReader(live)
            stack.callback(one.close)
            other = one if alike else ChildReader(replace(live, vocabulary=new))
            stack.callback(other.close)
            pairs.append(Pair(live=one, new=other))
        yield tuple(pairs)


def read_again(
    desk: Desk, *, since: datetime, until: datetime, pairs: Sequence[Pair]
) -> Iterator[ReadCase]:
    """Yield every case that mails of this time opened or joined, in order, its mails read.

    Raises ReaderUnavailable if a reader can't be started.
    """
    free: SimpleQueue[Pair] = SimpleQueue()
    for pair in pairs:
        free.put(pair)

    def read(case: HandledCase) -> ReadCase:
        pair = free.get()
        try:
            mails = tuple(_read(desk, mail, pair) for mail in case.mails)
        finally:
            free.put(pair)
        return ReadCase(case=case, mails=mails)

    pool = ThreadPoolExecutor(len(pairs), thread_name_prefix="replay")
    ahead: deque[Future[ReadCase]] = deque()
    try:
        for case in _stored(desk, since=since, until=until):
            ahead.append(pool.submit(read, case))
            if len(ahead) > _AHEAD * len(pairs):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:  # whoever looks at the first few only, or an error, waits for no further mail
        pool.shutdown(cancel_futures=True)


def _stored(desk: Desk, *, since: datetime, until: datetime) -> Iterator[HandledCase]:
    with desk.store.read() as tx:
        ids = tx.cases_written_to(since=since, until=until)
    for start in range(0, len(ids), _BATCH):
        with desk.store.read() as tx:
            found = tx.handled_cases(ids[start : start + _BATCH], since=since, until=until)
        yield from found


def _read(desk: Desk, mail: HandledMail, pair: Pair) -> ReadMail:
    with desk.store.read() as tx:
        data = tx.raw_of(mail.inbox_id)
    if mail.size and not data:
        return ReadMail(mail=mail, live=None, new=None, why="it is no longer stored")
    if mail.in_part:  # it may be read whole today, but that is not what happened
        part = in_part(data, desk.tools, why=mail.in_part)
        return ReadMail(mail=mail, live=part, new=part)
    try:
        live = _whole(pair.live, mail, data)
        new = live if pair.new is pair.live else _whole(pair.new, mail, data)
    except ReadingFailed as error:
        return ReadMail(mail=mail, live=None, new=None, why=str(error))
    return ReadMail(mail=mail, live=live, new=new)


def _whole(reader: Reader, mail: HandledMail, data: bytes) -> Understood:
    reading = reader.read(data)
    # Nobody asks for the bytes of attachments any more, and a few such mails would fill the memory.
    light = tuple(replace(one, data=b"") for one in reading.mail.attachments)
    reading = replace(reading, mail=replace(reading.mail, attachments=light))
    return Understood(reading=reading, readable=mail.size <= len(data))
