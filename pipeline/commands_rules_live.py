"""`rules history`, `rollback` and `accept`: which rules were live, and how others become so."""

import itertools
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cases.errors import ConfigError
from cases.rule_rows import RuleVersion
from cases.tokens import token_hash
from pipeline.clock import now
from pipeline.desk import Desk
from pipeline.exits import BAD_CONFIG, BAD_DATA, NO_INPUT, OK, say
from pipeline.rehearse import failures
from pipeline.rule_news import failure_line
from pipeline.rule_proposals import LIFE, Outcome, accept
from pipeline.rules_texts import counted, difference, load_texts, same_on_disk, write_texts
from pipeline.terminal import opened, plain, who, write_row

_SOON = "a running desk takes them in a few seconds, another one when it starts"
_WHY_NOT = {
    Outcome.EXPIRED: "it has waited for too long: save rules.yaml again",
    Outcome.SETTLED: "it does not wait any more",
    Outcome.OVERTAKEN: "other rules went live since it was made, and it would undo them",
}


def history(config_file: Path, *, diff: int | None, limit: int, as_json: bool) -> int:
    """Print the sets of rules that were live, the newest first, or what one of them changed."""
    desk = opened(config_file)
    with desk.store.read() as tx:
        versions = tx.rule_versions(limit=2**31 - 1 if diff is not None else limit + 1)
    if diff is not None:
        return _show_difference(versions, diff)
    if not versions:
        say("no rules were live yet: the desk was never started")
        return OK
    older = {one.id: before for one, before in itertools.pairwise(versions)}
    for one in versions[:limit]:
        before = older.get(one.id)
        plus, minus = counted(difference(before.files, one.files)) if before else (0, 0)
        if as_json:
            write_row(_row(one, plus, minus))
        else:
            changed = f"+{plus} -{minus} lines" if before else "the first"
            sys.stdout.write(f"{_words(desk, one)}  {changed}\n")
    return OK


def rollback(config_file: Path, number: int | None) -> int:
    """Put the files of an earlier set back where they were; 78 if they can't be live any more.

    Without `number` it is what was live before whatever lies there now.
    """
    desk, at = opened(config_file), now()
    with desk.store.read() as tx:
        versions = tx.rule_versions(limit=2**31 - 1)
    wanted = _wanted(versions, number, desk.settings.rules)
    if wanted is None:
        say(f"there are no rules number {number}" if number else "there are no earlier rules")
        return NO_INPUT
    if not _can_be_live(desk, wanted.files, at):
        return BAD_CONFIG
    live = versions[0]
    if wanted.version != live.version:
        _announce(desk, wanted, at)
    write_texts(wanted.files, desk.settings.rules, known=live.files)
    say(f"rules number {wanted.id}, version {wanted.version}, are in place: {_SOON}")
    return OK


def accept_waiting(config_file: Path) -> int:
    """Say yes to the newest set of rules that waits for one."""
    desk, at = opened(config_file), now()
    with desk.store.read() as tx:
        waits = tx.waiting_rules(now=at)
    if waits is None:
        say("no rules wait for a yes")
        return NO_INPUT
    outcome = accept(desk, waits, by=who(), now=at)
    if outcome is not Outcome.DONE:
        say(f"the rules of version {waits.version} are not used: {_WHY_NOT[outcome]}")
        return BAD_DATA
    say(f"the rules of version {waits.version} are in place ({waits.why}): {_SOON}")
    return OK


def _wanted(
    versions: tuple[RuleVersion, ...], number: int | None, file: Path
) -> RuleVersion | None:
    if number is not None:
        return next((one for one in versions if one.id == number), None)
    # A file that never went live, because it is wrong or waits, is what is to be undone first.
    undone = bool(versions) and same_on_disk(versions[0].files, file)
    return next(iter(versions[int(undone) :]), None)


def _can_be_live(desk: Desk, texts: Mapping[str, str], at: datetime) -> bool:
    try:
        rules = load_texts(texts)
    except ConfigError as error:
        say(str(error))
        return False
    failed = failures(rules, settings=desk.settings, now=at)
    for result in failed:
        say(plain(failure_line(result)))
    return not failed


def _announce(desk: Desk, wanted: RuleVersion, at: datetime) -> None:
    """Let the running desk know whose doing it is, and that nobody need be asked."""
    by = who()
    key = token_hash(f"rollback:{wanted.id}:{at.isoformat()}")
    with desk.store.begin() as tx:
        tx.propose_rules(
            wanted.version,
            wanted.files,
            code_hash=key,
            by=by,
            how="rollback",
            why=f"back to number {wanted.id}",
            now=at,
            expires_at=at + LIFE,
        )
        kept = tx.proposal(key)
        if kept:
            tx.decide_proposal(kept.id, "live", by=by, now=at)


def _show_difference(versions: tuple[RuleVersion, ...], number: int) -> int:
    places = [place for place, one in enumerate(versions) if one.id == number]
    if not places:
        say(f"there are no rules number {number}")
        return NO_INPUT
    before = next(iter(versions[places[0] + 1 :]), None)
    for line in difference(before.files if before else {}, versions[places[0]].files):
        sys.stdout.write(plain(line, most=10_000) + "\n")
    return OK


def _words(desk: Desk, one: RuleVersion) -> str:
    local = one.live_at.astimezone(desk.rules.policy.calendar.zone)
    by = plain(one.by, most=40) or "nobody known"
    return f"{one.id:>4}  {local:%Y-%m-%d %H:%M}  {one.how:<8}  {one.version}  {by}"


def _row(one: RuleVersion, plus: int, minus: int) -> dict[str, object]:
    return {
        "number": one.id,
        "version": one.version,
        "live_at": one.live_at.isoformat(timespec="seconds"),
        "by": one.by,
        "how": one.how,
        "added": plus,
        "removed": minus,
    }
