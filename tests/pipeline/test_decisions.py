"""Whose is this complaint? Doubt, decisions, corrections, and cases that departments send back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete

from cases.model import Case, Category, Classification, Correction, Fact, Matter, Status
from cases.tables import raw_mail
from pipeline import guess, process
from pipeline.chase import chase
from pipeline.correct import correct_case
from pipeline.firstmail import read_first
from pipeline.reading import InlineReader
from routing.choices import Choice
from routing.trust import Trust
from tests.conftest import MakeRaw, PlainClassifier
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import letter_text as crlf_text

Reply = Callable[..., bytes]

CUSTOMER, BOSS = "wang.fang@customer.example", "supervisor@example.com"
QUALITY, SERVICE, LOGISTICS = "quality@example.com", "service@example.com", "logistics@example.com"


def letter_text(mail: EmailMessage) -> str:
    """Return the plain text of a letter with the line ends of a test."""
    return crlf_text(mail).replace("\r\n", "\n")


class DoubtfulClassifier(PlainClassifier):
    """Reads as the plain one, but doubts whatever holds the word `odd`; finds order numbers."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Doubt: quality 0.4, delivery 0.35, service 0.2."""
        read = super().classify(text, subject=subject, language=language)
        orders = [word.strip(".,") for word in text.split() if word.startswith("SO")]
        facts = tuple(Fact(name="order", value=order, known=True) for order in orders)
        if "odd" not in f"{subject} {text}":
            return replace(read, facts=facts)
        labels = {Category.QUALITY: 0.4, Category.DELIVERY: 0.35, Category.SERVICE: 0.2}
        return replace(read, category=Category.QUALITY, score=0.4, labels=labels, facts=facts)


@pytest.fixture
def desk_in_doubt(office: Office) -> Iterator[Office]:
    """Return an office whose classifier can be in doubt."""
    desk = office.desk
    reader = InlineReader(desk.tools, classifier=DoubtfulClassifier(desk.rules.vocabulary))
    office.desk = replace(desk, reader=reader)
    yield office


def corrections(office: Office, number: int = 1) -> tuple[Correction, ...]:
    with office.desk.store.read() as tx:
        return tx.corrections(number)


def letters_to(office: Office, recipient: str, part: str) -> list[EmailMessage]:
    """Return the letters to somebody whose subject or text holds `part`."""
    office.deliver()
    found = office.tray.to(recipient)
    return [mail for mail in found if part in f"{mail['Subject']}\n{letter_text(mail)}"]


def question(office: Office, number: int = -1) -> EmailMessage:
    """Return the last letter that asks the supervisor."""
    return letters_to(office, BOSS, "请归类")[number]


def of(case: Case) -> tuple[Status, Category, tuple[str, ...], bool]:
    return case.status, case.category, case.departments, case.unsure


# ---------------------------------------------------------------- in doubt


def test_in_doubt_the_customer_is_acknowledged_and_the_supervisor_asked(
    desk_in_doubt: Office, make_raw: MakeRaw
) -> None:
    """Nobody has the case; the letter names the likeliest answers and when a guess is taken."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    desk_in_doubt.deliver()
    asked = question(desk_in_doubt)
    text, case = letter_text(asked), desk_in_doubt.case()

    assert of(case) == (Status.ACKNOWLEDGED, Category.QUALITY, (), True)
    assert case.guess_at == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # four working hours
    assert desk_in_doubt.kinds()[:3] == ["registered", "acknowledged", "asked"]
    assert [addr for addr, _ in desk_in_doubt.tray.sent] == [CUSTOMER, BOSS]
    assert (
        "A  质量（可能性 40%）\nC  物流（可能性 35%）\nB  服务（可能性 20%）\nN  不是投诉" in text
    )
    assert "> Something odd about the kettle." in text
    assert "2026年11月23日（周一）13:00" in text
    html = asked.get_body(("html",))
    assert html is not None
    assert "&amp;body=C" in str(html.get_content())


@pytest.mark.parametrize("answer", ["C", "Ｃ", "物流", "delivery", "C) Delivery\n\n> A quality"])
def test_one_letter_routes_the_case(
    answer: str, desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department gets the first mail, the decision is kept for training."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    due_at = desk_in_doubt.case().due_at
    desk_in_doubt.later(hours=1)
    desk_in_doubt.take(reply(question(desk_in_doubt), answer))
    (routed,) = letters_to(desk_in_doubt, LOGISTICS, "Something odd about the kettle.")
    (said,) = corrections(desk_in_doubt)
    case = desk_in_doubt.case()

    assert of(case) == (Status.ROUTED, Category.DELIVERY, ("delivery",), False)
    assert (case.guess_at, case.due_at) == (None, due_at)
    assert f"{BOSS} 认定本案归你们处理" in letter_text(routed)
    assert [part.get_content_type() for part in routed.iter_attachments()] == ["message/rfc822"]
    assert (said.by, said.how, said.was, said.category, said.matter) == (
        BOSS, "supervisor", Category.QUALITY, Category.DELIVERY, Matter.COMPLAINT,
    )  # fmt: skip
    assert said.at == desk_in_doubt.now
    assert len(desk_in_doubt.tray.to(CUSTOMER)) == 1
    chase(desk_in_doubt.desk, now=desk_in_doubt.now + timedelta(days=2))
    assert of(desk_in_doubt.case()) == of(case)


def test_no_complaint_goes_to_those_who_answer_questions(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """`N` files the case as no complaint."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    desk_in_doubt.take(reply(question(desk_in_doubt), "不是投诉"))
    case = desk_in_doubt.case()

    assert (case.status, case.matter) == (Status.NOT_A_COMPLAINT, Matter.ENQUIRY)
    assert len(letters_to(desk_in_doubt, SERVICE, "客户咨询")) == 1
    assert corrections(desk_in_doubt)[0].matter is Matter.ENQUIRY


def test_when_nobody_answers_the_best_guess_is_taken_and_marked(
    desk_in_doubt: Office, make_raw: MakeRaw
) -> None:
    """Once, at its time and not before; what is asked twice is done once."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    chase(desk_in_doubt.desk, now=desk_in_doubt.now + timedelta(hours=3, minutes=59))
    assert desk_in_doubt.case().status is Status.ACKNOWLEDGED
    desk_in_doubt.later(hours=4)
    for _ in range(2):
        chase(desk_in_doubt.desk, now=desk_in_doubt.now)
    (routed,) = letters_to(desk_in_doubt, QUALITY, "Something odd")

    assert of(desk_in_doubt.case()) == (Status.ROUTED, Category.QUALITY, ("quality",), True)
    assert desk_in_doubt.kinds().count("guessed") == 1
    assert "系统按最可能的判断转给你们" in letter_text(routed)
    assert "把握 40%" in letter_text(routed)
    assert corrections(desk_in_doubt) == ()


def test_an_answer_after_the_guess_is_a_correction(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department that had it hears that it went on; the promised time stays."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    asked = question(desk_in_doubt)
    desk_in_doubt.later(hours=5)
    chase(desk_in_doubt.desk, now=desk_in_doubt.now)
    due_at = desk_in_doubt.case().due_at
    desk_in_doubt.take(reply(asked, "C"))
    moved = letters_to(desk_in_doubt, QUALITY, "本案现由物流部处理，你们无需再办理")

    assert of(desk_in_doubt.case()) == (Status.ROUTED, Category.DELIVERY, ("delivery",), False)
    assert desk_in_doubt.case().due_at == due_at
    assert len(moved) == 1
    assert len(letters_to(desk_in_doubt, LOGISTICS, "Something odd")) == 1
    assert len(desk_in_doubt.tray.to(CUSTOMER)) == 1


def test_danger_does_not_wait(desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Routed and alerted at once; the supervisor is asked all the same and may still move it."""
    desk_in_doubt.take(make_raw("An odd thing: the kettle exploded and my hand is burnt.\n"))
    case = desk_in_doubt.case()
    asked = question(desk_in_doubt)

    assert of(case) == (Status.ROUTED, Category.QUALITY, ("quality",), True)
    assert case.guess_at is None
    assert len(desk_in_doubt.tray.to("gm@example.com")) == 1
    assert "目前本案在质量部" in letter_text(asked)
    desk_in_doubt.take(reply(asked, "A"))
    assert desk_in_doubt.kinds()[-1] != "routed"
    assert "confirmed" in desk_in_doubt.kinds()
    assert desk_in_doubt.case().unsure is False
    assert corrections(desk_in_doubt)[0].category is Category.QUALITY


def test_a_case_that_waits_becomes_urgent(desk_in_doubt: Office, make_raw: MakeRaw) -> None:
    """The complainant adds that somebody was hurt: best guess at once, both mails are shown."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    desk_in_doubt.deliver()
    (ack,) = desk_in_doubt.tray.to(CUSTOMER)
    more = ("In-Reply-To", str(ack["Message-ID"])), ("References", str(ack["Message-ID"]))
    desk_in_doubt.take(
        make_raw("My hand is burnt.\n", message_id="2@customer.example", headers=more)
    )
    (routed,) = letters_to(desk_in_doubt, QUALITY, "Something odd")

    assert desk_in_doubt.case().status is Status.ROUTED
    assert desk_in_doubt.case().guess_at is None
    assert "My hand is burnt." in letter_text(routed)
    assert len(desk_in_doubt.tray.to("gm@example.com")) == 1


# ---------------------------------------------------------------- answers of supervisors


def test_what_cannot_be_understood_is_answered_and_decides_nothing(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The letter says what was read, and how to say it."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    desk_in_doubt.take(reply(question(desk_in_doubt), "I will ask around"))
    again = letters_to(desk_in_doubt, BOSS, "没有看懂您的答复")

    assert desk_in_doubt.case().status is Status.ACKNOWLEDGED
    assert len(again) == 1
    assert "> I will ask around" in letter_text(again[0])
    desk_in_doubt.take(reply(again[0], "B"))
    assert desk_in_doubt.case().departments == ("service",)


def test_a_forged_answer_decides_nothing(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A stranger who has the letter's address; a supervisor's name without letter or proof."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    asked = question(desk_in_doubt)
    desk_in_doubt.take(reply(asked, "B", sender="eve@evil.example"))
    assert desk_in_doubt.kinds()[-1] == "unverified_reply"
    assert desk_in_doubt.tray.to("eve@evil.example") == []
    assert len(letters_to(desk_in_doubt, BOSS, "可能不是您发出的答复")) == 1
    settings = replace(desk_in_doubt.desk.settings, trust=Trust(authserv_id="mx.example.com"))
    desk_in_doubt.desk = replace(desk_in_doubt.desk, settings=settings)
    desk_in_doubt.take(reply(asked, "B\n\nforged"))
    tag = make_raw("B\n", sender=BOSS, subject=str(asked["Subject"]), message_id="9@evil.example")
    (tagged,) = desk_in_doubt.take(tag)

    assert desk_in_doubt.case().status is Status.ACKNOWLEDGED
    assert corrections(desk_in_doubt) == ()
    assert tagged.outcome == "case"  # somebody's mail that names a number


def test_the_same_answer_twice_is_done_once(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The second one confirms, and nobody gets another letter."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    asked = question(desk_in_doubt)
    desk_in_doubt.take(reply(asked, "C"), reply(asked, "C\n\nonce more"))

    assert len(letters_to(desk_in_doubt, LOGISTICS, "")) == 1
    assert len(corrections(desk_in_doubt)) == 1
    assert desk_in_doubt.kinds().count("confirmed") == 1


def test_of_two_supervisors_the_last_one_wins_and_both_are_on_record(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """There and back again: each department hears each time."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    asked = question(desk_in_doubt)
    for answer in ("C", "B", "C\n\nno, it was right"):
        desk_in_doubt.take(reply(asked, answer))

    assert desk_in_doubt.case().departments == ("delivery",)
    assert len(letters_to(desk_in_doubt, LOGISTICS, "Something odd")) == 2
    assert len(letters_to(desk_in_doubt, LOGISTICS, "本案现由客服部处理")) == 1
    assert len(letters_to(desk_in_doubt, SERVICE, "本案现由物流部处理")) == 1
    assert [(c.was.value, c.category.value) for c in corrections(desk_in_doubt)] == [
        ("quality", "delivery"), ("delivery", "service"), ("service", "delivery"),
    ]  # fmt: skip


# ---------------------------------------------------------------- not ours


def test_a_department_passes_a_case_on(office: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """At once, and kept as a correction."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours → 物流\n\nThe box was crushed."))
    (said,) = corrections(office)

    assert of(office.case()) == (Status.ROUTED, Category.DELIVERY, ("delivery",), False)
    (passed,) = letters_to(office, LOGISTICS, "质量部 认定本案归你们处理")
    assert "The box was crushed." in letter_text(passed)
    assert len(letters_to(office, QUALITY, "本案现由物流部处理")) == 1
    assert (said.by, said.how, said.was) == ("quality", "department", Category.QUALITY)
    assert [kind for kind in office.kinds() if kind != "letter_sent"][3:] == [
        "not_ours", "corrected", "routed",
    ]  # fmt: skip


def test_a_department_that_does_not_know_whose_it_is_leaves_it_to_the_supervisor(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Nobody has it then; unanswered, the next likeliest department gets it."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "不是我们"))
    asked = question(office)
    case = office.case()

    assert of(case) == (Status.ACKNOWLEDGED, Category.QUALITY, (), True)
    assert "质量部表示不归其处理" in letter_text(asked)
    assert letter_text(asked).index("B  服务") < letter_text(asked).index("D  其他")
    assert "A  质量" not in letter_text(asked)
    assert len(letters_to(office, QUALITY, "将由主管认定归属")) == 1
    office.later(days=1)
    chase(office.desk, now=office.now)
    assert office.case().departments == ("service",)
    assert office.case().unsure is True


def test_departments_do_not_throw_a_case_to_each_other(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The second `not ours` is a supervisor's business, whatever place it names."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "转交 物流部"))
    (passed,) = letters_to(office, LOGISTICS, "kettle")
    office.take(reply(passed, "not ours -> quality"))

    assert of(office.case()) == (Status.ACKNOWLEDGED, Category.DELIVERY, (), True)
    assert len(letters_to(office, QUALITY, "kettle")) == 1
    assert "物流部、质量部表示不归其处理" in letter_text(question(office))
    office.take(reply(question(office), "A"))
    assert office.case().departments == ("quality",)
    assert len(letters_to(office, QUALITY, "kettle")) == 2


def test_a_department_that_had_the_case_hears_that_it_went_on(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Its late answer reaches nobody, and it is not told that it may be an impostor."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours -> delivery"), reply(routed, "done\nWe send a new lid."))

    assert len(letters_to(office, QUALITY, "本案现由物流部处理")) == 2
    assert office.case().status is Status.ROUTED
    assert office.tray.to(CUSTOMER)[1:] == []


def test_only_a_department_that_has_the_case_can_send_it_back(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A stranger's `not ours` is evidence, no more."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours -> delivery", sender="eve@evil.example"))

    assert office.case().departments == ("quality",)
    assert corrections(office) == ()


def test_of_several_departments_one_leaves_and_the_others_stay(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Its part alone moves; the category is that of the main department."""
    office.take(make_raw())
    with office.desk.store.begin() as tx:
        tx.save_case(replace(office.case(), departments=("quality", "service")))
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours"))

    assert of(office.case()) == (Status.ROUTED, Category.QUALITY, ("service",), False)
    assert len(letters_to(office, QUALITY, "本案现由客服部处理")) == 1
    assert letters_to(office, BOSS, "请归类") == []


def test_of_a_further_department_training_learns_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The main matter of the mail is still the first department's."""
    office.take(make_raw("It leaks, and they were rude.\n"))
    with office.desk.store.begin() as tx:
        tx.save_case(replace(office.case(), departments=("quality", "service")))
    second = reply(*letters_to(office, SERVICE, "leaks"), "not ours -> delivery")
    with office.desk.store.begin() as tx:
        case = replace(office.case(), category=Category.QUALITY, departments=("quality", "service"))
        tx.save_case(case)
    office.take(second)

    assert of(office.case())[1:3] == (Category.QUALITY, ("quality", "delivery"))
    assert "corrected" in office.kinds()
    assert corrections(office) == ()


def test_when_all_have_sent_it_back_the_clock_does_not_hurry(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Danger goes to the next one at once, but not round and round."""
    office.take(make_raw("My hand is burnt.\n"))
    waits_until = None
    for addr in (QUALITY, SERVICE, LOGISTICS):
        routed = letters_to(office, addr, "My hand is burnt.")[-1]
        office.later(minutes=1)
        office.take(reply(routed, f"not ours\n\n{addr}"))
        waits_until = office.case().guess_at
        chase(office.desk, now=office.now)

    assert waits_until is not None
    assert waits_until - office.now == timedelta(hours=4)
    assert office.case().departments == ()


def test_a_department_that_is_gone_from_the_rules_keeps_no_case(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The only other one left sends it back: a supervisor is asked."""
    office.take(make_raw())
    with office.desk.store.begin() as tx:
        tx.save_case(replace(office.case(), departments=("quality", "gone")))
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours"))

    assert of(office.case())[::2] == (Status.ACKNOWLEDGED, ())
    assert len(letters_to(office, BOSS, "请归类")) == 1


def test_a_case_without_a_department_finds_one_when_its_complainant_writes(
    office: Office, make_raw: MakeRaw
) -> None:
    """Its department is gone from the rules; the new one gets both mails."""
    office.take(make_raw("It leaks.\n"))
    with office.desk.store.begin() as tx:
        tx.save_case(replace(office.case(), departments=("gone",)))
    (ack,) = letters_to(office, CUSTOMER, "")
    office.tray.sent.clear()
    thread = (("In-Reply-To", str(ack["Message-ID"])),)
    office.take(make_raw("Where is it?\n", message_id="2@customer.example", headers=thread))
    (routed,) = letters_to(office, QUALITY, "It leaks.")

    assert of(office.case()) == (Status.ROUTED, Category.QUALITY, ("quality",), False)
    assert "> Where is it?" in letter_text(routed)


def test_without_reply_addresses_a_department_that_had_the_case_makes_no_new_one(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The thread says which case is meant; it hears that the case went on."""
    box = replace(office.desk.box, plus_addressing=False)
    settings = replace(office.desk.settings, mailboxes={box.name: box})
    office.desk = replace(office.desk, settings=settings)
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "not ours -> delivery"))
    (moved,) = letters_to(office, QUALITY, "本案现由物流部处理")
    late = office.take(reply(routed, "done\nWe sent a lid."), reply(moved, "Fine by all of us."))

    assert [handled.outcome for handled in late] == ["joined", "joined"]
    assert len(letters_to(office, QUALITY, "本案现由物流部处理")) == 3
    assert office.tray.to(CUSTOMER)[1:] == []


# ---------------------------------------------------------------- which mail is shown


def test_a_complaint_that_follows_a_waiting_question_shows_its_own_mail(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Not the first mail of the other case."""
    office.take(make_raw("How do I open the lid?\n"))
    (routed,) = letters_to(office, SERVICE, "open the lid")
    office.take(reply(routed, "not ours"))
    (answered,) = letters_to(office, CUSTOMER, "")
    thread = (("In-Reply-To", str(answered["Message-ID"])),)
    office.take(make_raw("It is late.\n", message_id="2@customer.example", headers=thread))
    (routed,) = letters_to(office, LOGISTICS, "It is late.")
    (original,) = routed.iter_attachments()

    assert office.case(2).departments == ("delivery", "quality")
    assert "It is late." in original.as_string()


def test_another_cases_first_mail_is_not_shown(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail is about another case than when its first mail was read: once more, then."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    answer = reply(question(desk_in_doubt), "C")
    with monkeypatch.context() as patched:
        patched.setattr(process, "read_first", lambda *a: replace(read_first(*a), case_id=9))
        (handled,) = desk_in_doubt.take(answer)
    assert handled.outcome == "retry"
    desk_in_doubt.later(minutes=1)
    desk_in_doubt.process()

    assert desk_in_doubt.case().departments == ("delivery",)


def test_what_came_with_a_mail_in_between_is_named(
    desk_in_doubt: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Whoever gets the case later knows of the photo and can ask the desk for it."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    asked = question(desk_in_doubt)
    (ack,) = letters_to(desk_in_doubt, CUSTOMER, "")
    photo = EmailMessage()
    photo["From"], photo["To"] = CUSTOMER, "complaints@example.com"
    photo["Message-ID"], photo["In-Reply-To"] = "<2@customer.example>", str(ack["Message-ID"])
    photo.set_content("Look.\n")
    photo.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="lid.jpg")
    desk_in_doubt.take(photo.as_bytes(), reply(asked, "A"))
    (routed,) = letters_to(desk_in_doubt, QUALITY, "Something odd")

    assert "> Look.\n> [lid.jpg]" in letter_text(routed)


# ---------------------------------------------------------------- the operator


def test_the_operator_corrects_a_case(office: Office, make_raw: MakeRaw) -> None:
    """As a supervisor would; a second time changes nothing, back again routes again."""
    office.take(make_raw())
    for category in (Category.DELIVERY, Category.DELIVERY, Category.QUALITY):
        office.later(seconds=30)
        correct_case(
            office.desk, "C-2026-000001", Choice(category=category), by="li", now=office.now
        )

    assert office.case().departments == ("quality",)
    assert len(letters_to(office, QUALITY, "kettle")) == 2
    assert len(letters_to(office, LOGISTICS, "kettle")) == 1
    assert [(c.by, c.how) for c in corrections(office)] == [("li", "operator")] * 2


def test_an_answered_case_only_learns_what_it_was(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """No letter leaves; statistics and training know better."""
    office.take(make_raw())
    (routed,) = letters_to(office, QUALITY, "kettle")
    office.take(reply(routed, "done\nWe have sent a new lid."))
    office.deliver()
    sent = len(office.tray.sent)
    choice = Choice(category=Category.DELIVERY)
    correct_case(office.desk, "c-2026-000001", choice, by="li", note="a dent", now=office.now)
    office.deliver()

    assert of(office.case())[:3] == (Status.OUTCOME_SENT, Category.DELIVERY, ("quality",))
    assert len(office.tray.sent) == sent
    assert corrections(office)[0].note == "a dent"


def test_there_is_no_case_to_correct(office: Office) -> None:
    """None, and nothing is read."""
    found = correct_case(office.desk, "C-2026-000009", Choice(category=None), by="", now=office.now)

    assert found is None


# ---------------------------------------------------------------- dying in between


@pytest.mark.parametrize("place", ["read_first", "_settle", "save", "finish"])
def test_dying_over_an_answer_leaves_it_for_the_next_round(
    place: str,
    desk_in_doubt: Office,
    make_raw: MakeRaw,
    reply: Reply,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed at any step, the answer is handled once."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    answer = reply(question(desk_in_doubt), "C")

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(process, place, die)
        with pytest.raises(KeyboardInterrupt):
            desk_in_doubt.take(answer)
    assert desk_in_doubt.case().status is Status.ACKNOWLEDGED
    desk_in_doubt.later(minutes=3)
    desk_in_doubt.process()

    assert desk_in_doubt.case().departments == ("delivery",)
    assert len(letters_to(desk_in_doubt, LOGISTICS, "")) == 1


@pytest.mark.parametrize("place", ["read_first", "save"])
def test_a_guess_that_fails_is_left_for_the_next_round(
    place: str, desk_in_doubt: Office, make_raw: MakeRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the guess of another case is taken all the same."""
    desk_in_doubt.take(
        make_raw("Something odd about the kettle.\n"),
        make_raw("An odd smell.\n", message_id="2@customer.example", subject="Smell"),
    )
    desk_in_doubt.later(hours=5)
    real, calls = getattr(guess, place), []

    def fail_once(*args: object, **kwargs: object) -> object:
        calls.append(place)
        if len(calls) == 1:
            raise OSError("no disk")
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(guess, place, fail_once)
        with pytest.raises(OSError, match="no disk"):
            chase(desk_in_doubt.desk, now=desk_in_doubt.now)
    assert [desk_in_doubt.case(n).status for n in (1, 2)] == [Status.ACKNOWLEDGED, Status.ROUTED]
    chase(desk_in_doubt.desk, now=desk_in_doubt.now)

    assert desk_in_doubt.case(1).status is Status.ROUTED
    assert len(letters_to(desk_in_doubt, QUALITY, "")) == 2


# ---------------------------------------------------------------- missing facts


def test_the_customers_answer_fills_the_gap(desk_in_doubt: Office, make_raw: MakeRaw) -> None:
    """Asked for at once, given by reply, told to the department, never written over."""
    desk_in_doubt.take(make_raw("My parcel is late.\n"))
    desk_in_doubt.deliver()
    (ack,) = desk_in_doubt.tray.to(CUSTOMER)
    assert "please reply to this mail with:\n- the order number" in letter_text(ack)
    thread = (("In-Reply-To", str(ack["Message-ID"])),)
    for number, text in enumerate(("It is SO20261123.\n", "Sorry, SO99999999 I mean.\n"), 2):
        desk_in_doubt.take(make_raw(text, message_id=f"{number}@customer.example", headers=thread))
    first, second = letters_to(desk_in_doubt, LOGISTICS, "客户再次来信")

    assert desk_in_doubt.case().facts == (Fact(name="order", value="SO20261123", known=True),)
    assert "【新增信息】\n订单号：SO20261123" in letter_text(first)
    assert "【新增信息】" not in letter_text(second)
    assert len(desk_in_doubt.tray.to(CUSTOMER)) == 1


def test_a_case_whose_first_mail_is_gone_still_finds_its_department(
    desk_in_doubt: Office, make_raw: MakeRaw
) -> None:
    """Nobody can read it any more, but the case is not stuck, and later ones are not either."""
    desk_in_doubt.take(make_raw("Something odd about the kettle.\n"))
    with desk_in_doubt.desk.store.begin() as tx:
        tx._connection.execute(delete(raw_mail))
    desk_in_doubt.later(hours=5)

    assert guess.take_guesses(desk_in_doubt.desk, now=desk_in_doubt.now) == 1
    assert desk_in_doubt.case().departments != ()
