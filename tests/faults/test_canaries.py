"""Secrets and strangers' words that must show up nowhere: lines, errors, status (F122)."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.desk import ROOT, LiveDesk, wait_until
from tests.live.servers import Dovecot, SmtpSink, free_port

IMAP, SMTP = "canary-imap-5f3a1c", "canary-smtp-77b0e2"
DATABASE, HOOK = "canary-database-0c9d", "canary-hook-e41f88"
KEY = "canary-key-0123456789abcdef0123"
SECRETS = (IMAP, SMTP, DATABASE, HOOK, KEY, KEY.encode().hex())
ENVIRONMENT = {"IMAP_SECRET": IMAP, "SMTP_SECRET": SMTP, "HOOK": f"https://127.0.0.1:9/{HOOK}"}
SAID = "canary words of a customer who wants nobody to read them in a log"
WHO = "Canary Customer <canary.customer@customer.example>"
_TOKEN = re.compile(r"\+[dcbsapr]\.[a-z2-7]{26}@")

#: A desk where everything is wrong that talks to the outside.
WRONG = """\
config_version: 1
database: {database}
mailboxes:
  complaints:
    address: complaints@example.com
    source:
      imap: {{host: 127.0.0.1, port: {imap}, user: {user}, password: "${{IMAP_SECRET}}", tls: none}}
    answer_mail_since: 2020-01-01T00:00:00+00:00
outgoing:
  smtp: {{host: 127.0.0.1, port: {smtp}, user: u, password: "${{SMTP_SECRET}}", tls: none}}
trust: token_and_list
rules: {root}/routing/rules.yaml
secret_file: secret.key
alarm: {{file: alarm.txt, webhook: "${{HOOK}}"}}
"""


def found_in(text: str, words: tuple[str, ...] = SECRETS) -> list[str]:
    """Return the canaries that sing in a text."""
    return [word for word in words if word in text]


class Wrong:
    """A folder with such a desk."""

    def __init__(self, folder: Path, *, database: str = "", **ports: object) -> None:
        self.folder = folder
        text = WRONG.format(database=database or "sqlite:///desk.db", root=ROOT, **ports)
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        (folder / "secret.key").write_text(KEY, encoding="utf-8")

    def line(self, *words: str) -> list[str]:
        """Return the command line of a command."""
        return [
            sys.executable,
            str(ROOT / "run.py"),
            *words,
            "-c",
            str(self.folder / "config.yaml"),
        ]

    def call(self, *words: str) -> str:
        """Run a command and return everything it says."""
        done = subprocess.run(  # noqa: S603 - our own words
            self.line(*words),
            capture_output=True,
            text=True,
            env={**os.environ, **ENVIRONMENT},
            timeout=90,
            check=False,
        )
        return done.stdout + done.stderr

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the daemon for the block."""
        with (self.folder / "out").open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - our own words
                self.line("serve"), stdout=out, stderr=out, env={**os.environ, **ENVIRONMENT}
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)

    def said(self) -> str:
        """Return what the daemon has said so far."""
        path = self.folder / "out"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def _of_process(pid: int) -> str:
    """Return what everybody on the machine may see of a process, and what its children got."""
    shown = Path(f"/proc/{pid}/cmdline").read_bytes()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            shown += Path(f"/proc/{child}/cmdline").read_bytes()
            shown += Path(f"/proc/{child}/environ").read_bytes()
    return shown.decode("utf-8", "replace")


@pytest.mark.timeout(240)
def test_no_secret_is_told_where_every_server_refuses_it(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Login refused by both servers, no web hook: what is told holds no password and no URL."""
    desk = Wrong(tmp_path, imap=dovecot.imap_port, smtp=smtp_sink.port, user=dovecot.new_user())
    mail = tmp_path / "one.eml"
    mail.write_text(f"From: {WHO}\nSubject: {SAID}\n\n{SAID}\n", encoding="utf-8")
    said = desk.call("process", str(mail))
    with desk.serving() as process:
        wait_until(lambda: desk.said().count('"trouble"') >= 2, "two troubles")
        shown = _of_process(process.pid)
    daemon = desk.said()
    for words in (("status", "--json"), ("check",), ("letters", "list")):
        said += desk.call(*words)
    said += Wrong(tmp_path, imap=1, smtp=1, user="u: [broken").call("check")

    assert "login" in daemon.lower() or "auth" in daemon.lower(), daemon
    assert found_in(daemon + said + shown) == []
    assert found_in(daemon, (SAID, "canary.customer")) == []
    assert found_in(shown, (SAID,)) == []
    assert not _TOKEN.search(daemon + said)


@pytest.mark.timeout(120)
def test_no_secret_of_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    """Neither by the daemon nor by a command; nor in the list of what runs."""
    url = f"postgresql+psycopg://desk:{DATABASE}@127.0.0.1:{free_port()}/desk"
    desk = Wrong(tmp_path, database=url, imap=1, smtp=1, user="u")
    said = "".join(desk.call(*words) for words in (("status",), ("serve", "--once"), ("check",)))

    assert "database" in said
    assert found_in(said) == []


@pytest.mark.timeout(180)
def test_a_desk_that_works_tells_no_word_of_a_mail_and_no_token(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """From the complaint to the outcome, and a mail that is set aside."""
    (tmp_path / "secret.key").write_text(KEY, encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    desk = LiveDesk(tmp_path, dovecot, smtp_sink, url, dovecot.new_user())
    with desk.running():
        desk.write(WHO, f"The kettle leaks. {SAID}\n", subject=SAID)
        desk.reply(desk.wait_letter("quality@example.com"), f"interim: {SAID}")
        desk.wait_letter("canary.customer@customer.example", count=2)
        desk.write(SAID, "\0" * 2000, subject=SAID)
        wait_until(lambda: len(desk.ledger()) == 3, "three mails")
    done = subprocess.run(  # noqa: S603 - our own words
        desk.command("status", "--json"), capture_output=True, text=True, env=desk.environment,
        check=False,
    )  # fmt: skip
    said = desk.said() + done.stdout + done.stderr

    assert '"outcome"' in said
    assert found_in(said, (*SECRETS, SAID, Dovecot.password)) == []
    assert not _TOKEN.search(said)
