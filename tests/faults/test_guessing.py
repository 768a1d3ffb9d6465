"""Guessed reply tokens and Message-IDs (F116, figure R14), and those that were taken back."""

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

import run
from cases.model import LetterName, Scope, Status
from cases.store import Store
from cases.tokens import find_tokens, own_letter, token_hash
from pipeline.desk import Desk
from pipeline.revoke import revoke
from pipeline.write import TOKEN_LIFE
from tests.conftest import KEY, MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import office as office
from tests.pipeline.conftest import reply as reply
from tests.pipeline.test_life import (
    CUSTOMER,
    QUALITY,
    Reply,
    last,
    letters,
    plain,
    says,
    set_process,
)

__all__ = ["plain"]  # the fixture
GUESSES = 1_000_000 if os.environ.get("FAULTS") == "long" else 100_000
SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
CASES = 20


@pytest.fixture
def busy(plain: Office, make_raw: MakeRaw) -> Office:
    """Return a desk with some cases, whose letters are out."""
    for number in range(CASES):
        plain.take(
            make_raw(
                f"Kettle number {number} leaks.\n",
                sender=f"c{number}@customer{number}.example",
                message_id=f"{number}@customer.example",
            )
        )
    plain.deliver()
    return plain


def _tokens(office: Office) -> list[tuple[Scope, str]]:
    """Return every token in a letter that left."""
    addresses = tuple(str(mail["Reply-To"]) for _, mail in office.tray.sent)
    return list(find_tokens(addresses))


def _hits(store: Store, guesses: list[tuple[Scope, str]], office: Office) -> int:
    with store.read() as tx:
        found = (tx.case_by_token(token_hash(t), scope, now=office.now) for scope, t in guesses)
        return sum(lead is not None for lead in found)


@pytest.mark.timeout(300)
def test_no_guess_in_a_hundred_thousand_opens_a_case(busy: Office) -> None:
    """At random, and one letter away from real ones; the real ones do.

    Those near to real ones go the whole way, the others are compared with all that is kept.

    What is looked up is a hash, so that the time a miss takes says nothing about how near it was.
    No cap on wrong tokens is needed beside it: a wrong one makes a new complaint, and caps on the
    letters that those cause are there already.
    """
    dice = Random(20261123)
    real = _tokens(busy)
    assert len(real) >= CASES * 2
    assert _hits(busy.desk.store, real, busy) == len(real)

    near = []
    for _ in range(GUESSES // 10):
        scope, token = dice.choice(real)
        at = dice.randrange(len(token))
        changed = token[:at] + dice.choice(SIGNS.replace(token[at], "")) + token[at + 1 :]
        near.append((scope, changed))
    others = [(other, token) for scope, token in real for other in Scope if other is not scope]
    assert _hits(busy.desk.store, others, busy) == 0, "a token of one scope opens no other"
    hits = _hits(busy.desk.store, near, busy)
    with busy.desk.store.begin() as tx:
        kept = {row[0] for row in tx._connection.exec_driver_sql("select hash from reply_token")}
    assert {token_hash(token) for _, token in real} <= kept
    for _ in range(GUESSES - len(near)):
        hits += token_hash("".join(dice.choices(SIGNS, k=26))) in kept
    print(f"\nguessed tokens: {GUESSES}, hits {hits}")

    assert hits == 0


def test_no_guessed_message_id_is_ours() -> None:
    """100 bits of a MAC behind names that anybody could make up."""
    dice = Random(20261123)
    names = [f"{number}.routed.1" for number in range(1, CASES)]
    found = 0
    for _ in range(GUESSES // 2):
        who, mac = ("".join(dice.choices(SIGNS, k=size)) for size in (8, 20))
        made = f"<{dice.choice(names)}.{who}.{mac}@example.com>"
        found += own_letter(KEY, made, old_key=b"the key of last year, 32 bytes..") is not None
    print(f"\nguessed Message-IDs: {GUESSES // 2}, hits {found}")

    assert found == 0


def test_a_database_shows_no_token(busy: Office) -> None:
    """It keeps hashes: who reads a table of it can't write as a department."""
    tokens = _tokens(busy)
    with busy.desk.store.begin() as tx:
        connection = tx._connection
        rows = str(connection.exec_driver_sql("select * from reply_token").all())

    assert len(tokens) >= CASES * 2
    assert not any(token in rows for _, token in tokens)


# ---------------------------------------------------------------- an end of every proof


@pytest.mark.parametrize("by_address", [True, False], ids=["address", "thread"])
@pytest.mark.parametrize(("days", "status"), [(-1, Status.OUTCOME_SENT), (1, Status.ROUTED)])
def test_a_letter_proves_something_for_ninety_days(
    days: int,
    status: Status,
    by_address: bool,
    plain: Office,
    make_raw: MakeRaw,
    reply: Reply,
) -> None:
    """By its reply address as by the thread; later it is kept, and answered to the listed one."""
    plain.take(make_raw())
    letter = last(plain, QUALITY, LetterName.ROUTED)
    if not by_address:
        letter.replace_header("Reply-To", "complaints@example.com")
    plain.now += TOKEN_LIFE + timedelta(days=days)
    plain.take(reply(letter, "done: we send you a new kettle"))
    plain.deliver()

    assert plain.case().status is status
    assert bool(letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)) is (days > 0)


@pytest.mark.parametrize("by_address", [True, False], ids=["address", "thread"])
@pytest.mark.parametrize("party", ["", "quality", "Quality@example.com"])
def test_what_was_taken_back_acts_no_more_and_the_next_letter_does(
    party: str, by_address: bool, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department hears how to answer; by that letter it can."""
    plain.take(make_raw())
    letter = last(plain, QUALITY, LetterName.ROUTED)
    if not by_address:
        letter.replace_header("Reply-To", "complaints@example.com")
    done = revoke(
        plain.desk, "C-2026-000001", party=party, reason="passed on", by="op", now=plain.now
    )
    assert done is not None
    assert done.tokens
    assert done.letters
    plain.take(reply(letter, "done: we send you a new kettle"))
    assert plain.case().status is Status.ROUTED
    told = last(plain, QUALITY, LetterName.HOW_TO_ANSWER)
    assert str(told["Reply-To"]) != str(letter["Reply-To"])
    plain.take(reply(told, "done: we send you a new kettle"))

    plain.deliver()
    assert plain.case().status is Status.OUTCOME_SENT


def test_what_one_party_had_is_taken_back_alone(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The complainant's letter still says whose word it is."""
    set_process(plain, plan=True)
    plain.take(make_raw())
    says(plain, reply, "done: we repair it")
    asked = last(plain, CUSTOMER, LetterName.PLAN)
    revoke(plain.desk, "C-2026-000001", party="quality", reason="x", by="op", now=plain.now)
    plain.take(reply(asked, "I agree"))

    assert plain.case().status is Status.EXECUTING


def test_taking_back_is_told_in_the_story(
    plain: Office,
    make_raw: MakeRaw,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who, whose and why; a wrong name changes nothing and is said to be wrong."""
    plain.take(make_raw())
    plain.deliver()
    monkeypatch.setattr("pipeline.commands_revoke.opened", lambda *_a: plain.desk)

    def call(*options: str) -> int:
        words = ["run.py", "cases", "revoke", *options, "--by", "Li", "-c", str(config_file)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            run.main()
        assert isinstance(caught.value.code, int)
        return caught.value.code

    assert call("C-2026-000009", "--reason", "x") == 66
    assert call("C-2026-000001", "--reason", " ") == 64
    assert call("C-2026-000001", "--reason", "x", "--party", "nobody") == 66
    assert "revoked" not in plain.kinds()
    assert call("C-2026-000001", "--reason", "sent to a list", "--party", "quality") == 0
    assert "taken back" in capsys.readouterr().out
    (event,) = [one for one in plain.events() if one.kind == "revoked"]
    assert (event.actor, event.detail) == ("operator:Li", "of quality: sent to a list")


# ---------------------------------------------------------------- another key


@pytest.mark.parametrize("old_key", [KEY, b""], ids=["kept", "dropped"])
def test_old_letters_stay_good_when_the_key_changes(
    old_key: bytes, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Reply addresses by their hash; threads as long as the old key is named."""
    plain.take(make_raw())
    letter = last(plain, QUALITY, LetterName.ROUTED)
    thread = reply(letter, "accept, Li Wei").replace(
        str(letter["Reply-To"]).encode(), b"complaints@example.com"
    )
    plain.desk = _with_key(plain.desk, b"another key for tests, 32 bytes.", old_key)
    (handled,) = plain.take(thread)
    assert (handled.outcome == "joined") is bool(old_key) or b"C-2026-000001" in thread
    assert ("accepted" in plain.kinds()) is bool(old_key)
    plain.take(reply(letter, "done: we send you a new kettle"))
    plain.deliver()

    assert plain.case().status is Status.OUTCOME_SENT
    newest = last(plain, CUSTOMER, LetterName.OUTCOME)
    assert own_letter(KEY, str(newest["Message-ID"])) is None, "signed by the new one"


def _with_key(desk: Desk, key: bytes, old_key: bytes) -> Desk:
    return replace(desk, key=key, old_key=old_key)
