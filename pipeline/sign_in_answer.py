"""What a token endpoint answered (RFC 6749 §5) → a token, or the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cases.errors import SignInFailed
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in_tokens import AccessToken

_CAP = 400  # characters of a provider's words that we repeat
_SHORTEST, _LONGEST = 60, 24 * 3600  # seconds a token is believed to live
_PASSING = ("temporarily_unavailable", "server_error", "slow_down")


def token_in(
    answer: Mapping[str, object], settings: SignInSettings, *, now: datetime
) -> AccessToken:
    """Return the token of an answer; raises SignInFailed with the provider's words."""
    value = answer.get("access_token")
    if not isinstance(value, str) or not value:
        raise failed(settings, answer)
    try:
        lives = int(str(answer.get("expires_in", 3600)))
    except ValueError:
        lives = 3600
    lives = min(max(lives, _SHORTEST), _LONGEST)
    return AccessToken(value=value, expires_at=now + timedelta(seconds=lives))


def failed(settings: SignInSettings, answer: Mapping[str, object]) -> SignInFailed:
    """Return the error that a provider's answer means."""
    error = str(answer.get("error", ""))
    said = str(answer.get("error_description", "") or answer.get("error_subtype", ""))
    words = f"{error}: {said}" if error and said else error or said or "the answer holds no token"
    return SignInFailed(
        settings.name, without_secrets(words, settings), refused=error not in _PASSING
    )


def without_secrets(words: str, settings: SignInSettings, *more: str) -> str:
    """Return a provider's words as one short line without our secrets."""
    for secret in (settings.client_secret, *more):
        words = words.replace(secret, "…") if secret else words
    # Microsoft adds lines for its own support people: Trace ID, Correlation ID, Timestamp.
    words = words.partition("Trace ID:")[0]
    return " ".join(words.split())[:_CAP]
