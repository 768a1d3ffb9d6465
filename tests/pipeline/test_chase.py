"""Time passes: each ring of each clock is dealt with exactly once, whatever happens meanwhile."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import pipeline.ring
from cases.life import PartMove
from cases.lifecycle import move_part
from cases.model import Decision, LetterName, Move, Status
from pipeline.chase import chase
from pipeline.desk import open_store
from pipeline.ring import ring_clocks
from pipeline.save import save
from pipeline.write import compose
from routing.clocks import clocks_of
from routing.deadlines import Calendar, Limit
from routing.life import Life
from routing.policy import Policy
from routing.ring import ring
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, letter_text
from tests.routing.lives import DAY, HOUR, LADDER, WANG, at, everything, house

FOUR_HOURS, DAY_OF_WORK = Limit.parse("4 working hours"), Limit.parse("1 working day")
QUALITY, HEAD, TOP = "quality@example.com", "head.quality@example.com", "gm@example.com"
SIGNING = {
    "accept_within": FOUR_HOURS,
    "remind_before": Limit.parse("1 working hour"),
    "escalation": LADDER,
}
Open = Callable[..., Office]


@pytest.fixture
def opened(office: Office, make_raw: MakeRaw) -> Open:
    """Return a function that takes one complaint in under a process, when all is quiet."""

    def build(when: str = "23 09:00", text: str = "", **usual: object) -> Office:
        rules = office.desk.rules
        # No case of these tests is promised an answer before its other clocks rang.
        levels = tuple(
            replace(level, answer_within=Limit.parse("60 days"))
            for level in rules.policy.severities
        )
        policy = replace(house(rules.policy, **usual), severities=levels)
        office.desk = replace(office.desk, rules=replace(rules, policy=policy))
        office.now = at(when)
        office.take(make_raw(text) if text else make_raw())
        return office

    return build


def queued(office: Office) -> Counter[tuple[str, str]]:
    """Return how many letters time brought about, by name and recipient."""
    usual = {"acknowledgement", "routed", "alert"}
    with office.desk.store.read() as tx:
        letters = tx.letters_of(1)
    return Counter((row[0], row[1]) for row in letters if row[0] not in usual)


def waiting(office: Office) -> int:
    """Return how many rings are due now."""
    with office.desk.store.read() as tx:
        return len(tx.due_clocks(now=office.now))


REMINDED, TOLD_HEAD, TOLD_TOP = (
    ("reminder", QUALITY),
    ("escalation", HEAD),
    ("escalation", TOP),
)


# ---------------------------------------------------------------- once, and at its time


def test_each_ring_leaves_at_its_own_time(opened: Open) -> None:
    """Before the limit, at the limit, and up the ladder; nothing in between."""
    office = opened(**SIGNING)
    found: dict[tuple[str, str, int], datetime] = {}

    for hour in range(30):
        office.now = at("23 09:00") + hour * HOUR
        chase(office.desk, now=office.now)
        for key, count in queued(office).items():
            found.setdefault((*key, count), office.now)

    assert found == {
        (*REMINDED, 1): at("23 12:00"),
        (*REMINDED, 2): at("23 13:00"),
        (*TOLD_HEAD, 1): at("23 13:00"),
        (*TOLD_TOP, 1): at("24 13:00"),
    }


def test_a_ring_counts_once(opened: Open) -> None:
    """The second look at the same moment finds nothing."""
    office = opened(**SIGNING)
    office.now = at("23 12:00")

    assert [chase(office.desk, now=office.now) for _ in range(3)] == [1, 0, 0]
    assert queued(office) == {REMINDED: 1}


def test_whoever_did_what_was_asked_is_left_alone(opened: Open) -> None:
    """The department signed at eleven: its clock stops, and nothing is left to ring."""
    office = opened(**SIGNING)
    office.now = at("23 11:00")
    with office.desk.store.begin() as tx:
        (part,) = tx.parts(1)
        signed = move_part(part, PartMove.ACCEPT, now=office.now)
        decision = Decision(moves=(), events=(), letters=(), parts=(signed,))
        save(tx, office.desk, office.case(), decision, key="signed", now=office.now)
    office.now = at("26 09:00")

    assert chase(office.desk, now=office.now) == 0
    assert queued(office) == {}


def test_a_clock_nobody_stopped_is_found_out_before_it_rings(opened: Open) -> None:
    """The case changed without its clocks: they are computed anew, and nobody is written to."""
    office = opened(**SIGNING)
    with office.desk.store.begin() as tx:
        (part,) = tx.parts(1)
        tx.save_parts(1, (move_part(part, PartMove.ACCEPT, now=office.now),))
    office.now = at("23 12:00")

    assert waiting(office) == 1
    assert chase(office.desk, now=office.now) == 0
    assert (waiting(office), queued(office)) == (0, {})


def test_a_longer_limit_holds_for_cases_that_run_already(opened: Open) -> None:
    """The supervisors changed the rules: nobody is reminded by the old date."""
    office = opened(**SIGNING)
    policy = house(office.desk.rules.policy, **{**SIGNING, "accept_within": DAY_OF_WORK})
    office.desk = replace(office.desk, rules=replace(office.desk.rules, policy=policy))

    counts = {}
    for hour in range(48):
        office.now = at("23 09:00") + hour * HOUR
        counts[office.now] = chase(office.desk, now=office.now)

    assert {when: count for when, count in counts.items() if count} == {
        at("23 16:00"): 1,
        at("24 09:00"): 2,
    }


# ---------------------------------------------------------------- outages and odd clocks


def test_after_three_days_everything_rings_once_and_says_that_it_is_late(opened: Open) -> None:
    """Monday to Thursday without a desk: all four letters, each marked in itself and the story."""
    office = opened(**SIGNING)
    office.deliver()
    office.now = at("26 09:00")

    assert chase(office.desk, now=office.now) == 4
    assert queued(office) == {REMINDED: 2, TOLD_HEAD: 1, TOLD_TOP: 1}
    told = [event for event in office.events() if event.kind in ("reminded", "escalated")]
    assert len(told) == 4
    assert all("the desk was not running" in event.reasons[-1] for event in told)
    sent = len(office.tray.sent)
    office.deliver()
    late = [letter_text(mail) for _, mail in office.tray.sent[sent:]]
    assert len(late) == 4
    assert all("本应更早发出" in text for text in late)


def test_what_comes_a_moment_late_is_not_called_late(opened: Open) -> None:
    """The desk looks every few seconds: fourteen minutes are its own business."""
    office = opened(**SIGNING)
    office.now = at("23 12:14")
    chase(office.desk, now=office.now)

    (reminded,) = (event for event in office.events() if event.kind == "reminded")
    assert reminded.reasons == ()


def test_an_outage_changes_nothing_but_the_hour(opened: Open) -> None:
    """Looked at every hour or only after a week: the same letters to the same people."""
    office = opened(**SIGNING)
    office.now = at("30 09:00")
    chase(office.desk, now=office.now)

    assert queued(office) == {REMINDED: 2, TOLD_HEAD: 1, TOLD_TOP: 1}


def test_a_clock_set_back_rings_nothing_twice(opened: Open) -> None:
    """Two days back, and once more through the same hours."""
    office = opened(**SIGNING)
    office.now = at("24 14:00")
    chase(office.desk, now=office.now)
    before = queued(office)

    for hour in range(60):
        office.now = at("22 14:00") + hour * HOUR
        chase(office.desk, now=office.now)

    assert queued(office) == before == {REMINDED: 2, TOLD_HEAD: 1, TOLD_TOP: 1}


def test_a_restart_forgets_nothing(opened: Open) -> None:
    """Another process on the same database goes on where the first one stopped."""
    office = opened(**SIGNING)
    office.now = at("23 12:00")
    chase(office.desk, now=office.now)
    office.desk.store.close()
    office.desk = replace(office.desk, store=open_store(office.desk.settings), owner="test:2")

    assert chase(office.desk, now=office.now) == 0
    office.now = at("23 13:00")
    assert chase(office.desk, now=office.now) == 2
    assert queued(office) == {REMINDED: 2, TOLD_HEAD: 1}


def test_two_desks_at_once_ring_once(opened: Open) -> None:
    """Both find the same rings due; whoever comes second finds them dealt with."""
    office = opened(**SIGNING)
    office.now = at("26 09:00")
    desks = [
        replace(office.desk, store=open_store(office.desk.settings), owner=f"test:{n}")
        for n in range(2)
    ]
    counts: list[int] = []
    start = threading.Barrier(2)

    def run(number: int) -> None:
        start.wait()
        counts.append(ring_clocks(desks[number], now=office.now))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.store.close()

    assert sum(counts) == 4
    assert queued(office) == {REMINDED: 2, TOLD_HEAD: 1, TOLD_TOP: 1}


def test_the_day_the_clocks_change_rings_once(opened: Open) -> None:
    """Berlin, 25 October 2026: 02:30 comes twice, the reminder leaves at the first of the two."""
    office = opened(accept_within=Limit.parse("1 working hour"))
    policy = replace(
        office.desk.rules.policy, calendar=Calendar.parse("Sun 00:00-12:00", "Europe/Berlin")
    )
    office.desk = replace(office.desk, rules=replace(office.desk.rules, policy=policy))
    start = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 01:30 in Berlin
    with office.desk.store.begin() as tx:
        (part,) = tx.parts(1)
        tx.save_parts(1, (replace(part, asked_at=start, since_at=start),))
        nothing = Decision(moves=(), events=(), letters=())
        save(tx, office.desk, office.case(), nothing, key="moved", now=start)
    found = []

    for minutes in range(0, 240, 10):
        now = start + timedelta(minutes=minutes)
        if ring_clocks(office.desk, now=now):
            found.append(now)

    assert found == [start + HOUR]
    assert queued(office) == {REMINDED: 1}


# ---------------------------------------------------------------- hours


def test_the_weekend_is_quiet(opened: Open) -> None:
    """A limit of 24 hours from Friday afternoon: the department hears on Monday at nine."""
    office = opened("27 16:00", accept_within=Limit.parse("24 hours"))

    office.now = at("30 08:59")
    assert chase(office.desk, now=office.now) == 0
    office.now = at("30 09:00")
    assert chase(office.desk, now=office.now) == 1


def test_a_serious_case_is_escalated_at_two_in_the_night(opened: Open) -> None:
    """Sunday, 01:00, a lawyer is named: an hour later the manager hears of it (K082)."""
    office = opened(
        "29 01:00",
        "The kettle burnt my child's hand. My lawyer will write to you.\n",
        accept_within=Limit.parse("1 hour"),
        escalation=LADDER[:1],
    )
    level = office.desk.rules.policy.severity(office.case().severity)
    assert level.serious

    office.now = at("29 02:00")
    chase(office.desk, now=office.now)

    assert queued(office)["escalation", HEAD] == 1


# ---------------------------------------------------------------- failures


def test_one_case_that_fails_stops_no_other(
    opened: Open, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others ring, the error is told at the end, and the next turn tries again."""
    office = opened(**SIGNING)
    office.take(make_raw("The pan leaks as well, and badly.\n", message_id="2@customer.example"))
    office.now = at("23 12:00")

    def broken(life: Life, *rest: object, **more: object) -> Decision:
        if life.case.id == 1:
            raise ValueError("a bug of ours")
        return ring(life, *rest, **more)  # type: ignore[arg-type] # as they came

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.ring, "ring", broken)
        with pytest.raises(ValueError, match="a bug of ours"):
            chase(office.desk, now=office.now)
    assert office.kinds(2).count("reminded") == 1
    assert "reminded" not in office.kinds(1)

    assert chase(office.desk, now=office.now) == 1
    assert office.kinds(1).count("reminded") == 1


def test_a_turn_has_an_end(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails and letters get their turn, too; the rest rings in the next one."""
    office = opened(**SIGNING)
    office.now = at("26 09:00")
    monkeypatch.setattr(pipeline.ring, "MOST", 1)

    counts = [ring_clocks(office.desk, now=office.now) for _ in range(6)]

    assert sum(counts) == 4
    assert counts[-1] == 0
    assert queued(office) == {REMINDED: 2, TOLD_HEAD: 1, TOLD_TOP: 1}


# ---------------------------------------------------------------- from outcome to archive


def tell(office: Office) -> None:
    """Let the outcome have left now."""
    with office.desk.store.begin() as tx:
        (part,) = tx.parts(1)
        answered = move_part(part, PartMove.ANSWER, now=office.now)
        decision = Decision(
            moves=(Move.ANSWER, Move.SEND_OUTCOME), events=(), letters=(), parts=(answered,)
        )
        save(tx, office.desk, office.case(), decision, key="told", now=office.now)


def test_silence_leads_from_the_outcome_to_the_archive(opened: Open) -> None:
    """Closed after a week, asked for a mark a day later, archived after thirty days."""
    office = opened(satisfaction=True)
    office.now = at("24 10:00")
    tell(office)
    found = []

    for hour in range(24 * 45):
        office.now = at("24 10:00") + hour * HOUR
        if chase(office.desk, now=office.now):
            found.append((office.now, office.case().status))

    assert found == [
        (at("12-01 10:00"), Status.CLOSED),
        (at("12-02 10:00"), Status.CLOSED),
        (at("12-31 10:00"), Status.ARCHIVED),
    ]
    assert queued(office) == {(LetterName.SATISFACTION.value, WANG): 1}


def test_the_date_of_the_outcome_stays_what_it_was(opened: Open) -> None:
    """Whatever is noted meanwhile, silence runs from the day the outcome left."""
    office = opened()
    office.now = at("24 10:00")
    tell(office)
    office.now = at("30 10:00")
    with office.desk.store.begin() as tx:
        nothing = Decision(moves=(), events=(), letters=())
        save(tx, office.desk, office.case(), nothing, key="note", now=office.now)
    office.now = at("12-01 10:00")
    chase(office.desk, now=office.now)

    assert office.case().status is Status.CLOSED


def test_news_after_an_outage_is_told_once(opened: Open) -> None:
    """Five days without a desk and news due every day: one letter, the next a day later (K021)."""
    office = opened(progress_every=DAY_OF_WORK)
    office.now = at("30 09:00")
    chase(office.desk, now=office.now)
    assert queued(office) == {(LetterName.PROGRESS.value, WANG): 1}

    office.now = at("12-01 09:00")
    chase(office.desk, now=office.now)

    assert queued(office) == {(LetterName.PROGRESS.value, WANG): 2}


def test_an_old_case_becomes_serious_by_itself(opened: Open) -> None:
    """Once, and it stays with its department (K097)."""
    office = opened(serious_after=Limit.parse("1 month"))
    before = office.case()
    office.now = before.received_at + 31 * DAY

    assert chase(office.desk, now=office.now) == 1
    assert office.case().severity == office.desk.rules.policy.severities[0].name
    assert office.case().departments == before.departments
    assert office.kinds().count("aged") == 1


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("house_language", ["en", "zh"])
def test_every_letter_of_every_ring_can_be_written(
    office: Office, policy: Policy, house_language: str
) -> None:
    """Whatever the status, the state of the part and the kind of the clock: no fact is missing."""
    languages = (house_language, *(one for one in policy.languages if one != house_language))
    written = set()

    for found in everything(replace(policy, languages=languages)):
        for clock in clocks_of(found):
            for one in clock.rings:
                for letter in ring(replace(found, now=one.at), clock, one, delayed=True).letters:
                    compose(office.desk, found.case, letter, original=b"", answers="", now=one.at)
                    written.add(letter.name)

    assert written == {
        *(LetterName.REMINDER, LetterName.ESCALATION, LetterName.PROGRESS, LetterName.TASK),
        *(LetterName.SATISFACTION, LetterName.REQUEST_INFORMATION, LetterName.PLAN),
        *(LetterName.CARRY_OUT, LetterName.MEASURES, LetterName.APPROVAL_REQUEST),
        LetterName.REVIEW_REQUEST,
    }
