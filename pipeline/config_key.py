"""The secret file that config.yaml names: the key that signs reply tokens and Message-IDs."""

import os
from collections.abc import Callable
from pathlib import Path

from cases.errors import ConfigError, Problem


def secret_key(path: Path, *, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """Return the key that signs reply tokens and Message-IDs; made on first use, mode 0600.

    Whoever loses it loses the thread of every open case, so it belongs into the backup.
    """
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            key = random(32)
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError(
            (
                Problem(
                    file=str(path),
                    line=0,
                    key="secret_file",
                    what=f"can't be read: {error.strerror}",
                    fix="Check its owner and mode",
                ),
            )
        ) from error
    if len(key) < 16:
        raise ConfigError(
            (
                Problem(
                    file=str(path),
                    line=0,
                    key="secret_file",
                    what=f"holds {len(key)} bytes; a key needs at least 16",
                    fix="Restore it from the backup",
                ),
            )
        )
    return key
