"""Erasing a person (F123): their cases, their mails, what stands of them elsewhere; figures stay.

Each case is one transaction, and each transaction leaves its entry in the register of erasures, so
a run that ends half-way is just run again. A dry run does the same and takes it back.
"""

import email
import email.policy
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from cases.case_rows import OVER
from cases.chain import ERASED
from cases.erasure_rows import Erased
from cases.errors import Undecipherable
from cases.lifecycle import MOVES
from cases.model import CaseEvent, Move
from cases.person_rows import OwnCase
from cases.removal_rows import Erasure
from cases.store import Transaction
from ingest.parse import minimal_parse
from pipeline.by_hand import close_case
from pipeline.desk import Desk
from pipeline.rules_texts import texts_of
from pipeline.scissors import scissors_for
from routing.policy import Policy

CLOSED = tuple(status.value for status in OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants erased."""

    by: str
    why: str
    person: str = ""  #: an address in lower case
    reference: str = ""  #: of one case, in place of a person
    open_too: bool = False  #: also cases that are not closed: they are closed without an outcome
    dry_run: bool = False


@dataclass(slots=True)
class Outcome:
    """What is erased, or would be."""

    cases: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  #: cases of others they were taken out of
    open: list[tuple[str, str]] = field(default_factory=list)  #: (case, status) left alone
    busy: list[tuple[str, str]] = field(default_factory=list)  #: (case, why) to be tried again
    mails: int = 0
    letters: int = 0
    told: Counter[str] = field(default_factory=Counter)  #: who got letters about it
    named_in: list[str] = field(default_factory=list)  #: files that name the person

    @property
    def found(self) -> bool:
        """True if there was anything to erase."""
        return bool(self.cases or self.others or self.mails or self.letters)


def why_not(desk: Desk, person: str) -> str:
    """Return why nobody of this address can be erased, "" if they can."""
    policy = desk.rules.policy
    if person in desk.settings.own_addresses:
        return "it is an address of this desk"
    if role := _role(policy, person):
        return f"it is an address of {role} in {desk.settings.rules.name}; take it out there first"
    return ""


def _role(policy: Policy, person: str) -> str:
    if policy.is_staff(person) or policy.decides(person):
        return "a supervisor"
    named = policy.department_of(person) or policy.party_of(person)
    referrer = policy.referrer_of(person)
    return named or (referrer.key if referrer else "")


def erase(desk: Desk, request: Request, *, now: datetime) -> Outcome:
    """Do what is wanted; twice does nothing twice."""
    outcome = Outcome()
    with desk.store.read() as tx:
        if request.reference:
            own = tuple(filter(None, (tx.own_case(request.reference),)))
        else:
            own = tx.cases_of_person(request.person)
    for case in own:
        _own_case(desk, request, case, outcome, now=now)
    if request.person:
        _in_others(desk, request, outcome, now=now)
        _without_case(desk, request, outcome, now=now)
        texts = texts_of(desk.rules).items()
        outcome.named_in = [name for name, text in texts if request.person in text.lower()]
    return outcome


def _own_case(
    desk: Desk, request: Request, own: OwnCase, outcome: Outcome, *, now: datetime
) -> None:
    if own.status not in CLOSED and not request.open_too:
        outcome.open.append((own.reference, own.status))
        return
    with _transaction(desk, request) as tx:
        notices = erase_notices(tx, desk, (own.reference,), request.person, now=now)
        done = erase_case(tx, desk, own, by=f"operator:{request.by}", why=request.why, now=now)
        if done.busy:
            outcome.busy.append((own.reference, done.busy))
            return
        if own.erased_at and not done.mails and not done.letters and not notices:
            return
        _enter(tx, desk, request, (own.reference,), done.mails, done.letters + notices, now=now)
    outcome.cases.append(own.reference)
    outcome.mails += done.mails
    outcome.letters += done.letters + notices
    outcome.told.update(done.told)


def erase_case(
    tx: Transaction, desk: Desk, own: OwnCase, *, by: str, why: str, now: datetime
) -> Erased:
    """Take everything out of one case that leads to a person; an open one is closed."""
    case = tx.lock_case(own.id)
    if case is None:
        return Erased()
    scissors = scissors_for(tx, desk, case, now=now)
    done = tx.erase_case(case.id, scissors, now=now, again=own.erased_at is not None)
    if done.busy or (own.erased_at and not done.mails and not done.letters):
        return done
    event = CaseEvent(at=now, kind=ERASED, actor=by[:80], detail=why)
    tx.add_events(case.id, (event,), key=f"erased:{now.isoformat()}")
    if (case.status, Move.WITHDRAW) in MOVES:
        # The letters of this are written from what is left of the case.
        left = tx.lock_case(case.id) or case
        close_case(tx, desk, left, reason=why, by=by.partition(":")[2] or by, now=now)
    return done


def erase_notices(
    tx: Transaction, desk: Desk, references: tuple[str, ...], person: str, *, now: datetime
) -> int:
    """Destroy letters about several cases that name one of these, as ledgers; returns how many."""
    words = [one for one in (*(reference.lower() for reference in references), person) if one]
    if not words:
        return 0
    named = [
        number
        for number, data in _each(tx.notices, tx.letter_data)
        if any(word in _text_of(data) for word in words)
    ]
    return tx.erase_letters(named, scissors_for(tx, desk, None, now=now), now=now, person=person)


def _in_others(desk: Desk, request: Request, outcome: Outcome, *, now: datetime) -> None:
    """Take the person out of cases in which somebody else complains."""
    with desk.store.read() as tx:
        own = {case.id for case in tx.cases_of_person(request.person)}
        others = [number for number in tx.cases_with_person(request.person) if number not in own]
    for number in others:
        with _transaction(desk, request) as tx:
            case = tx.lock_case(number)
            if case is None:
                continue
            scissors = scissors_for(tx, desk, case, now=now)
            mails, letters = tx.erase_person_in(number, request.person, scissors, now=now)
            event = CaseEvent(
                at=now, kind=ERASED, actor=f"operator:{request.by}"[:80], detail=request.why
            )
            tx.add_events(number, (event,), key=f"erased:{now.isoformat()}")
            _enter(tx, desk, request, (case.reference,), mails, letters, now=now)
        outcome.others.append(case.reference)
        outcome.mails += mails
        outcome.letters += letters


def _without_case(desk: Desk, request: Request, outcome: Outcome, *, now: datetime) -> None:
    """Erase the person's mails that opened no case, and what tells of their letters' failures."""
    person = request.person
    with desk.store.read() as tx:
        theirs = {number for number, case in tx.mails_of_person(person) if case is None}
        theirs |= {
            number
            for number, data in _each(tx.mails_without_case, tx.raw_of)
            if _names(data, person)
        }
    with _transaction(desk, request) as tx:
        scissors = scissors_for(tx, desk, None, now=now)
        mails = tx.erase_mails(sorted(theirs), scissors, now=now)
        letters = erase_notices(tx, desk, (), person, now=now)
        tx.forget_address(person)
        if mails or letters:
            _enter(tx, desk, request, (), mails, letters, now=now)
    outcome.mails += mails
    outcome.letters += letters


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def _transaction(desk: Desk, request: Request) -> Iterator[Transaction]:
    try:
        with desk.store.begin() as tx:
            yield tx
            if request.dry_run:
                raise _TakenBack
    except _TakenBack:
        pass


def _enter(
    tx: Transaction,
    desk: Desk,
    request: Request,
    references: tuple[str, ...],
    mails: int,
    letters: int,
    *,
    now: datetime,
) -> None:
    tx.add_erasure(
        Erasure(
            at=now,
            by=request.by,
            how="person" if request.person else "case",
            who=person_hash(desk.key, request.person) if request.person else "",
            why=request.why,
            cases=references,
            mails=mails,
            letters=letters,
        )
    )


def person_hash(key: bytes, person: str) -> str:
    """Return what the register knows a person by: only who has the secret key can ask for one."""
    return hmac.new(key, f"erased|{person}".encode(), hashlib.sha256).hexdigest()


def _each(
    page: Callable[..., tuple[int, ...]], data_of: Callable[[int], bytes]
) -> Iterator[tuple[int, bytes]]:
    """Yield (number, bytes) page by page, one of them in memory; what is damaged is left out."""
    after = 0
    while numbers := page(after=after):
        for after in numbers:
            try:
                data = data_of(after)
            except Undecipherable:
                continue
            yield after, data


def _names(data: bytes, person: str) -> bool:
    """Tell whether a mail that opened no case is by somebody, or about their address."""
    return person.encode() in data.lower() or minimal_parse(data).sender.addr.lower() == person


def _text_of(data: bytes) -> str:
    """Return all words of a letter of ours, its files included, in lower case."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - the policy makes it one
    leaves = (part for part in mail.walk() if not part.is_multipart())
    found = (part.get_payload(decode=True) for part in leaves)
    texts = (one.decode("utf-8", "replace") for one in found if isinstance(one, bytes))
    return "\n".join((str(mail["To"]), str(mail["Subject"]), *texts)).lower()
