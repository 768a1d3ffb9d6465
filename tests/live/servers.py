"""Real servers as child processes, for the tests in this folder; each knows its own port.

Every server is waited for by connecting with a deadline and is ended by its process id.
"""

import asyncio
import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_DEADLINE = 20.0  # seconds for a server to come up on a busy machine
_MAIL_UID = 47110  # Dovecot refuses to handle mail as root

_DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = {ssl}
{tls}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {internal}
default_internal_group = {internal_group}
default_client_limit = 1000
default_process_limit = 100
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
mail_fsync = never
recipient_delimiter = +
postmaster_address = postmaster@example.com
hostname = localhost
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = static
  args = password={other_password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={folder}/mail/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
  unix_listener lmtp {{
    mode = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
}}
protocol lmtp {{
  mail_plugins = acl
}}
protocol imap {{
  mail_plugins = acl
  mail_max_userip_connections = 100
}}
plugin {{
  acl = vfile
}}
"""


def free_port() -> int:
    """Return a port nobody listens on, below those that outgoing connections take."""
    while True:
        port = 15_000 + int.from_bytes(os.urandom(2)) % 17_000
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def open_folder() -> Path:
    """Make a folder that other users can pass through (pytest's own are for the owner only)."""
    folder = Path(tempfile.mkdtemp(prefix="desk-"))
    folder.chmod(0o755)
    return folder


def wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask `ready` until it says yes; show the log if the process ends or the deadline passes."""
    end = time.monotonic() + _DEADLINE
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            end_process(process)
            raise RuntimeError(f"the server did not come up: {said}")
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Tell whether somebody answers on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def end_process(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End one process by its id, firmly if it doesn't go."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


def make_certificate(certificate: Path, key: Path, *, days: int = 2, algorithm: str = "ec") -> None:
    """Write a self-signed certificate for this machine, and its key."""
    command = ["openssl", "req", "-x509", "-nodes", "-days", str(days), "-subj", "/CN=localhost"]
    if algorithm == "ec":
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    else:
        command += ["-newkey", "rsa:2048"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 # our own words


class Dovecot:
    """An IMAP server that takes any user with one password, and mail by LMTP; TLS self-signed."""

    password = "let-me-in"
    other_password = "让我进来"  #: good as well
    host = "127.0.0.1"

    def __init__(self) -> None:
        """Find free ports and write the configuration; nothing runs yet."""
        self.folder = open_folder()
        self.imap_port, self.imaps_port, self.lmtp_port = free_port(), free_port(), free_port()
        self.certificate = self.folder / "cert.pem"
        self._process: subprocess.Popen[bytes] | None = None
        (self.folder / "mail").mkdir()
        if os.geteuid() == 0:
            os.chown(self.folder / "mail", _MAIL_UID, _MAIL_UID)
        make_certificate(self.certificate, self.folder / "key.pem")
        self._conf = self.folder / "dovecot.conf"
        self._conf.write_text(self._configuration(), encoding="utf-8")

    def _configuration(self) -> str:
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid())
        return _DOVECOT_CONF.format(
            folder=self.folder,
            ssl="yes",
            tls=f"ssl_cert = <{self.certificate}\nssl_key = <{self.folder / 'key.pem'}",
            internal="dovecot" if root else me.pw_name,
            internal_group="dovecot" if root else grp.getgrgid(me.pw_gid).gr_name,
            uid=_MAIL_UID if root else os.geteuid(),
            password=self.password,
            other_password=self.other_password,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
        )

    def start(self) -> None:
        """Start, or start again after `stop()` with the same mailboxes and ports."""
        command = [str(shutil.which("dovecot")), "-F", "-c", str(self._conf)]
        with (self.folder / "out.log").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: S603
        log = self.folder / "dovecot.log"
        if not log.exists() or not log.stat().st_size:
            log = self.folder / "out.log"
        wait_for(lambda: listens(self.imap_port) and listens(self.lmtp_port), self._process, log)

    def stop(self) -> None:
        """End the server; its children go with it."""
        if self._process is not None:
            end_process(self._process)
            self._process = None

    def remove(self) -> None:
        """Forget all mail."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_user(self) -> str:
        """Return a user nobody else has; the mailbox comes to be at the first use."""
        return f"u{uuid.uuid4().hex[:12]}"

    def deliver(self, user: str, data: bytes, *, detail: str = "") -> None:
        """Deliver one mail by LMTP to `user`, or to `user+detail`; it is in INBOX at return."""
        address = f"{user}+{detail}@example.com" if detail else f"{user}@example.com"
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail("customer@example.com", [address], data)

    def maildir(self, user: str) -> Path:
        """Return where the server keeps the mail of `user`."""
        return self.folder / "mail" / user


class Postgres:
    """A PostgreSQL server on a Unix socket; databases are cloned from a template."""

    def __init__(self) -> None:
        """Create the cluster as a user that PostgreSQL accepts (it refuses root)."""
        self.folder = open_folder()
        self._programs = postgres_programs()
        self._data = self.folder / "data"
        self._log = self.folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_user = [
                str(shutil.which("setpriv")),
                f"--reuid={user.pw_uid}",
                f"--regid={user.pw_gid}",
                "--clear-groups",
            ]
        self._run(
            "initdb",
            "-D",
            str(self._data),
            "-A",
            "trust",
            "-U",
            "desk",
            "-N",
            "-E",
            "UTF8",
            "--no-locale",
        )

    def _command(self, program: str, *arguments: str) -> list[str]:
        assert self._programs is not None
        return [*self._as_user, str(self._programs / program), *arguments]

    def _run(self, program: str, *arguments: str) -> bytes:
        done = subprocess.run(  # noqa: S603 # our own words
            self._command(program, *arguments), cwd=self.folder, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def start(self) -> None:
        """Start the server; no durability, which a test does not need."""
        settings = (
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=60",
        )
        command = self._command(
            "postgres",
            *("-D", str(self._data), "-k", str(self.folder), "-h", ""),
            *(part for setting in settings for part in ("-c", setting)),
        )
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 # our own words
                command, cwd=self.folder, stdout=out, stderr=out
            )
        wait_for(self._answers, self._process, self._log)

    def _answers(self) -> bool:
        try:
            self._run("psql", *self._psql("postgres", "select 1"))
        except RuntimeError:
            return False
        return True

    def _psql(self, database: str, command: str) -> tuple[str, ...]:
        return ("-h", str(self.folder), "-U", "desk", "-d", database, "-Xqc", command)

    def stop(self) -> None:
        """End the server at once (SIGINT is PostgreSQL's fast shutdown)."""
        if self._process is not None:
            end_process(self._process, signal.SIGINT)
            self._process = None

    def crash(self) -> None:
        """End the server like a power cut that spares the disk (SIGQUIT, "immediate")."""
        if self._process is not None:
            end_process(self._process, signal.SIGQUIT)
            self._process = None

    def remove(self) -> None:
        """Forget all databases."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, template: str = "template1") -> str:
        """Create a database as a copy of `template` (a database nobody is connected to)."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._run("psql", *self._psql("postgres", f"create database {name} template {template}"))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run("psql", *self._psql("postgres", f"drop database if exists {name} with (force)"))

    def check(self, name: str) -> None:
        """Let the server examine every table and index; RuntimeError if one is corrupt."""
        self._run(
            "pg_amcheck",
            *("-h", str(self.folder), "-U", "desk", "-d", name),
            *("--install-missing", "--heapallindexed"),
        )

    def dump(self, name: str) -> bytes:
        """Return everything that a database holds, as a backup would."""
        return self._run("pg_dump", "-h", str(self.folder), "-U", "desk", "--inserts", name)

    def rewrite(self, name: str) -> Path:
        """Write every table anew, and return the folder of the tables of all databases."""
        for command in ("vacuum full", "checkpoint"):
            self._run("psql", *self._psql(name, command))
        return self._data / "base"

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://desk@/{name}?host={self.folder}"


def postgres_programs() -> Path | None:
    """Return the folder with initdb and postgres, or None; Debian keeps them off the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found is not None:
        folders.append(Path(found).parent)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


Answer = Literal["4xx", "5xx", "drop", "hang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SunkMail:
    """A mail that the sink accepted."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass  # no slots: aiosmtpd looks at every attribute of its handler
class SmtpSink:
    """An SMTP server that keeps what it gets, and can be told to misbehave per recipient.

    `script[address]`: "4xx" and "5xx" refuse the recipient; "drop" stores the mail and hangs up
    after the final dot without an answer (RFC 1047); "hang" stores it and never answers.
    """

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    mails: list[SunkMail] = field(default_factory=list)
    script: dict[str, Answer] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse where the script says so."""
        match self.script.get(address):
            case "4xx":
                return "451 4.7.1 Try again later"
            case "5xx":
                return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Store the mail, then answer or not."""
        assert isinstance(envelope.content, bytes)
        mail = SunkMail(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            data=envelope.content,
        )
        self.mails.append(mail)
        answers = {self.script.get(address) for address in envelope.rcpt_tos}
        if "hang" in answers:
            await asyncio.sleep(3600)
        if "drop" in answers and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined] # a socket transport has it
        return "250 2.0.0 OK"

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Listen while the block runs."""
        controller = Controller(self, hostname=self.host, port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


class _Server(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def remove(self) -> None: ...


_S = TypeVar("_S", bound=_Server)


@contextlib.contextmanager
def started(server: _S) -> Iterator[_S]:
    """Run a server for the block; nothing of it is left behind."""
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.remove()
