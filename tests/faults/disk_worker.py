"""A desk that works off whatever waits and ends: for a tracer to harm its writes.

Mails are judged without the model, so that it starts in a second. A verb that fails is tried again,
as the daemon's threads do; whatever fails thirty times in a row is given up with code 1.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cases.errors import DeskError
from pipeline import config
from pipeline.clock import now
from pipeline.deliver import deliver_one
from pipeline.desk import Desk, open_desk, require_schema, sender_of, source_of
from pipeline.poll import file_settled, poll
from pipeline.process import process_one
from pipeline.reading import InlineReader
from tests.conftest import PlainClassifier

_TRIES = 30


def _again(verb: Callable[[], object]) -> None:
    """Do something until it has nothing more to do; an error is one try."""
    failed = 0
    while failed < _TRIES:
        try:
            if not verb():
                return
        except (DeskError, OSError):
            failed += 1
    sys.exit(1)


def main(folder: Path) -> None:
    """Work off the desk of one folder."""
    desk: Desk = open_desk(config.load(folder / "config.yaml", environment={}))
    reader = InlineReader(desk.tools, classifier=PlainClassifier(desk.rules.vocabulary))
    desk = replace(desk, reader=reader)
    _again(lambda: require_schema(desk))
    source, sender = source_of(desk.box), sender_of(desk.settings)
    _again(lambda: poll(desk, desk.box, source, now=now()))
    for verb in (
        lambda: process_one(desk, now=now()),
        lambda: file_settled(desk, desk.box, source),
        lambda: deliver_one(desk, sender, now=now()),
    ):
        _again(verb)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
