"""Letters leave once: killed before the dot, after it, refused for now or for good."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from cases.errors import StoreUnavailable
from cases.incoming import Address
from cases.life import ClockKind
from cases.model import Letter, LetterName, Status
from cases.outgoing import Delivery, DeliveryState
from cases.store import Transaction
from outbox.sender import LeaseLost, Sender
from pipeline.chase import chase, recover
from pipeline.deliver import LEASE, WAITS_S, deliver_one
from pipeline.write import queue
from templates.samples import samples
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, Tray, letter_text

CUSTOMER, QUALITY = "wang.fang@customer.example", "quality@example.com"
GONE = Delivery(state=DeliveryState.PERMANENT, reply="550 5.1.1 nobody")
LATER = Delivery(state=DeliveryState.TRANSIENT, reply="451 later")
LOST = Delivery(state=DeliveryState.AMBIGUOUS, reply="connection lost")


@pytest.fixture
def full(office: Office, make_raw: MakeRaw) -> Office:
    """Return an office with an acknowledgement and a routed mail to send."""
    office.take(make_raw())
    return office


def ids(office: Office, recipient: str) -> list[str]:
    return [str(mail["Message-ID"]) for mail in office.tray.to(recipient)]


def test_letters_leave_and_the_case_remembers(full: Office) -> None:
    """One event each; nothing is left to do."""
    done = full.deliver()

    assert [(d.row.letter, d.state) for d in done] == [
        ("acknowledgement", "sent"),
        ("routed", "sent"),
    ]
    assert full.kinds()[-2:] == ["letter_sent", "letter_sent"]
    assert full.counts()[2] == {"sent": 2}
    assert deliver_one(full.desk, full.tray, now=full.now) is None


def test_killed_before_the_dot_the_letter_leaves_once(full: Office) -> None:
    """Nothing had left; after the lease it does."""
    full.tray.before = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        full.deliver()
    full.tray.before = None
    full.later(minutes=6)
    chase(full.desk, now=full.now)
    full.deliver()

    assert len(ids(full, CUSTOMER)) == len(ids(full, QUALITY)) == 1
    with full.desk.store.read() as tx:
        assert tx.outbox_counts() == {"sent": 2}


def test_killed_after_the_dot_the_letter_is_repeated_under_its_name(full: Office) -> None:
    """It may have been accepted: it is sent again with the same Message-ID, and that is counted."""
    full.deliver()
    (first,) = ids(full, CUSTOMER)
    with full.desk.store.begin() as tx:  # as if the process had died with the answer on its way
        tx._connection.exec_driver_sql(
            "update outbox set state='dot', owner='dead', lease_until='2026-01-01 00:00:00' "
            "where letter='acknowledgement'"
        )
    chase(full.desk, now=full.now)
    (again,) = full.deliver()

    assert ids(full, CUSTOMER) == [first, first]
    assert again.row.ambiguous == 1


def test_killed_at_the_dot_three_times_a_person_must_look(full: Office) -> None:
    """Two repetitions, then held: in the story of the case, and told to the supervisors."""
    full.tray.after = KeyboardInterrupt()
    for _ in range(3):
        for _ in range(2):  # both letters
            with pytest.raises(KeyboardInterrupt):
                full.deliver()
        recover(full.desk, now=full.now)
    full.tray.after = None

    assert [done.row.recipient for done in full.deliver()] == ["supervisor@example.com"] * 2
    assert full.counts()[2] == {"held": 2, "sent": 2}
    assert full.kinds().count("held") == 2
    (told, _) = full.tray.to("supervisor@example.com")
    assert "look in the relay's log" in letter_text(told)


def test_a_lease_that_was_lost_sends_nothing(full: Office) -> None:
    """The server kept us waiting beyond the lease: somebody else may have it by now."""

    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(full.tray, name)

        def send(self, data: bytes, **options: object) -> Delivery:
            full.now += LEASE + timedelta(seconds=1)
            return full.tray.send(data, **options)  # type: ignore[arg-type]

    done = deliver_one(full.desk, Slow(), now=full.now)  # type: ignore[arg-type]

    assert done is not None
    assert (done.state, done.delivery.reply) == ("ready", "taken over by another worker")
    assert full.tray.sent == []
    assert issubclass(LeaseLost, Exception)


def test_a_refusal_for_now_is_tried_again_after_the_pause(full: Office) -> None:
    """One minute, then five; the other letter does not wait for it."""
    full.tray.answers[CUSTOMER] = LATER
    assert [d.state for d in full.deliver()] == ["ready", "sent"]
    assert full.deliver() == []
    full.later(minutes=1)
    assert [d.state for d in full.deliver()] == ["ready"]
    full.later(minutes=4)
    assert full.deliver() == []
    full.later(minutes=1)
    full.tray.answers.clear()

    assert [(d.state, d.row.tries) for d in full.deliver()] == [("sent", 3)]
    assert full.kinds().count("letter_sent") == 2


def test_a_final_refusal_alerts_the_supervisors_once(full: Office) -> None:
    """With letter, reader and the server's words; the alert itself is sent."""
    full.tray.answers[CUSTOMER] = GONE
    for _ in range(3):
        full.deliver()
        full.later(hours=1)
    (alert,) = full.tray.to("supervisor@example.com")

    assert full.kinds().count("undeliverable") == 1
    assert "550 5.1.1 nobody" in letter_text(alert)
    assert full.counts()[2] == {"failed": 1, "sent": 2}


def test_two_letters_of_one_case_that_fail_are_two_alerts(full: Office) -> None:
    """Each is a trouble of its own."""
    full.tray.answers |= {CUSTOMER: GONE, QUALITY: GONE}
    full.deliver()

    assert len(full.tray.to("supervisor@example.com")) == 2


def test_a_failed_letter_is_told_although_another_alert_went_to_the_same_person(
    office: Office, make_raw: MakeRaw
) -> None:
    """Row 1 of the outbox and alert 1 of the case are different things."""
    from dataclasses import replace

    levels = tuple(
        replace(level, alert=("supervisor@example.com",)) if level.alert else level
        for level in office.desk.rules.policy.severities
    )
    policy = replace(office.desk.rules.policy, severities=levels)
    office.desk = replace(office.desk, rules=replace(office.desk.rules, policy=policy))
    office.take(make_raw("It exploded.\n"))
    office.tray.answers[CUSTOMER] = GONE
    office.deliver()

    assert len(office.tray.to("supervisor@example.com")) == 2


def test_an_alert_that_fails_tells_nobody(full: Office) -> None:
    """Or two addresses that bounce would write to each other for ever."""
    full.tray.answers |= {CUSTOMER: GONE, "supervisor@example.com": GONE}
    full.deliver()
    full.deliver()

    assert full.counts()[2] == {"failed": 2, "sent": 1}


def test_an_answer_lost_three_times_is_held_and_told(full: Office) -> None:
    """Tries two and three follow the pauses; then the supervisors look in the relay's log."""
    full.tray.answers[CUSTOMER] = LOST
    states = []
    for _ in range(4):
        states += [d.state for d in full.deliver() if d.row.letter == "acknowledgement"]
        full.later(hours=1)

    assert states == ["ready", "ready", "held"]
    assert full.kinds().count("held") == 1
    assert len(full.tray.to("supervisor@example.com")) == 1
    assert len(set(ids(full, CUSTOMER))) == 1


def answered(office: Office, to: str = CUSTOMER) -> None:
    """Let the department have answered, and the outcome wait for `to`."""
    case = replace(office.case(), status=Status.ANSWERED)
    facts = dict(next(one.facts for _, one in samples("en") if one.name is LetterName.OUTCOME))
    letter = Letter(name=LetterName.OUTCOME, language="en", to=Address(addr=to), facts=facts)
    with office.desk.store.begin() as tx:
        tx.save_case(case)
        queue(tx, office.desk, case, (letter,), original=b"", answers="", now=office.now)


def test_a_delivered_outcome_starts_the_time_of_silence(full: Office) -> None:
    """The case moves to outcome_sent and will close after seven days."""
    answered(full)
    full.deliver()

    assert full.case().status is Status.OUTCOME_SENT
    assert full.case().outcome_at == full.now
    with full.desk.store.read() as tx:
        (silence,) = [c for c in tx.clocks(1) if c.kind is ClockKind.CONFIRM]
    assert silence.due_at == full.now + timedelta(days=7)


def test_an_outcome_that_leaves_after_a_reopening_moves_nothing(full: Office) -> None:
    """The complainant wrote first: the case is with the department again."""
    answered(full)
    with full.desk.store.begin() as tx:
        tx.save_case(replace(full.case(), status=Status.ROUTED, round=2))
    full.deliver()

    assert full.case().status is Status.ROUTED
    assert LetterName.OUTCOME in [row[0] for row in letters_of(full)]


def letters_of(office: Office) -> tuple[tuple[str, str, str, str], ...]:
    with office.desk.store.read() as tx:
        return tx.letters_of(1)


def test_silence_closes_the_case_once(full: Office) -> None:
    """Not a second before seven days; doing it again writes nothing."""
    answered(full)
    full.deliver()
    full.later(days=7, seconds=-1)
    assert chase(full.desk, now=full.now) == 0
    full.later(seconds=1)
    assert chase(full.desk, now=full.now) == 1
    assert chase(full.desk, now=full.now) == 0

    assert full.case().status is Status.CLOSED
    assert full.case().closed_at == full.now
    assert full.kinds().count("closed") == 1


def test_recovering_at_the_start_takes_everything_back(office: Office, make_raw: MakeRaw) -> None:
    """The only process of its database need not wait for leases of the dead."""
    office.take(make_raw())
    with office.desk.store.begin() as tx:
        assert tx.lease_letter(owner="dead", now=office.now, lease=LEASE) is not None
    recover(office.desk, now=office.now)

    assert office.counts()[2] == {"ready": 2}


class Away:
    """A database that is away for so many transactions, and notes how long it was waited for."""

    def __init__(self, office: Office, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waited: list[float] = []
        self._begin, self._times = office.desk.store.begin, times
        monkeypatch.setattr("pipeline.deliver.sleep", self.waited.append)
        self._office, self._monkeypatch = office, monkeypatch

    def send(self, tray: Tray) -> Callable[..., Delivery]:
        """Return a server that takes a letter, and the database is away from then on."""

        def run(data: bytes, **options: object) -> Delivery:
            taken = tray.send(data, **options)  # type: ignore[arg-type] # as the Sender has them
            self._monkeypatch.setattr(self._office.desk.store, "begin", self.begin)
            return taken

        return run

    def begin(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction, or not."""
        self._times -= 1
        if self._times >= 0:
            raise StoreUnavailable("away")
        return self._begin()


def sender(send: Callable[..., Delivery]) -> Sender:
    return cast(Sender, SimpleNamespace(send=send))


def test_what_a_server_said_is_kept_until_the_database_is_back(
    full: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F40, F41: it waits a little longer each time, and the letter does not leave once more."""
    away = Away(full, 3, monkeypatch)
    done = deliver_one(full.desk, sender(away.send(full.tray)), now=full.now)

    assert away.waited == list(WAITS_S[:3])
    assert done is not None
    assert (done.state, done.reference) == ("sent", "C-2026-000001")
    assert full.counts()[2] == {"sent": 1, "ready": 1}


def test_a_database_that_stays_away_is_an_outage(
    full: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two minutes; the letter stays at the dot, and will count as ambiguous."""
    away = Away(full, 99, monkeypatch)
    with pytest.raises(StoreUnavailable):
        deliver_one(full.desk, sender(away.send(full.tray)), now=full.now)

    assert away.waited == list(WAITS_S)
    assert 110 <= sum(WAITS_S) <= 130
    assert full.counts()[2] == {"dot": 1, "ready": 1}


def test_an_outcome_that_no_server_takes_is_told_by_a_person(full: Office) -> None:
    """Silence settles nothing then: the case moves on, and a supervisor is asked to call."""
    answered(full)
    full.tray.answers[CUSTOMER] = GONE
    full.deliver()
    full.deliver()

    assert full.kinds().count("not_arrived") == 1
    told = [row[0] for row in letters_of(full) if row[1] == "supervisor@example.com"]
    assert LetterName.TASK.value in told


def test_an_outcome_that_fails_again_is_told_by_a_person_once(full: Office) -> None:
    """A person let it try again, in vain: who is asked to call already is not asked twice."""
    answered(full)
    full.tray.answers[CUSTOMER] = GONE
    full.deliver()
    with full.desk.store.begin() as tx:
        for one in tx.letters_in(["failed"]):
            tx.release_letter(one.id, "ready", now=full.now)
    full.deliver()

    assert full.kinds().count("undeliverable") == 4  # acknowledgement and outcome, twice each
    assert full.kinds().count("not_arrived") == 1


def test_a_copy_of_the_outcome_that_fails_leaves_the_case_alone(full: Office) -> None:
    """The complainant has it; the authority that passed the complaint on has not."""
    answered(full, to="desk1@12345.example.com")
    full.tray.answers["desk1@12345.example.com"] = GONE
    full.deliver()

    assert full.kinds().count("undeliverable") == 1
    assert "not_arrived" not in full.kinds()
