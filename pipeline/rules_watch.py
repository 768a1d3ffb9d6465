"""Has the file of rules changed, and is whoever changes it done? A cheap look, by names only.

Editors write a new file and rename it, write in place, or both: a path is watched, not what it led
to. A file that changed since the last look is not read yet.
"""

from collections.abc import Iterable
from pathlib import Path

#: Of each path what changes with every way to save a file; None: nothing is there.
_Seen = dict[Path, tuple[int, int, int, int] | None]


class Watch:
    """Watches rules.yaml, the files it names, and all lists of words beside it."""

    def __init__(self, file: Path, paths: Iterable[Path] = ()) -> None:
        """Take note; nothing was read yet, so what lies there counts as changed."""
        self._file, self._paths = file, frozenset(paths)
        self._last: _Seen | None = None
        self._read: _Seen | None = None

    def ready(self) -> bool:
        """Look; tell whether there is something to be read that was the same a look ago."""
        seen = self._look()
        still, self._last = seen == self._last, seen
        return still and seen != self._read

    def was_read(self, paths: Iterable[Path]) -> bool:
        """Note that `paths` were just read; False if they must be read again.

        So it is if something changed meanwhile, and if a file was read that nobody watched.
        """
        before, self._paths = self._last or {}, frozenset(paths)
        self._last = now = self._look()
        if any(path not in before or before[path] != now[path] for path in now):
            return False
        self._read = now
        return True

    def again(self) -> None:
        """Let what lies there be read again, as soon as it is still."""
        self._read = None

    def _look(self) -> _Seen:
        lists = (self._file.parent / "lists").glob("*.txt")
        return {path: _seen(path) for path in (self._file, *sorted({*self._paths, *lists}))}


def _seen(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
