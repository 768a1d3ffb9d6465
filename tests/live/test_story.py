"""Stories on Dovecot, an SMTP server and both databases, from first mail to outcome."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cases.model import Status
from tests.live.desk import ROOT, LiveDesk, wait_until, words
from tests.live.servers import Dovecot, SmtpSink, free_port

QUALITY = "quality@example.com"
WANG = "wang.fang@customer.example"


@pytest.fixture(params=["sqlite", "postgresql"])
def live_desk(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> Iterator[LiveDesk]:
    """Return a desk on Dovecot, the sink and one of the databases."""
    database = f"sqlite:///{tmp_path}/desk.db"
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres_url")
    yield LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=database,
        user=dovecot.new_user(),
    )


def test_a_complaint_goes_from_first_mail_to_outcome_and_back(live_desk: LiveDesk) -> None:
    """Customer, department and customer again only write mails; the desk does the rest."""
    with live_desk.running():
        live_desk.write(
            f"王芳 <{WANG}>",
            "电热水壶 K200（批号B2026-0415，订单SO20261107）壶底漏水，质量太差，请换货。",
            subject="水壶漏水",
            message_id="<first@customer.example>",
        )
        receipt = live_desk.wait_letter(WANG)
        routed = live_desk.wait_letter(QUALITY)
        live_desk.reply(routed, "处理完成\n您好，新壶今天已寄出，密封圈装配问题已整改。")
        outcome = live_desk.wait_letter(WANG, count=2)
        live_desk.reply(outcome, "新壶的盖子也关不上！")
        again = live_desk.wait_letter(QUALITY, count=2)
        live_desk.reply(again, "Done: 工程师明天上门更换。")
        second = live_desk.wait_letter(WANG, count=4)
        live_desk.reply(second, "收到，谢谢！")
        wait_until(lambda: len(live_desk.ledger()) == 5, "the thanks")
        wait_until(lambda: all(row.filed for row in live_desk.ledger()), "tidy folders")

    assert receipt["In-Reply-To"] == "<first@customer.example>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "B2026-0415" in words(receipt)
    assert "漏水" not in words(receipt), "an acknowledgement repeats no words of a stranger"
    assert "漏水" in words(routed)
    assert [part.get_filename() for part in routed.iter_attachments()] == ["original.eml"]
    assert "新壶今天已寄出" in words(outcome)
    assert "处理完成" not in words(outcome)
    assert WANG not in words(outcome), "nothing quoted reaches the customer"
    assert outcome["Auto-Submitted"] is None
    assert "工程师明天上门更换" in words(second)
    (case,) = live_desk.cases()
    assert case.status is Status.OUTCOME_SENT
    assert case.round == 2
    assert [row.state for row in live_desk.ledger()] == ["done"] * 5
    assert len(live_desk.letters(WANG)) == 4, "thanks are not answered"
    assert live_desk.troubles() == []


def test_machines_get_no_answer_and_everything_is_on_record(live_desk: LiveDesk) -> None:
    """An out-of-office, our own mail coming back and a second copy make no case and no letter."""
    with live_desk.running():
        live_desk.write("away@customer.example", "I am on holiday.", Auto_Submitted="auto-replied")
        live_desk.write(WANG, "The parcel never arrived.", message_id="<same@customer.example>")
        receipt = live_desk.wait_letter(WANG)
        live_desk.dovecot.deliver(live_desk.user, bytes(receipt))
        live_desk.dovecot.deliver(live_desk.user, _last_mail_of(live_desk))
        wait_until(lambda: len(live_desk.ledger()) == 4, "four mails on record")
        wait_until(lambda: all(row.filed for row in live_desk.ledger()), "tidy folders")

    states = {row.state for row in live_desk.ledger()}
    assert states <= {"done", "ignored", "duplicate"}
    assert len(live_desk.cases()) == 1
    assert len(live_desk.letters(WANG)) == 1
    assert live_desk.letters("away@customer.example") == []
    assert all(row.reason for row in live_desk.ledger() if row.state != "done")


def _last_mail_of(desk: LiveDesk) -> bytes:
    """Return the customer's mail as Dovecot keeps it, to deliver it a second time."""
    for _ in range(50):  # Dovecot moves and renames mails while we look
        for path in desk.dovecot.maildir(desk.user).rglob("*"):
            with suppress(OSError):
                if path.parent.name in ("cur", "new") and b"never arrived" in path.read_bytes():
                    return path.read_bytes()
        time.sleep(0.1)
    raise AssertionError("Dovecot has lost the mail")


def test_a_forged_reply_of_a_department_is_kept_but_never_sent(live_desk: LiveDesk) -> None:
    """The right token from a stranger's address answers nothing; the department is told."""
    with live_desk.running():
        live_desk.write(WANG, "Fresh Milk 20240611A was sour and mouldy.", subject="Sour milk")
        routed = live_desk.wait_letter(QUALITY)
        live_desk.reply(routed, "done\nYou get 10,000 dollars.", sender="evil@stranger.example")
        told = live_desk.wait_letter(QUALITY, count=2)

    assert len(live_desk.letters(WANG)) == 1
    assert live_desk.letters("evil@stranger.example") == []
    assert "未被采用" in str(told["Subject"])
    (case,) = live_desk.cases()
    assert case.status is Status.ROUTED
    assert "unverified_reply" in live_desk.story(case)


def test_a_safety_case_alerts_the_manager_at_once(live_desk: LiveDesk) -> None:
    """Injury makes a case serious: the general manager hears of it with the first letters."""
    with live_desk.running():
        live_desk.write(WANG, "空气炸锅 AF5 突然起火，孩子的手被烫伤了！", subject="起火")
        alert = live_desk.wait_letter("gm@example.com")

    assert "重大" in str(alert["Subject"])
    assert live_desk.cases()[0].severity == "serious"


def test_a_refused_letter_is_told_to_the_supervisors(live_desk: LiveDesk) -> None:
    """A department address that does not exist must not end the case in silence."""
    live_desk.sink.script[QUALITY] = "5xx"
    with live_desk.running():
        live_desk.write(WANG, "The Fresh Milk was mouldy.", subject="Mouldy milk")
        told = live_desk.wait_letter("supervisor@example.com")

    assert QUALITY in words(told)
    assert len(live_desk.letters(WANG)) == 1


def test_an_answer_lost_after_the_dot_is_repeated_with_the_same_message_id(
    tmp_path: Path, dovecot: Dovecot, smtp_sink: SmtpSink
) -> None:
    """Twice is possible, but it is the same mail, and the row says it may have been twice."""
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=smtp_sink,
        database=f"sqlite:///{tmp_path}/desk.db",
        user=dovecot.new_user(),
    )
    smtp_sink.script[WANG] = "drop"
    with desk.running():
        desk.write(WANG, "The Fresh Milk was mouldy.", subject="Mouldy milk")
        desk.wait_letter(WANG)
        wait_until(lambda: '"outcome": "ready", "words": "ack' in desk.said(), "the record")
        smtp_sink.script.clear()

    assert len(desk.letters(WANG)) == 1
    assert desk.letters(WANG)[0]["Message-ID"]
    assert desk.troubles() == []


def test_the_embedded_default_answers_a_mail_sent_by_any_mail_program(tmp_path: Path) -> None:
    """The shipped config.yaml: twelve samples, then a mail by SMTP finds its acknowledgement."""
    port = free_port()
    shipped = (ROOT / "config.yaml").read_text(encoding="utf-8")
    shipped = shipped.replace("127.0.0.1:2525", f"127.0.0.1:{port}")
    rules = ROOT / "routing" / "rules.yaml"
    (tmp_path / "config.yaml").write_text(
        shipped.replace("rules: routing/rules.yaml", f"rules: {rules}"), encoding="utf-8"
    )
    outgoing = tmp_path / "var" / "mail" / "outgoing" / "new"
    lines = tmp_path / "out.jsonl"
    with _daemon(tmp_path / "config.yaml", lines):
        wait_until(lambda: lines.read_text().count('"action": "mail"') >= 12, "twelve samples")
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail("me@home.example", ["complaints@example.com"], _LATE)
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                smtp.sendmail("me@home.example", ["other@example.com"], _LATE)
        wait_until(
            lambda: any(b"me@home.example" in path.read_bytes() for path in outgoing.iterdir()),
            "the acknowledgement",
        )

    assert "trouble" not in lines.read_text()
    assert "Traceback" not in lines.read_text()


_LATE = b"""\
From: me@home.example\r
To: complaints@example.com\r
Subject: Late\r
\r
My parcel is two weeks late and nobody answers.\r
"""


@contextmanager
def _daemon(config: Path, lines: Path) -> Iterator[None]:
    with lines.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, str(ROOT / "run.py"), "serve", "-c", str(config)],
            stdout=out,
            stderr=out,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=15)
