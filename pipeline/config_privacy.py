"""What config.yaml says of personal data (F123): the key that encrypts it, and how long it is kept.

The file of master keys holds one key a line, as 64 hexadecimal digits. The first one encrypts, the
others are kept as long as something needs them. It is made on the first start, and never again: a
new key could not read what the lost one encrypted.
"""

import math
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

from cases.errors import ConfigError, Problem
from cases.this_machine import sync_folder
from cases.vault import KEY_BYTES, Vault
from pipeline.config_alarm import Complain
from pipeline.config_schema import EncryptionBlock, KeepBlock

_SPAN = re.compile(r"([1-9][0-9]{0,4}) (day|week|month|year)s?")
#: The longest that a unit can be: nothing goes a day too early.
_DAYS = {"day": 1.0, "week": 7.0, "month": 31.0, "year": 365.25}
_LEAST = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long each kind of data is kept once its case is closed; None: for ever."""

    raw_mail: timedelta | None = None  #: mails of cases as they came, here and on the mail server
    letters: timedelta | None = None  #: our letters, as bytes
    case_texts: timedelta | None = None  #: all that leads to a person; the figures stay
    ignored_mail: timedelta | None = None  #: mails no case came of, since they arrived
    quarantine: timedelta | None = None  #: mails that were set aside, since they arrived

    def named(self) -> dict[str, timedelta]:
        """Return the periods that are set, by the kind of data."""
        found = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: period for name, period in found if period is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings:
    """What config.yaml says of personal data."""

    key_file: Path | None  #: the master keys; None: nothing is encrypted
    keep: Keep


def privacy_of(
    encryption: EncryptionBlock | None,
    keep: KeepBlock,
    *,
    place: Callable[[str], Path],
    complain: Complain,
) -> PrivacySettings:
    """Return the settings; what is wrong is told to `complain`."""
    periods: dict[str, timedelta] = {}
    for field in fields(Keep):
        text = getattr(keep, field.name)
        match = _SPAN.fullmatch(text.strip().lower())
        if match:
            periods[field.name] = timedelta(days=math.ceil(int(match[1]) * _DAYS[match[2]]))
        if text and (not match or periods[field.name] < _LEAST):
            what = f"{text!r} is no time to keep data for, or shorter than 30 days"
            complain(("keep", field.name), what, "Write for example: 5 years, 18 months, 90 days")
    return PrivacySettings(
        key_file=place(encryption.key_file) if encryption else None, keep=Keep(**periods)
    )


def vault_of(path: Path, *, make: bool) -> Vault | None:
    """Return the vault of a key file; with `make` one that is missing is made, else None.

    Raises ConfigError for a file that can't be read or holds something else.
    """
    try:
        lines = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        if not make:
            return None
        add_key(path)
        return vault_of(path, make=False)
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, f"can't be read: {error}", "Check its owner and mode") from error
    try:
        return Vault(tuple(bytes.fromhex(line) for line in lines))
    except ValueError as error:
        what = f"must hold keys of {KEY_BYTES * 2} hexadecimal digits, one a line"
        raise _wrong(path, what, "Put the file of before back") from error


def add_key(path: Path) -> None:
    """Put a new key in front of those in the file; what they encrypt is still read by them."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = path.read_text(encoding="ascii") if path.exists() else ""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # of somebody who was interrupted
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(KEY_BYTES)}\n{before}")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def missing_key(path: Path) -> ConfigError:
    """Return the error of a key file that is gone while something needs it."""
    what = "is not there, but the database holds what it encrypts"
    return _wrong(path, what, "Put it back from where you keep it; until then mails wait")


def _wrong(path: Path, what: str, fix: str) -> ConfigError:
    problem = Problem(file=str(path), line=0, key="encryption.key_file", what=what, fix=fix)
    return ConfigError((problem,))
