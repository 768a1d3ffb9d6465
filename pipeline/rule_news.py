"""What becomes of a file of rules is written down, said in a line and told to supervisors, once."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cases.errors import Problem
from cases.model import LetterName
from cases.rule_rows import RuleVersion
from cases.store import Transaction
from pipeline.current import Current
from pipeline.desk import Desk
from pipeline.rehearse import Result
from pipeline.rule_proposals import propose
from pipeline.rules_file import RuleSet
from pipeline.rules_texts import MAIN, difference, shown, texts_of
from pipeline.show import Reporter, masked
from pipeline.terminal import user_name
from pipeline.write import queue_notice
from routing.causes import OF_LIVE_RULES, OF_WRONG_RULES
from routing.letters_rules import RulesNews, rules_letters

#: Whoever saves a file every few seconds while writing has it right in the end: a letter about
#: what is wrong waits so long, and does not leave if the file is another one by then.
PATIENCE = timedelta(minutes=1)


class RuleNews:
    """Tells what becomes of the file of one running desk."""

    def __init__(self, current: Current, out: Reporter) -> None:
        """Take note; nothing is told yet."""
        self._current, self._out = current, out

    def wrong(self, problems: Iterable[Problem], *, now: datetime) -> None:
        """Tell that the file has mistakes."""
        file = self._current.desk.settings.rules
        lines = tuple(str(problem) for problem in shown(problems, file))
        try:
            data = file.read_bytes()
        except OSError:
            data = b""
        mark = hashlib.sha256(data + "\0".join(lines).encode("utf-8", "replace")).hexdigest()
        self._refused("mistakes", lines, mark=mark, now=now)

    def fails(self, rules: RuleSet, results: Iterable[Result], *, now: datetime) -> None:
        """Tell that something else comes of the examples of a set than they say."""
        lines = tuple(map(failure_line, results))
        self._refused("examples", lines, mark=rules.policy.version, now=now)

    def right_again(self, *, now: datetime) -> None:
        """Note that the file is the one that is live."""
        with self._current.desk.store.begin() as tx:
            tx.drop_waiting(how="file", now=now)
            over = _over(tx, now)
        if over:
            version = self._current.desk.rules.policy.version
            self._say("rules", f"{MAIN} is again what is live, version {version}", "same", now)

    def asks(self, rules: RuleSet, gone: tuple[str, ...], *, now: datetime) -> str:
        """Ask whether a set may go live that drops many rules; returns its version."""
        desk, version = self._current.desk, rules.policy.version
        with desk.store.begin() as tx:
            _over(tx, now)
            known = tx.proposed(version, how="file")
            if known and known.state == "waiting" and known.expires_at > now:
                return version
            if known and known.state == "refused":
                tx.found_fault(version, kind="refused", now=now)
                return ""
        count = len(desk.rules.policy.rules)
        why = f"it drops {len(gone)} of {count} rules"
        to = desk.rules.policy.supervisors
        propose(desk, texts_of(rules), by="", how="file", why=why, now=now, tell=to)
        words = f"{MAIN} waits for a yes: {why}; python run.py rules accept lets it go live"
        self._say("rules wait", words, "waits", now, version=version)
        return version

    def live(self, desk: Desk, old: Desk | None, *, by: str, how: str, now: datetime) -> None:
        """Write down that a set is live from now on; `old`: the desk of before, which hears it."""
        policy, texts = desk.rules.policy, texts_of(desk.rules)
        with desk.store.begin() as tx:
            tx.went_live(policy.version, texts, by=by, how=how, now=now)
            tx.drop_waiting(how="file", now=now)
            _over(tx, now)
            kept = tx.live_rules()
            if old and kept:
                self._tell_all(tx, desk, old, kept, texts, now=now)
        words = f"{MAIN} is live, version {policy.version}, {len(policy.rules)} rules ({how})"
        self._say("rules live", words, "live", now, version=policy.version)

    def _tell_all(
        self,
        tx: Transaction,
        desk: Desk,
        old: Desk,
        kept: RuleVersion,
        texts: dict[str, str],
        *,
        now: datetime,
    ) -> None:
        news = RulesNews(
            state="live",
            version=kept.version,
            by=kept.by,
            at=now,
            difference=difference(texts_of(old.rules), texts),
        )
        # Whoever was a supervisor until now hears who changed that.
        to = (*desk.rules.policy.supervisors, *old.rules.policy.supervisors)
        number = OF_LIVE_RULES + kept.id
        for letter in rules_letters(desk.rules.policy, to, news, revision=number):
            queue_notice(tx, desk, letter, now=now)

    def _refused(self, kind: str, lines: tuple[str, ...], *, mark: str, now: datetime) -> None:
        desk = self._current.desk
        with desk.store.begin() as tx:
            before = tx.fault()
            fault, new = tx.found_fault(mark, kind=kind, now=now)
            if not new:
                return
            if before:
                _withdraw(tx, before.id)
            tx.drop_waiting(how="file", now=now)
            live = tx.live_rules()
            news = RulesNews(
                state="wrong",
                version="",
                by=owner_of(desk.settings.rules),
                at=now,
                problems=lines if kind == "mistakes" else (),
                failures=lines if kind == "examples" else (),
                unchanged=live.live_at if live else None,
            )
            policy, number = desk.rules.policy, OF_WRONG_RULES + fault.id
            for letter in rules_letters(
                policy, policy.supervisors, news, revision=number, not_before=now + PATIENCE
            ):
                queue_notice(tx, desk, letter, now=now)
        what = "has mistakes" if kind == "mistakes" else "does not do what its examples say"
        words = f"{MAIN} {what}, the rules of before stay in force: {lines[0] if lines else ''}"
        self._say("rules wrong", words, "wrong", now, problems=len(lines))

    def _say(self, outcome: str, words: str, state: str, now: datetime, **extra: str | int) -> None:
        line = masked(words.partition("\n")[0])
        self._out.line(outcome, line, at=now, action="rules", state=state, **extra)


def failure_line(result: Result) -> str:
    """Return what came of an example in a line: where it stands, and each difference."""
    example = result.example
    return f"{MAIN}:{example.line} [{example.rule}] {'; '.join(result.differences)}"


def owner_of(file: Path) -> str:
    """Return the user whose file it is, "" if nobody knows."""
    try:
        return user_name(file.stat().st_uid)
    except OSError:
        return ""


def _over(tx: Transaction, now: datetime) -> bool:
    """Note that the file is not wrong any more; a letter about it that waits does not leave."""
    fault = tx.fault()
    if fault is None:
        return False
    _withdraw(tx, fault.id)
    return tx.fault_over(now=now)


def _withdraw(tx: Transaction, fault_id: int) -> None:
    tx.withdraw_notices(LetterName.RULES.value, OF_WRONG_RULES + fault_id)
