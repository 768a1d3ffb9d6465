"""A machine's mail: filed with the case whose letter it answers, else with the reason. Pure."""

from zlib import crc32

from cases.model import Decision, Lead, Scope
from routing import letters_staff
from routing.phrases import phrase
from routing.situation import Situation

#: Alerts about bounces are numbered above those about mails (routing/decide.py) by their address.
BOUNCE_ALERTS = 2 * 10**11


def machine(s: Situation) -> Decision:
    """File it; a letter of ours that came back is told to the supervisors."""
    why = f"{s.screening.kind.value}: {s.screening.reason}"
    lead = s.signed_lead
    if lead is None:
        return Decision(moves=(), events=(), letters=(), ignored=why)
    event = s.event(s.screening.kind.value, "desk", why)
    bounce = s.screening.bounce
    if bounce is None or not bounce.status.startswith("5"):
        return Decision(moves=(), events=(event,), letters=())
    recipient = _recipient(lead, bounce.recipient)
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
    number = BOUNCE_ALERTS + crc32(recipient.lower().encode())
    alerts = letters_staff.alerts(
        lead.case, s.policy.supervisors, s.policy, reasons=(reason,), revision=number
    )
    alerts = () if s.quota.blocked or recipient.lower() in told else alerts
    return Decision(moves=(), events=(event,), letters=alerts, bounced=recipient)


def _recipient(lead: Lead, named: str) -> str:
    """Return who did not get our letter: our own token knows better than the report."""
    return lead.party if lead.scope is Scope.BOUNCE else named
