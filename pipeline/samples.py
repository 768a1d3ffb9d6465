"""Twelve sample complaints for the first start of the embedded default."""

from pathlib import Path

from ingest.maildir import deliver
from pipeline.config import Settings
from pipeline.desk import Desk

_FOLDER = Path(__file__).parent.parent / "ingest" / "samples"


def samples() -> tuple[Path, ...]:
    """Return the sample mails in order."""
    return tuple(sorted(_FOLDER.glob("*.eml")))


def lay_out(desk: Desk) -> int:
    """Put the samples into the first Maildir if the desk has never seen a mail; safe to repeat."""
    settings: Settings = desk.settings
    box = next((b.source for b in settings.mailboxes.values() if isinstance(b.source, Path)), None)
    if not settings.samples or box is None:
        return 0
    with desk.store.read() as tx:
        if tx.inbox_counts():
            return 0
    for path in samples():
        deliver(box, path.read_bytes(), unique=path.stem)
    return len(samples())
