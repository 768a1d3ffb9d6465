"""The trail of a mail as lines for a supervisor, and as one object for programs."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from cases.ledger_rows import LedgerEntry
from cases.model import CaseEvent
from cases.trail_rows import TrailLetter
from pipeline.quarantine import short_reason
from pipeline.story import told
from pipeline.terminal import plain
from pipeline.trail import Trail
from pipeline.trail_words import (
    KINDS,
    LABELS,
    LETTER_STATES,
    PROOFS,
    SENTENCES,
    STATES,
)
from routing.phrases import in_language

_WIDTH = 12  # cells of a label
_MOST = 300  # characters of one line's text


def lines_of(trail: Trail, zone: ZoneInfo, *, language: str) -> Iterator[str]:
    """Yield the trail of one mail, step by step; safe for any terminal."""
    entry, mail = trail.entry, trail.mail
    line, words = partial(_line, language=language), partial(_words, language=language)
    at = partial(_at, zone=zone)
    yield line("mail", f"{entry.id}, {words('in_mailbox', mailbox=entry.mailbox)}")
    yield line("came", at(entry.received_at))
    yield line("stored", words("stored", at=at(entry.stored_at), size=entry.size, uid=entry.uid))
    if mail is None or trail.screening is None:
        yield line("from", words("gone"))
    else:
        yield line("from", f"{mail.sender.name} <{mail.sender.addr}>".strip())
        yield line("subject", mail.subject or words("no_subject"))
        if mail.message_id:
            yield line("message_id", mail.message_id)
        kind = in_language(KINDS[trail.screening.kind.value], language)
        careful = words("carefully") if trail.carefully else ""
        yield line("read_as", f"{kind} ({trail.screening.reason}{careful})")
    yield line("became", _state(trail, zone, language))
    if trail.proof:
        yield line("", in_language(PROOFS[trail.proof.how], language, of=plain(trail.proof.of)))
    if reason := _reason(entry):
        yield line("because", reason)
    for number, event in enumerate(trail.events):
        yield from _event("" if number else "decided", event, zone, language)
    for number, letter in enumerate(trail.letters):
        yield line("" if number else "letters", _letter(letter, zone, language))
    yield line("lies_in", _folder(trail, language))


def _state(trail: Trail, zone: ZoneInfo, language: str) -> str:
    entry = trail.entry
    return in_language(
        STATES[entry.state],
        language,
        id=entry.id,
        attempts=entry.attempts,
        case=trail.case,
        duplicate_of=entry.duplicate_of,
        next=_at(entry.not_before, zone=zone),
    )


def _event(name: str, event: CaseEvent, zone: ZoneInfo, language: str) -> Iterator[str]:
    actor = "" if event.actor == "desk" else f"{event.actor} "
    words = told(event.kind, language, detail=bool(event.detail))
    yield _line(
        name, f"{_at(event.at, zone=zone)}  {actor}{words} {event.detail}", language=language
    )
    for reason in event.reasons:
        yield _line("", f"  {in_language(LABELS['because'], language)} {reason}", language=language)


def _letter(letter: TrailLetter, zone: ZoneInfo, language: str) -> str:
    sent = _at(letter.sent_at, zone=zone) if letter.sent_at else ""
    next_try = _at(letter.not_before, zone=zone)
    state = in_language(LETTER_STATES[letter.state], language, sent=sent, next=next_try)
    parts = [f"{letter.letter} → {letter.recipient}: {state}"]
    parts.append(_words("tries", language=language, tries=letter.tries))
    if letter.ambiguous:
        parts.append(_words("twice", language=language, times=letter.ambiguous))
    if letter.last_reply:
        parts.append(f"“{letter.last_reply}”")
    return ("；" if language == "zh" else "; ").join(parts)


def _folder(trail: Trail, language: str) -> str:
    if not trail.folder:
        return _words("no_folder", language=language)
    name = "in_folder" if trail.moved else "to_move"
    return _words(name, language=language, folder=trail.folder)


def _line(name: str, text: str, *, language: str) -> str:
    shown = in_language(LABELS[name], language) if name else ""
    return f"{shown}{' ' * (_WIDTH - cell_len(shown))}{plain(text, most=_MOST)}".rstrip()


def _words(name: str, *, language: str, **values: object) -> str:
    return in_language(SENTENCES[name], language, **values)


def _at(at: datetime, *, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def trail_json(trail: Trail) -> dict[str, object]:
    """Return the trail as one object; times in UTC."""
    screening, proof, mail = trail.screening, trail.proof, trail.mail
    return {
        **entry_json(trail.entry, trail.case),
        "size": trail.entry.size,
        "from": mail.sender.addr if mail else "",
        "subject": mail.subject if mail else "",
        "message_id": mail.message_id if mail else "",
        "kind": screening.kind.value if screening else "",
        "kind_reason": screening.reason if screening else "",
        "proof": {"how": proof.how, "of": proof.of} if proof else None,
        "events": [
            {
                "at": event.at.isoformat(),
                "kind": event.kind,
                "actor": event.actor,
                "detail": event.detail,
                "reasons": list(event.reasons),
            }
            for event in trail.events
        ],
        "letters": [
            {
                "id": letter.id,
                "letter": letter.letter,
                "to": letter.recipient,
                "state": letter.state,
                "tries": letter.tries,
                "ambiguous": letter.ambiguous,
                "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
                "reply": letter.last_reply,
                "message_id": letter.message_id,
            }
            for letter in trail.letters
        ],
        "folder": trail.folder,
        "moved": trail.moved,
    }


def entry_json(entry: LedgerEntry, case: str) -> dict[str, object]:
    """Return one row of the ledger, as `mails list` shows it."""
    return {
        "id": entry.id,
        "mailbox": entry.mailbox,
        "uid": entry.uid,
        "received_at": entry.received_at.isoformat(),
        "stored_at": entry.stored_at.isoformat(),
        "state": entry.state,
        "case": case,
        "attempts": entry.attempts,
        "duplicate_of": entry.duplicate_of,
        "reason": _reason(entry),
    }


def _reason(entry: LedgerEntry) -> str:
    """Return why a mail is where it is. The words of an error may be the mail's: its name does."""
    settled = entry.state in ("done", "duplicate", "ignored")
    return entry.reason if settled else short_reason(entry.reason)
