"""What the database knows about a mail before it is decided: cases, copies, and what was sent."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from cases.inbox_rows import TakenMail
from cases.incoming import Address, ParsedMail
from cases.model import Case, Classification, Lead, Letter, LetterName, Quota, Scope
from cases.outgoing import QueuedLetter
from cases.store import Transaction
from cases.tokens import token_hash
from pipeline.write import TOKEN_LIFE
from routing.causes import BY_SHARED
from routing.life import Life
from routing.match import Clues, Match
from routing.policy import Policy
from routing.recusal import successor
from routing.signatures import ASKED
from routing.trust import TO_COMPLAINANTS
from routing.words import fold

#: Automatic letters to one address and about one case in 24 hours, to one domain and in all in one
#: hour (reliability 4.9).
PER_ADDRESS, PER_CASE, PER_DOMAIN, PER_HOUR = 3, 5, 100, 2000
#: From the second hard bounce on nothing automatic goes to an address, for so long.
MOST_BOUNCES, REST = 2, timedelta(days=30)
#: The same words by the same person within this time are one complaint, sent twice to be sure.
SENT_TWICE = timedelta(hours=1)
#: Letters that somebody must work on.
_WORK = (LetterName.ROUTED, LetterName.FOLLOW_UP)
A_YEAR = timedelta(days=365)
#: Cases that share one of these are looked at together.
_RELATING = frozenset({"batch", "serial", "order"})
#: Fewer letters than this say too little to be the same on purpose ("?", "help").
LEAST_WORDS = 12


def other_party(found: Match, policy: Policy, sender: str) -> str:
    """Return the listed address of the department or supervisor whose letter a mail answers."""
    lead = found.lead
    if lead and lead.scope in (Scope.SUPERVISOR, Scope.APPROVER):
        return lead.party
    key = (lead.party if lead else "") or policy.department_of(sender)
    return policy.departments[key].to[0] if key in policy.departments else ""


def leads(tx: Transaction, found: Clues, *, now: datetime) -> tuple[Lead, ...]:
    """Look the clues of a mail up, strongest first.

    A token shows which case and who; which letter of ours is answered, the thread shows beside it.
    A letter that is too old or was taken back shows the case, and proves nothing.
    """
    result: list[Lead] = []
    thread: list[Lead] = []
    shown: dict[int, Lead] = {}
    for one in found.answered:
        case = tx.lock_case(one.case_id)
        if case:
            to = tx.letter_to(case.id, one.name, since=now - TOKEN_LIFE)
            letter, number = (one.letter, one.revision) if to else ("", 0)
            lead = Lead(case=case, via="thread", letter=letter, revision=number, to=to)
            thread.append(lead)
            shown.setdefault(case.id, lead)
    for scope, token in found.tokens:
        held = tx.case_by_token(token_hash(token), scope, now=now)
        by = shown.get(held.case.id) if held else None
        if held and by:
            held = replace(held, letter=by.letter, revision=by.revision, to=by.to)
        result += [held] if held else []
    result += thread
    for reference in found.references:
        found_case = tx.case_by_reference(reference)
        case = tx.lock_case(found_case.id) if found_case else None
        if case:
            result.append(Lead(case=case, via="tag"))
    return tuple(result)


def requests(tx: Transaction, case: Case | None) -> tuple[QueuedLetter, ...]:
    """Return the letters about a case that somebody answers with a yes or a no."""
    names = (*(name.value for name in ASKED), LetterName.MEASURES.value, LetterName.REMINDER.value)
    return tx.letters_named(case.id, names) if case else ()


def quota(tx: Transaction, addr: str, case: Case | None, *, now: datetime) -> Quota:
    """Say whether one more automatic letter may go to `addr`, about `case` if there is one."""
    day, hour = now - timedelta(days=1), now - timedelta(hours=1)
    domain = addr.rpartition("@")[2]
    if addr and _is_dead(tx, addr, now=now):
        return Quota(
            cap="dead_address", blocked=f"{MOST_BOUNCES} letters to this address came back"
        )
    if addr and tx.automatic_since(day, recipient=addr) >= PER_ADDRESS:
        return Quota(
            cap="address",
            blocked=f"{PER_ADDRESS} automatic letters went to this address in 24 hours",
        )
    if case and tx.automatic_since(day, case_id=case.id) >= PER_CASE:
        return Quota(
            cap="case", blocked=f"{PER_CASE} automatic letters about this case left in 24 hours"
        )
    if domain and tx.automatic_since(hour, domain=domain) >= PER_DOMAIN:
        return Quota(
            cap="domain", blocked=f"{PER_DOMAIN} automatic letters went to this domain in one hour"
        )
    if tx.automatic_since(hour) >= PER_HOUR:
        return Quota(
            cap="hour",
            blocked=f"{PER_HOUR} automatic letters left in one hour: the breaker is open",
        )
    return Quota()


def reachable(
    tx: Transaction, letters: tuple[Letter, ...], life: Life, *, now: datetime
) -> tuple[Letter, ...]:
    """Return the letters, those for a dead address or an accused person to the next of kin.

    No address of a department or manager that the complaint is about gets a letter of its case
    (K079); work for an address that letters come back from goes to somebody who reads it (F64).
    """
    result: dict[tuple[str, str, str], Letter] = {}
    policy = life.policy
    for letter in letters:
        key = policy.departments.get(letter.department)
        banned = life.recused if letter.name not in TO_COMPLAINANTS else frozenset()
        if letter.name in _WORK and key and _is_dead(tx, letter.to.addr, now=now):
            kin = (*filter(None, (key.manager,)), *key.deputies, *policy.supervisors)
            alive = (addr for addr in kin if not _is_dead(tx, addr, now=now))
            addr = next((addr for addr in alive if addr.lower() not in banned), "")
            letter = replace(letter, to=Address(addr=addr)) if addr else letter
        if letter.to.addr.lower() in banned:
            letter = replace(letter, to=Address(addr=successor(key, banned, policy)))
        addr = letter.to.addr.lower()
        others = [one for one in result if one[:2] == (letter.name.value, addr)]
        if others and (letter.name.value, addr, letter.department) not in result:
            # Two departments share a mailbox: each letter takes its own answer, so both leave.
            digest = crc32(f"{letter.revision}:{letter.department}".encode())
            letter = replace(letter, revision=BY_SHARED + digest)
        if addr:
            result.setdefault((letter.name.value, addr, letter.department), letter)
    return tuple(result.values())


def earlier(tx: Transaction, complainant: str, received_at: datetime) -> tuple[Case, ...]:
    """Return the complainant's other cases of the last year, newest first (K065)."""
    if not complainant:
        return ()
    return tx.cases_of(complainant, since=received_at - A_YEAR)


def related(tx: Transaction, read: Classification | None) -> tuple[Case, ...]:
    """Return the newest cases of the same batch, serial or order number (K087)."""
    return tx.cases_with(read.facts, names=_RELATING) if read else ()


def _is_dead(tx: Transaction, addr: str, *, now: datetime) -> bool:
    return tx.bounces(addr, since=now - REST) >= MOST_BOUNCES


def sent_before(
    tx: Transaction, taken: TakenMail, mail: ParsedMail, complainant: str
) -> Case | None:
    """Return the case of the same mail, sent anew within the hour before; note this one.

    The same means: by the same complainant, with the same words and the same files.
    """
    text = fold(f"{mail.subject} {mail.words}").strip()
    files = (hashlib.sha256(item.data).hexdigest() for item in mail.attachments)
    whole = "\0".join((text, *files)).encode()
    words = hashlib.sha256(whole).hexdigest() if len(text) >= LEAST_WORDS and mail.text else ""
    tx.note_reading(taken, sender=complainant, words=words, message_id=mail.message_id)
    if not words or not complainant or mail.encrypted:
        return None
    since = taken.raw.received_at - SENT_TWICE
    case_id = tx.sent_before(taken, sender=complainant, words=words, since=since)
    return tx.lock_case(case_id) if case_id else None
