"""Which case a mail joins: every row of the order of strength, and who takes part."""

from dataclasses import replace

import pytest

from cases.incoming import Address
from cases.model import Case, Category, Lead, Scope
from cases.tokens import message_id, plus_address, reply_token
from routing.match import Match, clues, match
from routing.policy import Policy
from routing.process import Signing
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
    assert [one[:3] for one in found.answered] == [(n, "routed", 1) for n in (9, 8, 7)]
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


# ---------------------------------------------------------------- who may speak in which role

GM = Address(addr="GM@example.com")
CARRIER = Address(addr="Carrier@example.com")


def test_a_letter_signed_by_the_key_before_is_still_ours(make_mail: MakeMail) -> None:
    """After a change of keys an old thread goes on; without the old key it is a stranger's."""
    mail = make_mail(in_reply_to=(own_id(b"before", 7),))

    assert [one.case_id for one in clues(mail, b"now", old_key=b"before").answered] == [7]
    assert clues(mail, b"now").answered == ()


def test_a_reference_beyond_five_hundred_characters_is_not_looked_for(
    make_mail: MakeMail, key: bytes
) -> None:
    """The last one that is read ends at the five hundredth."""
    within = "x" * 486 + " C-2026-000012"
    assert clues(make_mail(subject=within), key).references == ("C-2026-000012",)
    assert clues(make_mail(subject="x" + within), key).references == ()


def signing(who: str) -> dict[str, object]:
    """Return the process in which `who` approves."""
    return {"approval": (Signing(by=(who,)),)}


@pytest.fixture
def signed(policy: Policy) -> Policy:
    """Return a policy in which a category, a severity and a rule have a signer each."""
    first = policy.rules[0]
    rule = replace(first, name="big", then=replace(first.then, process=signing("r@example.com")))
    return replace(
        policy,
        by_category={Category.QUALITY: signing("c@example.com")},
        by_severity={"grave": signing("s@example.com")},
        rules=(rule,),
    )


SIGNERS = [
    # of the case: category, severity, names of its rules → who signs, who does not
    (Category.QUALITY, "general", (), "c@example.com", "s@example.com"),
    (Category.DELIVERY, "grave", (), "s@example.com", "c@example.com"),
    (Category.DELIVERY, "general", ("big",), "r@example.com", "s@example.com"),
]


@pytest.mark.parametrize(("category", "severity", "names", "signer", "other"), SIGNERS)
@pytest.mark.parametrize("letter", ["review_request", "approval_request", "escalation"])
def test_who_signs_such_a_case_answers_as_its_approver(
    letter: str,
    category: Category,
    severity: str,
    names: tuple[str, ...],
    signer: str,
    other: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    signed: Policy,
) -> None:
    """By category, severity and rules of the case; who signs other cases has no say in this one."""
    case = make_case(category=category, severity=severity, rules=names, departments=())
    found = Lead(case=case, via="thread", letter=letter)

    def role(addr: str) -> str:
        return match(make_mail(sender=Address(addr=addr)), (found,), signed).role

    assert (role(signer), role(other)) == ("approver", "")


@pytest.mark.parametrize(("category", "severity", "names", "signer", "other"), SIGNERS)
def test_an_approvers_token_is_meant_for_who_signs_such_a_case(
    category: Category,
    severity: str,
    names: tuple[str, ...],
    signer: str,
    other: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    signed: Policy,
) -> None:
    """In their hand it comes first; in another's a case of their own does."""
    case = make_case(category=category, severity=severity, rules=names)
    assert comes_first(Scope.APPROVER, signer, signer, case, make_mail, signed)
    assert not comes_first(Scope.APPROVER, signer, other, case, make_mail, signed)


def comes_first(
    scope: Scope, party: str, addr: str, case: Case, make_mail: MakeMail, policy: Policy
) -> bool:
    """Tell whether a token counts before another case in which `addr` is the complainant."""
    own = replace(case, id=8, complainant=Address(addr=addr))
    leads = (lead(case, "token", scope, party), lead(own, "tag"))
    found = match(make_mail(sender=Address(addr=addr)), leads, policy).lead
    assert found is not None
    return found.case.id == case.id


@pytest.mark.parametrize(
    ("scope", "party", "addr", "first"),
    [
        (Scope.DEPARTMENT, "quality", "Quality@example.com", True),
        (Scope.DEPARTMENT, "quality", "logistics@example.com", False),
        (Scope.DEPARTMENT, "gone", "quality@example.com", False),
        (Scope.SUPERVISOR, "supervisor@example.com", "GM@example.com", True),
        (Scope.SUPERVISOR, "supervisor@example.com", "quality@example.com", False),
        (Scope.PARTY, "carrier", "Carrier@example.com", True),
        (Scope.PARTY, "carrier", "quality@example.com", False),
        (Scope.PARTY, "gone", "carrier@example.com", False),
    ],
)
def test_a_token_in_the_right_hand_comes_before_all_else(
    scope: Scope,
    party: str,
    addr: str,
    first: bool,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """Of the department, supervisor or party it was made for, also where they complain too."""
    assert comes_first(scope, party, addr, make_case(), make_mail, policy) is first


def test_whoever_holds_their_own_token_speaks_as_what_they_are(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """Also where the case is their own complaint: a colleague of quality complains."""
    case = make_case(complainant=QUALITY)
    token = lead(case, "token", Scope.DEPARTMENT, "quality")

    assert match(make_mail(sender=QUALITY), (token,), policy).role == "department"


BY_LETTER = [
    # letter of ours that is answered, sender → role
    ("decision_needed", SUPERVISOR, "supervisor"),
    ("decision_needed", GM, "supervisor"),
    ("decision_needed", QUALITY, "department"),
    ("routed", GM, "staff"),
    ("review_request", GM, "approver"),
    ("escalation", GM, "approver"),
    ("review_request", LOGISTICS, ""),
    ("external", CARRIER, "party"),
    ("reminder", CARRIER, "party"),
    ("outcome", CARRIER, ""),
    ("external", STRANGER, ""),
    ("routed", LOGISTICS, "department"),
    ("alert", LOGISTICS, ""),
    ("alert", SUPERVISOR, "staff"),
]


@pytest.mark.parametrize(("letter", "sender", "role"), BY_LETTER)
def test_without_a_token_the_letter_and_the_list_say_in_which_role(
    letter: str,
    sender: Address,
    role: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """The letter that is answered was for such a person, and the sender is one."""
    found = Lead(case=make_case(), via="thread", letter=letter)

    assert match(make_mail(sender=sender), (found,), policy).role == role


@pytest.mark.parametrize(
    ("letter", "sender", "role"),
    [
        ("routed", QUALITY, "department"),
        ("outcome", QUALITY, "complainant"),
        ("", QUALITY, "complainant"),
        ("routed", Address(addr="wang.fang@customer.example"), "complainant"),
    ],
)
def test_a_colleague_who_complains_answers_for_the_department_only_where_it_was_asked(
    letter: str,
    sender: Address,
    role: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """To all other letters they are the complainant, and so is everybody who is no colleague."""
    found = Lead(case=make_case(complainant=sender), via="thread", letter=letter)

    assert match(make_mail(sender=sender), (found,), policy).role == role


@pytest.mark.parametrize("scope", [None, Scope.DEPARTMENT])
def test_nobody_is_known_by_an_address_that_is_uncertain(
    scope: Scope | None, make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """No thread or tag counts then; a token only shows that its letter was seen (design 7.4)."""
    found = lead(make_case(), "thread", scope, "quality")
    mail = make_mail(sender_certain=False)

    assert match(mail, (found,), policy).role == ("department" if scope else "")


def test_another_authoritys_token_makes_nobody_a_referrer(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """A colleague of the same one is; so is the very address, also of one that is gone."""
    hotline = policy.referrers["hotline"]
    court = replace(hotline, key="court", addresses=("clerk@court.example",))
    both = replace(policy, referrers={"hotline": hotline, "court": court})
    case = make_case()

    def role(party: str, addr: str) -> str:
        mail = make_mail(sender=Address(addr=addr))
        return match(mail, (lead(case, "token", Scope.REFERRER, party),), both).role

    assert role("desk1@12345.example.com", "desk7@12345.example.com") == "referrer"
    assert role("desk1@12345.example.com", "clerk@court.example") == ""
    assert role("desk1@12345.example.com", "mallory@stranger.example") == ""
    assert role("Clerk@old.example", "clerk@OLD.example") == "referrer"


# ---------------------------------------------------------------- several clues in one mail


def test_a_thread_that_repeats_what_a_wrong_hand_showed_adds_nothing(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """Logistics with the letter of quality: by its token or by its thread, it is not quality."""
    case = make_case()
    token = lead(case, "token", Scope.DEPARTMENT, "quality")
    thread = Lead(case=case, via="thread", letter="routed")
    mail = make_mail(sender=LOGISTICS)

    assert match(mail, (token, thread), policy) == Match(lead=token, role="department")


@pytest.mark.parametrize(
    ("sender", "scope", "party", "of_thread"),
    [
        (QUALITY, Scope.DEPARTMENT, "logistics", 7),  # the department that has the case
        (LOGISTICS, Scope.DEPARTMENT, "quality", 8),  # a thread of another case
        (LOGISTICS, Scope.SUPERVISOR, "supervisor@example.com", 7),  # shown in another role
    ],
)
def test_a_thread_that_shows_more_than_a_token_in_the_wrong_hand_counts(
    sender: Address,
    scope: Scope,
    party: str,
    of_thread: int,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """Another case, another role, or the department that the case is with."""
    token = lead(make_case(), "token", scope, party)
    thread = Lead(case=make_case(id=of_thread), via="thread", letter="routed")
    found = match(make_mail(sender=sender), (token, thread), policy)

    assert found == Match(lead=thread, role="department")


@pytest.mark.parametrize(
    ("sender", "role"),
    [(Address(addr="wang.fang@customer.example"), "complainant"), (HOTLINE, "referrer")],
)
def test_of_tokens_in_the_wrong_hand_that_about_their_own_complaint_counts(
    sender: Address, role: str, make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """Before the evidence about a stranger's case, whichever stands first in the mail."""
    strangers = lead(make_case(complainant=STRANGER), "token", Scope.DEPARTMENT, "quality")
    own = lead(make_case(id=8, complainant=sender), "token", Scope.DEPARTMENT, "quality")
    mail = make_mail(sender=sender)

    for leads in ((strangers, own), (own, strangers)):
        assert match(mail, leads, policy) == Match(lead=own, role=role)


def test_all_that_was_not_believed_is_named(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """In order, with what each rests on."""
    other = make_case(id=8, reference="C-2026-000008")
    leads = (lead(make_case(), "tag"), lead(other, "thread"))

    assert match(make_mail(sender=STRANGER), leads, policy).guess == (
        "may be about C-2026-000007 by tag, C-2026-000008 by thread, but not from a party to it"
    )
