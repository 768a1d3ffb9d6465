"""What the command `register` does; command_line.py only unpacks the command line."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.table import Table

from pipeline.clock import now
from pipeline.exits import NOT_ALLOWED, OK, USAGE, say
from pipeline.registers import SHEETS, Ask, Sheet, sheet
from pipeline.terminal import opened, plain, write_row, write_table

_MOST = 120  # characters of a cell


def register(
    config_file: Path, name: str, *, as_json: bool, restricted: bool = False, find: str = ""
) -> int:
    """Print a register; 64 for a name that is none, 77 for liability without --restricted."""
    if name not in SHEETS:
        say(f"{plain(name)!r} is no register; there are {', '.join(SHEETS)}")
        return USAGE
    if name == "liability" and not restricted:
        say("who is held responsible is shown only with --restricted")
        return NOT_ALLOWED
    desk = opened(config_file)
    with desk.store.read() as tx:
        found = sheet(tx, name, Ask(now=now(), restricted=restricted, find=find))
    if as_json:
        for row in found.rows:
            write_row({key: _json(value) for key, value in row.items()})
        return OK
    _write(found, desk.rules.policy.calendar.zone)
    return OK


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _write(found: Sheet, zone: ZoneInfo) -> None:
    table = Table(box=None, header_style="dim")
    for name in found.columns:
        table.add_column(name.removesuffix("_at").replace("_", " "), overflow="fold")
    for row in found.rows:
        table.add_row(*(_cell(row[name], zone) for name in found.columns))
    write_table(table)
    lines = found.sums or (("nothing is entered",) if not found.rows else ())
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _cell(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else plain(" ".join(str(value).split()), most=_MOST)
