"""`rules replay`: what a change of the rules would have done to the mails of late."""

import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline import rules_file
from pipeline.clock import now as clock_now
from pipeline.exits import BAD_DATA, OK, USAGE, say
from pipeline.replay import replay
from pipeline.replay_page import MOST_CASES, page
from pipeline.replay_read import readers_for
from pipeline.replay_report import ChangedCase, Report
from pipeline.replay_text import case_json, case_line, summary_json, summary_lines
from pipeline.replay_words import word
from pipeline.terminal import opened, plain, write_row

_AGO = re.compile(r"(\d{1,4})([hd])", re.ASCII)
_DAYS = (*("%Y-%m-%d", "%Y-%m-%dT%H:%M"), "%Y-%m-%d %H:%M")


def replay_rules(
    config_file: Path,
    *,
    since: str,
    until: str = "",
    rules: Path | None = None,
    html: Path | None = None,
    language: str = "",
    as_json: bool = False,
) -> int:
    """Print which cases would change and why, then the figures; nothing is sent or stored.

    Without `rules`, the live ones are compared with what happened.
    """
    desk = opened(config_file)
    with closing(desk.reader):
        now, zone = clock_now(), desk.rules.policy.calendar.zone
        begin = moment(since, zone, now=now)
        end = moment(until, zone, now=now) if until else now
        if begin is None or end is None:
            wrong = plain(since if begin is None else until)
            say(f"{wrong!r} is no moment; write 30d, 12h, 2026-11-30 or 2026-11-30T08:00")
            return USAGE
        new = rules_file.load(rules) if rules else None
        language = language or (new or desk.rules).policy.languages[0]
        report = Report(
            live=desk.rules.policy,
            new=new.policy if new else None,
            since=begin,
            until=end,
            language=language,
        )
        with readers_for(desk, (new or desk.rules).vocabulary) as pairs:
            found = replay(desk, new or desk.rules, since=begin, until=end, pairs=pairs)
            shown = _told(report, report.changed(found), as_json=as_json)
            if html is None:
                deque(shown, maxlen=0)  # each is printed as it comes
            elif not _write_page(html, report, shown):
                return BAD_DATA
        return _sum_up(report, as_json=as_json)


def moment(text: str, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """Read `30d`, `12h` or a day, with a time if wanted, in the desk's time zone."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        number = int(ago[1])
        return now - (timedelta(hours=number) if ago[2] == "h" else timedelta(days=number))
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _told(
    report: Report, changed: Iterator[ChangedCase], *, as_json: bool
) -> Iterator[ChangedCase]:
    """Print each case as soon as it is known, and hand it on."""
    for one in changed:
        if as_json:
            write_row(case_json(one))
        else:
            sys.stdout.write(f"{case_line(report, one)}\n")
        yield one


def _write_page(path: Path, report: Report, shown: Iterator[ChangedCase]) -> bool:
    cases = tuple(islice(shown, MOST_CASES))
    more = sum(1 for _ in shown)
    try:
        path.write_text(page(report, cases, more=more), encoding="utf-8", errors="replace")
    except OSError as error:
        say(f"{path} can't be written: {error.strerror}")
        return False
    return True


def _sum_up(report: Report, *, as_json: bool) -> int:
    if as_json:
        write_row(summary_json(report))
        return OK
    blank = "\n" if report.summary.changed else f"{word('none_change', report.language)}\n"
    sys.stdout.write(blank + "".join(f"{line}\n" for line in summary_lines(report)))
    return OK
