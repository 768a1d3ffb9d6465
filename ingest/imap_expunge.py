"""Removing mails from an IMAP server for good, whichever of our folders they were moved to (F123).

UID EXPUNGE of RFC 4315 removes these mails and no others; a server without it keeps them, since a
bare EXPUNGE would take along what other clients have marked.
"""

from collections.abc import Iterable, Sequence

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
)

from ingest.imap_fetch import LIST_AT_ONCE, chunks, fetch, size_of
from ingest.imap_filing import find_folder
from ingest.imap_folders import is_same, locate
from ingest.imap_wire import SLACK, Client
from ingest.source import Fingerprint


def remove(client: Client, folders: Iterable[str], mails: Sequence[Fingerprint]) -> frozenset[str]:
    """Remove every copy of `mails` from these folders; returns the uids that are left nowhere.

    Some other folder than before may be selected afterwards.
    """
    names = tuple(folders)
    left, found = set[str](), set[str]()
    for name in names:
        there = _same_size(client, name, mails)
        found |= there.keys()
        left |= _expunged(client, there)
    # Some servers only estimate sizes (F30): what no size led to is looked for among the nearest.
    for name in names:
        missing = [mail for mail in mails if mail.uid not in found]
        if missing:
            near = locate(client, name, missing, read_only=False)
            left |= _expunged(client, {uid: [number] for uid, number in near.items()})
    return frozenset(mail.uid for mail in mails) - left


def _same_size(client: Client, name: str, mails: Sequence[Fingerprint]) -> dict[str, list[int]]:
    """Return the numbers of all copies of each mail in a folder, which stays selected."""
    known = find_folder(client, name)
    if known is None:
        return {}
    try:
        client.select_folder(known)
    except IMAPClientReadOnlyError:
        client.select_folder(known, readonly=True)
    by_size: dict[int, list[int]] = {}
    for chunk in chunks(client.search("ALL"), LIST_AT_ONCE):
        for uid, facts in fetch(client, chunk, ["RFC822.SIZE"], limit=SLACK).items():
            by_size.setdefault(size_of(facts), []).append(uid)
    there = {
        mail.uid: [uid for uid in by_size.get(mail.size, ()) if is_same(client, uid, mail)]
        for mail in mails
    }
    return {uid: numbers for uid, numbers in there.items() if numbers}


def _expunged(client: Client, there: dict[str, list[int]]) -> set[str]:
    """Remove mails from the selected folder; returns those that the server would not let go."""
    numbers = sorted({number for found in there.values() for number in found})
    if not numbers:
        return set()
    if not client.has_capability("UIDPLUS"):
        return set(there)
    try:
        client.add_flags(numbers, [rb"\Deleted"], silent=True)
        client.uid_expunge(numbers)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        pass  # it may be read-only, or not ours to delete from: what is left says so
    stays = set(client.search(["UID", ",".join(map(str, numbers))]))
    return {uid for uid, found in there.items() if stays & set(found)}
