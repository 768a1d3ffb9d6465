"""Letters and their facts: everything the templates want is given, nothing foreign is repeated."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.incoming import Address, Attachment
from cases.model import (
    Assessment,
    CaseEvent,
    Category,
    Classification,
    Fact,
    Letter,
    LetterName,
    Matter,
)
from routing import letters, letters_ask, letters_staff
from routing.letters import Request
from routing.policy import Policy
from templates.render import Letters
from tests.conftest import MakeCase, MakeMail

#: Words that stand nowhere but in the complainant's mail.
SECRET = "zebra-marmalade"


@pytest.fixture
def request_(make_mail: MakeMail, policy: Policy, monday_nine: datetime) -> Request:
    """Return a complaint in which every word of the complainant can be recognised."""
    mail = make_mail(
        sender=Address(addr="wang.fang@customer.example", name="Wang Fang"),
        subject=f"{SECRET} subject http://evil.example",
        text=f"{SECRET} text, please call 138-0000-2210",
        attachments=(Attachment(name=f"{SECRET}.pdf", type="application/pdf", data=b"12345"),),
    )
    return Request(
        mail=mail,
        classification=Classification(
            language="en",
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            score=0.9,
            labels={},
            facts=(
                Fact(name="product", value="fresh milk", known=True, canonical="鲜牛奶"),
                Fact(name="demand", value=f"{SECRET} demand"),
            ),
        ),
        assessment=Assessment(
            matter=Matter.COMPLAINT,
            category=Category.QUALITY,
            source="model",
            score=0.9,
            unsure=False,
            severity="serious",
            departments=("quality", "service"),
            cc=("dairy-lab@example.com",),
            alert=("gm@example.com",),
            reasons=("because",),
        ),
        policy=policy,
        received_at=monday_nine,
        due_at=monday_nine + timedelta(days=1),
        readable=True,
        complainant=mail.sender,
    )


def written(letter: Letter, shipped_letters: Letters) -> str:
    """Return all words of a letter as the pipeline has it written."""
    facts = {**letter.facts, "reference": "C-2026-000007", "desk_name": "Desk", "answer_to": ""}
    facts["original_attached"] = letter.attach_original
    rendered = shipped_letters.render(replace(letter, facts={**facts, "language": letter.language}))
    return "\n".join((rendered.subject, rendered.text, rendered.html))


def test_every_letter_is_given_all_that_its_template_wants(
    request_: Request, make_case: MakeCase, policy: Policy, shipped_letters: Letters
) -> None:
    """Each letter renders in both languages; a missing fact would raise LetterError."""
    case = make_case()
    no_complaint = replace(request_, assessment=replace(request_.assessment, matter=Matter.ENQUIRY))
    all_letters = [
        letters.receipt(request_),
        letters.receipt(no_complaint),
        *letters_staff.routed(request_),
        *letters_staff.routed(no_complaint),
        *letters_staff.severity_alerts(request_, revision=1),
        *letters_staff.alerts(case, ("a@example.com",), policy, reasons=("why",), revision=1),
        *letters_staff.follow_ups(request_, case, revision=1),
        *letters_ask.decision_needed(
            letters_ask.Question(request=request_, guess_at=None), ("a@example.com",), revision=1
        ),
        *letters_staff.moved_on(case, ("quality",), ("service",), policy, revision=1),
    ]

    assert len({letter.name for letter in all_letters}) == 7
    for letter in all_letters:
        for language in policy.languages:
            assert "C-2026-000007" in written(replace(letter, language=language), shipped_letters)


def test_an_acknowledgement_repeats_no_word_of_the_mail(
    request_: Request, shipped_letters: Letters
) -> None:
    """Neither subject, text, attachments nor unknown facts; a known product stands in our words."""
    for request in (request_, replace(request_, again=2), replace(request_, readable=False)):
        words = written(letters.receipt(request), shipped_letters)
        assert SECRET not in words
        assert "evil.example" not in words
        assert "138" not in words
    assert "鲜牛奶" in written(letters.receipt(request_), shipped_letters)


@pytest.mark.parametrize("matter", [Matter.ENQUIRY, Matter.SUGGESTION, Matter.PRAISE])
def test_a_receipt_for_no_complaint_repeats_nothing_either(
    matter: Matter, request_: Request, shipped_letters: Letters
) -> None:
    """And promises no date to somebody who only praised."""
    request = replace(request_, assessment=replace(request_.assessment, matter=matter))
    letter = letters.receipt(request)

    assert letter.name is LetterName.NOT_A_COMPLAINT
    assert SECRET not in written(letter, shipped_letters)
    assert (letter.facts["due_at"] is None) == (matter is Matter.PRAISE)


def test_a_reopened_enquiry_is_acknowledged_like_a_complaint(request_: Request) -> None:
    """Somebody who comes back is not told again that it is no complaint."""
    enquiry = replace(request_.assessment, matter=Matter.ENQUIRY)

    assert letters.receipt(replace(request_, assessment=enquiry, again=2)).revision == 2


@pytest.mark.parametrize(("written_in", "answered_in"), [("en", "en"), ("zh", "zh"), ("fr", "zh")])
def test_people_are_answered_in_their_language_or_the_first_of_the_house(
    written_in: str, answered_in: str, request_: Request
) -> None:
    """Languages without letters get those of the house."""
    read = replace(request_.classification, language=written_in)

    assert letters.receipt(replace(request_, classification=read)).language == answered_in


def test_a_routed_mail_goes_once_to_every_address(request_: Request) -> None:
    """To each department and each copy, with the original; read in the language of the house."""
    found = letters_staff.routed(request_)

    assert [(letter.to.addr, letter.department) for letter in found] == [
        ("quality@example.com", "quality"),
        ("service@example.com", "service"),
        ("dairy-lab@example.com", "quality"),
    ]
    assert all(letter.attach_original and letter.language == "zh" for letter in found)
    assert not any(letter.automatic for letter in found)


def test_a_copy_to_a_departments_own_address_stays_its_own(request_: Request) -> None:
    """The reply token must be of the department whose list the address is on."""
    copied = replace(request_.assessment, cc=("service@example.com",))
    found = letters_staff.routed(replace(request_, assessment=copied))

    assert [(letter.to.addr, letter.department) for letter in found] == [
        ("quality@example.com", "quality"),
        ("service@example.com", "service"),
    ]


def test_a_routed_mail_shows_what_the_department_needs(
    request_: Request, shipped_letters: Letters
) -> None:
    """The complainant's words, facts, attachments and why it came here."""
    words = written(letters_staff.routed(request_)[0], shipped_letters)

    for part in (f"{SECRET} text", f"{SECRET} subject", f"{SECRET}.pdf", "鲜牛奶", "because"):
        assert part in words


def test_a_very_long_mail_is_cut_in_the_letter(request_: Request, make_mail: MakeMail) -> None:
    """The whole of it is attached."""
    long = replace(request_, mail=make_mail(text="x" * 100_000))

    assert len(str(letters_staff.routed(long)[0].facts["text"])) == letters_staff.MOST_TEXT


def test_the_history_shows_who_answered_what(request_: Request, monday_nine: datetime) -> None:
    """The department's key, not our name for actors."""
    event = CaseEvent(at=monday_nine, kind="answered", actor="department:quality", detail="Sent.")
    found = letters_staff.routed(replace(request_, again=2, history=(event,)))[0]

    assert found.facts["history"] == ({"at": monday_nine, "who": "质量部", "text": "Sent."},)
    assert found.revision == 2


def test_follow_ups_go_to_the_departments_that_are_left(
    request_: Request, make_case: MakeCase
) -> None:
    """A department that is gone from the file has no address."""
    case = make_case(departments=("returns", "delivery"))
    found = letters_staff.follow_ups(request_, case, revision=9)

    assert [(letter.to.addr, letter.revision) for letter in found] == [("logistics@example.com", 9)]


def test_a_department_that_is_gone_is_called_by_its_key(policy: Policy) -> None:
    """Old cases can still be shown."""
    assert letters.department_name(policy, "returns") == "returns"
    assert letters.department_name(policy, "quality") == "质量部"
    assert letters.department_name(policy, "quality", "en") == "Quality Department"


HOTLINE = Address(addr="desk7@12345.example.com", name="Hotline")


@pytest.mark.parametrize(
    ("address", "facts", "shown"),
    [
        (HOTLINE, {}, {"name": "Hotline", "addr": HOTLINE.addr}),
        (
            HOTLINE,
            {"customer": "李先生", "phone": "13800001111"},
            {"name": "李先生（12345政务服务便民热线转来）", "addr": "13800001111"},
        ),
        (
            HOTLINE,
            {"phone": "13800001111"},
            {"name": "13800001111（12345政务服务便民热线转来）", "addr": ""},
        ),
        (
            Address(addr="wang@customer.example", name="Wang"),
            {"customer": "Li", "phone": "13800001111"},
            {"name": "Wang", "addr": "wang@customer.example"},
        ),
    ],
)
def test_who_complains_is_shown_and_not_the_hotline_that_wrote_for_them(
    address: Address, facts: dict[str, str], shown: dict[str, str], policy: Policy
) -> None:
    """As far as the mail says who it is; whoever writes for themselves is shown as they sign."""
    found = [Fact(name=name, value=value) for name, value in facts.items()]

    assert letters.complaining(address, found, policy) == shown
