"""The question to supervisors what a case is about. Pure."""

from dataclasses import dataclass
from datetime import datetime

from cases.incoming import Address
from cases.model import Category, Letter, LetterName
from routing.choices import LETTERS, NO_COMPLAINT, ranked
from routing.letters import Request, category_name, complaining, department_name, files

#: Who decides what a case is about needs its beginning.
MOST_TO_DECIDE = 1_500
MOST_OPTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What supervisors are asked about a case, and why."""

    request: Request
    guess_at: datetime | None  #: None: the case is with somebody while they think
    without: frozenset[str] = frozenset()  #: departments that said it is not theirs
    returned: str = ""  #: the words they said it with
    read: str | None = None  #: what an earlier answer said that was not understood
    authorised: bool = True  #: False: an answer came that may not be theirs


def decision_needed(
    question: Question, to: tuple[str, ...], *, revision: int, automatic: bool = False
) -> tuple[Letter, ...]:
    """Return the question what a case is about, answered by one letter of the alphabet."""
    facts = _question_facts(question)
    return tuple(
        Letter(
            name=LetterName.DECISION_NEEDED,
            language=question.request.house,
            to=Address(addr=addr),
            revision=revision,
            facts=facts,
            attach_original=True,
            automatic=automatic,
        )
        for addr in dict.fromkeys(to)
    )


def _question_facts(question: Question) -> dict[str, object]:
    request, policy = question.request, question.request.policy
    return {
        "options": _options(question),
        "no_complaint": NO_COMPLAINT,
        "complainant": complaining(request.complainant, request.classification.facts, policy),
        "received_at": request.received_at,
        "subject": request.mail.subject,
        "text": request.mail.words[: MOST_TO_DECIDE + 1],
        "attachments": files(request.mail),
        "due_at": request.due_at,
        "guess_at": question.guess_at,
        "department_names": tuple(
            department_name(policy, key) for key in request.assessment.departments
        ),
        "returned_by": tuple(department_name(policy, key) for key in sorted(question.without)),
        "returned": question.returned[:500],
        "answered": question.read is not None,
        "read": (question.read or "")[:200],
        "authorised": question.authorised,
        "unreadable": not request.readable,
    }


def likely(question: Question) -> tuple[tuple[Category, float], ...]:
    """Return every category, likeliest first; those of departments that sent it back last."""
    owner = {key: entry.department for key, entry in question.request.policy.categories.items()}
    shares = ranked(question.request.classification)
    return tuple(sorted(shares, key=lambda share: owner[share[0]] in question.without))


def _options(question: Question) -> tuple[dict[str, object], ...]:
    request = question.request
    return tuple(
        {
            "letter": LETTERS[category],
            "name": category_name(request.policy, category, request.house),
            "percent": round(100 * share),
        }
        for category, share in likely(question)[:MOST_OPTIONS]
    )
