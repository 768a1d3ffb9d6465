"""What the commands on quarantine, letters and ledger do; run.py only unpacks the command line."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.table import Table

from cases.model import CaseEvent
from cases.outbox_rows import RESTING
from pipeline.clock import now
from pipeline.desk import Desk
from pipeline.exits import AWAY, BAD_DATA, NO_INPUT, OK, USAGE, not_written, say
from pipeline.quarantine import entry_json, set_aside, short_reason, shown, write_new
from pipeline.reconcile import reconcile as compare
from pipeline.terminal import opened, plain, who, write_row, write_table


def quarantine_list(config_file: Path, *, as_json: bool) -> int:
    """Print the mails that are set aside."""
    desk = opened(config_file)
    if as_json:
        for entry in set_aside(desk):
            write_row(entry_json(entry))
        return OK
    zone = desk.rules.policy.calendar.zone
    table = _table("id", "mailbox", "received", "bytes", "attempts", "reason")
    for entry in set_aside(desk):
        received = entry.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        reason = short_reason(entry.reason)
        cells = (entry.id, entry.mailbox, received, entry.size, entry.attempts, reason)
        table.add_row(*map(str, cells))
    write_table(table)
    return OK


def quarantine_show(config_file: Path, number: int) -> int:
    """Print one mail of the ledger; 66 if there is none of that number."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        entry, data = tx.entry(number), tx.raw_of(number)
    if entry is None:
        return _no_mail(number)
    lines = shown(entry, data, desk.rules.policy.calendar.zone)
    sys.stdout.write("\n".join(lines) + "\n")
    return OK


def quarantine_export(config_file: Path, number: int, *, out: str) -> int:
    """Write the untouched bytes of one mail to a new file, or to standard output for `-`."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        entry, data = tx.entry(number), tx.raw_of(number)
    if entry is None:
        return _no_mail(number)
    if len(data) < entry.size:
        say(
            f"only the first {len(data)} of {entry.size} bytes were kept; the rest is on the server"
        )
    if out == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return OK
    try:
        write_new(Path(out), data)
    except OSError as error:
        return not_written(Path(out), error)
    return OK


def quarantine_retry(config_file: Path, numbers: Sequence[int], *, everything: bool) -> int:
    """Give mails back to the daemon; 66 if one of them is not set aside."""
    if everything == bool(numbers):
        say("name the mails to try again, or say --all")
        return USAGE
    desk, code = opened(config_file), OK
    for number in [entry.id for entry in set_aside(desk)] if everything else numbers:
        with desk.store.begin() as tx:
            done = tx.retry_mail(number, who=who(), now=now())
        if done:
            say(f"mail {number} will be tried again")
        else:
            code = _no_mail(number)
    return code


def quarantine_drop(config_file: Path, number: int, *, reason: str) -> int:
    """Note that no case shall come of a mail; 66 if it is not set aside."""
    if not reason.strip():
        return _no_reason()
    desk = opened(config_file)
    with desk.store.begin() as tx:
        done = tx.drop_mail(number, why=plain(reason.strip()), who=who(), now=now())
    if not done:
        return _no_mail(number)
    say(f"mail {number} is dropped; its bytes stay in the database")
    return OK


def letters_list(config_file: Path, *, state: str, as_json: bool) -> int:
    """Print letters of one state, or those that rest until a person decides."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        rows = tx.letters_in([state] if state else RESTING)
        cases = {row.case_id: tx.case(row.case_id or 0) for row in rows}
    references = {number: case.reference if case else "" for number, case in cases.items()}
    if as_json:
        for row in rows:
            write_row(
                {
                    "id": row.id,
                    "case": references[row.case_id],
                    "letter": row.letter,
                    "to": row.recipient,
                    "state": row.state,
                    "tries": row.tries,
                    "created_at": row.created_at.isoformat(),
                    "message_id": row.message_id,
                    "reply": row.last_reply,
                }
            )
        return OK
    table = _table("id", "case", "letter", "to", "state", "tries", "last answer")
    for row in rows:
        cells = (row.id, references[row.case_id], row.letter, row.recipient, row.state, row.tries)
        table.add_row(*(plain(str(cell)) for cell in (*cells, row.last_reply[:200])))
    write_table(table)
    return OK


def letters_retry(config_file: Path, numbers: Iterable[int]) -> int:
    """Have letters sent again, each with its own Message-ID; 66 if one does not rest."""
    desk, code = opened(config_file), OK
    for number in numbers:
        if _release(desk, number, "ready", "letter_retried", ""):
            say(f"letter {number} will be sent again")
        else:
            code = _no_letter(number)
    return code


def letters_drop(config_file: Path, number: int, *, reason: str) -> int:
    """Give a letter up for good; 66 if it does not rest."""
    if not reason.strip():
        return _no_reason()
    if not _release(opened(config_file), number, "cancelled", "letter_dropped", reason.strip()):
        return _no_letter(number)
    say(f"letter {number} is cancelled")
    return OK


def _release(desk: Desk, number: int, state: str, kind: str, reason: str) -> bool:
    """End the rest of a letter and write who did it into the file of its case."""
    at = now()
    with desk.store.begin() as tx:
        row = tx.release_letter(number, state, now=at)
        if row is None:
            return False
        detail = f"{row.letter} to {row.recipient}, was {row.state}: by {who()}"
        why = (plain(reason),) if reason else ()
        event = CaseEvent(at=at, kind=kind, actor="operator", detail=detail, reasons=why)
        # Not once and for all: the same letter may be tried again and again.
        if row.case_id:
            tx.add_events(row.case_id, (event,), key=f"letter:{row.id}:{kind}:{at.isoformat()}")
    return True


def reconcile(config_file: Path, *, as_json: bool) -> int:
    """Compare servers and ledger; 65 if something does not fit, 69 if a mailbox is away."""
    report = compare(opened(config_file), now=now())
    if as_json:
        write_row(report.as_json())
    else:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(report.outcomes.items()))
        sys.stdout.write(f"{'seen':>8}: {report.total} mails: {counts or 'none'}\n")
        for name, folders in report.folders.items():
            lie = ", ".join(f"{count} in {folder}" for folder, count in folders.items())
            sys.stdout.write(f"{'mailbox':>8}: {name}: {lie}\n")
        for name, why in report.unreachable.items():
            sys.stdout.write(f"{'away':>8}: {name}: {plain(why)}\n")
        for one in report.mismatches:
            what = f"mail {one.mail} ({one.mailbox} {one.uid})" if one.mail else one.mailbox
            named = what if one.mail or not one.uid else f"{one.mailbox} {one.uid}"
            sys.stdout.write(f"{'WRONG':>8}: {plain(f'{named} {one.words}'.strip())}\n")
        if not report.mismatches and not report.unreachable:
            sys.stdout.write("every mail ever seen has exactly one outcome\n")
    if report.mismatches:
        return BAD_DATA
    return AWAY if report.unreachable else OK


def _table(*titles: str) -> Table:
    table = Table(box=None, header_style="dim")
    for title in titles:
        table.add_column(title, no_wrap=title not in ("reason", "last answer"), overflow="fold")
    return table


def _no_mail(number: int) -> int:
    say(f"there is no mail {number} for that; `quarantine list` shows those that are set aside")
    return NO_INPUT


def _no_letter(number: int) -> int:
    say(f"letter {number} is neither failed nor held; `letters list` shows those that are")
    return NO_INPUT


def _no_reason() -> int:
    say("give a reason that whoever reads this later understands")
    return USAGE
