"""The first mail of a case, read again for whoever gets the case later; outside any transaction."""

from dataclasses import dataclass

from cases.correction_rows import FirstMail
from cases.model import Case, Classification
from pipeline.desk import Desk
from pipeline.reading import ReadingFailed, read_in_part
from routing.situation import Original


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The first mail of the case `case_id` as it came, and what it says."""

    case_id: int
    data: bytes
    original: Original


def read_first(desk: Desk, case: Case) -> First:
    """Read the first mail of `case` again, in part if it can't be read whole.

    A mail that is gone reads as an empty one, so that its case still finds its department. Raises
    ReaderUnavailable if the reader can't be started.
    """
    with desk.store.read() as tx:
        try:
            kept = tx.first_mail(case.id)
        except LookupError:
            kept = FirstMail(data=b"", partial=True)
    readable = not kept.partial
    try:
        reading = desk.reader.read(kept.data)
    except ReadingFailed:
        reading, readable = read_in_part(kept.data, desk.tools), False
    original = Original(
        mail=reading.mail,
        classification=reading.classification or _as_kept(case),
        readable=readable and not reading.mail.encrypted,
        mailbox=kept.mailbox,
        received_at=kept.received_at,
    )
    return First(case_id=case.id, data=kept.data, original=original)


def _as_kept(case: Case) -> Classification:
    """Return what is held of the case, should its mail be taken for a machine's today."""
    return Classification(
        language=case.language,
        matter=case.matter,
        category=case.category,
        score=0.0,
        labels={},
        facts=case.facts,
    )
