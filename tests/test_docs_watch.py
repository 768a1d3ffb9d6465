"""Whoever is called at night finds the alarm, the figure and the key of a line in the manual."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config_watch import WatchSettings
from pipeline.desk import Desk
from pipeline.metrics import PREFIX
from pipeline.watch import Watch

ROOT = Path(__file__).parents[1]
OPERATE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
RUNBOOK = OPERATE.partition("### Runbook\n")[2].partition("\n## ")[0]
#: What every entry answers.
ANSWERS = ("**You see**", "**It means**", "**First**", "**It is over**")


def _kinds() -> set[str]:
    """Return every kind of issue in the code; `letters_*` where the end is not known."""
    found = set()
    for path in (ROOT / "pipeline").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Issue":
                continue
            (kind,) = (word.value for word in node.keywords if word.arg == "kind")
            begins = kind.values[0] if isinstance(kind, ast.JoinedStr) else kind
            assert isinstance(begins, ast.Constant), f"{path.name}: a kind begins with its name"
            name, whose, _ = str(begins.value).partition(":")
            found.add(name if whose or kind is begins else f"{name}*")
    return found


def _entries() -> dict[str, str]:
    """Return the runbook: kind → what stands below it."""
    parts = re.split(r"^#### `(\w+)`\n", RUNBOOK, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_alarm_has_its_entry_in_the_runbook() -> None:
    """What one sees, what it means, what to do first, and how one knows that it is over."""
    entries, kinds = _entries(), _kinds()
    named = {kind for kind in kinds if not kind.endswith("*")}
    open_ended = {kind.removesuffix("*") for kind in kinds - named}

    assert len(named) > 5
    assert named - entries.keys() == set()
    assert all(any(entry.startswith(start) for entry in entries) for start in open_ended)
    left = {e for e in entries.keys() - named if not e.startswith(tuple(open_ended))}
    assert left == set(), "entries for alarms that nobody raises"
    assert {e for e, text in entries.items() if not all(a in text for a in ANSWERS)} == set()


def test_the_table_of_figures_is_what_is_measured(desk: Desk) -> None:
    """No figure without a row, no row without a figure."""
    settings = WatchSettings(host="127.0.0.1", port=1)
    watch = Watch(settings, desk, up_since=datetime(2026, 11, 23, tzinfo=UTC))
    watch.look(desk, now=datetime(2026, 11, 23, tzinfo=UTC))
    families = watch.metrics.registry.collect()
    ending = {"counter": "_total"}
    measured = {
        family.name.removeprefix(PREFIX) + ending.get(family.type, "")
        for family in families
        if family.name.startswith(PREFIX)
    }
    table = OPERATE.partition("| metric, each with")[2].partition("\n\n")[0]
    names = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    desk.store.close()

    assert {name for row in names for name in re.findall(r"`(\w+)`", row)} == measured
