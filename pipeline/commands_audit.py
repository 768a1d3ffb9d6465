"""What the commands of `audit` do; command_line_audit.py only unpacks the command line."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from cases.chain import file_problems
from pipeline.audit_check import Finding, Tally, audit
from pipeline.audit_export import export_case
from pipeline.clock import now
from pipeline.exits import BAD_DATA, NO_INPUT, OK, not_written, say
from pipeline.terminal import opened, plain, write_row


def export(config_file: Path, reference: str, *, out: Path, restricted: bool) -> int:
    """Write one case into a new file; 64 if the file is there, 66 for no such case."""
    desk = opened(config_file)
    try:
        done = export_case(desk, reference, out, restricted=restricted, now=now())
    except OSError as error:
        return not_written(out, error)
    if done is None:
        say(f"there is no case {plain(reference)}; `cases list` shows the newest")
        return NO_INPUT
    counts = f"{done.mails} mails, {done.letters} letters, {done.events} events"
    sys.stdout.write(f"{out}: {counts}\n")
    if done.restricted:
        say(f"{len(done.restricted)} restricted things are not in it; --restricted takes them in")
    if done.gone:
        say(f"erased, or can't be read: {', '.join(done.gone)}")
    return OK


def verify(config_file: Path, *, anchor: str, as_json: bool) -> int:
    """Check the whole database; 65 if something was changed past the desk."""
    desk, tally = opened(config_file), Tally()
    found = _tell(audit(desk.store, tally, known=anchor.strip().lower()), as_json=as_json)
    if as_json:
        write_row({"checked": asdict(tally), "problems": found})
    else:
        counts = ", ".join(f"{count} {name}" for name, count in asdict(tally).items())
        sys.stdout.write(f"checked: {counts}; {found or 'no'} problem{'s' * (found != 1)}\n")
    return BAD_DATA if found else OK


def verify_file(file: Path, *, anchor: str, as_json: bool) -> int:
    """Check an exported case by nothing but itself; 65 if something does not fit."""
    try:
        archive = ZipFile(file)
    except OSError as error:
        say(f"{file}: {error.strerror}")
        return NO_INPUT
    except BadZipFile:
        say(f"{file} is no ZIP file")
        return BAD_DATA
    with archive:
        problems = _problems(archive, anchor.strip().lower())
    found = _tell((Finding(case="", words=words) for words in problems), as_json=as_json)
    if as_json:
        write_row({"problems": found})
    elif not found:
        sys.stdout.write(f"{file}: everything fits\n")
    return BAD_DATA if found else OK


def _problems(archive: ZipFile, anchor: str) -> list[str]:
    try:
        found = list(file_problems(archive))
        anchors = {one["hash"] for one in json.loads(archive.read("chain.json"))["anchors"]}
        if anchor and anchor not in anchors:
            found.append(f"no anchor in it is {anchor}")
    except Exception as error:  # noqa: BLE001 - whatever is in a file from anywhere
        return [f"it is no export of a case: {type(error).__name__}: {error}"]
    return found


def _tell(findings: Iterable[Finding], *, as_json: bool) -> int:
    """Print every problem on a line of its own and return how many there are."""
    count = 0
    for count, one in enumerate(findings, 1):  # noqa: B007 - counted
        if as_json:
            write_row({"case": one.case, "problem": one.words})
        else:
            sys.stdout.write(f"WRONG: {plain(str(one))}\n")
    return count
