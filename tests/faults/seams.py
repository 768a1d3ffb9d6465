"""Where the driver listens in: every transaction, each SMTP, IMAP and child step, rules, schema.

All wrapping is done from outside and by name; a name that is gone ends the driver at once, so no
seam is lost silently. Transactions name themselves: a new one is a new point without a word here.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command

from cases import store
from cases.store import Store, Transaction
from ingest.imap import ImapSource
from outbox.smtp import _DOT as DOT
from outbox.smtp_wire import Connection
from pipeline import process, reading
from pipeline.current import Current
from tests.faults.patch import around, put
from tests.faults.points import Broken, Points

SPOILT = "!spoilt"  #: in a subject: the decision about this mail raises, each time (F09)


#: Every point that is no transaction; a normal run passes them all.
STEPS = frozenset(
    {
        *("imap:fetched", "imap:before-move", "imap:moved"),
        *("child:mail-handed-over", "child:answered"),
        *("smtp:connected", "smtp:after-MAIL", "smtp:after-RCPT", "smtp:after-DATA"),
        *("smtp:half-of-the-payload", "smtp:payload-without-dot", "smtp:dot-sent"),
        *("smtp:answered", "rules:before-swap", "rules:swapped"),
        *("schema:before", "schema:before-commit", "schema:after"),
    }
)


def watch(point: Points) -> None:
    """Wrap every seam, for the rest of this process."""
    _transactions(point)
    _mail_server(point)
    _mailbox(point)
    around(ImapSource, "_bodies", after=partial(point, "imap:fetched"))
    around(reading, "send_frame", after=partial(point, "child:mail-handed-over"))
    around(reading, "receive", after=partial(point, "child:answered"))
    around(
        Current,
        "swap",
        before=partial(point, "rules:before-swap"),
        after=partial(point, "rules:swapped"),
    )
    around(
        Store,
        "upgrade",
        before=partial(point, "schema:before"),
        after=partial(point, "schema:after"),
    )
    around(command, "upgrade", after=partial(point, "schema:before-commit"))
    _spoil(process)


# -------------------------------------------------------------- transactions


class Noting(Transaction):
    """A transaction that knows what was asked of it first: that tells apart those of a function."""

    first = ""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "first" and not self.first:
            self.first = name
        return super().__getattribute__(name)


def _transactions(point: Points) -> None:
    original = Store.begin
    put(store, "Transaction", Noting)

    def begin(self: Store) -> AbstractContextManager[Transaction]:
        frame = sys._getframe(1)
        where = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"

        @contextmanager
        def watched() -> Iterator[Transaction]:
            with original(self) as tx:
                yield tx
                name = f"{where}.{getattr(tx, 'first', '')}"
                point(f"before-commit:{name}")
            point(f"after-commit:{name}")

        return watched()

    put(Store, "begin", begin)


# -------------------------------------------------------------- the steps of SMTP and IMAP


def _mail_server(point: Points) -> None:
    for name, after in (("connect", "connected"), ("mail", "after-MAIL"), ("rcpt", "after-RCPT")):
        around(Connection, name, after=partial(point, f"smtp:{after}"))
    docmd, send_slowly = Connection.docmd, Connection.send_slowly
    send, getreply = Connection.send, Connection.getreply

    def asked(self: Connection, cmd: str, *args: str) -> Any:
        answer = docmd(self, cmd, *args)
        if cmd == "DATA":
            point("smtp:after-DATA")
        return answer

    def in_halves(self: Connection, data: bytes, *, seconds: float) -> None:
        send_slowly(self, data[: len(data) // 2], seconds=seconds)
        point("smtp:half-of-the-payload")
        send_slowly(self, data[len(data) // 2 :], seconds=seconds)
        point("smtp:payload-without-dot")

    def sent(self: Connection, s: str | bytes) -> None:
        send(self, s)
        if s == DOT:
            vars(self)["waits"] = True
            point("smtp:dot-sent")

    def answered(self: Connection) -> tuple[int, bytes]:
        answer = getreply(self)
        if vars(self).pop("waits", False):
            point("smtp:answered")
        return answer

    for name, new in (
        *(("docmd", asked), ("send_slowly", in_halves), ("send", sent), ("getreply", answered)),
    ):
        put(Connection, name, new)


def _mailbox(point: Points) -> None:
    around(
        ImapSource,
        "_file_chunk",
        before=partial(point, "imap:before-move"),
        after=partial(point, "imap:moved"),
    )


def _spoil(module: Any) -> None:
    original: Callable[..., Any] = module.decide

    def decide(situation: Any) -> Any:
        if SPOILT in situation.mail.subject:
            raise Broken("a mail that the deciding code can't bear")
        return original(situation)

    put(module, "decide", decide)
