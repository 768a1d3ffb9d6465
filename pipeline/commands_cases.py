"""What the commands do that change a case by hand; run.py only unpacks the command line."""

import sys
from contextlib import closing
from pathlib import Path

from cases.model import Case
from pipeline.clock import now
from pipeline.correct import correct_case
from pipeline.exits import NO_INPUT, OK, USAGE, say
from pipeline.terminal import opened, plain, who
from routing.choices import LETTERS, read_choice
from routing.reroute import words_of


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
        say(f"there is no case {plain(reference)}; `cases list` shows the newest")
        return NO_INPUT
    before, after = found
    sys.stdout.write(f"{after.reference}: {_shown(before)} → {_shown(after)}\n")
    return OK


def _shown(case: Case) -> str:
    doubt = "?" if case.unsure else ""
    to = ", ".join(case.departments) or "nobody"
    return f"{words_of(case.matter, case.category)}{doubt} with {to}"
