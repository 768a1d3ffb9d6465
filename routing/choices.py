"""Which category a person names: by a letter, by its name or its department's name. Pure, total.

Only the first line of the writer's own words counts, and only what our letters promise is
understood; a line that could mean two things means nothing.
"""

import re
from dataclasses import dataclass

from cases.model import Category, Classification
from routing.courtesy import is_courtesy
from routing.own_words import own_words
from routing.policy import Policy
from routing.words import fold

#: The letter of a category never changes: a model trained meanwhile must not turn an answer over.
LETTERS = dict(zip(Category, "ABCD", strict=True))
NO_COMPLAINT = "N"
_BY_LETTER = {letter.lower(): category for category, letter in LETTERS.items()}
_NONE = frozenset(
    {"n", "no complaint", "not a complaint", "不是投诉", "非投诉", "不属于投诉", "不算投诉"}
)
_MOST = 300  # characters of a line
_STOPS = r",.。;:!、(\[)\]"
_STRIP = " \t,.。;:!、()[]*#>\"'“”→=-–—_|"
_LEAD = re.compile(r"(?:选择|选|归类为|归为|归|类别|分类|category|option|answer)[\s:为是]{0,3}")
_LETTER = re.compile(rf"(?P<letter>[abcdn])(?P<gap>[\s{_STOPS}\-–—→>]{{0,5}})(?P<rest>.*)")
#: "Or A" names one; "a parcel" does not.
_DENIAL = re.compile(r"\b(?:no|not|nope)\b|不|别")
_OTHER_LETTER = re.compile(r"(?<![a-z0-9'])(?:[bcdn]|a(?! [a-z]))(?![a-z0-9'])")
_BEFORE = re.compile(
    r"(?:应该是|应该|这是|是|请|应由|由|归|属于|转交|转|给|到|it's |it is |to |for |the )"
)
_AFTER = re.compile(r"(?:的|部门|部|类|问题|投诉|吧|负责|处理| department| dept| team| complaint)$")
_NOT_OURS = re.compile(
    r"(?:(?:this is |it is |it's |that's )?not ours|"
    r"(?:这个?|本案)?(?:不是|不归|不属于)我们(?:部门)?(?:的|管|负责|处理)?|"
    r"转交(?:给|到|至)?)(?P<gap>[\s,.。;:!、→=>\-–—]{0,8})(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a supervisor chose; None: it is no complaint."""

    category: Category | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a case belongs; `category` is None for a department that no category names."""

    department: str
    category: Category | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOurs:
    """A department says that a case is not its own, and perhaps whose."""

    target: Target | None


def ranked(read: Classification) -> tuple[tuple[Category, float], ...]:
    """Return every category with its probability (0..1), the best guess first."""
    shares = {category: read.labels.get(category, 0.0) for category in Category}
    shares[read.category] = read.score
    order = sorted(Category, key=lambda c: (c is not read.category, -shares[c]))
    return tuple((category, shares[category]) for category in order)


def read_choice(text: str, policy: Policy) -> Choice | None:
    """Return what the first line of a reply chooses; None if that is not clear."""
    line = _first_line(text)
    if not line or "?" in line:
        return None
    lead = _LEAD.match(line)
    for words in (line, line[lead.end() :]) if lead else (line,):
        found = _chosen(words, policy)
        if found:
            return found
    return None


def _chosen(line: str, policy: Policy) -> Choice | None:
    whole = _meaning(line, policy)
    if whole:
        return whole
    match = _LETTER.fullmatch(line)
    if match and (match["gap"] or not match["rest"]):
        letter = _meaning(match["letter"], policy)
        rest, gap = match["rest"].strip(_STRIP), match["gap"].strip()
        head = _head(rest)
        said = _meaning(head, policy)
        if said or not rest:
            if said and (said != letter or not _agrees(rest[len(head) :], said, policy)):
                return None
            return letter
        plain = bool(gap) or is_courtesy(rest)
        return letter if plain and letter and _agrees(rest, letter, policy) else None
    head = _head(line)
    named = _meaning(head, policy) if len(head) < len(line) else None
    return named if named and _agrees(line[len(head) :], named, policy) else None


def _meaning(words: str, policy: Policy) -> Choice | None:
    bare = words.strip(_STRIP)
    if bare in _NONE:
        return Choice(category=None)
    category = _BY_LETTER.get(bare)
    if category is None:
        found = target(bare, policy)
        category = found.category if found else None
    return Choice(category=category) if category else None


def _agrees(rest: str, choice: Choice, policy: Policy) -> bool:
    """Tell whether no other answer is named in the words behind the first one."""
    names = {
        fold(name)
        for category, entry in policy.categories.items()
        if category is not choice.category
        for name in (category.value, *entry.names.values())
    }
    if _DENIAL.search(rest):
        return False
    letters = {match[0] for match in _OTHER_LETTER.finditer(rest)}
    own = LETTERS[choice.category] if choice.category else NO_COMPLAINT
    return not letters - {own.lower()} and not any(name in rest for name in names)


def read_not_ours(text: str, policy: Policy) -> NotOurs | None:
    """Return what a department that sends a case back says; None if it says something else.

    不是我们的问题 ("not our fault") says something else: what follows must be a place or nothing.
    """
    match = _NOT_OURS.match(_first_line(text))
    if match is None:
        return None
    rest = match["rest"].strip(_STRIP)
    found = target(_head(rest), policy) if rest else None
    ended = not rest or any(stop in match["gap"] for stop in ".。;!")
    return NotOurs(target=found) if found or ended else None


def target(words: str, policy: Policy) -> Target | None:
    """Return the category or department called `words`, in either language."""
    places: dict[str, Target] = {}
    for category, entry in policy.categories.items():
        place = Target(department=entry.department, category=category)
        for name in (category.value, *entry.names.values()):
            places.setdefault(fold(name), place)
    for key, department in policy.departments.items():
        owned = [c for c, entry in policy.categories.items() if entry.department == key]
        place = Target(department=key, category=owned[0] if owned else None)
        for name in (key, *department.names.values()):
            places.setdefault(fold(name), place)
    by_bare = {_bare(name): place for name, place in reversed(places.items())}
    words = fold(words[:_MOST]).strip(_STRIP)
    bare = _bare(words)  # "" of 投诉处理部, but of 问题 as well
    return places.get(words) or (by_bare.get(bare) if bare else None)


def _bare(name: str) -> str:
    """Return a folded name without what people put around it: 归物流部负责 → 物流."""
    for _ in range(3):
        name = _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name
        name = _AFTER.sub("", name).strip(_STRIP)
    return name


def _head(words: str) -> str:
    return re.split(rf"[{_STOPS}]", words, maxsplit=1)[0]


def _first_line(text: str) -> str:
    lines = (line.strip() for line in own_words(text[:5_000]).splitlines())
    line = next((line for line in lines if line), "")
    return fold(line[:_MOST]).strip(_STRIP)
