"""Files of rules that a supervisor sent: checked, tried, replayed, and answered with a code."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cases.errors import ConfigError
from cases.rule_rows import Proposal
from pipeline.desk import Desk
from pipeline.rehearse import Result
from pipeline.rule_news import failure_line
from pipeline.rule_proposals import LIFE, propose
from pipeline.rules_by_mail import tell
from pipeline.rules_file import RuleSet
from pipeline.rules_texts import difference, load_texts, texts_of
from routing.letters_rules import RulesNews

Try = Callable[[Desk, RuleSet], tuple[Result, ...]]  #: the examples that fail
Replay = Callable[[Desk, RuleSet], tuple[str, ...]]  #: what a set would have done, in lines


def answer_received(desk: Desk, *, attempt: Try, replay: Replay, now: datetime) -> bool:
    """Look at the oldest files that somebody sent, and answer; False if there are none.

    No transaction may be open: examples and replay take their time.
    """
    with desk.store.read() as tx:
        row = tx.received_rules()
        live = tx.live_rules()
    if row is None:
        return False
    since = live.live_at if live else None
    news = _looked_at(desk, row, since, attempt=attempt, replay=replay, now=now)
    with desk.store.begin() as tx:
        if tx.looked_at(row.id, "replaced" if news.code else "refused", now=now):
            tell(tx, desk, row.by, news, int(row.why), now=now)
    return True


def _looked_at(
    desk: Desk,
    row: Proposal,
    since: datetime | None,
    *,
    attempt: Try,
    replay: Replay,
    now: datetime,
) -> RulesNews:
    """Check, try and replay a set, and have it wait for a yes if it is right."""

    def news(**found: object) -> RulesNews:
        usual = {"state": "answer", "version": "", "by": row.by, "at": now, "unchanged": since}
        return RulesNews(**{**usual, **found})  # type: ignore[arg-type] # names of its fields

    before = texts_of(desk.rules)
    texts = {**before, **_called_as(row.files, before)}
    try:
        rules = load_texts(texts)
    except ConfigError as error:
        return news(problems=tuple(str(problem) for problem in error.problems))
    version = rules.policy.version
    if version == desk.rules.policy.version:
        return news(version=version)
    failed = attempt(desk, rules)
    if failed:
        return news(version=version, failures=tuple(map(failure_line, failed)))
    lines = replay(desk, rules)
    code = propose(desk, texts, by=row.by, how="mail", why="sent by mail", now=now)
    return news(
        version=version,
        difference=difference(before, texts_of(rules)),
        replayed=lines,
        code=code,
        expires_at=now + LIFE,
    )


def _called_as(files: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return files by the names the set has for them: a mail knows no folders."""
    by_name = {name.rpartition("/")[2].lower(): name for name in known}
    return {
        by_name.get(name.rpartition("/")[2].lower(), name): text for name, text in files.items()
    }
