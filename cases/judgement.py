"""What was made of the first mail of a case, as it was then: the measure of every later replay.

With it is kept what the complainant's other cases were at that moment, for they may raise the
severity, and later somebody corrects them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Self

from cases.model import Assessment, Case, Category, Fact, Matter

#: Fields that hold several words.
_SEVERAL = ("departments", "cc", "alert", "rules", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What rules and model made of the first mail of a case; kept as it was for comparison."""

    matter: Matter
    category: Category
    subcategory: str
    severity: str
    unsure: bool
    departments: tuple[str, ...]
    cc: tuple[str, ...]
    alert: tuple[str, ...]
    rules: tuple[str, ...]
    tags: tuple[str, ...]
    due_at: datetime | None  #: when the complainant was promised an answer

    @classmethod
    def of(cls, assessment: Assessment, due_at: datetime | None) -> Self:
        """Return what an assessment says, with the date that was promised by it."""
        names = (field.name for field in fields(cls) if field.name != "due_at")
        return cls(**{name: getattr(assessment, name) for name in names}, due_at=due_at)

    def dump(self) -> str:
        """Return it as a JSON object."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        due_at = self.due_at.isoformat() if self.due_at else None
        return json.dumps({**values, "due_at": due_at}, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Self | None:
        """Return what `dump` wrote; None for a case of before it was kept."""
        if not text:
            return None
        values = json.loads(text)
        values |= {name: tuple(values[name]) for name in _SEVERAL}
        due_at = datetime.fromisoformat(values["due_at"]) if values["due_at"] else None
        values |= {"matter": Matter(values["matter"]), "category": Category(values["category"])}
        return cls(**{**values, "due_at": due_at})


def dump_earlier(cases: Iterable[Case]) -> str:
    """Return what these cases are now, as far as it may change: a JSON list."""
    rows = [
        {
            "id": case.id,
            "matter": case.matter,
            "category": case.category,
            "facts": [[fact.name, fact.value] for fact in case.facts],
        }
        for case in cases
    ]
    return json.dumps(rows, ensure_ascii=False)


def earlier_ids(text: str) -> tuple[int, ...]:
    """Return the numbers of the cases that `dump_earlier` wrote of; "" holds none."""
    return tuple(row["id"] for row in json.loads(text or "[]"))


def load_earlier(text: str, cases: Mapping[int, Case]) -> tuple[Case, ...]:
    """Return the cases that `dump_earlier` wrote of as they were then; those that are gone, not."""
    return tuple(
        replace(
            cases[row["id"]],
            matter=Matter(row["matter"]),
            category=Category(row["category"]),
            facts=tuple(Fact(name=name, value=value) for name, value in row["facts"]),
        )
        for row in json.loads(text or "[]")
        if row["id"] in cases
    )
