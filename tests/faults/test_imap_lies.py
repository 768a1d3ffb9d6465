"""An IMAP server that lies, stalls and forgets: no mail lost, none twice, nobody locked out."""

import re
from collections import Counter
from pathlib import Path

import pytest

from cases.errors import ConfigError, MailboxUnavailable
from ingest.source import PartialMail
from pipeline import config
from tests.conftest import CONFIG, MakeRaw
from tests.faults.imap_script import ImapScript, adds, dial, hangs, open_mailbox, says
from tests.faults.memory_line import HANG
from tests.faults.watched import Watched, complaint, read
from tests.pipeline.conftest import Office, office

__all__ = ["office"]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ImapScript:
    """Return a server in memory that every connection goes to."""
    script = ImapScript()
    dial(script, monkeypatch)
    return script


@pytest.fixture
def watched(office: Office, script: ImapScript, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return a mailbox of the daemon on that server."""
    return Watched(office, script, monkeypatch)


def nothing_known(uidvalidity: int) -> frozenset[str]:
    return frozenset()


# ------------------------------------------------------------ servers that go and come


@pytest.mark.parametrize("away", [3, 6])
def test_mail_is_seen_soon_after_a_goodbye(
    away: int, watched: Watched, script: ImapScript, make_raw: MakeRaw
) -> None:
    """BYE within IDLE, then nobody there for seconds: new mail is seen 10 s after that (F14)."""
    back = script.clock + 40 + away
    script.at(40, script.bye)
    script.at(40, lambda: setattr(script, "away", True))
    script.at(40 + away, lambda: setattr(script, "away", False))
    script.at(40 + away, lambda: script.arrive(complaint(make_raw, 1)))
    watched.run(120)

    print(f"server away for {away} s: mail stored {watched.stored_at[1] - back:.0f} s after")
    assert watched.stored_at[1] - back <= 10


def test_a_server_that_hangs_up_on_idlers_is_not_left_for_long(
    watched: Watched, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Where each session ends after 90 seconds, mail is seen within seconds all the same (F14)."""
    for session in range(40):
        script.at(90 * session + 60, script.bye)
    arrives = script.clock + 39 * 90 + 61
    script.at(39 * 90 + 61, lambda: script.arrive(complaint(make_raw, 1)))
    watched.run(40 * 90 + 600)

    late = watched.stored_at[1] - arrives
    print(f"hung up on every 90 s for an hour: mail stored after {late:.0f} s")
    assert late <= 10


def test_a_server_that_fails_at_once_is_asked_less_and_less(
    watched: Watched, script: ImapScript
) -> None:
    """From once a second to once in five minutes; never hammered (F14)."""
    script.answers[b"SELECT"] = says(b"* BYE I can't\r\n")
    watched.run(3600)

    assert 15 < len(script.logins) < 30


@pytest.mark.parametrize(
    "command", [b"GREETING", b"CAPABILITY", b"LOGIN", b"SELECT", b"UID SEARCH", b"UID FETCH"]
)
def test_a_silent_server_holds_us_for_a_minute_at_most(
    command: bytes, script: ImapScript, make_raw: MakeRaw
) -> None:
    """With the patience of the product, and all is read once the server speaks again (F16)."""
    script.arrive(complaint(make_raw, 1))
    script.answers[command] = hangs
    script.greeting = HANG if command == b"GREETING" else script.greeting
    source = open_mailbox()
    began = script.clock
    with pytest.raises(MailboxUnavailable):
        list(source.scan(nothing_known))
    assert 25 <= script.clock - began <= 65

    script.answers.clear()
    script.greeting = b"* OK hello\r\n"
    assert len(list(source.scan(nothing_known))) == 1


def test_a_silent_server_within_idle_is_left_after_a_minute(script: ImapScript) -> None:
    """DONE into nothing costs one time-out more than the renewal of IDLE (F15)."""
    script.answers[b"IDLE"] = lambda tag, command, usual: b"+ idling\r\n" + HANG
    source = open_mailbox()
    began = script.clock
    with pytest.raises(MailboxUnavailable):
        source.wait(3600, stop=lambda: False)

    assert script.clock - began <= 9 * 60 + 65


# ------------------------------------------------------------ numbers that change


@pytest.mark.parametrize("validity", [b"", b"0", b"3", b"8"], ids=["absent", "0", "lower", "other"])
def test_a_renumbered_folder_makes_no_second_case(
    validity: bytes, office: Office, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Known mails are known by their content under any numbers; a new one is a case (F17, F18)."""
    script.capability = b"IMAP4rev1 IDLE"  # nothing can be moved away
    for number in range(1, 6):
        script.arrive(complaint(make_raw, number))
    source = open_mailbox()
    assert read(office, source) == 5
    script.validity = validity
    script.arrive(complaint(make_raw, 6))

    for _ in range(3):
        read(office, source)
    source.close()

    assert office.counts()[0] == {"done": 6, "duplicate": 5}
    assert sum(office.counts()[1].values()) == 6


def test_a_folder_that_is_renumbered_is_told(
    watched: Watched, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Once, with both numbers, so that nobody wonders about the copies in the ledger (F17)."""
    script.arrive(complaint(make_raw, 1))
    watched.run(60)
    script.validity = b"9"
    script.bye()
    script.arrive(complaint(make_raw, 2))
    watched.run(900)

    told = [words for outcome, words in watched.lines.said if "numbered" in words]
    assert len(told) == 1
    assert "7" in told[0] and "9" in told[0]


def test_another_mail_under_a_used_number_is_not_overlooked(
    office: Office, script: ImapScript, make_raw: MakeRaw
) -> None:
    """A server that was restored gives a number again: its mail is a case all the same (F19)."""
    first, second = complaint(make_raw, 1), complaint(make_raw, 2)
    script.folders |= {"Processed": {}, "Rejected": {}}
    script.arrive(first, uid=5)
    source = open_mailbox()
    assert read(office, source) == 1
    assert script.folders["INBOX"] == {}

    script.bye()
    script.arrived[5] = b"02-Dec-2026 11:00:00 +0000"
    script.arrive(second, uid=5)
    with pytest.raises(MailboxUnavailable):
        read(office, source)
    counts = [read(office, source) for _ in range(2)]
    source.close()
    again = open_mailbox()
    counts.append(read(office, again))
    again.close()

    assert counts == [1, 0, 0]
    assert office.counts()[0] == {"done": 2}
    assert sum(office.counts()[1].values()) == 2
    assert sorted(script.folders["Processed"].values()) == sorted([first, second])


def test_mail_that_stays_is_compared_once_in_a_session(
    office: Office, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Looking for numbers used twice costs one question a session, and fetches nothing (F19)."""
    script.capability = b"IMAP4rev1 IDLE"
    for number in range(1, 4):
        script.arrive(complaint(make_raw, number))
    source = open_mailbox()
    for _ in range(10):
        read(office, source)
    source.close()
    asked = [line for line in script.heard if b"FETCH" in line]

    assert len([line for line in asked if b"BODY.PEEK" in line]) == 1
    assert len([line for line in asked if b"(INTERNALDATE)" in line]) == 1


# ------------------------------------------------------------ answers that mix things up


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(b"* 1 EXPUNGE\r\n", id="expunge"),
        pytest.param(b"* 2 FETCH (FLAGS (\\Seen))\r\n", id="flags without a UID"),
        pytest.param(b"* 9 FETCH (UID 99 FLAGS (\\Deleted))\r\n", id="flags of another mail"),
        pytest.param(b"* 17 EXISTS\r\n* 4 RECENT\r\n", id="new mail"),
        pytest.param(b"* VANISHED 41,43:116\r\n", id="an extension nobody asked for"),
        pytest.param(b"* OK \0\xff still here\r\n", id="NUL"),
        pytest.param(b"* BAD what\r\n* NO thing\r\n", id="complaints about nothing"),
    ],
)
def test_news_in_between_change_no_mail(
    noise: bytes, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Whatever is said unasked, each mail comes under its own number with its own bytes (F29)."""
    mails = {uid: complaint(make_raw, uid) for uid in (2, 3, 5)}
    for uid, data in mails.items():
        script.arrive(data, uid=uid)
    for command in (b"UID FETCH", b"UID SEARCH", b"SELECT"):
        script.answers[command] = adds(before=noise)
    source = open_mailbox()
    got = {int(mail.uid): mail.data for mail in source.scan(nothing_known)}
    source.close()

    assert got == mails


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda said: re.sub(rb"UID (\d+) BODY", b"BODY", said), id="no UID"),
        pytest.param(
            lambda said: re.sub(rb"\(UID (\d+) BODY", rb"(UID \1 UID 3 BODY", said), id="two UIDs"
        ),
        pytest.param(
            lambda said: re.sub(rb"\)\r\n(\w+ OK)", rb' BODY[] "x")\r\n\1', said), id="two bodies"
        ),
    ],
)
def test_a_mail_that_may_be_another_is_not_taken(
    spoil: object, script: ImapScript, make_raw: MakeRaw
) -> None:
    """An answer of which one can't tell which mail it is about, is none (F29)."""
    mails = {uid: complaint(make_raw, uid) for uid in (2, 3)}
    for uid, data in mails.items():
        script.arrive(data, uid=uid)
    script.answers[b"UID FETCH"] = lambda tag, command, usual: spoil(usual())  # type: ignore[operator]
    source = open_mailbox()
    got = {int(mail.uid): mail.data for mail in source.scan(nothing_known)}
    script.answers.clear()
    have = frozenset(map(str, got))
    got |= {int(mail.uid): mail.data for mail in source.scan(lambda _: have)}
    source.close()

    assert got == mails


def test_a_date_from_another_world_stops_no_mail(script: ImapScript, make_raw: MakeRaw) -> None:
    """An INTERNALDATE beyond all numbers costs that mail at most its time of arrival (F29)."""
    for uid in (1, 2, 3):
        script.arrive(complaint(make_raw, uid), uid=uid)
    script.arrived[2] = b"01-Dec-2026 10:00:00 +9999999999999999999999"
    source = open_mailbox()
    got: dict[str, bytes] = {}
    for _ in range(9):
        try:
            for mail in source.scan(lambda _: frozenset(got)):
                got[mail.uid] = mail.data
        except MailboxUnavailable:
            continue
    source.close()

    assert {"1", "3"} <= set(got)
    assert "2" in got or source.unfetchable == ("2",)


def test_a_mail_that_is_bigger_than_told_comes_whole(script: ImapScript, make_raw: MakeRaw) -> None:
    """RFC822.SIZE may be an estimate: below our cap a mail is not cut for its sake (F30)."""
    big = complaint(make_raw, 1) + b"word " * 600_000
    script.arrive(big, uid=1)
    script.arrive(complaint(make_raw, 2), uid=2)
    script.answers[b"UID FETCH"] = lambda tag, command, usual: re.sub(
        rb"RFC822.SIZE \d+", b"RFC822.SIZE 10", usual()
    )
    source = open_mailbox()
    got: dict[str, bytes] = {}
    for _ in range(4):
        try:
            for mail in source.scan(lambda _: frozenset(got)):
                assert not isinstance(mail, PartialMail)
                got[mail.uid] = mail.data
        except MailboxUnavailable:
            continue
    source.close()

    assert got == {"1": big, "2": complaint(make_raw, 2)}


# ------------------------------------------------------------ servers that can do little


def test_where_nothing_can_be_moved_each_mail_is_one_case(
    office: Office, script: ImapScript, make_raw: MakeRaw
) -> None:
    """Without MOVE and UIDPLUS mail stays; fifty looks later nothing was done twice (F28)."""
    script.capability = b"IMAP4rev1 IDLE"
    for number in range(1, 6):
        script.arrive(complaint(make_raw, number))
    source = open_mailbox()
    for _ in range(50):
        read(office, source)
    source.close()
    office.deliver()

    assert office.counts()[0] == {"done": 5}
    to = Counter(recipient for recipient, _ in office.tray.sent)
    assert [to[f"customer.{number}@customer.example"] for number in range(1, 6)] == [1] * 5
    assert len(script.folders["INBOX"]) == 5
    assert not any(b"EXPUNGE" in line or b"STORE" in line for line in script.heard)


# ------------------------------------------------------------ passwords


@pytest.mark.parametrize(
    "answer", [b"T NO [AUTHENTICATIONFAILED] no\r\n", b"T NO [EXPIRED] no\r\n"]
)
def test_a_refused_login_locks_no_account(
    answer: bytes, watched: Watched, script: ImapScript, make_raw: MakeRaw
) -> None:
    """At most 12 logins in any hour, and mail is read minutes after the password is right (F31)."""
    script.answers[b"LOGIN"] = says(answer)
    watched.run(2 * 3600)
    most = max(sum(at <= other < at + 3600 for other in script.logins) for at in script.logins)
    print(f"refused for 2 hours: {most} logins in the worst hour")
    assert 2 <= most <= 12

    script.answers.clear()
    script.arrive(complaint(make_raw, 1))
    mended = script.clock
    watched.run(900)
    assert watched.stored_at[1] - mended <= 400


@pytest.mark.parametrize("password", ["canary", "kanarienvögel"])
@pytest.mark.parametrize(
    "refusal", [None, says(b"T NO not today\r\n"), says(b"T BAD what\r\n"), hangs]
)
def test_no_byte_of_the_password_leaves_without_tls(
    password: str, refusal: object, script: ImapScript
) -> None:
    """STARTTLS stripped, refused or never answered: no LOGIN and no AUTHENTICATE (F31)."""
    script.capability = b"IMAP4rev1 AUTH=PLAIN" + (b" STARTTLS" if refusal else b"")
    if refusal:
        script.answers[b"STARTTLS"] = refusal  # type: ignore[assignment]
    source = open_mailbox(tls="starttls", password=password)
    for _ in range(3):
        with pytest.raises(MailboxUnavailable):
            list(source.scan(nothing_known))
        script.sleep(400)
    source.close()
    heard = b"".join(script.heard).upper()

    for word in (b"LOGIN", b"AUTHENTICATE", b"CANARY", b"KANARI", b"Y2FUYXJ5"):
        assert word not in heard


# ------------------------------------------------------------ what config.yaml may say

SOURCE = """\
source:
      imap:
        host: imap.example.com
        user: desk
        password: secret
        folders: {inbox: INBOX, processed: Processed}
"""


@pytest.mark.parametrize("mark", ["\\r\\n", "\\n", "\\r", "\\0"])
@pytest.mark.parametrize(
    "word", ["imap.example.com", "desk", "secret", "INBOX", "Processed"], ids=lambda word: word
)
def test_a_line_break_in_a_name_is_refused_with_its_place(
    word: str, mark: str, config_file: Path
) -> None:
    """It would be a second command to the server; the error says where it stands (F33)."""
    text = CONFIG.replace("source: maildir:incoming\n", SOURCE)
    text = re.sub(rf": {word}\b(?!\.key)", lambda _: f': "{word}{mark}a1 DELETE INBOX"', text)
    config_file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as error:
        config.load(config_file, environment={})

    (problem,) = error.value.problems
    assert "line break" in problem.what
    assert problem.line > 0 and problem.key.startswith("mailboxes.complaints.source.imap.")


def test_a_password_file_of_two_lines_is_refused(config_file: Path) -> None:
    """The end of the file may be a line end; a second line is no password (F33)."""
    text = CONFIG.replace("source: maildir:incoming\n", SOURCE)
    text = text.replace("password: secret", "password_file: secret.txt")
    config_file.write_text(text, encoding="utf-8")
    file = config_file.parent / "secret.txt"
    file.write_text("secret\n", encoding="utf-8")
    config.load(config_file, environment={})
    file.write_text("secret\na1 DELETE INBOX\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="more than one line"):
        config.load(config_file, environment={})
