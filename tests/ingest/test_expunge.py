"""Removing mails for good from a Maildir, wherever they were moved; nothing else goes along."""

import errno
from pathlib import Path

import pytest

from ingest.maildir import MaildirSource, deliver
from ingest.source import Filing, Fingerprint, filed_uid


def known(uid: str) -> Fingerprint:
    return Fingerprint(uid=uid, size=1, sha256="", length=1)


@pytest.fixture
def source(tmp_path: Path) -> MaildirSource:
    """Return a Maildir with three mails: new, read and processed."""
    source = MaildirSource("complaints", tmp_path)
    for name in ("one", "two", "three"):
        deliver(tmp_path, name.encode(), unique=name)
    (tmp_path / "new" / "two").rename(tmp_path / "cur" / "two:2,S")
    assert len([*source.scan(lambda _validity: frozenset())]) == 3
    assert source.file(0, "three", Filing.PROCESSED)
    return source


def left(path: Path) -> set[str]:
    return {file.read_text() for file in path.rglob("*") if file.is_file() and file.stat().st_size}


def test_a_mail_is_removed_from_whichever_folder_it_is_in(
    source: MaildirSource, tmp_path: Path
) -> None:
    """New, read, or filed: what is not asked for stays, and twice is once."""
    wanted = [known("two"), known(filed_uid(Filing.PROCESSED, "three")), known("gone before")]
    first, second = source.expunge(wanted), source.expunge(wanted)

    assert first == second == {"two", "processed:three", "gone before"}
    assert left(tmp_path) == {"one"}


def test_what_may_not_be_removed_is_told(
    source: MaildirSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not ours to change keeps its mail, and says so."""

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "unlink", refuse)

    assert source.expunge([known("one"), known("nowhere")]) == {"nowhere"}
    assert "one" in left(tmp_path)
