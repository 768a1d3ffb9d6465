"""How long a complainant waits for the acknowledgement, with IDLE on Dovecot."""

import statistics
import time
from pathlib import Path

import pytest

from tests.live.desk import LiveDesk
from tests.live.servers import Dovecot, SmtpSink

pytestmark = pytest.mark.alone


def test_the_acknowledgement_leaves_within_seconds(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """Delivery to acknowledgement is printed; only a stand-still of many seconds fails here.

    The first mail pays for loading the model, so it is not among the measured ones.
    """
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    seconds = []
    with desk.running():
        for number in range(10):
            person = f"p{number}@customer{number}.example"
            started = time.monotonic()
            desk.write(person, "The kettle leaks.")
            desk.wait_letter(person)
            seconds.append(time.monotonic() - started)
            time.sleep(0.3 * (number % 3))  # idle for a while, or not at all

    print(f"\nfirst {seconds[0]:.2f} s; then median {statistics.median(seconds[1:]):.2f} s, ")
    print(f"slowest {max(seconds[1:]):.2f} s")
    assert statistics.median(seconds[1:]) < 5
    assert desk.troubles() == []
