"""Which case is this mail about? Pure: the store looks the clues up, the judgement is here.

In this order (design 2): a reply token, a Message-ID of ours in the thread, the reference in the
subject. Each counts only for somebody who takes part in the case; anything else makes a new case
and is recorded as a guess, so that nobody can look for cases or slip into one (reliability 3.6).
"""

import re
from dataclasses import dataclass

from cases.incoming import ParsedMail
from cases.model import Lead, LetterName, Scope
from cases.tokens import find_tokens, own_letter
from routing.policy import Policy
from routing.trust import TO_APPROVERS, TO_DEPARTMENTS, TO_PARTIES

_REFERENCE = re.compile(r"\bC-(20\d\d)-(\d{6,9})\b", re.IGNORECASE | re.ASCII)


_TO_SIGNERS = frozenset({LetterName.REVIEW_REQUEST.value, LetterName.APPROVAL_REQUEST.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What a mail itself shows of the case it belongs to."""

    tokens: tuple[tuple[Scope, str], ...]
    answered: tuple[tuple[int, str], ...]  #: (case, letter) of signed Message-IDs of ours
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The case a mail joins, if any, and in which role; `guess` says what was not believed."""

    lead: Lead | None
    role: str = ""  #: complainant, department, supervisor, approver, party, staff (of an alert)
    guess: str = ""


def clues(mail: ParsedMail, key: bytes) -> Clues:
    """Return every clue in the addresses, thread headers and subject."""
    addresses = (
        *(a.addr for a in mail.to),
        *(a.addr for a in mail.cc),
        *mail.delivered_to,
    )
    ids = (*mail.in_reply_to, *reversed(mail.references))
    answered = dict.fromkeys(found for found in (own_letter(key, i) for i in ids) if found)
    tags = dict.fromkeys(match[0].upper() for match in _REFERENCE.finditer(mail.subject[:500]))
    return Clues(
        tokens=find_tokens(addresses), answered=tuple(answered), references=tuple(tags)[:5]
    )


def match(mail: ParsedMail, leads: tuple[Lead, ...], policy: Policy) -> Match:
    """Return the first lead, strongest first, that the sender takes part in."""
    guesses = []
    for lead in leads:
        role = _role(mail, lead, policy)
        if role:
            return Match(lead=lead, role=role)
        guesses.append(f"{lead.case.reference} by {lead.via}")
    guess = f"may be about {', '.join(guesses)}, but not from a party to it" if guesses else ""
    return Match(lead=None, guess=guess)


def _role(mail: ParsedMail, lead: Lead, policy: Policy) -> str:
    addr = mail.sender.addr.lower()
    if not addr:
        return ""
    if lead.scope is Scope.DEPARTMENT:
        # Whoever holds a department's token may write to the case; whether the word counts as
        # the department's is decided in trust.py.
        return "department"
    if lead.scope is Scope.SUPERVISOR:
        return "supervisor"  # as above
    if lead.scope is Scope.APPROVER:
        return "approver"  # as above
    if lead.scope is Scope.PARTY:
        return "party"  # as above
    if lead.scope is Scope.COMPLAINANT:
        return "complainant" if addr == lead.party.lower() else ""
    if not mail.sender_certain:
        return ""  # no token, and nobody knows who wrote (design 7.4)
    if lead.letter == LetterName.DECISION_NEEDED and policy.decides(addr):
        return "supervisor"
    case = lead.case
    if lead.letter in _TO_SIGNERS and addr in policy.signers(case.category, case.severity):
        return "approver"
    if lead.letter in TO_PARTIES and policy.party_of(addr):
        return "party"
    if addr == case.complainant.addr.lower():
        return "complainant"
    key = policy.department_of(addr)
    # One that had the case hears that it moved on; its mail is no complaint of its own.
    if key and (key in case.departments or lead.letter in TO_DEPARTMENTS):
        return "department"
    if lead.letter in TO_APPROVERS and addr in policy.signers(case.category, case.severity):
        return "approver"
    return "staff" if lead.via == "thread" and policy.is_staff(addr) else ""
