"""The monthly ledger: once, on its day or as soon as the desk is up again."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cases.life import Part, PartState
from cases.model import CaseEvent
from pipeline import ledger
from pipeline.ledger import send_ledger
from routing.ledger import ledger as write_ledger
from routing.ledger import month_of
from routing.life import Life
from routing.policy import Policy
from templates.render import Letters
from tests.conftest import MakeCase, MakeRaw
from tests.pipeline.conftest import Office, letter_text

DECEMBER_FOURTH = datetime(2026, 12, 4, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
BOSS = "supervisor@example.com"


@pytest.fixture
def late(office: Office, make_raw: MakeRaw) -> Office:
    """Return an office with a case of November that nobody answered; its letters have left."""
    office.take(make_raw())
    office.deliver()
    office.tray.sent.clear()
    office.now = DECEMBER_FOURTH
    return office


def test_the_ledger_leaves_on_its_day(late: Office) -> None:
    """Not a minute before; it names the case, and its department is reminded (K096)."""
    supervisor = late.desk.rules.policy.supervisors[0]
    (department,) = late.desk.rules.policy.departments["quality"].to
    late.later(minutes=-1)
    assert not send_ledger(late.desk, now=late.now)
    late.later(minutes=1)
    assert send_ledger(late.desk, now=late.now)
    late.deliver()
    (whole,) = late.tray.to(supervisor)
    (reminder,) = late.tray.to(department)

    assert "C-2026-000001" in letter_text(whole)
    assert "C-2026-000001" not in str(whole["Subject"])
    assert "C-2026-000001" in str(reminder["Subject"])
    assert late.kinds().count("reminded") == 1


def test_it_is_written_once_a_month(late: Office) -> None:
    """However often the desk looks; the next month has its own."""
    send_ledger(late.desk, now=late.now)
    late.deliver()
    sent = len(late.tray.sent)
    assert not any(send_ledger(late.desk, now=late.now) for _ in range(3))
    late.later(days=20)
    assert not send_ledger(late.desk, now=late.now)
    late.deliver()
    assert len(late.tray.sent) == sent
    late.now = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)

    assert send_ledger(late.desk, now=late.now)


def test_a_day_that_was_missed_is_made_good(late: Office) -> None:
    """The desk was down on the fourth."""
    late.later(days=3)

    assert send_ledger(late.desk, now=late.now)


def test_a_crash_in_the_middle_repeats_no_letter(
    late: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reminders were written, the ledger was not: only that is made good."""

    def crash(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "queue_notice", crash)
        with pytest.raises(KeyboardInterrupt):
            send_ledger(late.desk, now=late.now)
    late.deliver()
    reminded = len(late.tray.sent)
    late.later(hours=1)
    assert send_ledger(late.desk, now=late.now)
    late.deliver()

    assert reminded == 1
    assert len(late.tray.sent) == 1 + len(late.desk.rules.policy.supervisors)
    assert late.kinds().count("reminded") == 1


def test_what_came_this_month_has_time_yet(office: Office, make_raw: MakeRaw) -> None:
    """A desk without an older case writes no ledger at all."""
    office.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # December in Shanghai
    office.take(make_raw())

    assert not send_ledger(office.desk, now=DECEMBER_FOURTH)


def test_a_ledger_with_nothing_in_it_says_so(late: Office) -> None:
    """The supervisors need not wonder whether it was lost."""
    from pipeline.by_hand import withdraw

    withdraw(late.desk, "C-2026-000001", reason="taken back", by="li", now=late.now)
    late.deliver()
    late.tray.sent.clear()
    assert send_ledger(late.desk, now=late.now)
    late.deliver()
    (_, whole) = late.tray.sent[0]

    assert "C-2026-000001" not in letter_text(whole)


def test_a_thousand_unresolved_cases_still_make_a_letter_that_can_be_sent(
    make_case: MakeCase, policy: Policy, shipped_letters: Letters, monday_nine: datetime
) -> None:
    """The oldest stand in it, all are counted; the longest words of the widest letters fit."""
    month = month_of(policy, monday_nine)
    rude = "&投" * 500
    part = Part(
        department="quality",
        round=1,
        state=PartState.HELD,
        asked_at=monday_nine,
        since_at=monday_nine,
    )
    said = CaseEvent(at=monday_nine, kind="held", actor="department:quality", detail=rude)
    lives = [
        Life(
            case=make_case(id=number, reference=f"C-2026-{number:06}", subject=rude),
            policy=policy,
            now=monday_nine,
            cause=0,
            parts=(part,),
            measures=(),
            records=(),
            story=(said,),
        )
        for number in range(1, 1001)
    ]
    for language in ("zh", "en"):
        (letter,) = write_ledger(replace(policy, languages=(language,)), month, lives)
        ours = {"reference": "", "desk_name": "Desk", "answer_to": ""}
        words = shipped_letters.render(replace(letter, facts={**letter.facts, **ours}))
        assert "1000" in words.subject
        assert words.text.count("C-2026-") == 50
