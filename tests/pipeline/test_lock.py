"""One daemon for one SQLite file."""

from pathlib import Path

import pytest

from pipeline.lock import AlreadyRunning, only_one


def test_the_second_one_is_told_at_once(tmp_path: Path) -> None:
    """F07; another file is another desk, and afterwards the way is free."""
    file = tmp_path / "sub" / "desk.db"
    with only_one(file):
        with pytest.raises(AlreadyRunning, match="another desk is running"), only_one(file):
            pass
        with only_one(tmp_path / "other.db"):
            pass
    with only_one(file):
        pass


def test_a_server_needs_no_lock() -> None:
    """Several desks may work on PostgreSQL."""
    with only_one(None), only_one(None):
        pass
