"""One mail, one decision: every branch, from a new complaint to a bounce."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.incoming import Address, BounceReport, MailKind, Screening
from cases.lifecycle import advance
from cases.model import (
    CaseEvent,
    Category,
    Classification,
    Decision,
    Lead,
    LetterName,
    Matter,
    Move,
    Quota,
    Scope,
    Status,
)
from routing.decide import decide
from routing.match import Match
from routing.policy import Policy
from routing.situation import Situation
from routing.trust import Trust
from tests.conftest import MakeCase, MakeMail

READ = Classification(
    language="en",
    matter=Matter.COMPLAINT,
    category=Category.QUALITY,
    score=0.9,
    labels={},
)
PERSON = Screening(kind=MailKind.PERSON, reason="no sign of a machine", may_answer=True)
SILENT = Screening(kind=MailKind.PERSON, reason="more than 25 hops", may_answer=False)
QUALITY = Address(addr="quality@example.com")

Decide = Callable[..., Decision]


@pytest.fixture
def decided(make_mail: MakeMail, policy: Policy, monday_nine: datetime) -> Decide:
    """Return `decide` for a new complaint, with changes of the situation."""

    def build(**changes: object) -> Decision:
        situation = Situation(
            mail=make_mail(),
            screening=PERSON,
            classification=READ,
            match=Match(lead=None),
            signed_lead=None,
            history=(),
            quota=Quota(),
            department_quota=Quota(),
            trust=Trust(),
            policy=policy,
            inbox_id=50,
            received_at=monday_nine,
            now=monday_nine + timedelta(minutes=1),
        )
        return decide(replace(situation, **changes))  # type: ignore[arg-type] # real fields

    return build


def sent(decision: Decision) -> list[tuple[LetterName, str]]:
    """Return (letter, recipient) of every letter."""
    return [(letter.name, letter.to.addr) for letter in decision.letters]


def kinds(decision: Decision) -> list[str]:
    return [event.kind for event in decision.events]


# ---------------------------------------------------------------- a new mail


def test_a_new_complaint_is_acknowledged_and_routed(decided: Decide, monday_nine: datetime) -> None:
    """Due three working days after it arrived, whenever it is handled."""
    decision = decided()

    assert decision.moves == (Move.ACKNOWLEDGE, Move.ROUTE)
    assert sent(decision) == [
        (LetterName.ACKNOWLEDGEMENT, "wang.fang@customer.example"),
        (LetterName.ROUTED, "quality@example.com"),
    ]
    assert kinds(decision) == ["registered", "acknowledged", "routed"]
    assert decision.due_at == monday_nine + timedelta(days=3)
    assert decision.assessment is not None
    assert decision.events[0].reasons == decision.assessment.reasons != ()
    assert decision.ignored == ""


def test_an_enquiry_is_filed_and_answered_by_its_department(decided: Decide) -> None:
    """It has the limit of enquiries and a letter that calls it no complaint."""
    decision = decided(classification=replace(READ, matter=Matter.ENQUIRY))

    assert decision.moves == (Move.FILE,)
    assert sent(decision) == [
        (LetterName.NOT_A_COMPLAINT, "wang.fang@customer.example"),
        (LetterName.ROUTED, "service@example.com"),
    ]


def test_a_serious_complaint_is_told_to_a_manager_at_once(
    decided: Decide, make_mail: MakeMail, monday_nine: datetime
) -> None:
    """With a limit of 24 hours by the clock."""
    decision = decided(mail=make_mail(text="The kettle exploded."))

    assert (LetterName.ALERT, "gm@example.com") in sent(decision)
    assert decision.due_at == monday_nine + timedelta(hours=24)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"screening": SILENT}, "more than 25 hops"),
        ({"quota": Quota(blocked="too many")}, "too many"),
        ({"addr": ""}, "there is no address to answer to"),
        ({"addr": "王芳@客户.example"}, "there is no address to answer to"),
    ],
)
def test_who_may_not_be_answered_is_routed_all_the_same(
    changes: dict[str, object], why: str, decided: Decide, make_mail: MakeMail
) -> None:
    """No acknowledgement, but a case, a department that knows, and the reason why."""
    if "addr" in changes:
        changes = {"mail": make_mail(sender=Address(addr=str(changes["addr"])))}
    decision = decided(**changes)

    assert decision.moves == (Move.ROUTE,)
    assert sent(decision) == [(LetterName.ROUTED, "quality@example.com")]
    assert [(e.kind, e.detail) for e in decision.events][1] == ("not_acknowledged", why)


def test_a_guess_is_recorded_with_the_new_case(decided: Decide) -> None:
    """What the mail may also be about stands in its first event."""
    decision = decided(match=Match(lead=None, guess="may be about C-2026-000001"))

    assert decision.events[0].detail == "may be about C-2026-000001"


def test_a_persons_mail_nobody_classified_is_a_bug(decided: Decide) -> None:
    """It is raised, not guessed around."""
    with pytest.raises(ValueError, match="must be classified"):
        decided(classification=None)


# ---------------------------------------------------------------- machines


def machine(kind: MailKind, bounce: BounceReport | None = None) -> Screening:
    return Screening(kind=kind, reason="its sign", may_answer=False, bounce=bounce)


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind is not MailKind.PERSON])
def test_a_machines_mail_about_no_case_is_ignored_with_the_reason(
    kind: MailKind, decided: Decide
) -> None:
    """No case, no letter, no event."""
    decision = decided(screening=machine(kind), classification=None)

    assert decision == Decision(moves=(), events=(), letters=(), ignored=f"{kind.value}: its sign")


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind is not MailKind.PERSON])
def test_a_machines_mail_about_a_case_is_filed_with_it(
    kind: MailKind, decided: Decide, make_case: MakeCase
) -> None:
    """An event, and no letter: machines never answer each other."""
    lead = Lead(case=make_case(), via="thread")
    decision = decided(screening=machine(kind), classification=None, signed_lead=lead)

    assert (decision.moves, decision.letters, decision.ignored) == ((), (), "")
    assert kinds(decision) == [kind.value]


@pytest.mark.parametrize(("status", "alerted"), [("5.1.1", True), ("4.4.1", False), ("", False)])
def test_only_a_final_bounce_alerts_the_supervisors(
    status: str, alerted: bool, decided: Decide, make_case: MakeCase
) -> None:
    """A delay goes by itself; and nobody whom the bounce names gets mail."""
    report = BounceReport(recipient="wang.fang@customer.example", status=status)
    decision = decided(
        screening=machine(MailKind.BOUNCE, report),
        classification=None,
        signed_lead=Lead(case=make_case(), via="token", scope=Scope.BOUNCE),
    )

    assert sent(decision) == ([(LetterName.ALERT, "supervisor@example.com")] if alerted else [])
    assert decision.moves == ()


def test_a_flood_of_bounces_alerts_nobody(decided: Decide, make_case: MakeCase) -> None:
    """Beyond the caps only the event is kept."""
    decision = decided(
        screening=machine(MailKind.BOUNCE, BounceReport(recipient="a@b", status="5.1.1")),
        classification=None,
        signed_lead=Lead(case=make_case(), via="thread"),
        quota=Quota(blocked="too many"),
    )

    assert (kinds(decision), decision.letters) == (["bounce"], ())


# ---------------------------------------------------------------- the complainant again


def joined(lead: Lead, role: str) -> dict[str, object]:
    return {"match": Match(lead=lead, role=role), "signed_lead": lead}


def test_a_follow_up_reaches_the_department_and_changes_no_promise(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """While the case is open: no second acknowledgement, the same due time."""
    case = make_case()
    decision = decided(
        mail=make_mail(text="I found the receipt."),
        **joined(Lead(case=case, via="tag"), "complainant"),
    )

    assert decision.moves == ()
    assert sent(decision) == [(LetterName.FOLLOW_UP, "quality@example.com")]
    assert kinds(decision) == ["complainant_wrote"]
    assert decision.due_at == case.due_at


def test_a_follow_up_that_turns_serious_raises_the_case(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase, monday_nine: datetime
) -> None:
    """A manager is told, and the earlier of the two deadlines holds."""
    decision = decided(
        mail=make_mail(text="Now it caught fire!"),
        **joined(Lead(case=make_case(), via="tag"), "complainant"),
    )

    assert decision.assessment is not None
    assert decision.assessment.severity == "serious"
    assert (LetterName.ALERT, "gm@example.com") in sent(decision)
    assert decision.due_at == monday_nine + timedelta(hours=24)
    assert decision.letters[0].facts["due_at"] == decision.due_at


def test_a_follow_up_never_lowers_the_severity_or_moves_the_case(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """A kinder second mail, read as another category, leaves the assessment as it was."""
    case = make_case(severity="serious", category=Category.DELIVERY, departments=("delivery",))
    decision = decided(
        mail=make_mail(text="The courier rang at noon."),
        classification=replace(READ, matter=Matter.ENQUIRY),
        **joined(Lead(case=case, via="tag"), "complainant"),
    )

    assert decision.assessment is not None
    assert decision.assessment.severity == "serious"
    assert decision.assessment.matter is Matter.COMPLAINT
    assert decision.assessment.departments == ("delivery",)
    assert [name for name, _ in sent(decision)] == [LetterName.FOLLOW_UP]
    assert decision.due_at == case.due_at


def test_an_enquiry_that_turns_dangerous_is_a_complaint_from_then_on(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """Severity above the default makes it one."""
    case = make_case(status=Status.NOT_A_COMPLAINT, matter=Matter.ENQUIRY)
    decision = decided(
        mail=make_mail(text="It gave me an electric shock"),
        **joined(Lead(case=case, via="tag"), "complainant"),
    )

    assert decision.assessment is not None
    assert decision.assessment.matter is Matter.COMPLAINT


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.OUTCOME_SENT, Status.CLOSED])
def test_a_complainant_who_is_not_content_reopens_the_case(
    status: Status, decided: Decide, make_mail: MakeMail, make_case: MakeCase, monday_nine: datetime
) -> None:
    """Acknowledged again, routed with all that came before, with a fresh limit."""
    case = make_case(status=status, due_at=monday_nine - timedelta(days=9), text="It leaks.")
    answer = CaseEvent(at=monday_nine, kind="answered", actor="department:quality", detail="Sent.")
    decision = decided(
        mail=make_mail(text="It leaks again!"),
        history=(answer,),
        **joined(Lead(case=case, via="thread"), "complainant"),
    )
    receipt, routed = decision.letters

    assert advance(status, decision.moves) is Status.ROUTED
    assert kinds(decision) == ["reopened", "routed"]
    assert (receipt.name, receipt.revision) == (LetterName.ACKNOWLEDGEMENT, 2)
    assert (routed.name, routed.revision) == (LetterName.ROUTED, 2)
    assert receipt.facts["again"] is True
    first = {"at": case.received_at, "who": "Wang Fang", "text": "It leaks."}
    assert routed.facts["history"] == (
        first,
        {"at": monday_nine, "who": "质量部", "text": "Sent."},
    )
    assert decision.due_at == monday_nine + timedelta(days=3)


def test_reopening_without_a_way_to_answer_is_silent(decided: Decide, make_case: MakeCase) -> None:
    """The department gets it all the same."""
    lead = Lead(case=make_case(status=Status.CLOSED), via="thread")
    decision = decided(quota=Quota(blocked="too many"), **joined(lead, "complainant"))

    assert decision.moves == (Move.REOPEN, Move.ROUTE)
    assert sent(decision) == [(LetterName.ROUTED, "quality@example.com")]


@pytest.mark.parametrize("status", [Status.ROUTED, Status.OUTCOME_SENT, Status.CLOSED])
def test_thanks_reopen_nothing(
    status: Status, decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """An event, no letter, no move; also not a classification."""
    lead = Lead(case=make_case(status=status), via="thread")
    decision = decided(
        mail=make_mail(text="收到，谢谢！"), classification=None, **joined(lead, "complainant")
    )

    assert (decision.moves, decision.letters, decision.assessment) == ((), (), None)
    assert kinds(decision) == ["thanks"]


def test_a_case_whose_department_is_gone_goes_to_the_one_of_today(
    decided: Decide, make_case: MakeCase
) -> None:
    """The rules of today find a department where those of then name none any more."""
    lead = Lead(case=make_case(status=Status.CLOSED, departments=("returns",)), via="thread")
    decision = decided(**joined(lead, "complainant"))

    assert decision.assessment is not None
    assert decision.assessment.departments == ("quality",)
    assert (LetterName.ROUTED, "quality@example.com") in sent(decision)


# ---------------------------------------------------------------- a department's reply


def token(make_case: MakeCase, **changes: object) -> Lead:
    case = make_case(**changes)
    return Lead(case=case, via="token", scope=Scope.DEPARTMENT, party="quality")


def test_done_and_an_answer_send_the_outcome(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """The words after `done` go to the complainant, and nowhere else."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="done\nWe sent a new one."),
        **joined(token(make_case), "department"),
    )

    assert decision.moves == (Move.ANSWER,)
    assert sent(decision) == [(LetterName.OUTCOME, "wang.fang@customer.example")]
    assert decision.letters[0].facts["outcome"] == "We sent a new one."
    assert [(e.kind, e.actor, e.detail) for e in decision.events] == [
        ("answered", "department:quality", "We sent a new one."),
        ("proposed", "desk", "quality"),
        ("outcome_queued", "desk", ""),
    ]


def test_a_reply_without_done_is_a_note(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """It stays inside, and the writer hears how to answer."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="We are looking into it."),
        **joined(token(make_case), "department"),
    )

    assert decision.moves == ()
    assert kinds(decision) == ["note"]
    assert sent(decision) == [(LetterName.HOW_TO_ANSWER, "quality@example.com")]
    assert decision.letters[0].facts["authorised"] is True
    assert decision.letters[0].automatic


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.OUTCOME_SENT, Status.CLOSED])
def test_a_second_answer_is_kept_and_not_sent(
    status: Status, decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """The complainant has an outcome; the department hears that."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="done\nOnce more."),
        **joined(token(make_case, status=status), "department"),
    )

    assert (decision.moves, kinds(decision)) == ((), ["late_answer"])
    assert sent(decision) == [(LetterName.HOW_TO_ANSWER, "quality@example.com")]
    assert decision.letters[0].facts["answered"] is True


def test_a_reply_that_proves_nothing_is_evidence(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """Nothing goes to the complainant or the writer; the listed address is told."""
    decision = decided(
        mail=make_mail(sender=Address(addr="mallory@stranger.example"), text="done\nGo away."),
        **joined(token(make_case), "department"),
    )

    assert decision.moves == ()
    assert kinds(decision) == ["unverified_reply"]
    assert decision.events[0].reasons == ("mallory@stranger.example is not on the list of quality",)
    assert sent(decision) == [(LetterName.HOW_TO_ANSWER, "quality@example.com")]
    assert decision.letters[0].facts["authorised"] is False


@pytest.mark.parametrize("changes", [{"screening": SILENT}, {"quota": Quota(blocked="too many")}])
def test_a_note_of_somebody_who_may_not_be_answered_is_only_kept(
    changes: dict[str, object], decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """No explanation leaves."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="Hm."),
        **changes,
        **joined(token(make_case), "department"),
    )

    assert (kinds(decision), decision.letters) == (["note"], ())


def test_an_answer_to_somebody_without_address_is_kept_for_a_person(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """The case goes on; somebody is asked to tell the complainant."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="done\nSent."),
        **joined(token(make_case, complainant=Address(addr="", name="王")), "department"),
    )

    assert decision.moves == (Move.ANSWER, Move.SEND_OUTCOME)
    assert kinds(decision) == ["answered", "proposed", "outcome_queued", "no_address"]
    assert sent(decision) == [(LetterName.TASK, "supervisor@example.com")]


def test_an_enquiry_is_answered_in_the_same_way(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """A filed enquiry has the move `answer`, too."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="done\nWith vinegar."),
        **joined(token(make_case, status=Status.NOT_A_COMPLAINT), "department"),
    )

    assert decision.moves == (Move.ANSWER,)


def test_a_departments_reply_by_its_address_alone_says_nothing(
    decided: Decide, make_mail: MakeMail, make_case: MakeCase
) -> None:
    """Only the reply address of our mail proves that it was answered."""
    decision = decided(
        mail=make_mail(sender=QUALITY, text="done\nSent."),
        **joined(Lead(case=make_case(), via="tag"), "department"),
    )

    assert kinds(decision) == ["unverified_reply"]
