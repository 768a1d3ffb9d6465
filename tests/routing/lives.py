"""Lives of cases for tests of clocks: Monday, 23 November 2026, nine o'clock in Shanghai."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cases.incoming import Address
from cases.life import Clock, ClockKind, Measure, MeasureState, Part, PartState, RingAction
from cases.model import Case, CaseEvent, Category, Fact, Matter, Status
from routing.deadlines import Calendar, Limit
from routing.life import Life
from routing.policy import Party, Policy
from routing.process import Capa, CapaRule, Process, Rung, Signing

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WANG = "wang.fang@customer.example"
QUALITY, SERVICE = "quality@example.com", "service@example.com"
#: Nobody works at noon here, so working time is easy to count: eight hours a day.
CALENDAR = Calendar.parse("Mon-Fri 09:00-17:00", "Asia/Shanghai")
LADDER = (Rung(to=("manager",)), Rung(to=("management",), after=Limit.parse("1 working day")))


def at(text: str) -> datetime:
    """Return a moment of Shanghai's clocks: "24 09:00" of November, "12-01 09:00" otherwise."""
    day, clock = text.split()
    month, _, day = day.rpartition("-")
    return datetime.fromisoformat(f"2026-{month or '11'}-{day} {clock}+08:00").astimezone(UTC)


def house(policy: Policy, **usual: object) -> Policy:
    """Return a policy whose process is only what is named, and whose people are easy to tell."""
    departments = {
        key: replace(
            department,
            to=(f"{key}@example.com",),
            manager=f"head.{key}@example.com",
            deputies=(f"deputy.{key}@example.com",),
            calendar=None,
        )
        for key, department in policy.departments.items()
    }
    carrier = Party(
        key="carrier",
        names={"zh": "承运商", "en": "Carrier"},
        to=("desk@carrier.example",),
        language="en",
        within=Limit.parse("1 working day"),
    )
    process = replace(Process(satisfaction=False), **usual)  # type: ignore[arg-type] # real fields
    return replace(
        policy,
        calendar=CALENDAR,
        departments=departments,
        parties={"carrier": carrier},
        management=("gm@example.com",),
        supervisors=("boss@example.com",),
        usual=process,
        by_category={},
        by_severity={},
    )


def life(policy: Policy, **changes: object) -> Life:
    """Return a life: a complaint of Monday, nine o'clock, just asked of the quality department.

    `changes` are fields of Case, or parts, story, measures, records and now; `usual` is a
    dictionary of fields of Process.
    """
    usual = changes.pop("usual", {})
    assert isinstance(usual, dict)
    own = {
        name: changes.pop(name)
        for name in ("parts", "story", "measures", "records", "now", "cause")
        if name in changes
    }
    case = Case(
        id=7,
        reference="C-2026-000007",
        secret="ab" * 32,
        status=Status.ROUTED,
        matter=Matter.COMPLAINT,
        category=Category.QUALITY,
        severity=policy.severities[-1].name,
        language="en",
        complainant=Address(addr=WANG, name="Wang Fang"),
        subject="The kettle leaks",
        thread_id="1@customer.example",
        received_at=MONDAY,
        due_at=at("26 09:00"),
        departments=("quality",),
        status_at=MONDAY,
        facts=(Fact(name="phone", value="13800000000"),),
    )
    case = replace(case, **changes)  # type: ignore[arg-type] # the tests name real fields
    whole = Life(
        case=case,
        parts=(part(),),
        measures=(),
        records=(),
        story=(event("registered", MONDAY), event("acknowledged", MONDAY)),
        policy=house(policy, **usual),
        now=MONDAY,
        cause=4 * 10**11,
    )
    return replace(whole, **own)  # type: ignore[arg-type] # as above


def part(department: str = "quality", **changes: object) -> Part:
    """Return a part: asked on Monday, nine o'clock."""
    whole = Part(
        department=department, round=1, state=PartState.ASKED, asked_at=MONDAY, since_at=MONDAY
    )
    return replace(whole, **changes)  # type: ignore[arg-type] # as above


def event(kind: str, when: datetime, actor: str = "desk", detail: str = "") -> CaseEvent:
    """Return an event of a story."""
    return CaseEvent(at=when, kind=kind, actor=actor, detail=detail)


def measure(**changes: object) -> Measure:
    """Return a measure of the quality department, due on Friday at five."""
    whole = Measure(
        department="quality",
        state=MeasureState.OPEN,
        corrective="Sealing ring replaced",
        opened_at=MONDAY,
        since_at=MONDAY,
        due_at=at("27 17:00"),
    )
    return replace(whole, **changes)  # type: ignore[arg-type] # as above


def of(clocks: tuple[Clock, ...], kind: ClockKind, who: str = "") -> Clock:
    """Return the only clock of a kind."""
    (found,) = (c for c in clocks if c.kind is kind and (not who or c.who == who))
    return found


def kinds(clocks: tuple[Clock, ...]) -> list[ClockKind]:
    """Return the kinds of clocks that run."""
    return [clock.kind for clock in clocks]


def times(clock: Clock) -> list[tuple[str, str]]:
    """Return when a clock rings by Shanghai's clocks, and what for; not what is passed over."""
    zone = CALENDAR.zone
    return [
        (f"{ring.at.astimezone(zone):%d %H:%M}", _word(ring.action, ring.rung))
        for ring in clock.rings
        if ring.rung >= 0
    ]


def _word(action: RingAction, rung: int) -> str:
    return f"escalate {rung}" if action is RingAction.ESCALATE else action.value


def everything(policy: Policy) -> list[Life]:
    """Return a life for each status, with a process in which everything is asked for."""
    day = Limit.parse("1 working day")
    signing = Signing(by=("boss@example.com",), deputies=("deputy@example.com",), within=day)
    done = measure(number=2, state=MeasureState.CARRIED_OUT)
    limits = {field: day for field, kind in Process.__annotations__.items() if "Limit" in str(kind)}
    whole: dict[str, object] = {
        **limits,
        "remind_before": Limit.parse("1 working hour"),
        "review": signing,
        "approval": (replace(signing, by=("gm@example.com",)),),
        "callback": signing,
        "escalation": LADDER,
        "capa": Capa(rule=CapaRule.REQUIRED, within=day, verify_after=day),
        "satisfaction": True,
    }
    reviewed = (
        event("proposed", at("24 09:00")),
        event("reviewed", at("24 09:00"), "approver:boss@example.com"),
    )
    return [
        life(
            policy,
            usual=whole,
            status=status,
            outcome_at=at("24 10:00"),
            closed_at=at("25 10:00") if status is Status.CLOSED else None,
            parts=(part(state=state, party="carrier" if state is PartState.EXTERNAL else ""),),
            measures=measures,
            story=reviewed if status is Status.IN_APPROVAL else (),
        )
        for status in Status
        for state in PartState
        for measures in ((), (measure(), done))
    ]
