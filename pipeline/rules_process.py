"""The `process` of rules.yaml: its steps → fields of routing.process.Process.

A block of steps names only what differs; a step that is named is taken whole, so `progress:
{every: 5 days}` says nothing `before` the promised date any more.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from pipeline.rules_problems import Keys, Problems
from pipeline.rules_schema import ProcessBlock
from pipeline.rules_schema_process import OFF, Off, SigningBlock, StepsBlock
from routing.deadlines import Limit
from routing.labels import PARTS
from routing.policy import Policy
from routing.process import Capa, Process, Rung, Signing

Fields = dict[str, object]  #: names of fields of Process → their values

#: Whom a rung of the ladder may name besides addresses; see routing/process.py.
LADDER = ("manager", "deputies", "management")
#: Keys that are called as the fields they set: limits that may be off, and what needs no reading.
_LIMITS = (
    *("accept_within", "answer_within", "info_within", "external_within", "carry_out_within"),
    *("remind_before", "serious_after"),
)
_SWITCHES = ("tell_measures", "satisfaction", "apologise", "recusal", "oral_counts")


def with_process(policy: Policy, block: ProcessBlock, problems: Problems) -> Policy:
    """Return `policy` with everything the `process` block says."""
    for name in block.severity:
        levels = [level.name for level in policy.severities]
        problems.known(("process", "severity", name), name, levels, "severity level")
    usual = _Steps(("process", "usual"), block.usual, problems).fields()
    return replace(
        policy,
        usual=replace(Process(), **usual),  # type: ignore[arg-type] # a test names every field
        by_category={
            category: _Steps(("process", "categories", category.value), steps, problems).fields()
            for category, steps in block.categories.items()
        },
        by_severity={
            name: _Steps(("process", "severity", name), steps, problems).fields()
            for name, steps in block.severity.items()
        },
        ledger_day=block.ledger_day,
    )


def changed_steps(path: Keys, block: StepsBlock | None, problems: Problems) -> Fields:
    """Return the fields of Process that a block of steps at `path` changes."""
    return _Steps(path, block, problems).fields() if block else {}


class _Steps:
    """One block of steps: under `usual`, or of one category or severity."""

    def __init__(self, path: Keys, block: StepsBlock, problems: Problems) -> None:
        self._path, self._block, self._problems = path, block, problems

    def fields(self) -> Fields:
        """Return the fields of Process that the block names."""
        b = self._block
        steps: dict[str, Callable[[], Fields]] = {
            "answer_needs": self._answer_needs,
            "review": lambda: {"review": self._signing(("review",), b.review)},
            "approval": self._approval,
            "plan": self._plan,
            "undo": self._undo,
            "escalation": self._escalation,
            "progress": self._progress,
            "confirm": self._confirm,
            "objections": self._objections,
            "callback": lambda: {"callback": self._signing(("callback",), b.callback)},
            "capa": self._capa,
            "archive_after": lambda: {
                "archive_after": self._days(b.archive_after, "archive_after")
            },
        }
        steps |= {name: partial(self._off_or_limit, name) for name in _LIMITS}
        steps |= {name: partial(self._as_it_is, name) for name in _SWITCHES}
        given = [build() for name, build in steps.items() if name in b.model_fields_set]
        return {field: value for fields in given for field, value in fields.items()}

    def _off_or_limit(self, name: str) -> Fields:
        return {name: self._limit(getattr(self._block, name), name)}

    def _as_it_is(self, name: str) -> Fields:
        return {name: getattr(self._block, name)}

    def _limit(self, text: str, *keys: str) -> Limit | None:
        return self._problems.limit_or_off((*self._path, *keys), text)

    def _days(self, text: str, *keys: str) -> timedelta:
        return self._problems.whole_days((*self._path, *keys), text)

    def _signing(self, keys: Keys, block: SigningBlock | Off) -> Signing | None:
        if isinstance(block, str):
            return None
        path = (*self._path, *keys)
        self._addresses((*keys, "by"), block.by)
        self._addresses((*keys, "deputies"), block.deputies)
        by = {addr.lower() for addr in block.by}
        for addr in block.deputies:
            if addr.lower() in by:
                what = f"{addr} can't be the deputy of {addr}"
                self._problems.complain((*path, "deputies"), what, "Name somebody else")
        return Signing(
            by=tuple(block.by),
            deputies=tuple(block.deputies),
            within=self._limit(block.within, *keys, "within"),
        )

    def _addresses(self, keys: Keys, addresses: Iterable[str]) -> None:
        self._problems.addresses((*self._path, *keys), addresses)

    def _answer_needs(self) -> Fields:
        needs = self._block.answer_needs
        for number, name in enumerate(needs):
            path = (*self._path, "answer_needs", str(number))
            self._problems.known(path, name, PARTS, "part of an answer")
        return {"answer_needs": tuple(needs)}

    def _approval(self) -> Fields:
        found = (
            self._signing(("approval", str(number)), block)
            for number, block in enumerate(self._block.approval)
        )
        return {"approval": tuple(signing for signing in found if signing)}

    def _plan(self) -> Fields:
        block = self._block.plan
        if isinstance(block, str):
            return {"plan": False, "plan_within": None}
        within = self._limit(block.silence_agrees_after, "plan", "silence_agrees_after")
        return {"plan": True, "plan_within": within}

    def _undo(self) -> Fields:
        text, path = self._block.undo, (*self._path, "undo")
        return {"undo": timedelta() if text == OFF else self._problems.by_the_clock(path, text)}

    def _escalation(self) -> Fields:
        rungs = range(len(self._block.escalation))
        return {"escalation": tuple(self._rung(number) for number in rungs)}

    def _rung(self, number: int) -> Rung:
        keys, block = ("escalation", str(number)), self._block.escalation[number]
        self._addresses((*keys, "to"), [to for to in block.to if "@" in to])
        for to in block.to:
            if "@" not in to:
                path = (*self._path, *keys, "to")
                self._problems.known(path, to, (*LADDER, "or an address"), "step of the ladder")
        return Rung(to=tuple(block.to), after=self._limit(block.after, *keys, "after"))

    def _progress(self) -> Fields:
        block = self._block.progress
        if isinstance(block, str):
            return {"progress_before": None, "progress_every": None}
        return {
            "progress_before": self._limit(block.before, "progress", "before"),
            "progress_every": self._limit(block.every, "progress", "every"),
        }

    def _confirm(self) -> Fields:
        block = self._block.confirm
        silence = self._days(block.within, "confirm", "within")
        return {"silence": silence, "confirm_needed": block.needed}

    def _objections(self) -> Fields:
        if not self._block.objections:
            path = (*self._path, "objections")
            what = "is empty: what happens when a complainant is not satisfied?"
            self._problems.complain(path, what, "Write for example: [reopen, management]")
        return {"objections": tuple(self._block.objections)}

    def _capa(self) -> Fields:
        block = self._block.capa
        if isinstance(block, str):
            return {"capa": Capa()}
        self._addresses(("capa", "verify_by"), block.verify_by)
        self._addresses(("capa", "waive_by"), block.waive_by)
        capa = Capa(
            rule=block.rule,
            within=self._limit(block.within, "capa", "within"),
            verify_by=tuple(block.verify_by),
            verify_after=self._limit(block.verify_after, "capa", "verify_after"),
            waive_by=tuple(block.waive_by),
        )
        return {"capa": capa}
