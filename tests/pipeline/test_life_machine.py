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
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.columns import metadata
from cases.life import ClockKind
from cases.lifecycle import ANSWERED_FOR, MOVES, OPEN_PARTS
from cases.model import LetterName, Matter, Status
from cases.store import Store
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

DEPARTMENT = st.sampled_from(
    (
        "done: RELEASED",
        "处理完成\n答复客户：RELEASED\n原因：INSIDE\n责任追究：INSIDE",
        "done\nCause: INSIDE\nTo the customer: RELEASED\nCorrective action: INSIDE\nCost: INSIDE",
        "done",
        "Cause: INSIDE",
        "INSIDE. We think the customer did it.",
        "accept: INSIDE, by 27 Nov",
        "接受",
        "invalid: RELEASED",
        "不成立\n原因：INSIDE\n答复客户：RELEASED",
        "interim: RELEASED",
        "need info: RELEASED",
        "hold: INSIDE",
        "resume",
        "ask → carrier: INSIDE",
        "stop",
        "carried out",
        "no measure: INSIDE",
        "not ours",
        "not ours → delivery",
        "done? INSIDE",
        "yes INSIDE",
        "",
    )
)
COMPLAINANT = st.sampled_from(
    (
        "solved", "没有解决", "still broken", "5", "1", "I agree", "我不同意：太慢了",
        "what about my complaint?", "进展如何？", "thank you", "Batch 20240611A.",
        "I withdraw my complaint", "My son was injured by it!", "How do I descale it?",
    )
)  # fmt: skip
SIGNER = st.sampled_from(
    (
        "yes", "同意", "ok", "no: INSIDE", "退回：INSIDE", "改为：RELEASED", "no", "INSIDE",
        "effective", "not effective: INSIDE", "reached: INSIDE", "未联系上",
    )
)  # fmt: skip


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

    def _answer(self, recipient: str, text: str, *, back: int = 0) -> None:
        """Let somebody answer one of the letters they got."""
        got = self.office.tray.to(recipient)
        if not got:
            return
        letter = got[-1 - back % len(got)]
        self.number += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = recipient, str(letter["Reply-To"])
        mail["Subject"] = f"Re: {letter['Subject']}"
        mail["Message-ID"] = f"<{self.number}.reply@example.com>"
        mail["In-Reply-To"] = mail["References"] = str(letter["Message-ID"])
        mail.set_content(text.replace("RELEASED", f"RELEASED-{self.number}"))
        self._take(mail.as_bytes())

    @rule(text=DEPARTMENT, back=st.integers(0, 2))
    def department(self, text: str, back: int) -> None:
        self._answer(QUALITY, text, back=back)

    @rule(text=COMPLAINANT)
    def complainant(self, text: str) -> None:
        self._answer(CUSTOMER, text)

    @precondition(lambda self: any(self.office.tray.to(who) for who in (HEAD, BOSS, SUPERVISOR)))
    @rule(text=SIGNER, who=st.sampled_from((HEAD, BOSS, SUPERVISOR)), back=st.integers(0, 1))
    def signer(self, text: str, who: str, back: int) -> None:
        self._answer(who, text, back=back)

    @precondition(lambda self: self.office.tray.to(CARRIER))
    @rule(text=st.sampled_from(("INSIDE: it fell", "no")))
    def party(self, text: str) -> None:
        self._answer(CARRIER, text)

    @rule(minutes=st.sampled_from((5, 20, 300, 1_500, 12_000)))
    def time(self, minutes: int) -> None:
        self.office.later(minutes=minutes)
        chase(self.office.desk, now=self.office.now)
        self.office.deliver()

    # ------------------------------------------------------------ what must always hold

    def teardown(self) -> None:
        """Look at everything that left, once for each life: what was sent stays sent."""
        if self.number:
            self._nothing_inside_reached_the_complainant()
            self._no_answer_left_unapproved()
            self._no_letter_was_sent_twice()

    def _nothing_inside_reached_the_complainant(self) -> None:
        for mail in self.office.tray.to(CUSTOMER):
            assert "INSIDE" not in f"{mail['Subject']}{letter_text(mail)}", letter_text(mail)

    def _no_answer_left_unapproved(self) -> None:
        policy, events = self.office.desk.rules.policy, self.office.events()
        for at, event in enumerate(events):
            if event.kind == "outcome_queued" and self.office.case().matter is Matter.COMPLAINT:
                proposed = max(n for n, e in enumerate(events[:at]) if e.kind == "proposed")
                approvals = [e for e in events[proposed:at] if e.kind == "approved"]
                assert len(approvals) >= len(policy.usual.approval)

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

    @precondition(lambda self: self.number > 2)
    @rule()
    def silence_ends_what_can_end(self) -> None:
        """After two months without a word nobody was forgotten."""
        for _ in range(3):
            self.office.later(days=21)
            chase(self.office.desk, now=self.office.now)
            self.office.deliver()
        case = self.office.case()
        told = {e.kind for e in self.office.events()} & {"escalated", "reminded", "guessed"}
        settled = case.status in ANSWERED_FOR or case.matter is not Matter.COMPLAINT
        assert settled or told or not self.office.desk.rules.policy.usual.escalation


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
        stateful_step_count=7,
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
