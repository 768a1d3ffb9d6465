"""A case in the middle of its life, for the decisions about measures and ledgers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.life import Part, PartState
from routing.life import Life
from routing.policy import Policy
from routing.process import Capa, CapaRule, Process
from tests.conftest import MakeCase

MakeLife = Callable[..., Life]


@pytest.fixture
def make_life(make_case: MakeCase, policy: Policy, monday_nine: datetime) -> MakeLife:
    """Return a builder of lives: `capa` is the process's, the rest fields of Life.

    Quality answered a day ago; measures are wanted, or a reason.
    """
    asked = monday_nine - timedelta(days=1)
    part = Part(
        department="quality",
        round=1,
        state=PartState.ANSWERED,
        asked_at=asked,
        since_at=asked,
        report={"to_complainant": "You get a new one."},
    )

    def build(*, capa: Capa | None = None, **changes: object) -> Life:
        wanted = capa or Capa(rule=CapaRule.REQUIRED_OR_REASON)
        life = Life(
            case=make_case(),
            parts=(part,),
            measures=(),
            records=(),
            story=(),
            policy=replace(policy, usual=Process(capa=wanted), by_category={}, by_severity={}),
            now=monday_nine,
            cause=77,
        )
        return replace(life, **changes)  # type: ignore[arg-type] # the tests name real fields

    return build
