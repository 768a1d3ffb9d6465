"""`check`: does everything fit together? Files, letters, database, mailbox, way out."""

from collections.abc import Iterator
from pathlib import Path

from cases.errors import DeskError
from cases.store import SCHEMA
from pipeline.config import Settings
from pipeline.desk import Desk, listener_of, sender_of, source_of
from pipeline.privacy import in_words


def check(desk: Desk, *, online: bool) -> Iterator[tuple[bool, str]]:
    """Yield (fine?, sentence) for each thing looked at; `online` also opens the mailboxes.

    That config.yaml and rules.yaml are right has been proven by opening the desk.
    """
    settings = desk.settings
    yield True, f"{settings.file.name}: {len(settings.mailboxes)} mailboxes"
    policy = desk.rules.policy
    yield (
        True,
        f"{settings.rules.name}: {len(policy.departments)} departments, version {policy.version}",
    )
    problems = desk.letters.check()
    yield from ((False, problem) for problem in problems)
    if not problems:
        yield True, "letters: all can be written in every language"
    yield _database(desk)
    yield True, f"personal data: {in_words(settings.privacy)}"
    if settings.listen and listener_of(settings):
        yield True, "listen: smtp://{}:{}".format(*settings.listen)
    if online:
        yield from _mailboxes(settings)
        yield _outgoing(settings)
    if settings.trust.authserv_id == "":
        yield (
            True,
            (
                "trust: token_and_list: nobody checks whether a department's sender is forged; "
                "fine at home, name your server's Authentication-Results in production"
            ),
        )


def _database(desk: Desk) -> tuple[bool, str]:
    try:
        found = desk.store.schema()
    except DeskError as error:
        return False, str(error)
    if found in ("", SCHEMA):
        return True, "database: reachable" + ("" if found else ", still empty")
    return False, f"database: schema {found}, wanted {SCHEMA}; run: python run.py db upgrade"


def _mailboxes(settings: Settings) -> Iterator[tuple[bool, str]]:
    for box in settings.mailboxes.values():
        if isinstance(box.source, Path):
            yield True, f"mailbox {box.name}: Maildir {box.source}"
            continue
        source = source_of(box)
        try:
            next(source.scan(lambda _uidvalidity: frozenset()), None)
            yield True, f"mailbox {box.name}: {box.source.user} at {box.source.host} can be read"
        except DeskError as error:
            yield False, str(error)
        finally:
            source.close()


def _outgoing(settings: Settings) -> tuple[bool, str]:
    sender = sender_of(settings)
    trouble = sender.probe()
    sender.close()
    if trouble:
        return False, f"outgoing: {trouble}"
    if isinstance(settings.outgoing, Path):
        return True, f"outgoing: Maildir {settings.outgoing}"
    return True, f"outgoing: {settings.outgoing.host} lets us in"
