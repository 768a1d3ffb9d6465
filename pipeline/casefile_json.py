"""The file of a case for machines: `cases list --json`, `cases show --json`. Keys only grow."""

from datetime import datetime

from cases.life import Measure, Part, Record
from cases.model import Case, CaseEvent, Correction
from cases.register_rows import ClockRow, FiledLetter
from pipeline.papers import Papers


def case_json(case: Case) -> dict[str, object]:
    """Return one case for `cases list --json`."""
    return {
        "reference": case.reference,
        "status": case.status.value,
        "matter": case.matter.value,
        "category": case.category.value,
        "subcategory": case.subcategory,
        "rules": list(case.rules),
        "tags": list(case.tags),
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


def papers_json(papers: Papers) -> dict[str, object]:
    """Return what belongs to a case for `cases show --json`."""
    return {
        "letters": [_letter(letter) for letter in papers.letters],
        "parts": [_part(part) for part in papers.parts],
        "measures": [measure_json(item) for item in papers.measures],
        "records": [record_json(record) for record in papers.records],
        "clocks": [clock_json(clock) for clock in papers.clocks],
    }


def _part(part: Part) -> dict[str, object]:
    """Return one department's share of a case."""
    return {
        "department": part.department,
        "round": part.round,
        "state": part.state.value,
        "asked_at": part.asked_at.isoformat(),
        "since_at": part.since_at.isoformat(),
        "person": part.person,
        "promised_at": _iso(part.promised_at),
        "party": part.party,
        "returns": part.returns,
        "report": dict(part.report),
    }


def measure_json(item: Measure) -> dict[str, object]:
    """Return one corrective or preventive measure."""
    return {
        "department": item.department,
        "number": item.number,
        "state": item.state.value,
        "corrective": item.corrective,
        "preventive": item.preventive,
        "owner": item.owner,
        "opened_at": item.opened_at.isoformat(),
        "since_at": item.since_at.isoformat(),
        "due_at": _iso(item.due_at),
        "checked_by": item.checked_by,
        "reason": item.reason,
        "failures": item.failures,
    }


def record_json(record: Record) -> dict[str, object]:
    """Return one entry of a register."""
    return {
        "kind": record.kind,
        "at": record.at.isoformat(),
        "by": record.by,
        "text": record.text,
        "restricted": record.restricted,
    }


def clock_json(clock: ClockRow) -> dict[str, object]:
    """Return one limit that runs."""
    return {
        "kind": clock.kind.value,
        "key": clock.key,
        "due_at": clock.due_at.isoformat(),
        "next_at": _iso(clock.next_at),
    }


def _letter(letter: FiledLetter) -> dict[str, object]:
    """Return one letter and what became of it."""
    return {
        "letter": letter.letter,
        "to": letter.recipient,
        "state": letter.state,
        "reply": letter.reply,
        "not_before": letter.not_before.isoformat(),
        "sent_at": _iso(letter.sent_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
