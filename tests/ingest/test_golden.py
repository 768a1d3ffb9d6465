"""Whole mails beside what they must be read as: one for every repair around the MIME reader."""

import json
from pathlib import Path

import pytest

from ingest.parse import parse
from ingest.screen import screen

MAILS = sorted((Path(__file__).parents[1] / "mail").glob("*.eml"))
OWN = frozenset({"complaints@example.com"})


def is_own_id(message_id: str) -> bool:
    """Know the ids of our own letters, as the tokens do in the desk."""
    return message_id.startswith("desk-")


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_golden_mail_is_read_as_written_beside_it(path: Path) -> None:
    """Each .eml is read exactly as the .json of its name says."""
    mail = parse(path.read_bytes())
    seen = screen(mail, own_addresses=OWN, is_own_id=is_own_id)

    assert {
        "sender": [mail.sender.addr, mail.sender.name],
        "sender_certain": mail.sender_certain,
        "to": [one.addr for one in mail.to],
        "subject": mail.subject,
        "sent_at": mail.sent_at.isoformat() if mail.sent_at else None,
        "message_id": mail.message_id,
        "text": mail.text,
        "quoted": mail.quoted,
        "attachments": [[one.name, one.type, one.size] for one in mail.attachments],
        "warnings": [one.warning for one in mail.attachments],
        "words": [one.text for one in mail.attachments],
        "forwarded": [
            mail.forwarded.sender.addr,
            mail.forwarded.sender.name,
            mail.forwarded.subject,
            mail.forwarded.text,
        ]
        if mail.forwarded
        else None,
        "encrypted": mail.encrypted,
        "defects": list(mail.defects),
        "kind": seen.kind.value,
        "may_answer": seen.may_answer,
        "bounce": [seen.bounce.recipient, seen.bounce.status, seen.bounce.message_id]
        if seen.bounce
        else None,
    } == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_there_are_golden_mails() -> None:
    """The test above would pass on an empty folder; this one would not."""
    assert len(MAILS) >= 20
