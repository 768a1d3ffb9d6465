"""The daemon with a clock that runs many times as fast as ours; leases grow with it.

The environment says how: FAST_FACTOR, FAST_SINCE (our own seconds since the epoch at which both
clocks show the same), so that a daemon started again goes on in the same time.
"""

import os
import time
from datetime import UTC, datetime


def fast_time(at: float, *, factor: float, since: float) -> datetime:
    """Return what the fast clock shows at our own second `at`."""
    return datetime.fromtimestamp(since + (at - since) * factor, UTC)


def main() -> None:
    """Be the daemon; the command line is that of run.py."""
    factor, since = float(os.environ["FAST_FACTOR"]), float(os.environ["FAST_SINCE"])
    from pipeline import clock

    # Before anybody else takes it from there.
    clock.now = lambda: fast_time(time.time(), factor=factor, since=since)

    import run
    from ingest import imap
    from pipeline import deliver, mailboxes, process

    # The server's clock is ours; what it has came just now.
    setattr(imap, "arrival_of", lambda _facts: clock.now())  # noqa: B010 - it is imap's import
    process.LEASE *= factor
    deliver.LEASE *= factor
    deliver.DOT_LEASE *= factor
    mailboxes.LEASE *= factor
    run.main()


if __name__ == "__main__":
    main()
