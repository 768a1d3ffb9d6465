"""Invented facts of the letters that give a department its case; samples_work.py goes on."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cases.model import LetterName
from templates.sample_words import Facts
from templates.sample_words_staff import staff_words
from templates.samples_managers import manager_variants
from templates.samples_rules import rules_variants
from templates.samples_work import work_variants

Variants = dict[str, dict[str, object]]

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_GUESS = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
_SOON = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
_NOBODY: Mapping[str, object] = {"name": "", "addr": ""}

_FILES = (
    {"name": "IMG_2031.jpg", "type": "image/jpeg", "size": 1_840_211, "warning": ""},
    {"name": "receipt.pdf", "type": "application/pdf", "size": 84_310, "warning": ""},
    {"name": "form.xlsm", "type": "application/vnd.ms-excel", "size": 21_007, "warning": "macros"},
)


def staff_variants(words: Facts) -> dict[LetterName, Variants]:
    """Return the facts of every letter that stays in the house, by variant."""
    words = staff_words(words)
    return {
        LetterName.ROUTED: _routed(words),
        LetterName.FOLLOW_UP: _follow_ups(words),
        LetterName.HOW_TO_ANSWER: _how_to_answers(words),
        LetterName.MOVED_ON: _moved_on(words),
        **work_variants(words),
        **manager_variants(words),
        **rules_variants(words),
    }


def _routed(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "category_name": words["quality"],
        "subcategory_name": words["subcategory"],
        "also": (),
        "others": (),
        "guessed": False,
        "decided_by": "",
        "severity": "important",
        "severity_name": words["important"],
        "serious": False,
        "due_at": _DUE,
        "complainant": words["complainant"],
        "received_at": _AT,
        "subject": words["subject"],
        "text": words["text"],
        "facts": words["all_facts"],
        "reasons": words["reasons"],
        "attachments": _FILES[:1],
        "original_attached": True,
        "again": False,
        "history": (),
        "matter": "complaint",
        "unsure": False,
        "unreadable": False,
        "accept_by": _GUESS,
        "answer_by": None,
        "needs": (),
        "parties": ({"key": "carrier", "name": words["carrier"]},),
        "capa": "off",
        "recused": (),
        "deputy_for": "",
        "related": (),
    }
    return {
        "usual": usual,
        **{name: usual | change for name, change in _routed_changes(words).items()},
    }


def _routed_changes(words: Facts) -> Variants:
    history = ({"at": _AT, "who": words["quality_department"], "text": words["outcome"]},)
    serious = {
        "serious": True,
        "severity": "serious",
        "severity_name": words["serious"],
        "text": words["serious_text"],
        "subject": words["serious_subject"],
        "reasons": words["serious_reasons"],
        "facts": words["serious_facts"],
    }
    return {
        "serious": serious | {"needs": ("to_complainant", "cause"), "answer_by": _SOON},
        "again": {"again": True, "history": history},
        "unsure": {"unsure": True},
        "guessed": {"unsure": True, "guessed": True},
        **_routed_by_process(words),
        "decided": {"decided_by": "supervisor@example.com"},
        "several": {
            "also": (words["service"],),
            "others": (words["service_department"],),
            "facts": words["doubted_facts"],
        },
        "enquiry": {"matter": "enquiry"},
        "suggestion": {"matter": "suggestion"},
        "praise": {"matter": "praise", "due_at": None},
        "long": {"text": f"{words['text']}\n\n" * 90},
        "bare": _bare_case(),
    }


def _routed_by_process(words: Facts) -> Variants:
    measures = {"needs": ("cause", "corrective"), "capa": "required_or_reason"}
    return {
        "measures": measures | {"related": words["related"]},
        "recused": {"recused": (words["accused"],), "capa": "required"},
        "deputy": {"deputy_for": words["person"]},
    }


def _bare_case() -> dict[str, object]:
    return {
        "complainant": _NOBODY,
        "subject": "",
        "subcategory_name": "",
        "text": "",
        "facts": (),
        "reasons": (),
        "attachments": (),
        "original_attached": False,
        "unreadable": True,
        "due_at": None,
        "accept_by": None,
        "parties": (),
        "answer_to": "",
    }


def _follow_ups(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "complainant": words["complainant"],
        "text": words["more"],
        "due_at": _DUE,
        "attachments": _FILES[1:],
        "added": words["doubted_facts"],
        "by": "complainant",
        "open": True,
        "recused": (),
        "original_attached": True,
    }
    answered: dict[str, object] = {"open": False, "due_at": None, "added": ()}
    bare = {
        "complainant": _NOBODY,
        "text": "",
        "attachments": (),
        "added": (),
        "original_attached": False,
    }
    return {
        "usual": usual,
        "referrer": usual | answered | {"by": "referrer"},
        "unproven": usual | answered | {"by": "unproven"},
        "explained before": usual | answered,
        "accused": usual | {"recused": (words["person"],)},
        "bare": usual | bare | {"due_at": None, "answer_to": ""},
    }


def _how_to_answers(words: Facts) -> Variants:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "read": words["reply"],
        "authorised": True,
        "answered": False,
        "why": "unknown",
        "needs": (),
        "said": "",
    }
    needs = {"why": "needs", "needs": ("cause", "corrective"), "said": "done"}
    no_measure = {"why": "needs", "needs": ("corrective", "preventive"), "said": "no_measure"}
    return {
        "usual": usual,
        "not authorised": usual | {"authorised": False, "why": ""},
        "answered before": usual | {"answered": True, "why": "not_now", "said": "done"},
        "needs": usual | needs,
        "no measure": usual | no_measure,
        "empty": usual | {"why": "empty", "said": "interim", "read": words["interim_word"]},
        "reason": usual | {"why": "empty", "said": "hold", "read": words["hold_word"]},
        "not now": usual | {"why": "not_now", "said": "carried_out"},
        "recused": usual | {"why": "recused"},
        "date": usual | {"why": "date", "said": "accept"},
        "party": usual | {"why": "unknown", "said": "ask"},
        "signer": usual | {"department_name": "manager@example.com"},
        "bare": usual | {"read": "", "why": "", "answer_to": ""},
    }


def _moved_on(words: Facts) -> Variants:
    to: dict[str, object] = {"to": (words["service_department"],), "closed": ""}
    usual = {"department_name": words["quality_department"]} | to
    closed = {"to": (), "closed": words["closed"]}
    return {"usual": usual, "undecided": usual | {"to": ()}, "closed": usual | closed}
