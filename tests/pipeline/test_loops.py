"""Robots that never tire: the caps hold, nothing is lost, and every silence has its reason.

The figures are those of the loop peers F59-F64, F75 and F76; the clock is the test's.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cases.model import Status
from pipeline import config
from pipeline.desk import open_store
from pipeline.reading import InlineReader, Tools
from routing.process import Objection, Process
from tests.conftest import CONFIG, PlainClassifier
from tests.pipeline.conftest import Office
from tests.pipeline.robots import DAY, DESK, HOUR, Post, Stage, bare_copy, mail, report

ROUNDS = 1000
PER_ADDRESS, PER_DOMAIN, PER_CASE = 3, 100, 5  # automatic letters: 24 hours, one hour, 24 hours
ROBOT = "robot@customer.example"
QUALITY = "quality@example.com"
SUPERVISOR = "supervisor@example.com"
WANG = "wang.fang@customer.example"


@pytest.fixture
def stage(office: Office) -> Stage:
    """Return a desk whose letters are counted."""
    return Stage(office)


def complaint(sender: str = ROBOT, number: int = 0) -> bytes:
    """Return a complaint of somebody, different by number in every field that can differ."""
    return mail(
        f"The kettle number {number} leaks.\n",
        sender=sender,
        subject=f"Kettle {number}",
        message_id=f"{number}.{sender}",
    )


def ignored_or_joined(stage: Stage) -> int:
    """Return how many mails made no case, each with a reason on record."""
    with stage.office.desk.store.read() as tx:
        ledger = tx.ledger()
    assert all(row.reason for row in ledger if row.state == "ignored")
    assert {row.state for row in ledger} <= {"done", "ignored"}
    return sum(row.state == "ignored" for row in ledger) + stage.outcomes()["joined"]


def test_an_autoresponder_with_headers_gets_one_letter(stage: Stage) -> None:
    """A thousand automatic replies to one acknowledgement change nothing and get nothing (F59)."""
    (post, *_) = [p for p in stage.give(complaint()) if p.recipient == ROBOT]
    letters = stage.log.count()

    def away(number: int) -> bytes:
        return mail(
            f"I am away, message {number}.\n",
            sender=ROBOT,
            subject=f"Automatic reply: {number}",
            message_id=f"away.{number}@customer.example",
            to=str(post.mail["Reply-To"]),
            headers=(
                ("Auto-Submitted", "auto-replied"),
                ("In-Reply-To", str(post.mail["Message-ID"])),
            ),
        )

    stage.play(ROUNDS, away, minutes=10)

    assert stage.log.count(ROBOT) == 1
    assert stage.log.count() == letters, "nobody else hears of it either"
    assert stage.office.counts()[1] == {"routed": 1}
    assert ignored_or_joined(stage) == ROUNDS


def test_an_autoresponder_without_any_sign_is_stopped_by_the_caps(stage: Stage) -> None:
    """It changes all it can and names no letter of ours: at most three letters a day (F60)."""

    for number in range(0, ROUNDS, 5):
        stage.office.later(minutes=50)
        stage.give(*(complaint(number=n) for n in range(number, number + 5)))

    days = ROUNDS / 144
    assert stage.log.most(DAY, to=ROBOT) <= PER_ADDRESS
    assert PER_ADDRESS * (days - 1) <= stage.log.count(ROBOT) <= PER_ADDRESS * (days + 1)
    assert stage.outcomes() == {"case": ROUNDS}, "a person might have written them: all are kept"
    silent = [n for n in range(1, ROUNDS + 1) if "not_acknowledged" in stage.office.kinds(n)]
    assert len(silent) == ROUNDS - stage.log.count(ROBOT)
    reasons = [e.detail for e in stage.office.events(silent[0]) if e.kind == "not_acknowledged"]
    assert "24 hours" in reasons[0]


def test_an_autoresponder_that_answers_our_letters_joins_the_case(stage: Stage) -> None:
    """As before, but to the address it was told to answer to: no second letter to it (F60)."""
    (post, *_) = [p for p in stage.give(complaint()) if p.recipient == ROBOT]

    def answer(number: int) -> bytes:
        return mail(
            f"We value your message number {number}.\n",
            sender=ROBOT,
            subject=f"Ticket {number}",
            message_id=f"ticket.{number}@customer.example",
            to=str(post.mail["Reply-To"]),
        )

    stage.play(100, answer, minutes=10)

    assert stage.log.count(ROBOT) == 1
    assert stage.office.counts()[1] == {"routed": 1}
    assert ignored_or_joined(stage) == 100


def test_a_new_address_each_time_is_stopped_by_the_cap_of_its_domain(stage: Stage) -> None:
    """A gateway invents senders: a hundred letters an hour to one domain, however spelt (F61)."""
    spellings = ("crm.example", "CRM.example", "Crm.Example")
    stage.play(150, lambda n: complaint(f"ticket{n}@{spellings[n % 3]}", n), seconds=20)

    assert stage.log.count("crm.example") == stage.log.most(HOUR, to="crm.example") == PER_DOMAIN
    assert stage.outcomes() == {"case": 150}
    assert stage.office.kinds(150).count("not_acknowledged") == 1
    stage.office.later(hours=1)
    posts = stage.give(complaint("person@crm.example", 9999))

    assert "person@crm.example" in [p.recipient for p in posts], "an hour later people are answered"


def test_a_department_whose_robot_shows_no_sign_is_stopped_by_the_caps(stage: Stage) -> None:
    """It answers our letters, and our word about how to answer: three a day, all of it kept."""
    (routed, *_) = [p for p in stage.give(complaint(WANG)) if p.recipient == QUALITY]

    def note(number: int) -> bytes:
        return reply_to(routed, f"We are looking into it, part {number}.\n", number)

    stage.play(150, note, minutes=20)

    assert stage.log.most(DAY, to=QUALITY) <= PER_ADDRESS + 1, "the routed mail is none of them"
    assert stage.log.count(WANG) == 1
    assert stage.office.kinds().count("note") == 150


def reply_to(post: Post, text: str, number: int) -> bytes:
    """Return the answer to a letter by whoever got it."""
    return mail(
        text,
        sender=post.recipient,
        subject=f"Re: {post.mail['Subject']}",
        message_id=f"reply.{number}.{post.recipient}",
        to=str(post.mail["Reply-To"]),
        headers=(("In-Reply-To", str(post.mail["Message-ID"])),),
    )


def test_all_automatic_letters_about_one_case_stay_below_its_cap(stage: Stage) -> None:
    """Three to the complainant and three to the department would be six: five it is, a day."""
    posts = stage.give(complaint(WANG))
    for number in range(12):
        stage.office.later(minutes=30)
        routed = [p for p in posts if p.recipient == QUALITY][-1]
        stage.give(reply_to(routed, "We are looking into it.\n", 10 * number))
        posts = stage.give(reply_to(routed, "Done: we sent a new kettle.\n", 10 * number + 1))
        outcome = [p for p in posts if p.recipient == WANG][-1]
        posts = stage.give(reply_to(outcome, f"Kettle {number} leaks too!\n", 10 * number + 2))

    automatic = [p for p in stage.log.posts if p.mail["Auto-Submitted"] == "auto-replied"]
    assert len(automatic) == PER_CASE
    assert stage.office.case().round == 13, "the case goes on, whoever is silent"


def test_two_machines_that_answer_every_letter_end_at_the_caps(stage: Stage) -> None:
    """A customer's robot and a department's ticket system, neither with a sign of a machine."""
    process = Process(silence=timedelta(days=7), objections=(Objection.EXPLAIN,))
    rules = stage.office.desk.rules
    policy = replace(rules.policy, usual=process, by_category={}, by_severity={})
    stage.office.desk = replace(stage.office.desk, rules=replace(rules, policy=policy))
    stage.give(complaint())
    (routed, *_) = [p for p in stage.log.posts if p.recipient == QUALITY]
    stage.give(reply_to(routed, "done: we send you a new kettle\n", 1))
    stage.postman.fresh = list(stage.log.posts)
    numbers = iter(range(2, 100_000))

    def react(post: Post) -> bytes | None:
        number = next(numbers)
        if post.recipient == QUALITY:
            return reply_to(post, f"已受理，工单号 {4711 + number}。\n", number)
        if post.recipient == ROBOT:
            return reply_to(post, f"Ticket {number} was opened; we will look at it.\n", number)
        return None

    rounds = stage.storm(ROUNDS, react, minutes=1)

    assert rounds < 30
    assert stage.log.count(ROBOT) <= PER_ADDRESS + 1, "and the outcome"
    assert set(stage.office.counts()[0]) == {"done"}


def test_a_ticket_system_that_accepts_every_letter_is_stopped_by_the_caps(stage: Stage) -> None:
    """Each acceptance names another ticket, so that each is news (every 20 seconds)."""
    posts = stage.give(complaint(WANG))
    stage.postman.fresh = posts

    def react(post: Post) -> bytes | None:
        number = len(stage.log.posts)
        if post.recipient != QUALITY:
            return None
        return reply_to(post, f"已受理，工单号 {4711 + number}。\n", number)

    rounds = stage.storm(ROUNDS, react, seconds=20)

    assert rounds <= PER_ADDRESS + 1
    assert stage.log.count(QUALITY) <= PER_ADDRESS + 1, "the routed mail is none of them"
    assert stage.office.case().status is Status.ROUTED


OTHER = "help@other.example"


@pytest.fixture
def other(office: Office, empty_database: Path, tmp_path: Path) -> Stage:
    """Return a second desk with an address and a key of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copyfile(empty_database, folder / "desk.db")
    file = folder / "config.yaml"
    file.write_text(CONFIG.replace(DESK, OTHER), encoding="utf-8")
    settings = config.load(file, environment={})
    key = b"another key for tests, 32 bytes."
    tools = Tools(
        vocabulary=office.desk.rules.vocabulary, own_addresses=settings.own_addresses, key=key
    )
    desk = replace(
        office.desk,
        settings=settings,
        store=open_store(settings),
        key=key,
        reader=InlineReader(tools, classifier=PlainClassifier(tools.vocabulary)),
    )
    return Stage(Office(desk, office.now))


def face_each_other(
    one: Stage, two: Stage, posts: list[Post], carry: Callable[[Post, int], bytes | None]
) -> int:
    """Carry letters between two desks until nobody writes; returns the number of rounds."""
    sides = [(two, OTHER), (one, DESK)]
    for number in range(ROUNDS):
        there, address = sides[number % 2]
        local, _, domain = address.partition("@")
        mine = [p for p in posts if p.recipient.startswith(local) and p.recipient.endswith(domain)]
        mails = [data for n, p in enumerate(mine) if (data := carry(p, 100 * number + n))]
        if not mails:
            return number
        for stage in (one, two):
            stage.office.later(minutes=1)
        posts = there.give(*mails)
    return ROUNDS


def as_sent(post: Post, _number: int) -> bytes:
    """Return a letter as it left."""
    return bytes(post.mail)


@pytest.mark.parametrize("carry", [as_sent, bare_copy], ids=["as sent", "all signs lost"])
def test_two_desks_that_answer_each_other_fall_silent(
    carry: Callable[[Post, int], bytes | None],
    stage: Stage,
    other: Stage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each believes the other to be a customer: two mails each at most (F62)."""
    monkeypatch.setattr("pipeline.deliver.clock_now", lambda: stage.office.now)
    rounds = face_each_other(stage, other, stage.give(complaint(OTHER)), carry)
    other.office.desk.store.close()

    assert rounds < 10
    assert stage.log.count(OTHER.partition("@")[2]) <= 2
    assert sum(p.recipient.startswith("complaints") for p in other.log.posts) <= 2
    assert sum(stage.office.counts()[1].values()) == 1
    assert sum(other.office.counts()[1].values()) <= 1


def test_our_own_letters_that_come_back_make_no_case(stage: Stage) -> None:
    """Our mailbox is on a department's list: every letter of ours is filed as a loop (F63)."""
    posts = stage.give(complaint(WANG), mail_about_fire())
    before = stage.office.counts()[1], stage.log.count()
    for _ in range(3):
        copies = [
            b"Received: from list by mx; Mon, 23 Nov 2026 01:00:00 +0000\r\n" + bytes(post.mail)
            for post in posts
        ]
        stage.office.later(minutes=1)
        assert stage.give(*copies) == []

    assert len(posts) >= 5
    assert (stage.office.counts()[1], stage.log.count()) == before
    assert set(stage.office.counts()[0]) <= {"done", "ignored", "duplicate"}


def mail_about_fire() -> bytes:
    """Return a complaint that alerts the managers too."""
    return mail(
        "The air fryer caught fire and I was burnt.\n",
        sender="li.na@customer.example",
        subject="Fire",
        message_id="fire@customer.example",
    )


def test_a_dead_department_makes_no_storm(stage: Stage) -> None:
    """Every letter to it comes back with a report: a handful of mails, not 4, 16, 64 (F64)."""
    stage.give(*(complaint(f"p{n}@c{n}.example", n) for n in range(4)))
    stage.postman.fresh = list(stage.log.posts)
    rounds = stage.storm(50, lambda p: report(p) if p.recipient == QUALITY else None, minutes=1)

    assert rounds <= 3
    assert stage.log.count(QUALITY) <= 4
    assert stage.log.count(SUPERVISOR) <= 4, "one alert per letter that came back, or fewer"
    assert stage.log.count(SUPERVISOR) >= 1, "somebody is told"
    assert stage.office.counts()[1] == {"routed": 4}


def test_complaints_for_a_dead_department_reach_somebody_else(stage: Stage) -> None:
    """After three reports nothing more goes there; a person hears of every complaint (F64)."""
    for number in range(10):
        stage.give(complaint(f"p{number}@c{number}.example", number))
        stage.postman.fresh = [p for p in stage.log.posts if p.at == stage.office.now]
        stage.storm(5, lambda p: report(p) if p.recipient == QUALITY else None, minutes=1)

    references = [f"C-2026-{number:06}" for number in range(1, 11)]
    staff = [p for p in stage.log.posts if p.recipient.endswith("@example.com")]
    alive = "\n".join(str(p.mail["Subject"]) for p in staff if p.recipient != QUALITY)
    assert [reference for reference in references if reference not in alive] == []
    assert stage.log.count(QUALITY) <= 3


def test_a_dead_supervisor_makes_no_storm(stage: Stage) -> None:
    """Alerts that come back alert nobody: else they would go round for ever (F64)."""
    stage.give(complaint(WANG))
    stage.postman.fresh = list(stage.log.posts)
    rounds = stage.storm(50, report, minutes=1)

    assert rounds <= 3
    assert stage.log.count() <= 6
    assert stage.office.counts()[1] == {"routed": 1}


def test_an_address_that_came_back_twice_gets_nothing_automatic(stage: Stage) -> None:
    """Two hard bounces end the acknowledgements to it, and the case says why (reliability 4.5)."""
    for number in range(4):
        posts = stage.give(complaint(WANG, number))
        stage.office.later(hours=30)  # no cap of a day is in the way
        stage.give(*(report(post) for post in posts if post.recipient == WANG))

    assert stage.log.count(WANG) == 2
    assert stage.office.counts()[1] == {"routed": 4}, "the complaints are still worked on"
    assert "not_acknowledged" in stage.office.kinds(3)
    assert stage.log.count(SUPERVISOR) >= 1, "a person is told"


def test_bounces_of_letters_that_are_not_ours_suppress_nobody(stage: Stage) -> None:
    """A forged report names a customer; without our token it is filed and believed by nobody."""
    (post, *_) = [p for p in stage.give(complaint(WANG)) if p.recipient == WANG]
    for number in range(5):
        letter = f"Message-ID: <{number}@evil.example>\r\n\r\n".encode()
        forged = replace(post, envelope_from=DESK, data=letter)
        stage.give(report(forged))
    stage.office.later(hours=25)
    posts = stage.give(complaint(WANG, 1))

    assert [p.recipient for p in posts].count(WANG) == 1
    assert stage.outcomes()["ignored"] == 5


def test_fifty_replies_to_an_acknowledgement_join_the_case(stage: Stage) -> None:
    """One letter to the complainant in all; every word reaches the department (F75)."""
    (post, *_) = [p for p in stage.give(complaint(WANG)) if p.recipient == WANG]

    def again(number: int) -> bytes:
        return reply_to(post, f"And another thing: part {number} is broken as well.\n", number)

    stage.play(50, again, minutes=1)

    assert stage.log.most(DAY, to=WANG) <= 2
    assert stage.outcomes() == {"case": 1, "joined": 50}
    assert stage.office.case().status is Status.ROUTED
    heard = "\n".join(str(p.mail) for p in stage.log.posts if p.recipient == QUALITY)
    kept = "\n".join(e.detail for e in stage.office.events())
    assert all(f"part {n} is broken" in heard + kept for n in range(50))


def test_a_thousand_complaints_by_one_sender_are_all_kept(stage: Stage) -> None:
    """In ten minutes: a thousand cases, three acknowledgements (F76)."""
    for number in range(0, ROUNDS, 20):
        stage.office.later(seconds=12)
        stage.give(*(complaint(WANG, n) for n in range(number, number + 20)))

    assert stage.log.count(WANG) == PER_ADDRESS
    assert stage.outcomes() == {"case": ROUNDS}
    with stage.office.desk.store.read() as tx:
        assert len({row.case_id for row in tx.ledger()}) == ROUNDS


def test_the_same_words_twice_within_the_hour_are_one_case(stage: Stage) -> None:
    """Sent again to be sure, with a new Message-ID: the department hears of it once."""
    text = "The kettle I bought last week leaks from the bottom.\n"
    for number in range(3):
        stage.office.later(minutes=20)
        stage.give(
            mail(text, sender=WANG, subject="It leaks", message_id=f"{number}@customer.example")
        )

    assert stage.office.counts()[1] == {"routed": 1}
    assert stage.log.count(WANG) == 1
    stage.office.later(hours=2)
    stage.give(mail(text, sender=WANG, subject="It leaks", message_id="later@customer.example"))

    assert sum(stage.office.counts()[1].values()) == 2, "two hours later it is news again"


def test_the_same_words_by_somebody_else_are_a_case_of_their_own(stage: Stage) -> None:
    """Two customers may copy one text; neither is forgotten."""
    text = "The kettle I bought last week leaks from the bottom.\n"
    people = (WANG, "li.na@customer.example")
    stage.give(*(mail(text, sender=p, subject="It leaks", message_id=p) for p in people))

    assert stage.office.counts()[1] == {"routed": 2}
    assert stage.log.most(timedelta(hours=1), to="customer.example") == 2
