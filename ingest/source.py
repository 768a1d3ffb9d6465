"""What every mailbox can do, whatever it is made of: list new mail, file handled mail, wait."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cases.incoming import RawMail

MAX_BYTES = 25 * 2**20  #: mails above this size (bytes) are taken in by their beginning only
BEGINNING = 64 * 2**10  #: bytes of body kept of such a mail
HEADER_CAP = 128 * 2**10  #: bytes of header kept of such a mail

INBOX = "inbox"  #: the folder that is read, beside the two of `Filing`

#: uidvalidity → the uids that are stored already, and beside each its `arrival_name` (F19)
Known = Callable[[int], frozenset[str]]
KnownFiled = Callable[[int, datetime], bool]  #: (size in bytes, arrival) → surely no news
Stop = Callable[[], bool]  #: true when the desk is going down


class Filing(StrEnum):
    """Where a handled mail goes; a result of what was decided, never a state (nobody reads it)."""

    PROCESSED = "processed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContents:
    """Every mail of one folder as the server shows it."""

    folder: str  #: "inbox", or the value of a `Filing`
    uidvalidity: int  #: 0 if there is none, or no such folder
    uids: tuple[str, ...]
    arrived_at: Mapping[str, datetime] = field(default_factory=dict)  #: uid → time; inbox only


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a mail of the ledger is known by wherever it was moved: its bytes."""

    uid: str  #: as in the ledger
    size: int  #: bytes of the whole mail
    sha256: str  #: of the first `length` bytes, in hex
    length: int  #: bytes that are kept; fewer than `size` for a `PartialMail`

    @property
    def is_whole(self) -> bool:
        """True if all bytes are kept."""
        return self.length >= self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialMail(RawMail):
    """The untouched beginning of a mail that is too big, or that the server won't give whole.

    `data` ends after the header block and 64 KiB of body; the whole mail stays on the server.
    """

    size: int  #: bytes of the whole mail by the server's account (RFC822.SIZE)

    @classmethod
    def of(cls, mail: RawMail, *, size: int) -> "PartialMail":
        """Cut `mail` down to its beginning."""
        return cls(
            mailbox=mail.mailbox,
            uidvalidity=mail.uidvalidity,
            uid=mail.uid,
            received_at=mail.received_at,
            data=_beginning(mail.data),
            size=size,
        )


class MailSource(Protocol):
    """A mailbox; every method raises `MailboxUnavailable` and nothing else.

    Its `refused` says that trying again soon is no use (login refused, bad certificate). After
    any error the next call starts afresh, so there is nothing to repair.
    """

    name: str  #: key of the mailbox in config.yaml

    @property
    def unfetchable(self) -> tuple[str, ...]:
        """The UIDs that the server lists but won't give, not even in part (F29)."""
        ...

    def scan(self, known: Known) -> Iterator[RawMail]:
        """Yield every mail whose uid is not in `known(uidvalidity)`, oldest first.

        Mails are fetched in batches bounded by bytes, so stopping early costs little. A mail that
        somebody removes meanwhile is not yielded (F23); a too big one comes as `PartialMail`.
        """
        ...

    def file(self, uidvalidity: int, uid: str, folder: Filing) -> bool:
        """Move a handled mail out of the way; safe to repeat.

        A mail that is no longer there counts as filed (F24). False means that the mailbox does
        not let us move mail (read-only, over quota): it stays where it is (F27, F28).
        """
        ...

    def file_all(self, uidvalidity: int, uids: Sequence[str], folder: Filing) -> bool:
        """Move many handled mails at once, as `file` does; False: some or all of them stay."""
        ...

    def inventory(self) -> tuple[FolderContents, ...]:
        """List the folder that is read, then processed, then rejected; changes nothing."""
        ...

    def find(self, mails: Sequence[Fingerprint], folder: Filing) -> frozenset[str]:
        """Return the uids of those `mails` that lie in `folder`; changes nothing."""
        ...

    def filed(self, folder: Filing, known: KnownFiled) -> Iterator[RawMail]:
        """Yield the mails of one of our folders but those that are `known`; changes nothing.

        Their uid begins with the name of the folder: numbers of two folders may be the same.
        """
        ...

    def refile(self, mails: Sequence[Fingerprint], source: Filing, target: Filing) -> bool:
        """Move mails that were filed before into another folder; False as in `file`.

        Those that are not in `source` are left where they are; safe to repeat.
        """
        ...

    def expunge(self, mails: Sequence[Fingerprint]) -> frozenset[str]:
        """Remove mails for good from the folder that is read and from ours; safe to repeat.

        Returns the uids of those of which no copy is left; the others stay because the mailbox
        does not let us remove mail.
        """
        ...

    def wait(self, seconds: float, *, stop: Stop) -> bool:
        """Block until new mail is likely (True), or the time is over or `stop()` is true (False).

        `stop` is asked at least once a second.
        """
        ...

    def close(self) -> None:
        """Let go of the mailbox; the next call would open it again."""
        ...


def filed_uid(folder: Filing, uid: str) -> str:
    """Return the uid of a mail that is taken from a folder of handled mail."""
    return f"{folder.value}:{uid}"


def plain_uid(uid: str) -> str:
    """Return a uid without the folder that `filed_uid` put before it; it has no colon itself."""
    return uid.rpartition(":")[2]


def _beginning(data: bytes) -> bytes:
    """Cut `data` after its header block and the first 64 KiB of its body (RFC 5322 §2.1)."""
    ends = [end + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (end := data.find(mark)) >= 0]
    header = min([*ends, HEADER_CAP])
    return data[: header + BEGINNING]
