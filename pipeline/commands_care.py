"""What `backup` and `restore` do; run.py only unpacks the command line."""

from datetime import UTC, datetime
from pathlib import Path

from cases.copying import CopyFailed
from pipeline import config
from pipeline.archive import BadBackup, read_manifest
from pipeline.backup import BackupFailed, make_backup, prune
from pipeline.clock import now
from pipeline.exits import BAD_DATA, CANT_CREATE, NO_INPUT, OK, USAGE, say
from pipeline.restore import RestoreRefused
from pipeline.restore import restore as put_back


def backup(config_file: Path, out: str, *, keep: int, days: int, data_key: bool) -> int:
    """Write a backup, then remove old ones if that is wanted; 73 if none could be written."""
    settings = config.load(config_file)
    try:
        file = make_backup(settings, out, now=now(), data_key=data_key)
    except (BackupFailed, CopyFailed, BadBackup) as error:
        return _none_made(str(error))
    except OSError as error:
        return _none_made(f"{error.filename or out}: {error.strerror}")
    counts = read_manifest(file).copy.counts
    say(
        f"{file}: {counts.get('inbox', 0)} mails, {counts.get('case_', 0)} cases, "
        f"{counts.get('outbox', 0)} letters; {file.stat().st_size >> 10} KiB, read again"
    )
    if settings.privacy.key_file and not data_key:
        say(f"without {settings.privacy.key_file}: keep that key elsewhere, the mails need it")
    if (keep or days) and Path(out).is_dir():
        for old in prune(Path(out), keep=keep, days=days, now=now()):
            say(f"{old}: removed")
    return OK


def _none_made(why: str) -> int:
    say(f"no backup was made: {why}")
    return CANT_CREATE


def restore(config_file: Path, file: Path, *, dead_since: str) -> int:
    """Restore a backup; 65 for one that is damaged, 66 for none, 73 where there is no room."""
    settings = config.load(config_file)
    until = _time(dead_since)
    if dead_since and until is None:
        say(f"--dead-since {dead_since}: write a time with its zone: 2026-11-30T04:10+08:00")
        return USAGE
    try:
        done = put_back(settings, file, now=now(), dead_since=until)
    except BadBackup as error:
        say(str(error))
        return BAD_DATA
    except (RestoreRefused, CopyFailed) as error:
        say(f"nothing was restored: {error}")
        return CANT_CREATE
    except FileNotFoundError as error:
        say(f"{error.filename or file}: {error.strerror}")
        return NO_INPUT
    except OSError as error:
        say(f"nothing was restored: {error.filename or file}: {error.strerror}")
        return CANT_CREATE
    counts, taken_at = done.manifest.copy.counts, done.manifest.taken_at
    say(
        f"restored as of {taken_at.isoformat(timespec='seconds')}: {counts.get('inbox', 0)} mails, "
        f"{counts.get('case_', 0)} cases, {counts.get('outbox', 0)} letters"
    )
    for path in done.aside:
        say(f"what lay in the way is now {path}")
    if done.rules_differ:
        say(f"{settings.rules} is another one than in the backup; it was left as it is")
    if done.held:
        say(
            f"{done.held} letters may have left since: they are held; see `letters list`, then "
            "`letters retry` or `letters drop`"
        )
    say("start the desk: it takes in by itself what was handled since the backup")
    return OK


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
