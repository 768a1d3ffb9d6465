"""Reports of non-delivery by structure and by wording, and people who only write about them."""

import pytest

from ingest.bounce import read_bounce
from ingest.parse import parse


def report(subject: str, body: str, *, sender: str = "MAILER-DAEMON@mx.example.net") -> bytes:
    """Build a report in plain words, as old mail systems write it."""
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: desk@example.com\nSubject: {subject}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    ).encode()


def dsn(fields: str, *, returned: str = "Message-ID: <desk-1@example.com>\n") -> bytes:
    """Build a report with the parts of RFC 3464."""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: report\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("fields", "recipient", "status"),
    [
        (
            "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1",
            "a@x.example",
            "5.1.1",
        ),
        (
            "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822;<a@x.example>\nAction: failed\n"
            "Status: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full",
            "a@x.example",
            "5.2.2",
        ),
        (
            "Original-Recipient: rfc822;alias@x.example\nFinal-Recipient: rfc822; real@y.example\n"
            "Action: failed\nStatus: 5.1.1",
            "alias@x.example",
            "5.1.1",
        ),
        (
            "Final-Recipient: rfc822; ok@x.example\nAction: relayed\nStatus: 2.0.0\n\n"
            "Final-Recipient: rfc822; bad@x.example\nAction: failed\nStatus: 5.7.1",
            "bad@x.example",
            "5.7.1",
        ),
        (
            "Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.4.1",
            "a@x.example",
            "4.4.1",
        ),
        (
            "Final-Recipient: rfc822; a@x.example\nAction: failed\n"
            "Diagnostic-Code: smtp; 550 no such user",
            "a@x.example",
            "5.1.1",
        ),
    ],
)
def test_a_structured_report_names_recipient_and_status(
    fields: str, recipient: str, status: str
) -> None:
    """RFC 3464 fields are read, the code of the refusing server before a vague one."""
    found = read_bounce(parse(dsn(fields)))

    assert found is not None
    assert (found.recipient, found.status) == (recipient, status)
    assert found.message_id == "desk-1@example.com"


@pytest.mark.parametrize(
    ("subject", "body", "recipient", "status"),
    [
        (
            "failure notice",
            "Hi. This is the qmail-send program at mx.\nI'm afraid I wasn't able to deliver.\n\n"
            "<ann@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\nMessage-ID: <desk-2@example.com>\n",
            "ann@x.example",
            "5.1.1",
        ),
        (
            "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered. The following address(es) failed:\n\n"
            "  bob@x.example\n    mailbox is full: retry timeout exceeded\n",
            "bob@x.example",
            "5.2.2",
        ),
        (
            "Warning: message delayed 24 hours",
            "A message that you sent has not yet been delivered to:\n\n  cy@x.example\n",
            "cy@x.example",
            "4.0.0",
        ),
        (
            "Undeliverable: hello",
            "Your message\n\n  To: dan@x.example\n  Subject: hello\n\n"
            "did not reach the following recipient(s):\n\neve@x.example on Monday\n"
            "    The recipient name is not recognized\n",
            "eve@x.example",
            "5.1.1",
        ),
        (
            "系统退信/Systems bounce",
            "抱歉，您的邮件被退回来了……\n收件人邮件地址：\nfang@x.example\n"
            "退信原因：收件人邮箱已满",
            "fang@x.example",
            "5.2.2",
        ),
        (
            "配信エラー",
            "次のあて先へのメッセージはエラーのため送信できませんでした。\n\n<goro@x.example>:\n宛先不明",
            "goro@x.example",
            "5.1.1",
        ),
        (
            "Unzustellbar: Ihre Beschwerde",
            "Ihre Nachricht konnte nicht zugestellt werden an:\n\nheidi@x.example\n550 5.7.1 no",
            "heidi@x.example",
            "5.7.1",
        ),
        (
            "Échec de la remise",
            "Votre message n'a pas pu être remis à ivan@x.example",
            "ivan@x.example",
            "5.0.0",
        ),
        (
            "Не доставлено",
            "Ваше сообщение не может быть доставлено получателю:\njana@x.example\nuser unknown",
            "jana@x.example",
            "5.1.1",
        ),
        (
            "Olevererbart: Klagomål",
            "Det gick inte att leverera meddelandet till lars@x.example",
            "lars@x.example",
            "5.0.0",
        ),
        (
            "Kan ikke leveres: Klage",
            "Meldingen ble ikke levert til mona@x.example. 550 5.1.1 user unknown",
            "mona@x.example",
            "5.1.1",
        ),
        (
            "Mancato recapito: reclamo",
            "Impossibile recapitare il messaggio a nino@x.example",
            "nino@x.example",
            "5.0.0",
        ),
        (
            "未送达: 投诉受理",
            "无法将邮件传递给以下收件人：\n\nouyang@x.example\n收件人的邮箱已满",
            "ouyang@x.example",
            "5.2.2",
        ),
        (
            "No entregado",
            "Su mensaje no pudo ser entregado a karl@x.example: mailbox full",
            "karl@x.example",
            "5.2.2",
        ),
    ],
)
def test_a_report_in_words_is_understood(
    subject: str, body: str, recipient: str, status: str
) -> None:
    """Mail systems of many lands say the same: whom it was for, and why it failed."""
    found = read_bounce(parse(report(subject, body)))

    assert found is not None
    assert (found.recipient, found.status) == (recipient, status)


def test_the_id_of_the_failed_mail_is_found_below_the_words() -> None:
    """A report that quotes the returned header tells which of our mails it means."""
    body = (
        "Could not deliver to <ann@x.example>\n\n-- Original message --\nMessage-ID: <desk-7@x>\n"
    )
    found = read_bounce(parse(report("Delivery failure", body)))

    assert found is not None
    assert found.message_id == "desk-7@x"


def test_a_report_inside_a_mail_of_its_own_is_read() -> None:
    """Some scanners pack the report they let through into an attached mail."""
    inner = dsn("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1").decode()
    data = (
        "From: postmaster@x.example\nSubject: Delivery Status Notification (Failure)\n"
        "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
        f"{inner}\n--o\n\nThis mail is confidential.\n--o--\n"
    )
    found = read_bounce(parse(data.encode()))

    assert found is not None
    assert (found.recipient, found.status) == ("a@x.example", "5.1.1")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your mail server rejects me", "I got: 550 5.1.1 user unknown. How do I reach you?"),
        ("Re: Delivery failed", "The driver says delivery failed because nobody was home. Untrue!"),
        ("Delivery problem", "My parcel could not be delivered, says the note. I was at home."),
        ("Returned message", "I returned the kettle a month ago. Where is my refund?"),
        ("快递退回", "包裹被退回了，收件人地址没有错，请重新投递。"),
        ("发送失败的投诉", "你们网站总是提示发送失败，无法提交投诉。"),
    ],
)
def test_a_person_who_writes_about_failures_is_a_person(subject: str, text: str) -> None:
    """Customers complain of deliveries: words alone make no bounce."""
    data = (
        f"Return-Path: <ann@x.example>\nFrom: Ann <ann@x.example>\nSubject: {subject}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    assert read_bounce(parse(data.encode())) is None


@pytest.mark.parametrize("sender", ["delivery@x.example", "root@x.example", "system@x.example"])
def test_a_department_called_delivery_is_no_mail_system(sender: str) -> None:
    """Logistics departments write about failed deliveries all day."""
    data = report("Delivery failed: C-2026-000012", "Nobody was home, we try again.", sender=sender)
    mail = parse(data.replace(b"Return-Path: <>", f"Return-Path: <{sender}>".encode()))

    assert read_bounce(mail) is None


def test_a_report_of_success_is_no_bounce() -> None:
    """ "Relayed" and "delivered" are no failure (RFC 3464 §2.3.3)."""
    fields = "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0"

    assert read_bounce(parse(dsn(fields))) is None


def test_a_challenge_is_no_bounce() -> None:
    """A filter that wants proof of a person is an automatic answer, whatever its structure."""
    data = dsn("Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.7.0").replace(
        b"sorry", b"Please add yourself to my Guest List so that your mail reaches me."
    )
    assert read_bounce(parse(data)) is None
