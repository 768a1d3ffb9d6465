"""Invented facts of the letters while departments and parties outside work on a case."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cases.model import LetterName
from templates.sample_words import Facts

Variants = dict[str, dict[str, object]]

_SOON = datetime(2026, 11, 24, 5, 27, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_NOBODY: Mapping[str, object] = {"name": "", "addr": ""}


def work_variants(words: Facts) -> dict[LetterName, Variants]:
    """Return the facts of each of these letters, by variant."""
    return {
        LetterName.ANSWER_NOTED: _answers_noted(words),
        LetterName.RETURNED: _returned(words),
        LetterName.CARRY_OUT: _to_carry_out(words),
        LetterName.MEASURES: _measures(words),
        LetterName.TASK: _tasks(words),
        LetterName.EXTERNAL: _externals(words),
        LetterName.PARTY_ANSWERED: _party_answers(words),
    }


def _answers_noted(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "outcome": words["outcome"],
        "internal": words["report"],
        "leaves_at": _SOON,
        "waits_for": (),
        "signers": (),
        "word": "done",
        "person": words["person"],
        "promised_at": None,
    }
    later = usual | {"leaves_at": None}
    inside = later | {"outcome": "", "internal": ()}
    signers = ("manager@example.com", "deputy@example.com")
    return {
        "usual": usual,
        "invalid": usual | {"word": "invalid", "outcome": words["refused"]},
        "waits": later | {"waits_for": (words["service_department"],)},
        "signers": later | {"signers": signers},
        "accept": inside | {"word": "accept", "promised_at": _DUE},
        "interim": inside | {"word": "interim", "outcome": words["interim"]},
        "need info": inside | {"word": "need_info", "outcome": words["question"]},
        "hold": inside | {"word": "hold"},
        "external": inside | {"word": "external"},
        "carried out": inside | {"word": "carried_out"},
        "nobody": inside | {"word": "accept", "person": ""},
        "bare": inside | {"person": "", "answer_to": ""},
    }


def _returned(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "why": "review",
        "by": "quality.head@example.com",
        "reason": words["reason"],
        "answer": words["outcome"],
        "due_at": _DUE,
    }
    bare = {"by": "", "reason": "", "answer": "", "due_at": None, "answer_to": ""}
    return {
        "usual": usual,
        "approval": usual | {"why": "approval"},
        "complainant": usual | {"why": "complainant", "reason": words["objection"], "by": ""},
        "stopped": usual | {"why": "stopped", "reason": "", "by": "department:quality"},
        "needs": usual | {"why": "needs", "by": ""},
        "bare": usual | bare,
    }


def _to_carry_out(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "plan": words["plan"],
        "opinion": words["opinion"],
        "silent": False,
        "due_at": _DUE,
    }
    bare = {"opinion": "", "silent": True, "due_at": None, "answer_to": ""}
    return {"usual": usual, "bare": usual | bare}


def _measures(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "purpose": "carry_out",
        "corrective": words["corrective"],
        "preventive": words["preventive"],
        "owner": words["person"],
        "reason": "",
        "due_at": _DUE,
        "reasons_allowed": True,
    }
    none = usual | {"corrective": "", "preventive": "", "owner": ""}
    return {
        "usual": usual,
        "state": none | {"purpose": "state"},
        "required": none | {"purpose": "state", "reasons_allowed": False},
        "check": usual | {"purpose": "check"},
        "waive": none | {"purpose": "waive", "reason": words["no_measure"]},
        "not effective": usual | {"purpose": "not_effective", "reason": words["check_found"]},
        "bare": none | {"due_at": None, "answer_to": ""},
    }


def _tasks(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "what": "callback",
        "department_name": words["service_department"],
        "complainant": words["complainant"],
        "phone": "555-0142",
        "text": words["outcome"],
        "rows": words["all_facts"],
        "due_at": _DUE,
    }
    money = {"what": "finance", "text": words["money"], "due_at": None}
    bare = {"what": "", "department_name": "", "phone": "", "text": "", "rows": ()}
    return {
        "usual": usual,
        "tell": usual | {"what": "tell"},
        "ask": usual | {"what": "ask"},
        "visit": usual | {"what": "visit", "text": words["text"]},
        "finance": usual | money,
        "bare": usual | bare | {"complainant": _NOBODY, "due_at": None, "answer_to": ""},
    }


def _externals(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "party_name": words["carrier"],
        "question": words["party_question"],
        "rows": words["known_facts"],
        "due_at": _DUE,
        "asked_by": words["quality_department"],
    }
    bare = {"rows": (), "due_at": None, "asked_by": "", "answer_to": ""}
    return {"usual": usual, "bare": usual | bare}


def _party_answers(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "party_name": words["carrier"],
        "text": words["party_reply"],
        "due_at": _DUE,
    }
    return {"usual": usual, "bare": usual | {"text": "", "due_at": None, "answer_to": ""}}
