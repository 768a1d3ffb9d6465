"""A machine's mail: filed with the case whose letter it answers, else with the reason. Pure."""

from dataclasses import replace
from zlib import crc32

from cases.incoming import Address, MailKind
from cases.life import PartState
from cases.model import Decision, Lead, Scope
from routing import letters_staff
from routing.causes import OF_BOUNCE
from routing.life import join, nothing
from routing.phrases import phrase
from routing.reroute import request_of, standing
from routing.signing import hand_to_deputies
from routing.situation import Situation
from routing.supervisors import ground_of
from routing.untold import UNANSWERED, lost


def machine(s: Situation) -> Decision:
    """File it; a letter of ours that came back is told to the supervisors."""
    why = f"{s.screening.kind.value}: {s.screening.reason}"
    lead = s.signed_lead
    if lead is None:
        return Decision(moves=(), events=(), letters=(), ignored=why)
    event = s.event(s.screening.kind.value, "desk", why)
    if s.screening.kind is MailKind.AUTO_REPLY:
        stand_in = _to_deputies(s)
        return replace(stand_in, events=(event, *stand_in.events))
    bounce = s.screening.bounce
    if bounce is None or not bounce.status.startswith("5"):
        return Decision(moves=(), events=(event,), letters=())
    recipient = _recipient(lead)
    reason = phrase(
        "undeliverable",
        s.policy.languages[0],
        letter=lead.case.reference,
        recipient=recipient or "?",
        reply=bounce.status,
    )
    # A bounce never causes mail to whoever it names, only to our own supervisors (F64).
    # Once per case and address, and never about themselves: alerts may bounce as well.
    told = {addr.lower() for addr in s.policy.supervisors}
    number = OF_BOUNCE + crc32(recipient.lower().encode())
    alerts = letters_staff.alerts(
        lead.case, s.policy.supervisors, s.policy, reasons=(reason,), revision=number
    )
    alerts = () if s.quota.blocked or recipient.lower() in told else alerts
    filed = Decision(moves=(), events=(event,), letters=alerts, bounced=recipient)
    return join(filed, _untold(s, lead, recipient, bounce.status))


def _untold(s: Situation, lead: Lead, recipient: str, status: str) -> Decision:
    """Let nothing count as silence where it was the complainant's letter that came back."""
    elsewhere = s.match.lead is not None and s.match.lead.case.id != lead.case.id
    theirs = recipient.lower() == lead.case.complainant.addr.lower()
    if elsewhere or not theirs or lead.case.status not in UNANSWERED:
        return nothing()
    return lost(s.life(lead), status)


def _to_deputies(s: Situation) -> Decision:
    """Give what somebody who is away was asked to the deputies, once in a round (K080)."""
    lead, away = s.match.lead, s.mail.sender.addr.lower()
    if lead is None:
        return nothing()
    life = s.life(lead)
    if s.match.role == "approver":
        return hand_to_deputies(life, away) or nothing()
    key = lead.party or s.policy.department_of(away)
    department, part = s.policy.departments.get(key), life.part(key)
    told = {event.detail for event in life.this_round("deputy_asked")}
    if department is None or part is None or part.state is not PartState.ASKED or away in told:
        return nothing()
    deputies = tuple(addr for addr in department.deputies if addr.lower() != away)
    if s.match.role != "department" or away not in department.listed or not deputies:
        return nothing()
    ground = ground_of(s, lead)
    request = replace(request_of(ground, standing(lead.case)), deputy_for=away)
    (letter, *_) = letters_staff.routed(request, only=(key,))
    letters = tuple(replace(letter, to=Address(addr=addr)) for addr in deputies)
    asked = life.event("deputy_asked", "desk", away, reasons=deputies)
    return Decision(moves=(), events=(asked,), letters=letters)


def _recipient(lead: Lead) -> str:
    """Return who did not get our letter: what we know of it, not what the report says.

    Anybody can write a report about the letter they got, and name somebody else in it (F57).
    """
    return lead.party if lead.scope is Scope.BOUNCE else lead.to
