"""What a model learns from: one corrected case at a time, and only what can be read."""

from sqlalchemy import delete

from cases.model import Category
from cases.tables import raw_mail
from pipeline.correct import correct_case
from pipeline.learning import corrected
from routing.choices import Choice
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office


def test_a_mail_that_is_gone_teaches_nothing_and_hides_no_other(
    office: Office, make_raw: MakeRaw
) -> None:
    """Somebody erased the first mail of one case."""
    office.take(make_raw(), make_raw("It leaks.\n", message_id="2@customer.example", subject="Jug"))
    for number in (1, 2):
        choice = Choice(category=Category.DELIVERY)
        reference = f"C-2026-{number:06d}"
        correct_case(office.desk, reference, choice, by="li", now=office.now)
    with office.desk.store.begin() as tx:
        tx._connection.execute(delete(raw_mail).where(raw_mail.c.inbox_id == 1))

    assert [example.text for example in corrected(office.desk)] == ["Jug\nIt leaks."]
