"""Ways to break the desk, at least one for each invariant: the oracle must see every one of them.

Each is a small change of the product as a careless hand might make it, done from outside.
"""

import os
import re
import smtplib
import sys
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

from cases.store import Transaction
from ingest.imap import ImapSource
from ingest.source import Filing
from pipeline import finish, lookups, process, serve
from routing import trust
from tests.faults.patch import put

_MUTANTS: dict[str, Callable[[], None]] = {}
_open_files: list[int] = []


def apply(name: str) -> None:
    """Break what `name` says, for the rest of this process; "" breaks nothing."""
    if name:
        _MUTANTS[name]()


def _mutant(change: Callable[[], None]) -> Callable[[], None]:
    _MUTANTS[change.__name__] = change
    return change


@_mutant
def moves_before_it_stores() -> None:
    """The folder is changed first, the ledger afterwards."""
    fetch = ImapSource._bodies

    def bodies(self: ImapSource, client: Any, batch: list[int], facts: Any) -> Any:
        mails = fetch(self, client, batch, facts)
        self._file_chunk(client, batch, Filing.PROCESSED)
        return mails

    put(ImapSource, "_bodies", bodies)


@_mutant
def swallows_exceptions() -> None:
    """A mail that fails is done with."""

    def give_back(desk: Any, taken: Any, error: Exception, *, now: Any) -> process.Handled:
        with desk.store.begin() as tx:
            tx.finish_mail(taken, "ignored")
        return process.Handled(mailbox=taken.raw.mailbox, uid=taken.raw.uid, outcome="ignored")

    put(process, "_give_back", give_back)


@_mutant
def finishes_what_is_not_its_own() -> None:
    """The fence of mails is skipped (the test drops the unique key of cases as well)."""
    for module in (finish, process):
        put(module, "finish", lambda tx, taken, state, **more: tx.finish_mail(taken, state, **more))


@_mutant
def skips_the_fence_of_letters() -> None:
    """The payload leaves whoever holds the letter by now."""
    mark = Transaction.mark_dot

    def mark_dot(self: Transaction, *args: Any, **more: Any) -> bool:
        mark(self, *args, **more)
        return True

    put(Transaction, "mark_dot", mark_dot)


@_mutant
def forgets_ambiguity() -> None:
    """A letter that may have left is ready again, as if it had not."""
    recover = Transaction.recover_letters

    def recover_letters(self: Transaction, **more: Any) -> int:
        connection = self._connection
        connection.exec_driver_sql("update outbox set state = 'leased' where state = 'dot'")
        return recover(self, **more)

    put(Transaction, "recover_letters", recover_letters)


@_mutant
def writes_to_dead_addresses() -> None:
    """Nobody looks whether letters to an address come back."""
    put(lookups, "_is_dead", lambda *_args, **_more: False)


@_mutant
def sends_before_it_commits() -> None:
    """Letters leave while their case is still being saved."""
    queue = Transaction.queue_letter
    text = Path(sys.argv[sys.argv.index("--config-file") + 1]).read_text(encoding="utf-8")
    port = int(re.findall(r"smtp: \{host: 127\.0\.0\.1, port: (\d+)", text)[0])

    def queue_letter(self: Transaction, **row: Any) -> bool:
        new = queue(self, **row)
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail(row["envelope_from"], [row["recipient"]], row["data"])
        own_id = str(message_from_bytes(row["data"])["Message-ID"]).strip("<>\r\n ")
        self._connection.exec_driver_sql(
            f"update outbox set state = 'sent' where message_id = '{own_id}'"  # noqa: S608
        )
        return new

    put(Transaction, "queue_letter", queue_letter)


@_mutant
def forgets_events() -> None:
    """That a letter left is written nowhere but in the outbox."""
    add = Transaction.add_events

    def add_events(self: Transaction, case_id: int, events: Any, **more: Any) -> None:
        add(self, case_id, tuple(one for one in events if one.kind != "letter_sent"), **more)

    put(Transaction, "add_events", add_events)


@_mutant
def says_filed_but_moves_nothing() -> None:
    """The ledger says that a mail was moved."""
    put(ImapSource, "file_all", lambda *_args: True)


@_mutant
def keeps_its_lease() -> None:
    """The mailbox stays taken when the daemon ends."""
    put(Transaction, "drop_lease", lambda *_args, **_more: None)


@_mutant
def talks() -> None:
    """The log quotes mails."""
    show = vars(serve)["show_mail"]

    def show_mail(out: Any, done: Any, *, at: Any, **more: Any) -> None:
        show(out, done, at=at, **more)
        if done.case:
            out.line("case", done.case.subject, at=at)

    put(serve, "show_mail", show_mail)


@_mutant
def leaks_files() -> None:
    """Every mail leaves some files open."""
    handle = vars(serve)["process_one"]

    def process_one(desk: Any, *, now: Any) -> Any:
        done = handle(desk, now=now)
        if done:
            _open_files.extend(os.open("/dev/null", os.O_RDONLY) for _ in range(10))
        return done

    put(serve, "process_one", process_one)


@_mutant
def believes_anybody() -> None:
    """Nobody asks whether the sender's address is forged."""
    put(trust, "vouched", lambda *_args: "")
