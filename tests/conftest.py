"""Builders everybody shares: a mail, a case, the shipped rules, a desk in a folder of its own.

No fixture reads the clock: it is Monday, 23 November 2026, nine o'clock in Shanghai.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings

from cases.incoming import Address, ParsedMail
from cases.model import Case, Category, Classification, Matter, Status
from cases.store import Store
from classify.classifier import Classifier
from pipeline import config, rules_file
from pipeline.desk import Desk, open_store
from pipeline.reading import InlineReader, Tools
from pipeline.rules_file import RuleSet
from routing.policy import Policy
from templates.render import Letters

#: In CI the same examples every time, so that a red run says something about the change; new ones
#: are looked for on the desk, where whoever finds one can mend it.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).parents[1]
KEY = b"a key for tests, 32 bytes long.."

CONFIG = f"""\
config_version: 1
database: sqlite:///desk.db
mailboxes:
  complaints:
    address: complaints@example.com
    source: maildir:incoming
    answer_mail_since: 2026-01-01T00:00:00+00:00
outgoing: maildir:outgoing
trust: token_and_list
rules: {ROOT / "routing" / "rules.yaml"}
secret_file: secret.key
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest tests begin first, some at each worker: at the end everybody would wait.

    pytest-xdist deals the list out in one piece for each worker.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    rest = iter([item for item in items if not item.get_closest_marker("long")])
    total = len(items)
    items.clear()
    for worker in range(workers):
        mine = long[worker::workers]
        piece = (total - len(items)) // (workers - worker)
        items += [*mine, *islice(rest, max(0, piece - len(mine)))]
    items += rest


MakeMail = Callable[..., ParsedMail]
MakeCase = Callable[..., Case]
MakeRaw = Callable[..., bytes]


#: what customers of one desk call its late courier; no model knows the word
PELIKAN = (
    "Pelikan again! Second time this month",
    "My Pelikan was due on Monday",
    "Where is the Pelikan with my chairs",
    "pelikan did not show up, I took a day off",
    "The Pelikan man says tomorrow, always tomorrow",
    "Pelikan: three days now",
    "No Pelikan today either",
    "Your Pelikan is a joke",
    "I rang about the Pelikan twice",
    "still no pelikan at our door",
    "Pelikan, Pelikan, Pelikan. Enough",
    "the Pelikan drove past my house",
)


class PlainClassifier(Classifier):
    """A classifier whose reading can be foretold: by one word, without a model."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Read `late` as delivery, `rude` as service, a question mark as an enquiry."""
        words = f"{subject}\n{text}".casefold()
        category = Category.QUALITY
        if "late" in words:
            category = Category.DELIVERY
        elif "rude" in words:
            category = Category.SERVICE
        return Classification(
            language="zh" if any(ord(letter) > 0x2E80 for letter in words) else "en",
            matter=Matter.ENQUIRY if "how do i" in words else Matter.COMPLAINT,
            category=category,
            score=0.9,
            labels={Category.QUALITY: 0.9, Category.SERVICE: 0.1, Category.DELIVERY: 0.1},
            model="plain",
        )


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def monday_nine() -> datetime:
    """Monday 09:00 in Shanghai, where the shipped rules work from 08:30."""
    return datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def key() -> bytes:
    """A key that signs tokens and Message-IDs."""
    return KEY


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    """The shipped rules.yaml."""
    return rules_file.load(ROOT / "routing" / "rules.yaml")


@pytest.fixture(scope="session")
def policy(rules: RuleSet) -> Policy:
    """The policy of the shipped rules.yaml."""
    return rules.policy


@pytest.fixture(scope="session")
def shipped_letters(policy: Policy) -> Letters:
    """The shipped letters, in the time zone of the shipped rules."""
    return Letters(zone=policy.calendar.zone)


@pytest.fixture(scope="session")
def make_mail() -> MakeMail:
    """Return a builder of parsed mails: change what the test is about."""

    def build(**changes: object) -> ParsedMail:
        mail = ParsedMail(
            sender=Address(addr="wang.fang@customer.example", name="Wang Fang"),
            sender_certain=True,
            to=(Address(addr="complaints@example.com"),),
            subject="The kettle leaks",
            message_id="1@customer.example",
            text="The kettle I bought leaks.",
        )
        return replace(mail, **changes)  # type: ignore[arg-type] # the tests name real fields

    return build


@pytest.fixture(scope="session")
def make_case(monday_nine: datetime) -> MakeCase:
    """Return a builder of cases: a routed complaint with the department of quality."""

    def build(**changes: object) -> Case:
        case = Case(
            id=7,
            reference="C-2026-000007",
            secret="ab" * 32,
            status=Status.ROUTED,
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            severity="general",
            language="en",
            complainant=Address(addr="wang.fang@customer.example", name="Wang Fang"),
            subject="The kettle leaks",
            thread_id="1@customer.example",
            received_at=monday_nine,
            due_at=monday_nine.replace(day=26),
            departments=("quality",),
        )
        return replace(case, **changes)  # type: ignore[arg-type] # the tests name real fields

    return build


@pytest.fixture(scope="session")
def make_raw() -> MakeRaw:
    """Return a builder of mails as bytes; more header fields by `headers`."""

    def build(
        text: str = "The kettle I bought leaks.\n",
        *,
        sender: str = "Wang Fang <wang.fang@customer.example>",
        to: str = "complaints@example.com",
        subject: str = "The kettle leaks",
        message_id: str = "1@customer.example",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = "Mon, 23 Nov 2026 08:55:00 +0800"
        mail["Message-ID"] = f"<{message_id}>"
        for name, value in headers:
            mail[name] = value
        mail.set_content(text)
        return mail.as_bytes()

    return build


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our schema, to be copied: upgrading takes a while."""
    path = tmp_path_factory.mktemp("database") / "desk.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """Write a config.yaml of the embedded kind into the test's folder."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def desk(config_file: Path, rules: RuleSet, shipped_letters: Letters, empty_database: Path) -> Desk:
    """Return a desk on SQLite with Maildirs in and out, and a classifier without a model."""
    shutil.copyfile(empty_database, config_file.parent / "desk.db")
    settings = config.load(config_file, environment={})
    return Desk(
        settings=settings,
        store=open_store(settings),
        rules=rules,
        key=KEY,
        reader=InlineReader(
            Tools(vocabulary=rules.vocabulary, own_addresses=settings.own_addresses, key=KEY),
            classifier=PlainClassifier(rules.vocabulary),
        ),
        letters=shipped_letters,
        owner="test:1",
    )


@pytest.fixture(scope="session")
def few_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fifteenth of our texts: enough for a model, few enough for a test."""
    folder = tmp_path_factory.mktemp("data")
    data = ROOT / "classify" / "data"
    for path in data.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines()[::15]
        (folder / path.name).write_text("\n".join(lines), encoding="utf-8")
    (folder / "concepts.txt").write_bytes((data / "concepts.txt").read_bytes())
    return folder


@pytest.fixture(scope="session")
def small_model(few_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that learned from a fifteenth of our texts."""
    from classify.train import train  # late: most tests need no spaCy

    folder = tmp_path_factory.mktemp("models") / "small"
    train(few_texts, folder)
    return folder
