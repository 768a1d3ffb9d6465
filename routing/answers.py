"""A department's reply: whose word it is, which word it is, and what follows. Pure.

What each word does to the case is in work.py and forward.py; what can't be understood is answered
with what was read and how to say it, and kept as a note.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cases.addresses import sendable
from cases.incoming import Address
from cases.life import Part
from cases.lifecycle import MOVES, OPEN_PARTS, SETTLED_PARTS
from cases.model import CaseEvent, Decision, Lead, Letter, LetterName, Move, Status
from routing import letters, measures, work
from routing.callbacks import called
from routing.causes import BY_MAIL
from routing.choices import read_not_ours
from routing.letters_staff import moved_on
from routing.life import Life, join
from routing.replies import Said, Word, read_staff_reply
from routing.returns import returned
from routing.situation import Situation
from routing.supervisors import ground_of
from routing.trust import authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Why a reply did nothing, for the letter that says how to say it."""

    why: str  #: unknown, needs, empty, not_now, recused or date
    needs: tuple[str, ...] = ()
    word: str = ""
    kept: Decision | None = None  #: what was said so far, which need not be said again


def department(s: Situation, lead: Lead) -> Decision:
    """Do what a department says, or keep it as a note and say how to answer."""
    proof = authority(s.mail, lead, s.policy, s.trust, doubt=s.doubt)
    key, life = proof.department, s.life(lead)
    actor = f"department:{key}"
    recused = s.mail.sender.addr.lower() in life.recused
    if not proof.granted or recused:
        why_not = proof.why_not or "the complaint is about the writer"
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(why_not,))
        if lead.via == "tag":
            return Decision(moves=(), events=(event,), letters=())  # numbers can be guessed
        if proof.elsewhere:
            return _too_late(s, lead, event, key)
        why = Unclear(why="recused" if recused else "")
        return explain(s, event, key, why, authorised=recused)
    not_ours = read_not_ours(s.mail.text, s.policy)
    if not_ours and (lead.case.status, Move.RETURN) in MOVES:
        return returned(ground_of(s, lead), key, not_ours, s.mail.text)
    said = read_staff_reply(s.mail.text, s.policy, today=s.today)
    done = _done(life, key, said, s.mail.sender.addr)
    if isinstance(done, Unclear):
        late = said.word in (Word.DONE, Word.INVALID) and done.why == "not_now"
        text = s.mail.text if not late else said.text or s.mail.text
        event = s.event("late_answer" if late else "note", actor, text)
        told = explain(s, event, key, done)
        return join(told, done.kept) if done.kept else told
    return _sparing(s, life, key, said, done)


def _sparing(s: Situation, life: Life, key: str, said: Said, done: Decision) -> Decision:
    """Leave out what tells no news, and letters by themselves beyond the caps: robots answer them.

    A ticket system that accepts every letter with a new number would else be written to for ever.
    """
    blocked = s.department_quota.blocked or s.quota.blocked or not s.screening.may_answer
    before, after = life.part(key), life.after(done).part(key)
    same = before and after and replace(after, since_at=before.since_at) == before
    if not blocked and not (said.word is Word.ACCEPT and same):
        return done
    return replace(done, letters=tuple(one for one in done.letters if not one.automatic))


_Answer = Callable[[Life, Part, Said, str], Decision | work.Refused]
#: Words that take a plan back to which nobody has agreed.
_TAKES_BACK = frozenset({Word.DONE, Word.INVALID, Word.HOLD, Word.NO})
#: Words about a part of the case that is still open.
_OPEN: Mapping[Word, _Answer] = {
    Word.ACCEPT: work.accept,
    Word.DONE: work.answer,
    Word.INVALID: work.answer,
    Word.INTERIM: work.interim,
    Word.NEED_INFO: work.need_info,
    Word.HOLD: work.hold,
    Word.RESUME: work.resume,
    Word.ASK: work.ask_party,
}


def _done(life: Life, key: str, said: Said, writer: str) -> Decision | Unclear:
    """Return what the word does now, or why it does nothing."""
    word, part = said.word, life.part(key)
    if word is None or part is None:
        # The letter that asks for measures wants labelled parts and no word.
        stated = measures.reply(life, key, said) if part else None
        return stated or Unclear(why="unknown")
    found: Decision | work.Refused | None = None
    settled = part.state in SETTLED_PARTS
    at_work = life.case.status in (Status.ROUTED, Status.DISPUTE, Status.NOT_A_COMPLAINT)
    if word in _OPEN and at_work and part.state in OPEN_PARTS:
        found = _OPEN[word](life, part, said, writer)
    elif word in _TAKES_BACK and life.case.status is Status.PLAN_OFFERED and settled:
        found = work.take_back(life, part, said, writer)
    elif word is Word.STOP:
        found = work.stop(life, part, said)
    elif word is Word.CARRIED_OUT and life.case.status is Status.EXECUTING:
        found = work.carried_out(life, part, said)
    elif word in (Word.NO, Word.HOLD) and life.case.status is Status.EXECUTING:
        found = work.not_possible(life, part, said)
    elif word in (Word.CARRIED_OUT, Word.NO_MEASURE):
        found = measures.reply(life, key, said)
    elif word in (Word.REACHED, Word.NOT_REACHED):
        found = called(life, f"department:{key}", said)
    if found is None:
        return Unclear(why="not_now", word=word.value)
    if isinstance(found, work.Refused):
        return Unclear(why=found.why, needs=found.needs, word=word.value, kept=found.kept)
    return found


def _too_late(s: Situation, lead: Lead, event: CaseEvent, key: str) -> Decision:
    """Say to a department that its case has gone elsewhere; what it wrote is kept."""
    to, number = lead.case.departments, BY_MAIL + s.inbox_id
    told = moved_on(lead.case, (key,), to, s.policy, revision=number, automatic=True)
    if s.department_quota.blocked or not s.screening.may_answer:
        told = ()
    return Decision(moves=(), events=(event,), letters=told)


def explain(
    s: Situation,
    event: CaseEvent,
    key: str,
    unclear: Unclear,
    *,
    authorised: bool = True,
    signer: str = "",
) -> Decision:
    """Keep a reply as a note and say how to answer; to the listed address, never to a stranger.

    `signer`: whose letter a stranger answered, where that was no department's.
    """
    listed = s.policy.departments.get(key)
    addr = s.mail.sender.addr if authorised else (listed.to[0] if listed else signer)
    quota = s.quota if authorised else s.department_quota
    if quota.blocked or not s.screening.may_answer or not sendable(addr):
        return Decision(moves=(), events=(event,), letters=())
    letter = Letter(
        name=LetterName.HOW_TO_ANSWER,
        language=s.policy.languages[0],
        to=Address(addr=addr),
        department=key,
        automatic=True,
        revision=s.inbox_id,
        facts={
            "department_name": letters.department_name(s.policy, key) if key else addr,
            "read": s.mail.text[:200],
            "authorised": authorised,
            "answered": event.kind == "late_answer",
            "why": unclear.why,
            "needs": unclear.needs,
            "said": unclear.word,
        },
    )
    return Decision(moves=(), events=(event,), letters=(letter,))
