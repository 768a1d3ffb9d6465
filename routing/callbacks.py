"""Somebody called the complainant after the outcome, or tried to (K028, K099). Pure."""

from dataclasses import replace

from cases.model import Decision, Status
from routing.closing import closed_if_done, settled, word_needed
from routing.letters_staff import alerts
from routing.letters_time import escalation
from routing.life import Life, join
from routing.reactions import Reaction, read_reaction
from routing.replies import Said, Word

#: After so many attempts in vain the call is given up, and the register says so.
MOST_ATTEMPTS = 2
#: Of what the complainant said on the phone, as the caller wrote it.
_UNHAPPY = frozenset({Reaction.NOT_SOLVED, Reaction.DISAGREE})


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
    if life.case.status is Status.OUTCOME_SENT and word_needed(life):
        return _confirmed(life, decision, actor, text, reached=reached, attempts=attempts)
    return closed_if_done(life.after(decision), decision)


def _confirmed(
    life: Life, call: Decision, actor: str, text: str, *, reached: bool, attempts: int
) -> Decision:
    """Take what a caller heard for the complainant's word, where silence is none (K046, K098)."""
    after, bosses = life.after(call), life.policy.supervisors
    if not reached:
        given_up = attempts == MOST_ATTEMPTS
        letters = alerts(
            life.case, bosses, life.policy, reasons=(text,), revision=life.cause, what="unconfirmed"
        )
        return replace(call, letters=letters) if given_up else call
    if read_reaction(text).said & _UNHAPPY:
        letters = escalation(after, bosses, what="unsatisfied", level=1, reasons=(text,), text=text)
        return replace(call, letters=letters, level=1)
    if word_needed(after):
        return join(call, settled(after, life.event("satisfied", actor, text)))
    return call  # they know now, and have the time that everybody has
