"""Who takes part: the departments, parties outside and referrers of rules.yaml, and calendars."""

from collections.abc import Mapping

from pipeline.rules_problems import Keys, Problems
from pipeline.rules_schema import (
    CalendarBlock,
    DepartmentBlock,
    OwnCalendarBlock,
    PartyBlock,
    ReferrerBlock,
)
from routing.deadlines import Calendar
from routing.policy import Department, Party, Referrer

SHORTEST_NAME = 2  #: characters; one sign stands in every second mail


def calendar(block: CalendarBlock, problems: Problems) -> Calendar:
    """Return when people work."""
    return _calendar(("calendar",), block, problems)


def _calendar(path: Keys, block: CalendarBlock, problems: Problems) -> Calendar:
    built = problems.attempt(
        path,
        lambda: Calendar.parse(
            block.hours,
            block.time_zone,
            country=block.country,
            holidays=block.holidays,
            workdays=block.workdays,
        ),
    )
    return built or Calendar.parse("Mon-Sun 00:00-23:59", "UTC")


def departments(
    blocks: Mapping[str, DepartmentBlock], everybody: CalendarBlock, problems: Problems
) -> Mapping[str, Department]:
    """Return the departments; whoever has no calendar of its own has that of `everybody`."""
    return {
        key: Department(
            key=key,
            names=problems.names(("departments", key), block.name),
            to=tuple(block.to),
            manager=block.manager,
            deputies=tuple(block.deputies),
            calendar=_own(("departments", key, "calendar"), block.calendar, everybody, problems),
            people=_people(key, block, problems),
            stand_in=_stand_in(key, block, blocks, problems),
        )
        for key, block in blocks.items()
    }


def _own(
    path: Keys, own: OwnCalendarBlock | None, everybody: CalendarBlock, problems: Problems
) -> Calendar | None:
    """Return a department's calendar: its own words, everybody's where it has none.

    Its days off and working days add to those of everybody; of one day its own word counts.
    """
    if own is None:
        return None
    merged = CalendarBlock(
        hours=own.hours or everybody.hours,
        time_zone=own.time_zone or everybody.time_zone,
        country=everybody.country if own.country is None else own.country,
        holidays=(*(d for d in everybody.holidays if d not in own.workdays), *own.holidays),
        workdays=(*(d for d in everybody.workdays if d not in own.holidays), *own.workdays),
    )
    return _calendar(path, merged, problems)


def _people(key: str, block: DepartmentBlock, problems: Problems) -> Mapping[str, str]:
    path = ("departments", key)
    problems.key(path)
    problems.addresses(path, [*block.to, *block.deputies, *filter(None, [block.manager])])
    for name, addr in block.people.items():
        problems.addresses((*path, "people", name), [addr])
        if len(name.strip()) < SHORTEST_NAME:
            fix = "Write the whole name, as complainants do"
            problems.complain((*path, "people", name), f"{name!r} is too short for a name", fix)
    return {name.strip(): addr for name, addr in block.people.items()}


def _stand_in(
    key: str, block: DepartmentBlock, blocks: Mapping[str, DepartmentBlock], problems: Problems
) -> str:
    path = ("departments", key, "stand_in")
    if block.stand_in == key:
        problems.complain(path, "can't stand in for itself", "Name another department")
    elif block.stand_in:
        problems.known(path, block.stand_in, [d for d in blocks if d != key], "department")
    return block.stand_in


def parties(
    blocks: Mapping[str, PartyBlock], ours: Mapping[str, Department], problems: Problems
) -> Mapping[str, Party]:
    """Return suppliers, carriers and so on; an address speaks for one party and no department."""
    owner = {addr: f"departments.{key}" for key, d in ours.items() for addr in d.listed}
    found = {}
    for key, block in blocks.items():
        path = ("parties", key)
        problems.key(path)
        problems.addresses((*path, "to"), block.to)
        for addr in sorted({addr.lower() for addr in block.to}):
            if owner.setdefault(addr, f"parties.{key}") != f"parties.{key}":
                what = f"{addr} stands under {owner[addr]} as well: whose word would it be?"
                problems.complain((*path, "to"), what, "Keep one of the two")
        found[key] = Party(
            key=key,
            names=problems.names(path, block.name),
            to=tuple(block.to),
            language=block.language,
            within=problems.limit_or_off((*path, "within"), block.within),
        )
    return found


def referrers(blocks: Mapping[str, ReferrerBlock], problems: Problems) -> Mapping[str, Referrer]:
    """Return who passes complaints on, with the looks of their own numbers."""
    found = {}
    for key, block in blocks.items():
        path = ("referrers", key)
        problems.key(path)
        problems.wide_addresses((*path, "addresses"), block.addresses)
        problems.formats((*path, "numbers"), block.numbers)
        found[key] = Referrer(
            key=key,
            names=problems.names(path, block.name),
            addresses=tuple(block.addresses),
            numbers=tuple(block.numbers),
        )
    return found
