"""Somebody called the complainant after the outcome, or tried to (K028, K099). Pure."""

from cases.model import Decision
from routing.closing import closed_if_done
from routing.life import Life
from routing.replies import Said, Word

#: After so many attempts in vain the call is given up, and the register says so.
MOST_ATTEMPTS = 2


def called(life: Life, actor: str, said: Said) -> Decision | None:
    """Record an attempt; None before there is an outcome to talk about."""
    if life.case.outcome_at is None:
        return None
    by = actor.partition(":")[2] or actor
    reached = said.word is Word.REACHED
    attempts = 1 + sum(r.at >= life.case.outcome_at for r in life.recorded("contact"))
    text = said.text.strip() or ("reached" if reached else "not reached")
    text = text if reached or text == "not reached" else f"not reached: {text}"
    records = [life.record("contact", by, text)]
    if reached or attempts >= MOST_ATTEMPTS:
        given_up = "" if reached else f"given up after {attempts} attempts"
        records.append(life.record("callback", by, given_up or text))
    event = life.event("called_back", actor, text, reasons=("reached" if reached else "",))
    decision = Decision(moves=(), events=(event,), letters=(), records=tuple(records))
    return closed_if_done(life.after(decision), decision)
