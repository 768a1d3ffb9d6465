"""Corrections as texts to learn from: what people wrote, and what somebody said it was about."""

from collections.abc import Iterator

from classify.corpus import Example
from classify.language import detect
from pipeline.desk import Desk
from pipeline.reading import ReadingFailed


def corrected(desk: Desk) -> Iterator[Example]:
    """Yield each corrected case's first mail with the last word on it.

    Mails that can't be read whole, or that are gone, teach nothing and are left out.
    """
    after = 0
    while True:
        with desk.store.read() as tx:
            numbers = tx.corrected_cases(after=after)
        if not numbers:
            return
        for after in numbers:
            example = _example(desk, after)
            if example:
                yield example


def _example(desk: Desk, case_id: int) -> Example | None:
    """Return one case's mail; one at a time, since mails may be large."""
    try:
        with desk.store.read() as tx:
            correction, first = tx.corrections(case_id)[-1], tx.first_mail(case_id)
        if first.partial:
            return None
        mail = desk.reader.read(first.data).mail
    except (LookupError, ReadingFailed):
        return None
    text = f"{mail.subject}\n{mail.all_words}".strip()
    if not text:
        return None
    return Example(
        text=text,
        language=detect(text),
        category=correction.category,
        labels=frozenset({correction.category}),
        matter=correction.matter,
        domain="corrections",
        real=True,
    )
