"""Letters as mails: addresses, threads and marks."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.incoming import Address
from cases.model import Case, Letter, LetterName
from cases.outgoing import OutgoingMail
from cases.tokens import find_tokens, loop_mark, own_case
from pipeline.desk import Desk
from pipeline.write import MOST_ORIGINAL, compose
from routing import letters_staff
from templates.samples import samples
from tests.conftest import MakeCase

Compose = Callable[..., OutgoingMail]


@pytest.fixture
def composed(desk: Desk, make_case: MakeCase) -> Compose:
    """Return `compose` for a letter about case 7."""

    def build(letter: Letter, *, case: Case | None = None, original: bytes = b"") -> OutgoingMail:
        return compose(
            desk,
            case or make_case(),
            letter,
            original=original,
            answers="new@department.example",
            now=make_case().received_at,
        )

    return build


@pytest.fixture
def outcome(desk: Desk, make_case: MakeCase) -> Letter:
    """Return the outcome of case 7."""
    del desk
    facts = dict(next(one.facts for _, one in samples("en") if one.name is LetterName.OUTCOME))
    case = make_case()
    return Letter(name=LetterName.OUTCOME, language="en", to=case.complainant, facts=facts)


@pytest.fixture
def alert(desk: Desk, make_case: MakeCase) -> Letter:
    """Return an alert about case 7."""
    policy = desk.rules.policy
    return letters_staff.alerts(make_case(), ("gm@example.com",), policy, reasons=(), revision=1)[0]


def test_an_outcome_stands_in_the_complainants_own_thread(
    composed: Compose, outcome: Letter
) -> None:
    """It answers the complaint, not the department's mail, whose id is nobody's business."""
    mail = composed(outcome)

    assert mail.in_reply_to == "1@customer.example"
    assert mail.references == ("1@customer.example",)
    assert mail.auto_submitted == ""


def test_a_letter_carries_our_marks(composed: Compose, outcome: Letter, desk: Desk) -> None:
    """A signed id, a loop mark, the complainant's token to reply with, another for bounces."""
    mail = composed(outcome)

    assert own_case(desk.key, mail.message_id) == 7
    assert mail.loop_mark == loop_mark(desk.key, mail.message_id)
    assert [scope for scope, _ in find_tokens((mail.reply_to, mail.envelope_from))] == ["c", "b"]


def test_the_same_letter_is_the_same_mail(composed: Compose, outcome: Letter) -> None:
    """Token, id and words depend on nothing but their arguments."""
    assert composed(outcome) == composed(outcome)


def test_an_alert_goes_out_without_a_token(composed: Compose, alert: Letter, desk: Desk) -> None:
    """Nobody can act by replying to it; it is automatic, but no answer (RFC 3834 §5)."""
    mail = composed(alert)

    assert mail.reply_to == desk.box.address
    assert mail.auto_submitted == "auto-generated"
    assert mail.original is None


def test_a_departments_letter_shows_no_thread_of_the_complainant(
    composed: Compose, alert: Letter
) -> None:
    """Neither id nor references; the reply address is the department's."""
    note = replace(
        alert,
        name=LetterName.HOW_TO_ANSWER,
        to=Address(addr="quality@example.com"),
        department="quality",
        automatic=True,
        facts={
            "department_name": "x",
            "read": "y",
            "authorised": True,
            "answered": False,
            "why": "",
            "needs": (),
            "said": "",
        },
    )
    mail = composed(note)

    assert (mail.in_reply_to, mail.references) == ("", ())
    assert find_tokens((mail.reply_to,))[0][0] == "d"


def test_without_plus_addresses_replies_come_to_the_plain_one(
    composed: Compose, outcome: Letter, desk: Desk, make_case: MakeCase
) -> None:
    """`plus_addressing: false` for servers that can't."""
    box = replace(desk.box, plus_addressing=False)
    plain = replace(desk, settings=replace(desk.settings, mailboxes={"complaints": box}))
    mail = compose(
        plain, make_case(), outcome, original=b"", answers="", now=make_case().received_at
    )

    assert mail.reply_to == mail.envelope_from == "complaints@example.com"


def test_a_huge_original_stays_in_the_store(
    composed: Compose, desk: Desk, make_case: MakeCase
) -> None:
    """And the letter does not say that it is attached."""
    follow_up = Letter(
        name=LetterName.FOLLOW_UP,
        language="en",
        to=Address(addr="quality@example.com"),
        department="quality",
        attach_original=True,
        facts={
            "department_name": "Quality",
            "complainant": {"name": "", "addr": ""},
            "text": "x",
            "due_at": None,
            "attachments": (),
            "added": (),
            "by": "complainant",
            "open": True,
            "recused": (),
        },
    )
    small, huge = (
        composed(follow_up, original=b"x"),
        composed(follow_up, original=b"x" * (MOST_ORIGINAL + 1)),
    )

    assert small.original == b"x"
    assert huge.original is None
    assert small.text != huge.text
