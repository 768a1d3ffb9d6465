"""Every error has its sentence and its exit code (sysexits.h)."""

import pytest

from cases.errors import (
    ConfigError,
    IllegalMove,
    LetterError,
    MailboxUnavailable,
    Problem,
    StoreUnavailable,
)
from cases.model import Move, Status
from pipeline.exits import guarded
from pipeline.lock import AlreadyRunning

PROBLEM = Problem(file="config.yaml", line=3, key="listen", what="is wrong")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError((PROBLEM,)), 78, "config.yaml:3: listen: is wrong"),
        (AlreadyRunning("another desk is running"), 75, "another desk is running"),
        (MailboxUnavailable("complaints", "refused"), 69, "mailbox complaints: refused"),
        (StoreUnavailable("the database is away"), 69, "the database is away"),
        (LetterError("en/x", "broken"), 70, "letter en/x: broken"),
        (IllegalMove(Status.CLOSED, Move.ROUTE), 70, "a case that is closed can't route"),
        (PermissionError(13, "no"), 77, "not permitted: [Errno 13] no"),
    ],
)
def test_an_error_we_know_is_one_sentence(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, without a traceback."""

    def run() -> None:
        raise error

    assert guarded(run) == code
    captured = capsys.readouterr()
    assert (captured.err, captured.out) == (said + "\n", "")


def test_a_bug_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """70, and everything whoever reports it needs."""

    def run() -> None:
        raise ZeroDivisionError("ours")

    assert guarded(run) == 70
    assert "Traceback" in (err := capsys.readouterr().err)
    assert "ZeroDivisionError: ours" in err


@pytest.mark.parametrize(("code", "exits"), [(0, 0), (2, 64), (66, 66), (78, 78), ("words", 1)])
def test_the_command_lines_own_exit_is_kept(code: int | str, exits: int) -> None:
    """Except wrong usage, which is 64."""

    def run() -> None:
        raise SystemExit(code)

    assert guarded(run) == exits


def test_nothing_wrong_is_zero() -> None:
    """0."""
    assert guarded(lambda: None) == 0
