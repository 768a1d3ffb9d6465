"""config.yaml → Settings: what it says, and every way to get it wrong."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.errors import ConfigError, Problem
from pipeline import config
from pipeline.config import Settings
from pipeline.config_alarm import AlarmSettings
from pipeline.config_key import secret_key
from pipeline.config_servers import ImapSettings, SmtpSettings
from tests.conftest import CONFIG

Load = Callable[..., Settings]
IMAP = "source: {imap: {host: imap.example.com, user: u, password: p}}"
SMTP = "outgoing: {smtp: {host: smtp.example.com, user: u, password: p}}"


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Return a function that loads the usual file with (old, new) changes."""

    def run(*changes: tuple[str, str], environment: dict[str, str] | None = None) -> Settings:
        text = CONFIG
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return config.load(path, environment=environment or {})

    return run


@pytest.fixture
def wrong(loaded: Load) -> Callable[..., tuple[Problem, ...]]:
    """Return a function that gives the problems of a changed file."""

    def run(
        *changes: tuple[str, str], environment: dict[str, str] | None = None
    ) -> tuple[Problem, ...]:
        with pytest.raises(ConfigError) as caught:
            loaded(*changes, environment=environment)
        return caught.value.problems

    return run


def test_the_shipped_file_is_right(root: Path) -> None:
    """And starts with nothing else installed."""
    found = config.load(root / "config.yaml", environment={})

    assert found.own_addresses == {"complaints@example.com"}
    assert found.listen == ("127.0.0.1", 2525)
    assert found.samples
    assert found.trust.authserv_id == ""


def test_paths_count_from_the_folder_of_the_file(loaded: Load, tmp_path: Path) -> None:
    """Wherever the program is started."""
    found = loaded()

    assert found.database == f"sqlite:///{tmp_path}/desk.db"
    assert found.mailboxes["complaints"].source == tmp_path / "incoming"
    assert found.outgoing == tmp_path / "outgoing"
    assert found.secret_file == tmp_path / "secret.key"
    assert found.mailboxes["complaints"].answer_mail_since == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_production_file_is_understood(loaded: Load, tmp_path: Path) -> None:
    """IMAP, SMTP, PostgreSQL; secrets from the environment and from files."""
    (tmp_path / "smtp.secret").write_text("from a file\n", encoding="utf-8")
    found = loaded(
        ("sqlite:///desk.db", "postgresql+psycopg://desk:${DB}@db.example.com/desk"),
        (
            "source: maildir:incoming",
            "source: {imap: {host: imap.example.com, port: 143, tls: starttls, user: u, "
            "password: '${PASSWORD}', folders: {processed: Done}}}",
        ),
        (
            "outgoing: maildir:outgoing",
            "outgoing: {smtp: {host: smtp.example.com, user: u, password_file: smtp.secret}}",
        ),
        ("trust: token_and_list", "trust: {authentication_results: mx.example.com}"),
        environment={"DB": "d", "PASSWORD": "from the environment"},
    )
    imap, smtp = found.mailboxes["complaints"].source, found.outgoing

    assert found.database == "postgresql+psycopg://desk:d@db.example.com/desk"
    assert isinstance(imap, ImapSettings)
    assert isinstance(smtp, SmtpSettings)
    assert (imap.password, imap.port, imap.tls) == ("from the environment", 143, "starttls")
    assert (imap.inbox, imap.processed, imap.rejected) == ("INBOX", "Done", "Rejected")
    assert (smtp.password, smtp.port, smtp.tls) == ("from a file", 587, "starttls")
    assert found.trust.authserv_id == "mx.example.com"


LOCAL = "c" * 36
MISTAKES = [
    # what is written, where the problem is, what it says, what to do
    ("config_version: 1", "config_version: 2", 1, "config_version", "should be 1", ""),
    ("config_version: 1\n", "", 1, "config_version", "is missing", "Add it"),
    (
        "trust: token_and_list",
        "trsut: token_and_list",
        9,
        "trsut",
        "is no key we know",
        "Did you mean 'trust'?",
    ),
    (
        "trust: token_and_list",
        "trust: everybody",
        9,
        "trust",
        "should be a block of keys, or should be 'token_and_list'",
        "",
    ),
    (
        "source: maildir:incoming",
        "source: incoming",
        6,
        "mailboxes.complaints.source",
        "'incoming' is neither a Maildir nor a server",
        "Write maildir:FOLDER",
    ),
    (
        "outgoing: maildir:outgoing",
        "outgoing: smtp://x",
        8,
        "outgoing",
        "'smtp://x' is neither",
        "Write maildir:FOLDER",
    ),
    (
        "outgoing: maildir:outgoing",
        "outgoing: 'maildir:'",
        8,
        "outgoing",
        "'maildir:' is neither",
        "Write maildir:FOLDER",
    ),
    (
        "complaints@example.com",
        "nobody",
        5,
        "mailboxes.complaints.address",
        "'nobody' is no mail address",
        "",
    ),
    (
        "complaints@example.com",
        "投诉@example.com",
        5,
        "mailboxes.complaints.address",
        "'投诉@example.com' is no mail address",
        "",
    ),
    (
        "complaints@example.com",
        f"{LOCAL}@example.com",
        5,
        "mailboxes.complaints.address",
        f"'{LOCAL}@example.com' is no mail address",
        "",
    ),
    (
        "00:00:00+00:00",
        "00:00:00",
        7,
        "mailboxes.complaints.answer_mail_since",
        "a time needs its zone",
        "",
    ),
    (
        "2026-01-01T00:00:00+00:00",
        "yesterday",
        7,
        "mailboxes.complaints.answer_mail_since",
        "should be a valid datetime",
        "",
    ),
    (
        "  complaints:\n    address",
        "  complaints:\n    plus_addressing: maybe\n    address",
        5,
        "mailboxes.complaints.plus_addressing",
        "should be a valid boolean",
        "",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("host", "hots"),
        6,
        "mailboxes.complaints.source.imap.hots",
        "is no key we know",
        "Did you mean 'host'?",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("user: u, ", ""),
        6,
        "mailboxes.complaints.source.imap.user",
        "is missing",
        "Add it",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("password: p", "tls: tsl, password: p"),
        6,
        "mailboxes.complaints.source.imap.tls",
        "should be 'implicit', 'starttls' or 'none'",
        "",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("password: p", "tls: none, password: p"),
        6,
        "mailboxes.complaints.source.imap.tls",
        "is none, but imap.example.com is not this machine",
        "Use implicit or starttls",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace(", password: p", ""),
        6,
        "mailboxes.complaints.source.imap.password",
        "is missing",
        "Give password (for example ${DESK_PASSWORD}) or password_file",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("password: p", "password: p, password_file: f"),
        6,
        "mailboxes.complaints.source.imap.password",
        "is given twice",
        "Give password",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("password: p", "password_file: gone"),
        6,
        "mailboxes.complaints.source.imap.password_file",
        "can't read",
        "Check the path, owner and mode",
    ),
    (
        "source: maildir:incoming",
        IMAP.replace("password: p", "password: '${NOT_SET}'"),
        6,
        "mailboxes.complaints.source.imap.password",
        "needs the environment variable NOT_SET, which is not set",
        "Set NOT_SET, or name a file with password_file",
    ),
    (
        "outgoing: maildir:outgoing",
        SMTP.replace("password: p", "tls: none, password: p"),
        8,
        "outgoing.smtp.tls",
        "is none, but smtp.example.com is not this machine",
        "Use implicit",
    ),
    (
        "outgoing: maildir:outgoing",
        SMTP.replace("host", "port: 70000, host"),
        8,
        "outgoing.smtp.port",
        "should be less than or equal to 65535",
        "",
    ),
    (
        "outgoing: maildir:outgoing",
        "listen: 127.0.0.1:2525\noutgoing: maildir:outgoing",
        8,
        "listen",
        "'127.0.0.1:2525' is no address",
        "Write smtp://127.0.0.1:2525",
    ),
    (
        "outgoing: maildir:outgoing",
        "listen: smtp://127.0.0.1:99999\noutgoing: maildir:outgoing",
        8,
        "listen",
        "'smtp://127.0.0.1:99999' is no address",
        "Write smtp://127.0.0.1:2525",
    ),
    ("database: sqlite:///desk.db\n", "", 1, "database", "is missing", "Give database"),
    (
        "database: sqlite:///desk.db",
        "database: a\ndatabase_file: b",
        2,
        "database",
        "is given twice",
        "Give database",
    ),
    (
        "database: sqlite:///desk.db",
        "database_file: gone",
        2,
        "database_file",
        "can't read",
        "Check the path",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "what", "fix"), MISTAKES)
def test_a_mistake_is_told_with_line_key_and_remedy(
    old: str,
    new: str,
    line: int,
    key: str,
    what: str,
    fix: str,
    wrong: Callable[..., tuple[Problem, ...]],
    tmp_path: Path,
) -> None:
    """Each kind of mistake, one at a time."""
    found = next(p for p in wrong((old, new)) if p.key == key)

    assert (found.file, found.line) == (str(tmp_path / "config.yaml"), line)
    assert found.what.startswith(what)
    assert found.fix.startswith(fix)


def test_every_problem_is_told_at_once(wrong: Callable[..., tuple[Problem, ...]]) -> None:
    """Three mistakes of three kinds, three problems."""
    found = wrong(
        ("source: maildir:incoming", IMAP.replace("password: p", "tls: none, password_file: f")),
        ("outgoing: maildir:outgoing", "outgoing: x"),
    )

    assert [p.key for p in found] == [
        "mailboxes.complaints.source.imap.tls",
        "mailboxes.complaints.source.imap.password_file",
        "outgoing",
    ]


def test_plain_text_is_fine_on_this_machine(loaded: Load) -> None:
    """A relay on localhost needs no TLS, and without a user no password."""
    found = loaded(
        ("outgoing: maildir:outgoing", "outgoing: {smtp: {host: localhost, port: 25, tls: none}}")
    )

    assert isinstance(found.outgoing, SmtpSettings)
    assert found.outgoing.password == ""


def test_listening_needs_a_maildir(wrong: Callable[..., tuple[Problem, ...]]) -> None:
    """Mail that comes in by SMTP must lie somewhere the desk reads."""
    found = wrong(
        ("source: maildir:incoming", IMAP),
        ("outgoing: maildir:outgoing", "listen: smtp://127.0.0.1:2525\noutgoing: maildir:outgoing"),
    )

    assert [p.what for p in found] == ["needs a mailbox whose source is a Maildir"]


def test_only_the_given_environment_counts(
    wrong: Callable[..., tuple[Problem, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one is one, too."""
    monkeypatch.setenv("DESK_TEST_SECRET", "canary")
    found = wrong(("sqlite:///desk.db", "${DESK_TEST_SECRET}"), environment={})

    assert found[0].what.startswith("needs the environment variable DESK_TEST_SECRET")


def test_no_secret_is_shown_in_a_problem(wrong: Callable[..., tuple[Problem, ...]]) -> None:
    """What the environment holds stays there, whatever else is wrong."""
    found = wrong(
        ("source: maildir:incoming", IMAP.replace("password: p", "password: '${P}', zzz: 1")),
        environment={"P": "canary"},
    )

    assert "canary" not in "".join(map(str, found))


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    """32 bytes, mode 0600; the next start reads the same."""
    path = tmp_path / "sub" / "secret.key"
    first = secret_key(path, random=lambda size: b"r" * size)

    assert first == secret_key(path) == b"r" * 32
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"", "holds 0 bytes"), (b"x" * 15, "holds 15 bytes"), (None, "can't be read")],
)
def test_a_key_that_is_damaged_is_never_replaced(
    data: bytes | None, what: str, tmp_path: Path
) -> None:
    """A new one would cut every thread: it must come from the backup."""
    path = tmp_path / "secret.key"
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        secret_key(path)

    assert caught.value.problems[0].what.startswith(what)


def test_alarms_are_off_unless_asked_for(loaded: Load, tmp_path: Path) -> None:
    """A file counts from the folder of config.yaml; the URL may come from a file."""
    assert loaded().alarm == AlarmSettings()
    (tmp_path / "hook").write_text("https://chat.example.com/x?y=1\n", encoding="utf-8")
    block = "alarm: {file: var/alarm.txt, webhook_file: hook}\ntrust:"

    found = loaded(("trust:", block)).alarm

    assert found == AlarmSettings(
        file=tmp_path / "var/alarm.txt", webhook="https://chat.example.com/x?y=1"
    )
    assert loaded(("trust:", "alarm: {webhook: 'http://127.0.0.1:8/x'}\ntrust:")).alarm.webhook


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.net/x",
        "hooks.example.net",
        "https:///x",
        "file:///x",
        "https://[x/",
        "https://h:x/",
    ],
)
def test_a_web_hook_that_others_could_read_is_refused(
    url: str, wrong: Callable[..., tuple[Problem, ...]]
) -> None:
    """And the URL, which may be a secret, is not repeated."""
    (problem,) = wrong(("trust:", f"alarm: {{webhook: '{url}'}}\ntrust:"))

    assert problem.key == "alarm.webhook"
    assert url not in str(problem)


def test_a_mistake_shows_its_line_unless_a_secret_stands_there(
    wrong: Callable[..., tuple[Problem, ...]],
) -> None:
    """Whoever reads the log sees where to look, and no password."""
    (shown,) = wrong(("trust:", "alarm: {fiel: x}\ntrust:"))
    (hidden,) = wrong(("trust:", "alarm: {webhook: 'https://chat/geheim', fiel: x}\ntrust:"))

    assert shown.excerpt == "alarm: {fiel: x}"
    assert hidden.line == shown.line
    assert "geheim" not in str(hidden)
