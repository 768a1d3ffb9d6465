"""Random lives: whatever people write and however time goes, the promises hold.

Each sequence plays mails of all parties and ticks of the clock against the whole desk, on a
database. Departments write two kinds of words: RELEASED ones, marked as meant for the complainant,
and INSIDE ones, in every other place of a reply.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cases.columns import metadata
from cases.life import ClockKind
from cases.lifecycle import ANSWERED_FOR, MOVES, OPEN_PARTS
from cases.model import LetterName, Matter, Status
from cases.store import Store
from pipeline.audit_check import Tally, audit
from pipeline.chase import chase
from pipeline.desk import Desk
from pipeline.lives import life_of
from routing.clocks import clocks_of
from routing.deadlines import Limit
from routing.policy import Party
from routing.process import Capa, CapaRule, Objection, Process, Rung, Signing
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, letter_text

CUSTOMER, QUALITY, CARRIER = (
    "wang.fang@customer.example",
    "quality@example.com",
    "claims@carrier.example",
)
HEAD, BOSS, SUPERVISOR = "qa-head@example.com", "gm@example.com", "supervisor@example.com"

#: In CI so many sequences in each of the two tests; on the desk fewer, to be quick.
SEQUENCES = 1_000 if os.environ.get("CI") else 50

_LADDER = (Rung(to=("manager",)), Rung(to=("management",), after=Limit.parse("1 day")))
PROCESSES = (
    Process(silence=timedelta(days=7)),
    Process(review=Signing(by=(HEAD,), within=Limit.parse("4 hours")), escalation=_LADDER),
    Process(
        approval=(Signing(by=(HEAD,), within=Limit.parse("1 day")), Signing(by=(BOSS,))),
        answer_needs=("cause",),
        escalation=_LADDER,
        accept_within=Limit.parse("4 working hours"),
        remind_before=Limit.parse("2 hours"),
    ),
    Process(
        plan=True,
        plan_within=Limit.parse("3 days"),
        undo=timedelta(minutes=15),
        objections=(Objection.REOPEN, Objection.DISPUTE, Objection.EXPLAIN),
        carry_out_within=Limit.parse("2 days"),
        info_within=Limit.parse("2 days"),
        escalation=_LADDER,
    ),
    Process(
        capa=Capa(
            rule=CapaRule.REQUIRED_OR_REASON,
            within=Limit.parse("5 days"),
            verify_by=(HEAD,),
            verify_after=Limit.parse("2 days"),
        ),
        callback=Signing(by=(SUPERVISOR,), within=Limit.parse("1 day")),
        confirm_needed=True,
        progress_every=Limit.parse("2 days"),
        serious_after=Limit.parse("30 days"),
        objections=(Objection.MANAGEMENT,),
        escalation=_LADDER,
        external_within=Limit.parse("2 days"),
    ),
)

DEPARTMENT = (
    "done",
    "Cause: INSIDE",
    "INSIDE. We think the customer did it.",
    "accept: INSIDE, by 27 Nov",
    "接受",
    "不成立\n原因：INSIDE\n答复客户：RELEASED",
    "interim: RELEASED",
    "need info: RELEASED",
    "hold: INSIDE",
    "resume",
    "ask → carrier: INSIDE",
    "stop",
    "no measure: INSIDE",
    "not ours",
    "not ours → delivery",
    "done? INSIDE",
    "yes INSIDE",
    "",
)
COMPLAINANT = (
    "1", "我不同意：太慢了", "what about my complaint?", "进展如何？", "thank you",
    "Batch 20240611A.", "I withdraw my complaint", "My son was injured by it!",
    "How do I descale it?",
)  # fmt: skip
SIGNER = (
    "ok", "no: INSIDE", "退回：INSIDE", "改为：RELEASED", "no", "INSIDE", "not effective: INSIDE",
    "reached: INSIDE", "未联系上",
)  # fmt: skip
PARTY = ("INSIDE: it fell", "no")
#: What answers a letter as it wants to be answered, so that the case goes on.
FITTING = {
    "department": (
        "done: RELEASED",
        "处理完成\n答复客户：RELEASED\n原因：INSIDE\n责任追究：INSIDE",
        "done\nCause: INSIDE\nTo the customer: RELEASED\nCorrective action: INSIDE\nCost: INSIDE",
        "carried out",
        "invalid: INSIDE\nTo the customer: RELEASED",
    ),
    "signer": ("yes", "同意", "approved", "effective", "yes"),
    "complainant": ("I agree", "still broken", "没有解决", "solved", "5"),
    "party": PARTY,
}
ASKS_NOTHING = (LetterName.ACKNOWLEDGEMENT, LetterName.ANSWER_NOTED, LetterName.HOW_TO_ANSWER)
#: Somebody writes something, or time passes; what stands here more often happens more often.
TURNS = (
    *(("department", text) for text in DEPARTMENT),
    *(("signer", text) for text in SIGNER),
    *(("complainant", text) for text in COMPLAINANT),
    *(("party", text) for text in PARTY),
    *(("minutes", text) for text in ("5", "20", "300", "1500", "12000")),
    ("silence", ""),
    *([("newest", str(which)) for which in range(5)] * 12),
)


def _role(addr: str) -> str:
    """Return who of the people it is: whoever is none of the others works in a department."""
    others = {CUSTOMER: "complainant", CARRIER: "party"}
    return "signer" if addr in (HEAD, BOSS, SUPERVISOR) else others.get(addr, "department")


def _asks(letter: EmailMessage) -> bool:
    """Tell whether a letter wants an answer, by its name in the Message-ID."""
    return not any(f".{name.value}." in str(letter["Message-ID"]) for name in ASKS_NOTHING)


class Lives(RuleBasedStateMachine):
    """One desk, one complaint, and everybody who may write about it."""

    make_raw: MakeRaw
    desk: Desk
    office: Office  #: of the sequence at hand, for the clock of the deliveries
    processes: tuple[Process, ...]

    def __init__(self) -> None:
        super().__init__()
        # One engine for all sequences: compiling statements anew takes longer than running them.
        with self.desk.store._engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        self.office = Lives.office = Office(self.desk, datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
        self.number = 0

    @initialize(choice=st.integers(0, 5))
    def begin(self, choice: int) -> None:
        process = self.processes[choice % len(self.processes)]
        rules = self.office.desk.rules
        carrier = Party(key="carrier", names={"zh": "承运商"}, to=(CARRIER,), language="zh")
        policy = replace(
            rules.policy,
            usual=process,
            by_category={},
            by_severity={},
            management=(BOSS,),
            parties={"carrier": carrier},
        )
        self.office.desk = replace(self.office.desk, rules=replace(rules, policy=policy))
        self._take(self.make_raw("The kettle I bought leaks.\n"))

    def _take(self, *mails: bytes) -> None:
        handled = self.office.take(*mails)
        for one in handled:
            assert one.outcome not in ("retry", "quarantined"), one.why
        self.office.deliver()

    def _answer(self, recipient: str, letter: EmailMessage, text: str) -> None:
        """Let somebody answer a letter they got."""
        self.number += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = recipient, str(letter["Reply-To"])
        mail["Subject"] = f"Re: {letter['Subject']}"
        mail["Message-ID"] = f"<{self.number}.reply@example.com>"
        mail["In-Reply-To"] = mail["References"] = str(letter["Message-ID"])
        mail.set_content(text.replace("RELEASED", f"RELEASED-{self.number}"))
        self._take(mail.as_bytes())

    @rule(turn=st.sampled_from(TURNS), back=st.sampled_from((0, 0, 0, 0, 1, 2)))
    def turn(self, turn: tuple[str, str], back: int) -> None:
        """Let one thing happen; one rule for all, for of several some are left out for long."""
        who, text = turn
        if who == "minutes":
            self._pass(minutes=int(text))
        elif who == "silence":
            self._silence()
        else:
            got = [
                (to, letter)
                for to, letter in self.office.tray.sent
                if (_asks(letter) if who == "newest" else _role(to) == who)
            ]
            if got:
                to, letter = got[-1 - back % len(got)]
                fitting = FITTING[_role(to)]
                fit = fitting[int(text) % len(fitting)] if who == "newest" else text
                self._answer(to, letter, fit)

    def _pass(self, **time: float) -> None:
        self.office.later(**time)
        chase(self.office.desk, now=self.office.now)
        self.office.deliver()

    def _silence(self) -> None:
        """Let nobody write for two months: nobody is forgotten meanwhile."""
        if self.number < 3:
            return
        for _ in range(3):
            self._pass(days=21)
        case = self.office.case()
        told = {e.kind for e in self.office.events()} & {"escalated", "reminded", "guessed"}
        settled = case.status in ANSWERED_FOR or case.matter is not Matter.COMPLAINT
        assert settled or told or not self.office.desk.rules.policy.usual.escalation

    # ------------------------------------------------------------ what must always hold

    def teardown(self) -> None:
        """Look at everything that left, once for each life: what was sent stays sent."""
        if self.number:
            self._nothing_inside_reached_the_complainant()
            self._no_answer_left_unapproved()
            self._no_letter_was_sent_twice()
            assert list(audit(self.office.desk.store, Tally())) == []

    def _nothing_inside_reached_the_complainant(self) -> None:
        for mail in self.office.tray.to(CUSTOMER):
            assert "INSIDE" not in f"{mail['Subject']}{letter_text(mail)}", letter_text(mail)

    def _no_answer_left_unapproved(self) -> None:
        usual, events = self.office.desk.rules.policy.usual, self.office.events()
        for at, event in enumerate(events):
            if event.kind == "outcome_queued" and self.office.case().matter is Matter.COMPLAINT:
                proposed = max(n for n, e in enumerate(events[:at]) if e.kind == "proposed")
                signed = Counter(e.kind for e in events[proposed:at])
                assert signed["approved"] >= len(usual.approval)
                assert signed["reviewed"] >= bool(usual.review)

    def _no_letter_was_sent_twice(self) -> None:
        seen = Counter((addr, mail["Message-ID"]) for addr, mail in self.office.tray.sent)
        assert not [key for key, count in seen.items() if count > 1]
        same = Counter(
            letter_text(mail)
            for mail in self.office.tray.to(CUSTOMER)
            if f".{LetterName.OUTCOME.value}." in str(mail["Message-ID"])
        )
        explained = [event for event in self.office.events() if event.kind == "explained"]
        assert max(same.values(), default=0) <= 1 + len(explained)

    @invariant()
    def no_date_is_lost_and_no_end_is_dead(self) -> None:
        if self.number == 0:
            return
        with self.office.desk.store.read() as tx:
            case = tx.case(1)
            assert case is not None
            life = life_of(tx, self.office.desk, case, cause=0, now=self.office.now)
            kept = {row.key for row in tx.clock_rows(1) if row.next_at is not None}
        clocks = clocks_of(life)
        status = case.status
        assert status is Status.ARCHIVED or any(start is status for start, _ in MOVES)
        if case.status in ANSWERED_FOR or case.matter is not Matter.COMPLAINT:
            return
        assert case.due_at is not None
        answers = {clock.who for clock in clocks if clock.kind is ClockKind.ANSWER}
        owing = {p.department for p in life.open_parts if p.state in OPEN_PARTS}
        assert owing <= answers, (owing, answers)
        for clock in clocks:
            ahead = [ring for ring in clock.rings if ring.at > self.office.now]
            assert not ahead or clock.key in kept, clock


@pytest.fixture
def lives(desk: Desk, make_raw: MakeRaw, empty_database: Path) -> Iterator[Callable[[], None]]:
    """Return the machine, wired to a desk whose database is in memory where there is some."""
    shared = Path("/dev/shm")  # noqa: S108 - nothing in it is secret
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    shutil.copyfile(empty_database, folder / "desk.db")
    store = Store(f"sqlite:///{folder / 'desk.db'}")
    Lives.make_raw = staticmethod(make_raw)
    Lives.desk = replace(desk, store=store)
    Lives.TestCase.settings = settings(
        max_examples=SEQUENCES,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    yield Lives.TestCase("runTest").runTest
    store.close()
    shutil.rmtree(folder)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("processes", [PROCESSES[:3], PROCESSES[3:]], ids=["signed", "agreed"])
def test_no_sequence_of_mails_and_ticks_breaks_a_promise(
    processes: tuple[Process, ...], lives: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 random lives in CI: no dead end, no lost date, no double letter, no leak."""
    monkeypatch.setattr(Lives, "processes", processes, raising=False)
    monkeypatch.setattr("pipeline.deliver.clock_now", lambda: Lives.office.now)
    lives()
