"""The letters to complainants while a case is open, and the outcome. Pure.

What a department wrote is in them only where it was marked as meant for the complainant: behind
`to the customer`, or behind a word that says so (`done`, `interim`, `need info`). Nothing else of a
reply gets here, whatever it holds.
"""

from datetime import datetime

from cases.addresses import sendable
from cases.incoming import Address
from cases.life import Part, PartState
from cases.model import Letter, LetterName, Status
from routing.letters import category_name, department_name
from routing.life import Life
from routing.pauses import promised

_STAGES = {
    Status.REGISTERED: "received",
    Status.ACKNOWLEDGED: "received",
    Status.NOT_A_COMPLAINT: "with_department",
    Status.IN_REVIEW: "checking",
    Status.IN_APPROVAL: "checking",
    Status.PLAN_OFFERED: "plan",
    Status.EXECUTING: "executing",
    Status.ANSWERED: "answered",
    Status.OUTCOME_SENT: "answered",
    Status.FOLLOW_UP: "settled",
    Status.CLOSED: "closed",
    Status.ARCHIVED: "closed",
    Status.DISPUTE: "dispute",
}
_PART_STAGES = (
    (PartState.INFO, "waiting_for_you"),
    (PartState.ACCEPTED, "investigating"),
    (PartState.EXTERNAL, "outside"),
    (PartState.HELD, "held"),
)


def stage(life: Life) -> str:
    """Return where a case stands, as the complainant may know it (K084)."""
    if life.case.status is Status.DISPUTE or life.case.status not in (
        Status.ROUTED,
        Status.NOT_A_COMPLAINT,
    ):
        return _STAGES.get(life.case.status, "with_department")
    states = {part.state for part in life.open_parts}
    return next((name for state, name in _PART_STAGES if state in states), "with_department")


def to_complainant(life: Life, name: LetterName, facts: dict[str, object]) -> tuple[Letter, ...]:
    """Return a letter to the complainant, none to somebody without an address."""
    return to_address(life, name, life.case.complainant, facts)


def to_address(
    life: Life, name: LetterName, to: Address, facts: dict[str, object]
) -> tuple[Letter, ...]:
    """Return a letter in the complainant's language."""
    if not sendable(to.addr):
        return ()
    return (Letter(name=name, language=life.language, to=to, revision=life.cause, facts=facts),)


def names_of(life: Life, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return how the departments of `parts` are called, in the complainant's language."""
    keys = [part.department for part in parts] or list(life.case.departments)
    return tuple(department_name(life.policy, key, life.language) for key in keys)


def request_information(
    life: Life,
    *,
    department: str,
    question: str = "",
    wanted: tuple[str, ...] = (),
    reply_by: datetime | None = None,
    again: bool = False,
) -> tuple[Letter, ...]:
    """Return the letter that names what is missing (T09, K038)."""
    return to_complainant(
        life,
        LetterName.REQUEST_INFORMATION,
        {
            "wanted": wanted,
            "question": question,
            "department_name": department_name(life.policy, department, life.language),
            "reply_by": reply_by,
            "again": again,
            "apologise": life.process.apologise,
        },
    )


def interim(life: Life, *, department: str, measures: str) -> tuple[Letter, ...]:
    """Return the letter that tells what to do until the answer comes (T16, K083)."""
    return to_complainant(
        life,
        LetterName.INTERIM,
        {
            "measures": measures,
            "department_name": department_name(life.policy, department, life.language),
            "due_at": promised(life),
            "apologise": life.process.apologise,
        },
    )


def plan(
    life: Life, *, text: str, answer_by: datetime | None, again: bool = False
) -> tuple[Letter, ...]:
    """Return the proposed solution and the question whether the complainant agrees (K066)."""
    return to_complainant(
        life,
        LetterName.PLAN,
        {
            "plan": text,
            "department_names": names_of(life, life.settled_parts),
            "answer_by": answer_by,
            "silence_agrees": answer_by is not None,
            "again": again,
        },
    )


def status(life: Life) -> tuple[Letter, ...]:
    """Return the answer to "how does it stand?" (K084)."""
    case = life.case
    due_at = promised(life) if case.outcome_at is None else None
    return to_complainant(
        life,
        LetterName.STATUS,
        {
            "stage": stage(life),
            "department_names": names_of(life, life.open_parts),
            "received_at": case.received_at,
            "due_at": due_at,
            "wanted": (),
            "late": due_at is not None and due_at < life.now,
        },
    )


def outcome_text(life: Life) -> str:
    """Return exactly what the complainant will read: a changed text, else the departments' own."""
    return _changed_text(life) or "\n\n".join(
        part.report["to_complainant"]
        for part in life.settled_parts
        if part.report.get("to_complainant")
    )


def _changed_text(life: Life) -> str:
    """Return the words that whoever signs put in the place of the departments', "" for none."""
    text = ""
    for event in life.this_round("proposed", "changed_text"):
        text = event.detail if event.kind == "changed_text" else ""
    return text


def told_measures(life: Life) -> tuple[str, str]:
    """Return the corrective and the preventive action that the complainant reads of (K051).

    A changed text is all that they read: whoever wrote it has left out what is not in it.
    """
    if not life.process.tell_measures or _changed_text(life):
        return "", ""
    return _joined(life, "corrective"), _joined(life, "preventive")


def upheld(life: Life) -> bool:
    """Tell whether any department found the complaint justified."""
    parts = life.settled_parts
    return not parts or any(part.state is PartState.ANSWERED for part in parts)


def outcome(life: Life, *, explained: bool = False) -> tuple[Letter, ...]:
    """Return the outcome to the complainant, and to the authority that passed it on (K061)."""
    case, process = life.case, life.process
    measures, prevention = told_measures(life)
    facts: dict[str, object] = {
        "complainant_name": case.complainant.name,
        "outcome": outcome_text(life),
        "department_names": names_of(life, life.settled_parts),
        "upheld": upheld(life),
        "measures": measures,
        "prevention": prevention,
        "category_name": category_name(life.policy, case.category, life.language),
        "close_after_days": process.silence.days,
        "confirm_needed": process.confirm_needed,
        "asks_mark": process.satisfaction,
        "explained": explained,
        "apologise": process.apologise,
        "referred": False,
        "referrer_number": "",
    }
    letters = to_complainant(life, LetterName.OUTCOME, facts)
    addr, _, number = next((r.text for r in life.recorded("referrer")), "").partition(" ")
    if addr and addr.lower() == case.complainant.addr.lower():
        facts = {**facts, "referred": True, "referrer_number": number}
        return to_complainant(life, LetterName.OUTCOME, facts)
    if addr:
        theirs = {**facts, "referred": True, "referrer_number": number, "complainant_name": ""}
        letters += to_address(life, LetterName.OUTCOME, Address(addr=addr), theirs)
    return letters


def _joined(life: Life, key: str) -> str:
    found = (part.report.get(key, "") for part in life.settled_parts)
    return "\n\n".join(text for text in found if text)
