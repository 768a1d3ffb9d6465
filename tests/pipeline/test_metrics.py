"""The figures say what happened, no more: no address, no case, and few values of each label."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from cases.errors import MailboxUnavailable
from cases.outgoing import Delivery, DeliveryState
from pipeline.chase import chase
from pipeline.config_watch import WatchSettings
from pipeline.guard import Guard
from pipeline.show import Reporter, show_fetched, show_letter, show_mail, show_ring
from pipeline.watch import Watch
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

#: Those that others agreed on, and their labels.
PROMISED = {
    "mail_fetched_total": {"mailbox"},
    "mail_processed_total": {"mailbox", "outcome"},
    "mail_errors_total": {"mailbox", "kind"},
    "last_success_timestamp_seconds": {"mailbox"},
    "quarantine_messages": set(),
    "outbox_messages": {"state"},
    "auto_mail_suppressed_total": {"reason"},
    "classified_total": {"category", "source"},
    "classification_unsure_total": set(),
    "cases_open": {"category", "severity"},
    "deadline_breaches_total": {"clock"},
    "message_seconds_bucket": {"le"},
}


@dataclass
class Silent:
    """A reporter that says nothing."""

    lines: list[str] = field(default_factory=list)

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Keep one line."""
        self.lines.append(outcome)


@dataclass
class Scraped:
    """A desk whose figures can be read."""

    office: Office
    watch: Watch
    out: Reporter

    def take(self, *mails: bytes) -> None:
        """Handle mails as the daemon does."""
        for done in self.office.take(*mails):
            show_mail(self.out, done, at=self.office.now, seconds=0.2)

    def samples(self) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
        """Return name → labels → value of all that is ours, as Prometheus reads it."""
        self.watch.look(self.office.desk, now=self.office.now)
        text = generate_latest(self.watch.metrics.registry).decode()
        found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name.startswith("complaint_desk_"):
                    name = sample.name.removeprefix("complaint_desk_")
                    labels = tuple(sorted(sample.labels.items()))
                    found.setdefault(name, {})[labels] = sample.value
        return found

    def value(self, name: str, **labels: str) -> float:
        """Return one figure, 0 if it was never counted."""
        return self.samples().get(name, {}).get(tuple(sorted(labels.items())), 0)


@pytest.fixture
def scraped(office: Office) -> Scraped:
    """Return a desk that is watched."""
    watch = Watch(WatchSettings(host="127.0.0.1", port=1), office.desk, up_since=office.now)
    return Scraped(office, watch, watch.counting(Silent()))


def test_every_promised_figure_is_there_with_its_labels(
    scraped: Scraped, make_raw: MakeRaw
) -> None:
    """The names that dashboards are made of, after one mail, one failure and one look."""
    scraped.take(make_raw("late, sorry for asking\n"))
    scraped.out.line("trouble", "x", at=scraped.office.now, action="mailbox", mailbox="complaints")
    scraped.out.line("x", "x", at=scraped.office.now, action="mail", silent="bulk")
    scraped.out.line("late", "x", at=scraped.office.now, action="clock", clock="answer", late=1)
    found = scraped.samples()
    labels = {name: {key for one in found[name] for key, _ in one} for name in PROMISED}

    assert labels == PROMISED


def test_a_mail_is_counted_once_by_what_became_of_it(scraped: Scraped, make_raw: MakeRaw) -> None:
    """A case, a copy and a machine's mail; how long each took; who decided the category."""
    machine = make_raw(
        "away\n", message_id="3@c.example", headers=(("Auto-Submitted", "auto-replied"),)
    )
    scraped.take(make_raw(), make_raw() + b"\r\n", machine)
    handled = scraped.samples()["mail_processed_total"]

    assert handled == {
        (("mailbox", "by-hand"), ("outcome", "case")): 1,
        (("mailbox", "by-hand"), ("outcome", "duplicate")): 1,
        (("mailbox", "by-hand"), ("outcome", "ignored")): 1,
    }
    assert scraped.value("classified_total", category="quality", source="model") == 1
    assert scraped.value("auto_mail_suppressed_total", reason="auto_reply") == 1
    assert scraped.value("message_seconds_count") == 3
    assert scraped.value("message_seconds_sum") == pytest.approx(0.6)
    assert scraped.value("cases_open", category="quality", severity="general") == 1


def test_letters_held_back_by_a_cap_are_counted_by_that_cap(
    scraped: Scraped, make_raw: MakeRaw
) -> None:
    """The fourth mail of one address in a day gets no answer."""
    for number in range(4):
        scraped.take(make_raw(f"Thing {number} broke.\n", message_id=f"{number}@c.example"))
        scraped.office.later(hours=2)

    assert scraped.value("auto_mail_suppressed_total", reason="address") == 1


def test_the_ledger_and_the_outbox_are_looked_at_not_counted(
    scraped: Scraped, make_raw: MakeRaw
) -> None:
    """What another process or a person did shows, too."""
    scraped.take(make_raw())
    with scraped.office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update inbox set state='quarantined'")
        tx.mailbox_scanned("complaints", now=scraped.office.now)

    assert scraped.value("quarantine_messages") == 1
    assert scraped.value("outbox_messages", state="ready") == 2
    scanned = scraped.value("last_success_timestamp_seconds", mailbox="complaints")
    assert scanned == scraped.office.now.timestamp()


def test_a_lost_answer_of_the_relay_is_counted(scraped: Scraped, make_raw: MakeRaw) -> None:
    """That letter may have left twice."""
    scraped.take(make_raw())
    lost = Delivery(state=DeliveryState.AMBIGUOUS, reply="gone")
    scraped.office.tray.answers["wang.fang@customer.example"] = lost
    for done in scraped.office.deliver():
        show_letter(scraped.out, done, at=scraped.office.now, seconds=0.1)

    assert scraped.value("outbox_ambiguous_total") == 1


def test_a_limit_that_passes_is_one_breach_however_often_it_rings(
    scraped: Scraped, make_raw: MakeRaw
) -> None:
    """Reminders before it are none, escalations after it are no more."""
    scraped.take(make_raw())
    scraped.office.deliver()
    rung = []
    for _ in range(80):
        scraped.office.later(hours=6)
        now = scraped.office.now
        chase(scraped.office.desk, now=now, tell=lambda rang: rung.append(rang))
    for rang in rung:
        show_ring(scraped.out, rang, at=scraped.office.now)
    breaches = scraped.samples()["deadline_breaches_total"]

    assert len(rung) > sum(breaches.values())
    assert breaches[(("clock", "answer"),)] == 1
    assert set(breaches.values()) == {1}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MailboxUnavailable("complaints", "[AUTHENTICATIONFAILED] no", refused=True), "login"),
        (MailboxUnavailable("complaints", "certificate verify failed"), "certificate"),
        (MailboxUnavailable("complaints", "BYE for u@example.com"), "server"),
        (ZeroDivisionError("our fault"), "internal"),
    ],
)
def test_a_failure_of_a_mailbox_is_counted_by_its_cause(
    scraped: Scraped, error: Exception, kind: str
) -> None:
    """A few fixed causes, not the words of a server."""

    def fail() -> None:
        raise error

    Guard(scraped.out)("mailbox complaints", fail)

    assert scraped.value("mail_errors_total", mailbox="complaints", kind=kind) == 1


def test_new_mail_is_counted_where_it_came_in(scraped: Scraped) -> None:
    """From 0, so that the first one shows as an increase."""
    assert scraped.samples()["mail_fetched_total"] == {(("mailbox", "complaints"),): 0}
    show_fetched(scraped.out, "complaints", 7, at=scraped.office.now, seconds=0.1)

    assert scraped.value("mail_fetched_total", mailbox="complaints") == 7


def test_no_label_says_whose_mail_it_was(scraped: Scraped, make_raw: MakeRaw) -> None:
    """Neither an address nor a case number, nor anything else that a stranger chose."""
    scraped.take(make_raw())
    scraped.out.line(
        "evil", "x", at=scraped.office.now, action="mail", mailbox="wang.fang@customer.example",
        category="C-2026-000001", source="evil", silent="evil", uid="evil",
    )  # fmt: skip
    text = generate_latest(scraped.watch.metrics.registry).decode()

    assert not re.search(r"@|C-20\d\d-|evil|wang", text)
    assert 'mail_processed_total{mailbox="other",outcome="other"} 1.0' in text


def test_a_reply_is_no_new_classification(
    scraped: Scraped, make_raw: MakeRaw, reply: Callable[[EmailMessage, str], bytes]
) -> None:
    """Only the first mail of a case says what it is about."""
    scraped.take(make_raw())
    scraped.office.deliver()
    (letter,) = scraped.office.tray.to("quality@example.com")
    scraped.take(reply(letter, "accept, Li Wei"))

    assert scraped.value("classified_total", category="quality", source="model") == 1
    assert scraped.value("mail_processed_total", mailbox="by-hand", outcome="joined") == 1
