"""What a department's words do to its part of a case; mail by mail it is tested in test_life.py."""

from datetime import date

import pytest

from cases.model import Decision
from routing import work
from routing.policy import Policy
from routing.replies import Said, Word
from tests.routing.lives import QUALITY, at, life, part


@pytest.mark.parametrize(
    ("serious", "end"),
    [
        (False, "30 17:00"),  # Monday
        (True, "28 23:59"),
    ],
)
def test_a_day_off_that_is_named_counts_where_the_case_is_serious(
    serious: bool, end: str, policy: Policy
) -> None:
    """By Saturday means by Monday's end of work, but by Saturday night in an emergency (K082)."""
    levels = [level.name for level in policy.severities if level.serious is serious]
    found = life(policy, severity=levels[0])
    said = Said(word=Word.ACCEPT, person="Li Wei", at=date(2026, 11, 28))
    done = work.accept(found, part(), said, QUALITY)

    assert isinstance(done, Decision)
    assert done.parts[0].promised_at == at(end)
