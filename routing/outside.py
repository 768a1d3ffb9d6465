"""The reply of a supplier, carrier or dealer: kept, and told to the department that asked. Pure.

Its words never reach a complainant by themselves; the department decides what becomes of them.
"""

from cases.life import PartState
from cases.model import Decision, Lead
from routing.letters_work import party_answered
from routing.situation import Situation
from routing.trust import vouched
from routing.work import resumed


def party(s: Situation, lead: Lead) -> Decision:
    """Record what a party outside says and let the part go on that waited for it."""
    life, key = s.life(lead), lead.party or s.policy.party_of(s.mail.sender.addr)
    listed = s.policy.parties.get(key)
    addr = s.mail.sender.addr.lower()
    why_not = "" if listed and addr in listed.listed else f"{addr} is not on the list of {key}"
    why_not = why_not or vouched(s.mail, s.trust, doubt=s.doubt)
    actor = f"party:{key}"[:80]
    if why_not:
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(why_not,))
        return Decision(moves=(), events=(event,), letters=())
    event = s.event("party_answered", actor, s.mail.text)
    waiting = [p for p in life.at_work if p.state is PartState.EXTERNAL and p.party == key]
    told = waiting or list(life.open_parts) or list(life.at_work)
    letters = tuple(
        letter
        for part in told
        for letter in party_answered(life, part.department, key, s.mail.text)
    )
    return Decision(
        moves=(),
        events=(event,),
        letters=letters,
        parts=tuple(resumed(life, part) for part in waiting),
    )
