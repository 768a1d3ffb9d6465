"""What the commands about personal data do; command_line_privacy.py unpacks the command line."""

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from cases.addresses import sendable
from pipeline.clock import now
from pipeline.config_privacy import add_key
from pipeline.copies import remove_copies, remove_letters
from pipeline.desk import Desk, open_store, source_of
from pipeline.erase import Outcome, Request, erase, why_not
from pipeline.exits import BAD_DATA, NO_INPUT, OK, TRY_AGAIN, USAGE, not_written, say
from pipeline.lock import only_one
from pipeline.personal_export import collect, packed
from pipeline.quarantine import write_new
from pipeline.retention import clear
from pipeline.terminal import opened, plain, who, write_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the options of `erase` say."""

    person: str
    reference: str
    reason: str
    by: str
    open_too: bool
    dry_run: bool
    yes: bool


def erase_person(config_file: Path, wish: Wish) -> int:
    """Erase a person or one case; 64 without --yes, 65 for what must not be, 75 for what waits."""
    person = _address(wish.person)
    if bool(person) == bool(wish.reference) or (person and not sendable(person)):
        say("name one person by their mail address, or one case with --case C-2026-000123")
        return USAGE
    if wish.yes and not wish.reason.strip():
        say("what is erased is erased for a reason: --reason")
        return USAGE
    desk = opened(config_file)
    if person and (why := why_not(desk, person)):
        say(f"{plain(person)} can't be erased: {why}")
        return BAD_DATA
    request = Request(
        by=wish.by or who(),
        why=plain(wish.reason.strip()),
        person=person,
        reference=wish.reference,
        open_too=wish.open_too,
        dry_run=wish.dry_run or not wish.yes,
    )
    outcome = erase(desk, request, now=now())
    sys.stdout.write("\n".join(_told(outcome, dry_run=request.dry_run)) + "\n")
    if not outcome.found:
        return BAD_DATA if outcome.open else TRY_AGAIN if outcome.busy else NO_INPUT
    if request.dry_run:
        if not wish.dry_run:
            say("nothing was erased: say --yes to do it")
        return OK if wish.dry_run else USAGE
    _clean_up(desk)
    return BAD_DATA if outcome.open else TRY_AGAIN if outcome.busy else OK


def list_erasures(config_file: Path) -> int:
    """Print the register of erasures, oldest first."""
    desk = opened(config_file)
    zone = desk.rules.policy.calendar.zone
    table = Table(box=None, header_style="dim")
    for title in ("at", "by", "how", "mails", "letters", "cases", "why"):
        table.add_column(title, overflow="fold")
    with desk.store.read() as tx:
        for one in tx.erasures():
            at = one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
            cells = (at, one.by, one.how, one.mails, one.letters, " ".join(one.cases), one.why)
            table.add_row(*(plain(str(cell)) for cell in cells))
    write_table(table)
    return OK


def export_person(config_file: Path, person: str, *, out: Path) -> int:
    """Write what is kept of a person into a new file; 66 if there is nothing."""
    person = _address(person)
    if not sendable(person):
        say("name the person by their mail address")
        return USAGE
    desk = opened(config_file)
    parcel = collect(desk, person, now=now())
    try:
        write_new(out, packed(parcel, desk))
    except OSError as error:
        return not_written(out, error)
    counts = f"{len(parcel.cases)} cases, {len(parcel.files)} mails and letters"
    say(f"{out}: {counts}; look through it before you hand it out")
    return OK if parcel.holds_anything else NO_INPUT


def new_key(config_file: Path) -> int:
    """Put a new master key in front of the others and wrap every data key by it."""
    desk = opened(config_file)
    path = desk.settings.privacy.key_file
    if path is None:
        say("config.yaml names no key: encryption.key_file")
        return USAGE
    with only_one(desk.store.file):
        add_key(path)
        store, count = open_store(desk.settings), 0
        while True:
            with store.begin() as tx:
                done = tx.data_keys.rewrap()
            count += done
            if not done:
                break
        store.clear_space()
    say(
        f"{path}: the first line is the key in use now, and {count} data keys are wrapped by it; "
        "delete the other lines once no backup needs them"
    )
    return OK


def _address(text: str) -> str:
    """Return an address in lower case; `-` reads it from standard input, out of any history."""
    return (sys.stdin.readline() if text == "-" else text).strip().lower()


def _told(outcome: Outcome, *, dry_run: bool) -> list[str]:
    would = "would be " if dry_run else ""
    lines = [
        f"{would}erased: {len(outcome.cases)} cases, {outcome.mails} mails, "
        f"{outcome.letters} letters"
    ]
    lines += [f"{would}erased: {reference}" for reference in outcome.cases]
    lines += [f"{would}taken out of {reference}" for reference in outcome.others]
    lines += [
        f"left alone: {reference} is {status}; --open-too closes it without an outcome"
        for reference, status in outcome.open
    ]
    lines += [f"waits: {reference}: {why}; run this again" for reference, why in outcome.busy]
    lines += [
        f"has letters with their words still: {plain(addr)} ({count} cases); ask them to delete"
        for addr, count in sorted(outcome.told.items())
    ]
    lines += [f"named in {name}: take it out there" for name in outcome.named_in]
    return lines


def _clean_up(desk: Desk) -> None:
    """Remove the copies that can be reached from here, and clear the space."""
    remove_letters(desk, now=now())
    for box in desk.settings.mailboxes.values():
        if isinstance(box.source, Path):
            remove_copies(desk, box.name, source_of(box), now=now())
    with desk.store.read() as tx:
        left = sum(count for count, _ in tx.copies_left().values())
    if left:
        say(f"{left} copies on mail servers are removed by the desk while it runs; see `status`")
    if not clear(desk, now=now()):
        say("the space could not be cleared now; the desk does it within a day")
