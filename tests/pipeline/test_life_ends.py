"""How a case comes to its end, or does not get stuck before it: by mail, by command, by clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.life import PartState
from cases.model import Category, LetterName, Status
from cases.outgoing import Delivery, DeliveryState
from pipeline.by_hand import withdraw
from pipeline.chase import chase
from pipeline.correct import correct_case
from pipeline.handed_in import Note, as_mail
from pipeline.poll import take_in
from routing.choices import Choice
from routing.deadlines import Limit
from routing.process import Capa, CapaRule, Objection, Signing
from routing.rules import Condition, Effect, Rule
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.test_life import (
    BOSS,
    COORDINATOR,
    CUSTOMER,
    HEAD,
    LOGISTICS,
    QUALITY,
    Reply,
    last,
    letter_text,
    letters,
    part,
    plain,
    routed,
    says,
    set_policy,
    set_process,
    to_customer,
)
from tests.pipeline.test_lookups import bounce_of

__all__ = ["plain"]  # a fixture

REF = "C-2026-000001"
SUPERVISOR = "supervisor@example.com"
#: A case is reopened no longer than the decision lasts that reopens it.
LASTING = [status for status in Status if status is not Status.REOPENED]


def customer(office: Office, reply: Reply, text: str, to: LetterName = LetterName.OUTCOME) -> None:
    office.take(reply(last(office, CUSTOMER, to), text))
    office.deliver()


def correct(office: Office, category: Category | None) -> None:
    correct_case(office.desk, REF, Choice(category=category), by="li", now=office.now)


def days_pass(office: Office, days: int) -> None:
    """Let the clocks ring day by day."""
    for _ in range(days):
        office.later(days=1)
        chase(office.desk, now=office.now)
        office.deliver()


def with_two_departments(office: Office, make_raw: MakeRaw) -> None:
    """Register a case that quality and delivery have."""
    both = Effect(departments=("quality", "delivery"))
    rule = Rule(name="both", when=Condition(category=(Category.QUALITY,)), then=both)
    set_policy(office, rules=(rule,))
    routed(office, make_raw)
    assert office.case().departments == ("quality", "delivery")


def by_phone(office: Office) -> None:
    """Register the complaint of somebody who left a number and no address."""
    note = Note(
        channel="phone",
        name="Mr Li",
        contact="13800001111",
        text="The kettle I bought leaks.",
        taken_by="Zhao",
        at=office.now,
    )
    data = as_mail(note, to="complaints@example.com")
    take_in(office.desk, data, now=office.now)
    office.process()
    office.deliver()


# ---------------------------------------------------------------- a case changes hands


def test_a_supervisor_may_move_a_case_that_is_being_reviewed(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The answer under review is given back and the case goes where the supervisor said."""
    set_process(office, review=Signing(by=(COORDINATOR,)))
    set_policy(office, unsure_below=0.99, unsure_ask=(SUPERVISOR,))
    routed(office, make_raw)
    asked = last(office, SUPERVISOR, LetterName.DECISION_NEEDED)
    office.take(reply(asked, "A"))
    says(office, reply, "done: THE FIRST ANSWER")
    assert office.case().status is Status.IN_REVIEW

    (handled,) = office.take(reply(asked, "C"))

    assert handled.outcome == "joined"
    assert office.case().status is Status.ROUTED
    assert office.case().departments != ("quality",)
    assert letters(office, QUALITY, LetterName.MOVED_ON)
    assert "THE FIRST ANSWER" not in to_customer(office)


@pytest.mark.parametrize("category", [Category.DELIVERY, None])
@pytest.mark.parametrize("status", LASTING)
def test_a_correction_never_breaks_a_case(
    office: Office, make_raw: MakeRaw, status: Status, category: Category | None
) -> None:
    """Whatever its status is, the operator may say what a case is about (`cases correct`)."""
    routed(office, make_raw)
    with office.desk.store.begin() as tx:
        tx.save_case(replace(office.case(), status=status))
    correct(office, category)

    assert "corrected" in office.kinds()


def test_a_correction_to_the_same_department_leaves_its_review_alone(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Only what it is called changes; the reviewer's word still counts."""
    set_process(office, review=Signing(by=(COORDINATOR,)))
    routed(office, make_raw)
    says(office, reply, "done: sorry")
    policy = office.desk.rules.policy
    entry = policy.categories[Category.DELIVERY]
    moved = {**policy.categories, Category.DELIVERY: replace(entry, department="quality")}
    set_policy(office, categories=moved)
    correct(office, Category.DELIVERY)

    assert (office.case().status, office.case().category) == (Status.IN_REVIEW, Category.DELIVERY)


def test_a_case_under_review_finds_a_home_when_its_department_is_renamed(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The complainant's next mail brings it to whoever has such cases now."""
    set_process(office, review=Signing(by=(COORDINATOR,)))
    routed(office, make_raw)
    says(office, reply, "done: sorry")
    policy = office.desk.rules.policy
    names = {key: "qa2" if key == "quality" else key for key in policy.departments}
    departments = {names[k]: replace(d, key=names[k]) for k, d in policy.departments.items()}
    categories = {
        k: replace(c, department=names[c.department]) for k, c in policy.categories.items()
    }
    set_policy(office, departments=departments, categories=categories)
    customer(office, reply, "My order number is SO12345678.", LetterName.ACKNOWLEDGEMENT)

    assert (office.case().status, office.case().departments) == (Status.ROUTED, ("qa2",))


def test_a_dispute_may_turn_out_to_be_no_complaint(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A person says what it is, in a dispute too."""
    set_process(plain, objections=(Objection.DISPUTE,))
    routed(plain, make_raw)
    says(plain, reply, "done: X")
    customer(plain, reply, "It is still broken.")
    assert plain.case().status is Status.DISPUTE
    correct(plain, None)

    assert plain.case().status is Status.NOT_A_COMPLAINT


def test_a_department_may_say_in_a_dispute_that_it_is_not_theirs(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """It stays a dispute, and a supervisor is asked whose it is."""
    set_process(plain, objections=(Objection.DISPUTE,))
    set_policy(plain, unsure_ask=(SUPERVISOR,))
    routed(plain, make_raw)
    says(plain, reply, "done: X")
    customer(plain, reply, "It is still broken.")
    says(plain, reply, "not ours")

    assert (plain.case().status, plain.case().departments) == (Status.DISPUTE, ())
    assert letters(plain, SUPERVISOR, LetterName.DECISION_NEEDED)
    days_pass(plain, 3)
    assert plain.case().status is Status.DISPUTE
    assert plain.case().departments not in ((), ("quality",))


@pytest.mark.parametrize("state", [PartState.ASKED, PartState.ANSWERED])
@pytest.mark.parametrize("status", LASTING)
def test_no_mail_is_set_aside_whatever_state_a_case_is_in(
    office: Office, make_raw: MakeRaw, reply: Reply, status: Status, state: PartState
) -> None:
    """Any word of anybody does something, or is kept; no move that the tables lack is tried."""
    set_process(office, plan=True, plan_within=Limit.parse("3 days"))
    set_policy(office, unsure_below=0.99, unsure_ask=(SUPERVISOR,))
    routed(office, make_raw)
    asked = last(office, SUPERVISOR, LetterName.DECISION_NEEDED)
    office.take(reply(asked, "A"))
    task, receipt = last(office, QUALITY, LetterName.ROUTED), office.tray.to(CUSTOMER)[0]
    case = office.case()
    with office.desk.store.read() as tx:
        (share,) = tx.parts(1)
    words = ("not ours", "not ours → delivery", "done: X", "invalid: X", "hold: X", "no: X")
    mails = [reply(task, text) for text in (*words, "stop", "carried out", "reached: fine")]
    mails += [reply(asked, letter) for letter in "BN"]
    mails += [reply(receipt, text) for text in ("I agree", "solved", "5", "It burnt my hand.")]
    for mail in mails:
        with office.desk.store.begin() as tx:
            tx.save_case(replace(case, status=status, outcome_at=office.now))
            tx.save_parts(1, (replace(share, state=state),))
        (handled,) = office.take(mail)
        assert (handled.outcome, handled.why) in (("joined", ""), ("case", ""))
        office.later(minutes=1)


# ---------------------------------------------------------------- only settled departments left


@pytest.mark.parametrize("words", ["not ours", "not ours → quality"])
def test_the_outcome_leaves_when_the_last_open_department_steps_back(
    plain: Office, make_raw: MakeRaw, reply: Reply, words: str
) -> None:
    """Nobody is left who would ever answer, so the answers that are there lead on."""
    with_two_departments(plain, make_raw)
    says(plain, reply, "done: We replace the kettle.")
    assert plain.case().status is Status.ROUTED
    plain.take(reply(last(plain, LOGISTICS, LetterName.ROUTED), words))

    assert "We replace the kettle." in to_customer(plain)
    assert plain.case().status is Status.OUTCOME_SENT


def test_a_case_corrected_to_whoever_has_answered_is_reviewed_at_once(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """It goes on as if the last department had answered, with the review that the rules want."""
    set_process(plain, review=Signing(by=(COORDINATOR,)))
    with_two_departments(plain, make_raw)
    says(plain, reply, "done: We replace the kettle.")
    set_policy(plain, rules=())
    correct(plain, Category.QUALITY)

    assert plain.case().status is Status.IN_REVIEW
    assert len(letters(plain, COORDINATOR, LetterName.REVIEW_REQUEST)) == 1


# ---------------------------------------------------------------- plans


def test_a_counter_proposal_is_no_silence(plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Whoever writes something else than yes has not agreed; the departments answer it (K066)."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    wish = "I would rather have my money back, a third repair is pointless for me."
    customer(plain, reply, wish, LetterName.PLAN)

    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)
    assert wish in letter_text(last(plain, QUALITY, LetterName.RETURNED))
    days_pass(plain, 5)
    assert "agreed" not in plain.kinds()


def test_a_no_to_a_plan_counts_without_a_thread(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A yes wants a proof of who wrote; a new mail with the number in its subject stops it."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    for words, status in (("I agree", Status.PLAN_OFFERED), ("I don't agree", Status.ROUTED)):
        plain.take(
            make_raw(f"{words}\n", subject=f"About {REF}", message_id=f"{words[2]}@c.example")
        )
        assert plain.case().status is status


@pytest.mark.parametrize("words", ["Thank you.", "When will I hear from you?"])
def test_thanks_and_a_mere_question_leave_the_plan_open(
    plain: Office, make_raw: MakeRaw, reply: Reply, words: str
) -> None:
    """Neither a yes nor a no."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    customer(plain, reply, words, LetterName.PLAN)

    assert plain.case().status is Status.PLAN_OFFERED


def test_a_department_takes_its_plan_back_for_another(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The new plan is offered, with a time of its own to agree."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    plain.later(days=2)
    says(plain, reply, "done: you get your money back")

    assert plain.case().status is Status.PLAN_OFFERED
    assert "money back" in letter_text(last(plain, CUSTOMER, LetterName.PLAN))
    days_pass(plain, 2)
    assert plain.case().status is Status.PLAN_OFFERED
    days_pass(plain, 3)
    assert plain.case().status is Status.EXECUTING


@pytest.mark.parametrize(
    ("words", "state"),
    [("hold: the part is not to be had", PartState.HELD), ("no: wrong kettle", PartState.ACCEPTED)],
)
def test_a_department_takes_its_plan_back_for_none(
    plain: Office, make_raw: MakeRaw, reply: Reply, words: str, state: PartState
) -> None:
    """Silence agrees to nothing that is not offered any more."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    says(plain, reply, "done: we repair it")
    says(plain, reply, words)

    assert (plain.case().status, part(plain)) == (Status.ROUTED, state)
    days_pass(plain, 5)
    assert "agreed" not in plain.kinds()


def test_a_department_that_found_it_unjustified_carries_nothing_out(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Only who promised something does it, and the outcome waits for nobody else."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    with_two_departments(plain, make_raw)
    says(plain, reply, "done: we replace it")
    asked = last(plain, LOGISTICS, LetterName.ROUTED)
    plain.take(reply(asked, "invalid: the carrier is not to blame"))
    customer(plain, reply, "I agree", LetterName.PLAN)

    assert not letters(plain, LOGISTICS, LetterName.CARRY_OUT)
    says(plain, reply, "carried out", to=LetterName.CARRY_OUT)
    assert plain.case().status is Status.OUTCOME_SENT


# ---------------------------------------------------------------- nobody to write to


def test_who_has_no_address_agrees_to_no_plan(plain: Office, reply: Reply) -> None:
    """No letter can ask them, so a person tells them what is done (K052)."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    by_phone(plain)
    says(plain, reply, "done: we repair it")
    task = letter_text(last(plain, SUPERVISOR, LetterName.TASK))

    assert "we repair it" in task
    assert plain.case().status is Status.OUTCOME_SENT
    assert "agreed" not in plain.kinds()


@pytest.mark.parametrize("words", ["need info: which batch?", "interim: which batch? Unplug it."])
def test_who_has_no_address_is_asked_by_the_department_itself(
    plain: Office, reply: Reply, words: str
) -> None:
    """It hears that nothing was sent and what to ask; the case stays with it (K052)."""
    by_phone(plain)
    says(plain, reply, words)
    task = letter_text(last(plain, QUALITY, LetterName.TASK))

    assert "which batch?" in task
    assert part(plain) is PartState.ACCEPTED
    says(plain, reply, "done: we repair it", to=LetterName.TASK)
    assert plain.case().status is Status.OUTCOME_SENT


def test_a_spoken_complaint_without_an_address_is_worked_on(plain: Office) -> None:
    """Even where only written ones count: nobody could ask them to write (K093)."""
    set_process(plain, oral_counts=False)
    by_phone(plain)

    assert plain.case().status is Status.ROUTED
    assert letters(plain, QUALITY, LetterName.ROUTED)


# ---------------------------------------------------------------- the outcome is known, or not


def test_a_call_settles_what_needs_a_word(plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Silence closes nothing here; that all is well was heard on the phone (K046)."""
    set_process(plain, confirm_needed=True)
    set_policy(plain, management=(BOSS,))
    routed(plain, make_raw)
    says(plain, reply, "done: we replaced it")
    days_pass(plain, 8)
    assert plain.case().status is Status.OUTCOME_SENT
    plain.take(reply(last(plain, BOSS, LetterName.TASK), "reached: she says all is fine"))

    assert plain.case().status is Status.CLOSED


def test_a_call_in_which_it_still_leaks_settles_nothing(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The supervisors hear of it (K098)."""
    set_process(plain, confirm_needed=True)
    set_policy(plain, management=(BOSS,))
    routed(plain, make_raw)
    says(plain, reply, "done: we replaced it")
    days_pass(plain, 8)
    plain.take(reply(last(plain, BOSS, LetterName.TASK), "reached: it is not solved, it leaks"))

    assert plain.case().status is Status.OUTCOME_SENT
    assert "not solved" in letter_text(last(plain, SUPERVISOR, LetterName.ESCALATION))


def test_a_call_in_vain_twice_is_told_to_the_supervisors(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Nothing rings after that, so a person decides, and may close the case (K099)."""
    set_process(plain, confirm_needed=True)
    set_policy(plain, management=(BOSS,))
    routed(plain, make_raw)
    says(plain, reply, "done: we replaced it")
    days_pass(plain, 8)
    asked = last(plain, BOSS, LetterName.TASK)
    plain.take(reply(asked, "not reached"))
    assert not letters(plain, SUPERVISOR, LetterName.ALERT)
    plain.take(reply(asked, "not reached: nobody there"))

    assert "联系不上客户" in str(last(plain, SUPERVISOR, LetterName.ALERT)["Subject"])
    found = withdraw(plain.desk, REF, reason="not reached", by="li", now=plain.now)
    assert found is not None
    assert found[1].status is Status.CLOSED


def test_an_outcome_that_came_back_is_not_settled_by_silence(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Who never read it can't object: a person tells them, and then the time begins (F64)."""
    routed(plain, make_raw)
    says(plain, reply, "done: we replace it")
    plain.later(minutes=5)
    plain.take(bounce_of(last(plain, CUSTOMER, LetterName.OUTCOME)))
    task = last(plain, SUPERVISOR, LetterName.TASK)
    assert "we replace it" in letter_text(task)
    assert "未能送达" in str(last(plain, SUPERVISOR, LetterName.ALERT)["Subject"])
    days_pass(plain, 8)
    assert plain.case().status is Status.OUTCOME_SENT

    plain.take(reply(task, "reached: told him"))
    days_pass(plain, 6)
    assert plain.case().status is Status.OUTCOME_SENT
    days_pass(plain, 2)
    assert plain.case().status is Status.CLOSED


def test_an_outcome_that_no_server_takes_is_told_by_a_person(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The case goes on instead of waiting for a letter that never leaves."""
    routed(plain, make_raw)
    refused = Delivery(state=DeliveryState.PERMANENT, reply="550 no such user")
    plain.tray.answers[CUSTOMER] = refused
    says(plain, reply, "done: we replace it")
    task = last(plain, SUPERVISOR, LetterName.TASK)

    assert plain.case().status is Status.OUTCOME_SENT
    assert "we replace it" in letter_text(task)
    days_pass(plain, 8)
    assert plain.case().status is Status.OUTCOME_SENT
    plain.take(reply(task, "reached: told him"))
    days_pass(plain, 8)
    assert plain.case().status is Status.CLOSED


@pytest.mark.parametrize("refused", [True, False])
def test_a_plan_that_did_not_arrive_is_not_agreed_to_by_silence(
    plain: Office, make_raw: MakeRaw, reply: Reply, *, refused: bool
) -> None:
    """The departments get it back, and who gets no mail is not asked by mail again (K066)."""
    set_process(plain, plan=True, plan_within=Limit.parse("3 days"))
    routed(plain, make_raw)
    if refused:
        no_user = Delivery(state=DeliveryState.PERMANENT, reply="550 no such user")
        plain.tray.answers[CUSTOMER] = no_user
    says(plain, reply, "done: we replace it")
    if not refused:
        plain.take(bounce_of(last(plain, CUSTOMER, LetterName.PLAN)))
    assert (plain.case().status, part(plain)) == (Status.ROUTED, PartState.ACCEPTED)
    days_pass(plain, 5)
    assert "agreed" not in plain.kinds()

    says(plain, reply, "done: we replace it", to=LetterName.RETURNED)
    assert plain.case().status is Status.OUTCOME_SENT
    assert bool(letters(plain, SUPERVISOR, LetterName.TASK)) is refused


# ---------------------------------------------------------------- closed by hand, or by new rules


def test_an_outcome_that_waits_does_not_leave_once_the_case_is_closed(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The complainant took it back in time (K002)."""
    set_process(plain, undo=timedelta(minutes=15))
    routed(plain, make_raw)
    says(plain, reply, "done: we replace it")
    assert plain.case().status is Status.ANSWERED
    withdraw(plain.desk, REF, reason="taken back", by="li", now=plain.now)
    plain.later(hours=1)

    assert "we replace it" not in to_customer(plain)
    assert plain.case().status is Status.CLOSED


@pytest.mark.parametrize("status", [Status.OUTCOME_SENT, Status.FOLLOW_UP])
def test_a_case_that_nothing_else_would_close_is_closed_by_hand(
    plain: Office, make_raw: MakeRaw, reply: Reply, status: Status
) -> None:
    """After the outcome too; who was told so is asked for no mark, and nobody for measures."""
    capa = Capa(rule=CapaRule.REQUIRED, within=Limit.parse("5 days"), verify_by=(HEAD,))
    set_process(plain, confirm_needed=True, capa=capa)
    routed(plain, make_raw)
    says(plain, reply, "done\nto the customer: X\ncorrective action: new seal")
    if status is Status.FOLLOW_UP:
        customer(plain, reply, "solved")
    assert plain.case().status is status
    withdraw(plain.desk, REF, reason="settled in court", by="li", now=plain.now)
    plain.deliver()
    plain.tray.sent.clear()
    days_pass(plain, 29)

    assert plain.case().status is Status.CLOSED
    assert [to for to, mail in plain.tray.sent if REF in str(mail["Subject"])] == []


def test_measures_that_nobody_asks_for_any_more_hold_no_case(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The rules were changed while it waited for them: it is closed (X21)."""
    within = Limit.parse("5 days")
    set_process(plain, capa=Capa(rule=CapaRule.REQUIRED, within=within, verify_by=(HEAD,)))
    routed(plain, make_raw)
    says(plain, reply, "done: X")
    customer(plain, reply, "solved")
    assert plain.case().status is Status.FOLLOW_UP
    set_process(plain)
    days_pass(plain, 10)

    assert plain.case().status is Status.CLOSED


# ---------------------------------------------------------------- one address, two parts to play


@pytest.mark.parametrize("plus", [True, False])
def test_a_colleague_who_complains_answers_for_the_department_all_the_same(
    plain: Office, make_raw: MakeRaw, reply: Reply, *, plus: bool
) -> None:
    """Which letter is answered decides, by token or thread, not whose address it is."""
    plain.take(make_raw("The kettle I bought leaks.\n", sender=f"Q <{QUALITY}>"))
    asked = last(plain, QUALITY, LetterName.ROUTED)
    answer = reply(asked, "done: we replace it")
    desk = answer.replace(str(asked["Reply-To"]).encode(), b"complaints@example.com")
    plain.take(answer if plus else desk)
    plain.deliver()

    assert plain.case().status is Status.OUTCOME_SENT
    assert "we replace it" in letter_text(last(plain, QUALITY, LetterName.OUTCOME))


def test_two_departments_on_one_mailbox_get_a_letter_each(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Each answers its own, and each gets its answer back."""
    policy = plain.desk.rules.policy
    delivery = replace(policy.departments["delivery"], to=(QUALITY,))
    set_policy(plain, departments={**policy.departments, "delivery": delivery})
    set_process(plain, review=Signing(by=(COORDINATOR,)))
    with_two_departments(plain, make_raw)
    first, second = letters(plain, QUALITY, LetterName.ROUTED)
    plain.take(reply(first, "done: X"), reply(second, "done: Y"))
    assert plain.case().status is Status.IN_REVIEW
    plain.take(reply(last(plain, COORDINATOR, LetterName.REVIEW_REQUEST), "return: too short"))

    returned = letters(plain, QUALITY, LetterName.RETURNED)
    assert len({str(mail["Reply-To"]) for mail in returned}) == 2
