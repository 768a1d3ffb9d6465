"""Replies of those who review, approve, verify or call: three proofs, then their word. Pure."""

from dataclasses import replace

from cases.model import CaseEvent, Decision, Lead, LetterName, Scope, Status
from routing import checks, forward
from routing.answers import Unclear, explain
from routing.callbacks import called
from routing.ladder import signers
from routing.letters_sign import deputy_requests, request_again
from routing.letters_time import escalation
from routing.life import Life, join
from routing.replies import Said, Word, read_staff_reply
from routing.signatures import (
    ASKED,
    DISAGREEMENT,
    actor_of,
    allowed,
    asked,
    deciders,
    pending,
    proposal,
    request_name,
)
from routing.situation import Situation
from routing.trust import vouched

_REQUESTS = frozenset(name.value for name in ASKED)
#: So many refusals of one round are a disagreement, and top management decides (T20).
MOST_REFUSALS = 2


def approver(s: Situation, lead: Lead) -> Decision:
    """Do what a reviewer, approver, checker or caller says."""
    life, addr = s.life(lead), s.mail.sender.addr.lower()
    actor = actor_of(addr)
    why_not = "" if addr in _signers(s, life) else f"{addr} is not asked about this case"
    why_not = why_not or vouched(s.mail, s.trust, doubt=s.doubt)
    if addr in life.recused:
        why_not = "the complaint is about the writer"
    if why_not:
        event = s.event("unverified_reply", actor, s.mail.text, reasons=(why_not,))
        # To the one whose letter was answered, never to whoever wrote.
        signer = lead.party if lead.scope is Scope.APPROVER else ""
        asked = signer.lower() in _signers(s, life)
        signer = signer if asked and signer.lower() not in life.recused else ""
        return explain(s, event, "", Unclear(why=""), authorised=False, signer=signer)
    said = read_staff_reply(s.mail.text, s.policy, today=s.today)
    done = _signed(s, life, lead, said)
    if done is None:
        event = s.event("note", actor, s.mail.text)
        why = Unclear(why="not_now" if said.word else "unknown", word=said.word or "")
        return explain(s, event, "", why)
    return done


def _signed(s: Situation, life: Life, lead: Lead, said: Said) -> Decision | None:
    addr = s.mail.sender.addr.lower()
    if said.word in (Word.REACHED, Word.NOT_REACHED):
        caller = life.process.callback
        may = caller is None or addr in caller.people or addr in _lower(signers(life, caller))
        return called(life, f"approver:{addr}", said) if may else None
    signs = said.word in (Word.YES, Word.NO, Word.CHANGE) and lead.letter != LetterName.MEASURES
    if signs and life.case.status in (Status.IN_REVIEW, Status.IN_APPROVAL):
        found = _about_the_answer(s, life, lead, said)
        if found is not None:
            return found
    if signs and lead.letter in _REQUESTS:
        return None  # what was asked there is over
    return _about_measures(s, life, lead, said)


def _about_measures(s: Situation, life: Life, lead: Lead, said: Said) -> Decision | None:
    """Take a word about measures; a yes or a no is about the waiver that the letter asked for."""
    addr, waivers = s.mail.sender.addr.lower(), [e for e in life.story if e.kind == "waiver_asked"]
    letter = (lead.letter, lead.revision)
    written = {one.at for one in s.requests if (one.letter, one.revision) == letter}
    actors = {event.actor for event in waivers if event.at in written}
    if lead.letter != LetterName.MEASURES or said.word not in (Word.YES, Word.NO) or not actors:
        return checks.verdict(life, addr, said)
    newest = {event.actor: event.at for event in waivers}
    actors = {actor for actor in actors if newest[actor] in written}
    if not actors:
        return None  # another reason was given since, and asked about
    # Of two letters of one moment nobody knows which it was; the reply may name the department.
    key = actors.pop().partition(":")[2] if len(actors) == 1 else ""
    return checks.verdict(life, addr, said, department=key)


def _about_the_answer(s: Situation, life: Life, lead: Lead, said: Said) -> Decision | None:
    """Take a signature where it answers the request that waits now; else show that once more."""
    addr, signing = s.mail.sender.addr.lower(), pending(life)
    if signing is not None and addr in allowed(life, signing):
        counts = _answers_it(s, life, lead)
        return _word(life, addr, said) if counts else _again(s, life, addr)
    keeps_back = said.word is Word.NO and _was_asked(s, life, lead)
    return _word(life, addr, said) if keeps_back else None


def _was_asked(s: Situation, life: Life, lead: Lead) -> bool:
    """Tell whether the newest request went to the writer, who is not asked any more.

    Their objection still keeps the answer from leaving.
    """
    event = next(reversed(proposal(life, *ASKED.values())), None)
    if event is None or s.mail.sender.addr.lower() not in event.detail.lower().split(", "):
        return False
    fresh = {(one.letter, one.revision) for one in s.requests if one.at >= event.at}
    return lead.letter in _REQUESTS and (lead.letter, lead.revision) in fresh


def _answers_it(s: Situation, life: Life, lead: Lead) -> bool:
    """Tell whether a reply is about the answer as it is proposed now.

    It answers the request in its thread, or a reminder of it, or there never was another request.
    """
    name = request_name(life)
    event = asked(life, name)
    if event is None:
        return False
    fresh = [one for one in s.requests if one.at >= event.at]
    now = {one.revision for one in fresh if one.letter == name}
    if lead.letter == name:
        return lead.revision in now
    people = {lead.party.lower(), s.mail.sender.addr.lower()}
    mine = [one for one in s.requests if one.recipient.lower() in people]
    if lead.letter == LetterName.REMINDER:
        reminded = any((one.letter, one.revision) == (lead.letter, lead.revision) for one in fresh)
        return reminded and not any(one.letter == LetterName.MEASURES for one in mine)
    since = life.this_round()[0].at if life.this_round() else life.case.received_at
    only = [one for one in mine if one.at >= since and one.letter != LetterName.REMINDER]
    by_token = lead.via == "token" and not lead.letter
    return by_token and len(only) == 1 and only[0].revision in now


def _again(s: Situation, life: Life, addr: str) -> Decision:
    """Decide nothing, and put what waits now to somebody who answered something else."""
    why = "it answers an earlier letter; what waits now was sent again"
    event = s.event("note", actor_of(addr), s.mail.text, reasons=(why,))
    silent = s.quota.blocked or not s.screening.may_answer
    letters = () if silent else request_again(life, addr)
    return Decision(moves=(), events=(event,), letters=letters)


def _lower(addrs: tuple[str, ...]) -> frozenset[str]:
    return frozenset(addr.lower() for addr in addrs)


def _word(life: Life, addr: str, said: Said) -> Decision | None:
    review = request_name(life) is LetterName.REVIEW_REQUEST
    actor, text = actor_of(addr), said.text.strip()
    kind = "reviewed" if review else "approved"
    if said.word is Word.YES:
        return _agreed(life, (life.event(kind, actor, text),))
    if said.word is Word.CHANGE and text:
        return _agreed(life, (life.event("changed_text", actor, text), life.event(kind, actor)))
    if said.word is Word.NO and text:
        return _refused(life, addr, text, review=review)
    return None


def _agreed(life: Life, events: tuple[CaseEvent, ...]) -> Decision:
    said = Decision(moves=(), events=events, letters=())
    return join(said, forward.approved(life.after(said)))


def _refused(life: Life, addr: str, reason: str, *, review: bool) -> Decision:
    """Give the answer back; the second refusal of an approver is a disagreement."""
    kind = "returned" if review else "refused_approval"
    event = life.event(kind, actor_of(addr), reason)
    why = "review" if review else "approval"
    back = replace(forward.send_back(life, why=why, by=addr, reason=reason), events=(event,))
    refusals = len(life.this_round("refused_approval")) + (not review)
    if refusals < MOST_REFUSALS or review:
        return back
    told = deciders(life)
    letters = escalation(life, told, what=DISAGREEMENT, reasons=(reason,), text=reason, level=2)
    disagreed = life.event("escalated", "desk", ", ".join(told), reasons=(DISAGREEMENT,))
    return replace(back, events=(event, disagreed), letters=(*back.letters, *letters), level=2)


def hand_to_deputies(life: Life, away: str) -> Decision | None:
    """Ask the deputies of a signer who is away; None if it is not their turn or nobody is there."""
    signing = pending(life)
    if signing is None or away not in {addr.lower() for addr in signing.by}:
        return None
    if not signing.deputies or any(
        event.detail == away for event in life.this_round("deputy_asked")
    ):
        return None
    asked = life.event("deputy_asked", "desk", away, reasons=signing.deputies)
    letters = deputy_requests(life, signing, away)
    if not letters:
        return None
    return Decision(moves=(), events=(asked,), letters=letters)


def _signers(s: Situation, life: Life) -> frozenset[str]:
    return s.policy.signers(life.case.category, life.case.severity, life.case.rules)
