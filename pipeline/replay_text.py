"""A replay as lines of text and as JSON. What strangers wrote is made safe to show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from pipeline.desk import Desk
from pipeline.replay import Made, replay
from pipeline.replay_compare import Change, Why
from pipeline.replay_read import readers_for
from pipeline.replay_report import MOST_NAMED, ChangedCase, Report, Some, Summary, first
from pipeline.replay_words import kind_word, why_words, word
from pipeline.rules_file import RuleSet
from pipeline.terminal import plain

_SUBJECT, _WORDS = 60, 300  # characters that are shown
_CAUSES = ("rules", "model", "both", "unexplained")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a set of rules would have done to the mails of late, as text for a mail."""

    lines: tuple[str, ...]
    summary: Summary


def difference(
    desk: Desk, new_rules: RuleSet, *, since: datetime, now: datetime, limit: int
) -> Difference:
    """Return what `new_rules` would have done since then, in their first language.

    One line for each of the first `limit` cases that would change, then the figures of all. Reads
    every stored mail anew, on all processors, some hundred a second; raises ReaderUnavailable.
    """
    language = new_rules.policy.languages[0]
    report = Report(
        live=desk.rules.policy, new=new_rules.policy, since=since, until=now, language=language
    )
    with readers_for(desk, new_rules.vocabulary) as pairs:
        found = replay(desk, new_rules, since=since, until=now, pairs=pairs)
        shown, more = first(report.changed(found), limit)
    lines = [case_line(report, one) for one in shown]
    if more:
        lines.append(word("more", language, number=more))
    return Difference(lines=(*lines, "", *summary_lines(report)), summary=report.summary)


def case_line(report: Report, one: ChangedCase) -> str:
    """Return one changed case in one line: case, when, subject, what, why."""
    language = report.language
    semicolon = word("semicolon", language)
    what = semicolon.join(change_words(change, language) for change in one.changes)
    why = semicolon.join(why_line(reason, language) for reason in one.why)
    subject = plain(one.case.subject, most=_SUBJECT)
    when = shown_time(report, one.at)
    return f"{one.case.reference}  {when}  {subject}  |  {what}  |  {why}"


def change_words(change: Change, language: str) -> str:
    """Return one change in words."""
    name, colon = kind_word(change.kind, language), word("colon", language)
    arrow = f"{plain(change.before)} → " if change.before else ""
    return f"{name}{colon}{arrow}{plain(change.after)}"


def why_line(reason: Why, language: str) -> str:
    """Return one reason in words."""
    words = plain(" ".join(reason.words.split()), most=_WORDS)
    return why_words(reason.kind, language, rule=plain(reason.rule), words=words)


def summary_lines(report: Report) -> Iterator[str]:
    """Yield the figures of the whole replay; the cases must have been gone through."""
    language = report.language
    yield from head_lines(report)
    yield from note_lines(report)
    if report.summary.kinds:
        yield ""
        yield word("changes", language)
        for kind, number in report.summary.kinds.most_common():
            yield f"{number:>8}  {kind_word(kind, language)}"
    rules = list(report.rules())
    if rules:
        yield ""
        then = "_then" if report.then else ""
        before, after = (word(f"{side}{then}", language) for side in ("before", "after"))
        yield f"{word('rules_hit', language)} ({before} → {after})"
        for hits in rules:
            yield f"{figure(hits.before):>8} → {figure(hits.after):<6} {plain(hits.rule)}"


def head_lines(report: Report) -> Iterator[str]:
    """Yield what was looked at, by which rules, and how many cases would change."""
    language, summary, new = report.language, report.summary, report.new
    yield word(
        "looked_at",
        language,
        mails=f"{summary.mails:,}",
        cases=f"{summary.cases:,}",
        changed=f"{summary.changed:,}",
    )
    since, until = shown_time(report, report.since), shown_time(report, report.until)
    yield word("from_to", language, since=since, until=until)
    if new:
        yield word("versions", language, live=report.live.version, new=new.version)
    else:
        yield word("version", language, live=report.live.version)


def note_lines(report: Report) -> Iterator[str]:
    """Yield what a reader must know to trust the figures: what is left out or was otherwise."""
    language, summary = report.language, report.summary
    comma = word("comma", language)
    for name, some in (("unread", summary.unread), ("no_case", summary.no_case)):
        if some.number:
            yield word(name, language, number=some.number, cases=_named(some, language))
    for name, number in (
        ("in_part", summary.in_part),
        ("not_kept", summary.not_kept),
        ("corrected", summary.corrected),
    ):
        if number:
            yield word(name, language, number=number)
    if summary.differs and not report.then:
        total = sum(some.number for some in summary.differs.values())
        yield word("differs", language, number=total)
    for cause in _CAUSES:
        found = summary.differs.get(cause)
        if found:
            names = _named(found, language)
            values = {"number": found.number, "cases": names, "models": names}
            yield f"  {word(f'differs_{cause}', language, **values)}"
    never = report.never()
    if never and summary.cases:
        rules = comma.join(f"“{plain(one)}”" for one in never)
        yield word("never", language, rules=rules)


def case_json(one: ChangedCase) -> dict[str, object]:
    """Return one changed case as an object."""
    return {
        "type": "case",
        "reference": one.case.reference,
        "received_at": one.at.isoformat(),
        "subject": one.case.subject,
        "complainant": one.case.complainant.addr,
        "changes": [change.kind for change in one.changes],
        "before": _judgement(one.before),
        "after": _judgement(one.after),
        "why": [{"kind": why.kind, "rule": why.rule, "words": why.words} for why in one.why],
    }


def summary_json(report: Report) -> dict[str, object]:
    """Return the figures as one object."""
    summary = report.summary
    differs: Mapping[str, Some] = summary.differs
    return {
        "type": "summary",
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "live": report.live.version,
        "new": report.new.version if report.new else None,
        "mails": summary.mails,
        "cases": summary.cases,
        "changed": summary.changed,
        "kinds": dict(summary.kinds),
        "rules": [hits._asdict() for hits in report.rules()],
        "never": list(report.never()),
        "unread": summary.unread.number,
        "no_case": summary.no_case.number,
        "in_part": summary.in_part,
        "corrected": summary.corrected,
        "not_kept": summary.not_kept,
        "differs": {cause: some.number for cause, some in differs.items()},
    }


def _judgement(made: Made) -> dict[str, object]:
    judged = made.judgement
    values = {field.name: getattr(judged, field.name) for field in fields(judged)}
    return values | {"due_at": judged.due_at.isoformat() if judged.due_at else None}


def _named(some: Some, language: str) -> str:
    full = len(some.names) == MOST_NAMED and some.number > MOST_NAMED
    more = "…" if full else ""
    return plain(word("comma", language).join(some.names)) + more


def figure(number: int | None) -> str:
    """Return a figure of a rule; it has none where it is not in the file."""
    return "–" if number is None else f"{number:,}"


def shown_time(report: Report, at: datetime) -> str:
    """Return a moment in the desk's time zone."""
    return at.astimezone(report.live.calendar.zone).strftime("%Y-%m-%d %H:%M")
