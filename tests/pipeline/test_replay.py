"""What a change of the rules would have done: the same as what happened, where nothing changed."""

import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

import run
from cases.incoming import RawMail
from cases.model import Category, Classification
from pipeline import rules_file
from pipeline.commands_replay import moment
from pipeline.correct import correct_case
from pipeline.desk import Desk
from pipeline.reading import ChildReader, InlineReader, ReadingFailed
from pipeline.reading_wire import Reading
from pipeline.replay import Replayed, replay
from pipeline.replay_read import Pair, readers_for
from pipeline.replay_report import ChangedCase, Report
from pipeline.replay_text import difference, summary_lines
from pipeline.rules_file import RuleSet
from routing.choices import Choice
from tests.conftest import ROOT, MakeRaw, PlainClassifier
from tests.pipeline.conftest import Office
from tests.pipeline.mailbag import Town, TownClassifier, month_before

Reply = Callable[..., bytes]
Cli = Callable[..., tuple[int, str, str]]
WANG = "wang.fang@customer.example"
#: Everything the page is made of: tags and their attributes.
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "b", "span", "del", "ins"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "class"}
ALSO = ("because", "", "同时涉及质量：模型判断，把握 90%")  # what the plain classifier sees always
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


class Told(NamedTuple):
    """A replay that was told to its end."""

    cases: tuple[ChangedCase, ...]
    report: Report


class Parts(HTMLParser):
    """Which tags and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


class Blind:
    """A reader that can read nothing."""

    def read(self, data: bytes) -> Reading:
        """Fail as if the mail were too much."""
        raise ReadingFailed("it sees nothing")

    def close(self) -> None:
        """Hold nothing."""


class Retrained(PlainClassifier):
    """A model of later: it takes everything for service."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Read as the plain one, of another version and category."""
        read = super().classify(text, subject=subject, language=language)
        return replace(read, category=Category.SERVICE, model="later")


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
    return tuple(replay(desk, new or desk.rules, since=since, until=office.now, pairs=(pair, pair)))


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
    Town(town, Random(20261123)).live(MAILS)  # noqa: S311 - the same mails every time
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


# ---------------------------------------------------------------- what a change would do

#: A rule that did not exist: what names the courier is a matter of delivery, answered tomorrow.
COURIER = (
    "enquiries: {department",
    "  - name: The courier is a matter of delivery\n"
    "    when: {words: [courier]}\n"
    "    then: {category: delivery, tags: [courier], answer_within: 1 working day}\n"
    "enquiries: {department",
)


def told(office: Office, new: RuleSet | None = None, language: str = "en") -> Told:
    """Return what a replay says: the cases that would change, and the figures."""
    desk = office.desk
    report = Report(
        live=desk.rules.policy,
        new=new.policy if new else None,
        since=month_before(office.now),
        until=office.now,
        language=language,
    )
    cases = tuple(report.changed(replayed(office, new)))
    return Told(cases, report)


def test_a_new_rule_shows_the_cases_it_changes_and_by_which_words(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """Of three complaints only the one that names the courier would change, and it says why."""
    office.take(make_raw("The kettle leaks.\n", message_id="1@a.example"))
    office.take(make_raw("The courier again.\n", subject="My order", sender="b@b.example"))
    office.take(make_raw("It came late.\n", message_id="3@a.example"))
    office.later(days=1)
    found = told(office, changed(tmp_path, COURIER))
    (one,) = found.cases

    assert one.case.reference == "C-2026-000002"
    assert [(c.kind, c.before, c.after) for c in one.changes] == [
        ("category", "Quality", "Delivery"),
        ("departments", "Quality Department", "Logistics, Quality Department"),
        ("tags", "none", "courier"),
        ("due_at", "2026-11-26 09:00", "2026-11-24 09:00"),
        ("asks", "Product/Model, Batch/Serial number/Order", "Order/Tracking number"),
    ]
    assert [(w.kind, w.rule, w.words) for w in one.why] == [
        ("holds", "The courier is a matter of delivery", "courier"),
        ALSO,
    ]
    assert list(found.report.rules())[-1] == ("The courier is a matter of delivery", None, 1)
    summary = found.report.summary
    assert (summary.mails, summary.cases, summary.changed) == (3, 3, 1)
    assert summary.differs == {}


def test_a_rule_that_is_dropped_is_told_from_one_that_no_longer_holds(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """Both change the same case; the second says what does not hold."""
    office.desk = replace(office.desk, rules=changed(tmp_path, COURIER))
    office.take(make_raw("The courier again.\n", subject="My order"))
    office.later(days=1)
    narrower = (COURIER[0], COURIER[1].replace("words: [courier]", "words: [parcel]"))
    (gone,) = told(office, rules_file.load(ROOT / "routing/rules.yaml")).cases
    (misses,) = told(office, changed(tmp_path, narrower)).cases

    name = "The courier is a matter of delivery"
    because = "质量：模型判断，把握 90%"
    assert [(w.kind, w.rule, w.words) for w in gone.why] == [
        ("gone", name, ""),
        ("because", "", because),
    ]
    assert [(w.kind, w.rule, w.words) for w in misses.why] == [
        ("no_longer", name, "none of its words is there"),
        ("because", "", because),
    ]


def test_a_later_mail_that_would_raise_the_severity_is_shown(
    office: Office, make_raw: MakeRaw, reply: Reply, tmp_path: Path
) -> None:
    """The first mail stays as it is; the second one would make the case serious."""
    office.take(make_raw("The kettle leaks.\n"))
    office.deliver()
    office.later(hours=1)
    office.take(reply(office.tray.to(WANG)[0], "And now the purple spots appear."))
    office.later(days=1)
    serious = COURIER[1].replace("[courier]", "[purple spots]", 1)
    serious = re.sub(r"then: .*", "then: {severity: serious}", serious)
    found = told(office, changed(tmp_path, (COURIER[0], serious)))
    (one,) = found.cases

    assert found.report.summary.mails == 2
    assert next((c.before, c.after) for c in one.changes if c.kind == "severity") == (
        "General", "Serious",
    )  # fmt: skip
    assert (one.why[0].kind, one.why[0].words) == ("holds", "purple spots")
    assert told(office).cases == ()


def test_a_limit_of_the_file_is_a_reason_too(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """No rule is otherwise, so it says that the file is."""
    office.take(make_raw())
    office.later(days=1)
    quicker = "    name: {zh: 一般, en: General}\n    answer_within: "
    slower = re.search(re.escape(quicker) + r".*", RULES)
    assert slower is not None
    (one,) = told(office, changed(tmp_path, (slower[0], quicker + "2 working days"))).cases

    assert [change.kind for change in one.changes] == ["due_at"]
    assert [why.kind for why in one.why] == ["file"]


def test_names_of_products_are_read_by_the_new_file(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """A file with other numbers reads the mails anew: each set of rules sees its own facts."""
    office.take(make_raw("My order ZZ12-34 leaks.\n"))
    office.later(days=1)
    new = changed(tmp_path, COURIER)
    live_read = Pair(live=office.desk.reader, new=Blind())
    found = list(
        replay(
            office.desk, new, since=month_before(office.now), until=office.now, pairs=(live_read,)
        )
    )

    assert found[0].live is None
    assert found[0].unread == ("it sees nothing",)


# ---------------------------------------------------------------- what is not as it was then


def test_what_the_live_rules_judge_otherwise_than_then_is_named(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """By other rules then, or by another model: the figures say how many, and which version."""
    old = office.desk.rules
    office.take(make_raw("The courier again.\n", subject="My order"))
    office.later(days=1)
    office.desk = replace(office.desk, rules=changed(tmp_path, COURIER))
    by_rules = told(office)
    reader = InlineReader(office.desk.tools, classifier=Retrained(old.vocabulary))
    office.desk = replace(office.desk, rules=old, reader=reader)
    by_model = told(office)

    assert {k: (v.number, v.names) for k, v in by_rules.report.summary.differs.items()} == {
        "rules": (1, [old.policy.version])
    }
    assert [w.kind for w in by_rules.cases[0].why] == ["rules", "holds"]
    assert {k: (v.number, v.names) for k, v in by_model.report.summary.differs.items()} == {
        "model": (1, ["plain"])
    }
    assert by_model.cases[0].why[0].kind == "model"
    assert "read by another model then: 1 (plain)" in "\n".join(
        summary_lines(told(office, old).report)
    )


def test_a_case_corrected_and_reopened_since_is_compared_as_first_judged(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What people did with it is no difference; that somebody corrected it is said."""
    office.take(make_raw("The kettle leaks.\n"))
    office.deliver()
    office.later(hours=1)
    correct_case(
        office.desk, "C-2026-000001", Choice(category=Category.DELIVERY), by="op", now=office.now
    )
    office.deliver()
    office.take(reply(office.tray.to("logistics@example.com")[0], "done\nto the customer: sent"))
    office.later(hours=1)
    office.deliver()
    office.take(reply(office.tray.to(WANG)[-1], "It leaks still, and I am angry."))
    office.later(days=1)
    found = told(office)

    assert "reopened" in office.kinds()
    assert found.cases == ()
    assert (found.report.summary.corrected, found.report.summary.mails) == (1, 2)
    assert found.report.summary.differs == {}


def test_an_earlier_case_is_what_it_was_at_that_moment(town: Office, make_raw: MakeRaw) -> None:
    """The second complaint was one of another matter; that the first was corrected came later."""
    town.take(make_raw("The kettle leaks.\n", message_id="1@a.example"))
    town.later(hours=1)
    town.take(make_raw("It came late.\n", message_id="2@a.example"))
    assert town.case(2).severity == "general"
    correct_case(
        town.desk, "C-2026-000001", Choice(category=Category.DELIVERY), by="op", now=town.now
    )
    town.later(days=1)

    assert told(town).report.summary.differs == {}
    assert told(town).cases == ()


def test_a_mail_that_was_read_in_part_stays_so(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """It may be read whole today; the replay takes it as a person had to, and counts it."""
    real = office.desk.reader
    office.desk = replace(office.desk, reader=Blind())
    office.take(make_raw("The courier again.\n", subject="My order"))
    office.desk = replace(office.desk, reader=real)
    office.later(days=1)
    found = told(office, changed(tmp_path, COURIER))

    assert found.report.summary.in_part == 1
    assert found.report.summary.differs == {}
    assert [one.kind for one in found.cases[0].changes][:1] == ["category"]


def test_cut_and_encrypted_mails_are_judged_as_they_were(office: Office, make_raw: MakeRaw) -> None:
    """Nobody could read them whole, so both went to a department at once."""
    cut = make_raw("odd, it leaks.\n", message_id="1@a.example")
    raw = RawMail(mailbox="complaints", uidvalidity=1, uid="1", received_at=office.now, data=cut)
    with office.desk.store.begin() as tx:
        tx.store_mail(raw, identity="1", now=office.now, size=10**8)
    armour = "-----BEGIN PGP MESSAGE-----\n\n" + "hQEMA0123" * 9 + "\n-----END PGP MESSAGE-----\n"
    office.take(make_raw(armour, message_id="2@a.example"))
    office.later(days=1)
    found = told(office)

    assert found.report.summary.cases == 2
    assert found.cases == ()
    assert found.report.summary.differs == {}


def test_mails_of_machines_and_departments_are_left_out(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Only what the complainant wrote is judged: one mail of the four."""
    office.take(make_raw("The kettle leaks.\n"))
    office.deliver()
    letter = office.tray.to("quality@example.com")[0]
    office.take(reply(letter, "accept: Zhang, tomorrow"))
    office.take(
        make_raw("Away.\n", message_id="3@a", headers=(("Auto-Submitted", "auto-replied"),))
    )
    office.take(reply(office.tray.to(WANG)[0], "Thank you."))
    office.later(days=1)

    assert told(office).report.summary.mails == 1


def test_a_mail_that_kills_its_reader_costs_only_itself(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is read by a new child, and the report names the one that was not."""
    office.take(b"Crash: x\r\n" + make_raw("One.\n", message_id="1@a.example"))
    office.take(make_raw("Two.\n", message_id="2@a.example"))
    office.later(days=1)
    monkeypatch.setattr(ChildReader, "program", "tests.pipeline.odd_child")
    desk = office.desk
    with readers_for(desk, desk.rules.vocabulary) as pairs:
        first, second = replay(
            desk, desk.rules, since=month_before(office.now), until=office.now, pairs=pairs
        )

    assert first.live is None
    assert "ended the reader" in first.unread[0]
    assert second.live is not None
    assert second.other_model


def test_only_mails_of_the_period_are_looked_at(office: Office, make_raw: MakeRaw) -> None:
    """From the first moment on, and before the last."""
    for number in range(3):
        office.take(make_raw(f"Number {number} leaks.\n", message_id=f"{number}@a.example"))
        office.later(days=1)
    desk, pair = office.desk, Pair(live=office.desk.reader, new=office.desk.reader)
    since, until = office.now - timedelta(days=2), office.now - timedelta(days=1)
    found = replay(desk, desk.rules, since=since, until=until, pairs=(pair,))

    assert [one.case.reference for one in found] == ["C-2026-000002"]


# ---------------------------------------------------------------- how it is told


def test_the_lines_of_a_difference_are_capped(
    office: Office, make_raw: MakeRaw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail names the first cases, says how many more there are, and then the figures."""
    for number in range(4):
        office.take(make_raw(f"The courier, time {number}.\n", message_id=f"{number}@a.example"))
    office.later(days=1)
    monkeypatch.setattr("pipeline.replay_text.readers_for", inline(office))
    new = changed(tmp_path, COURIER)
    found = difference(office.desk, new, since=month_before(office.now), now=office.now, limit=2)

    assert [line[:13] for line in found.lines[:2]] == ["C-2026-000001", "C-2026-000002"]
    assert "类别：质量 → 物流" in found.lines[0]
    assert "新成立：“The courier is a matter of delivery”（courier）" in found.lines[0]
    assert found.lines[2:5] == ("另有 2 起", "", "查看了 4 起案件的 4 封来信，4 起会变化")
    assert found.summary.changed == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", datetime(2026, 10, 24, 1, tzinfo=UTC)),
        ("12h", datetime(2026, 11, 22, 13, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 10, 31, 16, tzinfo=UTC)),
        ("2026-11-01T08:00", datetime(2026, 11, 1, 0, tzinfo=UTC)),
        ("last week", None),
        ("99999d", None),
        ("٣d", None),
        ("", None),
    ],
)
def test_a_moment_is_so_long_ago_or_a_day(
    text: str, expected: datetime | None, monday_nine: datetime
) -> None:
    """Days and hours count back from now; a day begins in the desk's time zone."""
    assert moment(text, ZoneInfo("Asia/Shanghai"), now=monday_nine) == expected


@contextmanager
def _pairs(office: Office) -> Iterator[tuple[Pair, ...]]:
    yield (Pair(live=office.desk.reader, new=office.desk.reader),)


def inline(office: Office) -> Callable[..., object]:
    """Return what hands out readers without children."""
    return lambda *_arguments: _pairs(office)


@pytest.fixture
def cli(
    office: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Return a function that runs `rules replay` on the office's desk: code, output, errors."""
    monkeypatch.setattr("pipeline.commands_replay.opened", lambda *_a, **_k: office.desk)
    monkeypatch.setattr("pipeline.commands_replay.clock_now", lambda: office.now)
    monkeypatch.setattr("pipeline.commands_replay.readers_for", inline(office))

    def call(*arguments: str) -> tuple[int, str, str]:
        command = ["run.py", "rules", "replay", *arguments, "-c", str(config_file)]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as caught:
            run.main()
        captured = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, captured.out, captured.err

    return call


def test_the_command_prints_a_line_for_each_case_and_writes_nothing(
    cli: Cli, office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """Neither the database nor the outbox is touched."""
    office.take(make_raw("The courier again.\n", subject="My order"))
    office.later(days=1)
    changed(tmp_path, COURIER)
    before = contents(office.desk)
    new = str(tmp_path / "new.yaml")
    code, out, _ = cli("--since", "30d", "--rules", new, "--lang", "en")
    line, _, looked_at = out.splitlines()[:3]

    assert code == 0
    assert line == (
        "C-2026-000001  2026-11-23 09:00  My order  |  category: Quality → Delivery; "
        "department: Quality Department → Logistics, Quality Department; tags: none → courier; "
        "due: 2026-11-26 09:00 → 2026-11-24 09:00; "
        "asks for: Product/Model, Batch/Serial number/Order → Order/Tracking number  |  "
        "now holds: “The courier is a matter of delivery” (courier); now: " + ALSO[2]
    )
    assert looked_at == "mails looked at: 1, their cases: 1, would change: 1"
    assert contents(office.desk) == before
    assert not list((tmp_path / "outgoing").rglob("*.*"))


def test_the_command_without_new_rules_says_that_nothing_is_otherwise(
    cli: Cli, office: Office, make_raw: MakeRaw
) -> None:
    """The live rules make of it what happened."""
    office.take(make_raw())
    office.later(days=1)
    code, out, _ = cli("--since", "30d", "--lang", "en")

    assert (code, out.splitlines()[0]) == (0, "No case would change.")


def test_the_command_as_json(cli: Cli, office: Office, make_raw: MakeRaw, tmp_path: Path) -> None:
    """One object for each case, the figures last."""
    office.take(make_raw("The courier again.\n", subject="My order"))
    office.later(days=1)
    changed(tmp_path, COURIER)
    code, out, _ = cli("--since", "30d", "--rules", str(tmp_path / "new.yaml"), "--json")
    case, summary = map(json.loads, out.splitlines())

    assert code == 0
    assert (case["before"]["category"], case["after"]["category"]) == ("quality", "delivery")
    assert case["why"][0] == {
        "kind": "holds",
        "rule": "The courier is a matter of delivery",
        "words": "courier",
    }
    assert (summary["mails"], summary["changed"]) == (1, 1)


def test_wrong_rules_and_a_wrong_moment_are_refused(cli: Cli, tmp_path: Path) -> None:
    """78 with every mistake of the file; 64 with how a moment is written."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(RULES.replace("end: true", ""), encoding="utf-8")
    code, _, said = cli("--since", "30d", "--rules", str(wrong))
    assert code == 78
    assert "end" in said
    code, _, said = cli("--since", "soon")
    assert code == 64
    assert "write 30d, 12h" in said


def test_the_page_shows_hostile_words_as_words(
    cli: Cli, office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """No tag, script or address of a stranger's becomes one of the page, and nothing is fetched."""
    evil = "</td><script>alert(1)</script><img src=http://evil.example/x>\u202e"
    office.take(make_raw("The courier is <b>evil</b>.\n", subject=evil))
    office.later(days=1)
    changed(tmp_path, COURIER)
    page = tmp_path / "out.html"
    code, out, _ = cli("--since", "30d", "--rules", str(tmp_path / "new.yaml"), "--html", str(page))
    text = page.read_text(encoding="utf-8")

    assert code == 0
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;/td&gt;&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text + out
    parts = Parts()
    parts.feed(text)
    assert parts.tags <= TAGS
    assert parts.attributes <= ATTRIBUTES
    assert '<html lang="zh">' in text
    assert "新成立：“The courier is a matter of delivery”（courier）" in text


def test_a_page_that_cannot_be_written_is_an_error(cli: Cli, tmp_path: Path) -> None:
    """The folder is not there: a sentence and an exit code, no traceback."""
    code, _, said = cli("--since", "30d", "--html", str(tmp_path / "no" / "out.html"))

    assert code == 65
    assert said.endswith("can't be written: No such file or directory\n")
