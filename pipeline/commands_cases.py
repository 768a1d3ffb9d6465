"""What the commands on single cases do; run.py and command_line.py only unpack the command line."""

import csv
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.model import Case
from pipeline import poll
from pipeline.by_hand import Entry, enter, withdraw
from pipeline.casefile import case_file
from pipeline.casefile_json import case_json, correction_json, event_json, papers_json
from pipeline.clock import now
from pipeline.correct import correct_case
from pipeline.exits import BAD_DATA, NO_INPUT, OK, USAGE, say
from pipeline.export import COLUMNS, PERSONS, export_row
from pipeline.handed_in import CHANNELS, Note, as_mail
from pipeline.lives import life_of
from pipeline.lock import AlreadyRunning
from pipeline.papers import Papers
from pipeline.serve import work_off
from pipeline.show import reporter
from pipeline.terminal import opened, plain, who, write_row
from routing.choices import LETTERS, read_choice
from routing.registers import KINDS
from routing.reroute import words_of

_ALL = 10**9
#: With one of these a cell begins that a spreadsheet would compute; the wide ones in East Asia.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_BLANK = " \u00a0\u200b\ufeff"  # some programs look behind them


def cases_show(
    config_file: Path, reference: str, *, as_json: bool, restricted: bool = False
) -> int:
    """Print the file of one case; 66 if there is none of that reference."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        case = tx.case_by_reference(reference)
        if case is None:
            return _no_case(reference)
        events, corrections = tx.events(case.id), tx.corrections(case.id)
        papers = Papers(
            parts=tx.parts(case.id),
            measures=tx.measures(case.id),
            records=tx.records(case.id),
            clocks=tx.clocks(case.id),
            letters=tx.filed_letters(case.id),
        )
    if as_json:
        row = {
            "events": [event_json(event) for event in events],
            "corrections": [correction_json(item) for item in corrections],
            **papers_json(papers.shown(restricted=restricted)),
        }
        write_row({**case_json(case), **row})
        return OK
    zone = desk.rules.policy.calendar.zone
    lines = case_file(case, events, zone, papers, restricted=restricted)
    sys.stdout.write("\n".join(lines) + "\n")
    return OK


def cases_note(
    config_file: Path,
    reference: str,
    *,
    kind: str,
    text: str,
    by: str = "",
    restricted: bool = False,
) -> int:
    """Write a note or a register's entry; 64 for a kind that is none, 66 for no such case."""
    kind = kind.strip().lower().replace("-", "_")
    if kind not in ("", "note", *KINDS):
        say(f"{plain(kind)!r} is no kind of entry; write note, {', '.join(KINDS)}")
        return USAGE
    text = _words(text)
    if not text:
        say("an entry needs words: --text")
        return USAGE
    desk = opened(config_file)
    kind = "" if kind == "note" else kind
    entry = Entry(kind=kind, text=text, by=by or who(), restricted=restricted)
    case = enter(desk, reference, entry, now=now())
    if case is None:
        return _no_case(reference)
    sys.stdout.write(f"{case.reference}: {kind or 'note'} entered\n")
    return OK


def cases_close(config_file: Path, reference: str, *, reason: str, by: str = "") -> int:
    """Close a case without an outcome; 65 where it is closed already, 66 for no such case."""
    if not reason.strip():
        say("a case is closed for a reason: --reason")
        return USAGE
    desk = opened(config_file)
    found = withdraw(desk, reference, reason=reason.strip(), by=by or who(), now=now())
    if found is None:
        return _no_case(reference)
    before, case = found
    if case.status is before:
        say(f"{case.reference} is {before.value} already")
        return BAD_DATA
    sys.stdout.write(f"{case.reference}: {before.value} → {case.status.value}\n")
    return OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the options of `cases add` say."""

    channel: str
    name: str
    contact: str
    text: str
    by: str


def cases_add(config_file: Path, heard: Heard) -> int:
    """Take in a complaint that did not come by mail; 64 for no such channel, or no words."""
    if heard.channel not in CHANNELS:
        say(f"{plain(heard.channel)!r} is no channel; write {', '.join(CHANNELS)}")
        return USAGE
    text = _words(heard.text)
    if not text:
        say("a complaint needs words: --text, or --text - and words on standard input")
        return USAGE
    desk = opened(config_file, isolated=True)
    note = Note(
        channel=heard.channel,
        name=heard.name,
        contact=heard.contact.strip(),
        text=text,
        taken_by=heard.by or who(),
        at=now(),
    )
    with closing(desk.reader):
        poll.take_in(desk, as_mail(note, to=desk.box.address), now=note.at)
        say("taken in")
        with suppress(AlreadyRunning):  # then the daemon handles it
            work_off(desk, reporter())
    return OK


def cases_export(config_file: Path, *, anonymised: bool, since: str, as_json: bool) -> int:
    """Write every case as a row, oldest first: CSV, or JSON lines; 64 for a date that is none."""
    desk = opened(config_file)
    zone = desk.rules.policy.calendar.zone
    try:
        begin = datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=zone) if since else None
    except ValueError:
        say(f"{plain(since)!r} is no date; write 2026-11-30")
        return USAGE
    columns = COLUMNS if anonymised else (*COLUMNS, *PERSONS)
    table = None if as_json else csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    if table:
        table.writeheader()
    with desk.store.read() as tx:
        found = reversed(tx.recent_cases(limit=_ALL))
        wanted = (case for case in found if begin is None or case.received_at >= begin)
        for number, case in enumerate(wanted, 1):
            life = life_of(tx, desk, case, cause=0, now=now())
            row = export_row(number, life, persons=not anonymised)
            if table:
                table.writerow({key: _cell(value) for key, value in row.items()})
            else:
                write_row(row)
    return OK


def _cell(value: object) -> object:
    """Return what stands in a cell; no spreadsheet takes a stranger's words for a formula (F121).

    A lone CR would end the row for some, and what follows it would begin a cell.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if value.lstrip(_BLANK)[:1] in _FORMULA else text


def _words(text: str) -> str:
    """Return what an option says; `-` stands for standard input."""
    return (sys.stdin.read(1_000_000) if text == "-" else text).strip()


def _no_case(reference: str) -> int:
    say(f"there is no case {plain(reference)}; `cases list` shows the newest")
    return NO_INPUT


def cases_correct(
    config_file: Path, reference: str, *, category: str, by: str = "", note: str = ""
) -> int:
    """Say what a case is about; 64 for a category that is none, 66 for a case that is none."""
    desk = opened(config_file, isolated=True)
    with closing(desk.reader):
        choice = read_choice(category, desk.rules.policy)
        if choice is None:
            known = ", ".join(f"{one.value} ({letter})" for one, letter in LETTERS.items())
            say(f"{plain(category)!r} is no category; write {known} or no complaint (N)")
            return USAGE
        found = correct_case(desk, reference, choice, by=by or who(), note=note, now=now())
    if found is None:
        return _no_case(reference)
    before, after = found
    sys.stdout.write(f"{after.reference}: {_shown(before)} → {_shown(after)}\n")
    return OK


def _shown(case: Case) -> str:
    doubt = "?" if case.unsure else ""
    to = ", ".join(case.departments) or "nobody"
    return f"{words_of(case.matter, case.category)}{doubt} with {to}"
