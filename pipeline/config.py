"""config.yaml → frozen Settings. Every problem at once, each with file, line, key and what to do.

Secrets never stand in the file: `${NAME}` is taken from the environment, `…_file` from a file.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cases.errors import ConfigError, Problem
from cases.this_machine import NAMES
from pipeline.config_alarm import AlarmSettings, alarm_of
from pipeline.config_limits import LimitsSettings, limits_of
from pipeline.config_privacy import PrivacySettings, privacy_of
from pipeline.config_schema import Config, ImapBlock, MailboxBlock, SmtpBlock
from pipeline.config_servers import ImapSettings, SmtpSettings
from pipeline.config_sign_in import GraphSettings, SignInReader, SignInSettings
from pipeline.config_watch import MOST_PORT, WatchSettings, watch_of
from pipeline.yamlfile import Document, read
from pipeline.yamlfit import validate
from routing.trust import Trust

_ENV = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: Keys whose values may be secrets: what is wrong on their lines is told without the line.
_SECRET = ("password", "webhook", "heartbeat", "database", "client_secret")
_LISTEN = re.compile(r"smtp://([^:/]+|\[[0-9a-f:]+\]):(\d{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """One complaints mailbox; `source` is a Maildir's path, an IMAP account or Graph's."""

    name: str
    address: str
    source: Path | ImapSettings | GraphSettings
    answer_mail_since: datetime  #: older mail is recorded, never answered
    plus_addressing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything config.yaml says, paths made absolute against its folder."""

    file: Path
    database: str
    sign_ins: Mapping[str, SignInSettings]
    mailboxes: Mapping[str, MailboxSettings]
    listen: tuple[str, int] | None
    outgoing: Path | SmtpSettings | GraphSettings
    trust: Trust
    rules: Path
    secret_file: Path
    old_secret_file: Path | None  #: the key that signed before it
    privacy: PrivacySettings
    models: Path  #: models that learned from our corrections
    samples: bool
    alarm: AlarmSettings
    anchor_to: str  #: who gets the daily hash over everything that happened, "" for nobody
    watch: WatchSettings | None
    limits: LimitsSettings

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses complainants write to, lower case."""
        return frozenset(box.address.lower() for box in self.mailboxes.values())


def load(path: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read config.yaml; raises ConfigError with every problem."""
    document = read(path, secret=_SECRET)
    reader = _Reader(
        document, path.resolve().parent, os.environ if environment is None else environment
    )
    config = validate(reader.expanded(), Config)
    settings = reader.settings(config)
    if reader.problems:
        raise ConfigError(tuple(reader.problems))
    return settings


class _Reader:
    """Turns the validated file into Settings, collecting what can't be known from its form."""

    def __init__(self, document: Document, base: Path, environment: Mapping[str, str]) -> None:
        self._document, self._base, self._environment = document, base, environment
        self.problems: list[Problem] = []

    def expanded(self) -> Document:
        """Return the document with every ${NAME} replaced from the environment."""
        value = self._expand(self._document.value, ())
        if self.problems:
            raise ConfigError(tuple(self.problems))
        assert isinstance(value, dict)  # noqa: S101 - a mapping stays one
        return replace(self._document, value=value)

    def _expand(self, value: object, path: tuple[str, ...]) -> object:
        if isinstance(value, dict):
            return {key: self._expand(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._expand(item, (*path, str(n))) for n, item in enumerate(value)]
        if not isinstance(value, str):
            return value

        def lookup(match: re.Match[str]) -> str:
            found = self._environment.get(match[1])
            if found is None:
                self._complain(
                    path,
                    f"needs the environment variable {match[1]}, which is not set",
                    f"Set {match[1]}, or name a file with {path[-1]}_file",
                )
            return found or ""

        return _ENV.sub(lookup, value)

    def settings(self, config: Config) -> Settings:
        self._sign_in = SignInReader(
            complain=self._complain,
            secret=self._secret,
            file=self._path,
            tokens=self._path(config.secret_file).parent / "tokens",
        )
        self._sign_ins = self._sign_in.entries(config.sign_in)
        boxes = {name: self._mailbox(name, box) for name, box in config.mailboxes.items()}
        trust = config.trust
        return Settings(
            file=self._base / Path(self._document.file).name,
            database=self._database(config),
            sign_ins=self._sign_ins,
            mailboxes=boxes,
            listen=self._listen(config),
            outgoing=self._outgoing(config),
            trust=Trust(authserv_id="" if isinstance(trust, str) else trust.authentication_results),
            rules=self._path(config.rules),
            secret_file=self._path(config.secret_file),
            old_secret_file=self._path(config.old_secret_file) if config.old_secret_file else None,
            privacy=privacy_of(
                config.encryption, config.keep, place=self._path, complain=self._complain
            ),
            models=self._path(config.models),
            samples=config.samples,
            anchor_to=config.audit.anchor_to,
            alarm=alarm_of(
                config.alarm, secret=self._secret, place=self._path, complain=self._complain
            ),
            watch=watch_of(config.watch, read=self._token, complain=self._complain),
            limits=limits_of(config.limits, complain=self._complain),
        )

    def _mailbox(self, name: str, box: MailboxBlock) -> MailboxSettings:
        path = ("mailboxes", name, "source")
        source: Path | ImapSettings | GraphSettings
        if isinstance(box.source, str):
            source = self._maildir(box.source, path)
        elif box.source.imap:
            source = self._imap(box.source.imap, (*path, "imap"))
        else:
            assert box.source.graph  # noqa: S101 - the form says so
            graph = self._sign_in.graph(box.source.graph, self._sign_ins, (*path, "graph"))
            source = graph or Path()
        return MailboxSettings(
            name=name,
            address=box.address,
            source=source,
            answer_mail_since=box.answer_mail_since,
            plus_addressing=box.plus_addressing,
        )

    def _imap(self, imap: ImapBlock, here: tuple[str, ...]) -> ImapSettings:
        self._check_plain(imap.tls, imap.host, here)
        password, sign_in = self._proof(imap, here)
        return ImapSettings(
            host=imap.host,
            port=imap.port,
            user=imap.user,
            password=password,
            sign_in=sign_in,
            tls=imap.tls,
            ca_file=self._path(imap.ca_file) if imap.ca_file else None,
            inbox=imap.folders.inbox,
            processed=imap.folders.processed,
            rejected=imap.folders.rejected,
        )

    def _proof(
        self, block: ImapBlock | SmtpBlock, here: tuple[str, ...]
    ) -> tuple[str, SignInSettings | None]:
        """Return the password, or the sign-in that a block names instead."""
        if not block.sign_in:
            path = (*here, "password")
            password = self._secret(block.password, block.password_file, path)
            if any(mark in password for mark in "\r\n\0"):  # F33
                what = "names a file of more than one line"
                self._complain((*here, "password_file"), what, "Leave the password alone in it")
            return password, None
        if block.password or block.password_file:
            key = "password" if block.password else "password_file"
            self._complain((*here, key), "is of no use beside sign_in", "Remove one of the two")
        return "", self._sign_in.named(block.sign_in, self._sign_ins, (*here, "sign_in"))

    def _outgoing(self, config: Config) -> Path | SmtpSettings | GraphSettings:
        path = ("outgoing",)
        if isinstance(config.outgoing, str):
            return self._maildir(config.outgoing, path)
        if config.outgoing.graph:
            graph = self._sign_in.graph(config.outgoing.graph, self._sign_ins, (*path, "graph"))
            return graph or Path()
        smtp, here = config.outgoing.smtp, (*path, "smtp")
        assert smtp  # noqa: S101 - the form says so
        self._check_plain(smtp.tls, smtp.host, here)
        password, sign_in = self._proof(smtp, here) if smtp.user or smtp.sign_in else ("", None)
        if sign_in and not smtp.user:
            self._complain((*here, "user"), "is missing: sign_in needs it", "Add it")
        return SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            tls=smtp.tls,
            user=smtp.user,
            password=password,
            sign_in=sign_in,
            ca_file=self._path(smtp.ca_file) if smtp.ca_file else None,
        )

    def _token(self, file: str) -> str:
        return self._try_read(self._path(file), ("watch", "token_file"))

    def _check_plain(self, tls: str, host: str, path: tuple[str, ...]) -> None:
        """Refuse to send passwords and complaints over a network in plain text."""
        if tls == "none" and host not in NAMES:
            self._complain(
                (*path, "tls"),
                f"is none, but {host} is not this machine",
                "Use implicit or starttls",
            )

    def _maildir(self, value: str, path: tuple[str, ...]) -> Path:
        kind, _, folder = value.partition(":")
        if kind != "maildir" or not folder:
            self._complain(
                path, f"{value!r} is neither a Maildir nor a server", "Write maildir:FOLDER"
            )
        return self._path(folder)

    def _listen(self, config: Config) -> tuple[str, int] | None:
        if not config.listen:
            return None
        match = _LISTEN.fullmatch(config.listen)
        if match is None or int(match[2]) > MOST_PORT:
            self._complain(
                ("listen",), f"{config.listen!r} is no address", "Write smtp://127.0.0.1:2525"
            )
            return None
        if not any(isinstance(box.source, str) for box in config.mailboxes.values()):
            self._complain(("listen",), "needs a mailbox whose source is a Maildir", "Remove it")
        return match[1].strip("[]"), int(match[2])

    def _database(self, config: Config) -> str:
        url = self._secret(config.database, config.database_file, ("database",))
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return prefix + str(self._path(url.removeprefix(prefix)))
        return url

    def _secret(self, value: str, file: str, path: tuple[str, ...]) -> str:
        """Return the value, or the content of the file that is named instead."""
        if bool(value) == bool(file):
            self._complain(
                path,
                "is given twice" if value else "is missing",
                f"Give {path[-1]} (for example ${{DESK_{path[-1].upper()}}}) or {path[-1]}_file",
            )
            return ""
        if value:
            return value
        found = self._try_read(self._path(file), (*path[:-1], f"{path[-1]}_file"))
        return found.strip()

    def _try_read(self, path: Path, key: tuple[str, ...]) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._complain(key, f"can't read {path}: {error}", "Check the path, owner and mode")
            return ""

    def _path(self, value: str) -> Path:
        return self._base / Path(value).expanduser()

    def _complain(self, path: tuple[str, ...], what: str, fix: str) -> None:
        self.problems.append(self._document.problem(path, what, fix))
