"""What a department's words do to its part of a case (T14–T19). Pure.

Each function returns a Decision, or Refused with what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from cases.addresses import sendable
from cases.life import Part, PartMove
from cases.lifecycle import OPEN_PARTS, move_part
from cases.model import CaseEvent, Decision, Letter, LetterName, Status
from routing import forward, letters_out, letters_time, letters_work, measures
from routing.letters_measures import finance
from routing.life import Life, join
from routing.registers import entries
from routing.replies import Said, Word

#: A date so far off is a slip of the pen.
_FAR = timedelta(days=400)
#: A day on which nobody works is over then.
_LAST = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A word that can't be done as it was said: why, and which labelled parts are missing."""

    why: str  #: needs, empty or date
    needs: tuple[str, ...] = ()
    kept: Decision | None = None  #: what was said so far, which need not be said again


def accept(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Sign for the case, with a person and a date (K057, K090)."""
    promised_at = part.promised_at
    if said.at is not None:
        promised_at = _end_of(life, part, said.at)
        if not life.now < promised_at < life.now + _FAR:
            return Refused(why="date")
    part = replace(
        _moved(life, part, PartMove.ACCEPT),
        person=said.person or part.person or writer,
        promised_at=promised_at,
    )
    detail = part.person if said.at is None else f"{part.person}, {said.at.isoformat()}"
    noted = letters_work.answer_noted(life, part, word="accept", to=writer)
    return _changed(life, part, "accepted", detail, letters=noted)


def _end_of(life: Life, part: Part, day: date) -> datetime:
    """Return when a day that a department named is over: a day off ends with the next working day.

    Unless the case is serious, which knows no days off (K082): who names one means that day.
    """
    calendar = life.policy.calendar_of(part.department)
    end_at = calendar.end_of_day(day)
    if life.policy.severity(life.case.severity).serious and calendar.day_of(end_at) != day:
        return datetime.combine(day, _LAST, calendar.zone).astimezone(UTC)
    return end_at


def answer(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Answer the case, or find that it is not justified (T18); parts said before are kept."""
    text = said.parts.get("to_complainant", "" if said.parts else said.text.strip())
    report = {**part.report, **said.parts, **({"to_complainant": text} if text else {})}
    if not report.get("to_complainant", "").strip():
        return Refused(why="empty")
    missing = tuple(key for key in life.process.answer_needs if not report.get(key, "").strip())
    entered = _entered(life, part, {k: v for k, v in said.parts.items() if part.report.get(k) != v})
    if missing and said.word is Word.DONE:
        kept = join(
            entered,
            Decision(moves=(), events=(), letters=(), parts=(replace(part, report=report),)),
        )
        return Refused(why="needs", needs=missing, kept=kept)
    refuses = said.word is Word.INVALID
    part = _moved(life, part, PartMove.REFUSE if refuses else PartMove.ANSWER)
    part = replace(part, report=report, person=part.person or writer)
    actor = f"department:{part.department}"
    answered = Decision(
        moves=(),
        events=(life.event("refused" if refuses else "answered", actor, text),),
        letters=(),
        parts=(part,),
    )
    answered = join(answered, entered, measures.stated(life, part))
    after = life.after(answered)
    if after.open_parts:
        waits_for = [one.department for one in after.open_parts]
        noted = letters_work.answer_noted(
            after, part, word=_word(said), to=writer, outcome=text, waits_for=waits_for
        )
        return replace(answered, letters=(*answered.letters, *noted))
    led_on = forward.propose(after)
    noted = _noted(after.after(led_on), part, said, writer, led_on.letters)
    return join(answered, led_on, Decision(moves=(), events=(), letters=noted))


def _noted(
    life: Life, part: Part, said: Said, writer: str, led_on: tuple[Letter, ...]
) -> tuple[Letter, ...]:
    """Return what was understood, where there is time to say `stop` or others must agree."""
    leaves_at = next((one.not_before for one in led_on if one.not_before), None)
    to_sign = tuple(one.to.addr for one in led_on if one.name.value.endswith("_request"))
    if leaves_at is None and not to_sign:
        return ()
    outcome = letters_out.outcome_text(life)
    return letters_work.answer_noted(
        life, part, word=_word(said), to=writer, outcome=outcome, leaves_at=leaves_at,
        signers=to_sign,
    )  # fmt: skip


def _word(said: Said) -> str:
    return said.word.value if said.word else ""


def interim(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Tell the complainant what to do until the answer comes (K083)."""
    text = said.parts.get("to_complainant", "" if said.parts else said.text.strip())
    if not text:
        return Refused(why="empty")
    part = _moved(life, part, PartMove.ACCEPT)
    part = replace(part, person=part.person or writer)
    told = letters_out.interim(life, department=part.department, measures=text)
    told = told or _by_themselves(life, part, text, writer)
    more = _changed(life, part, "interim", text, letters=told)
    return join(more, _entered(life, part, said.parts))


def need_info(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Ask the complainant for what is missing; the clock stands still until it comes (K038)."""
    text = said.parts.get("to_complainant", "" if said.parts else said.text.strip())
    if not text:
        return Refused(why="empty")
    if not sendable(life.case.complainant.addr):
        part = replace(_moved(life, part, PartMove.ACCEPT), person=part.person or writer)
        asked = _by_themselves(life, part, text, writer)
        return _changed(life, part, "told_to_ask", text, letters=asked)
    part = replace(_moved(life, part, PartMove.ASK_COMPLAINANT), person=part.person or writer)
    within = life.process.info_within
    asked = letters_out.request_information(
        life,
        department=part.department,
        question=text,
        reply_by=life.policy.calendar.due(life.now, within) if within else None,
    )
    return _changed(life, part, "info_requested", text, letters=asked)


def _by_themselves(life: Life, part: Part, text: str, writer: str) -> tuple[Letter, ...]:
    """Have a department itself ask or tell a complainant who can't be written to (K052)."""
    return letters_time.task(
        life, (writer,), what="ask", due_at=None, department=part.department, text=text
    )


def hold(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Put a part aside that can't be settled now; it is in the ledger (T17)."""
    if not said.text.strip():
        return Refused(why="empty")
    part = replace(_moved(life, part, PartMove.HOLD), person=part.person or writer)
    noted = letters_work.answer_noted(life, part, word="hold", to=writer)
    return _changed(life, part, "held", said.text.strip(), letters=noted)


def resume(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Take a part up again that waited."""
    del writer
    if part.state not in OPEN_PARTS:
        return Refused(why="not_now")
    return _changed(life, resumed(life, part), "resumed", said.text.strip())


def resumed(life: Life, part: Part) -> Part:
    """Return a waiting part at work again; one that does not wait stays as it is."""
    waits = part.state.value in ("info", "external", "held")
    return replace(_moved(life, part, PartMove.RESUME), party="") if waits else part


def ask_party(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Pass the case's product facts to a supplier, carrier or dealer with a question (T15)."""
    party = life.policy.parties.get(said.party)
    if party is None:
        return Refused(why="unknown")
    if not said.text.strip():
        return Refused(why="empty")
    part = replace(
        _moved(life, part, PartMove.ASK_PARTY),
        party=party.key,
        person=part.person or writer,
    )
    within = party.within or life.process.external_within
    asked = letters_work.external(
        life,
        party.key,
        question=said.text.strip(),
        asked_by=part.department,
        due_at=life.policy.calendar.due(life.now, within) if within else None,
    )
    detail = f"{party.key}: {said.text.strip()}"
    return _changed(life, part, "external_asked", detail, letters=asked)


def stop(life: Life, part: Part, said: Said) -> Decision | Refused:
    """Hold an outcome that has not left yet (design 7.6); a case at work again stays where it is.

    Where the complainant wrote again before it left, the departments have the case already.
    """
    if not life.outcome_waits:
        return Refused(why="not_now")
    actor, reason = f"department:{part.department}", said.text.strip()
    stopped = life.event("stopped", actor, reason)
    if life.case.status is Status.ANSWERED:
        back = forward.send_back(life, why="stopped", by=actor, reason=reason)
        return replace(back, events=(stopped,))
    told = letters_work.returned(life, part, why="stopped", by=actor, reason=reason)
    held = (LetterName.OUTCOME,)
    return Decision(moves=(), events=(stopped,), letters=told, withdrawn=held)


def carried_out(life: Life, part: Part, said: Said) -> Decision | Refused:
    """Say that what was agreed on is done.

    A new word to the complainant replaces the old one, unless somebody had to agree to that.
    """
    fixed = _fixed(life)
    said_now = {key: text for key, text in said.parts.items() if key not in fixed}
    report: Mapping[str, str] = {**part.report, **said_now}
    done = forward.carried_out(life, replace(part, report=report), text=said.text.strip())
    dropped = "\n\n".join(text for key, text in said.parts.items() if key in fixed)
    if dropped:
        why = ("not told to the complainant: nobody has agreed to these words",)
        note = life.event("note", f"department:{part.department}", dropped, reasons=why)
        done = replace(done, events=(note, *done.events))
    return join(done, _entered(life, part, said.parts))


def _fixed(life: Life) -> tuple[str, ...]:
    """Return the parts of a report that stay as somebody agreed to them, () if nobody had to."""
    if not life.process.review and not life.process.approval:
        return ()
    return forward.to_be_read(life)


def take_back(life: Life, part: Part, said: Said, writer: str) -> Decision | Refused:
    """Take a plan back that the complainant has not agreed to, for another answer or for none."""
    if not said.text.strip() and not said.parts:
        return Refused(why="empty")
    back = forward.taken_back(life, part, reason=said.text.strip())
    after = life.after(back)
    again = next(p for p in back.parts if p.department == part.department)
    if said.word is Word.NO:
        told = letters_work.returned(
            after, again, why="stopped", by=writer, reason=said.text.strip()
        )
        return replace(back, letters=told)
    anew = (hold if said.word is Word.HOLD else answer)(after, again, said, writer)
    return anew if isinstance(anew, Refused) else join(back, anew)


def not_possible(life: Life, part: Part, said: Said) -> Decision | Refused:
    """Say that what was agreed on can't be done: the departments look for another way."""
    if not said.text.strip():
        return Refused(why="empty")
    actor = f"department:{part.department}"
    back = forward.send_back(life, why="stopped", by=actor, reason=said.text.strip())
    return replace(back, events=(life.event("stopped", actor, said.text.strip()),))


def _entered(life: Life, part: Part, said: Mapping[str, str]) -> Decision:
    """Enter what was said into the registers; finance hears of money (K043)."""
    records = entries(life, part.department, said)
    told = finance(life, part.department, records)
    return Decision(moves=(), events=(), letters=told, records=records)


def _moved(life: Life, part: Part, move: PartMove) -> Part:
    return move_part(part, move, now=life.now)


def _changed(
    life: Life, part: Part, kind: str, detail: str, *, letters: tuple[Letter, ...] = ()
) -> Decision:
    event: CaseEvent = life.event(kind, f"department:{part.department}", detail)
    return Decision(moves=(), events=(event,), letters=letters, parts=(part,))
