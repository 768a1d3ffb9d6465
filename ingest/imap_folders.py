"""Looking into the folders of an IMAP mailbox, the one that is read and those mail is moved to.

A moved mail has another UID there, which nobody need have told us, so it is known by its bytes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientReadOnlyError,
)

from ingest.imap_fetch import LIST_AT_ONCE, Facts, arrival_of, chunks, fetch, fetch_one, size_of
from ingest.imap_filing import find_folder
from ingest.imap_wire import SLACK, Client
from ingest.source import INBOX, Fingerprint, FolderContents, KnownFiled

_CANDIDATES = 50  # mails whose bytes are compared at most, nearest in size first


def contents(client: Client, role: str, name: str) -> FolderContents:
    """List one folder without changing anything; a missing one is empty. It stays selected."""
    found = find_folder(client, name)
    if found is None:
        return FolderContents(folder=role, uidvalidity=0, uids=())
    selected = client.select_folder(found, readonly=True)
    uids: list[int] = sorted(client.search("ALL"))
    arrived: dict[str, datetime] = {}
    for chunk in chunks(uids if role == INBOX else (), LIST_AT_ONCE):
        facts = fetch(client, chunk, ["INTERNALDATE"], limit=SLACK)
        arrived |= {str(uid): arrival_of(facts[uid]) for uid in facts}
    return FolderContents(
        folder=role,
        uidvalidity=int(selected.get(b"UIDVALIDITY", 0)),
        uids=tuple(map(str, uids)),
        arrived_at=arrived,
    )


def unknown(
    client: Client, name: str, known: KnownFiled, *, most: int
) -> Iterator[tuple[int, bytes, dict[bytes, object]]]:
    """Yield (UID, bytes, facts) of each mail of a folder that is not known, lowest UID first.

    Of one above `most` bytes only the beginning. The folder stays selected, read-only.
    """
    found = find_folder(client, name)
    if found is None:
        return
    client.select_folder(found, readonly=True)
    listed: Facts = {}
    for chunk in chunks(client.search("ALL"), LIST_AT_ONCE):
        listed |= fetch(client, chunk, ["RFC822.SIZE", "INTERNALDATE"], limit=SLACK)
    for uid, facts in sorted(listed.items()):
        if not known(size_of(facts), arrival_of(facts)):
            data = fetch_one(client, uid, facts, beginning=size_of(facts) > most)
            if data is not None:
                yield uid, data, facts


def locate(
    client: Client, name: str, mails: Sequence[Fingerprint], *, read_only: bool
) -> dict[str, int]:
    """Return where `mails` lie in a folder: uid of the fingerprint → UID there.

    The folder stays selected. Sizes say which mails to compare first: some servers only
    estimate them (F30), so the nearest count, not the equal ones alone.
    """
    found = find_folder(client, name)
    if found is None:
        return {}
    try:
        client.select_folder(found, readonly=read_only)
    except IMAPClientReadOnlyError:
        return {}  # nothing can be moved out of it
    sizes: Facts = {}
    for chunk in chunks(client.search("ALL"), LIST_AT_ONCE):
        sizes |= fetch(client, chunk, ["RFC822.SIZE"], limit=SLACK)
    left = {uid: size_of(facts) for uid, facts in sizes.items()}
    there: dict[str, int] = {}
    for mail in mails:
        nearest = sorted(left, key=lambda uid: (abs(left[uid] - mail.size), uid))[:_CANDIDATES]
        match = next((uid for uid in nearest if is_same(client, uid, mail)), None)
        if match is not None:
            there[mail.uid] = match
            del left[match]
    return there


def is_same(client: Client, uid: int, mail: Fingerprint) -> bool:
    """Compare the bytes we keep with as many of a mail on the server, one mail in memory."""
    want = mail.length + 1  # one more tells a longer mail from the same one
    got = fetch(client, [uid], [f"BODY.PEEK[]<0.{want}>"], limit=want + SLACK)
    data = got.get(uid, {}).get(b"BODY[]<0>")
    if not isinstance(data, bytes) or (mail.is_whole and len(data) > mail.length):
        return False
    return hashlib.sha256(memoryview(data)[: mail.length]).hexdigest() == mail.sha256
