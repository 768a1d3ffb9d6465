"""Which case a mail joins: every row of the order of strength, and who takes part."""

from dataclasses import replace

import pytest

from cases.incoming import Address
from cases.model import Case, Lead, Scope
from cases.tokens import message_id, plus_address, reply_token
from routing.match import Match, clues, match
from routing.policy import Policy
from tests.conftest import MakeCase, MakeMail

SUPERVISOR = Address(addr="supervisor@example.com")
STRANGER = Address(addr="mallory@stranger.example")
QUALITY = Address(addr="Quality@example.com")
LOGISTICS = Address(addr="logistics@example.com")
HOTLINE = Address(addr="desk7@12345.example.com")


def own_id(key: bytes, case_id: int) -> str:
    """Return the Message-ID of a routed mail of ours."""
    return message_id(
        key, "example.com", case_id=case_id, letter="routed", revision=1, recipient="a@b.example"
    )


def test_clues_are_read_from_addresses_thread_and_subject(make_mail: MakeMail, key: bytes) -> None:
    """To, Cc, Delivered-To give tokens; ids of ours cases and letters, newest first; then tags."""
    tokens = [reply_token(key, "5e" * 32, Scope.DEPARTMENT, party) for party in "abc"]
    one, two, three = (
        plus_address("complaints@example.com", Scope.DEPARTMENT, token) for token in tokens
    )
    mail = make_mail(
        to=(Address(addr="x@y.example"), Address(addr=one)),
        cc=(Address(addr=two),),
        delivered_to=(three,),
        in_reply_to=(own_id(key, 9),),
        references=("a@b.example", own_id(key, 7), own_id(key, 8), own_id(key, 9)),
        subject="Re: [c-2026-000012] and C-2026-000013, not XC-2026-000014 or C-2026-15",
    )
    found = clues(mail, key)

    assert found.tokens == tuple((Scope.DEPARTMENT, token) for token in tokens)
    assert found.answered == ((9, "routed", 1), (8, "routed", 1), (7, "routed", 1))
    assert found.references == ("C-2026-000012", "C-2026-000013")


def test_ids_that_are_not_signed_by_us_are_no_clue(make_mail: MakeMail, key: bytes) -> None:
    """A stranger who writes one of our ids down with another number gets nothing."""
    forged = own_id(key, 7).replace("7.", "8.", 1)

    assert clues(make_mail(references=(forged, own_id(b"other", 7))), key).answered == ()


def test_a_flood_of_tags_is_cut(make_mail: MakeMail, key: bytes) -> None:
    """At most five references are looked up."""
    subject = " ".join(f"C-2026-{n:06d}" for n in range(200))

    assert len(clues(make_mail(subject=subject), key).references) == 5


def lead(case: Case, via: str, scope: Scope | None = None, party: str = "") -> Lead:
    return Lead(case=case, via=via, scope=scope, party=party)


ROLES = [
    # via, scope, party, sender → role
    ("token", Scope.DEPARTMENT, "quality", QUALITY, "department"),
    ("token", Scope.DEPARTMENT, "quality", STRANGER, "department"),  # kept as evidence, see trust
    ("token", Scope.SUPERVISOR, "supervisor@example.com", SUPERVISOR, "supervisor"),
    ("token", Scope.SUPERVISOR, "supervisor@example.com", STRANGER, "supervisor"),  # as above
    ("token", Scope.COMPLAINANT, "wang.fang@customer.example", None, "complainant"),
    ("token", Scope.COMPLAINANT, "wang.fang@customer.example", STRANGER, ""),
    ("token", Scope.COMPLAINANT, "wang.fang@customer.example", QUALITY, ""),
    ("token", Scope.DEPARTMENT, "quality", None, "complainant"),  # shown to them by somebody
    ("token", Scope.APPROVER, "supervisor@example.com", None, "complainant"),
    ("token", Scope.REFERRER, "desk1@12345.example.com", HOTLINE, "referrer"),  # a colleague
    ("token", Scope.REFERRER, "desk1@12345.example.com", None, "complainant"),
    ("token", Scope.REFERRER, "desk1@12345.example.com", STRANGER, ""),
    ("token", Scope.COMPLAINANT, "desk7@12345.example.com", HOTLINE, "referrer"),
    ("thread", None, "", HOTLINE, ""),
    ("tag", None, "", HOTLINE, ""),
    ("token", Scope.BOUNCE, "wang.fang@customer.example", STRANGER, ""),
    ("token", Scope.BOUNCE, "quality@example.com", None, "complainant"),
    ("thread", None, "", None, "complainant"),
    ("thread", None, "", QUALITY, "department"),
    ("thread", None, "", SUPERVISOR, "staff"),  # it answers an alert
    ("thread", None, "", STRANGER, ""),
    ("thread", None, "", LOGISTICS, ""),  # a department, but not of this case
    ("tag", None, "", None, "complainant"),
    ("tag", None, "", QUALITY, "department"),
    ("tag", None, "", SUPERVISOR, ""),
    ("tag", None, "", STRANGER, ""),
    ("tag", None, "", LOGISTICS, ""),
    ("tag", None, "", Address(addr=""), ""),
]


@pytest.mark.parametrize(("via", "scope", "party", "sender", "role"), ROLES)
def test_a_clue_counts_only_for_a_party_to_the_case(
    via: str,
    scope: Scope | None,
    party: str,
    sender: Address | None,
    role: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """`None` as sender is the complainant; a tag alone opens nobody else's case."""
    mail = make_mail() if sender is None else make_mail(sender=sender)
    found = match(mail, (lead(make_case(), via, scope, party),), policy)

    assert found.role == role
    assert (found.lead is None) == (role == "")
    assert bool(found.guess) == (role == "")


def test_a_hotline_that_answers_a_letter_to_it_takes_part(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """By the thread, also where no token can say so; never as the complainant."""
    found = Lead(case=make_case(), via="thread", letter="outcome")

    assert match(make_mail(sender=HOTLINE), (found,), policy).role == "referrer"


def test_a_letter_of_their_own_counts_before_somebody_elses_token(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """The token of a department in the complainant's hand is the weaker sign of the two."""
    case = make_case()
    own = Lead(case=case, via="thread", letter="outcome")
    found = match(make_mail(), (lead(case, "token", Scope.DEPARTMENT, "quality"), own), policy)

    assert (found.role, found.lead) == ("complainant", own)


def test_the_complainants_address_may_be_written_in_any_case(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """WANG.FANG@Customer.Example is the same complainant."""
    mail = make_mail(sender=Address(addr="WANG.FANG@Customer.Example"))

    assert match(mail, (lead(make_case(), "tag"),), policy).role == "complainant"


def test_the_strongest_believable_lead_wins(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """A lead the sender takes no part in is passed over, not followed."""
    foreign = make_case(id=1, reference="C-2026-000001", complainant=STRANGER)
    own = make_case(id=2, reference="C-2026-000002")
    found = match(make_mail(), (lead(foreign, "thread"), lead(own, "tag")), policy)

    assert found.lead is not None
    assert found.lead.case.id == 2


@pytest.mark.parametrize(("letter", "role"), [("moved_on", "department"), ("outcome", "")])
def test_a_department_that_had_the_case_makes_no_new_one(
    letter: str, role: str, make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """Its answer to our letter belongs to the case, also where no token can say so."""
    found = Lead(case=make_case(), via="thread", letter=letter)

    assert match(make_mail(sender=LOGISTICS), (found,), policy).role == role


def test_what_was_not_believed_is_recorded_as_a_guess(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """A person sees later what the mail may be about."""
    found = match(make_mail(sender=STRANGER), (lead(make_case(), "tag"),), policy)

    assert found == Match(
        lead=None, guess="may be about C-2026-000007 by tag, but not from a party to it"
    )
    assert match(make_mail(), (), policy) == Match(lead=None)


def test_a_case_of_a_department_that_is_gone_has_no_department_sender(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """Somebody on no list is nobody, also where a case has an empty department."""
    case = replace(make_case(), departments=("",))

    assert match(make_mail(sender=STRANGER), (lead(case, "thread"),), policy).role == ""
