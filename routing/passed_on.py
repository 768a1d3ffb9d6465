"""Who passed a complaint on writes again: they may ask and add, never confirm or object. Pure.

A hotline or platform does not speak for the person who complains (K061): its "settled, thank you"
closes nothing, and its receipt for our letter opens nothing.
"""

from dataclasses import replace

from cases.lifecycle import ANSWERED_FOR
from cases.model import Decision, Lead
from routing import letters_out
from routing.courtesy import is_courtesy
from routing.follows import joined, request_again
from routing.handover import at_once, honoured
from routing.newcase import urgent
from routing.reactions import Reaction, read_reaction
from routing.reroute import guess, rehomed
from routing.situation import Situation, homeless


def referrer(s: Situation, lead: Lead) -> Decision:
    """Answer how the case stands, or tell the departments what was written."""
    return honoured(s, lead, _answered(s) or _told(s, lead))


def _answered(s: Situation) -> Decision | None:
    """Return what follows from a question or thanks; None: it says more."""
    lead = s.match.lead
    if lead is None or s.mail.attachments:
        return None
    actor, said = _actor(s), read_reaction(s.mail.text, name=s.mail.sender.name)
    if said.said == {Reaction.STATUS}:
        life = s.life(lead)
        # To whoever asks; the person who complains asked nothing.
        life = replace(life, case=replace(life.case, complainant=s.mail.sender))
        status = () if s.why_silent() else letters_out.status(life)
        return Decision(
            moves=(),
            events=(s.event("status_asked", actor, s.mail.text),),
            letters=tuple(replace(letter, automatic=True) for letter in status),
        )
    if not said.said and is_courtesy(s.mail.text, name=s.mail.sender.name):
        return Decision(moves=(), events=(s.event("thanks", actor, s.mail.text),), letters=())
    return None


def _told(s: Situation, lead: Lead) -> Decision:
    """Tell the departments; what shows danger counts whoever writes it, but opens no case again."""
    case = lead.case
    request = request_again(s, lead, open_case=True)
    told = joined(s, lead, request, by="referrer")
    if case.status in ANSWERED_FOR:
        return replace(told, assessment=None, due_at=None, guess_at=None, facts=())
    if case.guess_at is not None and urgent(s, request.assessment):
        return at_once(s, lead, told, guess)
    return at_once(s, lead, told, rehomed) if homeless(case, s.policy) else told


def _actor(s: Situation) -> str:
    return f"referrer:{s.mail.sender.addr.lower()}"[:80]
