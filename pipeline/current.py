"""The desk that works now. It is swapped whole: who took it goes on with what was taken."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.desk import Desk
from pipeline.reading import Reader


class Current:
    """One reference to a desk. A reader that was swapped out is closed by its last user."""

    def __init__(self, desk: Desk) -> None:
        """Begin with this desk; its reader is closed with this."""
        self._desk = desk
        self._lock = threading.Lock()
        self._users: Counter[int] = Counter()  # of each reader, by its id

    @property
    def desk(self) -> Desk:
        """The desk of this moment, for whoever does not read mails with it."""
        return self._desk

    @contextmanager
    def hold(self) -> Iterator[Desk]:
        """Take the desk for one mail or one turn; it stays as it is, its reader open."""
        with self._lock:
            desk = self._desk
            self._users[id(desk.reader)] += 1
        try:
            yield desk
        finally:
            with self._lock:
                self._users[id(desk.reader)] -= 1
                retired = self._retired(desk.reader)
            if retired:
                desk.reader.close()

    def swap(self, desk: Desk) -> None:
        """Let every mail that is begun from now on be handled by this desk."""
        with self._lock:
            old, self._desk = self._desk, desk
            retired = self._retired(old.reader)
        if retired:
            old.reader.close()

    def close(self) -> None:
        """Let go of the reader."""
        self._desk.reader.close()

    def _retired(self, reader: Reader) -> bool:
        return reader is not self._desk.reader and not self._users[id(reader)]
