"""Everything one process works with, put together once from config.yaml and rules.yaml."""

import os
import secrets
import socket
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cases.errors import ConfigError, Problem, StoreUnavailable
from cases.incoming import ParsedMail
from cases.store import SCHEMA, Store
from ingest.listener import Listener
from ingest.maildir import MaildirSource, deliver
from ingest.source import MailSource
from outbox.maildir import MaildirSender
from outbox.sender import Sender
from pipeline.config import MailboxSettings, Settings
from pipeline.config_key import old_secret, secret_key
from pipeline.config_sign_in import GraphSettings
from pipeline.lock import gone, was_used
from pipeline.models import live_model
from pipeline.reading import ChildReader, InlineReader, Reader, Tools
from pipeline.rules_file import RuleSet
from pipeline.rules_file import load as load_rules
from pipeline.rules_texts import load_texts
from pipeline.servers import graph_sender, graph_source, imap_source, smtp_sender
from pipeline.unlock import require_keys, unlock
from routing.match import Clues, clues
from templates.render import Letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The wired parts; `owner` names this process in every lease it takes."""

    settings: Settings
    store: Store
    rules: RuleSet
    key: bytes
    old_key: bytes = b""  #: that signed before, and is still recognised
    reader: Reader
    letters: Letters
    owner: str

    @property
    def tools(self) -> Tools:
        """What reading a mail needs to know of this desk."""
        return Tools(
            vocabulary=self.rules.vocabulary,
            own_addresses=self.settings.own_addresses,
            key=self.key,
            old_key=self.old_key,
        )

    def clues(self, mail: ParsedMail) -> Clues:
        """Return what a mail shows of the case it belongs to."""
        return clues(mail, self.key, old_key=self.old_key)

    @property
    def box(self) -> MailboxSettings:
        """The mailbox whose address our letters come from: the first in config.yaml."""
        return next(iter(self.settings.mailboxes.values()))


def open_desk(settings: Settings, *, isolated: bool = False, in_force: bool = False) -> Desk:
    """Read the rules, open the database, prepare (not load) the model; raises ConfigError.

    `isolated`: mails are read in a child process with limits, as the daemon does. `in_force`: by
    the rules that went live last, whatever lies in the file; the file's where none ever did.
    """
    store = open_store(settings)
    rules = _rules_in_force(settings, store) if in_force else load_rules(settings.rules)
    key = secret_key(settings.secret_file)
    old_key = old_secret(settings.old_secret_file)
    tools = tools_of(settings, rules, key, old_key=old_key, model=live_model(settings.models))
    return Desk(
        settings=settings,
        store=store,
        rules=rules,
        key=key,
        old_key=old_key,
        reader=ChildReader(tools) if isolated else InlineReader(tools),
        letters=Letters(zone=rules.policy.calendar.zone),
        owner=f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}",
    )


def tools_of(
    settings: Settings, rules: RuleSet, key: bytes, *, old_key: bytes = b"", model: Path
) -> Tools:
    """Return what reading a mail needs to know under these rules."""
    return Tools(
        vocabulary=rules.vocabulary,
        own_addresses=settings.own_addresses,
        key=key,
        old_key=old_key,
        model=model,
    )


def _rules_in_force(settings: Settings, store: Store) -> RuleSet:
    """Return the set that went live last, else that of the file; raises ConfigError."""
    rules = wrong = None
    try:
        rules = load_rules(settings.rules)
    except ConfigError as error:
        wrong = error
    try:
        live = None
        if store.schema() == SCHEMA:
            with store.read() as tx:
                live = tx.live_rules()
        if live and (rules is None or rules.policy.version != live.version):
            return load_texts(live.files)
    except (StoreUnavailable, ConfigError):
        pass  # of another version of this program, or out of reach: the file is all there is
    if rules is None:
        raise wrong or ConfigError(())
    return rules


def open_store(settings: Settings) -> Store:
    """Prepare the database of config.yaml; raises ConfigError if its URL is wrong."""
    try:
        store = Store(settings.database)
    except ValueError as error:
        raise _config_error(settings.file, "database", str(error)) from error
    unlock(store, settings.privacy)
    return store


def require_schema(desk: Desk) -> None:
    """Make the tables of an empty database; refuse one of another version or key (F44)."""
    found = desk.store.schema()
    if not found:
        if desk.store.file and was_used(desk.store.file):
            raise gone(desk.store.file)
        desk.store.upgrade()
    elif found != SCHEMA:
        raise _config_error(
            desk.settings.file,
            "database",
            f"holds schema {found}, this program needs {SCHEMA}",
            "Make a backup, then run: python run.py db upgrade",
        )
    require_keys(desk.store, desk.settings.privacy, config_file=str(desk.settings.file))


def require_letters(desk: Desk) -> None:
    """Refuse to start with a letter that can't be written (F85)."""
    problems = desk.letters.check()
    if problems:
        raise ConfigError(
            tuple(
                Problem(
                    file="templates/letters", line=0, key="", what=problem, fix="Mend the template"
                )
                for problem in problems
            )
        )


def source_of(box: MailboxSettings) -> MailSource:
    """Return the way into one mailbox; nothing is opened yet."""
    if isinstance(box.source, Path):
        return MaildirSource(box.name, box.source)
    if isinstance(box.source, GraphSettings):
        return graph_source(box.name, box.source)
    return imap_source(box.name, box.source)


def listener_of(settings: Settings) -> Listener | None:
    """Return the embedded SMTP listener of config.yaml, None if it asks for none."""
    boxes = settings.mailboxes.values()
    found = next(((b.source, b.address) for b in boxes if isinstance(b.source, Path)), None)
    if settings.listen is None or found is None:
        return None
    folder, address = found
    local, _, domain = address.lower().rpartition("@")

    def accept(recipient: str) -> bool:
        name, _, host = recipient.lower().rpartition("@")
        return host == domain and name.partition("+")[0] == local

    try:
        return Listener(*settings.listen, accept=accept, deliver=partial(deliver, folder))
    except ValueError as error:
        raise _config_error(settings.file, "listen", str(error)) from error


def sender_of(settings: Settings) -> Sender:
    """Return the way out; nothing is opened yet."""
    if isinstance(settings.outgoing, Path):
        folder = settings.outgoing
        return MaildirSender(lambda data, name: deliver(folder, data, unique=name))
    try:
        if isinstance(settings.outgoing, GraphSettings):
            return graph_sender(settings.outgoing)
        return smtp_sender(settings.outgoing)
    except OSError as error:  # ssl.SSLError is one
        what = f"can't be used: {error}"
        raise _config_error(settings.file, "outgoing.smtp.ca_file", what) from error


def _config_error(file: Path, key: str, what: str, fix: str = "") -> ConfigError:
    return ConfigError((Problem(file=str(file), line=0, key=key, what=what, fix=fix),))
