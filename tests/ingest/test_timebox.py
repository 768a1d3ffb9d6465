"""A limit of processor time."""

import contextlib
import signal
import threading

import pytest

from ingest.timebox import Overrun, within


def test_what_ends_in_time_is_returned() -> None:
    """And the alarm is put back as it was."""
    before = signal.getsignal(signal.SIGVTALRM)

    assert within(5, lambda: "done") == "done"
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_what_does_not_end_is_interrupted_even_if_it_swallows_errors() -> None:
    """A library that catches everything is struck again."""

    def stubborn() -> None:
        for _ in range(3):
            with contextlib.suppress(BaseException):
                while True:
                    pass
        while True:
            pass

    with pytest.raises(Overrun):
        within(0.05, stubborn)


def test_other_threads_have_no_limit() -> None:
    """Signals belong to the main thread; the call is made all the same."""
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.append(within(1, lambda: "done")))
    thread.start()
    thread.join()

    assert got == ["done"]
