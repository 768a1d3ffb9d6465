"""Figures for Prometheus: counted from the lines that the daemon prints, so both always agree.

`Counting` stands in front of a reporter and counts what passes. What lies in the database (mails
set aside, letters by state, open cases) is not counted but looked at, by `pipeline/watch.py`.

No label holds an address, a case or any other word of a mail, and each has few values: what is not
on its list counts as `other`.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from cases.life import ClockKind
from cases.model import Category
from pipeline.look import Look
from pipeline.mailbox_trouble import KINDS
from pipeline.poll import BY_HAND
from pipeline.show import MAIL_OUTCOMES, Reporter
from routing.situation import SILENCES

PREFIX = "complaint_desk_"
OTHER = "other"
SOURCES = ("rule", "model", "default")
#: Seconds a mail takes from being taken to being settled; ten are the most that reading may take.
BUCKETS = (0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LETTER_STATES = ("ready", "leased", "dot", "sent", "failed", "held", "cancelled")


class Metrics:
    """Every figure of one process."""

    def __init__(self, mailboxes: Collection[str]) -> None:
        """`mailboxes`: their names in config.yaml."""
        # When a counter began is of no use to anybody here.
        disable_created_metrics()  # type: ignore[no-untyped-call] # ships no types for this one
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._mailboxes = (*mailboxes, BY_HAND)
        self._fetched = self._counter("mail_fetched", "Mails taken in from a mailbox.", "mailbox")
        self._processed = self._counter(
            "mail_processed", "Mails handled, by what became of them.", "mailbox", "outcome"
        )
        self._errors = self._counter(
            "mail_errors", "Failures to read or file a mailbox, by cause.", "mailbox", "kind"
        )
        self._silent = self._counter(
            "auto_mail_suppressed", "Mails that get no automatic letter, by reason.", "reason"
        )
        self._classified = self._counter(
            "classified", "New cases, by category and by what decided it.", "category", "source"
        )
        self._unsure = self._counter(
            "classification_unsure", "New cases whose category is a guess or asked for."
        )
        self._late = self._counter(
            "deadline_breaches", "Limits that passed while somebody still owed something.", "clock"
        )
        self._ambiguous = self._counter(
            "outbox_ambiguous", "Tries of letters whose answer was lost: they may have left twice."
        )
        self._seconds = Histogram(
            f"{PREFIX}message_seconds",
            "Seconds from taking a mail to settling it.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        for name in mailboxes:  # a counter that begins at 0 shows its first increase
            self._fetched.labels(name)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}{name}", what, labels, registry=self.registry)

    def count(self, outcome: str, extra: Mapping[str, object]) -> None:
        """Count one line of the daemon."""
        box = _known(extra.get("mailbox"), self._mailboxes)
        match extra.get("action"):
            case "mail":
                self._mail(box, outcome, extra)
            case "poll" if "count" in extra:
                self._fetched.labels(box).inc(_number(extra["count"]))
            case "mailbox":
                self._errors.labels(box, _known(extra.get("kind"), KINDS)).inc()
            case "letter" if extra.get("ambiguous"):
                self._ambiguous.inc()
            case "clock" if extra.get("late"):
                self._late.labels(_known(extra.get("clock"), tuple(ClockKind))).inc()

    def _mail(self, box: str, outcome: str, extra: Mapping[str, object]) -> None:
        self._processed.labels(box, _known(outcome, MAIL_OUTCOMES)).inc()
        if "duration_ms" in extra:
            self._seconds.observe(_number(extra["duration_ms"]) / 1000)
        if extra.get("silent"):
            self._silent.labels(_known(extra["silent"], SILENCES)).inc()
        if "source" in extra:
            category = _known(extra.get("category"), tuple(Category))
            self._classified.labels(category, _known(extra["source"], SOURCES)).inc()
            if extra.get("unsure"):
                self._unsure.inc()


class Counting:
    """A reporter that counts each line and hands it on."""

    def __init__(self, out: Reporter, metrics: Metrics) -> None:
        self._out, self._metrics = out, metrics

    def line(self, outcome: str, words: str, *, at: datetime, **extra: str | int) -> None:
        """Count one line, then say it."""
        self._metrics.count(outcome, extra)
        self._out.line(outcome, words, at=at, **extra)


class Looked(Collector):
    """What the last look into the database saw, as gauges."""

    def __init__(self, last: Callable[[], Look]) -> None:
        self._last = last

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges; without a database only that there is none."""
        look, at_s = self._last(), time.monotonic()
        health = look.health
        yield _gauge("database_up", "1 if the last look into the database went well.", bool(health))
        healthy = look.healthy(at_s=at_s)
        yield _gauge("healthy", "1 if nothing calls for a person, as /health says.", healthy)
        if health is None:
            return
        read = _family("last_success_timestamp_seconds", "When a mailbox was last read.", "mailbox")
        for name, at in health.read_at.items():
            read.add_metric([name], at.timestamp() if at else 0)
        yield read
        quarantined = health.mails.get("quarantined", 0)
        yield _gauge("quarantine_messages", "Mails that are set aside.", quarantined)
        letters = _family("outbox_messages", "Letters by state.", "state")
        for state in LETTER_STATES:
            letters.add_metric([state], health.letters.get(state, 0))
        yield letters
        cases = _family("cases_open", "Cases that are not closed.", "category", "severity")
        for labels, number in look.open_cases.items():
            cases.add_metric(labels, number)
        yield cases
        rules = _family("rules_info", "1 for the version of the rules in force.", "version")
        rules.add_metric([health.rules_version], 1)
        yield rules


def _family(name: str, what: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", what, labels=labels)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}{name}", what, value=value)


def _known(value: object, values: Iterable[str]) -> str:
    """Return a label's value if it is one of the few there are."""
    return next((str(known) for known in values if value == known), OTHER)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) else 0.0
