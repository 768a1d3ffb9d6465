"""The fixtures of this folder do what tests rely on."""

import smtplib

import pytest
import sqlalchemy as sa

from tests.live.servers import Postgres, SmtpSink, SunkMail

MAIL = b"Subject: Your complaint\r\n\r\nThank you.\r\n"


def test_each_test_has_a_database_of_its_own(postgres: Postgres, postgres_url: str) -> None:
    """A database is a copy of its template at the time, and what happens in it stays there."""
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sa.text("create table cases (reference text)"))
        connection.execute(sa.text("insert into cases values ('C-2026-000001 投诉')"))
    engine.dispose()

    template = sa.make_url(postgres_url).database
    assert template is not None
    copy = sa.create_engine(postgres.url(postgres.create(template)))
    with copy.connect() as connection:
        found = connection.execute(sa.text("select reference from cases")).scalar_one()
    copy.dispose()

    assert found == "C-2026-000001 投诉"


def test_the_sink_keeps_what_it_accepts(smtp_sink: SmtpSink) -> None:
    """Envelope and bytes are those that were sent."""
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        client.sendmail("desk@example.com", ["a@example.com", "b@example.com"], MAIL)

    expected = SunkMail(
        sender="desk@example.com", recipients=("a@example.com", "b@example.com"), data=MAIL
    )
    assert smtp_sink.mails == [expected]


@pytest.mark.parametrize(("answer", "code"), [("4xx", 451), ("5xx", 550)])
def test_the_sink_refuses_by_script(smtp_sink: SmtpSink, answer: str, code: int) -> None:
    """A scripted recipient is refused, the others are not."""
    smtp_sink.script["a@example.com"] = answer  # type: ignore[assignment] # one of its words
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client:
        refused = client.sendmail("", ["a@example.com", "b@example.com"], MAIL)

    assert {address: reply[0] for address, reply in refused.items()} == {"a@example.com": code}
    assert [mail.recipients for mail in smtp_sink.mails] == [("b@example.com",)]


def test_the_sink_hangs_up_after_the_dot(smtp_sink: SmtpSink) -> None:
    """The mail is there, but its sender can't know (RFC 1047)."""
    smtp_sink.script["a@example.com"] = "drop"
    with (
        smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as client,
        pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)),
    ):
        client.sendmail("", ["a@example.com"], MAIL)

    assert len(smtp_sink.mails) == 1


def test_the_sink_hangs(smtp_sink: SmtpSink) -> None:
    """The mail is there, and the answer never comes."""
    smtp_sink.script["a@example.com"] = "hang"
    client = smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=0.3)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        client.sendmail("", ["a@example.com"], MAIL)

    client.close()
    assert len(smtp_sink.mails) == 1
