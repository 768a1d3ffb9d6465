"""Signing in at Google: as a service account for a mailbox, or as a person who allowed it once."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from google.auth import exceptions
from google.auth.transport import Request, Response
from google.oauth2 import credentials as people
from google.oauth2 import service_account

from cases.errors import SignInFailed, WebFailure
from cases.web import Exchange, WebRequest
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in_answer import failed, without_secrets
from pipeline.sign_in_store import renewal
from pipeline.sign_in_tokens import AccessToken

SCOPE = "https://mail.google.com/"  #: IMAP and SMTP; no narrower one lets in
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - no password


def fetch(settings: SignInSettings, exchange: Exchange) -> AccessToken:
    """Ask for a token; raises SignInFailed."""
    if settings.flow == "service_account":
        return _taken(_service_account(settings), settings, exchange)
    with renewal(settings.store) as held:
        if not held.refresh_token:
            why = f"nobody has signed in yet: run python run.py auth login {settings.name}"
            raise SignInFailed(settings.name, why, refused=True)
        person = people.Credentials(  # type: ignore[no-untyped-call]
            token=None,
            refresh_token=held.refresh_token,
            token_uri=settings.token_url or TOKEN_URL,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
        )
        token = _taken(person, settings, exchange)
        held.keep(person.refresh_token or "")
    return token


def _service_account(settings: SignInSettings) -> service_account.Credentials:
    try:
        made = service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            str(settings.service_account_file),
            scopes=(settings.scope or SCOPE).split(),
            subject=settings.subject,
        )
    except (OSError, ValueError) as error:  # GoogleAuthError is a ValueError where it matters
        why = f"can't use {settings.service_account_file}: {error}"
        raise SignInFailed(settings.name, without_secrets(why, settings), refused=True) from error
    if settings.token_url:
        # The library has no public way to another endpoint than the file's.
        made._token_uri = settings.token_url
    return made  # type: ignore[no-any-return]


def _taken(
    who: people.Credentials | service_account.Credentials,
    settings: SignInSettings,
    exchange: Exchange,
) -> AccessToken:
    try:
        who.refresh(_Transport(exchange))  # type: ignore[no-untyped-call]
    except exceptions.RefreshError as error:
        raise _refusal(error, settings) from error
    except exceptions.GoogleAuthError as error:
        why = without_secrets(str(error), settings)
        raise SignInFailed(settings.name, why) from error
    if not isinstance(who.token, str) or not isinstance(who.expiry, datetime):
        raise failed(settings, {})
    return AccessToken(value=who.token, expires_at=who.expiry.replace(tzinfo=UTC))


def _refusal(error: exceptions.RefreshError, settings: SignInSettings) -> SignInFailed:
    """Return our error; the second argument of the library's is the provider's own object."""
    told = error.args[1] if len(error.args) > 1 else {}
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            told = {}
    if isinstance(told, Mapping) and told.get("error"):
        return failed(settings, told)
    why = without_secrets(str(error.args[0] if error.args else error), settings)
    return SignInFailed(settings.name, why, refused=not error.retryable)


class _Answer(Response):
    """An answer as google-auth wants it."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self._status, self._headers, self._data = status, headers, data

    @property
    def status(self) -> int:
        return self._status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    @property
    def data(self) -> bytes:
        return self._data


class _Transport(Request):
    """google-auth's way into the web is our one."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> _Answer:
        data = body.encode() if isinstance(body, str) else body or b""
        request = WebRequest(method=method, url=url, headers=headers or {}, body=data)
        try:
            got = self._exchange(request)
        except WebFailure as error:
            raise exceptions.TransportError(error.why) from error  # type: ignore[no-untyped-call] # it has none
        return _Answer(got.status, got.headers, got.body)
