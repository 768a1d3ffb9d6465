"""One verb's failure never stops another: it is said, and the verb is tried again later."""

import traceback
from collections.abc import Callable
from contextlib import suppress

from cases.errors import DeskError
from pipeline.clock import now
from pipeline.mailbox_trouble import facts_of
from pipeline.show import Reporter, masked


class Guard:
    """Runs verbs and says what went wrong."""

    def __init__(self, out: Reporter) -> None:
        self._out = out

    def __call__(self, name: str, verb: Callable[[], object]) -> bool:
        """Run a verb; say what went wrong and return False instead of raising."""
        try:
            verb()
        except DeskError as error:
            words = str(error)
            words = words if words.startswith(name) else f"{name}: {words}"
            self._trouble(words, **facts_of(name, error))
        except Exception as error:  # noqa: BLE001 - one verb's failure must never stop the others
            words = f"{name}: {type(error).__name__}: {error}"
            kept = masked(traceback.format_exc(limit=-6))
            self._trouble(words, **facts_of(name, error), traceback=kept)
        else:
            return True
        return False

    def _trouble(self, words: str, **extra: str) -> None:
        # A full disk or a closed pipe takes our words, but not the thread (F45).
        with suppress(OSError, ValueError):
            self._out.line("trouble", masked(words), at=now(), **extra)
