"""Logging in by token: what is said, and how rarely a refusal is repeated."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from cases.login import Refusals, TokenTalk, mechanism_of


def test_what_microsoft_and_google_want_to_hear() -> None:
    """XOAUTH2, as in Google's own example."""
    talk = TokenTalk(
        "XOAUTH2",
        user="someuser@example.com",
        token="ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
    )

    said = base64.b64encode(talk.answer().encode()).decode()

    assert said == (
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhk"
        "SFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )


def test_what_rfc_7628_wants_to_hear() -> None:
    """A name with a comma or an equals sign does not end its field."""
    talk = TokenTalk("OAUTHBEARER", user="a=b,c@example.com", token="T0k3n")

    assert talk.answer() == "n,a=a=3Db=2Cc@example.com,\1auth=Bearer T0k3n\1\1"
    assert talk.answer(b'{"status":"invalid_token"}') == "\1"
    assert talk.told == "status: invalid_token"


def test_an_error_object_is_answered_by_the_least_and_told_without_the_token() -> None:
    """Even if the server echoes it."""
    talk = TokenTalk("XOAUTH2", user="u", token="secret-token")
    talk.answer()

    assert talk.answer(b'{"status":"400","schemes":"bearer","you":"secret-token"}') == ""
    assert talk.told == "status: 400, schemes: bearer, you: …"
    assert talk.shown("NO\r\n secret-token\x00") == "NO   …"


@given(st.binary(max_size=200))
def test_no_challenge_breaks_the_talk(challenge: bytes) -> None:
    """Whatever a server says is shown as one printable line."""
    talk = TokenTalk("XOAUTH2", user="u", token="t-o-k-e-n")
    talk.answer()
    talk.answer(challenge)

    assert all(mark.isprintable() for mark in talk.told)


def test_xoauth2_is_taken_before_the_standard() -> None:
    """Exchange and Gmail mean it; a server that offers none gets no token."""
    assert mechanism_of(["plain", "oauthbearer", "xoauth2"]) == "XOAUTH2"
    assert mechanism_of(["OAUTHBEARER"]) == "OAUTHBEARER"
    assert mechanism_of(["PLAIN", "LOGIN"]) == ""


def test_a_refused_account_sees_at_most_twelve_logins_an_hour() -> None:
    """Somebody asks every second; the first refusal is repeated once with a fresh token (F31)."""
    refusals, logins = Refusals(), 1  # the fresh token's
    for second in range(3600):
        if not refusals.rest(at=float(second)):
            logins += 1
            refusals.note("login refused", at=float(second))

    assert logins == 12


def test_after_a_login_that_went_well_nothing_is_held_against_us() -> None:
    """And while we rest, the reason is repeated with the time that is left."""
    refusals = Refusals()
    refusals.note("login refused", at=0.0)
    assert refusals.rest(at=30.0) == "login refused (no new login for 300 seconds)"

    refusals.forget()
    assert refusals.rest(at=30.0) == ""
