"""What a complainant's reply says: solved or not, agreed or not, how does it stand. Pure, total.

In doubt nothing is said: a new complaint that reads as "solved" would close a case that is open.
"""

from dataclasses import dataclass
from enum import StrEnum

from routing.courtesy import is_courtesy
from routing.flat import flat
from routing.own_words import spoken
from routing.reaction_words import (
    AGREE,
    CLAUSE,
    CONDITION,
    DISAGREE,
    HARMLESS,
    LISTED,
    MARK,
    MATTER,
    NO,
    NOT_SOLVED,
    NOT_WITHDRAWN,
    PRAISE,
    PROMISE,
    SOLVED,
    STATUS,
    TROUBLE,
    WITHDRAWN,
)

MOST_TEXT = 20_000  #: characters in which a refusal is looked for
SHORT = 400  #: characters: a longer reply says more than that all is well
_MOST_REST = 60  #: letters beside a question about the state; more is a story
_MOST_ASIDE = 60  #: letters of a comment that needs no person to read it
_MOST_EXTRA = 18  #: letters beside "solved" in the same clause
_MOST_NAME = 40  #: letters of a line with a name

_VALUES = {
    **dict(zip("12345", range(1, 6), strict=True)),
    **dict(zip("一二三四五", range(1, 6), strict=True)),
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "满": 5},
}
_STRIP = " \t\r.…~*_>\"'-–—()[]【】"


class Reaction(StrEnum):
    """What a complainant says to an outcome, a plan or a case that takes long."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    AGREE = "agree"
    DISAGREE = "disagree"
    STATUS = "status"
    WITHDRAWN = "withdrawn"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """What a reply says; both SOLVED and NOT_SOLVED if it contradicts itself."""

    said: frozenset[Reaction] = frozenset()
    mark: int | None = None  #: satisfaction, 1 to 5
    comment: str = ""  #: what they wrote beside the mark and the bare words, as written
    all_fine: bool = True  #: the comment says nothing but thanks and praise
    troubled: bool = False  #: the comment speaks of something that is not well, or at length


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    start: int
    new_line: bool  # is the first of its line, and not of the first one


def read_reaction(text: str, *, name: str = "") -> Reacted:
    """Return what the new words of a complainant's reply say; their `name` below says nothing.

    Total. Quoted lines, signature and disclaimer are not read. A refusal counts wherever it stands;
    that all is well counts only in a short reply that says nothing else, and a number only where it
    is no part of a sentence ("3 days").
    """
    text = _without(spoken(text[:MOST_TEXT]), name).strip()
    folded = flat(text)
    short = len(folded) <= SHORT
    found = _mark(folded) if short else None
    start, end, mark = found or (0, 0, None)
    words = f"{folded[:start]} {folded[end:]}" if found else folded
    said = _refused(words)
    if short:
        said |= _accepted(words, refused=bool(said))
    comment = f"{text[:start].rstrip()} {text[end:].lstrip()}" if found else text
    comment = comment.strip(_STRIP + "\n,;，；。!！:：、")
    if _bare(comment):
        return Reacted(said=frozenset(said), mark=mark)
    fine, troubled = _judged(flat(comment))
    return Reacted(
        said=frozenset(said), mark=mark, comment=comment, all_fine=fine, troubled=troubled
    )


def _judged(folded: str) -> tuple[bool, bool]:
    """Tell of a comment whether all of it is thanks and praise, and whether it has a trouble."""
    rest = HARMLESS.sub(" ", WITHDRAWN.sub(" ", SOLVED.sub(" ", folded)))
    fine = all(_is_fine(clause) or is_courtesy(clause.text) for clause in _clauses(folded))
    troubled = bool(TROUBLE.search(rest)) or "?" in folded or _letters(rest) > _MOST_ASIDE
    return fine and "?" not in folded, troubled


def _without(text: str, name: str) -> str:
    """Return a text without the writer's name, which may be made of words that say something."""
    for part in {name.strip(), *name.split()}:
        if len(part) > 1:
            text = text.replace(part, " ")
    return text


def _clauses(folded: str) -> list[_Clause]:
    found = []
    for match in CLAUSE.finditer(folded):
        words = match[0].strip(_STRIP)
        if words:
            start = match.start() + match[0].index(words)
            before = folded[: match.start()]
            new_line = bool(before.strip()) and before.rstrip(" \t").endswith("\n")
            found.append(_Clause(words, start, new_line))
    return found


def _refused(folded: str) -> set[Reaction]:
    """Return the refusals, wherever they stand."""
    said = set()
    if NOT_SOLVED.search(folded):
        said.add(Reaction.NOT_SOLVED)
    first = _clauses(folded[:SHORT])[:1]
    if DISAGREE.search(folded) or (first and NO.fullmatch(first[0].text)):
        said.add(Reaction.DISAGREE)
    return said


def _accepted(folded: str, *, refused: bool) -> set[Reaction]:
    """Return what a short text says besides refusals."""
    said = set()
    clauses = _clauses(folded)
    others = [clause for clause in clauses if not AGREE.fullmatch(clause.text)]
    all_fine = all(_is_fine(clause) for clause in others) and "?" not in folded
    if SOLVED.search(NOT_SOLVED.sub(" ", folded)) and (refused or all_fine):
        said.add(Reaction.SOLVED)
    if len(others) < len(clauses) and all_fine:
        said.add(Reaction.AGREE)
    if WITHDRAWN.search(folded) and not NOT_WITHDRAWN.search(folded):
        said.add(Reaction.WITHDRAWN)
    if not refused and not said and _asks(folded):
        said.add(Reaction.STATUS)
    if not refused and not said and "?" not in folded and _promises(folded, clauses):
        said.add(Reaction.LATER)
    return said


def _is_fine(clause: _Clause) -> bool:
    """Tell a clause that goes well with "all is well": that itself, thanks, praise, a name."""
    rest = HARMLESS.sub(" ", WITHDRAWN.sub(" ", SOLVED.sub(" ", clause.text)))
    if TROUBLE.search(rest):
        return False
    letters = _letters(rest)
    if not letters or PRAISE.search(rest):
        return True
    if SOLVED.search(clause.text) or WITHDRAWN.search(clause.text):
        return letters <= _MOST_EXTRA
    return clause.new_line and letters <= _MOST_NAME


def _promises(folded: str, clauses: list[_Clause]) -> bool:
    """Tell a mere promise to test it and to write again."""
    rest = [_Clause(PROMISE.sub(" ", one.text), one.start, one.new_line) for one in clauses]
    promised = any(new.text != old.text for new, old in zip(rest, clauses, strict=True))
    return promised and not (MATTER.search(folded) or CONDITION.search(folded)) and all(
        AGREE.fullmatch(one.text.strip()) or is_courtesy(one.text.strip()) or _is_fine(one)
        or (not TROUBLE.search(one.text) and _letters(one.text) <= _MOST_EXTRA)
        for one in rest
    )  # fmt: skip


def _asks(folded: str) -> bool:
    """Tell a mere question about the state of a case."""
    rest = STATUS.sub(" ", folded)
    return rest != folded and not MATTER.search(rest) and _letters(rest) <= _MOST_REST


def _letters(text: str) -> int:
    """Count letters; a Chinese sign says as much as three of ours."""
    return sum(3 if sign > "\u2e7f" else 1 for sign in text if sign.isalnum())


def _mark(folded: str) -> tuple[int, int, int] | None:
    """Return where the one mark of a text stands, and its value."""
    found = []
    clauses = _clauses(folded)
    for number, clause in enumerate(clauses):
        match = MARK.fullmatch(clause.text)
        if match is None:
            continue
        others = [other.text for other in clauses if other is not clause]
        if not match["label"] and not match["unit"]:
            first = number == 0 or all(map(_bare, others))
            counted = any(sign.isdigit() for other in others for sign in other)
            if not match["digit"].isdigit() or not first or counted or LISTED.search(folded):
                continue
        found.append((clause.start, clause.start + len(clause.text), _VALUES[match["digit"]]))
    return found[0] if len({value for *_, value in found}) == 1 else None


def _bare(words: str) -> bool:
    """Tell whether words say nothing but what `said` holds."""
    folded = flat(words).strip(_STRIP + "\n,;。!:、")
    patterns = (SOLVED, NOT_SOLVED, AGREE, DISAGREE, NO)
    return not folded or is_courtesy(words) or any(one.fullmatch(folded) for one in patterns)
