"""Rules change while the desk works: when they are read, what may go live, and who hears of it."""

import os
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from cases.errors import ConfigError
from cases.rule_rows import RuleVersion
from pipeline import rules_texts
from pipeline.config import Settings
from pipeline.current import Current
from pipeline.desk import open_desk
from pipeline.live_rules import LiveRules
from pipeline.reading import InlineReader, Reader, ReaderUnavailable, Tools
from pipeline.rehearse import Result
from pipeline.rule_proposals import Outcome, accept, proposal_with, propose
from pipeline.rules_examples import Example
from pipeline.rules_file import RuleSet, load
from pipeline.rules_schema_rule import GivesBlock, MailBlock
from pipeline.rules_texts import texts_of, write_texts
from pipeline.status import health
from templates.render import Letters
from tests.conftest import MakeRaw, PlainClassifier
from tests.pipeline.conftest import Office, letter_text

BOSS = "supervisor@example.com"
RULE = """\
  - name: {name}
    when: {{words: [{word}]}}
    then: {{tags: [{word}]}}
"""
THREE = tuple(RULE.format(name=f"Rule of {word}", word=word) for word in ("kettle", "pot", "pan"))


@dataclass
class Lines:
    """What the daemon says."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.said.append((outcome, words))


class Plain(InlineReader):
    """A reader that needs no model, and knows whether it was closed."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools, classifier=PlainClassifier(tools.vocabulary))
        self.closed = False

    def close(self) -> None:
        """Take note."""
        self.closed = True


@dataclass
class House:
    """A folder with rules.yaml, the desk that lives by it, and the time."""

    file: Path
    office: Office
    shipped: str
    lines: Lines = field(default_factory=Lines)
    failing: tuple[Result, ...] = ()
    readers: list[Plain] = field(default_factory=list)
    current: Current = field(init=False)
    live: LiveRules = field(init=False)

    def start(self) -> None:
        """Start the desk, again perhaps: nothing is remembered but in the database."""
        desk = open_desk(self.office.desk.settings, in_force=True)
        reader = self.make_reader(
            Tools(vocabulary=desk.rules.vocabulary, own_addresses=frozenset(), key=desk.key)
        )
        self.current = Current(replace(desk, store=self.office.desk.store, reader=reader))
        self.live = LiveRules(
            self.current, self.lines, failures=self._failures, make_reader=self.make_reader
        )
        self.live.begin(now=self.office.now)

    def _failures(
        self, rules: RuleSet, *, settings: Settings, now: datetime, reader: Reader | None = None
    ) -> tuple[Result, ...]:
        assert reader is not None
        reader.read(b"Subject: one\n\nkettle")
        return self.failing

    def make_reader(self, tools: Tools) -> Plain:
        """Return a reader, and keep it to look at."""
        self.readers.append(Plain(tools))
        return self.readers[-1]

    def text(self, *rules: str) -> str:
        """Return the shipped file with these rules before its own."""
        return self.shipped.replace("\nrules:\n", "\nrules:\n" + "".join(rules), 1)

    def save(self, *rules: str) -> str:
        """Save such a file, as an editor that renames; returns its version."""
        return self.write(self.text(*rules))

    def write(self, text: str) -> str:
        """Save any text; returns its version, "" if it has none."""
        draft = self.file.with_name("draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.file)
        try:
            return load(self.file).policy.version
        except ConfigError:
            return ""

    def look(self, times: int = 3) -> str:
        """Let the watcher look a few times, two seconds apart; returns the version that is live."""
        for _ in range(times):
            self.office.later(seconds=2)
            self.live.look(now=self.office.now)
        return self.version

    @property
    def version(self) -> str:
        """The version that the desk works by."""
        return self.current.desk.rules.policy.version

    def history(self) -> tuple[RuleVersion, ...]:
        """Return what was live, the newest first."""
        with self.current.desk.store.read() as tx:
            return tx.rule_versions()

    def letters(self) -> list[str]:
        """Return the letters that the supervisor has got about rules, sent now and before."""
        self.office.later(minutes=2)
        self.office.desk = self.current.desk
        self.office.deliver()
        return [letter_text(mail) for mail in self.office.tray.to(BOSS)]

    def issues(self) -> list[str]:
        """Return what `status` says of the rules."""
        found = health(self.current.desk, now=self.office.now).found
        return [issue.words for issue in found if issue.kind.startswith("rules")]


@pytest.fixture
def house(
    office: Office,
    root: Path,
    tmp_path: Path,
    shipped_letters: Letters,
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    """Return a desk that was started by a rules.yaml of its own, with a list of words beside."""
    # All letters take a second to compile, and are the same at every start.
    monkeypatch.setattr("pipeline.desk.Letters", lambda *, zone: shipped_letters)
    folder = tmp_path / "rules"
    (folder / "lists").mkdir(parents=True)
    file = folder / "rules.yaml"
    law = (root / "routing" / "lists" / "law.txt").read_bytes()
    (folder / "lists" / "law.txt").write_bytes(law)
    settings = replace(office.desk.settings, rules=file)
    office.desk = replace(office.desk, settings=settings)
    shipped = (root / "routing" / "rules.yaml").read_text(encoding="utf-8")
    house = House(file, office, shipped)
    house.save(*THREE)
    house.start()
    return house


def failing(rules: str = "Rule of kettle") -> tuple[Result, ...]:
    example = Example(rule=rules, line=200, mail=MailBlock(text="x"), gives=GivesBlock())
    return (Result(example=example, differences=("department should be quality",)),)


EXAMPLE = """\
    examples:
      - mail: The kettle leaks.
        gives: {tags: kettle}
"""


# -------------------------------------------------------------- when


def test_the_first_start_keeps_the_file_that_is_there(house: House) -> None:
    """With its text, its list beside it, and the shipped lists it uses; nobody is written to."""
    (first,) = house.history()

    assert (first.how, first.version) == ("start", house.version)
    assert first.files["rules.yaml"] == house.text(*THREE)
    assert {"lists/law.txt", "lists/injury.txt"} <= set(first.files)
    assert house.letters() == []


def test_a_changed_file_goes_live_as_soon_as_it_is_still(house: House) -> None:
    """Not at the look that sees the change, but at the next one."""
    before = house.version
    new = house.save(*THREE, RULE.format(name="More", word="lid"))

    assert house.look(1) == before
    assert house.look(1) == new
    assert [one.how for one in house.history()] == ["file", "start"]


def test_a_file_that_changes_at_every_look_is_not_read(house: House) -> None:
    """Whoever is still writing is left alone."""
    before = house.version
    for number in range(5):
        house.save(*THREE, RULE.format(name=f"More {number}", word="lid"))

        assert house.look(1) == before
    assert house.look(1) != before


def test_a_file_that_was_written_in_place_counts_as_changed(house: House) -> None:
    """Some editors neither rename nor change the length."""
    text = house.text(*THREE)
    house.file.write_text(text.replace("tags: [pan]", "tags: [pon]"), encoding="utf-8")
    house.look()

    assert house.current.desk.rules.policy.rules[2].then.tags == ("pon",)


def test_a_list_that_rules_yaml_names_counts_as_part_of_it(house: House) -> None:
    """One more word in lists/law.txt is another version."""
    before = house.version
    law = house.file.parent / "lists" / "law.txt"
    law.write_bytes(b"ombudsperson\n" + law.read_bytes())

    assert house.look() != before
    assert "ombudsperson" in house.history()[0].files["lists/law.txt"]


def test_a_list_of_ones_own_that_is_new_takes_the_place_of_the_shipped_one(house: House) -> None:
    """Nothing else was changed."""
    before = house.version
    (house.file.parent / "lists" / "media.txt").write_text("gazette\n", encoding="utf-8")

    assert house.look() != before


def test_a_file_that_is_only_touched_changes_nothing(house: House) -> None:
    """It is read, found to be what is live, and nobody hears of it."""
    os.utime(house.file)
    house.look()

    assert len(house.history()) == 1
    assert house.letters() == []


def test_what_was_missing_is_found_where_nobody_looked_for_it(house: House) -> None:
    """A wrong file is read again every half minute: an example mail may be put beside it."""
    example = EXAMPLE.replace("mail: The kettle leaks.", "file: mails/one.eml")
    house.save(THREE[0] + example, *THREE[1:])
    house.look()
    assert "can't be read" in house.letters()[0]
    (house.file.parent / "mails").mkdir()
    (house.file.parent / "mails" / "one.eml").write_bytes(b"Subject: one\n\nkettle")
    house.office.later(seconds=30)
    house.look(4)

    assert "mails/one.eml" in house.history()[0].files
    assert house.issues() == []


# -------------------------------------------------------------- what may not


def test_a_half_saved_file_leaves_the_old_rules_running(house: House) -> None:
    """It is said in a line, in `status` and in one letter that shows the place."""
    before = house.version
    house.write(house.text(*THREE).removesuffix("end: true\n"))
    for _ in range(4):
        assert house.look() == before
    (letter,) = house.letters()

    assert "cut off or saved half-way" in letter
    assert "启用的规则处理" in letter
    assert [outcome for outcome, _ in house.lines.said if outcome == "rules wrong"] != []
    assert len([1 for outcome, _ in house.lines.said if outcome == "rules wrong"]) == 1
    assert "rules.yaml has been wrong since 2026-11-23T01:00:04" in house.issues()[0]
    assert "rules check" in house.issues()[0]


def test_each_version_of_a_wrong_file_is_told_once_also_after_a_restart(house: House) -> None:
    """Another mistake is another letter; the same one is not, whatever is started again."""
    house.write(house.text(*THREE).replace("category: quality", "category: qualty", 1))
    house.look()
    house.letters()
    house.start()
    house.look(20)
    assert len(house.letters()) == 1
    house.write(house.text(*THREE).replace("rules_version: 1", "rules_version: 2", 1))
    house.look()

    assert len(house.letters()) == 2


def test_who_has_it_right_within_a_minute_is_not_written_to(house: House) -> None:
    """An editor that saves every few seconds fills nobody's mailbox."""
    for number in range(3):
        house.write(house.text(*THREE).replace("end: true", f"end: no{number}"))
        house.look()
    house.save(*THREE)
    house.look()

    assert house.letters() == []
    assert house.issues() == []


def test_a_problem_is_shown_as_the_commands_show_it(house: House) -> None:
    """With line and column, the line itself, and a mark below the word; no folder of the server."""
    house.write(house.text(*THREE).replace("then: {tags: [pot]}", "then: {tegs: [pot]}"))
    house.look()
    (letter,) = house.letters()
    lines = letter.splitlines()
    shown = next(number for number, line in enumerate(lines) if "tegs: [pot]" in line)

    assert lines[shown + 1].index("^") == lines[shown].index("tegs")
    assert str(house.file.parent) not in letter
    assert lines[shown - 2].startswith("- rules.yaml:")


def test_rules_whose_examples_fail_do_not_go_live(house: House) -> None:
    """The letter names the example; corrected, they do."""
    before = house.version
    house.failing = failing()
    house.save(THREE[0] + EXAMPLE, *THREE[1:])

    assert house.look() == before
    assert "[Rule of kettle] department should be quality" in house.letters()[0]
    assert "rules test" in house.issues()[0]
    house.failing = ()
    new = house.save(THREE[0] + EXAMPLE + "# mended\n", *THREE[1:])
    assert house.look() == new
    assert house.issues() == []


def test_examples_are_tried_by_a_reader_of_their_own(house: House) -> None:
    """It knows the new words; it is closed again where the words are the old ones."""
    house.save(THREE[0] + EXAMPLE, *THREE[1:])
    house.look()
    old, trial = house.readers

    assert house.current.desk.reader is old
    assert (old.closed, trial.closed) == (False, True)


def test_nothing_goes_live_while_examples_can_not_be_tried(house: House) -> None:
    """The reader can't be started: that is no fault of the file, and is tried again."""

    def broken(tools: Tools) -> Plain:
        raise ReaderUnavailable("no memory")

    before, make = house.version, house.live._make_reader
    house.live._make_reader = broken
    new = house.save(THREE[0] + EXAMPLE, *THREE[1:])
    house.look(1)
    with pytest.raises(ReaderUnavailable):
        house.look(1)
    assert house.version == before
    house.live._make_reader = make

    assert house.look() == new
    assert house.issues() == []


def test_a_file_that_drops_many_rules_waits_for_a_yes(house: House) -> None:
    """Two of three and the shipped ones are gone: the supervisors get a code, once."""
    before = house.version
    house.save(THREE[0])
    for _ in range(4):
        assert house.look() == before
    house.start()
    assert house.look() == before
    (letter,) = house.letters()

    assert "Rule of pot" in letter
    assert "-  - name: Rule of pan" in letter
    assert "waits for a yes" in house.issues()[0]


def test_a_yes_lets_it_go_live(house: House) -> None:
    """By the code of the letter, as it may be typed; the history says whose yes it was."""
    new = house.save(THREE[0])
    house.look()
    (letter,) = house.letters()
    code = next(line.strip() for line in letter.splitlines() if line.startswith("    "))
    waits = proposal_with(house.current.desk, f" {code.lower()} ")
    assert waits is not None

    assert accept(house.current.desk, waits, by=BOSS, now=house.office.now) is Outcome.DONE
    assert house.look() == new
    assert (house.history()[0].by, house.history()[0].how) == (BOSS, "file")
    assert house.issues() == []
    assert accept(house.current.desk, waits, by=BOSS, now=house.office.now) is Outcome.SETTLED


def test_dropping_a_third_or_less_needs_no_yes(house: House) -> None:
    """One of four and more."""
    new = house.save(*THREE[:2])

    assert house.look() == new


def test_a_yes_is_good_for_a_week(house: House) -> None:
    """Then the supervisors are asked again, with another code."""
    house.save(THREE[0])
    house.look()
    with house.current.desk.store.read() as tx:
        waits = tx.waiting_rules(now=house.office.now)
    assert waits is not None
    house.office.later(days=7)

    assert accept(house.current.desk, waits, by=BOSS, now=house.office.now) is Outcome.EXPIRED
    house.look()
    assert len(house.letters()) == 2


# -------------------------------------------------------------- what hears of it


def test_the_supervisors_hear_of_every_change(house: House) -> None:
    """Who was one until now hears as well, with the difference."""
    text = house.text(*THREE)
    house.write(text.replace(f"supervisors: [{BOSS}]", "supervisors: [new@example.com]"))
    house.look()
    house.letters()
    old, new = house.office.tray.to(BOSS), house.office.tray.to("new@example.com")

    assert [letter_text(mail) for mail in old] == [letter_text(mail) for mail in new]
    assert "-supervisors: [supervisor@example.com]" in letter_text(old[0])
    assert "+supervisors: [new@example.com]" in letter_text(old[0])


def test_mails_are_judged_by_the_rules_of_their_time(house: House, make_raw: MakeRaw) -> None:
    """Each case names the version that judged it, and has its tags."""
    office = house.office
    office.desk = house.current.desk
    office.take(make_raw())
    first, second = house.version, house.save(RULE.format(name="New", word="leaks"), *THREE)
    house.look()
    office.desk = house.current.desk
    office.take(make_raw(sender="b@customer.example", message_id="2@customer.example"))
    with office.desk.store.read() as tx:
        versions = [tx._connection.exec_driver_sql("select rules_version from case_").all()]

    assert [row[0] for row in versions[0]] == [first, second]
    assert (office.case(1).tags, office.case(2).tags) == (("kettle",), ("leaks", "kettle"))


def test_new_words_bring_a_new_reader_and_the_old_one_ends_with_its_mail(house: House) -> None:
    """Whoever took the desk before keeps it whole, its reader open until then."""
    old = house.current.desk
    with house.current.hold() as held:
        house.write(house.text(*THREE).replace("batch: [", 'batch: ["Z###", ', 1))
        house.look()

        assert held is old
        assert not house.readers[0].closed
    assert house.readers[0].closed
    assert house.current.desk.reader is house.readers[1]
    assert not house.readers[1].closed


def test_another_time_zone_brings_letters_that_show_it(house: House) -> None:
    """All parts of the desk that depend on the rules are swapped together."""
    before = house.current.desk
    house.write(house.text(*THREE).replace("time_zone: Asia/Shanghai", "time_zone: Europe/Berlin"))
    house.look()
    after = house.current.desk

    assert after.letters is not before.letters
    assert after.rules.policy.calendar.zone.key == "Europe/Berlin"
    assert "Europe/Berlin" in house.letters()[0]


# -------------------------------------------------------------- restarts


def test_a_desk_that_starts_with_a_wrong_file_works_by_the_last_good_one(
    house: House, make_raw: MakeRaw
) -> None:
    """It reports the file as if it had seen it being saved."""
    before = house.version
    house.write("rules_version: 1\n")
    house.start()
    house.office.desk = house.current.desk
    house.office.take(make_raw())

    assert house.version == before
    assert house.office.case().tags == ("kettle",)
    assert len(house.letters()) == 1
    assert "has been wrong since" in house.issues()[0]
    with pytest.raises(ConfigError):
        open_desk(house.current.desk.settings)


def test_a_desk_that_has_no_good_rules_at_all_does_not_start(house: House) -> None:
    """Its first file is wrong: the same error as ever."""
    with house.current.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("delete from rule_set")
    house.write("rules_version: 1\n")
    with pytest.raises(ConfigError):
        house.start()


def test_a_file_that_was_changed_while_the_desk_stood_still_is_live_at_its_start(
    house: House,
) -> None:
    """Checked and tried as any other, before the first mail."""
    new = house.save(*THREE, RULE.format(name="More", word="lid"))
    house.start()

    assert house.version == new
    assert [one.how for one in house.history()] == ["file", "start"]


def test_the_same_file_at_the_next_start_is_no_news(house: House) -> None:
    """One entry for one set."""
    house.start()
    house.look()

    assert len(house.history()) == 1


# -------------------------------------------------------------- files put in place


def test_a_set_that_was_half_put_in_place_is_finished_and_never_live_in_part(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the list and before rules.yaml: the desk sees the yes, and does the rest."""
    desk, before = house.current.desk, house.version
    texts = dict(texts_of(desk.rules))
    texts["lists/law.txt"] = "ombudsperson\n"
    texts["rules.yaml"] = house.text(*THREE, RULE.format(name="More", word="lid"))
    code = propose(desk, texts, by=BOSS, how="mail", why="by mail", now=house.office.now)
    waits = proposal_with(desk, code)
    assert waits is not None
    real, seen = rules_texts._replace, []

    def killed(path: Path, data: bytes, *, like: Path) -> None:
        seen.append(path.name)
        if path.name == "rules.yaml":
            raise KeyboardInterrupt
        real(path, data, like=like)

    monkeypatch.setattr(rules_texts, "_replace", killed)
    with pytest.raises(KeyboardInterrupt):
        accept(desk, waits, by=BOSS, now=house.office.now)
    monkeypatch.setattr(rules_texts, "_replace", real)
    house.look(6)

    assert seen == ["law.txt", "rules.yaml"]
    assert house.version == waits.version
    assert [one.version for one in house.history()] == [waits.version, before]
    assert (house.history()[0].by, house.history()[0].how) == (BOSS, "mail")


def test_an_edit_after_a_set_was_half_put_in_place_wins(house: House) -> None:
    """What somebody has written since is theirs, and is taken as any other file."""
    desk = house.current.desk
    texts = dict(texts_of(desk.rules)) | {"lists/law.txt": "ombudsperson\n"}
    texts["rules.yaml"] = house.text(*THREE, RULE.format(name="More", word="lid"))
    code = propose(desk, texts, by=BOSS, how="mail", why="by mail", now=house.office.now)
    waits = proposal_with(desk, code)
    assert waits is not None
    accept(desk, waits, by=BOSS, now=house.office.now)
    edited = house.save(*THREE, RULE.format(name="Edited", word="lid"))

    assert house.look() == edited
    assert house.history()[0].how == "file"


def test_a_yes_does_not_undo_what_went_live_meanwhile(house: House) -> None:
    """Two people changed the rules: the second has to look again."""
    desk = house.current.desk
    texts = texts_of(desk.rules) | {"rules.yaml": house.text(*THREE, "# by mail\n")}
    code = propose(desk, texts, by=BOSS, how="mail", why="by mail", now=house.office.now)
    house.save(*THREE, RULE.format(name="More", word="lid"))
    live = house.look()
    waits = proposal_with(desk, code)
    assert waits is not None

    assert accept(desk, waits, by=BOSS, now=house.office.now) is Outcome.OVERTAKEN
    assert house.look() == live


def test_what_somebody_was_writing_is_kept_beside(house: House) -> None:
    """A file that never went live is in no history; putting another one in its place keeps it."""
    live = texts_of(house.current.desk.rules)
    house.write("half a thought\n")
    write_texts(live, house.file, known=live)

    assert house.file.read_text(encoding="utf-8") == live["rules.yaml"]
    kept = house.file.with_name("rules.yaml.replaced")
    assert kept.read_text(encoding="utf-8") == "half a thought\n"


def test_shipped_lists_are_not_strewn_about(house: House) -> None:
    """A set names them; a list that is shipped just so need not lie beside rules.yaml."""
    live = texts_of(house.current.desk.rules)
    write_texts(live, house.file, known=live)

    assert sorted(path.name for path in house.file.parent.iterdir()) == ["lists", "rules.yaml"]
    assert [path.name for path in (house.file.parent / "lists").iterdir()] == ["law.txt"]


def test_no_text_is_written_outside_the_folder(house: House) -> None:
    """Whatever a mail calls its files."""
    for name in ("../evil.txt", "/evil.txt", "lists/../../evil.txt"):
        with pytest.raises(ValueError, match="outside the folder"):
            write_texts({name: "x"}, house.file, known={})


def test_a_file_in_another_encoding_comes_back_byte_for_byte(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spreadsheets write GB18030; the history keeps every byte of it."""
    data = "名称,别名\n空气炸锅,炸锅\n".encode("gb18030")
    (house.file.parent / "more.csv").write_bytes(data)
    house.write(house.text(*THREE).replace("\nrules:\n", "\nproducts_file: more.csv\nrules:\n", 1))
    house.look(4)
    kept = house.history()[0]
    (house.file.parent / "more.csv").unlink()
    write_texts(kept.files, house.file, known={})

    assert (house.file.parent / "more.csv").read_bytes() == data
    assert load(house.file).policy.version == kept.version == house.version


def test_a_mail_waits_for_no_examples(house: House, make_raw: MakeRaw) -> None:
    """While they are tried, mails are handled by the rules that are live."""
    office, handled = house.office, []

    def slow(
        rules: RuleSet, *, settings: Settings, now: datetime, reader: Reader | None = None
    ) -> tuple[Result, ...]:
        office.desk = house.current.desk
        handled.extend(office.take(make_raw()))
        return ()

    house.live._failures = slow
    house.save(THREE[0] + EXAMPLE, *THREE[1:])
    house.look()

    assert [one.outcome for one in handled] == ["case"]
