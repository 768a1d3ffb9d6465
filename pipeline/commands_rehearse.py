"""`rules test`: the examples of rules.yaml are played, and each difference is told."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline import config
from pipeline.clock import now
from pipeline.exits import BAD_CONFIG, OK
from pipeline.rehearse import Result, rehearse
from pipeline.rules_file import RuleSet, load
from pipeline.terminal import plain

_MOST = 20  # rules without an example that are named


def test(config_file: Path, file: Path | None) -> int:
    """Print what comes of every example of a rules file; 78 if it is not what they say.

    Without `file` it is the one that config.yaml names. Nothing is stored, nothing is sent.
    """
    settings = config.load(config_file)
    path = file or settings.rules
    rules = load(path)
    results = rehearse(rules, rules.examples, settings=settings, now=now())
    for line in (*_told(results, path), _count(results), *_without(rules)):
        sys.stdout.write(f"{line}\n")
    return OK if all(result.passed for result in results) else BAD_CONFIG


def _told(results: Iterable[Result], path: Path) -> Iterator[str]:
    for result in results:
        example = result.example
        mark = "ok" if result.passed else "WRONG"
        yield f"{mark:>5}  {path}:{example.line}  {plain(example.rule)}"
        for difference in result.differences:
            yield f"{'':>9}{plain(difference)}"


def _count(results: tuple[Result, ...]) -> str:
    if not results:
        return "there are no examples: docs/rules.md says how to write one"
    wrong = sum(not result.passed for result in results)
    examples = f"{len(results)} example" + ("" if len(results) == 1 else "s")
    return f"{examples}: {f'{wrong} WRONG' if wrong else 'all as they say'}"


def _without(rules: RuleSet) -> Iterator[str]:
    """Yield the rules of which no example says anything."""
    shown = {example.rule for example in rules.examples}
    bare = [plain(rule.name) for rule in rules.policy.rules if rule.name not in shown]
    if bare:
        more = f"\n  and {len(bare) - _MOST} more" if len(bare) > _MOST else ""
        names = "".join(f"\n  {name}" for name in bare[:_MOST])
        yield f"without an example:{names}{more}"
