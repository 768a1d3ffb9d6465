"""From the routed mail to the archive, by mail alone: what each person writes, and what follows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from cases.life import PartState
from cases.model import Category, Decision, LetterName, Matter, Status
from pipeline.chase import chase
from pipeline.save import save
from routing.deadlines import Limit
from routing.policy import Party, Policy
from routing.process import Objection, Process, Signing
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import letter_text as crlf_text

Reply = Callable[..., bytes]

CUSTOMER, QUALITY, LOGISTICS = (
    "wang.fang@customer.example",
    "quality@example.com",
    "logistics@example.com",
)
HEAD, COORDINATOR, BOSS = "qa-head@example.com", "desk-lead@example.com", "gm@example.com"
CARRIER = "claims@carrier.example"


def letter_text(mail: EmailMessage) -> str:
    """Return the plain text of a letter with the line ends of a test."""
    return crlf_text(mail).replace("\r\n", "\n")


def set_policy(office: Office, **changes: object) -> None:
    rules = office.desk.rules
    policy: Policy = replace(rules.policy, **changes)  # type: ignore[arg-type] # names of fields
    office.desk = replace(office.desk, rules=replace(rules, policy=policy))


def set_process(office: Office, **changes: object) -> None:
    plain = Process(silence=timedelta(days=7), **changes)  # type: ignore[arg-type] # as above
    set_policy(office, usual=plain, by_category={}, by_severity={})


@pytest.fixture
def plain(office: Office) -> Iterator[Office]:
    """Return an office whose process has no step but the answer."""
    set_process(office)
    yield office


def letters(office: Office, recipient: str, name: LetterName) -> list[EmailMessage]:
    """Return the letters of one name that somebody got."""
    office.deliver()
    found = office.tray.to(recipient)
    return [mail for mail in found if f".{name.value}." in str(mail["Message-ID"])]


def last(office: Office, recipient: str, name: LetterName) -> EmailMessage:
    found = letters(office, recipient, name)
    assert found, f"{recipient} got no {name.value}"
    return found[-1]


def routed(office: Office, make_raw: MakeRaw, text: str = "The kettle I bought leaks.\n") -> None:
    office.take(make_raw(text))
    office.deliver()


def says(office: Office, reply: Reply, text: str, *, to: LetterName = LetterName.ROUTED) -> None:
    """Let quality answer its letter."""
    office.take(reply(last(office, QUALITY, to), text))
    office.deliver()


def part(office: Office, number: int = 1) -> PartState:
    with office.desk.store.read() as tx:
        return tx.parts(number)[-1].state


def to_customer(office: Office) -> str:
    """Return every word the complainant was ever sent."""
    office.deliver()
    found = office.tray.to(CUSTOMER)
    return "\n".join(f"{m['Subject']}\n{letter_text(m)}{m.get_body(('html',))}" for m in found)


# ---------------------------------------------------------------- a department at work


def test_a_department_signs_for_a_case_with_a_person_and_a_date(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Who and when is kept, and told back; the complainant hears nothing of it (K057, K090)."""
    routed(plain, make_raw)
    says(plain, reply, "接受，李伟，11月26日")
    with plain.desk.store.read() as tx:
        (found,) = tx.parts(1)
    noted = letter_text(last(plain, QUALITY, LetterName.ANSWER_NOTED))

    assert (found.state, found.person) == (PartState.ACCEPTED, "李伟")
    assert found.promised_at is not None
    assert found.promised_at.astimezone(plain.desk.rules.policy.calendar.zone).day == 26
    assert "李伟" in noted
    assert len(plain.tray.to(CUSTOMER)) == 1


def test_only_the_part_for_the_complainant_leaves_the_house(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Cause, cost and liability stay inside, however the reply is laid out (leak guard)."""
    routed(plain, make_raw)
    says(
        plain,
        reply,
        "done\nCause: operator ZHANG forgot the seal\nTo the customer: We send you a new kettle.\n"
        "Cost: 40 EUR\nLiability: written warning for ZHANG\n",
    )
    told = to_customer(plain)

    assert "We send you a new kettle." in told
    for inside in ("ZHANG", "seal", "40 EUR", "warning"):
        assert inside not in told
    with plain.desk.store.read() as tx:
        kept = {record.kind: record for record in tx.records(1)}
    assert kept["cost"].text == "40 EUR"
    assert kept["liability"].restricted


def test_an_answer_without_a_needed_part_is_asked_for_and_may_be_completed(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What is missing is named; the next reply need only bring that (K006)."""
    set_process(plain, answer_needs=("cause", "corrective"))
    routed(plain, make_raw)
    says(plain, reply, "处理完成\n答复客户：我们给您换一台新的。\n原因：密封圈装反")
    asked = letter_text(last(plain, QUALITY, LetterName.HOW_TO_ANSWER))

    assert "纠正措施" in asked
    assert plain.case().status is Status.ROUTED
    assert len(plain.tray.to(CUSTOMER)) == 1


def test_a_complaint_that_is_not_upheld_is_explained(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """`invalid` with a reason tells the complainant why, never silence (K042)."""
    routed(plain, make_raw)
    says(plain, reply, "invalid: the kettle was not made by us, its plate names another maker")

    assert part(plain) is PartState.INVALID
    assert "not made by us" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))
    assert plain.case().status is Status.OUTCOME_SENT


def test_what_is_missing_is_asked_of_the_complainant_and_brought_to_the_department(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The part waits, the answer lets it go on (K038)."""
    routed(plain, make_raw)
    says(plain, reply, "need info: which batch is printed on the bottom?")
    asked = last(plain, CUSTOMER, LetterName.REQUEST_INFORMATION)

    assert "which batch is printed on the bottom?" in letter_text(asked)
    assert part(plain) is PartState.INFO
    plain.take(reply(asked, "It says 20240611A."))
    assert part(plain) is PartState.ACCEPTED
    assert "20240611A" in letter_text(last(plain, QUALITY, LetterName.FOLLOW_UP))


def test_a_measure_for_the_time_being_reaches_the_complainant_at_once(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """`interim` is told, the case stays with the department (K083)."""
    routed(plain, make_raw)
    says(plain, reply, "临时措施：请先不要使用这个水壶。")

    assert "请先不要使用" in letter_text(last(plain, CUSTOMER, LetterName.INTERIM))
    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)


def test_a_case_is_put_aside_with_a_reason_and_taken_up_again(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """`hold` needs a reason; `resume` ends it (T17)."""
    routed(plain, make_raw)
    says(plain, reply, "挂起")
    assert part(plain) is PartState.ASKED
    says(plain, reply, "挂起：配件下周才到")
    assert part(plain) is PartState.HELD
    says(plain, reply, "resume")
    assert part(plain) is PartState.ACCEPTED


def test_a_carrier_is_asked_and_its_answer_reaches_the_department_only(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The party outside learns nothing of the person, the complainant nothing of it (K044)."""
    carrier = Party(
        key="carrier", names={"zh": "承运商", "en": "Carrier"}, to=(CARRIER,), language="en"
    )
    set_policy(plain, parties={"carrier": carrier})
    routed(plain, make_raw)
    says(plain, reply, "ask → carrier: was the parcel dropped at your depot?")
    asked = last(plain, CARRIER, LetterName.EXTERNAL)

    assert part(plain) is PartState.EXTERNAL
    assert "was the parcel dropped" in letter_text(asked)
    assert "wang" not in f"{asked}".lower()
    plain.take(reply(asked, "Yes, on Tuesday. Our driver admits it."))
    assert "Our driver admits it" in letter_text(last(plain, QUALITY, LetterName.PARTY_ANSWERED))
    assert part(plain) is PartState.ACCEPTED
    assert "driver" not in to_customer(plain)


def test_a_stranger_in_the_name_of_a_carrier_changes_nothing(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Only the listed address speaks for a party outside; the rest is kept as evidence."""
    carrier = Party(key="carrier", names={"zh": "承运商"}, to=(CARRIER,), language="zh")
    set_policy(plain, parties={"carrier": carrier})
    routed(plain, make_raw)
    says(plain, reply, "询问 → 承运商：是否摔过？")
    asked = last(plain, CARRIER, LetterName.EXTERNAL)
    plain.take(reply(asked, "No.", sender="evil@elsewhere.example"))

    assert part(plain) is PartState.EXTERNAL
    assert plain.kinds()[-1] == "unverified_reply"


# ---------------------------------------------------------------- who must agree


def test_a_coordinator_sends_an_answer_back_and_accepts_the_next(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The reason reaches the department; nothing leaves before the coordinator agrees (K049)."""
    set_process(plain, review=Signing(by=(COORDINATOR,)))
    routed(plain, make_raw)
    says(plain, reply, "done: we are sorry")
    request = last(plain, COORDINATOR, LetterName.REVIEW_REQUEST)

    assert plain.case().status is Status.IN_REVIEW
    assert "we are sorry" in letter_text(request)
    plain.take(reply(request, "退回：没有说明原因"))
    back = last(plain, QUALITY, LetterName.RETURNED)
    assert "没有说明原因" in letter_text(back)
    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)
    plain.later(minutes=5)
    plain.take(reply(back, "done: the seal was worn, you get a new kettle"))
    plain.take(reply(last(plain, COORDINATOR, LetterName.REVIEW_REQUEST), "ok"))
    outcome = letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))
    assert "the seal was worn" in outcome
    assert "we are sorry" not in outcome
    assert plain.case().status is Status.OUTCOME_SENT


def test_nothing_leaves_without_each_approval(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Two approvers, one after the other; who and when is on record (K020)."""
    set_process(plain, approval=(Signing(by=(HEAD,)), Signing(by=(BOSS,))))
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    assert letters(plain, BOSS, LetterName.APPROVAL_REQUEST) == []
    plain.take(reply(last(plain, HEAD, LetterName.APPROVAL_REQUEST), "同意"))
    assert len(plain.tray.to(CUSTOMER)) == 1
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "yes"))

    assert "you get a new kettle" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))
    approvals = [event.actor for event in plain.events() if event.kind == "approved"]
    assert approvals == [f"approver:{HEAD}", f"approver:{BOSS}"]


def test_an_approver_changes_the_words(plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """The complainant gets the approver's text, not the department's."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: no way")
    plain.take(
        reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "改为：我们为您免费更换，下周送到。")
    )
    told = to_customer(plain)

    assert "我们为您免费更换" in told
    assert "no way" not in told


def test_the_second_refusal_is_a_disagreement_and_goes_up(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """After the first `no` the department tries again; after the second management decides."""
    set_process(plain, approval=(Signing(by=(HEAD,)),))
    set_policy(plain, management=(BOSS,))
    routed(plain, make_raw)
    for number in (1, 2):
        says(plain, reply, f"done: no new kettle, reason {number}", to=LetterName.ROUTED)
        plain.later(hours=1)
        request = last(plain, HEAD, LetterName.APPROVAL_REQUEST)
        plain.take(reply(request, f"no: too hard on the customer ({number})"))

    assert "too hard on the customer (2)" in letter_text(last(plain, BOSS, LetterName.ESCALATION))
    assert plain.case().level == 2
    assert len(plain.tray.to(CUSTOMER)) == 1
    says(plain, reply, "done: no new kettle, reason 3")
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "change: You get a new one."))
    assert "You get a new one." in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))


def test_without_top_management_the_supervisors_decide(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Whoever is told of a disagreement can end it (T20)."""
    set_process(plain, approval=(Signing(by=(HEAD,)),))
    set_policy(plain, management=())
    (supervisor, *_) = plain.desk.rules.policy.supervisors
    routed(plain, make_raw)
    for number in (1, 2):
        says(plain, reply, f"done: no new kettle, reason {number}")
        plain.later(hours=1)
        plain.take(reply(last(plain, HEAD, LetterName.APPROVAL_REQUEST), f"no: again ({number})"))
    says(plain, reply, "done: you get a new kettle")
    plain.take(reply(last(plain, supervisor, LetterName.APPROVAL_REQUEST), "yes"))

    assert "you get a new kettle" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))


def test_only_those_who_are_asked_can_approve(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A forwarded request answered by somebody else is evidence, no approval."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    request = last(plain, BOSS, LetterName.APPROVAL_REQUEST)
    plain.take(reply(request, "yes", sender=QUALITY))

    assert plain.case().status is Status.IN_APPROVAL
    assert plain.kinds()[-1] == "unverified_reply"


def test_an_outcome_can_be_stopped_before_it_leaves(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """For fifteen minutes `stop` holds it; nothing reaches the complainant (design 7.6)."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: to the wrong customer")
    noted = last(plain, QUALITY, LetterName.ANSWER_NOTED)
    plain.later(minutes=14)
    plain.take(reply(noted, "停止"))
    plain.later(hours=1)
    plain.deliver()

    assert letters(plain, CUSTOMER, LetterName.OUTCOME) == []
    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)
    plain.take(reply(last(plain, QUALITY, LetterName.RETURNED), "done: to the right one"))
    plain.later(minutes=16)
    assert "to the right one" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))


def test_a_stop_that_comes_too_late_says_so(plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Once the outcome has left, `stop` is answered, not obeyed."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    noted = last(plain, QUALITY, LetterName.ANSWER_NOTED)
    plain.later(minutes=16)
    plain.deliver()
    plain.take(reply(noted, "stop"))

    assert plain.case().status is Status.OUTCOME_SENT
    assert len(letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)) == 1


# ---------------------------------------------------------------- the complainant


def test_the_complainant_agrees_to_a_plan_before_it_is_carried_out(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Plan, consent, execution, outcome; each in its own letter (K066)."""
    set_process(plain, plan=True)
    routed(plain, make_raw)
    says(plain, reply, "done: we would exchange the kettle next week")
    plan = last(plain, CUSTOMER, LetterName.PLAN)

    assert plain.case().status is Status.PLAN_OFFERED
    plain.take(reply(plan, "I agree"))
    assert plain.case().status is Status.EXECUTING
    plain.take(reply(last(plain, QUALITY, LetterName.CARRY_OUT), "carried out"))
    assert "exchange the kettle" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))
    assert plain.case().status is Status.OUTCOME_SENT


def test_a_complainant_who_disagrees_with_a_plan_sends_it_back(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The objection reaches the department in the complainant's words."""
    set_process(plain, plan=True)
    routed(plain, make_raw)
    says(plain, reply, "done: we would repair it")
    plain.take(
        reply(last(plain, CUSTOMER, LetterName.PLAN), "我不同意：已经修过两次了，我要退款。")
    )

    assert "已经修过两次了" in letter_text(last(plain, QUALITY, LetterName.RETURNED))
    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)


@pytest.mark.parametrize("words", ["solved", "已经解决了，谢谢！", "5", "满意度：5分"])
def test_a_word_of_the_complainant_closes_the_case(
    words: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """By one word or one number, without waiting for silence (K046, K019)."""
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), words))

    assert plain.case().status is Status.CLOSED
    assert plain.case().closed_at == plain.now


@pytest.mark.parametrize(
    "words", ["still broken", "没有解决", "不满意", "It was not solved at all."]
)
def test_words_of_discontent_open_the_case_again(
    words: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department has it again, with its earlier answer (K056)."""
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    plain.later(days=1)
    plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), words))

    assert (plain.case().status, plain.case().round) == (Status.ROUTED, 2)
    assert "you get a new kettle" in letter_text(last(plain, QUALITY, LetterName.ROUTED))


def test_silence_settles_the_case_and_the_archive_follows(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Seven days, then closed; thirty more, then archived; once (T25, T30)."""
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    plain.later(days=6, hours=23)
    chase(plain.desk, now=plain.now)
    assert plain.case().status is Status.OUTCOME_SENT
    plain.later(days=3)
    for _ in range(3):
        chase(plain.desk, now=plain.now)
    assert plain.case().status is Status.CLOSED
    plain.later(days=33)
    chase(plain.desk, now=plain.now)
    assert plain.case().status is Status.ARCHIVED
    assert plain.kinds().count("closed") == 1


def test_how_it_stands_is_answered_from_the_case(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A mere question costs nobody any work; the department is not bothered (K084)."""
    routed(plain, make_raw)
    acknowledgement = last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    plain.take(reply(acknowledgement, "请问我的投诉进展如何？"))

    assert len(letters(plain, CUSTOMER, LetterName.STATUS)) == 1
    assert letters(plain, QUALITY, LetterName.FOLLOW_UP) == []


def test_a_bad_mark_is_told_to_the_supervisors(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """1 or 2 of 5 is kept and goes up (K098)."""
    routed(plain, make_raw)
    says(plain, reply, "done: you get a new kettle")
    plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), "1"))

    assert len(letters(plain, "supervisor@example.com", LetterName.ESCALATION)) == 1
    with plain.desk.store.read() as tx:
        assert [r.text for r in tx.records(1) if r.kind == "satisfaction"] == ["1"]


@pytest.mark.parametrize(
    ("way", "status"),
    [(Objection.MANAGEMENT, Status.ROUTED), (Objection.DISPUTE, Status.DISPUTE)],
)
def test_a_second_objection_goes_up(
    way: Objection, status: Status, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """First the departments again, then the way the process names (X16)."""
    set_process(plain, objections=(Objection.REOPEN, way))
    set_policy(plain, management=(BOSS,))
    routed(plain, make_raw)
    for number in (1, 2):
        says(plain, reply, f"done: answer {number}")
        plain.later(days=1)
        plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), f"没有解决（{number}）"))

    assert (plain.case().status, plain.case().level) == (status, 2)
    assert len(letters(plain, BOSS, LetterName.ESCALATION)) == 1


def test_an_outcome_can_be_final_and_is_then_only_explained(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Where the process says so, an objection gets the explanation once more (P71)."""
    set_process(plain, objections=(Objection.EXPLAIN,))
    routed(plain, make_raw)
    says(plain, reply, "invalid: limescale is no defect")
    plain.take(reply(last(plain, CUSTOMER, LetterName.OUTCOME), "不满意，这就是质量问题。"))

    assert plain.case().status is Status.OUTCOME_SENT
    assert len(letters(plain, CUSTOMER, LetterName.OUTCOME)) == 2


def test_what_nobody_has_seen_opens_even_a_final_outcome_again(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The explanation asks for photos and documents, so somebody looks at them (K042, K056)."""
    set_process(plain, objections=(Objection.EXPLAIN,))
    routed(plain, make_raw)
    says(plain, reply, "invalid: limescale is no defect")
    objection = reply(last(plain, CUSTOMER, LetterName.OUTCOME), "不满意，请看照片。")
    mail = message_from_bytes(objection, policy=SMTP)
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="crack.jpg")
    plain.take(mail.as_bytes())

    assert (plain.case().status, plain.case().round) == (Status.ROUTED, 2)
    assert "crack.jpg" in letter_text(last(plain, QUALITY, LetterName.ROUTED))


# ---------------------------------------------------------------- several, away, accused


def test_each_department_answers_its_part_and_the_last_one_lets_the_outcome_leave(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """One outcome with both answers; the first department is told who is still missing (K024)."""
    routed(plain, make_raw)
    with plain.desk.store.begin() as tx:
        case = tx.case(1)
        assert case is not None
        tx.save_case(replace(case, departments=("quality", "delivery")))
    says(plain, reply, "done: the seal was worn")
    assert plain.case().status is Status.ROUTED
    assert "物流部" in letter_text(last(plain, QUALITY, LetterName.ANSWER_NOTED))
    assert len(plain.tray.to(CUSTOMER)) == 1


def test_out_of_office_brings_the_case_to_the_deputy(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Once, with the whole case; the deputy's word counts (K080)."""
    departments = dict(plain.desk.rules.policy.departments)
    departments["quality"] = replace(departments["quality"], deputies=("qa2@example.com",))
    set_policy(plain, departments=departments)
    routed(plain, make_raw)
    away = reply(last(plain, QUALITY, LetterName.ROUTED), "I am away until Monday.")
    marked = away.replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version", 1)
    plain.take(marked)
    plain.take(marked.replace(b"until Monday", b"until Tuesday"))
    (letter,) = letters(plain, "qa2@example.com", LetterName.ROUTED)

    assert QUALITY in letter_text(letter)
    plain.take(reply(letter, "done: you get a new kettle"))
    assert plain.case().status is Status.ANSWERED
    assert plain.case().category is Category.QUALITY


def test_whoever_is_accused_neither_gets_nor_decides_the_case(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The head of service is named: the stand-in handles it, and the head's word counts nothing."""
    departments = dict(plain.desk.rules.policy.departments)
    departments["service"] = replace(
        departments["service"],
        people={"Chen Gang": "cs-head@example.com", "陈刚": "cs-head@example.com"},
        stand_in="quality",
    )
    set_policy(plain, departments=departments)
    routed(plain, make_raw, "Chen Gang was so rude to me on the phone.\n")
    office_case = plain.case()

    assert office_case.departments == ("quality",)
    assert plain.tray.to("cs-head@example.com") == []
    letter = last(plain, QUALITY, LetterName.ROUTED)
    plain.take(reply(letter, "done: she was not rude", sender="cs-head@example.com"))
    assert plain.case().status is Status.ROUTED
    assert letters(plain, CUSTOMER, LetterName.OUTCOME) == []


def test_whoever_signs_in_place_of_the_accused_is_listened_to(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The approver is named in the complaint: management is asked, and its yes counts (K079)."""
    departments = dict(plain.desk.rules.policy.departments)
    departments["service"] = replace(departments["service"], people={"Chen Gang": COORDINATOR})
    set_policy(plain, departments=departments, management=(BOSS,))
    set_process(plain, approval=(Signing(by=(COORDINATOR,)),))
    routed(plain, make_raw, "Chen Gang sold me a kettle that leaks.\n")
    says(plain, reply, "done: you get a new one")

    assert letters(plain, COORDINATOR, LetterName.APPROVAL_REQUEST) == []
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "yes"))
    assert plain.case().status is Status.ANSWERED


def test_a_second_answer_within_the_limit_is_no_new_reminder(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Who signed in time is not reminded to sign."""
    set_process(
        plain, accept_within=Limit.parse("4 working hours"), remind_before=Limit.parse("1 hour")
    )
    routed(plain, make_raw)
    says(plain, reply, "accept, Li Wei")
    plain.later(hours=6)
    chase(plain.desk, now=plain.now)
    plain.deliver()

    assert letters(plain, QUALITY, LetterName.REMINDER) == []


def test_somebody_without_an_address_is_told_by_a_person(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The outcome goes to whoever calls, word for word, and the case is not stuck (K052)."""
    plain.take(make_raw("The kettle I bought leaks. Phone 13800138000.\n", sender="Wang"))
    plain.deliver()
    says(plain, reply, "done: you get a new kettle")
    task = last(plain, "supervisor@example.com", LetterName.TASK)

    assert "you get a new kettle" in letter_text(task)
    assert plain.case().status is Status.OUTCOME_SENT
    plain.take(reply(task, "已联系：她很满意"))
    with plain.desk.store.read() as tx:
        assert [r.text for r in tx.records(1) if r.kind == "contact"] == ["她很满意"]


def test_what_was_agreed_on_and_cannot_be_done_goes_back(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The departments look for another way, and the complainant is asked again."""
    set_process(plain, plan=True)
    routed(plain, make_raw)
    says(plain, reply, "done: we would exchange the kettle next week")
    plain.take(reply(last(plain, CUSTOMER, LetterName.PLAN), "I agree"))
    plain.take(reply(last(plain, QUALITY, LetterName.CARRY_OUT), "不行：这款已停产"))

    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)
    plain.later(minutes=1)
    says(plain, reply, "done: we would pay the price back")
    assert "pay the price back" in letter_text(last(plain, CUSTOMER, LetterName.PLAN))


def test_praise_ends_by_itself(plain: Office, make_raw: MakeRaw) -> None:
    """Nothing has to be done about it, so nothing stays open."""
    plain.take(make_raw("How do I thank you? Everything was great.\n"))
    with plain.desk.store.begin() as tx:
        case = tx.case(1)
        assert case is not None
        save(
            tx,
            plain.desk,
            replace(case, matter=Matter.PRAISE),
            Decision(moves=(), events=(), letters=()),
            key="test",
            now=plain.now,
        )
    plain.later(days=7)
    chase(plain.desk, now=plain.now)

    assert plain.case().status is Status.CLOSED


def test_a_mail_that_raises_the_severity_says_why(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Whoever opens the case sees since when it is serious, and by which words; else nothing."""
    routed(plain, make_raw)
    receipt = last(plain, CUSTOMER, LetterName.ACKNOWLEDGEMENT)
    plain.take(reply(receipt, "I bought it at the station."))
    assert plain.case().severity != "serious"
    plain.take(reply(receipt, "Now it caught fire and my hand was burnt."))
    harmless, danger = (e for e in plain.events() if e.kind == "complainant_wrote")

    assert plain.case().severity == "serious"
    assert harmless.reasons == ()
    assert any("caught fire" in reason for reason in danger.reasons)


def test_words_that_were_stopped_never_leave(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """An answer that brings no new words is asked for them; the old ones are gone (leak guard)."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: to the wrong customer")
    plain.take(reply(last(plain, QUALITY, LetterName.ANSWER_NOTED), "stop"))
    plain.later(minutes=1)
    says(plain, reply, "done\nCause: a worn seal", to=LetterName.RETURNED)
    plain.later(hours=1)
    plain.deliver()

    assert letters(plain, CUSTOMER, LetterName.OUTCOME) == []
    assert len(letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)) == 1


def test_words_said_after_the_approval_do_not_leave(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What the approver read is what the complainant reads, whatever `carried out` adds."""
    set_process(plain, plan=True, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: a new kettle next week")
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), "yes"))
    plain.take(reply(last(plain, CUSTOMER, LetterName.PLAN), "I agree"))
    carried = "carried out\nTo the customer: and a thousand euros"
    plain.take(reply(last(plain, QUALITY, LetterName.CARRY_OUT), carried))

    assert "a new kettle next week" in letter_text(last(plain, CUSTOMER, LetterName.OUTCOME))
    assert "thousand" not in to_customer(plain)
