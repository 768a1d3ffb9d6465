"""The letters to those who must agree before an outcome leaves. Pure."""

from dataclasses import replace

from cases.incoming import Address
from cases.life import PartState
from cases.model import Letter, LetterName
from routing.ladder import people
from routing.letters import department_name, fact_rows
from routing.letters_out import outcome_text, told_measures
from routing.letters_work import complainant, report_rows
from routing.life import Life
from routing.pauses import promised
from routing.process import Signing
from routing.signatures import (
    allowed,
    deciders,
    disagreed,
    request_name,
    step_of,
    to_ask,
    wanted,
)

#: Characters of the complaint that a manager is shown.
MOST_TEXT = 4_000


def review_request(life: Life) -> tuple[Letter, ...]:
    """Return the question whether the departments' answers will do (K049)."""
    return _requests(life)


def approval_request(life: Life) -> tuple[Letter, ...]:
    """Return the question to the approvers whose step it is (K020).

    Once they have disagreed with the departments, whoever decides over them is asked as well (T20).
    """
    return _requests(life, above=deciders(life) if disagreed(life) else ())


def deputy_requests(life: Life, signing: Signing, away: str) -> tuple[Letter, ...]:
    """Return the pending request again, to the deputies of somebody who is away (K080)."""
    fit = allowed(life, signing)
    deputies = tuple(addr for addr in signing.deputies if addr.lower() in fit)
    return _requests(life, only=deputies, deputy_for=away) if deputies else ()


def request_again(life: Life, addr: str) -> tuple[Letter, ...]:
    """Return the pending request once more, to somebody who answered an earlier letter."""
    letters = _requests(life, only=(addr,), superseded=True)
    return tuple(replace(letter, automatic=True) for letter in letters)


def _requests(
    life: Life,
    *,
    above: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    deputy_for: str = "",
    superseded: bool = False,
) -> tuple[Letter, ...]:
    """Return the request for the signature that is wanted now, to all who are asked or `only`."""
    signing, name = wanted(life), request_name(life)
    if signing is None:
        return ()
    approves = name is LetterName.APPROVAL_REQUEST
    to = people(life, only or (*to_ask(life, signing), *above))
    facts: dict[str, object] = {
        **_facts(life),
        "by": life.policy.calendar.due(life.now, signing.within) if signing.within else None,
        "step": step_of(life) + 1 if approves else 1,
        "steps": len(life.process.approval) if approves else 1,
        "deputy_for": deputy_for,
        "superseded": superseded,
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
        for addr in to
    )


def _facts(life: Life) -> dict[str, object]:
    """Return what is to be signed, and what it answers."""
    case = life.case
    measures, prevention = told_measures(life)
    return {
        "answers": _answers(life),
        "outcome": outcome_text(life),
        "measures": measures,
        "prevention": prevention,
        "complainant": complainant(life),
        "text": case.text[:MOST_TEXT],
        "facts": fact_rows(case.facts),
        "due_at": promised(life),
        "before": tuple(
            {"by": event.actor.partition(":")[2], "reason": event.detail}
            for event in life.this_round("refused_approval", "returned")
        ),
    }


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
