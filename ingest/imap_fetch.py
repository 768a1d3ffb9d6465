"""Asking an IMAP server about many mails at once, whatever it refuses about one of them."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
)

from ingest.imap_wire import SLACK, Client
from ingest.source import BEGINNING, HEADER_CAP

LIST_AT_ONCE = 500  #: mails whose sizes are asked for in one command

Facts = dict[int, dict[bytes, object]]  #: UID → item → value


def fetch(client: Client, uids: list[int], items: list[str], *, limit: int) -> Facts:
    """FETCH, halving the set where the server says no, until the bad mail stands alone.

    Dovecot answers NO for all when one was expunged by somebody else (RFC 5530 §3, EXPUNGEISSUED).
    """
    client.wire.literal_limit = limit
    try:
        facts: Facts = client.fetch(uids, items)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        client.wire.response("FETCH")  # forget what came before the NO
        if len(uids) == 1:
            return {}
        half = len(uids) // 2
        first = fetch(client, uids[:half], items, limit=limit)
        return first | fetch(client, uids[half:], items, limit=limit)
    return facts


def fetch_one(
    client: Client, uid: int, facts: dict[bytes, object], *, beginning: bool
) -> bytes | None:
    """Return the bytes of one mail, or its beginning; None if it went meanwhile."""
    part = f"<0.{HEADER_CAP + BEGINNING}>" if beginning else ""
    limit = 2 * max(size_of(facts), HEADER_CAP) + SLACK
    got = fetch(client, [uid], [f"BODY.PEEK[]{part}"], limit=limit)
    data = got.get(uid, {}).get(b"BODY[]<0>" if beginning else b"BODY[]")
    return data if isinstance(data, bytes) else None


def arrival_of(facts: dict[bytes, object]) -> datetime:
    """Return INTERNALDATE, or now where the server owes it."""
    arrived = facts.get(b"INTERNALDATE")
    if isinstance(arrived, datetime):
        with contextlib.suppress(ValueError, OverflowError):  # no such time zone, the year 0
            return arrived.astimezone(UTC)
    return datetime.fromtimestamp(
        time.time(), UTC
    )  # the server owes it; now is the latest it can be


def size_of(facts: dict[bytes, object]) -> int:
    """Return RFC822.SIZE in bytes, 0 if the server does not tell; it may lie (F30)."""
    found = facts.get(b"RFC822.SIZE")
    return found if isinstance(found, int) else 0


def chunks(uids: Iterable[int], count: int) -> Iterator[list[int]]:
    """Yield `uids` in lists of at most `count`."""
    rest = iter(uids)
    while chunk := list(islice(rest, count)):
        yield chunk
