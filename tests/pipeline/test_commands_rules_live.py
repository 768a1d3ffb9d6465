"""`rules history`, `rules rollback` and `rules accept`, on a desk that is not running."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.rule_rows import RuleVersion
from cases.store import Store
from pipeline import clock, config, rules_texts
from pipeline import commands_rules_live as commands
from pipeline.desk import open_desk
from pipeline.rehearse import Result
from pipeline.rule_proposals import propose
from pipeline.rules_examples import Example
from pipeline.rules_file import load
from pipeline.rules_schema_rule import GivesBlock, MailBlock
from pipeline.rules_texts import texts_of
from templates.render import Letters
from tests.conftest import CONFIG

RULE = "  - {{name: {name}, when: {{words: [kettle]}}, then: {{tags: [{name}]}}}}  # why: {name}\n"


class Town:
    """A config file, its rules.yaml, and the sets that were live."""

    def __init__(self, folder: Path, shipped: str, now: datetime) -> None:
        self.config, self.file = folder / "config.yaml", folder / "rules.yaml"
        self._shipped, self._now = shipped, now
        self.config.write_text(
            "\n".join(
                "rules: rules.yaml" if line.startswith("rules:") else line
                for line in CONFIG.splitlines()
            ),
            encoding="utf-8",
        )
        self.store = Store(f"sqlite:///{folder}/desk.db")
        self.store.upgrade()

    def save(self, *names: str) -> str:
        """Save a rules.yaml with rules of these names; returns its version."""
        rules = "".join(RULE.format(name=name) for name in names)
        text = self._shipped.replace("\nrules:\n", f"\nrules:\n{rules}", 1)
        self.file.write_text(text, encoding="utf-8")
        return load(self.file).policy.version

    def live(self, *names: str) -> str:
        """Save such a file and let it be live."""
        version = self.save(*names)
        self._now += timedelta(hours=1)
        with self.store.begin() as tx:
            texts = texts_of(load(self.file))
            tx.went_live(version, texts, by="lin.yan", how="file", now=self._now)
        return version

    def versions(self) -> tuple[RuleVersion, ...]:
        """Return what was live."""
        with self.store.read() as tx:
            return tx.rule_versions()


@pytest.fixture
def town(
    tmp_path: Path,
    root: Path,
    monday_nine: datetime,
    shipped_letters: Letters,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    """Return a desk whose rules were changed twice; no example fails."""
    monkeypatch.setattr("pipeline.desk.Letters", lambda *, zone: shipped_letters)
    monkeypatch.setattr(commands, "failures", lambda rules, **_: ())
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    town = Town(tmp_path, shipped, monday_nine)
    with closing(town.store):
        for names in (("one",), ("one", "two"), ("one", "two", "three")):
            town.live(*names)
        yield town


def test_the_history_says_when_who_how_and_how_much(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest first, in the time of the desk."""
    assert commands.history(town.config, diff=None, limit=2, as_json=False) == 0
    newest, before = capsys.readouterr().out.splitlines()

    assert newest.split() == [
        *("3", "2026-11-23", "12:00", "file", town.versions()[0].version, "lin.yan"),
        *("+1", "-0", "lines"),
    ]
    assert before.split()[0] == "2"


def test_the_history_is_there_for_programs_as_well(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """One JSON object a line."""
    commands.history(town.config, diff=None, limit=50, as_json=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [(row["number"], row["added"], row["removed"]) for row in rows] == [
        *((3, 1, 0), (2, 1, 0), (1, 0, 0)),
    ]
    assert rows[0]["live_at"] == "2026-11-23T04:00:00+00:00"


def test_the_history_shows_what_one_of_them_changed(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference against the one before it; of one that was never there, nothing."""
    assert commands.history(town.config, diff=2, limit=50, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [line for line in lines if line.startswith("+ ")] == ["+" + RULE.format(name="two")[:-1]]
    assert lines[:2] == ["--- rules.yaml", "+++ rules.yaml"]
    assert commands.history(town.config, diff=9, limit=50, as_json=False) == 66


def test_rollback_puts_the_rules_before_back_comments_and_all(town: Town) -> None:
    """The file is byte for byte what it was; the running desk will know whose doing it is."""
    assert commands.rollback(town.config, None) == 0
    wanted = town.versions()[1]
    with town.store.read() as tx:
        accepted = tx.accepted(since=town.versions()[0].live_at)

    assert town.file.read_text(encoding="utf-8") == wanted.files["rules.yaml"]
    assert "# why: two" in wanted.files["rules.yaml"]
    assert load(town.file).policy.version == wanted.version
    assert accepted is not None
    assert (accepted.version, accepted.how) == (wanted.version, "rollback")


def test_rollback_undoes_a_file_that_never_went_live_first(town: Town) -> None:
    """A wrong file lies there: what is in force comes back, and the file is kept beside."""
    town.file.write_text("half a thought\n", encoding="utf-8")

    assert commands.rollback(town.config, None) == 0
    assert load(town.file).policy.version == town.versions()[0].version
    kept = town.file.with_name("rules.yaml.replaced")
    assert kept.read_text(encoding="utf-8") == "half a thought\n"


def test_rollback_goes_to_any_set_that_was_live(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the number of the history; a number that is none changes nothing."""
    assert commands.rollback(town.config, 1) == 0
    assert load(town.file).policy.version == town.versions()[-1].version
    assert commands.rollback(town.config, 17) == 66
    assert "there are no rules number 17" in capsys.readouterr().err


def test_rollback_refuses_rules_whose_examples_fail_today(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file stays as it is, and the example is named."""
    example = Example(rule="two", line=12, mail=MailBlock(text="x"), gives=GivesBlock())
    failed = Result(example=example, differences=("tags should be two",))
    monkeypatch.setattr(commands, "failures", lambda rules, **_: (failed,))
    before = town.file.read_bytes()

    assert commands.rollback(town.config, None) == 78
    assert town.file.read_bytes() == before
    assert "rules.yaml:12 [two] tags should be two" in capsys.readouterr().err


@pytest.mark.parametrize("step", range(4))
def test_rollback_that_is_killed_leaves_a_whole_file(
    town: Town, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, between and after each step of writing there is the old file or the new one."""
    old, wanted = town.file.read_bytes(), town.versions()[1].files["rules.yaml"].encode()
    calls = ("open", "fsync", "replace", "fchmod")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        target = Path if calls[step] in ("open", "replace") else os
        patch.setattr(target, calls[step], killed)
        with pytest.raises(KeyboardInterrupt):
            rules_texts.write_texts(town.versions()[1].files, town.file, known={})
    assert town.file.read_bytes() == old
    assert commands.rollback(town.config, 2) == 0

    assert town.file.read_bytes() == wanted


def test_accept_says_yes_to_what_waits(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """By hand on the command line, without the code of the letter; then nothing waits."""
    desk = open_desk(config.load(town.config), in_force=True)
    new = town.save("four")
    texts = texts_of(load(town.file))
    why, now = "it drops 3 of 5 rules", town.versions()[0].live_at + timedelta(hours=1)
    town.file.write_text(town.versions()[0].files["rules.yaml"], encoding="utf-8")
    propose(desk, texts, by="", how="mail", why=why, now=max(now, clock.now()))
    desk.store.close()

    assert commands.accept_waiting(town.config) == 0
    assert why in capsys.readouterr().err
    assert load(town.file).policy.version == new
    assert commands.accept_waiting(town.config) == 66
