"""An IMAP mailbox (RFC 3501, RFC 9051): the door through which complaints come in.

Mails are known by (UIDVALIDITY, UID) only; flags are not our state, so other clients may set,
clear, move and expunge as they like (F23-F26). IDLE is RFC 2177, MOVE RFC 6851, UIDPLUS RFC 4315.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
)

from cases.incoming import RawMail
from ingest.imap_fetch import LIST_AT_ONCE, Facts, arrival_of, chunks, fetch, size_of
from ingest.imap_filing import ensure_folder, move_out
from ingest.imap_folders import contents, locate
from ingest.imap_session import GARBLED, ImapSession, Tls, refuse_control
from ingest.imap_wire import SLACK, Client
from ingest.source import (
    BEGINNING,
    HEADER_CAP,
    MAX_BYTES,
    Filing,
    Fingerprint,
    FolderContents,
    Known,
    PartialMail,
    Stop,
)

_FETCH_AT_ONCE = 200  # mails in one batch
_WHOLE_TRIES = 4  # in a batch, then three times alone; after these the beginning will do (F29)
_TRIES = 6  # after these the mail is left alone


class ImapSource:
    """One folder of an IMAP server as a `MailSource`; one instance belongs to one thread."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        tls: Tls,
        folder: str = "INBOX",
        processed: str = "Processed",
        rejected: str = "Rejected",
        max_bytes: int = MAX_BYTES,
        batch_bytes: int = 8 * 2**20,
        ca_file: Path | None = None,
        connect_seconds: float = 30,
        command_seconds: float = 60,
        idle_seconds: float = 9 * 60,
    ) -> None:
        """Take note; ValueError: control marks in a name (F33), `tls: none` to another machine."""
        self.name = name
        self._targets, self._folder = _targets(name, processed, rejected), folder
        self._session = ImapSession(
            name,
            host=host,
            port=port,
            user=user,
            password=password,
            tls=tls,
            folder=folder,
            ca_file=ca_file,
            connect_seconds=connect_seconds,
            command_seconds=command_seconds,
        )
        self._max_bytes, self._batch_bytes = max_bytes, batch_bytes
        self._idle_seconds = idle_seconds
        self._idle_works = True
        self._seen_next: int | None = None  # UIDNEXT as of the last scan
        self._tries: dict[tuple[int, int], int] = {}

    @property
    def unfetchable(self) -> tuple[str, ...]:
        """The UIDs the server won't give us, not even in part; they rest until the next start."""
        return tuple(str(uid) for (_, uid), tries in self._tries.items() if tries >= _TRIES)

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield unknown mails in UID order; those that failed before come last, one by one."""
        with self._session.use():
            client = self._session.select()
            self._seen_next = self._session.next_uid
            uids: list[int] = client.search("ALL")
        validity = self._session.validity
        have = known(validity)
        tries = {uid: self._tries.get((validity, uid), 0) for uid in uids if str(uid) not in have}
        fresh = sorted(uid for uid in tries if not tries[uid])
        for chunk in chunks(fresh, LIST_AT_ONCE):
            yield from self._mails(validity, chunk)
        failed = (uid for uid in tries if 0 < tries[uid] < _TRIES)
        for uid in sorted(failed, key=lambda uid: (tries[uid], uid)):
            yield from self._mails(validity, [uid])

    def _mails(self, validity: int, uids: list[int]) -> Iterator[RawMail]:
        with self._session.use(validity=validity) as client, self._counting(validity, uids):
            facts = fetch(client, uids, ["RFC822.SIZE", "INTERNALDATE"], limit=SLACK)
            self._note_missing(client, [uid for uid in uids if uid not in facts])
        for batch in self._batches(validity, facts):
            with self._session.use(validity=validity) as client, self._counting(validity, batch):
                mails = self._bodies(client, batch, facts)
            while mails:  # handing them over one by one keeps nothing twice
                yield mails.popleft()

    def _batches(self, validity: int, facts: Facts) -> Iterator[list[int]]:
        """Group UIDs by bytes; one whose beginning must do makes a batch of its own."""
        batch: list[int] = []
        weight = 0
        for uid in sorted(facts):
            size = size_of(facts[uid])
            alone = self._in_part(validity, uid, size)
            full = weight + size > self._batch_bytes or len(batch) >= _FETCH_AT_ONCE
            if batch and (alone or full):
                yield batch
                batch, weight = [], 0
            if alone:
                yield [uid]
                continue
            batch.append(uid)
            weight += size
        if batch:
            yield batch

    def _in_part(self, validity: int, uid: int, size: int) -> bool:
        return size > self._max_bytes or self._tries.get((validity, uid), 0) >= _WHOLE_TRIES

    def _bodies(self, client: Client, batch: list[int], facts: Facts) -> deque[RawMail]:
        validity = self._session.validity
        in_part = self._in_part(validity, batch[0], size_of(facts[batch[0]]))
        if in_part:
            key, limit = b"BODY[]<0>", HEADER_CAP + BEGINNING
            got = fetch(client, batch, [f"BODY.PEEK[]<0.{limit}>"], limit=limit + SLACK)
        else:
            key, limit = b"BODY[]", 2 * sum(size_of(facts[uid]) for uid in batch)
            got = fetch(client, batch, ["BODY.PEEK[]"], limit=limit + SLACK)
        mails: deque[RawMail] = deque()
        missing = []
        for uid in batch:
            data = got.pop(uid, {}).get(key)
            if isinstance(data, bytes):
                mails.append(self._mail(uid, data, facts[uid], in_part=in_part))
                self._tries.pop((validity, uid), None)
            else:
                missing.append(uid)
        self._note_missing(client, missing)
        return mails

    def _mail(self, uid: int, data: bytes, facts: dict[bytes, object], *, in_part: bool) -> RawMail:
        whole = RawMail(
            mailbox=self.name,
            uidvalidity=self._session.validity,
            uid=str(uid),
            received_at=arrival_of(facts),
            data=data,
        )
        if in_part or len(data) > self._max_bytes:  # RFC822.SIZE may lie (F30)
            return PartialMail.of(whole, size=max(size_of(facts), len(data)))
        return whole

    def _note_missing(self, client: Client, uids: list[int]) -> None:
        """Note a failure against mails that are there but were not given to us."""
        if uids:
            for uid in client.search(["UID", ",".join(map(str, uids))]):
                key = self._session.validity, uid
                self._tries[key] = self._tries.get(key, 0) + 1

    @contextlib.contextmanager
    def _counting(self, validity: int, batch: list[int]) -> Iterator[None]:
        """Note a failure against the mails of this batch: one bad mail must not stop the others."""
        try:
            yield
        except (IMAPClientError, OSError, *GARBLED):
            for uid in batch:
                before = self._tries.get((validity, uid), 0)
                self._tries[validity, uid] = max(before, 1) if len(batch) > 1 else before + 1
            raise

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Move one mail, by UID MOVE or by COPY and UID EXPUNGE; a missing folder is created."""
        return self.file_all(uidvalidity, [uid], folder)

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Move many mails: 100 in one command cost as much as one alone (2 ms on Dovecot)."""
        numbers = [int(uid) for uid in uids if uid.isdecimal() and 0 < int(uid) < 2**32]
        session = self._session
        for chunk in chunks(numbers, LIST_AT_ONCE):
            with session.use() as client:
                if session.validity != uidvalidity:
                    return True  # no such mails any more
                if session.read_only or not self._file_chunk(client, chunk, folder):
                    return False
        return True

    def _file_chunk(self, client: Client, uids: list[int], folder: Filing) -> bool:
        if move_out(client, uids, self._targets[folder]):
            return True
        name = ensure_folder(client, self._targets[folder])
        if name is None:
            return False  # the folder was not what it failed on
        self._targets[folder] = name
        return move_out(client, uids, name)

    def inventory(self) -> tuple[FolderContents, ...]:
        """List the three folders, read-only (EXAMINE), and return to the one that is read."""
        names = {"inbox": self._folder, **{role.value: n for role, n in self._targets.items()}}
        with self._session.use() as client:
            found = tuple(contents(client, role, folder) for role, folder in names.items())
            self._session.select()
        return found

    def find(self, mails: Sequence[Fingerprint], folder: Filing) -> frozenset[str]:
        """Look for mails by their bytes: moving gave them other UIDs."""
        with self._session.use() as client:
            there = locate(client, self._targets[folder], mails, read_only=True)
            self._session.select()
        return frozenset(there)

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Move mails, found by their bytes, from one of our folders into the other."""
        with self._session.use() as client:
            there = locate(client, self._targets[source], mails, read_only=False)
            moved = not there or self._file_chunk(client, sorted(there.values()), target)
            self._session.select()
        return moved

    def wait(self, seconds: float, *, stop: Stop) -> bool:
        """Wait by IDLE, renewed every 9 minutes (RFC 2177 §3); without IDLE sleep in slices."""
        end = time.monotonic() + seconds
        with self._session.use():
            client = self._session.select()
            newer, seen = self._session.next_uid, self._seen_next
            if newer is not None and seen is not None and newer > seen:
                return True  # it came between the scan and now, when nobody was idling
            while not stop() and (left := end - time.monotonic()) > 0:
                if not (self._idle_works and client.has_capability("IDLE")):
                    time.sleep(min(left, 0.5))
                elif self._idle(client, min(left, self._idle_seconds), stop):
                    return True
        return False

    def _idle(self, client: Client, seconds: float, stop: Stop) -> bool:
        end = time.monotonic() + seconds
        try:
            news = client.start_idle()
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            self._idle_works = False  # promised, but not kept; the scans go on
            raise
        while not news and not stop() and (left := end - time.monotonic()) > 0:
            if client.wire.readable(min(left, 1.0)):
                break
        _, answers = client.idle_done()  # ends by time-out on a dead line (F15)
        return news or any(
            len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in answers
        )

    def close(self) -> None:
        """Log out, within 5 seconds on a dead line."""
        self._session.close()


def _targets(name: str, processed: str, rejected: str) -> dict[Filing, str]:
    for text in (processed, rejected):
        refuse_control(name, text)
    return {Filing.PROCESSED: processed, Filing.REJECTED: rejected}
