"""One daemon for one SQLite file."""

from pathlib import Path

import pytest

from cases.errors import StoreDamaged
from pipeline.lock import AlreadyRunning, gone, lock_of, note_use, only_one, was_used


def test_the_second_one_is_told_at_once(tmp_path: Path) -> None:
    """F07; another file is another desk, and afterwards the way is free."""
    file = tmp_path / "sub" / "desk.db"
    with only_one(file):
        with pytest.raises(AlreadyRunning) as told, only_one(file):
            pass
        assert str(told.value) == (
            f"another desk is running on {file}; stop it first, or use PostgreSQL for several"
        )
        with only_one(tmp_path / "other.db"):
            pass
    with only_one(file):
        pass


def test_a_server_needs_no_lock() -> None:
    """Several desks may work on PostgreSQL."""
    with only_one(None), only_one(None):
        pass


def test_the_lock_is_for_nobody_elses_eyes(tmp_path: Path) -> None:
    """It lies beside the database, and stays there; locking alone is not use."""
    file = tmp_path / "desk.db"
    with only_one(file):
        assert lock_of(file) == tmp_path / "desk.db.lock"
        assert lock_of(file).stat().st_mode & 0o777 == 0o600
    assert not was_used(file)


def test_a_database_that_was_in_use_is_missed_when_it_is_gone(tmp_path: Path) -> None:
    """F38: the mark beside it outlives it, and the error says what to do."""
    file = tmp_path / "desk.db"
    assert not was_used(file)
    note_use(None)  # a server needs no mark
    note_use(file)
    assert was_used(file)
    assert lock_of(file).read_text() == "in use; the database lies beside this file\n"

    told = gone(file)
    assert isinstance(told, StoreDamaged)
    assert str(told).startswith(f"{file} was in use here and is gone; an empty one would answer ")
    assert str(told).endswith(". To begin anew all the same: python run.py db upgrade")
