"""An IMAP mailbox (RFC 3501, RFC 9051): the door through which complaints come in.

Mails are known by (UIDVALIDITY, UID) only; flags are not our state, so other clients may set,
clear, move and expunge as they like (F23-F26). IDLE is RFC 2177, MOVE RFC 6851, UIDPLUS RFC 4315.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
)

from cases.incoming import RawMail
from cases.login import Token
from ingest.imap_expunge import remove
from ingest.imap_fetch import LIST_AT_ONCE, Facts, arrival_of, chunks, fetch, size_of
from ingest.imap_filing import ensure_folder, move_out
from ingest.imap_folders import contents, locate, unknown
from ingest.imap_reuse import Reuse
from ingest.imap_session import ImapSession, Tls, targets
from ingest.imap_tries import MOST, WHOLE, Tries
from ingest.imap_wire import SLACK, Client
from ingest.source import (
    BEGINNING,
    HEADER_CAP,
    MAX_BYTES,
    Filing,
    Fingerprint,
    FolderContents,
    Known,
    KnownFiled,
    PartialMail,
    Stop,
    filed_uid,
)

_FETCH_AT_ONCE = 200  # mails in one batch


class ImapSource:
    """One folder of an IMAP server as a `MailSource`; one instance belongs to one thread."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        user: str,
        password: str = "",
        token: Token | None = None,
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
        self._targets, self._folder = targets(name, processed, rejected), folder
        self._session = ImapSession(
            name,
            host=host,
            port=port,
            user=user,
            password=password,
            token=token,
            tls=tls,
            folder=folder,
            ca_file=ca_file,
            connect_seconds=connect_seconds,
            command_seconds=command_seconds,
        )
        self._max_bytes, self._batch_bytes = max_bytes, batch_bytes
        self._idle_seconds, self._idle_works = idle_seconds, True
        self._seen_next: int | None = None  # UIDNEXT as of the last scan
        self._tries, self._reuse = Tries(), Reuse()

    @property
    def unfetchable(self) -> tuple[str, ...]:
        """The UIDs the server won't give us, not even in part; they rest until the next start."""
        return self._tries.given_up

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield unknown mails in UID order; those that failed before come last, one by one."""
        with self._session.use():
            client = self._session.select()
            self._seen_next = self._session.next_uid
            uids: list[int] = client.search("ALL")
        validity = self._session.validity
        have = known(validity)
        new = {uid for uid in uids if str(uid) not in have}
        with self._session.use(validity=validity) as client:
            new.update(self._reuse.find(client, set(uids) - new, have))
        tries = {uid: self._tries.of(validity, uid) for uid in new}
        fresh = sorted(uid for uid in tries if not tries[uid])
        for chunk in chunks(fresh, LIST_AT_ONCE):
            yield from self._mails(validity, chunk)
        failed = (uid for uid in tries if 0 < tries[uid] < MOST)
        for uid in sorted(failed, key=lambda uid: (tries[uid], uid)):
            yield from self._mails(validity, [uid])

    def _mails(self, validity: int, uids: list[int]) -> Iterator[RawMail]:
        with self._session.use(validity=validity) as client, self._tries.counting(validity, uids):
            facts = fetch(client, uids, ["RFC822.SIZE", "INTERNALDATE"], limit=SLACK)
            missing = [uid for uid in uids if uid not in facts]
            self._tries.note_missing(client, validity, missing)
        for batch in self._batches(validity, facts):
            counting = self._tries.counting(validity, batch)
            with self._session.use(validity=validity) as client, counting:
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
        return size > self._max_bytes or self._tries.of(validity, uid) >= WHOLE

    def _bodies(self, client: Client, batch: list[int], facts: Facts) -> deque[RawMail]:
        validity = self._session.validity
        in_part = self._in_part(validity, batch[0], size_of(facts[batch[0]]))
        if in_part:
            key, limit = b"BODY[]<0>", HEADER_CAP + BEGINNING
            got = fetch(client, batch, [f"BODY.PEEK[]<0.{limit}>"], limit=limit + SLACK)
        else:
            key, limit = b"BODY[]", 2 * sum(size_of(facts[uid]) for uid in batch)
            if len(batch) == 1:
                limit = max(limit, self._max_bytes)  # RFC822.SIZE may lie (F30)
            got = fetch(client, batch, ["BODY.PEEK[]"], limit=limit + SLACK)
        mails: deque[RawMail] = deque()
        missing = []
        for uid in batch:
            data = got.pop(uid, {}).get(key)
            if isinstance(data, bytes):
                mails.append(self._mail(uid, data, facts[uid], in_part=in_part))
                self._tries.forget(validity, uid)
            else:
                missing.append(uid)
        self._tries.note_missing(client, validity, missing)
        return mails

    def _mail(self, uid: int, data: bytes, facts: dict[bytes, object], *, in_part: bool) -> RawMail:
        whole = RawMail(
            mailbox=self.name,
            uidvalidity=self._session.validity,
            uid=self._reuse.name_of(uid),
            received_at=arrival_of(facts),
            data=data,
        )
        if in_part or len(data) > self._max_bytes:
            return PartialMail.of(whole, size=max(size_of(facts), len(data)))
        return whole

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Move one mail, by UID MOVE or by COPY and UID EXPUNGE; a missing folder is created."""
        return self.file_all(uidvalidity, [uid], folder)

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Move many mails: 100 in one command cost as much as one alone (2 ms on Dovecot)."""
        plain = [uid.partition("@")[0] for uid in uids]  # behind the @ stands its arrival (F19)
        numbers = [int(uid) for uid in plain if uid.isdecimal() and 0 < int(uid) < 2**32]
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

    def filed(self, folder: Filing, known: KnownFiled) -> Iterator[RawMail]:
        """Yield the mails of a folder, oldest UID first; one mail at a time is in memory."""
        with self._session.use() as client:
            found = unknown(client, self._targets[folder], known, most=self._max_bytes)
            try:
                for uid, data, facts in found:
                    mail = self._mail(uid, data, facts, in_part=size_of(facts) > self._max_bytes)
                    yield replace(mail, uid=filed_uid(folder, mail.uid), uidvalidity=0)
            except GeneratorExit:
                self._session.hang_up()  # else the next command would mean mails of this folder
                raise
            self._session.select()

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Move mails, found by their bytes, from one of our folders into the other."""
        with self._session.use() as client:
            there = locate(client, self._targets[source], mails, read_only=False)
            moved = not there or self._file_chunk(client, sorted(there.values()), target)
            self._session.select()
        return moved

    def expunge(self, mails: Sequence[Fingerprint]) -> frozenset[str]:
        """Remove mails, found by their bytes, from the three folders."""
        with self._session.use() as client:
            gone = remove(client, (self._folder, *self._targets.values()), mails)
            self._session.select()
        return gone

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
