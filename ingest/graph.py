"""A mailbox by Microsoft Graph: the second door for those whose IMAP is switched off.

Mails are known by their immutable id, which a move within the mailbox does not change; the read
mark is not our state. The bytes are the server's MIME (`/messages/{id}/$value`).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from cases.web import Exchange
from ingest.graph_filing import delete, listed, lying, move
from ingest.graph_folders import Folders
from ingest.graph_mail import Listed
from ingest.graph_wire import PAGE, GraphWire, Refused
from ingest.source import (
    INBOX,
    MAX_BYTES,
    Filing,
    Fingerprint,
    FolderContents,
    Known,
    KnownFiled,
    PartialMail,
    Stop,
    filed_uid,
    plain_uid,
)

VALIDITY = 1  #: Graph has no UIDVALIDITY; ids never mean another mail
_TRIES = 4  # after these a mail that Graph can't write down is left alone until the next start
_ALL_S = 1800.0  # between two lists of all mails, where there are many
_OVERLAP = timedelta(days=1)  # a mail may become visible after a younger one
_MOST_FAILED = 3  # mails in a row, before any went well


class GraphSource:
    """One folder of a mailbox as a `MailSource`; one instance belongs to one thread."""

    def __init__(
        self,
        name: str,
        *,
        url: str,
        user: str,
        exchange: Exchange,
        folder: str = "Inbox",
        processed: str = "Processed",
        rejected: str = "Rejected",
        max_bytes: int = MAX_BYTES,
        look_seconds: float = 10,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take note; folders within others are written Outer/Inner."""
        self.name = name
        self._wire = GraphWire(name, url=url, user=user, exchange=exchange, sleep=sleep)
        names = {INBOX: folder, Filing.PROCESSED: processed, Filing.REJECTED: rejected}
        self._folders = Folders(self._wire, names)
        self._max_bytes, self._look_seconds = max_bytes, look_seconds
        self._tries: dict[str, int] = {}
        self._seen: dict[str, datetime] = {}  # id → arrival of the mails that were listed
        self._all_again_at = 0.0  # monotonic seconds

    @property
    def unfetchable(self) -> tuple[str, ...]:
        """The uids of mails that Graph lists but can't write down; they rest until a new start."""
        return tuple(uid for uid, tries in self._tries.items() if tries >= _TRIES)

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield unknown mails, oldest first; one that fails does not stop the others."""
        there = self._waiting()
        have = known(VALIDITY)
        failed: list[tuple[Listed, Refused]] = []
        well = False
        for mail in there:
            if mail.uid in have or self._tries.get(mail.uid, 0) >= _TRIES:
                continue
            try:
                raw = self._mail(mail)
            except Refused as error:
                failed.append((mail, error))
                if not well and len(failed) >= _MOST_FAILED:
                    break  # it is not the mails
                continue
            well = True
            self._tries.pop(mail.uid, None)
            if raw is not None:
                yield raw
        self._complain(failed, well=well)

    def _waiting(self) -> list[Listed]:
        """List the mails of the folder that is read.

        Where more than a page of them lie (old mail, or nobody may move any), all are listed each
        half hour, and between what came since a day before the newest.
        """
        self._inbox()
        now = time.monotonic()
        since = None
        if len(self._seen) > PAGE and now < self._all_again_at:
            since = max(self._seen.values()) - _OVERLAP
        there = listed(self._wire, self._folders, INBOX, since=since)
        if since is None:
            self._seen, self._all_again_at = {}, now + _ALL_S
        self._seen |= {mail.id: mail.received_at for mail in there}
        return there

    def _complain(self, failed: Sequence[tuple[Listed, Refused]], *, well: bool) -> None:
        """Note failures against the mails they belong to; while Graph is not well, against none."""
        for mail, error in failed:
            if well or error.error.status < 500 or error.error.code.startswith("ErrorMime"):
                self._tries[mail.uid] = self._tries.get(mail.uid, 0) + 1
        if failed:
            why = f"Graph does not give us a mail: {failed[-1][1]}"
            raise MailboxUnavailable(self.name, why)

    def _mail(self, mail: Listed) -> RawMail | None:
        """Return a mail, None if it is there no more (F23)."""
        try:
            got = self._wire.raw(f"{mail.path}/$value", limit=self._max_bytes + 1)
        except Refused as error:
            if error.error.status == 404:
                return None
            raise
        raw = RawMail(
            mailbox=self.name,
            uidvalidity=VALIDITY,
            uid=mail.uid,
            received_at=mail.received_at,
            data=got.body,
        )
        if len(got.body) > self._max_bytes:
            told = got.headers.get("content-length", "")
            size = int(told) if told.isascii() and told.isdigit() else 0
            return PartialMail.of(raw, size=max(size, len(got.body)))
        return raw

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Move one mail; the folder is made when missing."""
        return self.file_all(uidvalidity, [uid], folder)

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Move those that lie in the folder that is read; one that somebody moved stays (F24)."""
        if uidvalidity != VALIDITY or not uids:
            return True
        return move(self._wire, self._folders, uids, INBOX, folder)

    def inventory(self) -> tuple[FolderContents, ...]:
        """List the three folders."""
        return tuple(self._contents(role) for role in (INBOX, *(f.value for f in Filing)))

    def _contents(self, role: str) -> FolderContents:
        found = listed(self._wire, self._folders, role)
        there = self._folders.id(role) is not None
        return FolderContents(
            folder=role,
            uidvalidity=VALIDITY if there else 0,
            uids=tuple(mail.uid for mail in found),
            arrived_at={mail.uid: mail.received_at for mail in found} if role == INBOX else {},
        )

    def find(self, mails: Sequence[Fingerprint], folder: Filing) -> frozenset[str]:
        """Return those that lie there: a mail keeps its id when it is moved."""
        uids = [plain_uid(mail.uid) for mail in mails]
        there = {mail.uid for mail in lying(self._wire, self._folders, folder, uids)}
        return frozenset(mail.uid for mail in mails if plain_uid(mail.uid) in there)

    def filed(self, folder: Filing, known: KnownFiled) -> Iterator[RawMail]:
        """Yield the mails of a folder, oldest first; each must be fetched to know its size."""
        for mail in listed(self._wire, self._folders, folder):
            try:
                raw = self._mail(mail)
            except Refused as error:
                raise MailboxUnavailable(self.name, f"can't read a mail: {error}") from error
            if raw is None:
                continue
            size = raw.size if isinstance(raw, PartialMail) else len(raw.data)
            if not known(size, raw.received_at):
                yield replace(raw, uid=filed_uid(folder, raw.uid), uidvalidity=0)

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Move mails, known by their ids, from one of our folders into the other."""
        uids = [plain_uid(mail.uid) for mail in mails]
        return move(self._wire, self._folders, uids, source, target)

    def expunge(self, mails: Sequence[Fingerprint]) -> frozenset[str]:
        """Delete mails for good, past the folder of deleted ones, wherever we had them."""
        wanted = {plain_uid(mail.uid) for mail in mails}
        left = set[str]()
        for role in (INBOX, *Filing):
            for mail in lying(self._wire, self._folders, role, wanted):
                if not delete(self._wire, mail):
                    left.add(mail.uid)
        return frozenset(mail.uid for mail in mails if plain_uid(mail.uid) not in left)

    def wait(self, seconds: float, *, stop: Stop) -> bool:
        """Ask for the newest mail every `look_seconds`; the scans find what that misses."""
        end = time.monotonic() + seconds
        look_at = time.monotonic()
        while not stop() and (left := end - time.monotonic()) > 0:
            if time.monotonic() >= look_at:
                if self._newest() not in {None, *self._seen}:
                    return True
                look_at = time.monotonic() + self._look_seconds
            time.sleep(min(left, 0.5))
        return False

    def _inbox(self) -> str:
        """Return the id of the folder that is read: without it nothing comes in."""
        found = self._folders.id(INBOX)
        if found is None:
            raise MailboxUnavailable(self.name, "there is no such folder to read")
        return found

    def _newest(self) -> str | None:
        query = {"select": "id,receivedDateTime", "orderby": "receivedDateTime desc", "top": "1"}
        try:
            found = self._wire.get(f"mailFolders/{self._inbox()}/messages", **query).get("value")
        except Refused as error:
            self._folders.forget()
            raise MailboxUnavailable(self.name, f"can't look for new mail: {error}") from error
        newest = found[0] if isinstance(found, list) and found else None
        return Listed.of(newest).id if isinstance(newest, dict) else None

    def close(self) -> None:
        """Do nothing: the connections belong to whoever gave us the exchange."""
