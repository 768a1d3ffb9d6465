"""Which case is this mail about? Pure: the store looks the clues up, the judgement is here.

In this order (design 2): a reply token, a Message-ID of ours in the thread, the reference in the
subject. Each counts only for somebody who takes part in the case; anything else makes a new case
and is recorded as a guess, so that nobody can look for cases or slip into one (reliability 3.6).
"""

import re
from dataclasses import dataclass

from cases.incoming import ParsedMail
from cases.model import Lead, LetterName, Scope
from cases.tokens import OwnLetter, find_tokens, own_letter
from routing.policy import Policy
from routing.trust import TO_APPROVERS, TO_COMPLAINANTS, TO_DEPARTMENTS, TO_PARTIES

_REFERENCE = re.compile(r"\bC-(20\d\d)-(\d{6,9})\b", re.IGNORECASE | re.ASCII)

#: Whose word a token may carry, whoever holds it.
_BEARERS = {
    Scope.DEPARTMENT: "department",
    Scope.SUPERVISOR: "supervisor",
    Scope.APPROVER: "approver",
    Scope.PARTY: "party",
}
_TO_SIGNERS = frozenset({LetterName.REVIEW_REQUEST.value, LetterName.APPROVAL_REQUEST.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What a mail itself shows of the case it belongs to."""

    tokens: tuple[tuple[Scope, str], ...]
    answered: tuple[OwnLetter, ...]  #: what the signed ids of ours say
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The case a mail joins, if any, and in which role; `guess` says what was not believed."""

    lead: Lead | None
    role: str = ""  #: complainant, referrer, department, supervisor, approver, party, staff
    guess: str = ""


def clues(mail: ParsedMail, key: bytes, *, old_key: bytes = b"") -> Clues:
    """Return every clue in the addresses, thread headers and subject."""
    addresses = (
        *(a.addr for a in mail.to),
        *(a.addr for a in mail.cc),
        *mail.delivered_to,
    )
    ids = (*mail.in_reply_to, *reversed(mail.references))
    signed = (own_letter(key, mail_id, old_key=old_key) for mail_id in ids)
    answered = dict.fromkeys(found for found in signed if found)
    return Clues(
        tokens=find_tokens(addresses),
        answered=tuple(answered),
        references=references(mail.subject)[:5],
    )


def references(subject: str) -> tuple[str, ...]:
    """Return the references of cases in a subject, in order, each once."""
    found = (match[0].upper() for match in _REFERENCE.finditer(subject[:500]))
    return tuple(dict.fromkeys(found))


def match(mail: ParsedMail, leads: tuple[Lead, ...], policy: Policy) -> Match:
    """Return the first lead, strongest first, that the sender takes part in.

    Somebody else's token comes last: in the complainant's hand it shows less than a letter of
    their own, in a stranger's it is only kept as evidence, see trust.py.
    """
    addr = mail.sender.addr.lower()
    guesses: list[str] = []
    weak: list[Match] = []
    for lead in leads:
        role = _role(mail, lead, policy)
        sure = lead.scope not in _BEARERS or _entitled(addr, lead, policy)
        if role and sure and not _adds_nothing(addr, lead, role, weak, policy):
            return Match(lead=lead, role=role)
        if role:
            weak.append(Match(lead=lead, role=role))
        guesses.append(f"{lead.case.reference} by {lead.via}")
    if weak:
        # False sorts first: the complainant's own words count before a stranger's evidence.
        return min(weak, key=lambda one: one.role not in ("complainant", "referrer"))
    guess = f"may be about {', '.join(guesses)}, but not from a party to it" if guesses else ""
    return Match(lead=None, guess=guess)


def _adds_nothing(addr: str, lead: Lead, role: str, weak: list[Match], policy: Policy) -> bool:
    """Tell whether a thread only repeats what a token in the wrong hand has shown.

    Another department with the letter of the one that has the case is not the one that has it.
    """
    has_it = policy.department_of(addr) in lead.case.departments
    before = any(one.role == role and one.lead and one.lead.case == lead.case for one in weak)
    return role == "department" and before and not has_it


def _role(mail: ParsedMail, lead: Lead, policy: Policy) -> str:
    addr, case = mail.sender.addr.lower(), lead.case
    if not addr:
        return ""
    complains = addr == case.complainant.addr.lower()
    if lead.scope in _BEARERS:
        # Whoever complains stays the complainant, whatever letter of ours they were shown.
        if complains and mail.sender_certain and not _entitled(addr, lead, policy):
            return _complaining(addr, policy)
        # Whoever holds a token may write to the case; whether the word counts as that of the
        # department, supervisor, approver or party is decided in trust.py.
        return _BEARERS[lead.scope]
    if lead.scope is Scope.COMPLAINANT:
        return _complaining(addr, policy) if addr == lead.party.lower() else ""
    if lead.scope is Scope.REFERRER and _entitled(addr, lead, policy):
        return "referrer"
    if not mail.sender_certain:
        return ""  # no token, and nobody knows who wrote (design 7.4)
    return _by_address(mail, lead, policy)


def _by_address(mail: ParsedMail, lead: Lead, policy: Policy) -> str:
    """Return the role of a sender without a token: the letter they answer, and who they are."""
    addr, case = mail.sender.addr.lower(), lead.case
    signs = addr in policy.signers(case.category, case.severity, case.rules)
    if lead.letter == LetterName.DECISION_NEEDED and policy.decides(addr):
        return "supervisor"
    if lead.letter in _TO_SIGNERS and signs:
        return "approver"
    if lead.letter in TO_PARTIES and policy.party_of(addr):
        return "party"
    key = policy.department_of(addr)
    if addr == case.complainant.addr.lower() and not (key and lead.letter in TO_DEPARTMENTS):
        return _complaining(addr, policy)  # unless a colleague who complains answers for their own
    if lead.letter in TO_COMPLAINANTS and policy.referrer_of(addr):
        return "referrer"
    # One that had the case hears that it moved on; its mail is no complaint of its own.
    if key and (key in case.departments or lead.letter in TO_DEPARTMENTS):
        return "department"
    if lead.letter in TO_APPROVERS and signs:
        return "approver"
    return "staff" if lead.via == "thread" and policy.is_staff(addr) else ""


def _complaining(addr: str, policy: Policy) -> str:
    """Return the role of the address that a case has for its complainant.

    A hotline that passes on what it was told never speaks for the person who complains (K061).
    """
    return "referrer" if policy.referrer_of(addr) else "complainant"


def _entitled(addr: str, lead: Lead, policy: Policy) -> bool:
    """Tell whether the token of `lead` was meant for `addr`."""
    if lead.scope is Scope.DEPARTMENT:
        department = policy.departments.get(lead.party)
        return department is not None and addr in department.listed
    if lead.scope is Scope.SUPERVISOR:
        return policy.decides(addr)
    if lead.scope is Scope.APPROVER:
        return addr in policy.signers(lead.case.category, lead.case.severity, lead.case.rules)
    if lead.scope is Scope.PARTY:
        party = policy.parties.get(lead.party)
        return party is not None and addr in party.listed
    referrer = policy.referrer_of(addr)
    same = referrer is not None and referrer is policy.referrer_of(lead.party)
    return addr == lead.party.lower() or same
