"""Sets of rules that wait for a person's yes: kept, asked about, and put in place.

Nobody goes live here. A set that somebody said yes to is written to where rules.yaml lies; the
watcher of the running desk finds it there, knows of the yes and asks no more.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from cases.rule_rows import Proposal
from cases.store import Transaction
from cases.tokens import token_hash
from pipeline.desk import Desk
from pipeline.rules_file import RuleSet
from pipeline.rules_texts import difference, load_texts, texts_of, write_texts
from pipeline.write import queue_notice
from routing.causes import OF_WAITING_RULES
from routing.letters_rules import RulesNews, rules_letters

LIFE = timedelta(days=7)
#: No sign that looks like another one.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LONG = 10


class Outcome(StrEnum):
    """What became of a yes."""

    DONE = "done"  # the files are in place
    EXPIRED = "expired"
    SETTLED = "settled"  # it does not wait any more: decided, or replaced by another set
    OVERTAKEN = "overtaken"  # other rules went live since it was made; it would undo them


def propose(
    desk: Desk,
    files: Mapping[str, str],
    *,
    by: str,
    how: str,
    why: str,
    now: datetime,
    tell: Iterable[str] = (),
) -> str:
    """Keep a set that waits for a yes, and return the code to say it with.

    `files` are the texts of a whole set, as `rules_texts` calls them; `by` is whose yes is wanted,
    "" for any supervisor's. Each of `tell` gets the letter with the code: only its hash is kept.
    Raises ConfigError if the set is wrong. No transaction may be open.
    """
    rules = load_texts(files)
    code, texts = "".join(secrets.choice(_SIGNS) for _ in range(_LONG)), texts_of(rules)
    expires_at = now + LIFE
    with desk.store.begin() as tx:
        live = tx.live_rules()
        tx.propose_rules(
            rules.policy.version,
            texts,
            code_hash=token_hash(code),
            by=by,
            how=how,
            why=why,
            now=now,
            expires_at=expires_at,
        )
        since = live.live_at if live else None
        kept = tx.proposal(token_hash(code))
        if kept:
            _ask(tx, desk, kept, rules, tell, code=code, since=since, now=now)
    return code


def _ask(
    tx: Transaction,
    desk: Desk,
    kept: Proposal,
    rules: RuleSet,
    tell: Iterable[str],
    *,
    code: str,
    since: datetime | None,
    now: datetime,
) -> None:
    """Write the letter with the code, to each of `tell`."""
    news = RulesNews(
        state="waits",
        version=kept.version,
        by=kept.by,
        at=now,
        difference=difference(texts_of(desk.rules), kept.files),
        lost=lost(desk.rules, rules),
        code=code,
        expires_at=kept.expires_at,
        unchanged=since,
    )
    number = OF_WAITING_RULES + kept.id
    for letter in rules_letters(desk.rules.policy, tell, news, revision=number):
        queue_notice(tx, desk, letter, now=now)


def proposal_with(desk: Desk, code: str) -> Proposal | None:
    """Return what waits, or waited, for this code, however it was typed."""
    with desk.store.read() as tx:
        return tx.proposal(token_hash("".join(code.split()).upper()))


def accept(desk: Desk, proposal: Proposal, *, by: str, now: datetime) -> Outcome:
    """Say yes: put the files of the proposal in place, where the running desk finds them.

    May be repeated, should the process have ended between yes and files. Raises OSError if the
    files can't be written, and changes nothing then that a repetition would not make good. No
    transaction may be open: it opens its own.
    """
    with desk.store.begin() as tx:
        live, waits = tx.live_rules(), tx.proposal_of(proposal.id)
        if waits is None or waits.state not in ("waiting", "live"):
            return Outcome.SETTLED
        if live and live.version == waits.version:
            return Outcome.SETTLED
        if live and live.live_at > waits.at:
            return Outcome.OVERTAKEN
        if waits.state == "waiting":
            if waits.expires_at <= now:
                return Outcome.EXPIRED
            tx.decide_proposal(waits.id, "live", by=by, now=now)
        known = live.files if live else {}
    write_texts(waits.files, desk.settings.rules, known=known)
    return Outcome.DONE


def lost(old: RuleSet, new: RuleSet) -> tuple[str, ...]:
    """Return the names of the rules of one set that the other has no more."""
    kept = {rule.name for rule in new.policy.rules}
    return tuple(rule.name for rule in old.policy.rules if rule.name not in kept)
