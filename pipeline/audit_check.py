"""Does the database still say what it said? Every chain, anchor, mail, letter and entry (F124)."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cases.audit_rows import Anchor, CaseLetter, ChainedCase
from cases.chain import BYTES, ERASED, anchor_hash, chain_problems, last_seals
from cases.errors import Undecipherable
from cases.seals import iso, salt_of, seal_of
from cases.store import Store, Transaction

_AT_ONCE = 50  # cases or mails looked at in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was written."""

    case: str  #: reference, "" for what belongs to no single case
    words: str

    def __str__(self) -> str:
        return f"{self.case} {self.words}".strip()


@dataclass(slots=True, kw_only=True)
class Tally:
    """How much was looked at."""

    cases: int = 0
    events: int = 0
    mails: int = 0
    letters: int = 0
    anchors: int = 0
    erased: int = 0  #: cases of persons who were erased; their chain is there, their words are not


def audit(store: Store, tally: Tally, *, known: str = "") -> Iterator[Finding]:
    """Yield everything that does not fit, counting into `tally`.

    `known` is the hash of an anchor that somebody kept outside: it must be there still.
    """
    yield from (Finding(case="", words=words) for words in _anchors(store, tally, known))
    after = 0
    while True:
        with store.snapshot() as tx:
            cases = tx.chained_cases(after=after, limit=_AT_ONCE)
            for case in cases:
                tally.cases += 1
                words = case_problems(tx, case, tally)
                yield from [Finding(case=case.reference, words=one) for one in words]
        if not cases:
            break
        after = cases[-1].id
    with store.snapshot() as tx:
        strays = tx.events_without_case()
    yield from (Finding(case="", words=f"event {n} belongs to no case") for n in strays)
    yield from _mails(store, tally)


def case_problems(tx: Transaction, case: ChainedCase, tally: Tally | None = None) -> list[str]:
    """Return what does not fit in one case: its story, and what its events vouch for."""
    events = tx.chain(case)
    count = tally or Tally()
    count.events += len(events)
    count.erased += any(event["kind"] == ERASED for event in events)
    found = list(chain_problems(events, head=case.head))
    if not events:
        found.append("has no events")
    seals = last_seals(events)
    letters = tx.case_letters(case.id)
    erased = {f"mail:{mail.id}" for mail in tx.case_mails(case.id) if mail.erased_at}
    erased |= {f"letter:{one.id}" for one in letters if one.erased_at}
    found += _bytes_problems(tx, seals, erased, count)
    found += _letter_states(letters, events)
    found += _entry_problems(tx, case, events, seals)
    return found


# ---------------------------------------------------------------- what events vouch for


def _bytes_problems(
    tx: Transaction, seals: Mapping[str, str], erased: Collection[str], tally: Tally
) -> Iterator[str]:
    """Compare the mails and letters of a case with what its events say of them."""
    for name, seal in seals.items():
        kind, _, number = name.partition(":")
        if kind not in BYTES or name in erased:
            continue
        tally.letters += kind == "letter"
        try:
            data = tx.raw_of(int(number)) if kind == "mail" else tx.letter_data(int(number))
        except Undecipherable as error:
            yield f"{kind} {number} can't be read: {error.why}"
            continue
        if hashlib.sha256(data).hexdigest() != seal:
            yield f"{kind} {number} is not the one that came in or left: changed or deleted"


def _letter_states(letters: Collection[CaseLetter], events: list[dict[str, Any]]) -> Iterator[str]:
    """Find letters that the story calls sent, and the outbox does not."""
    states = {f"letter:{one.id}": one.state for one in letters}
    for event in events:
        for name in event["seals"] if event["kind"] == "letter_sent" else ():
            if name.startswith("letter:") and states.get(name, "") != "sent":
                yield f"{name.replace(':', ' ')} was sent, but is {states.get(name) or 'gone'}"


def _entry_problems(
    tx: Transaction, case: ChainedCase, events: list[dict[str, Any]], seals: Mapping[str, str]
) -> Iterator[str]:
    """Compare corrections, measures and registers with what the events say of them."""
    kept = tx.kept_entries(case.id)
    salts = {name: event["salt"] for event in events for name in event["seals"]}
    for name, seal in seals.items():
        if name.partition(":")[0] not in ("case", "correction", "measure", "record") or not seal:
            continue
        if name not in kept:
            yield f"{name} is gone"
        elif seal_of(kept[name].content, salt=salt_of(salts[name], case.secret, name)) != seal:
            yield f"{name} was changed"
    # A case from before entries were sealed has some that nothing vouches for.
    if "case" in seals:
        yield from (f"{name} was added by hand" for name in kept if name not in seals)


# ---------------------------------------------------------------- what belongs to no single case


def _anchors(store: Store, tally: Tally, known: str) -> Iterator[str]:
    with store.snapshot() as tx:
        anchors = tx.anchors()
    before = Anchor.none()
    for anchor in anchors:
        tally.anchors += 1
        with store.snapshot() as tx:
            hashes = tx.hashes_between(before.up_to, anchor.up_to)
        yield from _anchor_problems(before, anchor, hashes)
        before = anchor
    if known and known not in {anchor.hash for anchor in anchors}:
        yield f"no anchor is {known}: the newest ones, or all of them, were made anew"


def _anchor_problems(before: Anchor, anchor: Anchor, hashes: tuple[str, ...]) -> Iterator[str]:
    name = f"anchor {anchor.number} of {anchor.at:%Y-%m-%d %H:%M}"
    range_ = f"events {before.up_to + 1} to {anchor.up_to}"
    if anchor.number != before.number + 1:
        yield f"{name} follows anchor {before.number}: those between them are gone"
    if len(hashes) != anchor.count:
        yield f"{name}: of the {range_} there are {len(hashes)}, and there were {anchor.count}"
    elif anchor.hash != anchor_hash(
        before.hash, anchor.number, iso(anchor.at), anchor.up_to, hashes
    ):
        yield f"{name} does not fit: it, or one of the {range_}, was changed or moved"


def _mails(store: Store, tally: Tally) -> Iterator[Finding]:
    """Compare the bytes of every mail ever seen with the checksum it came in with."""
    after = 0
    while True:
        with store.snapshot() as tx:
            mails = tx.mails_kept(after=after, limit=_AT_ONCE)
            found = []
            for mail in mails:
                tally.mails += 1
                why = "" if mail.erased_at else _mail_problem(tx, mail.id, mail.sha256)
                found += [Finding(case="", words=f"mail {mail.id} {why}")] if why else []
        yield from found
        if not mails:
            return
        after = mails[-1].id


def _mail_problem(tx: Transaction, number: int, sha256: str) -> str:
    try:
        same = hashlib.sha256(tx.raw_of(number)).hexdigest() == sha256
    except Undecipherable as error:
        return f"can't be read: {error.why}"
    return "" if same else "does not have the checksum it came in with"
