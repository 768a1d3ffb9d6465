"""The letters about corrective and preventive action, and what finance is told. Pure.

Who carries a measure out gets it as a department; who checks it, or agrees that none is taken, as
an approver, so that each answers with a token of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cases.incoming import Address
from cases.life import Measure, Record
from cases.model import Letter, LetterName
from routing.letters import department_name, fact_rows
from routing.letters_work import complainant, to_department
from routing.life import Life
from routing.process import CapaRule
from routing.registers import MONEY

#: How the house calls what finance is told of.
_MONEY_NAMES: Mapping[str, Mapping[str, str]] = {
    "compensation": {"en": "Compensation", "zh": "赔偿补偿"},
    "cost": {"en": "Cost", "zh": "费用"},
    "cost_bearer": {"en": "Borne by", "zh": "费用承担"},
}


def to_executing(
    life: Life, purpose: str, department: str, measures: Sequence[Measure], *, reason: str = ""
) -> tuple[Letter, ...]:
    """Return the letter to the department; `purpose`: state, carry_out or not_effective."""
    due_at = min((measure.due_at for measure in measures if measure.due_at), default=None)
    facts = _facts(life, purpose, department, measures, reason=reason, due_at=due_at)
    return to_department(life, LetterName.MEASURES, department, facts)


def to_deciding(
    life: Life,
    purpose: str,
    department: str,
    measures: Sequence[Measure],
    *,
    to: Iterable[str],
    due_at: datetime | None,
    reason: str = "",
) -> tuple[Letter, ...]:
    """Return the letter to whoever checks measures, or agrees to none; `purpose`: check, waive.

    `due_at` is when their word is wanted, None for no date.
    """
    facts = _facts(life, purpose, department, measures, reason=reason, due_at=due_at)
    return tuple(
        Letter(
            name=LetterName.MEASURES,
            language=life.house,
            to=Address(addr=addr),
            revision=life.cause,
            facts=facts,
        )
        for addr in dict.fromkeys(to)
    )


def _facts(
    life: Life,
    purpose: str,
    department: str,
    measures: Sequence[Measure],
    *,
    reason: str,
    due_at: datetime | None,
) -> dict[str, object]:
    return {
        "department_name": department_name(life.policy, department),
        "purpose": purpose,
        "corrective": _joined(measure.corrective for measure in measures),
        "preventive": _joined(measure.preventive for measure in measures),
        "owner": ", ".join(dict.fromkeys(m.owner for m in measures if m.owner)),
        "reason": reason,
        "due_at": due_at,
        "reasons_allowed": life.process.capa.rule is CapaRule.REQUIRED_OR_REASON,
    }


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def finance(life: Life, department: str, records: Iterable[Record]) -> tuple[Letter, ...]:
    """Return what finance is told: compensation and costs as a department named them (K043)."""
    money = [record for kind in MONEY for record in records if record.kind == kind]
    if not any(record.kind != "cost_bearer" for record in money):
        return ()  # who bears it, without a cost, asks nothing of finance
    facts: dict[str, object] = {
        "what": "finance",
        "department_name": department_name(life.policy, department),
        "complainant": complainant(life),
        "phone": next((f.value for f in life.case.facts if f.name == "phone"), ""),
        "text": "\n".join(_line(record, life.house) for record in money),
        "rows": fact_rows(life.case.facts),
        "due_at": None,
    }
    return tuple(
        Letter(
            name=LetterName.TASK,
            language=life.house,
            to=Address(addr=addr),
            revision=life.cause,
            facts=facts,
        )
        for addr in life.policy.finance
    )


def _line(record: Record, language: str) -> str:
    name = _MONEY_NAMES[record.kind].get(language, record.kind)
    return f"{name}{'：' if language == 'zh' else ': '}{record.text}"
