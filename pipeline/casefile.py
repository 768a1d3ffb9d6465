"""The file of a case as a person wants to read it: the story first, then who has it, what is due.

Then the facts, what the departments found, the measures and the registers. What is restricted
(K040) is shown only to whoever asks for it.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from cases.life import PartState
from cases.lifecycle import OPEN_PARTS, now_at_work
from cases.model import Case, CaseEvent
from pipeline.papers import Papers
from pipeline.story import STORY
from pipeline.terminal import plain
from routing.registers import KINDS

_MOST = 300  # characters of one line's text
_PART = {
    PartState.ASKED: "asked, nobody has signed for it",
    PartState.ACCEPTED: "looks into it",
    PartState.INFO: "waits for the complainant",
    PartState.EXTERNAL: "waits for",
    PartState.HELD: "put it aside",
    PartState.ANSWERED: "has answered",
    PartState.INVALID: "finds it not justified",
    PartState.LEFT: "has it no longer",
}
_CLOCK = {
    "accept": "signs for it",
    "answer": "answers",
    "review": "reads the answer",
    "approval": "approves the answer",
    "plan": "the complainant says what they think of the plan",
    "carry_out": "carries out what was agreed",
    "info": "the complainant sends what is missing",
    "external": "the party outside answers",
    "progress": "the complainant hears that it goes on",
    "confirm": "silence counts as settled",
    "satisfaction": "the complainant is asked for a mark",
    "callback": "somebody calls the complainant",
    "measure": "a measure is carried out",
    "check": "its effect is checked",
    "age": "becomes serious by its age",
    "archive": "goes to the archive",
}


def case_file(
    case: Case,
    events: tuple[CaseEvent, ...],
    zone: ZoneInfo,
    papers: Papers | None = None,
    *,
    restricted: bool = False,
) -> Iterator[str]:
    """Yield the lines of a case file in the desk's time zone."""
    everything = papers or Papers()
    papers = everything.shown(restricted=restricted)
    hidden = len(everything.records) - len(papers.records)
    yield from _head(case, papers, zone)
    yield ""
    for event in events:
        yield from _event(event, zone)
    for title, lines in (
        ("who has it", [*_who(case, papers, zone)]),
        ("what is due", [*_due(papers, zone)]),
        ("facts", [*_facts(case)]),
        ("what the departments found", [*_reports(papers)]),
        ("measures", [*_measures(papers, zone)]),
        ("registers", [*_registers(papers, zone, hidden)]),
    ):
        if lines:
            yield ""
            yield f"{title}:"
            yield from lines


def _head(case: Case, papers: Papers, zone: ZoneInfo) -> Iterator[str]:
    who = plain(f"{case.complainant.name} <{case.complainant.addr}>".strip())
    yield f"{case.reference}  {plain(case.subject)}"
    doubt = " (a guess)" if case.unsure else ""
    below = f" / {case.subcategory}" if case.subcategory else ""
    category = f"{case.category.value}{below}{doubt}"
    again = f" · round {case.round}" if case.round > 1 else ""
    raised = f" · escalated ({case.level})" if case.level else ""
    yield f"{case.status.value} · {case.matter.value} · {category} · {case.severity}{again}{raised}"
    channel = next((record.text for record in papers.records if record.kind == "channel"), "")
    by = f" by {plain(channel)}" if channel else ""
    yield f"from {who}, received {_time(case.received_at, zone)}{by}"
    due = _time(case.due_at, zone) if case.due_at else "no date"
    yield f"with {', '.join(case.departments) or 'nobody yet'}, answer due {due}"
    if case.tags:
        yield f"tagged {plain(', '.join(case.tags))}"
    if case.rules:
        yield f"by the rules {plain('; '.join(case.rules))} (version {case.rules_version})"
    if case.guess_at:
        yield f"waits for a decision; the best guess is taken {_time(case.guess_at, zone)}"


def _event(event: CaseEvent, zone: ZoneInfo) -> Iterator[str]:
    detail = _line(event.detail)
    words = STORY.get(event.kind, event.kind)
    words = words if detail else words.removesuffix(":")
    actor = "" if event.actor == "desk" else f"{plain(event.actor)} "
    yield f"{_time(event.at, zone)}  {actor}{words} {detail}".rstrip()
    for reason in event.reasons:
        yield f"{'':18}because {plain(reason)}"


def _who(case: Case, papers: Papers, zone: ZoneInfo) -> Iterator[str]:
    for part in now_at_work(case, papers.parts):
        party = f" {part.party}" if part.state is PartState.EXTERNAL else ""
        since = f"since {_time(part.since_at, zone)}"
        person = f", {plain(part.person)}" if part.person else ""
        owes = part.state in OPEN_PARTS and part.promised_at
        promised = f", promised {_time(owes, zone)}" if owes else ""
        back = f", given back {_times(part.returns)}" if part.returns else ""
        words = f"{_PART[part.state]}{party} {since}{person}{promised}{back}"
        yield f"{part.department:>14}  {words}"


def _due(papers: Papers, zone: ZoneInfo) -> Iterator[str]:
    for clock in papers.clocks:
        named = f" ({plain(clock.who)})" if clock.who and not clock.who.isdigit() else ""
        yield f"{_time(clock.due_at, zone)}  {_CLOCK[clock.kind.value]}{named}"
    for letter in papers.letters:
        if letter.state == "ready":
            to = plain(letter.recipient)
            yield f"{_time(letter.not_before, zone)}  letter leaves: {letter.letter} to {to}"


def _facts(case: Case) -> Iterator[str]:
    for fact in case.facts:
        checked = "" if fact.known else "  (not checked)"
        doubt = f"  (doubtful: {fact.doubt})" if fact.doubt else ""
        yield f"{fact.name:>14}: {plain(fact.canonical or fact.value)}{checked}{doubt}"


def _reports(papers: Papers) -> Iterator[str]:
    """Yield each department's labelled parts; what is an entry of a register stands there."""
    for part in papers.parts:
        found = {label: text for label, text in part.report.items() if label not in KINDS}
        if not found:
            continue
        again = f" (round {part.round})" if part.round > 1 else ""
        yield f"  {part.department}{again}"
        for label, text in found.items():
            yield f"{label.replace('_', ' '):>16}: {_line(text)}"


def _measures(papers: Papers, zone: ZoneInfo) -> Iterator[str]:
    for item in papers.measures:
        due = f", due {_time(item.due_at, zone)}" if item.due_at else ""
        owner = f", {plain(item.owner)}" if item.owner else ""
        failed = f", not effective {_times(item.failures)}" if item.failures else ""
        by = f" by {plain(item.checked_by)}" if item.checked_by else ""
        state = item.state.value.replace("_", " ")
        yield f"{item.department:>14} {item.number}  {state}{by}{owner}{due}{failed}"
        for label, text in (
            ("corrective", item.corrective),
            ("preventive", item.preventive),
            ("reason", item.reason),
        ):
            if text:
                yield f"{label:>16}: {_line(text)}"


def _registers(papers: Papers, zone: ZoneInfo, hidden: int) -> Iterator[str]:
    for record in papers.records:
        mark = "  (restricted)" if record.restricted else ""
        what = f"{record.kind.replace('_', ' ')}: {_line(record.text)}{mark}"
        yield f"{_time(record.at, zone)}  {what}  [{plain(record.by)}]"
    if hidden:
        yield f"{hidden} restricted {'entry is' if hidden == 1 else 'entries are'} not shown"


def _times(number: int) -> str:
    return "once" if number == 1 else "twice" if number == 2 else f"{number} times"


def _line(text: str) -> str:
    """Return a text of several lines as one that no terminal takes for a command."""
    return plain(" ".join(text.split()), most=_MOST)


def _time(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
