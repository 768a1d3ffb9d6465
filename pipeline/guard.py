"""One verb's failure never stops another: it is said, and the verb is tried again later."""

import traceback
from collections.abc import Callable
from contextlib import suppress

from cases.errors import DeskError
from pipeline.clock import now
from pipeline.show import Reporter


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
            self._trouble(name, words if words.startswith(name) else f"{name}: {words}")
        except Exception as error:  # noqa: BLE001 - one verb's failure must never stop the others
            words = f"{name}: {type(error).__name__}: {error}"
            self._trouble(name, words, traceback=traceback.format_exc(limit=-6))
        else:
            return True
        return False

    def _trouble(self, name: str, words: str, **extra: str) -> None:
        # A full disk or a closed pipe takes our words, but not the thread (F45).
        with suppress(OSError, ValueError):
            self._out.line("trouble", words, at=now(), action=name, **extra)
