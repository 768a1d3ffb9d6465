"""config.yaml: sign-ins at Microsoft, Google and others, and who refers to them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.errors import ConfigError
from pipeline import config, config_sign_in
from pipeline.config_servers import ImapSettings, SmtpSettings
from pipeline.config_sign_in import GraphSettings
from tests.conftest import ROOT

FILE = f"""\
config_version: 1
database: sqlite:///desk.db
sign_in:
  office:
    provider: microsoft
    tenant: contoso.onmicrosoft.com
    client_id: app-1
    client_secret: ${{DESK_SECRET}}
    secret_expires: 2027-05-01
mailboxes:
  complaints:
    address: complaints@example.com
    source:
      imap: {{host: outlook.office365.com, user: complaints@example.com, sign_in: office}}
    answer_mail_since: 2026-01-01T00:00:00+00:00
outgoing:
  smtp: {{host: smtp.office365.com, user: complaints@example.com, sign_in: office}}
trust: token_and_list
rules: {ROOT / "routing" / "rules.yaml"}
secret_file: var/secret.key
"""
GOOGLE = (
    "provider: microsoft\n    tenant: contoso.onmicrosoft.com",
    "provider: google\n    subject: c@example.com\n    service_account_file: key.json",
)
Load = Callable[..., config.Settings]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Return a function that loads the file with some words changed."""

    def run(*changes: tuple[str, str]) -> config.Settings:
        text = FILE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return config.load(path, environment={"DESK_SECRET": "hush"})

    return run


def test_an_entry_is_written_once_and_used_by_both_ends(loaded: Load, tmp_path: Path) -> None:
    """No password is asked for; the refresh token's place is beside the secret key."""
    settings = loaded()
    source, out = settings.mailboxes["complaints"].source, settings.outgoing

    assert isinstance(source, ImapSettings)
    assert isinstance(out, SmtpSettings)
    assert source.sign_in == out.sign_in == settings.sign_ins["office"]
    assert (source.password, out.password) == ("", "")
    entry = settings.sign_ins["office"]
    assert (entry.flow, entry.client_secret) == ("client_credentials", "hush")
    assert str(entry.secret_expires) == "2027-05-01"
    assert entry.store == tmp_path / "var" / "tokens" / "office.json"


@pytest.mark.parametrize(
    ("authority", "mail", "graph"),
    [
        ("", "https://outlook.office365.com", "https://graph.microsoft.com"),
        (
            "https://login.partner.microsoftonline.cn",
            "https://partner.outlook.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
        (
            "https://login.microsoftonline.us/",
            "https://outlook.office365.us",
            "https://graph.microsoft.us",
        ),
    ],
)
def test_each_cloud_has_its_own_addresses(
    authority: str, mail: str, graph: str, loaded: Load
) -> None:
    """A company at 21Vianet writes its authority, and nothing else."""
    told = f"tenant: contoso.onmicrosoft.com\n    authority: {authority}"
    box = "graph: {user: complaints@example.com, sign_in: office}"
    settings = loaded(
        ("tenant: contoso.onmicrosoft.com", told if authority else "tenant: contoso"),
        ("imap: {host: outlook.office365.com, user: complaints@example.com, sign_in: office}", box),
    )
    source = settings.mailboxes["complaints"].source

    assert isinstance(source, GraphSettings)
    assert source.url == graph
    assert config_sign_in.cloud(source.sign_in) == (mail, graph)


def test_graph_both_ways(loaded: Load) -> None:
    """Folders within others, and a way out that needs none."""
    box = (
        "graph: {user: c@example.com, sign_in: office, url: 'https://graph.example.com/',"
        " folders: {processed: Desk/Done}}"
    )
    settings = loaded(
        ("imap: {host: outlook.office365.com, user: complaints@example.com, sign_in: office}", box),
        (
            "smtp: {host: smtp.office365.com, user: complaints@example.com, sign_in: office}",
            "graph: {user: c@example.com, sign_in: office}",
        ),
    )
    source = settings.mailboxes["complaints"].source

    assert isinstance(source, GraphSettings)
    assert isinstance(settings.outgoing, GraphSettings)
    assert (source.processed, source.inbox) == ("Desk/Done", "Inbox")
    assert (source.url, source.host) == ("https://graph.example.com", "graph.example.com")


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ([("client_id: app-1", "subject: x")], "sign_in.office.client_id", "is missing"),
        (
            [("client_id: app-1", "client_id: app-1\n    subject: x")],
            "sign_in.office.subject",
            "no use",
        ),
        ([("    client_secret: ${DESK_SECRET}\n", "")], "sign_in.office.client_secret", "missing"),
        (
            [("client_id: app-1", "client_id: app-1\n    flow: installed")],
            "sign_in.office.flow",
            "which microsoft does not know",
        ),
        (
            [("client_id: app-1", "client_id: app-1\n    flow: device_code")],
            "sign_in.office.client_secret",
            "of no use for device_code",
        ),
        (
            [("client_id: app-1", "client_id: app-1\n    authority: http://login.example.com")],
            "sign_in.office.authority",
            "must begin with https://",
        ),
        (
            [("sign_in: office}\n    answer", "sign_in: offise}\n    answer")],
            "mailboxes.complaints.source.imap.sign_in",
            "there: office",
        ),
        (
            [("sign_in: office}\n    answer", "sign_in: office, password: x}\n    answer")],
            "mailboxes.complaints.source.imap.password",
            "beside sign_in",
        ),
        ([("office:\n", "of/fice:\n")], "sign_in.of/fice", "is no name"),
        (
            [("user: complaints@example.com, sign_in: office}\ntrust", "sign_in: office}\ntrust")],
            "outgoing.smtp.user",
            "is missing",
        ),
        (
            [
                GOOGLE,
                ("    client_id: app-1\n    client_secret: ${DESK_SECRET}\n", ""),
                ("  smtp: {host: smtp.office365.com, user", "  graph: {user"),
            ],
            "outgoing.graph.sign_in",
            "Graph needs provider: microsoft",
        ),
    ],
)
def test_a_mistake_is_told_with_its_key_and_remedy(
    changes: list[tuple[str, str]], key: str, words: str, loaded: Load
) -> None:
    """What is missing, of no use or contradictory, before anything is tried."""
    with pytest.raises(ConfigError) as caught:
        loaded(*changes)

    found = [problem for problem in caught.value.problems if problem.key == key]
    assert found, caught.value
    assert words in str(found[0])
    assert "hush" not in str(caught.value)


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    loaded: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The libraries are an extra: nobody should have to guess which."""
    monkeypatch.setattr(config_sign_in, "find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=r"library msal.*pip install 'msal<2'"):
        loaded()
