"""kill -9 in the middle of the work: nothing lost, nothing twice that is not on record."""

import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.desk import LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink

SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "corpus" / "mail"
KILLS = 5


def _own_mails() -> list[bytes]:
    """Return 60 mails by 60 people, every fifth by a machine."""
    mails = []
    for number in range(60):
        machine = "Auto-Submitted: auto-replied\r\n" if number % 5 == 4 else ""
        mails.append(
            f"From: Person {number} <p{number}@customer{number}.example>\r\n"
            f"To: complaints@example.com\r\nSubject: Complaint {number}\r\n{machine}"
            f"Message-ID: <{number}@customer.example>\r\n\r\n"
            f"The kettle number {number} leaks and nobody answers my calls.\r\n".encode()
        )
    return mails


def _corpus_mails() -> list[bytes]:
    """Return 200 real mails of persons from the shared corpus, if it lies beside the project."""
    manifest = SHARED / "manifest.jsonl"
    if not manifest.exists():
        pytest.skip("the shared corpus is not beside the project")
    rows = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]
    chosen = [row for row in rows if row["kind"] == "customer" and row["format"] == "mail"][:200]
    return [(SHARED / row["file"]).read_bytes() for row in chosen]


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mails", [_own_mails, _corpus_mails], ids=["own", "corpus"])
def test_five_kills_lose_and_double_nothing(
    mails: Callable[[], list[bytes]],
    tmp_path: Path,
    dovecot: Dovecot,
    smtp_sink: SmtpSink,
) -> None:
    """Every mail is one case or one refusal with its reason, whatever was killed when."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    sent = mails()
    for number, mail in enumerate(sent):
        dovecot.deliver(desk.user, mail)
        if number % (len(sent) // KILLS) == 1:
            process = desk.start()
            time.sleep(0.3 + 0.5 * (number / len(sent)))  # each kill at another moment of the work
            process.send_signal(signal.SIGKILL)
            process.wait()
    with desk.running():
        wait_until(lambda: _settled(desk, len(sent)), "all mails", seconds=120)
    before = (desk.ledger(), desk.cases(), len(smtp_sink.mails))
    with desk.running():
        time.sleep(3)  # a second run over finished work

    ledger, cases, _ = before
    assert len(ledger) == len(sent)
    outcomes = Counter(row.state for row in ledger)
    assert outcomes["quarantined"] == 0
    assert all(row.reason for row in ledger if row.state in ("ignored", "duplicate"))
    by_case = Counter(row.case_id for row in ledger if row.state == "done")
    assert set(by_case) == {case.id for case in cases}
    assert (desk.ledger(), desk.cases(), len(smtp_sink.mails)) == before
    copies = Counter(mail["Message-ID"] for mail in desk.letters())
    twice = sum(count - 1 for count in copies.values())
    assert twice <= desk.ambiguous(), "every possible double is on record"
    print(f"\n{len(sent)} mails, {KILLS} kills: {dict(outcomes)}, {len(cases)} cases, ")
    print(f"{len(copies)} letters, {twice} sent twice, {desk.ambiguous()} ambiguous")


def _settled(desk: LiveDesk, count: int) -> bool:
    ledger = desk.ledger()
    return (
        len(ledger) == count
        and all(row.filed for row in ledger)
        and desk.letter_states() <= {"sent", "failed"}
    )
