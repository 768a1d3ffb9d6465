"""Forged replies of departments (reliability F115): none is believed, the genuine one is."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.incoming import Address, ParsedMail
from cases.model import Lead, LetterName, Scope
from routing.policy import Policy
from routing.trust import (
    TO_COMPLAINANTS,
    Authority,
    Trust,
    authentication,
    authority,
    reacts,
    supervising,
    vouched,
)
from tests.conftest import MakeCase, MakeMail

OURS = "mx.example.com"
CHECKED, UNCHECKED = Trust(authserv_id=OURS), Trust()
PASS = f"{OURS}; dmarc=pass (p=REJECT) header.from=example.com"
RECEIVED = f"from out.example.net by {OURS} with ESMTPS; Mon, 23 Nov 2026 01:00:00 +0000"
FOREIGN = "from a by b.stranger.example with SMTP; Mon, 23 Nov 2026 01:00:00 +0000"

Headers = tuple[tuple[str, str], ...]


def results(*values: str) -> Headers:
    """Return Authentication-Results fields, topmost first."""
    return tuple(("authentication-results", value) for value in values)


@pytest.fixture
def reply(make_mail: MakeMail) -> Callable[..., ParsedMail]:
    """Return a builder of the genuine reply of quality@example.com, with changes."""

    def build(**changes: object) -> ParsedMail:
        genuine: dict[str, object] = {
            "sender": Address(addr="quality@example.com"),
            "headers": (*results(PASS), ("received", RECEIVED)),
            "text": "done\nSent.",
        }
        return make_mail(**(genuine | changes))

    return build


@pytest.fixture
def token(make_case: MakeCase) -> Lead:
    """Return the lead of the quality department's token."""
    return Lead(case=make_case(), via="token", scope=Scope.DEPARTMENT, party="quality")


@pytest.mark.parametrize("trust", [CHECKED, UNCHECKED])
@pytest.mark.parametrize("addr", ["quality@example.com", "QA-Head@Example.com"])
def test_the_genuine_reply_is_granted(
    trust: Trust, addr: str, reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """Token, list and our own server's word: for every address of the department."""
    found = authority(reply(sender=Address(addr=addr)), token, policy, trust)

    assert (found.department, found.granted, found.why_not) == ("quality", True, "")


@pytest.mark.parametrize(
    ("via", "scope", "party", "letter"),
    [
        ("thread", None, "", ""),
        ("thread", None, "", "acknowledgement"),
        ("thread", None, "", "outcome"),
        ("tag", None, "", ""),
        ("token", Scope.COMPLAINANT, "wang.fang@customer.example", ""),
        ("token", Scope.BOUNCE, "quality@example.com", ""),
    ],
)
def test_a_right_sender_without_the_departments_token_is_not_granted(
    via: str,
    scope: Scope | None,
    party: str,
    letter: str,
    reply: Callable[..., ParsedMail],
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """F115 (a) and (h): no token, or one of another scope that was quoted around."""
    lead = Lead(case=make_case(), via=via, scope=scope, party=party, letter=letter)

    for trust in (CHECKED, UNCHECKED):
        found = authority(reply(), lead, policy, trust)
        assert not found.granted
        assert found.why_not == "it answers none of our mails to the department"


@pytest.mark.parametrize("letter", ["routed", "follow_up", "how_to_answer"])
def test_the_signed_id_of_a_departments_mail_proves_as_much_as_its_token(
    letter: str, reply: Callable[..., ParsedMail], make_case: MakeCase, policy: Policy
) -> None:
    """For servers without plus-addresses; list and authentication are asked for all the same."""
    lead = Lead(case=make_case(), via="thread", letter=letter)
    stranger = reply(sender=Address(addr="mallory@stranger.example"))

    assert authority(reply(), lead, policy, CHECKED).granted
    assert not authority(reply(headers=()), lead, policy, CHECKED).granted
    assert not authority(stranger, lead, policy, UNCHECKED).granted


@pytest.mark.parametrize(
    "addr",
    [
        "mallory@stranger.example",
        "quality@example.com.stranger.example",
        "quality@examp1e.com",
        "quality+x@example.com",
        "service@example.com",
        "wang.fang@customer.example",
        "",
    ],
)
def test_a_token_with_a_wrong_sender_is_not_granted(
    addr: str, reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """F115 (b): only the department's own list counts, nothing that looks like it."""
    domain = addr.rpartition("@")[2]
    headers = results(f"{OURS}; dmarc=pass header.from={domain}")
    mail = reply(sender=Address(addr=addr), headers=headers)

    assert not authority(mail, token, policy, CHECKED).granted
    assert not authority(mail, token, policy, UNCHECKED).granted


FAILING = [
    f"{OURS}; dmarc=fail header.from=example.com",
    f"{OURS}; dmarc=fail (p=NONE) header.from=example.com; spf=pass smtp.mailfrom=example.com",
    f"{OURS}; dkim=pass header.d=stranger.example; dmarc=fail header.from=example.com",
    f"{OURS}; spf=pass smtp.mailfrom=stranger.example",
    f"{OURS}; dkim=pass header.d=example.com",
    f"{OURS}; dmarc=none header.from=example.com",
    f"{OURS}; dmarc=temperror header.from=example.com",
    f"{OURS}; dmarc=pass",
    f"{OURS}; dmarc=pass header.from=stranger.example",
    f"{OURS}; dmarc=pass header.from=example.com.stranger.example",
    f"{OURS}; dmarc=passed header.from=example.com",
    f"{OURS}; none",
    OURS,
]


@pytest.mark.parametrize("value", FAILING)
def test_a_sender_that_our_server_did_not_confirm_is_not_granted(
    value: str, reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """F115 (c): whatever is not `dmarc=pass` for the sender's own domain."""
    assert not authority(reply(headers=results(value)), token, policy, CHECKED).granted


FORGED: list[Headers] = [
    (),
    results(PASS.replace(OURS, "mx.stranger.example")),
    results(PASS.replace(OURS, f"{OURS}.stranger.example")),
    results(PASS.replace(OURS, f"x{OURS}")),
    results(f"({OURS}) mx.stranger.example; dmarc=pass header.from=example.com"),
    # below the verdict of ours
    results(f"{OURS}; dmarc=fail header.from=example.com", PASS),
    results(f"{OURS}; none", PASS),
    # below a server that is not ours
    (("received", FOREIGN), *results(PASS)),
    (("received", RECEIVED), ("received", FOREIGN), *results(PASS)),
    (("received", f"from {OURS} by b.stranger.example"), *results(PASS)),
    (("received", "no server at all"), *results(PASS)),
    # another field
    (("x-authentication-results", PASS), ("arc-authentication-results", f"i=1; {PASS}")),
    # words that the sender chose, within the results of our server
    results(
        f'{OURS}; spf=pass smtp.mailfrom="; dmarc=pass header.from=example.com;"@stranger.example'
    ),
    results(f"{OURS}; spf=pass smtp.mailfrom=dmarc=pass-header.from=example.com@stranger.example"),
    results(f"{OURS}; spf=pass (;dmarc=pass header.from=example.com;) smtp.mailfrom=a@b.example"),
    results(
        f"{OURS}; spf=pass (;dmarc=pass header.from=example.com;() x) smtp.mailfrom=a@b.example"
    ),
    results(
        f"{OURS}; spf=pass (() ;dmarc=pass header.from=example.com;) smtp.mailfrom=a@b.example"
    ),
    results(
        f"{OURS}; spf=pass (\\) ;dmarc=pass header.from=example.com;) smtp.mailfrom=a@b.example"
    ),
    results(
        f'{OURS}; spf=pass (a " b) smtp.mailfrom="; dmarc=pass header.from=example.com;"@b.example'
    ),
    results(f'{OURS}; spf=fail (" (); dmarc=pass header.from=example.com; " ) smtp.mailfrom=a@b'),
    results(f'{OURS}; spf=fail "dmarc=pass header.from=example.com;'),
    results(f'{OURS}; dmarc="x"pass header.from=example.com'),
    results(f"{OURS}; dmarc=none (left open \\"),
    results(f'{OURS}; spf=fail reason="; dmarc=pass header.from=example.com'),
    results(f'{OURS}; dkim=fail reason="\\"; dmarc=pass header.from=example.com"'),
    results(f"{OURS}; dmarc=fail (" + "x" * 600 + "; dmarc=pass header.from=example.com; ) a=b"),
    results(f"{OURS}; " + "(" * 30 + ";dmarc=pass header.from=example.com;" + ")" * 30),
    results(f"{OURS}; xdmarc=pass header.from=example.com"),
    results(f"{OURS}; dmarc=fail policy.x=dmarc=pass header.from=example.com"),
    # logged in, but as somebody else
    results(f"{OURS}; auth=pass smtp.auth=mallory@example.com"),
    results(f"{OURS}; auth=pass smtp.auth=mallory smtp.mailfrom=quality@example.com"),
    results(f"{OURS}; auth=pass"),
    results(f"{OURS}; auth=fail smtp.auth=quality@example.com"),
]


@pytest.mark.parametrize("headers", FORGED)
def test_foreign_and_forged_results_are_not_believed(
    headers: Headers, reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """F115 (d): only the topmost results of our own server, and no quoted words in them."""
    found = authority(reply(headers=headers), token, policy, CHECKED)

    assert not found.granted
    assert found.why_not.startswith("the sender's authentication is ")


GENUINE: list[Headers] = [
    results(PASS),
    results(PASS.upper()),
    results(f"{OURS} 1; dmarc=pass header.from=example.com"),
    results(
        f"{OURS};\n\tdkim=pass header.d=example.com;\n\tdmarc = pass header.from = example.com"
    ),
    results(f"{OURS}; spf=fail smtp.mailfrom=a.example; dmarc=pass header.from=example.com"),
    results("mx.other.example; dmarc=fail header.from=example.com", PASS),
    (("received", RECEIVED), *results(PASS)),
    results(
        f'{OURS}; dkim=pass reason="good (really)" header.d=x; '
        "dmarc=pass (a (b) c) header.from=example.com"
    ),
    results(f"{OURS} (x); dmarc (best) = (of all) pass (\\)) header.from=example.com"),
    results(f'{OURS}; dmarc=pass reason="all (is) \\"well\\"" header.from=example.com'),
    results(f"{OURS}; spf=fail :) smtp.mailfrom=a; dmarc=pass (x) header.from=example.com"),
    (("received", RECEIVED.replace(OURS, "10.0.0.7")), *results(PASS)),
    (("received", RECEIVED.replace(OURS, "Relay.EXAMPLE.com")), *results(PASS)),
    results(f"{OURS}; auth=pass (plain) smtp.auth=quality@example.com"),
    results(f"{OURS}; auth=pass smtp.auth=quality"),
]


@pytest.mark.parametrize("headers", GENUINE)
def test_the_ways_servers_write_a_pass_are_understood(
    headers: Headers, reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """Versions, comments, folding, capitals, other methods around it."""
    assert authority(reply(headers=headers), token, policy, CHECKED).granted


def test_an_ambiguous_sender_is_not_granted(
    reply: Callable[..., ParsedMail], token: Lead, policy: Policy
) -> None:
    """F115 (e) and (f): two From, or one that two parsers read differently."""
    found = authority(reply(sender_certain=False), token, policy, UNCHECKED)

    assert not found.granted
    assert found.why_not == "its sender is ambiguous"


def test_an_old_reply_that_is_played_again_is_not_granted(
    reply: Callable[..., ParsedMail], make_case: MakeCase, policy: Policy
) -> None:
    """F115 (g): a department that no longer has the case can't speak in it, proofs or not."""
    case = make_case(departments=("service",))
    lead = Lead(case=case, via="token", scope=Scope.DEPARTMENT, party="quality")
    found = authority(reply(), lead, policy, CHECKED)

    assert not found.granted
    assert found.why_not == "quality does not handle this case now"


def test_a_department_that_is_gone_from_the_file_speaks_for_nobody(
    reply: Callable[..., ParsedMail], make_case: MakeCase, policy: Policy
) -> None:
    """Its tokens lose their power with it."""
    case = make_case(departments=("returns",))
    lead = Lead(case=case, via="token", scope=Scope.DEPARTMENT, party="returns")

    assert authority(reply(), lead, policy, UNCHECKED).why_not == "the department is gone"


def test_authentication_is_one_word(reply: Callable[..., ParsedMail]) -> None:
    """off without a server to trust; else pass, fail or none."""
    assert authentication(reply(headers=()), UNCHECKED) == "off"
    assert authentication(reply(), CHECKED) == "pass"
    assert authentication(reply(headers=results(FAILING[0])), CHECKED) == "fail"
    assert authentication(reply(headers=()), CHECKED) == "none"


@pytest.mark.parametrize(
    ("changes", "lead_changes", "why_not"),
    [
        ({}, {}, ""),
        ({}, {"scope": None, "via": "thread", "letter": "decision_needed"}, ""),
        ({}, {"scope": None, "via": "thread", "letter": "alert"}, "none of our letters"),
        ({}, {"scope": None, "via": "tag"}, "none of our letters"),
        ({"sender_certain": False}, {}, "ambiguous"),
        ({"sender": Address(addr="eve@evil.example")}, {}, "eve@evil.example is no supervisor"),
    ],
)
def test_a_supervisor_needs_the_letter_and_the_list(
    changes: dict[str, object],
    lead_changes: dict[str, object],
    why_not: str,
    make_mail: MakeMail,
    make_case: MakeCase,
    policy: Policy,
) -> None:
    """The same proofs as a department, for a letter that asked for a decision."""
    mail = make_mail(sender=Address(addr="Supervisor@example.com"))
    lead = Lead(case=make_case(), via="token", scope=Scope.SUPERVISOR, party="x")
    lead = replace(lead, **lead_changes)  # type: ignore[arg-type] # the tests name real fields
    found = supervising(replace(mail, **changes), lead, policy, UNCHECKED)  # type: ignore[arg-type]

    assert found.granted is (not why_not)
    assert why_not in found.why_not


def test_a_supervisor_that_our_server_did_not_confirm_decides_nothing(
    make_mail: MakeMail, make_case: MakeCase, policy: Policy
) -> None:
    """The third proof, where the operator asks for it."""
    mail = make_mail(sender=Address(addr="supervisor@example.com"))
    lead = Lead(case=make_case(), via="token", scope=Scope.SUPERVISOR, party="x")
    found = supervising(mail, lead, policy, Trust(authserv_id="mx.example.com"))

    assert found.why_not == "the sender's authentication is none"


# ---------------------------------------------------------------- every word of the judgement


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ((f"{OURS}; dmarc=fail header.from=example.com",), "fail"),
        ((f"{OURS}; dkim=fail header.d=example.com",), "fail"),
        ((f"{OURS}; spf=fail smtp.mailfrom=example.com; dkim=none",), "fail"),
        ((f"{OURS}; dkim=pass header.d=example.com",), "none"),
        ((f"{OURS}; none",), "none"),
        (("mx.stranger.example; dmarc=fail header.from=example.com",), "none"),
        (("mx.stranger.example; dmarc=fail", f"{OURS}; dmarc=fail"), "fail"),
    ],
)
def test_what_our_server_says_is_one_word(
    values: tuple[str, ...], word: str, reply: Callable[..., ParsedMail]
) -> None:
    """A failure that it names, or nothing; what other servers say is neither."""
    assert authentication(reply(headers=results(*values)), CHECKED) == word


def test_below_a_strangers_server_nothing_is_read(reply: Callable[..., ParsedMail]) -> None:
    """Neither a pass nor a failure."""
    for value in (PASS, f"{OURS}; dmarc=fail"):
        headers = (("received", FOREIGN), *results(value))
        assert authentication(reply(headers=headers), CHECKED) == "none"


def test_results_are_read_to_their_twenty_thousandth_character(
    reply: Callable[..., ParsedMail],
) -> None:
    """A pass that ends there counts; one that ends behind it is cut, and does not."""
    end = "; dmarc=pass header.from=example.com"
    for longer, word in ((0, "pass"), (1, "none")):
        value = OURS + ";" + "x" * (20_000 - len(OURS) - 1 - len(end) + longer) + end
        assert authentication(reply(headers=results(value)), CHECKED) == word


def test_a_domain_is_what_stands_behind_the_last_at(reply: Callable[..., ParsedMail]) -> None:
    """A quoted local part may hold an at-sign, and the name of somebody else's domain."""
    mail = reply(sender=Address(addr='"a@example.com"@stranger.example'), headers=results(PASS))
    assert authentication(mail, CHECKED) == "none"
    theirs = results(f"{OURS}; dmarc=pass header.from=stranger.example")
    assert authentication(replace(mail, headers=theirs), CHECKED) == "pass"


def test_what_speaks_against_a_mail_outweighs_every_proof(
    reply: Callable[..., ParsedMail], make_mail: MakeMail, token: Lead, policy: Policy
) -> None:
    """Whatever raised the doubt is told as the reason."""
    assert authority(reply(), token, policy, CHECKED, doubt="odd").why_not == "odd"
    supervisor = make_mail(sender=Address(addr="supervisor@example.com"))
    lead = replace(token, scope=Scope.SUPERVISOR)
    assert supervising(supervisor, lead, policy, UNCHECKED, doubt="odd").why_not == "odd"
    assert vouched(reply(), CHECKED, doubt="odd") == "odd"
    assert vouched(reply(), CHECKED) == ""


def test_the_judgement_is_given_whole(
    reply: Callable[..., ParsedMail],
    make_mail: MakeMail,
    make_case: MakeCase,
    token: Lead,
    policy: Policy,
) -> None:
    """Department, yes or no, why not, and whether only the case has moved on."""
    moved = replace(token, case=make_case(departments=("service",)))
    gone = replace(token, party="returns")
    supervisor = make_mail(sender=Address(addr="supervisor@example.com"))
    letter = Lead(case=make_case(), via="thread", letter="alert")

    assert authority(reply(), token, policy, CHECKED) == Authority(
        department="quality", granted=True
    )
    assert authority(reply(), moved, policy, CHECKED) == Authority(
        department="quality",
        granted=False,
        why_not="quality does not handle this case now",
        elsewhere=True,
    )
    assert authority(reply(), gone, policy, CHECKED) == Authority(
        department="returns", granted=False, why_not="the department is gone"
    )
    assert supervising(supervisor, letter, policy, UNCHECKED) == Authority(
        department="", granted=False, why_not="it answers none of our letters to supervisors"
    )


REACTIONS = [
    # via, scope, letter of ours → may act
    ("token", Scope.COMPLAINANT, "", True),
    ("token", Scope.DEPARTMENT, "", False),
    ("token", Scope.REFERRER, "outcome", False),
    *(("thread", None, name.value, name in TO_COMPLAINANTS) for name in LetterName),
    ("tag", None, "outcome", False),
]


@pytest.mark.parametrize(("via", "scope", "letter", "acts"), REACTIONS)
def test_only_an_answer_to_a_letter_to_the_complainant_may_confirm_or_object(
    via: str,
    scope: Scope | None,
    letter: str,
    acts: bool,
    reply: Callable[..., ParsedMail],
    make_case: MakeCase,
) -> None:
    """By its token or its signed id; and only while nothing speaks against who wrote it."""
    lead = Lead(case=make_case(), via=via, scope=scope, letter=letter)

    assert reacts(reply(), lead, CHECKED) is acts
    assert reacts(reply(headers=()), lead, CHECKED) is acts, "most customers' servers prove nothing"
    assert not reacts(reply(headers=results(FAILING[0])), lead, CHECKED)
    assert not reacts(reply(sender_certain=False), lead, CHECKED)
    assert not reacts(reply(), lead, CHECKED, doubt="odd")
