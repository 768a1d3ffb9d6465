"""The end of a mail: written only by who still holds it, and once for all its copies."""

from cases.inbox_rows import TakenMail
from cases.store import Transaction


class LeaseOverrun(Exception):
    """Handling took longer than the lease and another worker took the mail over."""


def finish(
    tx: Transaction, taken: TakenMail, state: str, *, reason: str = "", case_id: int | None = None
) -> None:
    """Note what became of a mail; raises LeaseOverrun, which rolls everything else back."""
    if not tx.finish_mail(taken, state, reason=reason, case_id=case_id):
        # The other worker's result stands.
        raise LeaseOverrun(f"mail {taken.id} was taken over by another worker")


def finish_copy(tx: Transaction, taken: TakenMail, *, ignored: bool = False) -> str:
    """Finish a mail that came before by another way; returns which one it is, "" if none.

    `ignored`: also where the first one opened no case.
    """
    original = tx.first_of(taken, ignored=ignored)
    if original is None:
        return ""
    why = f"same mail as number {original}"
    tx.finish_mail(taken, "duplicate", duplicate_of=original, reason=why)
    return why
