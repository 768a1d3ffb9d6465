"""The secret files that config.yaml names: the keys that sign reply tokens and Message-IDs."""

import os
from collections.abc import Callable
from pathlib import Path

from cases.errors import ConfigError, Problem

_LEAST = 16  # bytes


def secret_key(path: Path, *, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Return the key that signs reply tokens and Message-IDs; made on first use, mode 0600.

    Whoever loses it loses the thread of every open case, so it belongs into the backup.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(random(32))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        pass  # told below
    return _read(path, "secret_file")


def old_secret(path: Path | None) -> bytes:
    """Return the key that signed before, b"" where none is named; it is never made.

    It signs nothing any more: by it answers to letters that left before the change are known.
    """
    return _read(path, "old_secret_file") if path else b""


def _read(path: Path, key: str) -> bytes:
    try:
        found = path.read_bytes()
    except OSError as error:
        what, fix = f"can't be read: {error.strerror}", "Check its owner and mode"
        raise _wrong(path, key, what, fix) from error
    if len(found) < _LEAST:
        what = f"holds {len(found)} bytes; a key needs at least {_LEAST}"
        raise _wrong(path, key, what, "Restore it from the backup")
    return found


def _wrong(path: Path, key: str, what: str, fix: str) -> ConfigError:
    return ConfigError((Problem(file=str(path), line=0, key=key, what=what, fix=fix),))
