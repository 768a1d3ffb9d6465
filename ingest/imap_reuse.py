"""UIDs that name another mail than before: a server that was restored from its backup (F19).

It must not happen (RFC 3501 §2.3.1.1), and where it does a mail would pass for one we have. So once
in each session the time of arrival of every known mail in the folder is compared with ours.
"""

from collections.abc import Iterable
from datetime import datetime

from cases.incoming import arrival_name
from ingest.imap_fetch import LIST_AT_ONCE, Facts, arrival_of, chunks, fetch
from ingest.imap_wire import SLACK, Client


class Reuse:
    """What was compared in the session at hand, and the names of mails found under used UIDs."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._compared: set[int] = set()
        self._names: dict[int, str] = {}

    def name_of(self, uid: int) -> str:
        """Return the uid by which a mail is stored."""
        return self._names.get(uid, str(uid))

    def find(self, client: Client, uids: Iterable[int], have: frozenset[str]) -> list[int]:
        """Return those of `uids`, all known, that are other mails now and not known as such."""
        if client is not self._client:
            self._client, self._compared, self._names = client, set(), {}
        left = {str(uid): uid for uid in uids if uid not in self._compared}
        dated = {plain for name in have if left and (plain := name.partition("@")[0]) != name}
        compare = sorted(uid for name, uid in left.items() if name in dated)
        for chunk in chunks(compare, LIST_AT_ONCE):
            facts: Facts = fetch(client, chunk, ["INTERNALDATE"], limit=SLACK)
            self._compared |= facts.keys()
            for uid, told in facts.items():
                if isinstance(told.get(b"INTERNALDATE"), datetime):
                    name = arrival_name(str(uid), arrival_of(told))
                    if name not in have:
                        self._names[uid] = name
        return sorted(uid for uid, name in self._names.items() if name not in have)
