"""Letters to supervisors about their file: what is wrong with it, waits, or went live. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.incoming import Address
from cases.model import Letter, LetterName
from routing.policy import Policy

#: Of one letter; whoever needs more looks into the file.
MOST_MISTAKES, MOST_LINES, MOST_NAMES = 20, 120, 30
_LONGEST = 160  # characters of a line of a difference
_INDENT = "    "  # of the lines that a mistake shows, see cases/excerpt.py


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesNews:
    """What there is to tell about a file of rules."""

    state: str  #: wrong, waits, live, answer (to somebody who sent a file), or note
    version: str  #: of the set that is live or waits; "" of a file that is wrong
    by: str  #: who wrote it: an address, or a name; "" if nobody knows
    at: datetime
    problems: tuple[str, ...] = ()  #: mistakes, each with a mark below its place: several lines
    failures: tuple[str, ...] = ()  #: examples of which something else comes
    difference: tuple[str, ...] = ()  #: from the set that is live, or was; lines
    lost: tuple[str, ...] = ()  #: rules that would be gone
    code: str = ""  #: what a yes is said with
    expires_at: datetime | None = None  #: a yes is good until then
    unchanged: datetime | None = None  #: since when the set has been live that stays in force
    replayed: tuple[str, ...] = ()  #: what the set would have done to the mails of late
    note: str = ""  #: of a letter of state `note`: file, unclear, unproven, expired, settled…


def rules_letters(
    policy: Policy, to: Iterable[str], news: RulesNews, *, revision: int,
    not_before: datetime | None = None,
) -> tuple[Letter, ...]:  # fmt: skip
    """Return the letter about a file of rules to each of `to`, once."""
    facts: dict[str, object] = {
        "state": news.state,
        "version": news.version,
        "by": news.by,
        "at": news.at,
        "count": len(news.problems or news.failures),
        "problems": tuple(map(_problem, news.problems[:MOST_MISTAKES])),
        "more_problems": max(0, len(news.problems) - MOST_MISTAKES),
        "failures": news.failures[:MOST_MISTAKES],
        "more_failures": max(0, len(news.failures) - MOST_MISTAKES),
        "difference": "\n".join(line[:_LONGEST] for line in news.difference[:MOST_LINES]),
        "more_lines": max(0, len(news.difference) - MOST_LINES),
        "lost": news.lost[:MOST_NAMES],
        "lost_count": len(news.lost),
        "more_lost": max(0, len(news.lost) - MOST_NAMES),
        "code": news.code,
        "expires_at": news.expires_at,
        "unchanged": news.unchanged,
        "replayed": "\n".join(line[:_LONGEST] for line in news.replayed[:MOST_LINES]),
        "note": news.note,
    }
    return tuple(
        Letter(
            name=LetterName.RULES,
            language=policy.languages[0],
            to=Address(addr=addr),
            revision=revision,
            facts=facts,
            not_before=not_before,
        )
        for addr in {addr.lower(): addr for addr in to}.values()
    )


def _problem(text: str) -> dict[str, str]:
    """Part a mistake from the line it shows; a rule before that keeps its blanks."""
    says, *lines = text.split("\n")
    return {"says": says, "excerpt": "\n".join(f"| {line.removeprefix(_INDENT)}" for line in lines)}
