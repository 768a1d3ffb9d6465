"""Who has signed an answer, and whose signature it waits for."""

from cases.model import CaseEvent, Status
from routing.policy import Policy
from routing.process import Signing
from routing.signatures import allowed, nobody_was_asked, pending, step_of, to_ask
from tests.routing.lives import at, event, life

HEAD, BOSS, LEAD = "head@example.com", "boss@example.com", "lead@example.com"
NINE = at("24 09:00")
PROPOSED = event("proposed", NINE)


def approved(addr: str) -> CaseEvent:
    return event("approved", NINE, f"approver:{addr}")


def test_a_signature_counts_for_a_step_that_its_writer_may_sign(policy: Policy) -> None:
    """The head's word is no step of a chain in which only others are named."""
    chain = (Signing(by=(BOSS,)), Signing(by=(LEAD,)))
    found = life(
        policy,
        usual={"approval": chain},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, approved(HEAD), approved(BOSS)),
    )

    assert step_of(found) == 1
    assert pending(found) == chain[1]


def test_a_new_proposal_has_no_signature(policy: Policy) -> None:
    """What was approved before it came back counts no more."""
    found = life(
        policy,
        usual={"approval": (Signing(by=(BOSS,)),)},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, approved(BOSS), event("proposed", at("24 10:00"))),
    )

    assert step_of(found) == 0


def test_a_long_address_signs_like_any_other(policy: Policy) -> None:
    """The story cuts names at 80 characters; the signature still counts."""
    addr = f"{'a' * 64}@{'b' * 40}.example.com"
    found = life(
        policy,
        usual={"approval": (Signing(by=(addr,)),)},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, event("approved", NINE, f"approver:{addr}"[:80])),
    )

    assert pending(found) is None


def test_who_has_signed_a_step_is_not_asked_for_the_next(policy: Policy) -> None:
    """The head is the deputy of the second step, and has signed the first."""
    second = Signing(by=(BOSS,), deputies=(HEAD, LEAD))
    found = life(
        policy,
        usual={"approval": (Signing(by=(HEAD,)), second)},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, approved(HEAD)),
    )

    assert to_ask(found, second) == (BOSS,)
    assert allowed(found, second) == {BOSS, LEAD}


def test_a_review_that_the_process_wants_comes_before_every_approval(policy: Policy) -> None:
    """Also where the answer was put to an approver before the process wanted it."""
    review = Signing(by=(LEAD,))
    found = life(
        policy,
        usual={"review": review, "approval": (Signing(by=(BOSS,)),)},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, event("asked_approval", NINE, detail=BOSS)),
    )

    assert pending(found) == review
    assert nobody_was_asked(found)


def test_who_was_asked_is_not_asked_again(policy: Policy) -> None:
    """One of those who may sign is enough."""
    found = life(
        policy,
        usual={"approval": (Signing(by=(BOSS, LEAD)),)},
        status=Status.IN_APPROVAL,
        story=(PROPOSED, event("asked_approval", NINE, detail=f"Someone@example.com, {LEAD}")),
    )

    assert not nobody_was_asked(found)
