"""Reply addresses and letters of a case are taken back: who holds one may not act by it (F115)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.model import CaseEvent, Decision
from pipeline.desk import Desk
from pipeline.save import save
from routing.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What was taken back."""

    reference: str
    tokens: int
    letters: int


def revoke(
    desk: Desk, reference: str, *, party: str = "", reason: str, by: str, now: datetime
) -> Revoked | None:
    """Take back what proves that somebody had our letters; None if there is no such case.

    `party`: an address, or the key of a department or party of rules.yaml; "" means everybody.
    The case stays as it is. The next letter to each of them proves anew; a reply to an old one is
    kept, does nothing, and a department is told at its listed address how to answer.
    """
    with desk.store.begin() as tx:
        found = tx.case_by_reference(reference)
        case = tx.lock_case(found.id) if found else None
        if case is None:
            return None
        names = frozenset(_names(party, desk.rules.policy)) if party else None
        tokens, letters = tx.revoke(case.id, names, now=now)
        done = Revoked(reference=case.reference, tokens=tokens, letters=letters)
        if not tokens and not letters:
            return done
        event = CaseEvent(
            at=now,
            kind="revoked",
            actor=f"operator:{by}"[:80],
            detail=f"of {party or 'everybody'}: {reason}",
        )
        decision = Decision(moves=(), events=(event,), letters=())
        save(tx, desk, case, decision, key=f"hand:{now.isoformat()}", now=now)
    return done


def _names(party: str, policy: Policy) -> Iterable[str]:
    """Yield, in lower case, all names under which tokens and letters of a party are kept."""
    addr = party.strip().lower()
    yield addr
    for key in {addr, policy.department_of(addr), policy.party_of(addr)}:
        known = policy.departments.get(key) or policy.parties.get(key)
        if known:
            yield key.lower()
            yield from known.listed
