"""A mail that belongs to no case opens one. Pure.

Who complains is acknowledged at once; departments get the case, or a supervisor is asked whose it
is; managers hear of danger whatever the hour.
"""

from collections.abc import Iterator
from dataclasses import replace

from cases.addresses import sendable
from cases.life import Record
from cases.model import Assessment, CaseEvent, Decision, Matter, Move
from routing import letters, letters_staff
from routing.letters_ask import Question, decision_needed
from routing.phrases import phrase
from routing.recusal import Accused, accused, deciders, recorded, without
from routing.referrals import number_in
from routing.situation import Situation

#: Channels through which nothing written came.
_ORAL = frozenset({"phone", "visit"})
#: Facts that make two mails of one person the same matter.
RELATING = frozenset({"product", "model", "batch", "serial", "order", "tracking"})


def new_case(s: Situation, *, follows: str = "") -> Decision:
    """Register a complaint, tell its sender so, and give it to whoever handles it."""
    assessment = _raised(s, s.assess())
    if s.answered_before:
        again = phrase("restored", s.policy.languages[0])
        assessment = replace(assessment, reasons=(again, *assessment.reasons))
    found = _accused(s, assessment)
    banned = frozenset(one.addr for one in found)
    assessment = replace(assessment, departments=without(assessment.departments, banned, s.policy))
    complaint = assessment.matter is Matter.COMPLAINT
    asks = complaint and assessment.unsure and bool(s.policy.unsure_ask)
    guess_at = None
    oral = _waits_for_writing(s, assessment)
    if asks and not oral and not urgent(s, assessment):
        guess_at = s.policy.calendar.due(s.received_at, s.policy.guess_after)
    if guess_at or oral:
        assessment = replace(assessment, departments=())  # nobody has it yet
    request = replace(_request(s, assessment, found), written_wanted=oral)
    why_silent = s.why_silent()
    first = () if why_silent else (letters.receipt(request),)
    question = Question(request=request, guess_at=guess_at)
    ask = deciders(s.policy.unsure_ask, banned, s.policy) if asks else ()
    asked = decision_needed(question, ask, revision=s.inbox_id)
    ways = (Move.ROUTE,) if assessment.departments else ()
    return Decision(
        moves=((*((Move.ACKNOWLEDGE,) if first else ()), *ways)) if complaint else (Move.FILE,),
        events=tuple(_first_events(s, assessment, follows, why_silent, ask=ask)),
        letters=(
            *first,
            *letters_staff.routed(request),
            *letters_staff.severity_alerts(request, revision=1),
            *asked,
        ),
        assessment=assessment,
        due_at=request.due_at,
        guess_at=guess_at,
        complainant=s.complainant,
        records=(*s.records, *_records(s, request, found)),
    )


def _waits_for_writing(s: Situation, assessment: Assessment) -> bool:
    """Tell whether a complaint was only said, and has to be written to count (P41, K093).

    Who left no address can't be asked to write; their complaint is worked on as it is.
    """
    process = s.policy.process(assessment.category, assessment.severity, assessment.rules)
    said = any(r.kind == "channel" and r.text in _ORAL for r in s.records)
    complaint = assessment.matter is Matter.COMPLAINT and sendable(s.complainant.addr)
    return said and complaint and not process.oral_counts and not urgent(s, assessment)


def _accused(s: Situation, assessment: Assessment) -> tuple[Accused, ...]:
    process = s.policy.process(assessment.category, assessment.severity, assessment.rules)
    return accused(s.words, s.policy) if process.recusal else ()


def _raised(s: Situation, assessment: Assessment) -> Assessment:
    """Raise the severity of a second complaint on the same matter (K065)."""
    if assessment.matter is not Matter.COMPLAINT:
        return assessment
    facts = {(f.name, f.value) for f in s.read().facts if f.name in RELATING}
    for number, level in enumerate(s.policy.severities):
        if level.name == assessment.severity:
            return assessment
        if level.repeated_within is None:
            continue
        since = s.received_at - level.repeated_within
        for case in s.earlier:
            same = case.category is assessment.category or facts & {
                (f.name, f.value) for f in case.facts
            }
            if same and case.received_at >= since and case.matter is Matter.COMPLAINT:
                house = s.policy.languages[0]
                name = level.names[house]
                reason = phrase("repeated", house, level=name, reference=case.reference)
                return replace(
                    assessment,
                    severity=level.name,
                    alert=s.policy.severities[number].alert,
                    reasons=(*assessment.reasons, reason),
                )
    return assessment


def _records(
    s: Situation, request: letters.Request, found: tuple[Accused, ...]
) -> Iterator[Record]:
    """Yield the first entries of the registers: who is accused, who passed the complaint on."""
    yield from recorded(found, now=s.now)
    if s.policy.referrer_of(s.mail.sender.addr):
        text = f"{s.mail.sender.addr} {request.referrer[1]}".strip()
        yield Record(kind="referrer", at=s.now, by="desk", text=text)


def urgent(s: Situation, assessment: Assessment) -> bool:
    """Tell what must not wait for a decision: danger, and what nobody could read for danger."""
    level = s.policy.severity(assessment.severity)
    return level.serious or bool(assessment.alert) or not s.readable


def _request(s: Situation, assessment: Assessment, found: tuple[Accused, ...]) -> letters.Request:
    complaint = assessment.matter is Matter.COMPLAINT
    ours = s.policy.answer_limit(assessment.severity, assessment.rules)
    limit = ours if complaint else s.policy.enquiry_limit
    referrer = s.policy.referrer_of(s.mail.sender.addr)
    language = s.policy.letter_language(s.read().language)
    named = referrer.names.get(language, referrer.key) if referrer else ""
    return letters.Request(
        mail=s.mail,
        classification=s.read(),
        assessment=assessment,
        policy=s.policy,
        received_at=s.received_at,
        due_at=s.policy.calendar.due(s.received_at, limit),
        readable=s.readable,
        complainant=s.complainant,
        referrer=(named, number_in(s.words, referrer)) if referrer else ("", ""),
        recused=tuple(one.name for one in found),
        related=s.related,
    )


def _first_events(
    s: Situation, assessment: Assessment, follows: str, why_silent: str, *, ask: tuple[str, ...]
) -> Iterator[CaseEvent]:
    reasons = (*assessment.reasons, *_notes(s))
    yield s.event("registered", "desk", follows or s.match.guess, reasons=reasons)
    if why_silent:
        yield s.event("not_acknowledged", "desk", why_silent)
    else:
        yield s.event("acknowledged", "desk", s.complainant.addr)
    if ask:
        yield s.event("asked", "desk", ", ".join(ask))
    if assessment.departments:
        yield s.event("routed", "desk", ", ".join(assessment.departments))


def _notes(s: Situation) -> Iterator[str]:
    """Yield what a person who opens the case should know about its first mail."""
    if s.why_not_readable:
        yield f"read only in part: {s.why_not_readable}"
    if s.complainant != s.mail.sender:
        yield f"passed on by {s.mail.sender.addr}"
    if s.same_message_id:
        yield "another mail has the same Message-ID, but other content"
    for attachment in s.mail.attachments:
        if attachment.warning:
            yield f"attachment {attachment.name}: {attachment.warning}"
