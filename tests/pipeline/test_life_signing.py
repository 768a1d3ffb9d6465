"""A signature counts for the words it was given to: who signs, what leaves, what can be stopped."""

from datetime import timedelta

import pytest

from cases.life import PartState
from cases.model import LetterName, Status
from cases.outgoing import Delivery, DeliveryState
from pipeline.chase import chase
from pipeline.deliver import deliver_one
from routing.deadlines import Limit
from routing.policy import Referrer
from routing.process import Capa, CapaRule, Rung, Signing
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.test_life import (
    BOSS,
    COORDINATOR,
    CUSTOMER,
    HEAD,
    QUALITY,
    Reply,
    last,
    letter_text,
    letters,
    part,
    routed,
    says,
    set_policy,
    set_process,
    to_customer,
)
from tests.pipeline.test_life import plain as plain

APPROVAL, REVIEW = LetterName.APPROVAL_REQUEST, LetterName.REVIEW_REQUEST
HURT = "Now the kettle caught fire and I was injured, I am in hospital.\n"


def signs(
    office: Office, reply: Reply, who: str, text: str, name: LetterName = APPROVAL, *, nth: int = -1
) -> None:
    """Let somebody answer one of the requests they got, the newest unless told otherwise."""
    office.take(reply(letters(office, who, name)[nth], text))
    office.deliver()


def writes_again(office: Office, reply: Reply, text: str) -> None:
    """Let the customer answer the acknowledgement."""
    office.take(reply(last(office, CUSTOMER, LetterName.ACKNOWLEDGEMENT), text))
    office.deliver()


# ---------------------------------------------------------------- which request is answered


def test_a_late_yes_to_an_answer_that_was_refused_approves_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The other approver agreed to the first text; the second one is shown and agreed to anew."""
    set_process(office, approval=(Signing(by=(HEAD, BOSS)),))
    routed(office, make_raw)
    says(office, reply, "done: FIRST TEXT")
    signs(office, reply, HEAD, "no: too vague")
    office.later(minutes=5)
    says(office, reply, "done: SECOND TEXT", to=LetterName.RETURNED)
    signs(office, reply, BOSS, "yes", nth=0)

    assert office.case().status is Status.IN_APPROVAL
    assert "SECOND TEXT" not in to_customer(office)
    again = letters(office, BOSS, APPROVAL)[-1]
    assert "nothing was decided" in letter_text(again) or "没有据此作出任何决定" in letter_text(
        again
    )

    signs(office, reply, BOSS, "yes")

    assert "SECOND TEXT" in to_customer(office)


@pytest.mark.parametrize("word", ["no: I have said so before", "change: THIRD TEXT"])
def test_a_late_no_or_change_touches_no_newer_answer(
    word: str, office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What was written about the first text neither gives back nor replaces the second."""
    set_process(office, approval=(Signing(by=(HEAD, BOSS)),))
    routed(office, make_raw)
    says(office, reply, "done: FIRST TEXT")
    signs(office, reply, HEAD, "no: too vague")
    office.later(minutes=5)
    says(office, reply, "done: SECOND TEXT", to=LetterName.RETURNED)
    signs(office, reply, BOSS, word, nth=0)

    assert office.case().status is Status.IN_APPROVAL
    assert "TEXT" not in to_customer(office)


def test_a_late_ok_of_a_reviewer_reviews_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A second coordinator's late word about the first text leaves the second one in review."""
    set_process(office, review=Signing(by=(COORDINATOR, HEAD)))
    routed(office, make_raw)
    says(office, reply, "done: FIRST TEXT")
    signs(office, reply, COORDINATOR, "return: too vague", REVIEW)
    office.later(minutes=5)
    says(office, reply, "done: SECOND TEXT", to=LetterName.RETURNED)
    signs(office, reply, HEAD, "ok", REVIEW, nth=0)

    assert office.case().status is Status.IN_REVIEW
    signs(office, reply, HEAD, "ok", REVIEW)
    assert "SECOND TEXT" in to_customer(office)


def _without_thread(mail: bytes) -> bytes:
    """Return a mail as somebody writes it anew to the same address, not as an answer."""
    return mail.replace(b"In-Reply-To:", b"X-Was:").replace(b"References:", b"X-Were:")


def test_a_new_mail_to_the_address_of_the_only_request_signs_it(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Where one request was ever sent to somebody, a mail without a thread can mean no other."""
    set_process(office, approval=(Signing(by=(BOSS,)),))
    routed(office, make_raw)
    says(office, reply, "done: ONLY TEXT")
    office.take(_without_thread(reply(last(office, BOSS, APPROVAL), "yes")))
    office.deliver()

    assert "ONLY TEXT" in to_customer(office)


def test_a_new_mail_to_the_address_of_one_of_two_requests_signs_neither(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Without a thread nobody knows which of two texts was read, so it is asked again."""
    set_process(office, approval=(Signing(by=(BOSS,)),))
    routed(office, make_raw)
    says(office, reply, "done: FIRST TEXT")
    signs(office, reply, BOSS, "no: too vague")
    office.later(minutes=5)
    says(office, reply, "done: SECOND TEXT", to=LetterName.RETURNED)
    office.take(_without_thread(reply(last(office, BOSS, APPROVAL), "yes")))
    office.deliver()

    assert office.case().status is Status.IN_APPROVAL
    assert len(letters(office, BOSS, APPROVAL)) == 3


def test_a_yes_to_a_reminder_signs_what_it_reminds_of(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The reminder asks for a yes, so a yes in answer to it is one."""
    set_process(office, approval=(Signing(by=(BOSS,), within=Limit.parse("2 working hours")),))
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    office.later(hours=3)
    chase(office.desk, now=office.now)
    office.take(reply(last(office, BOSS, LetterName.REMINDER), "yes"))
    office.deliver()

    assert "THE TEXT" in to_customer(office)


def test_a_yes_to_the_letter_about_measures_approves_no_answer(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Who agrees that no measure is taken has not agreed to the words that wait beside it."""
    capa = Capa(rule=CapaRule.REQUIRED_OR_REASON, within=Limit.parse("5 days"), waive_by=(BOSS,))
    set_process(office, approval=(Signing(by=(BOSS,)),), capa=capa)
    routed(office, make_raw)
    says(office, reply, "done: You get 9000 EUR")
    says(office, reply, "no measure: isolated")
    signs(office, reply, BOSS, "yes", LetterName.MEASURES)

    assert "measure_waived" in office.kinds()
    assert office.case().status is Status.IN_APPROVAL
    assert "9000" not in to_customer(office)


def test_a_yes_to_an_old_request_waives_no_measure(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The answer has left; saying yes to it once more says nothing of the measures."""
    capa = Capa(rule=CapaRule.REQUIRED_OR_REASON, within=Limit.parse("5 days"), waive_by=(BOSS,))
    set_process(office, approval=(Signing(by=(BOSS,)),), capa=capa)
    routed(office, make_raw)
    says(office, reply, "done: You get a new kettle")
    signs(office, reply, BOSS, "yes")
    says(office, reply, "no measure: isolated")
    signs(office, reply, BOSS, "yes, as I said")
    signs(office, reply, BOSS, "yes")

    assert "measure_waived" not in office.kinds()


def test_a_late_yes_to_a_reason_that_was_replaced_waives_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department named another reason since; only a yes to that one counts."""
    capa = Capa(rule=CapaRule.REQUIRED_OR_REASON, within=Limit.parse("5 days"), waive_by=(BOSS,))
    set_process(office, capa=capa)
    routed(office, make_raw)
    says(office, reply, "done: You get a new kettle")
    says(office, reply, "no measure: isolated")
    office.later(minutes=1)
    says(office, reply, "no measure: needs a budget that nobody has")
    signs(office, reply, BOSS, "yes", LetterName.MEASURES, nth=0)

    assert "measure_waived" not in office.kinds()
    office.later(minutes=1)
    signs(office, reply, BOSS, "yes", LetterName.MEASURES)
    assert "measure_waived" in office.kinds()


# ---------------------------------------------------------------- who signs


def test_one_person_signs_one_step(office: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Each is the other's deputy; the second yes of the same person is no second signature."""
    chain = (Signing(by=(HEAD,), deputies=(BOSS,)), Signing(by=(BOSS,), deputies=(HEAD,)))
    set_process(office, approval=chain)
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    signs(office, reply, HEAD, "yes")
    office.later(minutes=1)
    signs(office, reply, HEAD, "Yes, go ahead")

    assert office.case().status is Status.IN_APPROVAL
    assert "THE TEXT" not in to_customer(office)

    signs(office, reply, BOSS, "yes")

    assert "THE TEXT" in to_customer(office)


def test_somebody_named_for_both_steps_signs_one_and_management_the_other(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Two signatures are two people's, as long as there is a second one."""
    set_process(office, approval=(Signing(by=(HEAD,)), Signing(by=(HEAD,))))
    set_policy(office, management=(BOSS,))
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    signs(office, reply, HEAD, "yes")

    assert len(letters(office, HEAD, APPROVAL)) == 1
    signs(office, reply, BOSS, "yes")
    assert "THE TEXT" in to_customer(office)


def test_an_ok_to_an_old_escalation_approves_nothing(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Management heard that nobody signed for the case; the answer was never shown to them."""
    set_process(
        office,
        accept_within=Limit.parse("2 working hours"),
        escalation=(Rung(to=("management",)),),
        approval=(Signing(by=(HEAD,)),),
    )
    set_policy(office, management=(BOSS,))
    routed(office, make_raw)
    office.later(hours=5)
    chase(office.desk, now=office.now)
    says(office, reply, "done: You get 9000 EUR")
    signs(office, reply, BOSS, "OK", LetterName.ESCALATION)

    assert office.case().status is Status.IN_APPROVAL
    assert "9000" not in to_customer(office)


# ---------------------------------------------------------------- the process changes meanwhile


def test_an_answer_in_review_is_put_to_those_a_serious_case_wants(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Serious cases are approved and not reviewed: the approver is asked as soon as it is one."""
    set_process(office, review=Signing(by=(COORDINATOR,)))
    serious = {"serious": {"review": None, "approval": (Signing(by=(BOSS,)),)}}
    set_policy(office, by_severity=serious)
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    writes_again(office, reply, HURT)

    assert office.case().status is Status.IN_APPROVAL
    signs(office, reply, COORDINATOR, "ok", REVIEW)
    assert "THE TEXT" not in to_customer(office)
    signs(office, reply, BOSS, "yes")
    assert "THE TEXT" in to_customer(office)


def test_a_signature_of_the_old_chain_is_none_of_the_new(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """One step was signed, a serious case wants one of somebody else: it waits for that one."""
    set_process(office, approval=(Signing(by=(HEAD,)), Signing(by=(COORDINATOR,))))
    set_policy(office, by_severity={"serious": {"approval": (Signing(by=(BOSS,)),)}})
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    signs(office, reply, HEAD, "yes")
    writes_again(office, reply, HURT)

    assert office.case().status is Status.IN_APPROVAL
    signs(office, reply, COORDINATOR, "yes")
    assert "THE TEXT" not in to_customer(office)
    signs(office, reply, BOSS, "yes")
    assert "THE TEXT" in to_customer(office)


def test_an_answer_leaves_once_nobody_need_approve_it_any_more(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The rules have no approval now; the next turn of the desk leads the answer on."""
    set_process(office, approval=(Signing(by=(HEAD,)),))
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    set_process(office)
    set_policy(office, version="without approval")
    chase(office.desk, now=office.now)
    office.deliver()

    assert "THE TEXT" in to_customer(office)


def test_a_no_keeps_an_answer_from_leaving_that_nobody_need_approve_any_more(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Who was asked has an objection; it is not passed over because the rules have changed."""
    set_process(office, approval=(Signing(by=(HEAD, BOSS)),))
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    set_process(office, approval=(Signing(by=(BOSS,)),))
    set_policy(office, management=(HEAD,))
    signs(office, reply, HEAD, "no: the amount is wrong")

    assert office.case().status is Status.ROUTED
    assert "THE TEXT" not in to_customer(office)


def test_an_answer_under_approval_is_reviewed_where_a_serious_case_wants_it(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The approver's yes is not enough then: the coordinator is asked, and then the approver."""
    set_process(office, approval=(Signing(by=(BOSS,)),))
    set_policy(office, by_severity={"serious": {"review": Signing(by=(COORDINATOR,))}})
    routed(office, make_raw)
    says(office, reply, "done: THE TEXT")
    office.later(minutes=1)
    writes_again(office, reply, HURT)
    signs(office, reply, BOSS, "yes")

    assert "THE TEXT" not in to_customer(office)
    signs(office, reply, COORDINATOR, "ok", REVIEW)
    office.later(minutes=1)
    signs(office, reply, BOSS, "yes")
    assert "THE TEXT" in to_customer(office)


# ---------------------------------------------------------------- what the complainant reads


def test_what_is_carried_out_changes_no_approved_word(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Other words to the customer, said when it is done, stay a note: nobody agreed to them."""
    set_process(
        office,
        approval=(Signing(by=(BOSS,)),),
        plan=True,
        plan_within=Limit.parse("3 days"),
        tell_measures=True,
    )
    routed(office, make_raw)
    says(office, reply, "done: we repair it")
    signs(office, reply, BOSS, "yes")
    office.take(reply(last(office, CUSTOMER, LetterName.PLAN), "I agree"))
    office.deliver()
    said = "carried out\nto the customer: no money, UNSEEN\ncorrective action: ALSO UNSEEN"
    says(office, reply, said, to=LetterName.CARRY_OUT)

    assert "we repair it" in letter_text(last(office, CUSTOMER, LetterName.OUTCOME))
    assert "UNSEEN" not in to_customer(office)
    assert any("no money, UNSEEN" in event.detail for event in office.events())


def test_who_approves_sees_the_measures_and_a_changed_text_takes_their_place(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Measures are told to the customer here; the approver reads them and leaves them out."""
    set_process(office, approval=(Signing(by=(BOSS,)),), tell_measures=True)
    routed(office, make_raw)
    says(
        office, reply, "done\nto the customer: We are sorry.\ncorrective action: worker dismissed\n"
    )
    request = letter_text(last(office, BOSS, APPROVAL))
    shown = request.partition("WHAT THE CUSTOMER WOULD READ")[2].partition("HOW TO ANSWER")[0]
    shown = shown or request.partition("【客户将看到的内容】")[2].partition("【如何答复】")[0]
    signs(office, reply, BOSS, "change: We apologise and send a new kettle.")

    assert "worker dismissed" in shown
    assert "We apologise" in to_customer(office)
    assert "worker dismissed" not in to_customer(office)


def test_measures_of_an_answer_that_came_back_are_not_told(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """They were read by the customer as the words were, and go with them."""
    set_process(office, review=Signing(by=(COORDINATOR,)), tell_measures=True)
    routed(office, make_raw)
    says(
        office, reply, "done\nto the customer: We are sorry.\ncorrective action: worker dismissed\n"
    )
    signs(office, reply, COORDINATOR, "return: say nothing about dismissals", REVIEW)
    office.later(minutes=2)
    says(office, reply, "done: We are sorry and send a new kettle.", to=LetterName.RETURNED)
    signs(office, reply, COORDINATOR, "ok", REVIEW)

    assert "a new kettle" in to_customer(office)
    assert "worker dismissed" not in to_customer(office)


# ---------------------------------------------------------------- stop


def test_stop_holds_an_outcome_also_after_the_complainant_wrote_again(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The case is at work again already; the old outcome does not leave behind its back."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: OLD OUTCOME")
    writes_again(plain, reply, "By the way the lid is cracked as well and I am angry.")
    says(plain, reply, "stop", to=LetterName.ANSWER_NOTED)
    plain.later(minutes=20)
    plain.deliver()

    assert plain.case().status is Status.ROUTED
    assert "stopped" in plain.kinds()
    assert "OLD OUTCOME" not in to_customer(plain)
    assert letters(plain, QUALITY, LetterName.RETURNED)


def test_stop_is_refused_when_the_outcome_may_have_left(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The connection was lost after the last dot: nobody is told that nothing has left."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: OUT")
    noted = last(plain, QUALITY, LetterName.ANSWER_NOTED)
    lost = Delivery(state=DeliveryState.AMBIGUOUS, reply="connection lost after the dot")
    plain.tray.answers[CUSTOMER] = lost
    plain.later(minutes=16)
    deliver_one(plain.desk, plain.tray, now=plain.now)
    plain.tray.answers.clear()
    plain.take(reply(noted, "stop"))

    assert plain.case().status is Status.ANSWERED
    assert "stopped" not in plain.kinds()


def test_stop_is_refused_when_one_of_two_readers_may_have_the_outcome(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The customer's copy is on its way while the hotline's still waits: that is too late."""
    hotline = "hot@12345.example.com"
    set_process(plain, undo=timedelta(minutes=15))
    referrer = Referrer(key="hotline", names={"en": "12345", "zh": "12345"}, addresses=(hotline,))
    set_policy(plain, referrers={"hotline": referrer})
    passed_on = (
        "消费者反映：水壶漏水。\n\n---------- Forwarded message ---------\n"
        "From: Wang Fang <wang.fang@customer.example>\nDate: Mon, 23 Nov 2026\n"
        "Subject: The kettle leaks\nTo: x@12345.example.com\n\nThe kettle I bought leaks.\n"
    )
    plain.take(make_raw(passed_on, sender=hotline, subject="Fwd: The kettle leaks"))
    plain.deliver()
    says(plain, reply, "done: OUT")
    noted = last(plain, QUALITY, LetterName.ANSWER_NOTED)
    plain.later(minutes=16)
    lease = timedelta(minutes=5)
    with plain.desk.store.begin() as tx:
        row = tx.lease_letter(owner="other", now=plain.now, lease=lease)
        assert row is not None
        assert tx.mark_dot(row, now=plain.now, lease=lease)
    plain.take(reply(noted, "stop"))

    assert plain.case().status is Status.ANSWERED
    assert "stopped" not in plain.kinds()


# ---------------------------------------------------------------- what was said is kept


def test_an_answer_that_lacks_a_part_is_kept_until_that_part_comes(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The second reply brings the measure only; what the customer reads is that of the first."""
    set_process(plain, answer_needs=("cause", "corrective"))
    routed(plain, make_raw)
    says(plain, reply, "处理完成\n答复客户：我们给您换一台新的。\n原因：密封圈装反\n费用：50元")
    assert part(plain) is PartState.ASKED
    plain.later(minutes=1)
    says(plain, reply, "处理完成\n纠正措施：换供应商")

    assert "我们给您换一台新的" in to_customer(plain)
    with plain.desk.store.read() as tx:
        assert [one.text for one in tx.records(1) if one.kind == "cost"] == ["50元"]
        (done,) = tx.parts(1)
    assert done.report["cause"] == "密封圈装反"


def test_what_an_answer_repeats_is_entered_once(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The whole answer is sent again with what it lacked; its cost is no second cost."""
    set_process(plain, answer_needs=("cause",))
    routed(plain, make_raw)
    says(plain, reply, "处理完成\n答复客户：我们给您换新。\n费用：50元")
    plain.later(minutes=1)
    says(plain, reply, "处理完成\n答复客户：我们给您换新。\n费用：50元\n原因：装反")

    with plain.desk.store.read() as tx:
        assert [one.text for one in tx.records(1) if one.kind == "cost"] == ["50元"]
