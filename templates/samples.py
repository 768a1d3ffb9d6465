"""Invented facts for every letter and each of its variants, so that letters can be checked.

They stand for what the pipeline gives (the exact keys of each letter) and show a reader of the
letters what they look like; nobody in them exists.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from cases.incoming import Address
from cases.model import Letter, LetterName
from templates.sample_words import EN, ZH, Facts

_AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
_DUE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_GUESS = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
_NOBODY: Mapping[str, object] = {"name": "", "addr": ""}


_FILES = (
    {"name": "IMG_2031.jpg", "type": "image/jpeg", "size": 1_840_211, "warning": ""},
    {"name": "receipt.pdf", "type": "application/pdf", "size": 84_310, "warning": ""},
    {"name": "form.xlsm", "type": "application/vnd.ms-excel", "size": 21_007, "warning": "macros"},
)


def samples(language: str) -> tuple[tuple[str, Letter], ...]:
    """Return (variant, letter) for every letter in `language`; unknown languages get English.

    The variant called "usual" comes first for each letter; "bare" has every fact empty that may
    be empty.
    """
    words = ZH if language == "zh" else EN
    common = {"reference": "C-2026-000123", "desk_name": words["desk"], "language": language}
    return tuple(
        (
            variant,
            Letter(
                name=name,
                language=language,
                to=Address(addr="reader@example.com"),
                facts=common | facts,
            ),
        )
        for name, variants in _variants(words).items()
        for variant, facts in variants.items()
    )


def _variants(words: Facts) -> dict[LetterName, dict[str, dict[str, object]]]:
    return {
        LetterName.ACKNOWLEDGEMENT: _acknowledgements(words),
        LetterName.NOT_A_COMPLAINT: _not_complaints(words),
        LetterName.ROUTED: _routed(words),
        LetterName.FOLLOW_UP: _follow_ups(words),
        LetterName.HOW_TO_ANSWER: _how_to_answers(words),
        LetterName.OUTCOME: _outcomes(words),
        LetterName.ALERT: _alerts(words),
        LetterName.DECISION_NEEDED: _decisions(words),
        LetterName.MOVED_ON: _moved_on(words),
    }


def _acknowledgements(words: Facts) -> dict[str, dict[str, object]]:
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
    }
    return {
        "usual": usual,
        "service": usual | {"category": "service", "facts": ()},
        "delivery": usual | {"category": "delivery", "facts": ()},
        "other": usual | {"category": "other", "facts": ()},
        "unsure": usual | {"unsure": True},
        "serious": usual | {"serious": True},
        "again": usual | {"again": True},
        "unreadable": usual | {"unreadable": True, "unsure": True, "facts": ()},
        "unopened": usual | {"unopened": True},
        "missing": usual | {"missing": ("product|model", "batch|serial|order", "photo")},
    }


def _not_complaints(words: Facts) -> dict[str, dict[str, object]]:
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


def _routed(words: Facts) -> dict[str, dict[str, object]]:
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
    }
    return {
        "usual": usual,
        **{name: usual | change for name, change in _routed_changes(words).items()},
    }


def _routed_changes(words: Facts) -> dict[str, dict[str, object]]:
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
    bare = {
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
    }
    return {
        "serious": serious,
        "again": {"again": True, "history": history},
        "unsure": {"unsure": True},
        "guessed": {"unsure": True, "guessed": True},
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
        "bare": bare,
    }


def _follow_ups(words: Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "complainant": words["complainant"],
        "text": words["more"],
        "due_at": _DUE,
        "attachments": _FILES[1:],
        "added": words["doubted_facts"],
        "original_attached": True,
    }
    bare = {
        "complainant": _NOBODY,
        "text": "",
        "attachments": (),
        "added": (),
        "original_attached": False,
    }
    return {"usual": usual, "bare": usual | bare | {"due_at": None}}


def _how_to_answers(words: Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "department_name": words["quality_department"],
        "read": words["reply"],
        "authorised": True,
        "answered": False,
    }
    return {
        "usual": usual,
        "not authorised": usual | {"authorised": False},
        "answered before": usual | {"answered": True},
        "bare": usual | {"read": ""},
    }


def _outcomes(words: Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "complainant_name": words["name"],
        "outcome": words["outcome"],
        "department_name": words["quality_department"],
        "category_name": words["quality"],
        "close_after_days": 7,
    }
    return {"usual": usual, "bare": usual | {"complainant_name": "", "close_after_days": 1}}


def _alerts(words: Facts) -> dict[str, dict[str, object]]:
    usual: dict[str, object] = {
        "severity_name": words["serious"],
        "reasons": words["serious_reasons"],
        "department_names": (words["quality_department"], words["service_department"]),
        "due_at": _DUE,
        "complainant": words["complainant"],
        "text": words["serious_text"],
        "facts": words["serious_facts"],
    }
    bare = {"reasons": (), "department_names": (), "complainant": _NOBODY, "text": "", "facts": ()}
    return {"usual": usual, "bare": usual | bare | {"due_at": None}}


def _decisions(words: Facts) -> dict[str, dict[str, object]]:
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
        "attachments": _FILES[:2],
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


def _decision_changes(words: Facts) -> dict[str, dict[str, object]]:
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


def _moved_on(words: Facts) -> dict[str, dict[str, object]]:
    to: dict[str, object] = {"to": (words["service_department"],)}
    usual = {"department_name": words["quality_department"]} | to
    return {"usual": usual, "undecided": usual | {"to": ()}}


# ---------------------------------------------------------------- words
