"""Signing in at any provider by client credentials (RFC 6749 §4.4)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from cases.errors import SignInFailed, WebFailure
from cases.web import Exchange, WebRequest
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in_answer import token_in
from pipeline.sign_in_tokens import AccessToken


def fetch(
    settings: SignInSettings, exchange: Exchange, *, now: Callable[[], datetime]
) -> AccessToken:
    """Ask for a token; raises SignInFailed."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }
    if settings.scope:
        asked["scope"] = settings.scope
    return token_in(post(settings, exchange, settings.token_url, asked), settings, now=now())


def post(
    settings: SignInSettings, exchange: Exchange, url: str, asked: Mapping[str, str]
) -> dict[str, object]:
    """Post a form to a token endpoint and return its object; raises SignInFailed if it is away."""
    request = WebRequest(
        method="POST",
        url=url,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        body=urlencode(asked).encode(),
    )
    try:
        got = exchange(request)
    except WebFailure as error:
        raise SignInFailed(settings.name, error.why) from error
    if got.status == 429 or got.status >= 500:
        raise SignInFailed(settings.name, f"the provider answers HTTP {got.status}")
    found = got.data()
    if not found:
        why = f"the provider answers HTTP {got.status} and no JSON: is the address right?"
        raise SignInFailed(settings.name, why, refused=True)
    return found
