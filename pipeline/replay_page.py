"""A replay as a page of HTML for the supervisors; see templates/page.py."""

from collections.abc import Iterable

from pipeline.replay_report import ChangedCase, Report
from pipeline.replay_text import (
    figure,
    head_lines,
    note_lines,
    shown_time,
    why_line,
)
from pipeline.replay_words import kind_word, word
from pipeline.terminal import plain
from templates.page import render_page

MOST_CASES = 2000  #: that a page shows; a browser still turns it quickly
_WORDS = ("case", "what", "why", "rule", "changes", "rules_hit", "none_change")
_SUBJECT, _NAME = 120, 80  # characters that are shown


def page(report: Report, cases: Iterable[ChangedCase], *, more: int) -> str:
    """Return the page; `cases` are those that are shown, and `more` would change besides."""
    language = report.language
    then = "_then" if report.then else ""
    words = {name: word(name, language) for name in _WORDS}
    words |= {side: word(f"{side}{then}", language) for side in ("before", "after")}
    values = {
        "language": language,
        "title": word(f"title{then}", language),
        "head": list(head_lines(report)),
        "notes": list(note_lines(report)),
        "cases": [_case(report, one) for one in cases],
        "more": word("more", language, number=more) if more else "",
        "kinds": [
            (kind_word(kind, language), number)
            for kind, number in report.summary.kinds.most_common()
        ],
        "rules": [
            {
                "name": plain(hits.rule),
                "before": figure(hits.before),
                "after": figure(hits.after),
                "never": hits.after == 0,
            }
            for hits in report.rules()
        ],
        "words": words,
    }
    return render_page("replay", values)


def _case(report: Report, one: ChangedCase) -> dict[str, object]:
    language = report.language
    return {
        "reference": one.case.reference,
        "when": shown_time(report, one.at),
        "subject": plain(one.case.subject, most=_SUBJECT),
        "complainant": plain(one.case.complainant.addr, most=_NAME),
        "changes": [
            {
                "kind": kind_word(change.kind, language),
                "before": plain(change.before),
                "after": plain(change.after),
            }
            for change in one.changes
        ],
        "why": [why_line(reason, language) for reason in one.why],
    }
