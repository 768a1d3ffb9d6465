"""Errors → sentences and exit codes (sysexits.h), in one place."""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from cases.errors import (
    ConfigError,
    DeskError,
    MailboxUnavailable,
    StoreDamaged,
    StoreUnavailable,
)
from pipeline.lock import AlreadyRunning

OK, USAGE, BAD_DATA, NO_INPUT, AWAY, OUR_ERROR, TRY_AGAIN, NOT_ALLOWED, BAD_CONFIG = (
    0, 64, 65, 66, 69, 70, 75, 77, 78,
)  # fmt: skip
CANT_CREATE, DAMAGED = 73, 74


_CLICK_USAGE = 2  # what the command line library exits with on wrong usage


def say(words: str) -> None:
    """Print a sentence for the person who called us, apart from the output."""
    sys.stderr.write(words.rstrip("\n") + "\n")


def not_written(path: Path, error: OSError) -> int:
    """Say why a new file could not be written, and return the exit code of that."""
    if isinstance(error, FileExistsError):
        say(f"{path} is there already and is not overwritten; name another file")
        return USAGE
    say(f"{path}: {error.strerror}")
    return NO_INPUT


def guarded(run: Callable[[], object]) -> int:
    """Run the command line and return its exit code; our own error keeps its traceback."""
    try:
        run()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
        return USAGE if code == _CLICK_USAGE else code
    except ConfigError as error:
        return _said(error, BAD_CONFIG)
    except AlreadyRunning as error:
        return _said(error, TRY_AGAIN)
    except StoreDamaged as error:
        return _said(error, DAMAGED)
    except (MailboxUnavailable, StoreUnavailable) as error:
        return _said(error, AWAY)
    except DeskError as error:
        return _said(error, OUR_ERROR)
    except PermissionError as error:
        return _said(f"not permitted: {error}", NOT_ALLOWED)
    except BrokenPipeError:
        # The reader of our output has gone (| head): nothing is wrong, nobody wants the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception:  # noqa: BLE001 - a bug of ours: whoever reports it needs all of it
        return _said(traceback.format_exc(), OUR_ERROR)
    return OK


def _said(words: object, code: int) -> int:
    say(str(words))
    return code
