"""What a change of the rules would have done: the same as what happened, where nothing changed."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from pipeline import rules_file
from pipeline.desk import Desk
from pipeline.reading import InlineReader
from pipeline.replay import Replayed, replay
from pipeline.replay_read import Pair
from pipeline.rules_file import RuleSet
from tests.conftest import ROOT
from tests.pipeline.conftest import Office
from tests.pipeline.mailbag import Town, TownClassifier, month_before

RULES = (ROOT / "routing/rules.yaml").read_text(encoding="utf-8")
#: A shop that passes mails on, and somebody who may be complained of.
STAFF = (
    ("colleagues: []", 'colleagues: ["*@shop.example.com"]'),
    (
        "    manager: cs-head@example.com\n",
        "    manager: cs-head@example.com\n    stand_in: quality\n"
        "    people: {李伟: cs-head@example.com, Li Wei: cs-head@example.com}\n",
    ),
)
MAILS = 2000 if os.environ.get("CI") else 200


@pytest.fixture
def town(office: Office, tmp_path: Path) -> Iterator[Office]:
    """Return an office that reads by words, so that a few numbers are found and some doubted."""
    desk = office.desk
    reader = InlineReader(desk.tools, classifier=TownClassifier(desk.rules.vocabulary))
    rules = changed(tmp_path, *STAFF)
    office.desk = replace(desk, reader=reader, rules=rules)
    yield office


def changed(folder: Path, *changes: tuple[str, str]) -> RuleSet:
    """Return the shipped rules with some things changed."""
    text = RULES
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return rules_file.load(path)


def replayed(office: Office, new: RuleSet | None = None) -> Sequence[Replayed]:
    """Return every case of the office, by the live rules and the new ones."""
    desk = office.desk
    pair = Pair(live=desk.reader, new=desk.reader)
    since = month_before(office.now)
    return tuple(
        replay(desk, new or desk.rules, since=since, until=office.now, pairs=(pair, pair))
    )


def contents(desk: Desk) -> list[str]:
    """Return everything that stands in the database."""
    assert desk.store.file is not None
    with sqlite3.connect(desk.store.file) as connection:
        return list(connection.iterdump())


# ---------------------------------------------------------------- as it happened


@pytest.mark.long
@pytest.mark.timeout(900)
def test_replay_of_stored_mails_equals_what_happened_exactly(town: Office) -> None:
    """Whatever came since, every first mail is judged as it was, where the rules are the same."""
    Town(town, Random(20261123)).live(MAILS)
    before = contents(town.desk)
    found = replayed(town)
    unlike = [
        (one.case.reference, one.happened, one.live)
        for one in found
        if one.live is None or one.happened is None
        or one.live.judgement != one.happened.judgement
    ]  # fmt: skip

    assert unlike == []
    assert len([one for one in found if one.opened]) > MAILS // 3
    assert any(one.mails > 1 for one in found)
    assert any(one.corrected for one in found)
    assert contents(town.desk) == before, "nothing is written"
