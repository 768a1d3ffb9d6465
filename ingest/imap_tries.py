"""How often the server failed to give us a mail: one bad mail must not stop the others (F29)."""

import contextlib
from collections.abc import Iterator

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientError,
)

from ingest.imap_session import GARBLED
from ingest.imap_wire import Client

WHOLE = 4  #: in a batch, then three times alone; after these the beginning will do
MOST = 6  #: after these the mail is left alone


class Tries:
    """The failures of one mailbox since the start, by UIDVALIDITY and UID."""

    def __init__(self) -> None:
        self._failed: dict[tuple[int, int], int] = {}

    @property
    def given_up(self) -> tuple[str, ...]:
        """The UIDs that are left alone."""
        return tuple(str(uid) for (_, uid), tries in self._failed.items() if tries >= MOST)

    def of(self, validity: int, uid: int) -> int:
        """Return how often one mail failed."""
        return self._failed.get((validity, uid), 0)

    def forget(self, validity: int, uid: int) -> None:
        """Take note that it was given to us after all."""
        self._failed.pop((validity, uid), None)

    def note_missing(self, client: Client, validity: int, uids: list[int]) -> None:
        """Note a failure against mails that are there but were not given to us."""
        if uids:
            for uid in client.search(["UID", ",".join(map(str, uids))]):
                self._failed[validity, uid] = self.of(validity, uid) + 1

    @contextlib.contextmanager
    def counting(self, validity: int, batch: list[int]) -> Iterator[None]:
        """Note a failure against the mails of this batch."""
        try:
            yield
        except (IMAPClientError, OSError, *GARBLED):
            for uid in batch:
                before = self.of(validity, uid)
                self._failed[validity, uid] = max(before, 1) if len(batch) > 1 else before + 1
            raise
