"""What each command does; run.py only unpacks the command line."""

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from rich.table import Table

from cases.errors import ConfigError
from pipeline import check as checks
from pipeline import config, inspect, poll
from pipeline import explain as explanations
from pipeline.casefile_json import case_json
from pipeline.clock import now
from pipeline.desk import open_desk, open_store
from pipeline.exits import AWAY, BAD_CONFIG, BAD_DATA, NO_INPUT, OK, TRY_AGAIN, say
from pipeline.lock import AlreadyRunning
from pipeline.models import live_model
from pipeline.rules_file import load as load_rules
from pipeline.serve import serve as run_service
from pipeline.serve import work_off
from pipeline.show import reporter
from pipeline.status import health
from pipeline.terminal import opened, plain, write_row, write_table

_REFERENCE = re.compile(r"C-\d{4}-\d+", re.IGNORECASE)


def serve(config_file: Path, *, once: bool) -> int:
    """Run the daemon, or one round of it; 75 if a mailbox could not be read in that round."""
    desk = open_desk(config.load(config_file), isolated=True, in_force=True)
    try:
        failed = run_service(desk, reporter(), once=once)
    except OSError as error:
        say(str(error.strerror or error))
        return AWAY
    return TRY_AGAIN if failed else OK


def ingest(config_file: Path, files: Iterable[Path]) -> int:
    """Store mails from files; handle them at once unless a daemon is there to do it."""
    desk, code = opened(config_file, isolated=True), OK
    for path in files:
        try:
            data = path.read_bytes()
        except OSError as error:
            say(f"{path}: {error.strerror}")
            code = NO_INPUT
            continue
        new = poll.take_in(desk, data, now=now())
        say(f"{path}: {'taken in' if new else 'was taken in before'}")
    with suppress(AlreadyRunning):
        work_off(desk, reporter())
    return code


def parse(config_file: Path, paths: Iterable[Path], *, as_json: bool) -> int:
    """Print how each mail is read; without a config file nothing counts as ours."""
    settings = config.load(config_file) if config_file.exists() else None
    code = OK
    for name, path in inspect.mails_below(paths):
        try:
            row = inspect.parse_row(name, path.read_bytes(), settings)
        except OSError as error:
            say(f"{path}: {error.strerror}")
            code = NO_INPUT
            continue
        if as_json:
            write_row(row)
        else:
            sys.stdout.write(explanations.parsed(row))
    return code


def classify(config_file: Path, lines: Iterable[str], *, as_json: bool) -> int:
    """Print a classification for each line of standard input."""
    settings = config.load(config_file)
    rules, model = load_rules(settings.rules), live_model(settings.models)
    try:
        for row in inspect.classify_rows(lines, rules, model=model):
            if as_json:
                write_row(row)
            else:
                doubt = " (unsure)" if row["unsure"] else ""
                sys.stdout.write(f"{row['id']}: {row['category']}{doubt}, {row['severity']}\n")
    except ValueError as error:
        say(str(error))
        return BAD_DATA
    return OK


def explain(config_file: Path, about: str, *, language: str) -> int:
    """Print the whole decision about a mail in a file, or about the first mail of a case."""
    settings = config.load(config_file)
    rules = load_rules(settings.rules)
    language = language or rules.policy.languages[0]
    if _REFERENCE.fullmatch(about):
        return _explain_case(config_file, about, language=language)
    try:
        data = Path(about).read_bytes()
    except OSError as error:
        say(f"{about}: {error.strerror}")
        return NO_INPUT
    found = inspect.explain(data, settings, rules, received_at=now(), language=language)
    sys.stdout.write(
        "\n".join(explanations.explained(found, rules.policy, language=language)) + "\n"
    )
    return OK


def _explain_case(config_file: Path, reference: str, *, language: str) -> int:
    desk = opened(config_file)
    policy = desk.rules.policy
    with desk.store.read() as tx:
        case = tx.case_by_reference(reference)
        if case is None:
            say(f"there is no case {reference}")
            return NO_INPUT
        judged, first = tx.judged(case.id), tx.first_mail(case.id)
    if not first.data:
        say(f"the first mail of {reference} is erased")
        return NO_INPUT
    found = inspect.explain(
        first.data,
        desk.settings,
        desk.rules,
        received_at=case.received_at,
        mailbox=first.mailbox,
        language=language,
    )
    lines = (
        *explanations.of_case(case, judged, policy, language=language),
        *explanations.explained(found, policy, language=language),
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return OK


def status(config_file: Path, *, as_json: bool) -> int:
    """Print counts and troubles; 69 when a person should look."""
    desk = opened(config_file)
    found = health(desk, now=now())
    if as_json:
        write_row(found.as_json())
    else:
        for title, counts in (
            ("mails", found.mails),
            ("cases", found.cases),
            ("letters", found.letters),
        ):
            shown = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            sys.stdout.write(f"{title:>8}: {shown or 'none'}\n")
        for name, at in found.mailboxes.items():
            sys.stdout.write(f"{'mailbox':>8}: {name}, last read {at or 'never'}\n")
        sys.stdout.write(f"{'persons':>8}: {found.personal_data}\n")
        for issue in found.issues or ("all is well",):
            sys.stdout.write(f"{'issue' if found.issues else 'health':>8}: {issue}\n")
    return AWAY if found.issues else OK


def check(config_file: Path, *, online: bool) -> int:
    """Print what was checked; 78 when something is wrong, every problem on a line of its own."""
    settings = config.load(config_file)
    try:
        desk = open_desk(settings)
    except ConfigError as error:
        say(str(error))
        return BAD_CONFIG
    fine = True
    for good, words in checks.check(desk, online=online):
        fine &= good
        sys.stdout.write(f"{'ok' if good else 'WRONG':>5}  {words}\n")
    return OK if fine else BAD_CONFIG


def cases_list(
    config_file: Path,
    *,
    status: str,
    limit: int,
    as_json: bool,
    customer: str = "",
    product: str = "",
    tag: str = "",
) -> int:
    """Print the newest cases, of one customer, product or tag if given."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        found = tx.find_cases(
            customer=customer, product=product, status=status, tag=tag, limit=limit
        )
    if as_json:
        for case in found:
            write_row(case_json(case))
        return OK
    table = Table(box=None, header_style="dim")
    for title in ("case", "status", "category", "severity", "due", "with", "subject"):
        last = title == "subject"
        table.add_column(title, no_wrap=True, overflow="ellipsis" if last else "fold")
    zone = desk.rules.policy.calendar.zone
    for case in found:
        due = case.due_at.astimezone(zone).strftime("%m-%d %H:%M") if case.due_at else ""
        doubt = "?" if case.unsure else ""
        table.add_row(
            case.reference,
            case.status.value,
            case.category.value + doubt,
            case.severity,
            due,
            ", ".join(case.departments),
            plain(case.subject, most=60),
        )
    write_table(table)
    return OK


def db_upgrade(config_file: Path) -> int:
    """Bring the schema up to date and say where it stands."""
    store = open_store(config.load(config_file))
    before = store.schema() or "empty"
    store.upgrade()
    say(f"database: {before} → {store.schema()}")
    return OK
