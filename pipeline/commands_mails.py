"""What the commands on mails do; run.py only unpacks the command line."""

import sys
from pathlib import Path

from rich.table import Table

from cases.ledger_rows import STATES
from pipeline.exits import NO_INPUT, OK, USAGE, say
from pipeline.terminal import opened, plain, write_row, write_table
from pipeline.trail import numbers_of, trail_of
from pipeline.trail_show import entry_json, lines_of, trail_json


def mails_list(config_file: Path, *, state: str, mailbox: str, limit: int, as_json: bool) -> int:
    """Print the newest mails; 64 for a state that does not exist."""
    if state and state not in STATES:
        say(f"there is no state {state!r}; there are {', '.join(STATES)}")
        return USAGE
    desk = opened(config_file)
    with desk.store.read() as tx:
        found = tx.newest_mails(state=state, mailbox=mailbox, limit=limit)
        cases = {row.case_id: tx.reference_of(row.case_id) for row in found if row.case_id}
    rows = [entry_json(entry, cases.get(entry.case_id or 0, "")) for entry in found]
    if as_json:
        for row in rows:
            write_row(row)
        return OK
    zone = desk.rules.policy.calendar.zone
    table = Table(box=None, header_style="dim")
    for title in ("id", "mailbox", "stored", "state", "attempts", "case", "reason"):
        last = title == "reason"
        table.add_column(title, no_wrap=True, overflow="ellipsis" if last else "fold")
    for entry, row in zip(found, rows, strict=True):
        stored = entry.stored_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        cells = (entry.id, entry.mailbox, stored, entry.state, entry.attempts, row["case"])
        table.add_row(*(plain(str(cell)) for cell in (*cells, row["reason"])))
    write_table(table)
    return OK


def mails_show(config_file: Path, about: str, *, language: str, as_json: bool) -> int:
    """Print the trail of one mail, or of all mails of a case; 66 if there is none."""
    desk = opened(config_file)
    policy = desk.rules.policy
    trails = [trail for number in numbers_of(desk, about) if (trail := trail_of(desk, number))]
    for number, trail in enumerate(trails):
        if as_json:
            write_row(trail_json(trail))
            continue
        lines = lines_of(trail, policy.calendar.zone, language=language or policy.languages[0])
        sys.stdout.write(("\n" if number else "") + "\n".join(lines) + "\n")
    if not trails:
        say(
            f"there is no mail {plain(about)}: give its number (`mails list`), its Message-ID, "
            "or a case"
        )
        return NO_INPUT
    return OK
