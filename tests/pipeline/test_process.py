"""One inbox row, one case: crashes, copies, poison and repetition change nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.incoming import ParsedMail
from cases.model import LetterName, Matter, Status
from ingest.parse import parse as whole_parse
from pipeline import process, reading
from pipeline.lookups import PER_ADDRESS
from pipeline.process import Handled, process_one
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Reply = Callable[..., bytes]


def test_a_mail_becomes_a_case_and_its_letters(office: Office, make_raw: MakeRaw) -> None:
    """Acknowledged and routed in one go, everything waits in the outbox."""
    (done,) = office.take(make_raw())

    assert done.outcome == "case"
    assert office.case().status is Status.ROUTED
    assert office.case().reference == "C-2026-000001"
    assert office.kinds() == ["registered", "acknowledged", "routed"]
    assert office.counts() == ({"done": 1}, {"routed": 1}, {"ready": 2})


def test_an_empty_inbox_gives_nothing_to_do(office: Office) -> None:
    """None, and nothing is written."""
    assert process_one(office.desk, now=office.now) is None


@pytest.mark.parametrize("place", ["_understand", "_settle", "_apply", "save", "finish"])
def test_a_crash_between_taking_and_settling_leaves_one_case(
    place: str, office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies at any step; after the lease the next one makes exactly one case."""

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(process, place, die)
        with pytest.raises(KeyboardInterrupt):
            office.take(make_raw())
    assert office.counts() == ({"working": 1}, {}, {})
    assert office.process() == []
    office.later(minutes=3)
    (done,) = office.process()

    assert done.outcome == "case"
    assert office.counts() == ({"done": 1}, {"routed": 1}, {"ready": 2})


def test_running_everything_twice_changes_nothing(office: Office, make_raw: MakeRaw) -> None:
    """The same files taken in and processed again: same counts, same story, same letters."""
    mails = [make_raw(message_id=f"{n}@customer.example", subject=f"Case {n}") for n in range(3)]
    office.take(*mails)
    office.deliver()
    before = (office.counts(), office.kinds(), len(office.tray.sent))
    office.take(*mails)
    office.deliver()

    assert (office.counts(), office.kinds(), len(office.tray.sent)) == before


def test_the_same_mail_through_another_door_is_a_duplicate(
    office: Office, make_raw: MakeRaw
) -> None:
    """Another Received line on top makes no second case."""
    raw = make_raw()
    copy = b"Received: from a by b; Mon, 23 Nov 2026 01:00:00 +0000\r\n" + raw
    first, second = office.take(raw, copy)

    assert (first.outcome, second.outcome) == ("case", "duplicate")
    assert second.why == "same mail as number 1"
    assert office.counts()[:2] == ({"done": 1, "duplicate": 1}, {"routed": 1})


def test_two_mails_with_one_message_id_are_two_cases(office: Office, make_raw: MakeRaw) -> None:
    """Broken clients repeat ids; the words decide (F21)."""
    done = office.take(make_raw(), make_raw("It also smells.\n"))

    assert [d.outcome for d in done] == ["case", "case"]


def poisoned(data: bytes) -> ParsedMail:
    """Stand for a parser that a mail defeats."""
    raise RuntimeError(f"defeated by {len(data)} bytes")


def round_by_round(office: Office, rounds: int) -> list[Handled]:
    """Process with two minutes between the rounds."""
    done = []
    for _ in range(rounds):
        done += office.process()
        office.later(minutes=2)
    return done


def test_a_mail_that_defeats_the_parser_becomes_a_case_a_person_can_read(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read in part at once: acknowledged, routed with the original, a supervisor is asked."""
    monkeypatch.setattr(reading, "parse", poisoned)
    (done,) = office.take(make_raw())

    assert done.outcome == "case"
    assert done.decision is not None
    assert "RuntimeError: defeated by" in done.decision.events[0].reasons[-1]
    routed = next(x for x in done.decision.letters if x.name is LetterName.ROUTED)
    assert routed.facts["unreadable"] is True
    assert routed.attach_original
    assert office.kinds() == ["registered", "acknowledged", "asked", "routed"]


def test_a_mail_that_nothing_can_handle_is_set_aside(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five attempts it is quarantined with the reason; its bytes stay."""
    monkeypatch.setattr(reading, "parse", poisoned)
    monkeypatch.setattr(reading, "minimal_parse", poisoned)
    first = office.take(make_raw())
    office.later(minutes=2)
    done = [*first, *round_by_round(office, 8)]

    assert [d.outcome for d in done] == ["retry"] * 4 + ["quarantined"]
    assert office.counts() == ({"quarantined": 1}, {}, {})
    with office.desk.store.read() as tx:
        assert tx.raw_of(1) == make_raw()


def test_a_poisonous_mail_does_not_delay_the_next(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail behind it is handled in the same round."""

    def no_reader(data: bytes) -> ParsedMail:
        return poisoned(data) if b"poison" in data else whole_parse(data)

    monkeypatch.setattr(reading, "parse", no_reader)
    monkeypatch.setattr(reading, "minimal_parse", no_reader)
    done = office.take(make_raw("poison\n"), make_raw("It leaks.\n"))

    assert [d.outcome for d in done] == ["retry", "case"]


def test_a_mail_that_kills_the_whole_process_is_set_aside_too(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees an error then, but each attempt was counted before it was made (F08)."""

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(process, "_understand", die)
    with pytest.raises(KeyboardInterrupt):
        office.take(make_raw())
    for _ in range(process.MOST_CRASHES - 1):
        office.later(minutes=3)
        with pytest.raises(KeyboardInterrupt):
            office.process()
    office.later(minutes=3)
    (done,) = office.process()

    assert done.outcome == "quarantined"
    assert done.why == "EndedTheProgram: 15 attempts ended with the whole process"


def test_a_result_that_comes_too_late_is_rolled_back(
    office: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail was taken over meanwhile: the other one's result stands, nothing is doubled."""
    real = process._understand

    def slow(desk: object, taken: object) -> object:
        understood = real(desk, taken)  # type: ignore[arg-type]
        monkeypatch.setattr(process, "_understand", real)
        office.later(minutes=3)
        assert [d.outcome for d in office.process()] == ["case"]
        return understood

    monkeypatch.setattr(process, "_understand", slow)
    (late,) = office.take(make_raw())

    assert late.outcome == "retry"
    assert office.counts() == ({"done": 1}, {"routed": 1}, {"ready": 2})


def test_the_whole_way_to_the_outcome_and_back(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Complaint, answer, outcome, objection, second answer, thanks: one case, two rounds."""
    office.take(make_raw())
    office.deliver()
    (routed,) = office.tray.to("quality@example.com")
    assert [d.outcome for d in office.take(reply(routed, "done\nWe sent a new one."))] == ["joined"]
    office.deliver()
    assert office.case().status is Status.OUTCOME_SENT

    outcome = office.tray.to("wang.fang@customer.example")[-1]
    office.take(reply(outcome, "The new one leaks, too!"))
    office.deliver()
    assert (office.case().status, office.case().round) == (Status.ROUTED, 2)
    again = office.tray.to("quality@example.com")[-1]
    office.take(reply(again, "done\nAn engineer will come."))
    office.deliver()
    office.take(reply(office.tray.to("wang.fang@customer.example")[-1], "Thank you!"))
    office.deliver()

    assert office.case().status is Status.OUTCOME_SENT
    assert office.kinds()[-1] == "thanks"
    assert len(office.tray.to("quality@example.com")) == 2
    assert len(office.tray.to("wang.fang@customer.example")) == 4
    assert office.counts()[1] == {"outcome_sent": 1}


def test_a_complainant_who_writes_elsewhere_gets_a_case_of_their_own(
    office: Office, make_raw: MakeRaw
) -> None:
    """The reference of somebody else's case in the subject opens nothing; the guess is kept."""
    office.take(make_raw())
    (done,) = office.take(
        make_raw(
            "And?\n",
            sender="mallory@stranger.example",
            subject="Re: [C-2026-000001]",
            message_id="2@stranger.example",
        )
    )

    assert done.outcome == "case"
    assert office.case(2).complainant.addr == "mallory@stranger.example"
    assert office.events(2)[0].detail == (
        "may be about C-2026-000001 by tag, but not from a party to it"
    )
    assert office.kinds(1) == ["registered", "acknowledged", "routed"]


def test_a_follow_up_by_reference_joins_and_can_raise_the_case(
    office: Office, make_raw: MakeRaw
) -> None:
    """What the decision says of the case is stored with it."""
    office.take(make_raw())
    assert office.case().severity == "general"
    (done,) = office.take(
        make_raw("It caught fire!\n", subject="[C-2026-000001]", message_id="2@customer.example")
    )

    assert done.outcome == "joined"
    assert (office.case().matter, office.case().severity) == (Matter.COMPLAINT, "serious")
    assert office.case().due_at == office.now + timedelta(hours=24)


def test_an_enquiry_that_ends_as_a_complaint_is_a_complaint(
    office: Office, make_raw: MakeRaw
) -> None:
    """Our letter says: just reply if it is one. Then it has its own case, clock and receipt."""
    office.take(make_raw("How do I descale it?\n"))
    assert office.case().matter is Matter.ENQUIRY
    (done,) = office.take(
        make_raw("It leaks, too!\n", subject="[C-2026-000001]", message_id="2@customer.example")
    )

    assert done.outcome == "case"
    assert (office.case(2).matter, office.case(2).status) == (Matter.COMPLAINT, Status.ROUTED)
    assert office.events(2)[0].detail == "C-2026-000001"
    assert office.kinds(2) == ["registered", "acknowledged", "routed"]
    assert office.case(1).matter is Matter.ENQUIRY


@pytest.mark.parametrize(
    "addr", ["a..b@phone.example", "王芳@客户.example", "x" * 80 + "@b.example"]
)
def test_an_odd_address_is_no_reason_to_lose_a_mail(
    addr: str, office: Office, make_raw: MakeRaw
) -> None:
    """The department has the case, whether the complainant can be answered or not."""
    raw = make_raw().replace(b"wang.fang@customer.example", addr.encode())
    (done,) = office.take(raw)

    assert done.outcome == "case"
    assert office.counts()[2]["ready"] in (1, 2)


def test_a_loop_of_automatic_letters_is_cut(office: Office, make_raw: MakeRaw) -> None:
    """After three in a day the same address, in whatever case, hears nothing; cases go on."""
    for number in range(PER_ADDRESS + 2):
        sender = "Wang.Fang@customer.example" if number % 2 else "wang.fang@customer.example"
        office.take(
            make_raw(f"Number {number}.\n", sender=sender, message_id=f"{number}@customer.example")
        )
    with office.desk.store.read() as tx:
        letters = [tx.letters_of(number)[0][0] for number in range(1, PER_ADDRESS + 3)]

    assert letters == ["acknowledgement"] * 3 + ["routed"] * 2
    assert office.kinds(5)[1] == "not_acknowledged"


def test_a_machines_mail_is_filed_without_a_word(office: Office, make_raw: MakeRaw) -> None:
    """An out-of-office reply makes neither case nor letter, and the reason is kept."""
    (done,) = office.take(make_raw(headers=(("Auto-Submitted", "auto-replied"),)))

    assert (done.outcome, done.kind) == ("ignored", "auto_reply")
    assert office.counts() == ({"ignored": 1}, {}, {})


def test_a_forged_reply_of_a_department_moves_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """With the token, from another address: kept as evidence, the listed address is told."""
    office.take(make_raw())
    office.deliver()
    (routed,) = office.tray.to("quality@example.com")
    office.take(reply(routed, "done\nGo away.", sender="mallory@stranger.example"))
    office.deliver()

    assert office.case().status is Status.ROUTED
    assert office.kinds()[-2:] == ["unverified_reply", "letter_sent"]
    assert len(office.tray.to("quality@example.com")) == 2
    assert office.tray.to("mallory@stranger.example") == []
    assert len(office.tray.to("wang.fang@customer.example")) == 1


def test_a_case_reopened_after_the_tokens_died_can_be_answered(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The routed mail of the new round carries a token that lives."""
    office.take(make_raw())
    office.deliver()
    office.take(reply(office.tray.to("quality@example.com")[0], "done\nSent."))
    office.deliver()
    office.later(days=100)
    office.take(
        make_raw("Again!\n", subject="Re: [C-2026-000001]", message_id="9@customer.example")
    )
    office.deliver()
    routed = office.tray.to("quality@example.com")[-1]
    office.take(reply(routed, "done\nSent once more."))

    assert office.case().status is Status.ANSWERED


@pytest.mark.parametrize(
    "sender",
    [
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0aBcc=3A_x=40stranger.example=3F=3D?= <a@b.example>",
        "=?utf-8?q?a=0d=0aBcc:_x@stranger.example?= <a@b.example>",
        '"a, b <x@stranger.example>" <a@b.example>',
    ],
)
def test_no_name_of_a_sender_becomes_a_header_of_ours(
    sender: str, office: Office, make_raw: MakeRaw
) -> None:
    """F113 from the door to the door: encoded line ends, encoded twice, commas and brackets."""
    raw = make_raw().replace(b"Wang Fang <wang.fang@customer.example>", sender.encode())
    office.take(raw)
    office.deliver()
    (receipt,) = office.tray.to("a@b.example")

    assert receipt["Bcc"] is None
    assert [address.addr_spec for address in receipt["To"].addresses] == ["a@b.example"]
    assert len(office.tray.sent) == 2
