"""Signing in by token: a provider, Dovecot and an SMTP server that know no passwords."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from cases.errors import MailboxUnavailable, SignInFailed
from cases.outgoing import DeliveryState
from ingest.imap import ImapSource
from outbox.smtp import SmtpSender
from pipeline import commands_auth
from pipeline.clock import now
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in import fetch, log_in, running_out
from pipeline.sign_in_advice import advice
from pipeline.sign_in_store import renewal
from pipeline.sign_in_tokens import Tokens
from tests.live.desk import LiveDesk, wait_until
from tests.live.provider import CLIENT, SECRET, TENANT, Provider
from tests.live.servers import make_certificate, started
from tests.live.servers_oauth import OAuthDovecot, OAuthSink

MAIL = b"Subject: Kettle\r\nFrom: customer@example.com\r\n\r\nIt leaks.\r\n"
WANG = "wang.fang@customer.example"


@pytest.fixture(scope="module")
def shared_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """Return a provider that lives as long as its Dovecot."""
    provider = Provider(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def oauth_dovecot(shared_provider: Provider) -> Iterator[OAuthDovecot]:
    """Return a Dovecot that asks the provider."""
    with started(OAuthDovecot(shared_provider)) as server:
        yield server


@pytest.fixture
def provider(shared_provider: Provider, oauth_dovecot: OAuthDovecot) -> Provider:
    """Return the provider as it begins, with a mailbox of this test's own."""
    fresh = Provider.__dataclass_fields__
    for name in ("lives", "secret", "refusal", "certificate", "pending", "rotates"):
        setattr(shared_provider, name, fresh[name].default)
    for name in ("roles", "delegated", "refresh_tokens", "good", "asked"):
        setattr(shared_provider, name, fresh[name].default_factory())  # type: ignore[operator]
    shared_provider.mailbox = oauth_dovecot.new_user()
    return shared_provider


@pytest.fixture
def entry(provider: Provider, tmp_path: Path) -> SignInSettings:
    """Return an application with a secret."""
    return SignInSettings(
        name="office",
        provider="microsoft",
        flow="client_credentials",
        tenant=TENANT,
        client_id=CLIENT,
        client_secret=SECRET,
        authority=provider.url,
        ca_file=provider.ca_file,
        store=tmp_path / "tokens" / "office.json",
    )


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


def tokens(entry: SignInSettings, clock: Clock | None = None) -> Tokens:
    return Tokens(lambda: fetch(entry, "mail"), now=clock or now, jitter=lambda: 0.0)


def imap(dovecot: OAuthDovecot, user: str, token: Any) -> ImapSource:
    return ImapSource(
        "complaints", host=dovecot.host, port=dovecot.imap_port, user=user, token=token, tls="none"
    )


def read(source: ImapSource) -> list[bytes]:
    return [mail.data for mail in source.scan(lambda _: frozenset())]


def certified(folder: Path) -> Path:
    """Return a PEM file with a key and its certificate."""
    both, key, certificate = folder / "both.pem", folder / "key.pem", folder / "cert.pem"
    make_certificate(certificate, key, days=10, algorithm="rsa")
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def test_an_application_reads_a_mailbox_by_its_secret(
    provider: Provider, oauth_dovecot: OAuthDovecot, entry: SignInSettings
) -> None:
    """The token opens the mailbox that it was let into, over XOAUTH2, and is asked for once."""
    oauth_dovecot.deliver(provider.mailbox, MAIL)
    source = imap(oauth_dovecot, provider.mailbox, tokens(entry))

    assert [b"It leaks." in data for data in read(source)] == [True]
    source.close()
    read(source)
    source.close()
    assert provider.tokens_asked() == 1
    (asked,) = (one for one in provider.asked if "grant_type" in one)
    assert asked["scope"] == "https://outlook.office365.com/.default"


def test_an_application_signs_in_by_a_certificate(
    provider: Provider, entry: SignInSettings, tmp_path: Path
) -> None:
    """The assertion is signed with the registered key; another key is refused in words."""
    mine = certified(tmp_path)
    by_certificate = replace(entry, client_secret="", certificate_file=mine)
    provider.certificate = mine.with_name("cert.pem")

    assert fetch(by_certificate, "mail").value in provider.good

    make_certificate(mine.with_name("other.pem"), tmp_path / "other.key", algorithm="rsa")
    provider.certificate = mine.with_name("other.pem")
    with pytest.raises(SignInFailed, match="AADSTS700027"):
        fetch(by_certificate, "mail")
    (ends,) = running_out({"office": by_certificate}, at=now())
    assert (ends.days, ends.step) in ((10, 2), (9, 2))


def test_a_server_that_offers_oauthbearer_only(provider: Provider, entry: SignInSettings) -> None:
    """RFC 7628 does as well."""
    with started(OAuthDovecot(provider, mechanism="oauthbearer")) as server:
        server.deliver(provider.mailbox, MAIL)
        source = imap(server, provider.mailbox, tokens(entry))
        assert len(read(source)) == 1
        source.close()
        with pytest.raises(MailboxUnavailable, match="invalid_token"):
            read(imap(server, provider.mailbox, lambda refused: "x" + refused))


def test_a_token_that_ends_is_followed_by_another_without_any_trouble(
    provider: Provider, oauth_dovecot: OAuthDovecot, entry: SignInSettings
) -> None:
    """Five minutes before its end the session is opened again with a fresh one."""
    clock = Clock(now())
    source = imap(oauth_dovecot, provider.mailbox, tokens(entry, clock))
    read(source)
    clock.at += timedelta(minutes=54)
    read(source)
    assert provider.tokens_asked() == 1

    clock.at += timedelta(minutes=2)
    provider.good = {}  # the old one is worth nothing any more
    read(source)
    source.close()

    assert provider.tokens_asked() == 2


def test_a_token_that_is_taken_back_costs_one_more_login(
    provider: Provider, oauth_dovecot: OAuthDovecot, entry: SignInSettings
) -> None:
    """A refused token is never used again: its successor is asked for at once."""
    source = imap(oauth_dovecot, provider.mailbox, tokens(entry))
    read(source)
    source.close()
    provider.revoke()

    assert read(source) == []
    source.close()
    assert provider.tokens_asked() == 2


def test_a_mailbox_that_refuses_us_is_left_in_peace(
    provider: Provider, oauth_dovecot: OAuthDovecot, entry: SignInSettings
) -> None:
    """After two refusals nobody logs in for minutes, whatever asks (F31); the words say why."""
    source = imap(oauth_dovecot, oauth_dovecot.new_user(), tokens(entry))

    said = set()
    for _ in range(20):
        with pytest.raises(MailboxUnavailable) as caught:
            read(source)
        assert caught.value.refused
        said.add(caught.value.why.partition(" (no new login")[0])

    assert provider.tokens_asked() == 2
    assert len(said) == 1
    assert "refused" in said.pop()
    assert sum(one["path"] == "/introspect" for one in provider.asked) == 2


def test_an_hour_of_refusals_is_twelve_logins_at_the_server(
    provider: Provider, oauth_dovecot: OAuthDovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polled every ten seconds, with a token that is refused and a fresh one each time (F31)."""
    seconds = 0.0
    monkeypatch.setattr("ingest.imap_session.time", SimpleNamespace(monotonic=lambda: seconds))
    source = imap(oauth_dovecot, provider.mailbox, lambda refused: f"{refused}x")
    while seconds < 3600:
        with pytest.raises(MailboxUnavailable):
            read(source)
        seconds += 10

    logins = sum(one["path"] == "/introspect" for one in provider.asked)
    print(f"logins in an hour of refusals, 360 polls: {logins}")
    assert 0 < logins <= 12


def test_letters_leave_by_token(provider: Provider, entry: SignInSettings) -> None:
    """AUTH XOAUTH2 with a token longer than a command line may be."""
    sink = OAuthSink(provider=provider)
    with sink.running():
        sender = SmtpSender(
            host=sink.host, port=sink.port, tls="none", user=provider.mailbox, token=tokens(entry)
        )
        delivery = sender.send(
            MAIL,
            message_id="1@x",
            envelope_from="a@example.com",
            recipient=WANG,
            before_dot=lambda: None,
        )
        sender.close()

    assert delivery.state is DeliveryState.ACCEPTED
    assert sink.logins == [provider.mailbox]


def test_a_way_out_that_refuses_us_says_why_and_is_left_in_peace(
    provider: Provider, entry: SignInSettings
) -> None:
    """The JSON of the challenge is told, the token is not, and twenty letters are two logins."""
    sink = OAuthSink(provider=provider, refusal="535 5.7.139 SmtpClientAuthentication is disabled")
    held = tokens(entry)
    with sink.running():
        sender = SmtpSender(host=sink.host, port=sink.port, tls="none", user="somebody", token=held)
        said = {sender.probe().partition(" (no new login")[0] for _ in range(20)}
        sender.close()

    (words,) = said
    assert "5.7.139" in words
    assert "status: 401" in words
    assert not any(token in words for token in provider.good)
    assert provider.tokens_asked() == 2


def test_a_person_signs_in_by_a_device_code(provider: Provider, entry: SignInSettings) -> None:
    """Address and code are shown; the refresh token is kept with mode 0600 and is renewed."""
    person = replace(entry, flow="device_code", client_secret="")
    with pytest.raises(SignInFailed, match="auth login office"):
        fetch(person, "mail")
    provider.pending = 1
    shown: list[str] = []

    log_in(person, "mail", say=shown.append, port=0)
    first = person.store.read_text()
    fetch(person, "mail")

    assert "https://login.example/device" in shown[0]
    assert "HQK3 WXYZ" in shown[0]
    assert person.store.stat().st_mode & 0o777 == 0o600
    assert person.store.read_text() != first
    assert json.loads(person.store.read_text())["refresh_token"] in provider.refresh_tokens
    scope = next(one["scope"] for one in provider.asked if one["path"].endswith("/devicecode"))
    assert "https://outlook.office365.com/IMAP.AccessAsUser.All" in scope


def test_two_processes_never_lose_the_newer_refresh_token(
    provider: Provider, entry: SignInSettings
) -> None:
    """Each waits for the other: a token that is good once is used once, ten times in a row."""
    person = replace(entry, flow="device_code", client_secret="")
    log_in(person, "mail", say=lambda _: None, port=0)
    code = (
        "import sys, pathlib\n"
        "from pipeline.config_sign_in import SignInSettings\n"
        "from pipeline.sign_in import fetch\n"
        f"who = SignInSettings(name='office', provider='microsoft', flow='device_code',\n"
        f"  tenant={TENANT!r}, client_id={CLIENT!r}, authority={provider.url!r},\n"
        f"  ca_file=pathlib.Path({str(provider.ca_file)!r}),\n"
        f"  store=pathlib.Path({str(person.store)!r}))\n"
        "[fetch(who, 'mail') for _ in range(5)]\n"
    )
    root = Path(__file__).parents[2]
    both = [
        subprocess.Popen([sys.executable, "-c", code], cwd=root)  # noqa: S603 - our own words
        for _ in range(2)
    ]

    assert [process.wait(timeout=30) for process in both] == [0, 0]
    assert json.loads(person.store.read_text())["refresh_token"] in provider.refresh_tokens
    assert provider.tokens_asked() == 11


def sign_in_block(provider: Provider, **more: str) -> str:
    """Return an entry of sign_in for config.yaml."""
    keys = {
        "provider": "microsoft",
        "tenant": TENANT,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "authority": provider.url,
        "ca_file": str(provider.ca_file),
    } | more
    return "sign_in:\n  office:\n" + "".join(f"    {k}: {v}\n" for k, v in keys.items() if v)


@pytest.fixture
def desk(provider: Provider, oauth_dovecot: OAuthDovecot, tmp_path: Path) -> Iterator[LiveDesk]:
    """Return a desk that logs in by token, in and out."""
    sink = OAuthSink(provider=provider)
    with sink.running():
        desk = LiveDesk(
            folder=tmp_path,
            dovecot=oauth_dovecot,
            sink=sink,
            database=f"sqlite:///{tmp_path}/desk.db",
            user=provider.mailbox,
        )
        write_config(desk, sign_in_block(provider))
        yield desk


def write_config(desk: LiveDesk, block: str) -> None:
    """Put tokens in the place of passwords in a desk's config.yaml."""
    text = desk.config.read_text(encoding="utf-8")
    smtp = f"smtp: {{host: 127.0.0.1, port: {desk.sink.port}, tls: none"
    text = text.replace("password: ${DESK_IMAP_PASSWORD}", "sign_in: office")
    text = text.replace(smtp + "}", smtp + f", user: {desk.user}, sign_in: office}}")
    desk.config.write_text(text.partition("sign_in:\n")[0] + block, encoding="utf-8")


def command(desk: LiveDesk, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        desk.command(*words), capture_output=True, text=True, env=desk.environment, check=False
    )


def test_a_desk_works_by_tokens_alone(desk: LiveDesk, provider: Provider) -> None:
    """Mail in and letters out with nothing but a token, which stands in no line and no row."""
    with desk.running():
        desk.write(WANG, "The Fresh Milk was sour and mouldy.", subject="Sour milk")
        letter = desk.wait_letter(WANG)
        wait_until(lambda: bool(desk.dovecot.maildir(desk.user).glob(".Processed/*/*")), "filing")

    assert str(letter["To"]).endswith(WANG)
    assert desk.troubles() == []
    secrets = [*provider.good, SECRET]
    kept = desk.said() + "".join(
        path.read_bytes().decode("latin-1") for path in desk.folder.glob("desk.db*")
    )
    assert not any(secret in kept for secret in secrets)
    assert provider.tokens_asked() == 1


def test_a_desk_tells_that_its_secret_runs_out(desk: LiveDesk, provider: Provider) -> None:
    """`status` has the date and what to do, three weeks ahead, and ends with 69."""
    on = (now() + timedelta(days=20)).astimezone(UTC).date()
    write_config(desk, sign_in_block(provider, secret_expires=str(on)))

    shown = command(desk, "status")

    assert shown.returncode == 69, shown.stdout + shown.stderr
    assert f"the secret of sign_in office runs out in 20 days, on {on}" in shown.stdout


def test_auth_check_of_a_desk_that_may_do_everything(desk: LiveDesk) -> None:
    """Each step says ok: the token and what it allows, the mailbox, the way out."""
    shown = command(desk, "auth", "check")

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "WRONG" not in shown.stdout
    assert "IMAP.AccessAsApp" in shown.stdout
    assert f"mailbox complaints: {desk.user} can be read" in shown.stdout
    assert f"outgoing: logged in as {desk.user}" in shown.stdout


@pytest.mark.parametrize(
    ("changes", "refusal", "roles", "code", "words"),
    [
        ({"tenant": "nowhere.example"}, None, None, 78, "there is no such tenant"),
        ({"client_secret": "wrong"}, None, None, 78, "the secret's Value, not its Secret ID"),
        ({"client_id": "unknown"}, None, None, 78, "check `client_id`"),
        ({}, "AADSTS7000222: The provided client secret keys are expired", None, 78, "run out"),
        ({}, "AADSTS65001: The user or administrator has not consented", None, 77, "consent"),
        ({}, None, ["SMTP.SendAsApp"], 77, "add IMAP.AccessAsApp under API permissions"),
        ({"authority": "https://127.0.0.1:9"}, None, None, 69, "a service is away"),
    ],
)
def test_auth_check_names_what_is_wrong_and_what_to_do(
    desk: LiveDesk,
    provider: Provider,
    changes: dict[str, str],
    refusal: str | None,
    roles: list[str] | None,
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each of the usual mistakes of an administrator has its sentence and its exit code."""
    write_config(desk, sign_in_block(provider, **changes))
    provider.roles = roles or provider.roles
    if refusal:
        provider.refusal = (401, {"error": "invalid_client", "error_description": refusal})

    found = commands_auth.check(desk.config, "office")
    shown = capsys.readouterr()

    assert found == code, shown
    assert words in shown.out
    assert "Trace ID" not in shown.out
    assert SECRET not in shown.out + shown.err


def test_auth_check_of_a_mailbox_that_does_not_know_the_application(
    desk: LiveDesk, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    """A good token that opens nothing: the Exchange commands that are missing are named."""
    provider.mailbox = "somebody.else"

    code = commands_auth.check(desk.config, "")
    shown = capsys.readouterr().out

    assert code == 77
    assert "New-ServicePrincipal" in shown
    assert f"Add-MailboxPermission -Identity {desk.user}" in shown


# ---------------------------------------------------------------- Google, and anybody else


@pytest.fixture
def google(provider: Provider, tmp_path: Path) -> SignInSettings:
    """Return a service account that acts for a mailbox."""
    certified(tmp_path)
    account = tmp_path / "account.json"
    facts = {
        "type": "service_account",
        "client_email": "desk@project.iam.gserviceaccount.com",
        "client_id": "1234567890",
        "private_key": (tmp_path / "key.pem").read_text(),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    account.write_text(json.dumps(facts))
    return SignInSettings(
        name="workspace",
        provider="google",
        flow="service_account",
        service_account_file=account,
        subject="complaints@example.com",
        token_url=f"{provider.url}/token",
        ca_file=provider.ca_file,
        store=tmp_path / "tokens" / "workspace.json",
    )


def test_a_service_account_reads_a_mailbox(
    provider: Provider, oauth_dovecot: OAuthDovecot, google: SignInSettings
) -> None:
    """Domain-wide delegation: the account acts for the mailbox it names, for mail only."""
    provider.delegated.add("complaints@example.com")
    oauth_dovecot.deliver(provider.mailbox, MAIL)
    source = imap(oauth_dovecot, provider.mailbox, tokens(google))

    assert len(read(source)) == 1
    source.close()
    (asked,) = (one for one in provider.asked if "assertion" in one)
    claims = jwt.decode(asked["assertion"], options={"verify_signature": False})
    assert (claims["sub"], claims["scope"]) == (
        "complaints@example.com",
        "https://mail.google.com/",
    )


def test_a_service_account_without_delegation(provider: Provider, google: SignInSettings) -> None:
    """The refusal is the provider's, the advice names the place in the admin console."""
    with pytest.raises(SignInFailed) as caught:
        fetch(google, "mail")

    found = advice(caught.value.why, name="workspace", provider="google", refused=True)
    assert caught.value.refused
    assert "Domain-wide delegation" in found.words
    assert found.code == 77


def test_a_person_allows_a_google_mailbox_in_a_browser(
    provider: Provider, google: SignInSettings
) -> None:
    """The browser's answer with our state is taken, a stranger's is not; PKCE proves us."""
    person = replace(
        google, flow="installed", client_id=CLIENT, client_secret=SECRET, service_account_file=None
    )

    def browse(words: str) -> None:
        if not words.startswith("Open this address"):
            return
        asked = parse_qs(urlsplit(words.split()[-1]).query)
        provider.challenge = asked["code_challenge"][0]
        back = asked["redirect_uri"][0]
        states = ("a stranger's", asked["state"][0])
        Thread(
            target=visit,
            args=([f"{back}?{urlencode({'state': one, 'code': 'c'})}" for one in states],),
        ).start()

    log_in(person, "mail", say=browse, port=0)

    assert fetch(person, "mail").value in provider.good
    assert person.store.stat().st_mode & 0o777 == 0o600


def visit(addresses: list[str]) -> None:
    """Open one address after the other, as a browser does."""
    for address in addresses:
        with urllib.request.urlopen(address) as page:  # noqa: S310 - our own words
            page.read()


def test_a_google_sign_in_that_was_revoked(provider: Provider, google: SignInSettings) -> None:
    """The words say that a person must sign in again, and why it may have happened."""
    person = replace(
        google, flow="installed", client_id=CLIENT, client_secret=SECRET, service_account_file=None
    )
    with renewal(person.store) as held:
        held.keep("refresh-that-was-revoked")

    with pytest.raises(SignInFailed, match="expired or revoked") as caught:
        fetch(person, "mail")

    found = advice(caught.value.why, name="workspace", provider="google", refused=True)
    assert "auth login workspace" in found.words
    assert "7 days" in found.words
    assert "refresh-that-was-revoked" not in str(caught.value)


def test_any_other_provider_by_client_credentials(
    provider: Provider, entry: SignInSettings
) -> None:
    """A token endpoint is all that is needed (RFC 6749 §4.4)."""
    other = replace(entry, provider="generic", token_url=f"{provider.url}/token", scope="mail")

    assert fetch(other, "mail").value in provider.good

    with pytest.raises(SignInFailed, match="Invalid client secret") as caught:
        fetch(replace(other, client_secret="another"), "mail")
    assert caught.value.refused


def test_a_provider_that_is_away_is_no_refusal(provider: Provider, entry: SignInSettings) -> None:
    """5xx, 429 and no answer are tried again; only a no is a no."""
    for status in (500, 503, 429):
        provider.refusal = (status, {"error": "x"})
        for way in (entry, replace(entry, provider="generic", token_url=f"{provider.url}/token")):
            with pytest.raises(SignInFailed, match=f"HTTP {status}") as caught:
                fetch(way, "mail")
            assert not caught.value.refused
    with pytest.raises(SignInFailed) as caught:
        fetch(replace(entry, ca_file=None), "mail")  # nobody vouches for its certificate
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
