"""Cases as rows of figures, for a review (K022) and, without persons, for training (K048).

Without persons means: no name, address or number by which somebody could be found. What the
complainant and the departments wrote stays, with every name and number that we know of taken out;
a name that only stands within a sentence may be left, so somebody reads such a file before it is
handed out. What is restricted (K040) is in neither.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cases.model import Case
from routing.letters_out import outcome_text
from routing.life import Life

#: Facts that lead to a person.
_PERSONAL = frozenset(
    {"customer", "organisation", "phone", "email", "address", "customer_number"}
    | {"order", "tracking", "serial"}
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}|\b(?:https?://|www\.)\S{1,500}")
#: Five digits and more are a phone, an order, an account; a year or a price is not.
_LONG_NUMBER = re.compile(r"[A-Za-z]{0,4}[0-9](?:[ -]?[0-9]){4,30}[A-Za-z]{0,2}")
_HIDDEN = "[…]"
_MOST_NAMES = 3  # words of a name; more are a phrase, whose words are nobody's
_LABELS = ("cause", "cause_class", "responsible", "corrective", "preventive")
_HOUR = timedelta(hours=1)

#: The columns in order; the last ones only with persons.
COLUMNS = (
    *("number", "month", "channel", "matter", "category", "subcategory", "severity", "language"),
    "tags",
    *("departments", "status", "rounds", "level", "hours_to_outcome", "in_time", "mark"),
    *("products", "text", "answer", *_LABELS, "lesson"),
)
PERSONS = ("reference", "received_at", "name", "address", "subject")


def export_row(number: int, life: Life, *, persons: bool) -> Mapping[str, object]:
    """Return one case as the `number`th row; `persons`: with whom it is about."""
    case = life.case
    texts = {"text": case.text, "answer": outcome_text(life), "lesson": _entries(life, "lesson")}
    texts |= {label: _reports(life, label) for label in _LABELS}
    if not persons:
        known = [*persons_of(life)]
        texts = {key: without_persons(text, known) for key, text in texts.items()}
    row = {
        "number": number,
        "month": case.received_at.astimezone(life.policy.calendar.zone).strftime("%Y-%m"),
        "channel": _entries(life, "channel") or "mail",
        "matter": case.matter.value,
        "category": case.category.value,
        "subcategory": case.subcategory,
        "tags": " ".join(case.tags),
        "severity": case.severity,
        "language": case.language,
        "departments": " ".join(case.departments),
        "status": case.status.value,
        "rounds": case.round,
        "level": case.level,
        "hours_to_outcome": _hours(case.received_at, case.outcome_at),
        "in_time": _in_time(case),
        "mark": _mark(life),
        "products": " / ".join(
            dict.fromkeys(f.canonical or f.value for f in case.facts if f.name == "product")
        ),
        **texts,
    }
    who = {
        "reference": case.reference,
        "received_at": case.received_at.isoformat(),
        "name": case.complainant.name,
        "address": case.complainant.addr,
        "subject": case.subject,
    }
    return {**row, **(who if persons else {})}


def without_persons(text: str, known: Iterable[str]) -> str:
    """Return a text without the words in `known`, addresses, links and long numbers. Total."""
    for word in sorted({one.strip() for one in known}, key=len, reverse=True):
        if len(word) > 1:
            # "Li" is no part of "Like"; Chinese has no blanks between words.
            edge = r"\b" if word.isascii() and word[:1].isalnum() and word[-1:].isalnum() else ""
            text = re.sub(f"{edge}{re.escape(word)}{edge}", _HIDDEN, text, flags=re.IGNORECASE)
    return _LONG_NUMBER.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, text))


def persons_of(life: Life) -> Iterable[str]:
    """Yield every word we know to lead to a person: the complainant's, and our own people's."""
    case = life.case
    yield from (case.complainant.addr, case.complainant.name, *case.complainant.name.split())
    yield from (fact.value for fact in case.facts if fact.name in _PERSONAL)
    for department in life.policy.departments.values():
        yield from department.people
    for name in (*(p.person for p in life.parts), *(m.owner for m in life.measures)):
        yield from (name, *(name.split() if name.count(" ") < _MOST_NAMES else ()))


def _open_entries(life: Life, kind: str) -> list[str]:
    return [one.text for one in life.records if one.kind == kind and not one.restricted]


def _entries(life: Life, kind: str) -> str:
    return "\n".join(_open_entries(life, kind))


def _mark(life: Life) -> str:
    """Return the last mark from 1 to 5; words may stand behind it."""
    return next((text[:1] for text in reversed(_open_entries(life, "satisfaction"))), "")


def _reports(life: Life, label: str) -> str:
    found = (part.report.get(label, "") for part in life.parts)
    return "\n".join(dict.fromkeys(text for text in found if text))


def _hours(start: datetime, end: datetime | None) -> float | None:
    return round((end - start) / _HOUR, 1) if end else None


def _in_time(case: Case) -> bool | None:
    """Tell whether the outcome of this round left by the date the complainant was told."""
    return case.outcome_at <= case.due_at if case.outcome_at and case.due_at else None
