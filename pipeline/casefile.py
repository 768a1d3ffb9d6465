"""The file of a case as a person wants to read it: the story first, then facts and letters."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from cases.model import Case, CaseEvent, Correction

_STORY = {
    "registered": "registered",
    "acknowledged": "acknowledged to",
    "not_acknowledged": "not acknowledged:",
    "routed": "sent to",
    "asked": "asked what it is about:",
    "guessed": "took the best guess:",
    "corrected": "said what it is about:",
    "confirmed": "confirmed what it is about:",
    "not_ours": "says that it is not theirs",
    "answered": "answered:",
    "late_answer": "answered again, kept as a note:",
    "note": "wrote a note:",
    "unverified_reply": "wrote without proof of authority:",
    "complainant_wrote": "wrote again:",
    "sent_again": "sent the same mail again:",
    "reopened": "was not satisfied, case reopened:",
    "thanks": "said thanks",
    "letter_sent": "letter left:",
    "undeliverable": "letter could not be delivered:",
    "held": "letter is held:",
    "letter_retried": "had a letter sent once more:",
    "letter_dropped": "gave a letter up:",
    "closed": "closed:",
    "no_address": "has no address:",
    "bounce": "bounce:",
    "auto_reply": "automatic reply:",
}


def case_json(case: Case) -> dict[str, object]:
    """Return one case for `cases list --json`."""
    return {
        "reference": case.reference,
        "status": case.status.value,
        "matter": case.matter.value,
        "category": case.category.value,
        "subcategory": case.subcategory,
        "unsure": case.unsure,
        "severity": case.severity,
        "language": case.language,
        "complainant": {"addr": case.complainant.addr, "name": case.complainant.name},
        "subject": case.subject,
        "departments": list(case.departments),
        "received_at": case.received_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "guess_at": case.guess_at.isoformat() if case.guess_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "round": case.round,
        "fields": [
            {"name": f.name, "value": f.value, "known": f.known, "doubt": f.doubt}
            for f in case.facts
        ],
        "rules_version": case.rules_version,
        "model": case.model_version,
    }


def event_json(event: CaseEvent) -> dict[str, object]:
    """Return one event for `cases show --json`."""
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "detail": event.detail,
        "reasons": list(event.reasons),
    }


def correction_json(item: Correction) -> dict[str, object]:
    """Return one correction for `cases show --json`."""
    return {
        "at": item.at.isoformat(),
        "by": item.by,
        "how": item.how,
        "was": item.was.value,
        "category": item.category.value,
        "matter": item.matter.value,
        "note": item.note,
    }


def case_file(case: Case, events: tuple[CaseEvent, ...], zone: ZoneInfo) -> Iterator[str]:
    """Yield the lines of a case file in the desk's time zone."""
    who = f"{case.complainant.name} <{case.complainant.addr}>".strip()
    yield f"{case.reference}  {case.subject}"
    doubt = " (a guess)" if case.unsure else ""
    below = f" / {case.subcategory}" if case.subcategory else ""
    category = f"{case.category.value}{below}{doubt}"
    yield f"{case.status.value} · {case.matter.value} · {category} · {case.severity}"
    yield f"from {who}, received {_time(case.received_at, zone)}"
    due = _time(case.due_at, zone) if case.due_at else "no date"
    yield f"with {', '.join(case.departments) or 'nobody yet'}, answer due {due}"
    if case.guess_at:
        yield f"waits for a decision; the best guess is taken {_time(case.guess_at, zone)}"
    yield ""
    for event in events:
        words = _STORY.get(event.kind, event.kind)
        detail = " ".join(event.detail.split())
        actor = "" if event.actor == "desk" else f"{event.actor} "
        yield f"{_time(event.at, zone)}  {actor}{words} {detail[:300]}".rstrip()
        for reason in event.reasons:
            yield f"{'':18}because {reason}"
    if case.facts:
        yield ""
    for fact in case.facts:
        checked = "" if fact.known else "  (not checked)"
        doubt = f"  (doubtful: {fact.doubt})" if fact.doubt else ""
        yield f"{fact.name:>10}: {fact.canonical or fact.value}{checked}{doubt}"


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
