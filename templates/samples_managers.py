"""Invented facts of the letters to whoever is late, and to managers."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cases.model import LetterName
from templates.sample_words import Facts

Variants = dict[str, dict[str, object]]

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_GUESS = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
_HASH = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
_ANCHOR: dict[str, object] = {
    "reference": "",
    "answer_to": "",
    "number": 211,
    "at": _AT,
    "until": _AT,
    "count": 384,
    "up_to": 41207,
    "anchor": _HASH,
}
_NOBODY: Mapping[str, object] = {"name": "", "addr": ""}
_FILES = (
    {"name": "IMG_2031.jpg", "type": "image/jpeg", "size": 1_840_211, "warning": ""},
    {"name": "receipt.pdf", "type": "application/pdf", "size": 84_310, "warning": ""},
)


def manager_variants(words: Facts) -> dict[LetterName, Variants]:
    """Return the facts of each of these letters, by variant."""
    return {
        LetterName.ALERT: _alerts(words),
        LetterName.DECISION_NEEDED: _decisions(words),
        LetterName.REMINDER: _reminders(words),
        LetterName.ESCALATION: _escalations(words),
        LetterName.REVIEW_REQUEST: _requests(words) | {"bare": _bare_request(words)},
        LetterName.APPROVAL_REQUEST: _approvals(words),
        LetterName.LEDGER: _ledgers(words),
        LetterName.ANCHOR: {"usual": _ANCHOR},
    }


def _alerts(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "what": "",
        "severity_name": words["serious"],
        "reasons": words["serious_reasons"],
        "department_names": (words["quality_department"], words["service_department"]),
        "due_at": _DUE,
        "complainant": words["complainant"],
        "text": words["serious_text"],
        "facts": words["serious_facts"],
    }
    bare = {"reasons": (), "department_names": (), "complainant": _NOBODY, "text": "", "facts": ()}
    wrong = usual | {"text": ""}
    return {
        "usual": usual,
        "undelivered": wrong | {"what": "undelivered", "reasons": ("550 no such user",)},
        "unconfirmed": wrong | {"what": "unconfirmed", "reasons": ("13 November: no answer",)},
        "bare": usual | bare | {"due_at": None},
    }


def _decisions(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "options": (
            {"letter": "A", "name": words["quality"], "percent": 48},
            {"letter": "B", "name": words["service"], "percent": 31},
            {"letter": "C", "name": words["delivery"], "percent": 12},
        ),
        "no_complaint": "N",
        "answer_to": "complaints+s.abcdefghijklmnopqrstuvwxyz@example.com",
        "complainant": words["complainant"],
        "received_at": _AT,
        "subject": words["subject"],
        "text": words["text"],
        "attachments": _FILES,
        "original_attached": True,
        "due_at": _DUE,
        "guess_at": _GUESS,
        "department_names": (),
        "returned_by": (),
        "returned": "",
        "answered": False,
        "read": "",
        "authorised": True,
        "unreadable": False,
    }
    return {
        "usual": usual,
        **{name: usual | change for name, change in _decision_changes(words).items()},
    }


def _decision_changes(words: Facts) -> Variants:
    bare = {
        "complainant": _NOBODY,
        "subject": "",
        "text": "",
        "attachments": (),
        "original_attached": False,
        "answer_to": "",
        "due_at": None,
        "guess_at": None,
        "answered": True,
        "unreadable": True,
    }
    return {
        "urgent": {"guess_at": None, "department_names": (words["quality_department"],)},
        "returned": {"returned_by": words["returned_by"], "returned": words["not_ours"]},
        "not understood": {"answered": True, "read": words["reply"]},
        "not authorised": {"answered": True, "read": "A", "authorised": False},
        "bare": bare,
    }


def _reminders(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "what": "answer",
        "name": words["quality_department"],
        "due_at": _DUE,
        "late": False,
        "delayed": False,
        "text": words["subject"],
        "complainant": words["complainant"],
    }
    whats = ("accept", "carry_out", "external", "info", "callback", "task", "measure", "check")
    party = {"what": "external", "name": words["carrier"], "text": words["party_question"]}
    return {
        "usual": usual,
        "late": usual | {"late": True, "delayed": True},
        **{what: usual | {"what": what} for what in whats},
        "review": usual | {"what": "review", "name": ""},
        "approval": usual | {"what": "approval", "name": "", "late": True},
        "waive": usual | {"what": "measure", "name": ""},
        "party": usual | party | {"complainant": _NOBODY},
        "bare": usual | {"what": "", "name": "", "text": "", "complainant": _NOBODY},
    }


def _escalations(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "what": "answer",
        "department_names": (words["quality_department"],),
        "due_at": _DUE,
        "complainant": words["complainant"],
        "reasons": words["why_late"],
        "text": words["text"],
        "delayed": False,
        "level": 1,
    }
    limits = ("accept", "review", "approval", "carry_out", "external", "callback", "confirm")
    others = ("objection", "disagreement", "dispute", "age", "unsatisfied", "no_one")
    bare = {"what": "", "department_names": (), "due_at": None, "complainant": _NOBODY}
    return {
        "usual": usual,
        "late": usual | {"delayed": True, "level": 2},
        **{what: usual | {"what": what} for what in (*limits, "task", "measure", "check")},
        **{what: usual | {"what": what, "reasons": (), "level": 2} for what in others},
        "bare": usual | bare | {"reasons": (), "text": ""},
    }


def _request(words: Facts) -> dict[str, object]:
    answer = {
        "department": words["quality_department"],
        "outcome": words["outcome"],
        "upheld": True,
        "report": words["report"],
    }
    return {
        "answers": (answer,),
        "outcome": words["outcome"],
        "measures": "",
        "prevention": "",
        "complainant": words["complainant"],
        "text": words["text"],
        "facts": words["all_facts"],
        "by": _GUESS,
        "due_at": _DUE,
        "before": (),
        "original_attached": True,
        "step": 1,
        "steps": 1,
        "deputy_for": "",
        "superseded": False,
    }


def _bare_request(words: Facts) -> dict[str, object]:
    bare = {"answers": (), "outcome": "", "complainant": _NOBODY, "text": "", "facts": ()}
    return (
        _request(words)
        | bare
        | {"by": None, "due_at": None, "answer_to": "", "original_attached": False}
    )


def _requests(words: Facts) -> Variants:
    usual = _request(words)
    service = {
        "department": words["service_department"],
        "outcome": words["refused"],
        "upheld": False,
        "report": (),
    }
    before = ({"by": "quality.head@example.com", "reason": words["reason"]},)
    both = f"{words['outcome']}\n\n{words['refused']}"
    quality = {
        "department": words["quality_department"],
        "outcome": words["outcome"],
        "upheld": True,
        "report": (),
    }
    return {
        "usual": usual,
        "again": usual | {"before": before},
        "several": usual | {"answers": (quality, service), "outcome": both},
        "deputy": usual | {"deputy_for": "manager@example.com"},
        "superseded": usual | {"superseded": True},
        "measures": usual | {"measures": words["measures"], "prevention": words["prevention"]},
    }


def _approvals(words: Facts) -> Variants:
    steps = _request(words) | {"step": 2, "steps": 2}
    return _requests(words) | {"steps": steps, "bare": _bare_request(words)}


def _ledgers(words: Facts) -> Variants:
    held = {
        "reference": "C-2026-000123",
        "subject": words["subject"],
        "department_names": (words["quality_department"], words["service_department"]),
        "since_at": _AT,
        "due_at": _DUE,
        "reason": words["held_reason"],
        "stage": "held",
    }
    nobody = {"reference": "C-2026-000131", "subject": "", "department_names": ()}
    fresh = held | nobody | {"due_at": None, "reason": "", "stage": "received"}
    usual: dict[str, object] = {
        "reference": "",
        "answer_to": "",
        "month": "2026-11",
        "cases": (held, fresh),
        "count": 2,
        "anchor": _HASH,
        "until": _AT,
    }
    bare: dict[str, object] = usual | {"cases": (), "count": 0, "anchor": ""}
    return {"usual": usual, "many": usual | {"count": 431}, "bare": bare}
