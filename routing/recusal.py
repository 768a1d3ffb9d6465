"""Whoever a complaint is about neither handles nor decides it (P14, P29; K079). Pure."""

from dataclasses import dataclass

from routing.policy import Department, Policy
from routing.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """Somebody of ours whom the complainant names."""

    name: str
    addr: str
    department: str  #: key


def accused(words: str, policy: Policy) -> tuple[Accused, ...]:
    """Return the people of `departments.….people` that the words name."""
    text = fold(words)
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


def without(
    departments: tuple[str, ...], found: tuple[Accused, ...], policy: Policy
) -> tuple[str, ...]:
    """Return who handles the case: a department whose head is accused has its stand-in do it."""
    banned = {one.addr for one in found}
    result = []
    for key in departments:
        department = policy.departments[key]
        stands_in = department.stand_in if _headless(department, banned) else ""
        result.append(stands_in or key)
    return tuple(dict.fromkeys(result))


def _headless(department: Department, banned: set[str]) -> bool:
    """Tell whether the accused lead the department, or are all of it."""
    people = {addr.lower() for addr in department.to}
    return department.manager.lower() in banned or people <= banned


def successor(department: Department | None, banned: frozenset[str], policy: Policy) -> str:
    """Return who gets a letter that an accused person must not get: the next one up."""
    kin: tuple[str, ...] = ()
    if department is not None:
        kin = (*department.to, department.manager, *department.deputies)
    kin = (*kin, *policy.management, *policy.supervisors)
    return next((addr for addr in kin if addr and addr.lower() not in banned), "")
