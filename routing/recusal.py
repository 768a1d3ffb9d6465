"""Whoever a complaint is about neither handles nor decides it (P14, P29; K079). Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.life import Record
from routing.policy import Department, Policy
from routing.words import MOST_TEXT, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """Somebody of ours whom the complainant names."""

    name: str
    addr: str
    department: str  #: key


def accused(words: str, policy: Policy) -> tuple[Accused, ...]:
    """Return the people of `departments.….people` that the words name."""
    text = fold(words[:MOST_TEXT])  # a mail of 25 MB would be folded to a hundred
    return tuple(
        Accused(name=name, addr=addr.lower(), department=key)
        for key, department in policy.departments.items()
        for name, addr in department.people.items()
        if _named(fold(name), text)
    )


def _named(name: str, text: str) -> bool:
    """Tell whether a name stands in a text; Latin names as whole words, Chinese ones anywhere."""
    at = text.find(name)
    while name and at >= 0:
        around = text[max(at - 1, 0) : at] + text[at + len(name) : at + len(name) + 1]
        if not name.isascii() or not any(c.isascii() and c.isalnum() for c in around):
            return True
        at = text.find(name, at + 1)
    return False


def recorded(found: Iterable[Accused], *, now: datetime) -> tuple[Record, ...]:
    """Return the entries of the register that everything later goes by, see life.Life.recused."""
    return tuple(
        Record(kind="accused", at=now, by="desk", text=one.addr, restricted=True) for one in found
    )


def names_of(banned: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Return what the accused of these addresses are called in rules.yaml."""
    people = (item for one in policy.departments.values() for item in one.people.items())
    return tuple(dict.fromkeys(name for name, addr in people if addr.lower() in banned))


def without(
    departments: tuple[str, ...], banned: Collection[str], policy: Policy
) -> tuple[str, ...]:
    """Return who handles the case: a department whose head is accused has its stand-in do it."""
    result = []
    for key in departments:
        department = policy.departments.get(key)
        stands_in = department.stand_in if department and _headless(department, banned) else ""
        result.append(stands_in or key)
    return tuple(dict.fromkeys(result))


def deciders(people: Iterable[str], banned: Collection[str], policy: Policy) -> tuple[str, ...]:
    """Return those of `people` who may decide; for the accused alone, whoever else may."""
    asked = tuple(people)
    for some in (asked, policy.supervisors, policy.management):
        left = tuple(addr for addr in some if addr.lower() not in banned)
        if left or not asked:
            return left
    return ()


def _headless(department: Department, banned: Collection[str]) -> bool:
    """Tell whether the accused lead the department, or are all of it."""
    people = {addr.lower() for addr in department.to}
    return department.manager.lower() in banned or people.issubset(banned)


def successor(department: Department | None, banned: frozenset[str], policy: Policy) -> str:
    """Return who gets a letter that an accused person must not get: the next one up."""
    kin: tuple[str, ...] = ()
    if department is not None:
        kin = (*department.to, department.manager, *department.deputies)
    kin = (*kin, *policy.management, *policy.supervisors)
    return next((addr for addr in kin if addr and addr.lower() not in banned), "")
