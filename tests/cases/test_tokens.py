"""Signed names: what we made is recognised, what anybody changed is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.model import Scope
from cases.tokens import (
    find_tokens,
    loop_mark,
    message_id,
    own_case,
    own_letter,
    plus_address,
    reply_token,
    token_hash,
)

KEY, SECRET = b"k" * 32, "5e" * 32


def made(**changes: object) -> str:
    """Return a Message-ID of ours."""
    values: dict[str, object] = {
        "case_id": 123,
        "letter": "acknowledgement",
        "revision": 1,
        "recipient": "wang@customer.example",
    }
    return message_id(KEY, "example.com", **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("scope", Scope)
def test_a_token_is_found_again_in_the_address_it_rides_in(scope: Scope) -> None:
    """reply_token → plus_address → find_tokens gives scope and token back."""
    token = reply_token(KEY, SECRET, scope, "quality")

    assert find_tokens((plus_address("complaints@example.com", scope, token),)) == ((scope, token),)


def test_case_folding_leaves_a_token_whole() -> None:
    """Servers that write addresses in capitals do no harm."""
    token = reply_token(KEY, SECRET, Scope.DEPARTMENT, "quality")
    address = plus_address("complaints@example.com", Scope.DEPARTMENT, token).upper()

    assert find_tokens((address,)) == ((Scope.DEPARTMENT, token),)
    assert own_case(KEY, made().upper()) == 123


def test_tokens_are_found_in_order_and_nothing_else_is() -> None:
    """Addresses without a whole token give nothing."""
    a, b = (reply_token(KEY, SECRET, scope, "x") for scope in (Scope.BOUNCE, Scope.COMPLAINANT))
    addresses = (
        "complaints@example.com",
        f"complaints+b.{a}@example.com",
        f"complaints+x.{a}@example.com",  # no scope of ours
        f"complaints+c.{b[:-1]}@example.com",  # too short
        f"complaints+c.{b}a@example.com",  # too long
        f"complaints+c.{b}",  # no domain
        f"complaints+c.{b}@example.com",
    )

    assert find_tokens(addresses) == ((Scope.BOUNCE, a), (Scope.COMPLAINANT, b))


def test_tokens_differ_by_key_case_scope_and_party() -> None:
    """Whoever holds one token holds no other."""
    tokens = {
        reply_token(key, secret, scope, party)
        for key in (KEY, b"other key, 32 bytes............")
        for secret in (SECRET, "00" * 32)
        for scope in Scope
        for party in ("quality", "service")
    }

    assert len(tokens) == 2 * 2 * len(Scope) * 2


def test_a_token_has_130_bits_and_does_not_mind_the_case_of_its_party() -> None:
    """26 letters of base32; wang@ and Wang@ are one complainant."""
    token = reply_token(KEY, SECRET, Scope.COMPLAINANT, "Wang@Customer.example")

    assert len(token) == 26
    assert token == reply_token(KEY, SECRET, Scope.COMPLAINANT, "wang@customer.example")


def test_the_local_part_fits_for_the_longest_address_we_allow() -> None:
    """35 characters and our 29 make the 64 octets of RFC 5321 §4.5.3.1.1."""
    token = reply_token(KEY, SECRET, Scope.DEPARTMENT, "quality")
    address = plus_address("c" * 35 + "@example.com", Scope.DEPARTMENT, token)

    assert len(address.rpartition("@")[0]) == 64


def test_the_store_keeps_a_hash_that_shows_nothing_of_the_token() -> None:
    """The hash is no part of the token and differs for each."""
    one, two = (reply_token(KEY, SECRET, Scope.DEPARTMENT, p) for p in ("quality", "service"))

    assert len(token_hash(one)) == 64
    assert one not in token_hash(one)
    assert token_hash(one) != token_hash(two)


def test_a_message_id_of_ours_names_its_case() -> None:
    """Angle brackets, blanks and another domain do not matter: the MAC does."""
    assert own_case(KEY, made()) == 123
    assert own_case(KEY, f" <{made()}>") == 123
    assert own_case(KEY, made().replace("@example.com", "@gateway.example")) == 123
    assert own_case(b"another key.....................", made()) is None


@given(at=st.integers(min_value=0, max_value=200), letter=st.sampled_from("abz27.0-_@+"))
def test_one_changed_character_makes_it_a_strangers(at: int, letter: str) -> None:
    """Any other character before the @ breaks the MAC or the form."""
    mine = made()
    at %= mine.index("@")
    changed = mine[:at] + letter + mine[at + 1 :]

    assert changed == mine or own_case(KEY, changed) is None


def test_letters_of_different_kind_round_or_reader_have_different_ids() -> None:
    """And the same letter always has the same one."""
    ids = {
        made(),
        made(case_id=124),
        made(letter="routed"),
        made(revision=2),
        made(recipient="li@customer.example"),
    }

    assert len(ids) == 5
    assert made() == made(recipient="WANG@customer.example")


@pytest.mark.parametrize(
    "text", ["", "<>", "a@b", "1.x.1@example.com", "9" * 5000, "\0", "１.a.1@x"]
)
def test_own_case_is_none_for_whatever_else_there_is(text: str) -> None:
    """A stranger's Message-ID never raises."""
    assert own_case(KEY, text) is None


def test_a_loop_mark_belongs_to_one_mail_and_one_key() -> None:
    """It can't be carried over to another mail."""
    marks = {loop_mark(KEY, "1@a"), loop_mark(KEY, "2@a"), loop_mark(b"x" * 32, "1@a")}

    assert len(marks) == 3


def test_letters_that_are_out_already_stay_valid() -> None:
    """Their tokens, ids and marks are these for ever: a change here cuts off who answers them."""
    token = reply_token(KEY, SECRET, Scope.COMPLAINANT, "Wang@Customer.example")

    assert token == "53ax4txzxsf7mq3jlbjlqxta6e"
    assert token_hash(token) == "d64612f4c13616a4dce938d04b305f92e18dd1ef88042e33d4f509061a4287a4"
    assert made(recipient="Wang@Customer.example") == made()
    assert made() == "123.acknowledgement.1.3bsxpzvr.7go2rfowt7cw24ftk7m7@example.com"
    assert loop_mark(KEY, "1@a") == "hdxpjwjxrte47g4qs7pv"


def test_a_message_id_of_ours_says_which_letter_it_is_of() -> None:
    """Case, letter, revision, and the name that nobody else's letter has."""
    found = own_letter(KEY, f"<{made(letter='moved_on', revision=12).upper()}>")

    assert found is not None
    assert (found.case_id, found.letter, found.revision) == (123, "moved_on", 12)
    assert made(letter="moved_on", revision=12) == f"{found.name}@example.com"


def test_an_id_signed_by_the_key_before_is_ours_too() -> None:
    """As long as that key is kept; without one, an empty key opens nothing."""
    old = message_id(b"before", "example.com", case_id=5, letter="a", revision=1, recipient="b@c")
    none = message_id(b"", "example.com", case_id=5, letter="a", revision=1, recipient="b@c")

    assert own_case(KEY, old, old_key=b"before") == 5
    assert own_case(KEY, made(), old_key=b"before") == 123
    assert own_case(KEY, old) is None
    assert own_case(KEY, none) is None


def test_an_address_is_split_at_its_last_at() -> None:
    """A quoted local part may hold an at-sign (RFC 5321 §4.1.2)."""
    assert plus_address('"a@b"@example.com', Scope.PARTY, "t") == '"a@b"+p.t@example.com'
