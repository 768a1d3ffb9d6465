"""Rules are swapped, cut and mended while mails flow: no mail is judged by a mixture, none is lost.

The daemon's own threads work, in this process; only the look at the file comes every few
milliseconds instead of every two seconds, so that hundreds of cuts take a minute.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from cases.errors import ConfigError
from cases.judgement import Judgement
from cases.model import Case
from pipeline import clock
from pipeline.desk import Desk
from pipeline.live_rules import LiveRules
from pipeline.poll import take_in
from pipeline.reading import InlineReader, Tools
from pipeline.rules_file import load
from pipeline.serve import Service
from tests.conftest import MakeRaw, PlainClassifier

#: Of each of the two files; in CI all of them.
CUTS = 60
LOOK_S = 0.004  # seconds between two looks
MAIL_S = 0.25 if os.environ.get("CI") else 0.06  # seconds between two mails

TEXT = """\
rules_version: 1
languages: [en]
desk_name: {{en: Desk {set}}}
supervisors: [boss-{set}@example.com]
colleagues: []
calendar: {{hours: Mon-Sun 00:00-24:00, time_zone: {zone}, country: "", holidays: [], workdays: []}}
departments:
  a: {{name: {{en: A}}, to: [dep-a@example.com]}}
  b: {{name: {{en: B}}, to: [dep-b@example.com]}}
management: [gm@example.com]
categories:
  quality: {{name: {{en: Quality}}, department: {set}}}
  service: {{name: {{en: Service}}, department: {set}}}
  delivery: {{name: {{en: Delivery}}, department: {set}}}
  other: {{name: {{en: Other}}, department: {set}}}
severity:
  serious:
    name: {{en: Serious}}
    any: {{fire: {{name: {{en: fire}}, words: [on fire]}}}}
    answer_within: 1 hour
  general: {{name: {{en: General}}, answer_within: 9 days}}
products: [{{name: Kettle {set}, models: [K-{set}]}}]
rules:
  - name: Everything
    when: {{words: [kettle]}}
    then: {{department: {set}, severity: {severity}, cc: [cc-{set}@example.com], tags: [set-{set}],
           category: {category}, answer_within: {days} days}}
enquiries: {{department: a, answer_within: 1 day}}
unsure: {{below: 0.1, take_best_guess_after: 1 day}}
process:
  usual: {{escalation: [{{to: [management]}}], confirm: {{within: 7 days}}}}
end: true
"""


@dataclass(frozen=True)
class RulesOf:
    """One of the two files, and what comes of every mail under it."""

    name: str
    zone: str
    severity: str
    category: str
    days: int

    @property
    def text(self) -> str:
        """The whole file."""
        return TEXT.format(
            set=self.name,
            zone=self.zone,
            severity=self.severity,
            category=self.category,
            days=self.days,
        )

    def judged(self, case: Case, judged: Judgement) -> bool:
        """Tell whether a case was judged by this file, in every field."""
        wanted = (
            *((self.name,), self.severity, self.category, (f"cc-{self.name}@example.com",)),
            *((f"set-{self.name}",), case.received_at + timedelta(days=self.days)),
        )
        kept = (judged.departments, judged.severity, judged.category, judged.cc, judged.tags)
        now = (case.departments, case.severity, case.category, judged.cc, case.tags, case.due_at)
        return wanted == (*kept, judged.due_at) == now


A = RulesOf("a", "Asia/Shanghai", "serious", "quality", 2)
B = RulesOf("b", "Asia/Shanghai", "general", "delivery", 5)


class Counting(InlineReader):
    """A reader that needs no model, and must not be used after it was closed."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools, classifier=PlainClassifier(tools.vocabulary))
        self.closed = self.read_when_closed = False

    def read(self, data: bytes):  # type: ignore[no-untyped-def] # as that of the base
        """Read, and take note if nobody may any more."""
        self.read_when_closed |= self.closed
        return super().read(data)

    def close(self) -> None:
        """Take note."""
        self.closed = True


@dataclass
class Lines:
    """What the daemon says."""

    said: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Count one line."""
        self.said[outcome] += 1
        if outcome in ("trouble", "retry", "quarantined"):
            self.troubles.append(words)


@dataclass
class Mill:
    """A running daemon whose rules.yaml is `file`, fed with mails all the time."""

    desk: Desk
    file: Path
    make_raw: MakeRaw
    lines: Lines = field(default_factory=Lines)
    readers: list[Counting] = field(default_factory=list)
    looks: int = 0
    fed: int = 0

    def __post_init__(self) -> None:
        """Wire the service; nothing runs yet."""
        self.service = Service(self.desk, self.lines)
        self.service._rules = LiveRules(
            self.service._current,
            self.lines,
            stop=self.service._stop,
            failures=lambda rules, **_: (),
            make_reader=self._reader,
        )
        self._look = self.service._rules.look
        self.service._watch_rules = self._watch  # type: ignore[method-assign] # looks more often

    def _reader(self, tools: Tools) -> Counting:
        self.readers.append(Counting(tools))
        return self.readers[-1]

    def _watch(self) -> None:
        while not self.service._stop.is_set():
            self._look(now=clock.now())
            self.looks += 1
            time.sleep(LOOK_S)

    def _feed(self) -> None:
        while not self.service._stop.is_set():
            number = self.fed
            raw = self.make_raw(
                f"The kettle number {number} leaks.\n",
                sender=f"p{number}@customer{number}.example",
                message_id=f"{number}@customer.example",
            )
            take_in(self.desk, raw, now=datetime.now(UTC))  # noqa: TID251 - real threads
            self.fed += 1
            self.service._mail.set()
            time.sleep(MAIL_S)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run all threads for the block, then until every mail is handled."""
        self.service.begin()
        daemon = threading.Thread(target=self.service.run)
        feeder = threading.Thread(target=self._feed)
        daemon.start()
        feeder.start()
        try:
            yield
        finally:
            self.service.stop()
            feeder.join()
            daemon.join()
        self.service._stop.clear()
        self.service._process()
        self.service.close()

    def wait(self, looks: int = 3) -> None:
        """Wait until the watcher has looked so often: what is still by then was read."""
        end, wanted = time.monotonic() + 20, self.looks + looks
        while self.looks < wanted:
            assert time.monotonic() < end, "the thread that watches the rules is dead"
            time.sleep(LOOK_S / 2)

    def wait_live(self, version: str) -> float:
        """Wait until a version is live; returns after how many seconds."""
        began = time.monotonic()
        while self.service.desk.rules.policy.version != version:
            assert time.monotonic() < began + 20, f"version {version} never went live"
            time.sleep(LOOK_S / 2)
        return time.monotonic() - began


@pytest.fixture
def mill(desk: Desk, tmp_path: Path, make_raw: MakeRaw) -> Mill:
    """Return a daemon by set A."""
    file = tmp_path / "rules" / "rules.yaml"
    file.parent.mkdir()
    file.write_text(A.text, encoding="utf-8")
    settings = replace(desk.settings, rules=file)
    rules = load(file)
    tools = Tools(vocabulary=rules.vocabulary, own_addresses=frozenset(), key=desk.key)
    reader = InlineReader(tools, classifier=PlainClassifier(rules.vocabulary))
    return Mill(replace(desk, settings=settings, rules=rules, reader=reader), file, make_raw)


def _positions(length: int) -> list[int]:
    """Return where a file is cut: everywhere in CI, else evenly, and densely at its end."""
    if os.environ.get("CI"):
        return list(range(length))
    return sorted({*range(0, length, length // CUTS), *range(length - 12, length)})


def _versions(tmp_path: Path) -> dict[str, RulesOf]:
    """Return the versions that may be live: both files, with or without their last line end."""
    found = {}
    for one in (A, B):
        for cut in range(len(one.text) - 12, len(one.text) + 1):
            path = tmp_path / "probe.yaml"
            path.write_text(one.text[:cut], encoding="utf-8")
            try:
                found[load(path).policy.version] = one
            except ConfigError:
                continue
    return found


@pytest.mark.long
@pytest.mark.timeout(900)
def test_rules_that_are_cut_anywhere_and_swapped_judge_no_mail_by_half(
    mill: Mill, tmp_path: Path
) -> None:
    """Every case is set A's or set B's in every field; the letters as well; the daemon lives."""
    version = {one: load_version(one, tmp_path) for one in (A, B)}
    cuts, delays = _positions(len(A.text)), []
    with mill.running():
        for number, cut in enumerate(cuts):
            for one in (B, A):
                mill.file.write_text(one.text[:cut], encoding="utf-8")  # in place
                mill.wait()
                draft = mill.file.with_name(".draft")
                target = draft if number % 2 else mill.file
                target.write_text(one.text, encoding="utf-8")
                if number % 2:
                    draft.replace(mill.file)
                delays.append(mill.wait_live(version[one]))

    _look_at_everything(mill, tmp_path)
    assert mill.service.desk.rules.policy.version == version[A]
    assert mill.lines.said["rules wrong"] >= len(cuts)
    print(f"\n{2 * len(cuts)} cuts, {mill.lines.said['rules live']} swaps, {mill.fed} mails; ")
    print(f"saved to live, at a look each {LOOK_S * 1000:.0f} ms: at most {max(delays):.3f} s")


def load_version(one: RulesOf, tmp_path: Path) -> str:
    path = tmp_path / "whole.yaml"
    path.write_text(one.text, encoding="utf-8")
    return load(path).policy.version


def _look_at_everything(mill: Mill, tmp_path: Path) -> None:
    versions = _versions(tmp_path)
    by_set: Counter[str] = Counter()
    with mill.desk.store.read() as tx:
        ledger = tx.ledger()
        assert Counter(row.state for row in ledger) == {"done": mill.fed}
        named = tx._connection.exec_driver_sql("select id, rules_version from case_").all()
        assert len(named) == mill.fed
        for case_id, rules_version in named:
            case, judged = tx.case(case_id), tx.judged(case_id)
            assert case is not None
            assert judged is not None
            one = versions[rules_version]
            by_set[one.name] += 1
            assert one.judged(case, judged), f"{one.name}: {case} {judged}"
            for (data,) in tx._connection.exec_driver_sql(
                f"select data from outbox where case_id={case_id} and letter='routed'"  # noqa: S608
            ):
                mail = message_from_bytes(data, policy=default)
                assert str(mail["From"]).startswith(f"Desk {one.name} "), "another set's letter"
    assert set(by_set) == {"a", "b"}, "both sets judged mails"
    assert mill.lines.troubles == []
    assert not any(reader.read_when_closed for reader in mill.readers)
    assert all(reader.closed for reader in mill.readers)
