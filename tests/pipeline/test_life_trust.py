"""Whose word counts, and what never goes round: forged, passed on, accused, and machines."""

from dataclasses import replace

import pytest

from cases.life import Record
from cases.model import LetterName, Status
from cases.outgoing import Delivery, DeliveryState
from pipeline.chase import chase
from routing.policy import Department
from routing.process import Objection, Signing
from routing.trust import Trust
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.test_life import (
    BOSS,
    CUSTOMER,
    QUALITY,
    Reply,
    last,
    letter_text,
    letters,
    plain,
    routed,
    says,
    set_policy,
    set_process,
)

__all__ = ["plain"]  # the fixture
HOTLINE, SUPERVISOR = "desk7@12345.example.com", "supervisor@example.com"
WANG = f"Wang Fang <{CUSTOMER}>"
MX = b"Authentication-Results: mx.example.com; "
FORGED = MX + b"dmarc=fail header.from=customer.example; spf=fail\r\n"
GENUINE = MX + b"dmarc=pass header.from=customer.example\r\n"
OURS = MX + b"dmarc=pass header.from=example.com\r\n"
BURNT = "I was copied in. The kettle caught fire and burnt my hand, I am in hospital!"


def recorded(office: Office, kind: str) -> list[Record]:
    """Return the entries of one register of the first case."""
    with office.desk.store.read() as tx:
        return [record for record in tx.records(1) if record.kind == kind]


def names(office: Office, recipient: str) -> list[str]:
    """Return the names of the letters that somebody got, in order."""
    office.deliver()
    return [str(mail["Message-ID"]).split(".")[1] for mail in office.tray.to(recipient)]


def with_trust(office: Office) -> None:
    """Let the desk believe its own mail server about who wrote."""
    settings = replace(office.desk.settings, trust=Trust(authserv_id="mx.example.com"))
    office.desk = replace(office.desk, settings=settings)


# ---------------------------------------------------------------- a reference anybody can guess


@pytest.mark.parametrize("words", ["solved, thank you", "5", "已解决，谢谢"])
def test_a_guessed_reference_settles_nothing(
    words: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Without the token or the thread, "solved" is told to the department and does nothing."""
    routed(plain, make_raw)
    says(plain, reply, "done: we send you a new kettle")
    plain.take(
        make_raw(f"{words}\n", subject="Re: [C-2026-000001]", message_id="guess@evil.example")
    )
    told = letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))

    assert plain.case().status is Status.OUTCOME_SENT
    assert plain.kinds()[-1] == "letter_sent" and "unverified_reply" in plain.kinds()
    assert not recorded(plain, "satisfaction")
    assert words in told and ("nothing shows" in told or "无法证明" in told)


def test_a_guessed_reference_agrees_to_no_plan(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The same word in the thread of our letter does."""
    set_process(plain, plan=True)
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    plain.take(make_raw("I agree\n", subject="[C-2026-000001]", message_id="guess@evil.example"))
    assert plain.case().status is Status.PLAN_OFFERED

    plain.take(reply(last(plain, CUSTOMER, LetterName.PLAN), "I agree"))
    assert plain.case().status is Status.EXECUTING


@pytest.mark.parametrize(
    ("results", "status"), [(FORGED, Status.OUTCOME_SENT), (GENUINE, Status.CLOSED)]
)
def test_a_sender_whom_our_server_calls_forged_settles_nothing(
    results: bytes, status: Status, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Not even with the token: it may have been read over somebody's shoulder."""
    with_trust(plain)
    routed(plain, make_raw)
    done = reply(last(plain, QUALITY, LetterName.ROUTED), "done: we send you a new kettle")
    plain.take(OURS + done)
    plain.take(results + reply(last(plain, CUSTOMER, LetterName.OUTCOME), "solved"))

    assert plain.case().status is status


def test_an_objection_by_the_reference_alone_is_still_heard(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What can only do good needs no proof: the case is opened again."""
    routed(plain, make_raw)
    says(plain, reply, "done: we send you a new kettle")
    plain.take(
        make_raw("It still leaks.\n", subject="[C-2026-000001]", message_id="again@c.example")
    )

    assert (plain.case().status, plain.case().round) == (Status.ROUTED, 2)


# ---------------------------------------------------------------- somebody else's letter


@pytest.mark.parametrize("to", [LetterName.ROUTED, LetterName.APPROVAL_REQUEST])
def test_who_complains_is_heard_whatever_letter_they_were_shown(
    to: LetterName, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Copied in by a department or an approver, they report danger: everybody is told."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: you should have read the manual")
    whose = QUALITY if to is LetterName.ROUTED else BOSS
    plain.take(reply(last(plain, whose, to), BURNT, sender=WANG))
    told = letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))

    assert plain.case().severity == "serious"
    assert "burnt my hand" in told
    assert "unverified_reply" not in plain.kinds()


def test_the_complainant_with_an_approvers_letter_approves_nothing(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Their "yes" is theirs, not the approver's."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: you get a thousand euros")
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "yes", sender=WANG))

    assert plain.case().status is Status.IN_APPROVAL
    assert "approved" not in plain.kinds()


def test_an_approver_hears_of_a_reply_that_may_not_be_theirs(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """From another address it approves nothing; whose letter it was is told, the writer nothing."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: we send you a new kettle")
    asked = last(plain, BOSS, LetterName.APPROVAL_REQUEST)
    plain.take(reply(asked, "yes", sender="gm@private.example"))

    assert plain.case().status is Status.IN_APPROVAL
    assert names(plain, BOSS)[-1] == "how_to_answer"
    assert plain.tray.to("gm@private.example") == []


def test_a_strangers_token_gives_way_to_a_letter_of_their_own(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A mail to the department's address in answer to our letter to the complainant is theirs."""
    routed(plain, make_raw)
    says(plain, reply, "done: we send you a new kettle")
    token = str(last(plain, QUALITY, LetterName.ROUTED)["Reply-To"])
    outcome = last(plain, CUSTOMER, LetterName.OUTCOME)
    outcome.replace_header("Reply-To", f"{token}, {outcome['Reply-To']}")
    plain.take(reply(outcome, "solved, thank you"))

    assert plain.case().status is Status.CLOSED


def test_another_departments_head_with_the_letter_of_this_one_has_no_word(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Quality hears of it; service, which never had the case, is told nothing of it."""
    routed(plain, make_raw)
    service = plain.desk.rules.policy.departments["service"].to[0]
    plain.take(reply(last(plain, QUALITY, LetterName.ROUTED), "done: no", sender=service))

    assert plain.case().status is Status.ROUTED
    assert names(plain, QUALITY)[-1] == "how_to_answer"
    assert plain.tray.to(service) == []


# ---------------------------------------------------------------- passed on by a hotline

PASSED_ON = (
    "消费者反映：水壶漏水。工单编号12345-20261123\n\n"
    "---------- Forwarded message ---------\n"
    f"From: {WANG}\nDate: Mon, 23 Nov 2026\nSubject: The kettle leaks\n"
    "To: x@12345.example.com\n\nThe kettle I bought leaks.\n"
)
NOTED = "来电人：李先生，电话13800001111。反映水壶漏水，是质量问题。工单编号12345-20261123\n"


def passed_on(office: Office, make_raw: MakeRaw, text: str = PASSED_ON) -> None:
    """Let a hotline pass a complaint on."""
    office.take(make_raw(text, sender=HOTLINE, subject="转办"))
    office.deliver()


@pytest.mark.parametrize(
    "words", ["已解决，谢谢", "您的来件我们已经登记，工单号 2026112301，将转告当事人。", "不满意"]
)
@pytest.mark.parametrize("text", [PASSED_ON, NOTED], ids=["a mail", "a note"])
def test_a_hotline_neither_confirms_nor_objects(
    words: str, text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Its thanks, its receipt and its opinion close and open nothing; departments are told."""
    passed_on(plain, make_raw, text)
    says(plain, reply, "done: we send a new kettle")
    before = names(plain, HOTLINE)
    plain.take(reply(last(plain, HOTLINE, LetterName.OUTCOME), words))

    assert (plain.case().status, plain.case().round) == (Status.OUTCOME_SENT, 1)
    assert words in letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))
    assert "referrer_wrote" in plain.kinds()
    assert names(plain, HOTLINE) == before


def test_a_hotline_that_asks_is_answered_itself(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The person who complains asked nothing and hears nothing of it."""
    passed_on(plain, make_raw)
    says(plain, reply, "done: we send a new kettle")
    before = names(plain, CUSTOMER)
    plain.take(reply(last(plain, HOTLINE, LetterName.OUTCOME), "请问该件进展如何？"))

    assert names(plain, HOTLINE)[-1] == "status"
    assert names(plain, CUSTOMER) == before


def test_a_hotline_that_brings_what_was_missing_lets_the_department_go_on(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Where it is the only address there is, it was asked, and its answer counts."""
    passed_on(plain, make_raw, NOTED)
    says(plain, reply, "need info: which batch is printed on the bottom?")
    asked = last(plain, HOTLINE, LetterName.REQUEST_INFORMATION)
    plain.take(reply(asked, "经向李先生核实，批号为20240611A。"))

    assert "resumed" in plain.kinds()
    assert "20240611A" in letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))


def test_a_hotline_reads_its_own_number_in_the_receipt(plain: Office, make_raw: MakeRaw) -> None:
    """It is addressed as who passed the complaint on, not as a customer."""
    passed_on(plain, make_raw, NOTED)
    receipt = letter_text(last(plain, HOTLINE, LetterName.ACKNOWLEDGEMENT))

    assert "12345-20261123" in receipt
    assert "尊敬的客户" not in receipt and "贵方转来的投诉" in receipt


def test_danger_counts_whoever_passes_it_on(plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """A hotline may add that somebody was hurt."""
    passed_on(plain, make_raw, NOTED)
    receipt = last(plain, HOTLINE, LetterName.ACKNOWLEDGEMENT)
    plain.take(reply(receipt, "李先生补充：水壶起火，手被烧伤，已送医院。"))

    assert plain.case().severity == "serious"


# ---------------------------------------------------------------- who a complaint is about


def accuse(office: Office, department: str, addr: str, **changes: object) -> None:
    """Let Li Wei be one of a department's people, at `addr`."""
    departments = dict(office.desk.rules.policy.departments)
    known: Department = departments[department]
    departments[department] = replace(known, people={"Li Wei": addr}, **changes)  # type: ignore[arg-type] # as in test_life
    set_policy(office, departments=departments)


def test_a_guess_gives_no_case_to_whoever_it_is_about(plain: Office, make_raw: MakeRaw) -> None:
    """Nobody decided in time: the stand-in of the accused head has it (K079)."""
    head = plain.desk.rules.policy.departments["service"].to[0]
    accuse(plain, "service", head, stand_in="delivery")
    set_policy(plain, unsure_below=0.99, unsure_ask=("sup@example.com",))
    plain.take(make_raw("Your clerk Li Wei was so rude to me on the phone.\n", subject="Rude"))
    assert plain.case().departments == ()
    plain.later(days=3)
    chase(plain.desk, now=plain.now)

    assert "delivery" in plain.case().departments
    assert "service" not in plain.case().departments


def test_an_accusation_in_a_later_mail_counts(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The case leaves the department whose head is accused, and its word decides nothing."""
    accuse(plain, "quality", QUALITY, stand_in="service", manager="")
    routed(plain, make_raw)
    had = last(plain, QUALITY, LetterName.ROUTED)
    receipt = last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    plain.take(reply(receipt, "Li Wei shouted at me on the phone and called me a liar."))
    plain.take(reply(had, "invalid: the complaint is nonsense"))
    service = plain.desk.rules.policy.departments["service"].to[0]
    text = letter_text(last(plain, service, LetterName.ROUTED))

    assert [record.text for record in recorded(plain, "accused")] == [QUALITY]
    assert plain.case().departments == ("service",)
    assert plain.case().status is Status.ROUTED
    assert "called me a liar" in text and "Li Wei" in text


def test_an_accusation_while_the_answer_is_reviewed_takes_it_back(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Nobody signs what the accused proposed."""
    set_process(plain, review=Signing(by=(BOSS,)))
    accuse(plain, "quality", QUALITY, stand_in="service", manager="")
    routed(plain, make_raw)
    says(plain, reply, "done: sorry")
    receipt = last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    (handled,) = plain.take(reply(receipt, "And Li Wei called me a liar."))

    assert handled.outcome == "joined"
    assert (plain.case().status, plain.case().departments) == (Status.ROUTED, ("service",))


def test_one_of_several_people_is_named_to_the_others(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department keeps the case; whoever is accused is told nothing more of it."""
    accuse(plain, "quality", "li.wei@example.com", to=(QUALITY, "li.wei@example.com"))
    routed(plain, make_raw)
    before = names(plain, "li.wei@example.com")
    receipt = last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    plain.take(reply(receipt, "Your Li Wei laughed at me."))
    text = letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))

    assert plain.case().departments == ("quality",)
    assert "laughed" in text and ("decides nothing" in text or "不作数" in text)
    assert names(plain, "li.wei@example.com") == before


def test_an_accused_supervisor_is_not_asked_and_decides_nothing(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Not with a colleague's letter either; the colleague's own word counts."""
    other = "sup2@example.com"
    accuse(plain, "service", SUPERVISOR)
    both = (SUPERVISOR, other)
    set_policy(plain, unsure_below=0.99, unsure_ask=both, supervisors=both)
    plain.take(make_raw("Your clerk Li Wei was so rude to me.\n", subject="Rude"))
    asked = last(plain, other, LetterName.DECISION_NEEDED)
    assert plain.tray.to(SUPERVISOR) == []
    plain.take(reply(asked, "N", sender=SUPERVISOR))
    assert plain.case().status is Status.ACKNOWLEDGED
    plain.take(reply(asked, "B"))

    assert plain.case().status is Status.ROUTED
    assert plain.tray.to(SUPERVISOR) == []


def test_management_decides_where_every_supervisor_is_accused(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Somebody is always asked whose word counts."""
    accuse(plain, "service", SUPERVISOR)
    set_policy(
        plain,
        unsure_below=0.99,
        unsure_ask=(SUPERVISOR,),
        supervisors=(SUPERVISOR,),
        management=(BOSS,),
    )
    plain.take(make_raw("Your clerk Li Wei was so rude to me.\n", subject="Rude"))
    plain.take(reply(last(plain, BOSS, LetterName.DECISION_NEEDED), "B"))

    assert plain.case().status is Status.ROUTED


def test_the_ledger_and_the_alerts_of_a_case_pass_by_the_accused(
    plain: Office, make_raw: MakeRaw
) -> None:
    """The supervisor it is about reads of other cases only (K079, K096)."""
    service = plain.desk.rules.policy.departments["service"].to[0]
    accuse(plain, "service", SUPERVISOR)
    set_policy(plain, management=(BOSS,))
    refused = Delivery(state=DeliveryState.PERMANENT, reply="550 no such user")
    plain.tray.answers[service] = refused
    plain.take(
        make_raw("Your clerk Li Wei was rude to me.\n", subject="Li Wei insulted me"),
        make_raw("The parcel is late.\n", subject="Late parcel", message_id="2@customer.example"),
    )
    plain.deliver()
    plain.deliver()
    plain.later(days=14)
    chase(plain.desk, now=plain.now)
    theirs = "\n".join(
        f"{name}\n{letter_text(mail)}"
        for name, mail in zip(names(plain, SUPERVISOR), plain.tray.to(SUPERVISOR), strict=True)
    )

    assert "Late parcel" in theirs
    assert "Li Wei" not in theirs and "C-2026-000001" not in theirs
    assert "Li Wei insulted me" in letter_text(last(plain, BOSS, LetterName.LEDGER))
    assert letters(plain, BOSS, LetterName.ALERT)


# ---------------------------------------------------------------- machines without a sign


def test_an_acceptance_without_news_is_not_answered(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The same word again sends nothing; another date does."""
    routed(plain, make_raw)
    says(plain, reply, "accept, Li Ming, 2026-11-26")
    noted = last(plain, QUALITY, LetterName.ANSWER_NOTED)
    before = len(plain.tray.to(QUALITY))
    plain.take(reply(noted, "Accept, Li Ming, 2026-11-26."))
    plain.deliver()
    assert len(plain.tray.to(QUALITY)) == before

    plain.take(reply(noted, "accept, Li Ming, 2026-11-27"))
    assert names(plain, QUALITY)[-1] == "answer_noted"


def test_an_outcome_is_explained_once_and_then_told_to_the_department(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A machine that answers every letter gets one more, not one each time."""
    set_process(plain, objections=(Objection.EXPLAIN,))
    routed(plain, make_raw)
    says(plain, reply, "done: we send you a new kettle")
    for number in range(15):
        outcome = last(plain, CUSTOMER, LetterName.OUTCOME)
        plain.take(reply(outcome, f"Ticket {number} was opened; an agent will look at it."))
        plain.later(minutes=1)

    assert names(plain, CUSTOMER) == ["acknowledgement", "outcome", "outcome"]
    assert letters(plain, CUSTOMER, LetterName.OUTCOME)[-1]["Auto-Submitted"] == "auto-replied"
    assert names(plain, QUALITY).count("follow_up") == 14, "every word of it is passed on"


def test_an_explanation_counts_as_the_answer_to_an_objection(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What the process names next happens the next time, though the case was not opened (X16)."""
    set_process(plain, objections=(Objection.EXPLAIN, Objection.DISPUTE))
    routed(plain, make_raw)
    says(plain, reply, "invalid: limescale is no defect")
    for words in ("It still leaks.", "It leaks all the same!"):
        plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), words))
        plain.later(hours=1)

    assert plain.case().status is Status.DISPUTE
