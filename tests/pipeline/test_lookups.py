"""Copies, bounces, caps and forwards: what the database knows decides what is answered."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from cases.incoming import Address
from cases.model import Letter, LetterName, Scope, Status
from cases.tokens import OwnLetter
from pipeline.chase import chase
from pipeline.lives import life_of
from pipeline.lookups import MOST_BOUNCES, PER_CASE, REST, leads, reachable
from routing.match import Clues
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, letter_text

Reply = Callable[..., bytes]
WANG = "wang.fang@customer.example"


def bounce_of(letter: EmailMessage, *, status: str = "5.1.1") -> bytes:
    """Return the delivery report of a mail server that could not deliver `letter` (RFC 3464)."""
    envelope = str(letter["Reply-To"])
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.customer.example\r\n"
        f"To: {envelope}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce.{abs(hash(str(letter['Message-ID'])))}@mx.customer.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f"References: {letter['Message-ID']}\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.customer.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter['To'].addresses[0].addr_spec}\r\n"
        f"Action: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


def test_two_hard_bounces_end_automatic_letters_to_an_address(
    office: Office, make_raw: MakeRaw
) -> None:
    """The third complaint is a case like any other, but nothing automatic goes to a dead box."""
    for number in range(MOST_BOUNCES):
        office.take(make_raw(f"Number {number} leaks.\n", message_id=f"{number}@customer.example"))
        office.deliver()
        office.take(bounce_of(office.tray.to(WANG)[-1]))
    office.later(days=2)  # so that no cap of the day is in the way
    (done,) = office.take(make_raw("Number 9 leaks.\n", message_id="9@customer.example"))

    assert done.case is not None
    assert office.kinds(done.case.id)[1] == "not_acknowledged"
    assert office.events(done.case.id)[1].detail == "2 letters to this address came back"
    office.deliver()
    assert len(office.tray.to("supervisor@example.com")) == MOST_BOUNCES, "a person is told of each"
    office.later(days=REST.days)
    (later,) = office.take(make_raw("Number 10 leaks.\n", message_id="10@customer.example"))
    assert later.case is not None
    assert office.kinds(later.case.id)[1] == "acknowledged"


@pytest.mark.parametrize("status", ["4.4.1", "5.1.1"])
def test_a_bounce_with_no_letter_of_ours_counts_for_nothing(
    status: str, office: Office, make_raw: MakeRaw
) -> None:
    """A forged report can't silence somebody: without our token or signed id it is just filed."""
    office.take(make_raw())
    office.deliver()
    letter = office.tray.to(WANG)[0]
    for name in ("Message-ID", "Reply-To"):
        del letter[name]
    letter["Message-ID"], letter["Reply-To"] = "<1.forged@x.example>", "complaints@example.com"
    done = office.take(bounce_of(letter, status=status))

    assert [d.outcome for d in done] == ["ignored"]
    with office.desk.store.read() as tx:
        assert tx.bounces(WANG, since=office.now - timedelta(days=1)) == 0


def test_the_same_words_sent_again_within_the_hour_are_one_case(
    office: Office, make_raw: MakeRaw
) -> None:
    """Sent twice to be sure, as two mails: one case, one acknowledgement, one routed mail."""
    office.take(make_raw(message_id="1@customer.example"))
    office.later(minutes=50)
    (again,) = office.take(make_raw(message_id="2@customer.example"))
    office.later(minutes=90)
    (next_day,) = office.take(make_raw(message_id="3@customer.example"))

    assert again.outcome == "joined"
    assert office.kinds(1)[-1] == "sent_again"
    assert next_day.outcome == "case"
    assert office.counts()[2] == {"ready": 4}


def test_the_same_words_of_somebody_else_are_another_case(
    office: Office, make_raw: MakeRaw
) -> None:
    """Two people with the same trouble, or one short word of one person, are not one complaint."""
    office.take(make_raw())
    (other,) = office.take(make_raw(sender="li@other.example", message_id="2@other.example"))
    office.take(make_raw("?\n", subject="", message_id="3@customer.example"))
    (short,) = office.take(make_raw("?\n", subject="", message_id="4@customer.example"))

    assert (other.outcome, short.outcome) == ("case", "case")


def test_one_message_id_with_two_contents_is_flagged(office: Office, make_raw: MakeRaw) -> None:
    """Both are cases (F21); whoever opens the second sees that its Message-ID is used twice."""
    office.take(make_raw("The kettle leaks.\n"))
    (second,) = office.take(make_raw("The toaster burns.\n"))

    assert second.outcome == "case"
    assert "another mail has the same Message-ID, but other content" in office.events(2)[0].reasons
    assert not any("Message-ID" in reason for reason in office.events(1)[0].reasons)


def test_notes_of_a_department_are_explained_five_times_a_day_at_most(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A department's robot that answers every mail is told how to answer until the cap ends it."""
    office.take(make_raw())
    office.deliver()
    for number in range(20):
        letter = office.tray.to("quality@example.com")[-1]
        office.take(reply(letter, f"Robot {number}: your mail was received and is being read."))
        office.deliver()

    assert len(office.tray.to("quality@example.com")) <= 1 + PER_CASE
    assert office.kinds().count("note") == 20


def test_thanks_with_the_writers_name_reopen_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """«Thank you! Wang Fang» is thanks; «thank you, but it leaks» is not."""
    office.take(make_raw())
    office.deliver()
    office.take(reply(office.tray.to("quality@example.com")[0], "done\nA new one is on its way."))
    office.deliver()
    outcome = office.tray.to(WANG)[-1]
    sender = f"Wang Fang <{WANG}>"
    office.take(reply(outcome, "Thank you!\nWang Fang", sender=sender))
    assert office.case().status is Status.OUTCOME_SENT
    office.take(reply(outcome, "Thank you, but it leaks again.\nWang Fang", sender=sender))

    assert office.case().status is Status.ROUTED


def forwarded(sender: str) -> bytes:
    """Return a mail in which `sender` passes a customer's mail on as an attachment."""
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["To"] = f"Wang Fang <{WANG}>", "shop@example.com"
    inner["Subject"], inner["Message-ID"] = "My parcel is late", "<inner@customer.example>"
    inner.set_content("The parcel is two weeks late, nobody knows where it is.\n")
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, "complaints@example.com"
    mail["Subject"], mail["Message-ID"] = "Fwd: My parcel is late", "<outer@example.com>"
    mail.set_content("Please handle.\n")
    mail.add_attachment(inner)
    return mail.as_bytes()


def test_a_colleagues_forward_is_the_complaint_of_its_original_sender(office: Office) -> None:
    """The case is the customer's, who passed it on is on record, nobody is written to blindly."""
    (done,) = office.take(forwarded("qa-head@example.com"))
    office.deliver()

    assert done.case is not None
    assert done.case.complainant.addr == WANG
    assert done.case.category.value == "delivery"
    assert "passed on by qa-head@example.com" in office.events()[0].reasons
    assert office.tray.to(WANG) == [], "nothing proves that the colleague wrote it"
    assert office.events()[1].kind == "not_acknowledged"


def test_a_strangers_forward_is_the_strangers_own_complaint(office: Office) -> None:
    """Whoever is not one of ours can't make us write to somebody else."""
    (done,) = office.take(forwarded("friend@stranger.example"))

    assert done.case is not None
    assert done.case.complainant.addr == "friend@stranger.example"


def test_an_encrypted_mail_becomes_a_case_that_a_person_reads(
    office: Office, make_raw: MakeRaw
) -> None:
    """S/MIME that we can't open: acknowledged, and the department gets the original."""
    raw = make_raw().replace(
        b'Content-Type: text/plain; charset="utf-8"',
        b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
    )
    (done,) = office.take(raw)

    assert done.decision is not None
    assert "read only in part: it is encrypted" in office.events()[0].reasons
    assert [letter.facts["unreadable"] for letter in done.decision.letters] == [True, True]


def answered_case(office: Office, make_raw: MakeRaw, reply: Reply) -> EmailMessage:
    """Play a case to its outcome and return that letter."""
    office.take(make_raw())
    office.deliver()
    office.take(reply(office.tray.to("quality@example.com")[0], "done\nA new one is on its way."))
    office.deliver()
    return office.tray.to(WANG)[-1]


def test_a_mail_about_a_case_that_waits_for_silence_does_not_stop_the_clock(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Thanks or an out-of-office after the outcome: the case still closes after seven days."""
    outcome = answered_case(office, make_raw, reply)
    office.take(reply(outcome, "Thank you!"))
    away = EmailMessage(policy=SMTP)
    away["From"], away["To"], away["Subject"] = WANG, str(outcome["Reply-To"]), "Away"
    away["Auto-Submitted"], away["In-Reply-To"] = "auto-replied", str(outcome["Message-ID"])
    away.set_content("I am away.\n")
    office.take(away.as_bytes())
    office.later(days=7, minutes=1)
    chase(office.desk, now=office.now)

    assert office.case().status is Status.CLOSED


def test_a_second_mail_with_the_photo_is_no_repetition(office: Office, make_raw: MakeRaw) -> None:
    """The same words with a file that was missing: the department must see it."""
    office.take(make_raw("Please see the photo of my kettle.\n"))
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = f"Wang Fang <{WANG}>", "complaints@example.com"
    mail["Subject"], mail["Message-ID"] = "The kettle leaks", "<2@customer.example>"
    mail.set_content("Please see the photo of my kettle.\n")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="k.png")
    (done,) = office.take(mail.as_bytes())

    assert done.outcome == "case"


def test_bounced_alerts_of_a_dead_supervisor_end(office: Office, make_raw: MakeRaw) -> None:
    """A letter bounces, its alert bounces, and there it ends, however often it is tried."""
    office.take(make_raw())
    office.deliver()
    for _ in range(5):
        for addr in (WANG, "supervisor@example.com"):
            for letter in office.tray.to(addr):
                office.take(bounce_of(letter))
        office.deliver()

    assert len(office.tray.to("supervisor@example.com")) == 1


def test_work_for_a_dead_department_goes_to_its_manager(office: Office, make_raw: MakeRaw) -> None:
    """From the second hard bounce on: a routed mail that nobody reads helps nobody."""
    for number in range(MOST_BOUNCES):
        office.take(make_raw(f"Number {number} leaks.\n", message_id=f"{number}@customer.example"))
        office.deliver()
        office.take(bounce_of(office.tray.to("quality@example.com")[-1]))
    office.take(make_raw("Number 9 leaks.\n", message_id="9@customer.example"))
    office.deliver()

    assert len(office.tray.to("quality@example.com")) == MOST_BOUNCES
    assert "Number 9 leaks" in letter_text(office.tray.to("qa-head@example.com")[0])


def test_who_answers_an_alert_opens_no_case(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """«I have called the customer» from the manager is a note on the case, answered by nobody."""
    office.take(make_raw("It caught fire and burnt my hand!\n"))
    office.deliver()
    (alert,) = office.tray.to("gm@example.com")
    (done,) = office.take(reply(alert, "Thanks, I have called the customer."))

    assert done.outcome == "joined"
    assert office.kinds()[-1] == "note"
    assert office.counts()[1] == {"routed": 1}


def test_a_guessed_number_makes_no_letter(office: Office, make_raw: MakeRaw) -> None:
    """A forged department with the number of a case in the subject: kept, answered by nobody."""
    office.take(make_raw())
    office.deliver()
    office.take(
        make_raw(
            "Look at http://evil.example\n",
            sender="quality@example.com",
            subject="Re: [C-2026-000001]",
            message_id="2@evil.example",
        )
    )
    office.deliver()

    assert office.kinds()[-1] == "unverified_reply"
    assert len(office.tray.to("quality@example.com")) == 1


def test_clues_of_a_case_that_is_not_there_lead_nowhere(office: Office) -> None:
    """One that was erased, or was never ours."""
    gone = Clues(
        tokens=((Scope.DEPARTMENT, "a" * 26),),
        answered=(OwnLetter(99, "routed", 1, "99.routed.1"),),
        references=("C-2026-000099",),
    )
    with office.desk.store.begin() as tx:
        assert leads(tx, gone, now=office.now) == ()


def test_a_letter_without_a_reader_is_not_written(office: Office, make_raw: MakeRaw) -> None:
    """Where nobody is left to read it, nothing waits in the outbox for ever."""
    office.take(make_raw())
    letter = Letter(name=LetterName.ALERT, language="en", to=Address(addr=""), facts={})
    with office.desk.store.begin() as tx:
        life = life_of(tx, office.desk, office.case(), cause=0, now=office.now)
        assert reachable(tx, (letter,), life, now=office.now) == ()
