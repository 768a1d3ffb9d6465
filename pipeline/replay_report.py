"""A replay as a report: which cases would change and why, and the figures of all. Pure.

Cases that stay as they are leave only figures, so that a year of mails needs no more memory than a
day of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from cases.model import Case
from pipeline.replay import Made, Replayed
from pipeline.replay_compare import Change, Side, Why, changes, reasons
from routing.policy import Policy

#: References that are named where a figure alone would not help; and models.
MOST_NAMED = 5


class Hits(NamedTuple):
    """For how many cases a rule holds; None: it is not in those rules."""

    rule: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCase:
    """A case that would change."""

    case: Case
    at: datetime  #: when the mail came
    changes: tuple[Change, ...]
    why: tuple[Why, ...]
    before: Made
    after: Made


@dataclass(slots=True, kw_only=True)
class Some:
    """How many, and the first few by name."""

    number: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, *names: str) -> None:
        """Count one more."""
        self.number += 1
        self.names += [one for one in names if one not in self.names][
            : MOST_NAMED - len(self.names)
        ]


@dataclass(slots=True, kw_only=True)
class Summary:
    """The figures of a replay; whole when the last case was looked at."""

    mails: int = 0  #: looked at
    cases: int = 0
    changed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)  #: of changes, in cases
    before: Counter[str] = field(default_factory=Counter)  #: cases for which a rule holds
    after: Counter[str] = field(default_factory=Counter)
    unread: Some = field(default_factory=Some)  #: mails
    no_case: Some = field(default_factory=Some)
    in_part: int = 0
    corrected: int = 0
    not_kept: int = 0
    #: cases that the live rules judge otherwise than happened, by why: rules, model, both,
    #: unexplained
    differs: dict[str, Some] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Report:
    """A replay that is being told; take `changed` to its end, then read `summary`."""

    live: Policy
    new: Policy | None  #: None: what the live rules make of it is compared with what happened
    since: datetime
    until: datetime
    language: str
    summary: Summary = field(default_factory=Summary)

    @property
    def then(self) -> bool:
        """Whether the live rules are compared with what happened."""
        return self.new is None

    def changed(self, found: Iterable[Replayed]) -> Iterator[ChangedCase]:
        """Yield the cases that would change, and count all."""
        for one in found:
            self._count(one)
            before, after = (one.happened, one.live) if self.then else (one.live, one.new)
            if before is None or after is None:
                continue
            self.summary.before.update(before.judgement.rules)
            self.summary.after.update(after.judgement.rules)
            there = Side(made=before, policy=self.live)
            here = Side(made=after, policy=self.new or self.live)
            differs = changes(there, here, self.language)
            if differs:
                why = reasons(there, here, self.language)
                yield self._one(one, differs, (*self._why_then(one), *why), before, after)

    def _one(
        self,
        one: Replayed,
        differs: tuple[Change, ...],
        why: tuple[Why, ...],
        before: Made,
        after: Made,
    ) -> ChangedCase:
        self.summary.changed += 1
        self.summary.kinds.update(change.kind for change in differs)
        return ChangedCase(
            case=one.case,
            at=one.at,
            changes=differs,
            why=why,
            before=replace(before, seen=()),  # the mails are no longer needed
            after=replace(after, seen=()),
        )

    def _why_then(self, one: Replayed) -> tuple[Why, ...]:
        if not self.then:
            return ()
        kind = self._cause(one)
        return (Why(kind=kind, rule="", words=_of_then(one.case, kind)),)

    def _cause(self, one: Replayed) -> str:
        """Return why the live rules make something else of a case than happened."""
        rules = one.case.rules_version != self.live.version
        if rules and one.other_model:
            return "both"
        return "rules" if rules else "model" if one.other_model else "unexplained"

    def _count(self, one: Replayed) -> None:
        summary, name = self.summary, one.case.reference
        summary.mails += one.mails
        summary.cases += 1
        summary.in_part += one.in_part
        summary.corrected += one.corrected
        for _ in one.unread:
            summary.unread.add(name)
        if one.why_none and not one.unread:
            summary.no_case.add(name)
        if one.happened is None:
            summary.not_kept += 1
        elif one.live and one.live.judgement != one.happened.judgement:
            cause = self._cause(one)
            names = (name,) if cause == "unexplained" else (_of_then(one.case, cause),)
            summary.differs.setdefault(cause, Some()).add(*names)

    def rules(self) -> Iterator[Hits]:
        """Yield for how many cases each rule holds, in the order of the file."""
        summary, new = self.summary, self.new or self.live
        ours = [rule.name for rule in new.rules]
        gone = [rule.name for rule in self.live.rules if rule.name not in ours]
        known = {rule.name for rule in self.live.rules}
        for name in (*ours, *gone):
            yield Hits(
                rule=name,
                before=summary.before[name] if name in known else None,
                after=summary.after[name] if name in ours else None,
            )

    def never(self) -> tuple[str, ...]:
        """Return the rules that hold for none of the mails."""
        return tuple(one.rule for one in self.rules() if one.after == 0)


def _of_then(case: Case, kind: str) -> str:
    version, model = case.rules_version, case.model_version
    return {"rules": version, "model": model, "both": f"{version}, {model}"}.get(kind, "")


def first(items: Iterable[ChangedCase], limit: int) -> tuple[tuple[ChangedCase, ...], int]:
    """Return the first so many, and how many there are beyond; the rest is counted, not kept."""
    rest = iter(items)
    return tuple(islice(rest, limit)), sum(1 for _ in rest)
