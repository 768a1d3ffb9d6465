"""Tokens ahead of time, refresh tokens that survive, warnings before a secret runs out."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from cases.errors import SignInFailed
from pipeline.alarm import REPEAT, Raised, judge
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in import running_out
from pipeline.sign_in_advice import advice
from pipeline.sign_in_answer import failed, token_in
from pipeline.sign_in_check import decoded
from pipeline.sign_in_store import renewal
from pipeline.sign_in_tokens import AccessToken, Tokens
from pipeline.status import health
from tests.pipeline.conftest import Office


@dataclass
class Mint:
    """A provider whose tokens are numbers, and a clock."""

    now: datetime
    lives: timedelta = timedelta(hours=1)
    fails: SignInFailed | None = None
    asked: int = 0
    jitter: float = 0.0
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.fetch, now=lambda: self.now, jitter=lambda: self.jitter)

    def fetch(self) -> AccessToken:
        self.asked += 1
        if self.fails:
            raise self.fails
        return AccessToken(value=f"token-{self.asked}", expires_at=self.now + self.lives)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def mint(monday_nine: datetime) -> Mint:
    """Return a provider that works."""
    return Mint(now=monday_nine)


def settings(folder: Path, **more: object) -> SignInSettings:
    known: dict[str, object] = {
        "name": "office",
        "provider": "microsoft",
        "flow": "client_credentials",
        "client_secret": "the-secret",
        "store": folder / "tokens" / "office.json",
    }
    return SignInSettings(**(known | more))  # type: ignore[arg-type] # real fields


def test_a_token_is_asked_for_once_and_anew_five_minutes_before_its_end(mint: Mint) -> None:
    """Nobody ever logs in with a token that ends in the next minutes."""
    assert mint.tokens() == "token-1"
    mint.later(minutes=54, seconds=59)
    assert mint.tokens() == "token-1"
    mint.later(seconds=1)
    assert mint.tokens() == "token-2"


def test_instances_do_not_all_ask_at_once(monday_nine: datetime) -> None:
    """Up to a minute earlier, by chance."""
    early = Mint(now=monday_nine, jitter=1.0)
    early.tokens()
    early.later(minutes=54)

    assert early.tokens() == "token-2"


def test_a_token_of_a_few_minutes_is_used_for_half_of_them(mint: Mint) -> None:
    """Not asked for anew at every call."""
    mint.lives = timedelta(minutes=4)
    mint.tokens()
    mint.later(minutes=1, seconds=59)

    assert mint.tokens() == "token-1"


def test_a_provider_that_is_away_does_not_spoil_a_good_token(mint: Mint) -> None:
    """The last minutes of the old one are used while the provider comes back; asked each 15 s."""
    mint.tokens()
    mint.fails = SignInFailed("office", "no answer")
    mint.later(minutes=56)
    for _ in range(5):
        assert mint.tokens() == "token-1"
    assert mint.asked == 2
    mint.later(minutes=3, seconds=31)
    with pytest.raises(SignInFailed, match="no answer"):
        mint.tokens()

    mint.fails = None
    mint.later(seconds=15)
    assert mint.tokens() == "token-4"


def test_a_refused_token_is_never_handed_out_again(mint: Mint) -> None:
    """Not even while it looks good to our clock."""
    first = mint.tokens()

    assert mint.tokens(first) == "token-2"
    assert mint.tokens() == "token-2"
    assert mint.tokens(first) == "token-2"


def test_a_provider_that_says_no_is_asked_at_most_twelve_times_an_hour(mint: Mint) -> None:
    """Whoever asks, and however often (F31)."""
    mint.fails = SignInFailed("office", "invalid_client", refused=True)
    for _ in range(3600):
        with pytest.raises(SignInFailed, match="invalid_client"):
            mint.tokens()
        mint.later(seconds=1)

    assert mint.asked <= 12


def test_many_threads_take_one_token(mint: Mint) -> None:
    """The mailbox and the way out share it."""
    found: list[str] = []
    together = Barrier(2)
    fetch = mint.fetch

    def slow() -> AccessToken:
        with suppress(BrokenBarrierError):
            together.wait(0.2)  # whoever comes in beside us makes it two tokens
        return fetch()

    tokens = Tokens(slow, now=lambda: mint.now)
    threads = [Thread(target=lambda: found.append(tokens())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(found) == {"token-1"}
    assert mint.asked == 1


def test_no_secret_is_part_of_a_repr(tmp_path: Path, monday_nine: datetime) -> None:
    """Neither token nor secret shows in a traceback or a log."""
    token = AccessToken(value="the-token", expires_at=monday_nine)

    assert "the-token" not in repr(token)
    assert "the-secret" not in repr(settings(tmp_path))


def test_a_desk_that_signs_in_nowhere_needs_none_of_the_libraries() -> None:
    """They are an extra, and cost memory and time at the start."""
    code = (
        "import sys, pipeline.commands, pipeline.commands_auth\n"
        "print(*{'msal', 'requests', 'httpx', 'google.auth', 'cryptography'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 # ours

    assert done.stdout.split() == []


# ---------------------------------------------------------------- refresh tokens on disk


def test_a_refresh_token_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """Mode 0600 in a folder of 0700, replaced as a whole; nothing else is left."""
    path = tmp_path / "tokens" / "office.json"
    for value in ("first", "second", "second", ""):
        with renewal(path) as held:
            held.keep(value)

    assert json.loads(path.read_bytes()) == {"refresh_token": "second"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {one.name for one in path.parent.iterdir()} == {"office.json", "office.lock"}


def test_a_full_disk_is_noticed_before_the_old_token_is_used_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The successor would be lost: so nobody asks for one."""
    path = tmp_path / "office.json"
    with renewal(path) as held:
        held.keep("first")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.sign_in_store.os.pwrite", full)
    asked = False
    with pytest.raises(OSError, match="No space left"), renewal(path):
        asked = True

    assert not asked
    assert json.loads(path.read_bytes()) == {"refresh_token": "first"}


def test_a_process_that_died_half_way_is_no_obstacle(tmp_path: Path) -> None:
    """Its lock went with it, its draft is thrown away, the old token is whole."""
    path = tmp_path / "office.json"
    with renewal(path) as held:
        held.keep("first")
    code = (
        "import os, sys, pathlib\n"
        "from pipeline.sign_in_store import renewal\n"
        "with renewal(pathlib.Path(sys.argv[1])):\n    os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(path)], check=False)  # noqa: S603 # ours
    assert died.returncode == 9
    assert list(tmp_path.glob(".*"))

    with renewal(path) as held:
        assert held.refresh_token == "first"
        held.keep("second")
    assert not list(tmp_path.glob(".*"))


def test_whoever_holds_the_file_is_waited_for(tmp_path: Path) -> None:
    """The second reads what the first has stored, never what it read before."""
    path = tmp_path / "office.json"
    seen: list[str] = []

    def second() -> None:
        with renewal(path) as held:
            seen.append(held.refresh_token)

    with renewal(path) as held:
        thread = Thread(target=second)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        held.keep("of the first")
    thread.join(5)

    assert seen == ["of the first"]


# ---------------------------------------------------------------- answers and advice


def test_a_provider_that_errs_about_lifetimes_is_not_believed(
    tmp_path: Path, monday_nine: datetime
) -> None:
    """Nonsense is an hour, never is a day."""
    for told, lives in ((None, 3600), ("3599", 3599), ("soon", 3600), (10**9, 86400), (-5, 60)):
        answer: dict[str, object] = {"access_token": "x"}
        if told is not None:
            answer["expires_in"] = told
        found = token_in(answer, settings(tmp_path), now=monday_nine)
        assert found.expires_at - monday_nine == timedelta(seconds=lives), told


def test_a_providers_words_are_told_without_our_secrets(tmp_path: Path) -> None:
    """One line, no Trace ID, no echo."""
    told = "AADSTS7000215: 'the-secret' is wrong.\r\nTrace ID: 1 Correlation ID: 2"
    error = failed(settings(tmp_path), {"error": "invalid_client", "error_description": told})

    assert str(error) == "sign-in office: invalid_client: AADSTS7000215: '…' is wrong."
    assert error.refused


@pytest.mark.parametrize(
    ("said", "words", "code"),
    [
        ("AADSTS90002: Tenant 'x' not found", "no such tenant", 78),
        ("AADSTS7000222: The provided client secret keys are expired", "run out", 78),
        ("AADSTS7000218: The request body must contain client_assertion", "public client", 77),
        ("AADSTS500011: The resource principal named x was not found", "scope", 78),
        ("AADSTS700082: The refresh token has expired", "auth login office", 77),
        ("AADSTS50076: you must use multi-factor authentication", "Conditional Access", 77),
        ("AADSTS700024: Client assertion is not within its valid time range", "clock", 78),
        ("invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes)", "clock", 78),
        ("invalid_grant: Invalid email or User ID", "`subject`", 78),
        ("invalid_grant: Token has been expired or revoked.", "7 days", 77),
        ("unauthorized_client: Client is unauthorized", "Domain-wide delegation", 77),
        ("access_denied: Account restricted", "administrator", 77),
        ("535 5.7.139 SmtpClientAuthentication is disabled", "Set-CASMailbox", 77),
        ("BAD User is authenticated but not connected.", "Add-MailboxPermission", 77),
        ("535 5.7.3 Authentication unsuccessful", "New-ServicePrincipal", 77),
        ("HTTP 403 ErrorAccessDenied Access is denied", "Mail.ReadWrite", 77),
        ("HTTP 404 ErrorInvalidUser", "check `user`", 78),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", "`ca_file`", 78),
        ("Unable to load PEM file. See https://cryptography.io", "without a password", 78),
        ("can't use /etc/desk/google.json: no such file", "readable for the desk", 78),
    ],
)
def test_every_usual_refusal_has_its_remedy(said: str, words: str, code: int) -> None:
    """What an administrator must do, and whether the file or a permission is wrong."""
    found = advice(said, name="office", user="c@example.com", provider="microsoft", refused=True)

    assert words in found.words
    assert found.code == code
    assert "{" not in found.words


def test_no_answer_is_nobodys_fault() -> None:
    """69: try again later."""
    assert advice("login.example: no answer", name="x", refused=False).code == 69


@pytest.mark.parametrize("token", ["", "opaque", "a.b", "a.!!.c", "a.W10.c", "a." + "A" * 9 + ".c"])
def test_a_token_that_cannot_be_looked_into_is_none_the_worse(token: str) -> None:
    """Google's are opaque; nothing a provider hands out breaks the check."""
    assert decoded(token) == {}


# ---------------------------------------------------------------- before a secret runs out


@pytest.mark.parametrize(
    ("days", "step"),
    [(31, None), (30, 1), (15, 1), (14, 2), (7, 3), (2, 3), (1, 4), (0, 5), (-3, 5)],
)
def test_a_secret_is_told_of_in_steps(
    days: int, step: int | None, tmp_path: Path, monday_nine: datetime
) -> None:
    """Thirty, fourteen, seven days and one day before, and on the day itself."""
    entry = settings(tmp_path, secret_expires=monday_nine.date() + timedelta(days=days))

    found = list(running_out({"office": entry}, at=monday_nine))

    assert [(one.days, one.step) for one in found] == ([(days, step)] if step else [])


def test_each_step_is_an_alarm_once(office: Office, with_secret: Callable[[int], Office]) -> None:
    """Not every four hours for a month; the words have the date and what to do."""
    raised: dict[str, Raised] = {}
    said = []
    for days in (31, 30, 29, 14, 13, 7, 1, 0, -1):
        issues = health(with_secret(days).desk, now=office.now).found
        mine = [issue for issue in issues if issue.kind.startswith("secret_runs_out")]
        for hour in (0, 5):
            raised, told = judge(raised, mine, now=office.now + REPEAT * hour)
            said += [(days, notice.state) for notice in told]

    assert said == [(30, "raised"), (14, "raised"), (7, "raised"), (1, "raised"), (0, "raised")]


@pytest.fixture
def with_secret(office: Office, tmp_path: Path) -> Callable[[int], Office]:
    """Return a way to a desk whose secret ends in so many days."""

    def build(days: int) -> Office:
        entry = settings(tmp_path, secret_expires=office.now.date() + timedelta(days=days))
        desk_settings = replace(office.desk.settings, sign_ins={"office": entry})
        return replace(office, desk=replace(office.desk, settings=desk_settings))

    return build
