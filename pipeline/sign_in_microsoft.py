"""Signing in at Microsoft (Entra ID, national clouds too), by MSAL.

As an application (secret or certificate) for a mailbox it was let into, or as a person by a device
code. The mailbox may be another's: IMAP, SMTP and Graph name it, the token does not.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msal  # type: ignore[import-untyped] # ships no types

from cases.errors import SignInFailed, WebFailure
from cases.web import Exchange, WebRequest
from pipeline.config_sign_in import Purpose, SignInSettings, cloud
from pipeline.sign_in_answer import failed, token_in, without_secrets
from pipeline.sign_in_store import renewal
from pipeline.sign_in_tokens import AccessToken

_MAIL = ("IMAP.AccessAsUser.All", "SMTP.Send")
_GRAPH = ("Mail.ReadWrite.Shared", "Mail.Send.Shared")


def fetch(
    settings: SignInSettings, purpose: Purpose, exchange: Exchange, *, now: Callable[[], datetime]
) -> AccessToken:
    """Ask for a token; raises SignInFailed."""
    if settings.by_hand:
        return _by_refresh_token(settings, purpose, exchange, now=now)
    app = _app(settings, exchange, msal.ConfidentialClientApplication)
    answer = _asked(settings, lambda: app.acquire_token_for_client(scopes(settings, purpose)))
    return token_in(answer, settings, now=now())


def scopes(settings: SignInSettings, purpose: Purpose) -> list[str]:
    """Return what is asked for: everything an administrator granted, or what mail needs."""
    if settings.scope:
        return settings.scope.split()
    mail, graph = cloud(settings)
    resource = graph if purpose == "graph" else mail
    if not settings.by_hand:
        return [f"{resource}/.default"]
    return [f"{resource}/{name}" for name in (_GRAPH if purpose == "graph" else _MAIL)]


def log_in(
    settings: SignInSettings, purpose: Purpose, exchange: Exchange, *, say: Callable[[str], None]
) -> None:
    """Have a person sign in by a device code and keep the refresh token; raises SignInFailed."""
    app = _app(settings, exchange, msal.PublicClientApplication)
    flow = _asked(settings, lambda: app.initiate_device_flow(scopes(settings, purpose)))
    if "user_code" not in flow:
        raise failed(settings, flow)
    say(f"Open {flow.get('verification_uri')} and enter the code {flow['user_code']}")
    answer = _asked(settings, lambda: app.acquire_token_by_device_flow(flow))
    if "access_token" not in answer:
        raise failed(settings, answer)
    fresh = str(answer.get("refresh_token") or "")
    if not fresh:
        why = "the provider gave no refresh token: allow offline_access to the application"
        raise SignInFailed(settings.name, why, refused=True)
    with renewal(settings.store) as held:
        held.keep(fresh)


def _by_refresh_token(
    settings: SignInSettings, purpose: Purpose, exchange: Exchange, *, now: Callable[[], datetime]
) -> AccessToken:
    app = _app(settings, exchange, msal.PublicClientApplication)
    with renewal(settings.store) as held:
        old = held.refresh_token
        if not old:
            why = f"nobody has signed in yet: run python run.py auth login {settings.name}"
            raise SignInFailed(settings.name, why, refused=True)
        wanted = scopes(settings, purpose)
        answer = _asked(settings, lambda: app.acquire_token_by_refresh_token(old, wanted))
        if "access_token" in answer:
            held.keep(str(answer.get("refresh_token") or ""))
    return token_in(answer, settings, now=now())


def _app(settings: SignInSettings, exchange: Exchange, kind: Callable[..., Any]) -> Any:
    """Return a fresh application: what MSAL would keep, `Tokens` keeps."""
    proof: dict[str, object] = {}
    if not settings.by_hand:
        proof["client_credential"] = _credential(settings)
    return _asked(
        settings,
        lambda: kind(
            settings.client_id,
            authority=f"{settings.authority}/{settings.tenant}",
            http_client=_Http(exchange),
            instance_discovery=False,  # the operator named the place; nobody else is asked
            **proof,
        ),
    )


def _credential(settings: SignInSettings) -> str | Mapping[str, str]:
    if settings.certificate_file is None:
        return settings.client_secret
    try:
        pem = settings.certificate_file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = f"can't read {settings.certificate_file}: {error}"
        raise SignInFailed(settings.name, why, refused=True) from error
    return {"private_key": pem, "public_certificate": pem}


def _asked(settings: SignInSettings, ask: Callable[[], Any]) -> Any:
    """Return what MSAL returns; its errors become ours."""
    try:
        return ask()
    except WebFailure as error:
        raise SignInFailed(settings.name, error.why) from error
    except (ValueError, KeyError, TypeError) as error:
        # A tenant that does not exist, a broken certificate, an answer that is no JSON.
        raise SignInFailed(settings.name, _words(error, settings), refused=True) from error


def _words(error: Exception, settings: SignInSettings) -> str:
    context = error.__context__
    told = f"{context} {error}" if isinstance(context, ValueError) else str(error)
    return without_secrets(told or type(error).__name__, settings)


class _Answer:
    """An answer as MSAL wants it."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.status_code, self.headers = status, dict(headers)
        self.text = body.decode("utf-8", "replace")

    def raise_for_status(self) -> None:
        """Take a server's trouble for none of ours: it passes."""
        if self.status_code >= 400:
            raise WebFailure(f"the provider answers HTTP {self.status_code}", sent=True)


class _Http:
    """MSAL's way into the web is our one."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Answer:
        url = f"{url}?{urlencode(params)}" if params else url
        return self._send("GET", url, headers or {}, b"")

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str | None] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _Answer:
        url = f"{url}?{urlencode(params)}" if params else url
        fields = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        sent = {key: value for key, value in (data or {}).items() if value is not None}
        return self._send("POST", url, fields, urlencode(sent).encode())

    def close(self) -> None:
        """Nothing of its own is open."""

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> _Answer:
        fields = {name: str(value) for name, value in headers.items()}  # MSAL gives numbers too
        got = self._exchange(WebRequest(method=method, url=url, headers=fields, body=body))
        if got.status == 429 or got.status >= 500:
            raise WebFailure(f"the provider answers HTTP {got.status}", sent=True)
        try:
            json.loads(got.body)
        except ValueError as error:
            why = f"the provider answers HTTP {got.status} and no JSON: is the address right?"
            raise WebFailure(why, sent=True) from error
        return _Answer(got.status, got.body, got.headers)
