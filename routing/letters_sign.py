"""The letters to those who must agree before an outcome leaves. Pure."""

from dataclasses import replace

from cases.incoming import Address
from cases.life import PartState
from cases.model import Letter, LetterName, Status
from routing.ladder import signers
from routing.letters import department_name, fact_rows
from routing.letters_out import outcome_text
from routing.letters_work import complainant, report_rows
from routing.life import Life
from routing.pauses import promised
from routing.process import Signing

#: The reason of an escalation after which somebody else decides on the answer.
DISAGREEMENT = "disagreement"
#: Characters of the complaint that a manager is shown.
MOST_TEXT = 4_000


def review_request(life: Life, signing: Signing) -> tuple[Letter, ...]:
    """Return the question whether the departments' answers will do (K049)."""
    return _requests(life, LetterName.REVIEW_REQUEST, signing, step=1, steps=1)


def approval_request(life: Life, step: int) -> tuple[Letter, ...]:
    """Return the question to the approvers of one step, counted from 0 (K020).

    Once they have disagreed with the departments, whoever decides over them is asked as well (T20).
    """
    chain = life.process.approval
    signing = chain[step]
    if any(DISAGREEMENT in event.reasons for event in life.this_round("escalated")):
        known = {addr.lower() for addr in signing.by}
        above = (addr for addr in deciders(life) if addr.lower() not in known)
        signing = replace(signing, by=(*signing.by, *above))
    return _requests(life, LetterName.APPROVAL_REQUEST, signing, step=step + 1, steps=len(chain))


def deciders(life: Life) -> tuple[str, ...]:
    """Return who decides where others can't agree: top management, else the supervisors."""
    return life.policy.management or life.policy.supervisors


def deputy_requests(life: Life, signing: Signing, away: str) -> tuple[Letter, ...]:
    """Return the pending request again, to the deputies of somebody who is away (K080)."""
    review = life.case.status is Status.IN_REVIEW
    name = LetterName.REVIEW_REQUEST if review else LetterName.APPROVAL_REQUEST
    deputies = Signing(by=signing.deputies, within=signing.within)
    chain = life.process.approval
    step = chain.index(signing) + 1 if signing in chain else 1
    return _requests(life, name, deputies, step=step, steps=max(len(chain), 1), deputy_for=away)


def _requests(
    life: Life,
    name: LetterName,
    signing: Signing,
    *,
    step: int,
    steps: int,
    deputy_for: str = "",
) -> tuple[Letter, ...]:
    case = life.case
    facts: dict[str, object] = {
        "answers": _answers(life),
        "outcome": outcome_text(life),
        "complainant": complainant(life),
        "text": case.text[:MOST_TEXT],
        "facts": fact_rows(case.facts),
        "by": life.policy.calendar.due(life.now, signing.within) if signing.within else None,
        "due_at": promised(life),
        "before": tuple(
            {"by": event.actor.partition(":")[2], "reason": event.detail}
            for event in life.this_round("refused_approval", "returned")
        ),
        "step": step,
        "steps": steps,
        "deputy_for": deputy_for,
    }
    return tuple(
        Letter(
            name=name,
            language=life.house,
            to=Address(addr=addr),
            revision=life.cause,
            facts=facts,
            attach_original=True,
        )
        for addr in signers(life, signing)
    )


def _answers(life: Life) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "department": department_name(life.policy, part.department),
            "outcome": part.report.get("to_complainant", ""),
            "upheld": part.state is not PartState.INVALID,
            "report": report_rows(part.report),
        }
        for part in life.settled_parts
    )
