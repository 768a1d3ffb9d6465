"""Invented facts of the letters to complainants, and to those who passed a complaint on."""

from datetime import UTC, datetime

from cases.model import LetterName
from templates.sample_words import Facts

Variants = dict[str, dict[str, object]]

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_NEXT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_LATER = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
_WANTED = ("product|model", "batch|serial|order", "photo")


def complainants_variants(words: Facts) -> dict[LetterName, Variants]:
    """Return the facts of every letter to a complainant, by variant."""
    return {
        LetterName.ACKNOWLEDGEMENT: _acknowledgements(words),
        LetterName.NOT_A_COMPLAINT: _not_complaints(words),
        LetterName.REQUEST_INFORMATION: _questions(words),
        LetterName.PROGRESS: _progress(words),
        LetterName.INTERIM: _interims(words),
        LetterName.PLAN: _plans(words),
        LetterName.OUTCOME: _outcomes(words),
        LetterName.SATISFACTION: _satisfactions(words),
        LetterName.STATUS: _statuses(words),
    }


def _acknowledgements(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "category": "quality",
        "category_name": words["quality"],
        "unsure": False,
        "facts": words["known_facts"],
        "missing": (),
        "due_at": _DUE,
        "serious": False,
        "again": False,
        "unreadable": False,
        "unopened": False,
        "after": "",
        "apologise": True,
        "referrer": {"name": "", "number": "", "itself": False},
        "written_wanted": False,
    }
    again = {"again": True}
    bare = {"category": "other", "facts": (), "due_at": None, "apologise": False}
    return {
        "usual": usual,
        "service": usual | {"category": "service", "facts": ()},
        "delivery": usual | {"category": "delivery", "facts": ()},
        "other": usual | {"category": "other", "facts": ()},
        "unsure": usual | {"unsure": True},
        "serious": usual | {"serious": True},
        "again": usual | again,
        "management": usual | again | {"after": "management"},
        "dispute": usual | again | {"after": "dispute", "apologise": False},
        "explain": usual | again | {"after": "explain"},
        "unreadable": usual | {"unreadable": True, "unsure": True, "facts": ()},
        "unopened": usual | {"unopened": True},
        "missing": usual | {"missing": _WANTED},
        "no apology": usual | {"apologise": False},
        "referred": usual | {"referrer": words["referrer"]},
        "to the referrer": usual | {"referrer": words["passed_on"]},
        "phone note": usual | {"written_wanted": True, "missing": _WANTED[:2], "due_at": None},
        "bare": usual | bare,
    }


def _not_complaints(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "matter": "enquiry",
        "department_name": words["service_department"],
        "due_at": _DUE,
    }
    return {
        "usual": usual,
        "suggestion": usual | {"matter": "suggestion"},
        "praise": usual | {"matter": "praise", "due_at": None},
    }


def _questions(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "wanted": _WANTED[1:],
        "question": words["question"],
        "department_name": words["quality_department"],
        "reply_by": _DUE,
        "again": False,
        "apologise": True,
    }
    bare = {
        "wanted": (),
        "question": "",
        "department_name": "",
        "reply_by": None,
        "apologise": False,
    }
    return {
        "usual": usual,
        "facts only": usual | {"question": ""},
        "question only": usual | {"wanted": (), "apologise": False},
        "again": usual | {"again": True},
        "again bare": usual | bare | {"again": True},
        "bare": usual | bare,
    }


def _progress(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_names": (words["quality_department"],),
        "due_at": _DUE,
        "promised_at": None,
        "late": False,
        "next_at": _NEXT,
        "apologise": True,
    }
    late = {"due_at": _AT, "late": True}
    bare = {"department_names": (), "due_at": None, "next_at": None, "apologise": False}
    both = (words["quality_department"], words["service_department"])
    return {
        "usual": usual,
        "longer": usual | {"promised_at": _LATER, "next_at": _LATER},
        "late": usual | late | {"department_names": both},
        "late with a date": usual | late | {"promised_at": _DUE, "apologise": False},
        "date of the department": usual | {"due_at": None, "promised_at": _DUE},
        "bare": usual | bare,
    }


def _interims(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "measures": words["interim"],
        "department_name": words["quality_department"],
        "due_at": _DUE,
        "apologise": True,
    }
    bare = {"department_name": "", "due_at": None, "apologise": False, "answer_to": ""}
    return {"usual": usual, "bare": usual | bare}


def _plans(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "plan": words["plan"],
        "department_names": (words["quality_department"],),
        "answer_by": _DUE,
        "silence_agrees": False,
        "again": False,
    }
    bare = {"department_names": (), "answer_by": None, "answer_to": ""}
    return {
        "usual": usual,
        "silence agrees": usual | {"silence_agrees": True},
        "again": usual | {"again": True},
        "silence without a date": usual | {"silence_agrees": True, "answer_by": None},
        "bare": usual | bare,
    }


def _outcomes(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "complainant_name": words["name"],
        "outcome": words["outcome"],
        "department_names": (words["quality_department"],),
        "upheld": True,
        "measures": words["measures"],
        "prevention": words["prevention"],
        "category_name": words["quality"],
        "close_after_days": 7,
        "confirm_needed": False,
        "asks_mark": True,
        "explained": False,
        "apologise": True,
        "referred": False,
        "referrer_number": "",
    }
    return {
        "usual": usual,
        **{name: usual | change for name, change in _outcome_changes(words).items()},
    }


def _outcome_changes(words: Facts) -> Variants:
    bare: dict[str, object] = {
        "complainant_name": "",
        "department_names": (),
        "measures": "",
        "prevention": "",
        "close_after_days": 1,
        "asks_mark": False,
        "apologise": False,
        "answer_to": "",
    }
    refused = {"upheld": False, "outcome": words["refused"], "measures": "", "prevention": ""}
    referred: dict[str, object] = {"referred": True, "referrer_number": "20261124-0837"}
    return {
        "to confirm": {"confirm_needed": True, "asks_mark": False},
        "refused": refused,
        "explained": refused | {"explained": True},
        "referred": referred,
        "refused and referred": refused | referred | {"referrer_number": ""},
        "without links": {"answer_to": "", "apologise": False},
        "bare": bare,
    }


def _satisfactions(words: Facts) -> Variants:
    usual: dict[str, object] = {"complainant_name": words["name"], "closed": False}
    bare = {"complainant_name": "", "answer_to": ""}
    return {"usual": usual, "closed": usual | {"closed": True}, "bare": usual | bare}


def _statuses(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "stage": "investigating",
        "department_names": (words["quality_department"],),
        "received_at": _AT,
        "due_at": _DUE,
        "wanted": (),
        "late": False,
    }
    stages = (
        *("received", "with_department", "waiting_for_you", "outside", "held", "checking"),
        *("plan", "executing", "answered", "settled", "closed", "dispute"),
    )
    asked = {"stage": "waiting_for_you", "wanted": _WANTED}
    return {
        "usual": usual,
        **{stage.replace("_", " "): usual | {"stage": stage} for stage in stages},
        "what is wanted": usual | asked,
        "late": usual | {"late": True},
        "bare": usual | {"department_names": (), "due_at": None},
    }
