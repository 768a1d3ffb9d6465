"""MaildirSource and deliver: every mail once, whole or not at all."""

import errno
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread, Timer

import pytest

from cases.errors import MailboxUnavailable
from cases.incoming import RawMail
from ingest.maildir import MaildirSource, deliver
from ingest.source import Filing, Fingerprint, FolderContents, MailSource, PartialMail

MAIL = b"Subject: The parcel is wet\n\nAnd so is the book.\n"


def nothing_known(uidvalidity: int) -> frozenset[str]:
    return frozenset()


def never() -> bool:
    return False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the Maildir will be; nothing is there yet."""
    return tmp_path / "mail" / "complaints"


@pytest.fixture
def source(path: Path) -> MailSource:
    """Return the Maildir as a mailbox."""
    return MaildirSource("complaints", path)


def test_an_absent_maildir_is_made_and_empty(path: Path, source: MailSource) -> None:
    """The first start needs no preparation."""
    assert list(source.scan(nothing_known)) == []
    assert {part.name for part in path.iterdir()} == {"tmp", "new", "cur"}


def test_mails_of_new_and_cur_come_oldest_first(path: Path, source: MailSource) -> None:
    """A mail that some mail program has looked at (cur, flags) is a mail like any other."""
    second = deliver(path, b"second")
    first = deliver(path, b"first")
    os.utime(first, (1_000, 1_000))
    os.utime(second, (2_000, 2_000))
    first.rename(path / "cur" / f"{first.name}:2,FS")

    mails = list(source.scan(nothing_known))

    assert [mail.data for mail in mails] == [b"first", b"second"]
    assert mails[0] == RawMail(
        mailbox="complaints",
        uidvalidity=0,
        uid=first.name,
        received_at=datetime(1970, 1, 1, 0, 16, 40, tzinfo=UTC),
        data=b"first",
    )


def test_a_mail_keeps_its_uid_when_it_is_opened(path: Path, source: MailSource) -> None:
    """Moving to cur and setting flags changes the file's name, not the mail's identity."""
    file = deliver(path, MAIL)
    (mail,) = source.scan(nothing_known)
    file.rename(path / "cur" / f"{file.name}:2,S")

    assert list(source.scan(lambda _: frozenset({mail.uid}))) == []


def test_half_written_hidden_and_odd_files_are_no_mail(path: Path, source: MailSource) -> None:
    """Only regular files of new and cur count; a link or a pipe can't make us read or wait."""
    deliver(path, MAIL, unique="1.good")
    (path / "tmp" / "2.half").write_bytes(b"Subj")
    (path / "new" / ".hidden").write_bytes(MAIL)
    (path / "new" / "3.folder").mkdir()
    (path / "new" / "4.link").symlink_to("/etc/hostname")
    os.mkfifo(path / "new" / "5.pipe")

    assert [mail.uid for mail in source.scan(nothing_known)] == ["1.good"]


def test_a_name_that_is_not_text_is_still_a_mail(path: Path, source: MailSource) -> None:
    """A file name that is not UTF-8 gets a uid that can be stored, and the mail can be filed."""
    deliver(path, MAIL)
    odd = os.fsencode(path / "cur") + b"/7.\xff\n.host:2,"
    os.rename(next((path / "new").iterdir()), odd)  # noqa: PTH104 # a path of bytes

    (mail,) = source.scan(nothing_known)

    assert mail.uid == "7.%FF%0A.host"
    assert source.file(0, mail.uid, Filing.PROCESSED)
    assert list(source.scan(nothing_known)) == []


def test_a_mail_removed_meanwhile_is_left_out(path: Path, source: MailSource) -> None:
    """Between listing and reading somebody else may take a mail away (F23)."""
    for number in range(3):
        file = deliver(path, b"%d" % number)
        os.utime(file, (number, number))
    mails = source.scan(nothing_known)
    seen = [next(mails).data]
    next(file for file in (path / "new").iterdir() if file.read_bytes() == b"1").unlink()

    assert seen + [mail.data for mail in mails] == [b"0", b"2"]


def test_a_huge_mail_comes_by_its_beginning(path: Path) -> None:
    """Above the cap we take header and 64 KiB, and say how big the whole is."""
    deliver(path, b"Subject: x\n\n" + b"y" * 300_000, unique="1.huge")

    (mail,) = MaildirSource("complaints", path, max_bytes=100_000).scan(nothing_known)

    assert isinstance(mail, PartialMail)
    assert mail.size == 300_012
    assert mail.data == b"Subject: x\n\n" + b"y" * 65536


@pytest.mark.parametrize(
    ("folder", "name"), [(Filing.PROCESSED, ".Processed"), (Filing.REJECTED, ".Rejected")]
)
@pytest.mark.parametrize("opened", [False, True])
def test_handled_mail_moves_to_its_folder(
    path: Path, source: MailSource, folder: Filing, name: str, opened: bool
) -> None:
    """Filing is a rename into the Maildir++ folder; flags that were there stay."""
    file = deliver(path, MAIL, unique="1.mail")
    if opened:
        file.rename(path / "cur" / "1.mail:2,FS")

    assert source.file(0, "1.mail", folder)

    expected = "1.mail:2,FS" if opened else "1.mail:2,"
    assert (path / name / "cur" / expected).read_bytes() == MAIL
    assert (path / name / "maildirfolder").exists()
    assert list(source.scan(nothing_known)) == []


def test_many_mails_are_filed_at_once(path: Path, source: MailSource) -> None:
    """Those that are gone stop none of the others."""
    for unique in ("1.a", "2.b", "3.c"):
        deliver(path, MAIL, unique=unique)

    assert source.file_all(0, ["1.a", "no-such-mail", "3.c"], Filing.REJECTED)

    assert [mail.uid for mail in source.scan(nothing_known)] == ["2.b"]


def test_filing_what_is_gone_is_a_no_op(source: MailSource) -> None:
    """A mail that is not there any more counts as filed (F24)."""
    assert source.file(0, "no-such-mail", Filing.PROCESSED)
    assert source.file(0, "../../etc/passwd", Filing.REJECTED)


def test_a_mailbox_that_is_no_folder_is_unavailable(path: Path, source: MailSource) -> None:
    """What the disk says becomes MailboxUnavailable, with the name of the mailbox."""
    path.parent.mkdir()
    path.write_text("not a folder")
    calls: list[Callable[[], object]] = [
        lambda: list(source.scan(nothing_known)),
        lambda: source.file(0, "x", Filing.PROCESSED),
        lambda: source.wait(1, stop=never),
    ]

    for call in calls:
        with pytest.raises(MailboxUnavailable, match="complaints"):
            call()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_read_only_maildir_is_left_alone(
    path: Path, source: MailSource, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """With the right to look only, filing answers False (F27)."""
    deliver(path, MAIL, unique="1.mail")

    def forbidden(file: Path, target: Path) -> Path:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "rename", forbidden)

    assert source.file(0, "1.mail", Filing.PROCESSED) is False
    assert [mail.uid for mail in source.scan(nothing_known)] == ["1.mail"]


def test_one_unreadable_mail_stops_no_other(
    path: Path, source: MailSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others come first, then the complaint."""
    deliver(path, MAIL, unique="1.secret")
    deliver(path, MAIL, unique="2.open")
    true_open = os.open

    def guarded(file: Path, flags: int, *rest: int) -> int:
        if "secret" in str(file):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return true_open(file, flags, *rest)

    monkeypatch.setattr(os, "open", guarded)
    got: list[str] = []

    with pytest.raises(MailboxUnavailable, match=r"1\.secret"):
        got.extend(mail.uid for mail in source.scan(nothing_known))

    assert got == ["2.open"]


def test_wait_ends_soon_after_a_delivery(path: Path, source: MailSource) -> None:
    """New mail ends the wait; the time is the upper bound only."""
    list(source.scan(nothing_known))
    Timer(0.1, deliver, (path, MAIL)).start()
    began = time.monotonic()

    assert source.wait(30, stop=never)

    assert time.monotonic() - began < 5


def test_mail_between_scan_and_wait_is_not_slept_over(path: Path, source: MailSource) -> None:
    """What arrives before the wait begins wakes it at once; what was scanned does not."""
    deliver(path, MAIL)
    list(source.scan(nothing_known))
    assert not source.wait(0.3, stop=never)

    deliver(path, MAIL)

    assert source.wait(30, stop=never)


def test_a_delivery_within_one_tick_of_the_clock_is_seen(path: Path, source: MailSource) -> None:
    """Two changes can leave the same time stamp on the folder; the second is not overlooked."""
    list(source.scan(nothing_known))
    tick = time.time_ns()
    os.utime(path / "new", ns=(tick, tick))

    def deliver_in_the_same_tick() -> None:
        deliver(path, MAIL)
        os.utime(path / "new", ns=(tick, tick))

    Timer(0.05, deliver_in_the_same_tick).start()
    began = time.monotonic()

    assert source.wait(20, stop=never)

    assert time.monotonic() - began < 5


def test_wait_ends_with_stop(source: MailSource) -> None:
    """Going down is not held up by waiting."""
    asked = iter([False, True])
    began = time.monotonic()

    assert not source.wait(60, stop=lambda: next(asked))

    assert time.monotonic() - began < 5


def test_a_delivered_mail_is_whole_and_in_new(path: Path) -> None:
    """The bytes are untouched and nothing is left in tmp."""
    file = deliver(path, b"\x00\xff\r\nabc")

    assert file.parent == path / "new"
    assert file.read_bytes() == b"\x00\xff\r\nabc"
    assert list((path / "tmp").iterdir()) == []


def test_mails_without_a_unique_name_get_one(path: Path) -> None:
    """Deliveries of the same moment don't meet."""
    workers = [Thread(target=lambda: [deliver(path, MAIL) for _ in range(20)]) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(list((path / "new").iterdir())) == 80


def test_delivering_a_unique_name_twice_leaves_one_file(path: Path) -> None:
    """Repeating a delivery after a crash doubles nothing, also when the mail was opened since."""
    first = deliver(path, MAIL, unique="m1.desk")
    assert deliver(path, b"other", unique="m1.desk") == first

    opened = first.rename(path / "cur" / "m1.desk:2,S")
    assert deliver(path, b"other", unique="m1.desk") == opened

    assert [file.read_bytes() for file in path.rglob("m1.desk*")] == [MAIL]


@pytest.mark.parametrize("unique", ["", ".hidden", "a/b", "../x", "a:2,S", "a\nb", "a" * 201, "密"])
def test_a_unique_name_that_is_no_file_name_is_refused(path: Path, unique: str) -> None:
    """Nothing can be written outside new, hidden, or with flags."""
    with pytest.raises(ValueError, match="name"):
        deliver(path, MAIL, unique=unique)

    assert not path.exists()


def test_a_failed_delivery_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the caller hears it and no half mail is anywhere."""

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        deliver(path, MAIL)

    assert [file for file in path.rglob("*") if file.is_file()] == []


def print_of(uid: str) -> Fingerprint:
    return Fingerprint(uid=uid, size=1, sha256="", length=1)


def test_the_inventory_lists_three_folders_and_makes_none(path: Path, source: MailSource) -> None:
    """Looking changes nothing; only mails count."""
    empty = source.inventory()
    assert [(folder.folder, folder.uids) for folder in empty] == [
        ("inbox", ()),
        ("processed", ()),
        ("rejected", ()),
    ]
    assert not path.exists()

    for unique in ("1.new", "2.done", "3.odd"):
        os.utime(deliver(path, MAIL, unique=unique), (1_000, 1_000))
    (path / "new" / "4.folder").mkdir()
    source.file(0, "2.done", Filing.PROCESSED)
    source.file(0, "3.odd", Filing.REJECTED)

    assert source.inventory() == (
        FolderContents(
            folder="inbox",
            uidvalidity=0,
            uids=("1.new",),
            arrived_at={"1.new": datetime(1970, 1, 1, 0, 16, 40, tzinfo=UTC)},
        ),
        FolderContents(folder="processed", uidvalidity=0, uids=("2.done",)),
        FolderContents(folder="rejected", uidvalidity=0, uids=("3.odd",)),
    )


def test_a_filed_mail_is_found_and_moved_to_the_other_folder(
    path: Path, source: MailSource
) -> None:
    """One that is not there is left alone; doing it twice changes nothing."""
    deliver(path, MAIL, unique="1.odd")
    source.file(0, "1.odd", Filing.REJECTED)
    mails = [print_of("1.odd"), print_of("2.gone")]

    assert source.find(mails, Filing.REJECTED) == {"1.odd"}
    for _ in range(2):
        assert source.refile(mails, Filing.REJECTED, Filing.PROCESSED)
    assert source.find(mails, Filing.REJECTED) == frozenset()
    assert source.find(mails, Filing.PROCESSED) == {"1.odd"}
