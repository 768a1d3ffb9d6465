"""What shall happen because of one mail. Pure: values in, one Decision out.

A machine's mail is filed (machines.py); a department's reply does something to its part of the case
(answers.py); a supervisor's says whose it is (supervisors.py), a manager's whether the answer may
leave (signing.py); a party outside answers a department (outside.py); a complainant's mail joins,
confirms or reopens the case (follows.py), that of who passed it on only adds to it (passed_on.py);
anything else is a new case (newcase.py).
"""

from cases.incoming import MailKind
from cases.model import Decision
from routing.answers import department
from routing.follows import complainant
from routing.machines import machine
from routing.newcase import new_case
from routing.outside import party
from routing.passed_on import referrer
from routing.signing import approver
from routing.situation import Situation
from routing.supervisors import supervisor

_WAYS = {
    "department": department,
    "supervisor": supervisor,
    "approver": approver,
    "party": party,
    "complainant": complainant,
    "referrer": referrer,
}


def decide(situation: Situation) -> Decision:
    """Return what shall happen because of one mail."""
    if situation.screening.kind is not MailKind.PERSON:
        return machine(situation)
    lead = situation.match.lead
    if lead is not None and situation.match.role in _WAYS:
        return _WAYS[situation.match.role](situation, lead)
    if lead is not None and situation.match.role == "staff":
        note = situation.event("note", situation.mail.sender.addr, situation.mail.text)
        return Decision(moves=(), events=(note,), letters=())
    if situation.sent_before:
        # Sent twice, to be sure: the departments have it, the complainant was answered.
        event = situation.event("sent_again", "complainant", "the same words once more")
        return Decision(moves=(), events=(event,), letters=())
    return new_case(situation)
