"""Entries of `sign_in` at work: a token for whoever logs in, and how long its secret is good.

A process has one `Tokens` for each entry and purpose, so a mailbox and the way out share them.
"""

import atexit
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from cases.errors import SignInFailed
from cases.login import Token
from cases.web import Exchange
from pipeline.clock import now
from pipeline.config_sign_in import Purpose, SignInSettings
from pipeline.sign_in_tokens import AccessToken, Tokens

#: Days before the end of a secret at which it is told anew; the last is the end itself.
STEPS = (30, 14, 7, 1, 0)


@cache
def token_of(settings: SignInSettings, purpose: Purpose) -> Token:
    """Return the tokens of an entry for one purpose; nothing is asked yet."""
    return Tokens(lambda: fetch(settings, purpose), now=now)


@cache
def web_of(ca_file: Path | None) -> Exchange:
    """Return the way into the web that trusts `ca_file`; raises OSError if it can't be used."""
    from pipeline.web import Web  # late: a desk without sign-in needs no httpx

    web = Web(ca_file=ca_file)
    atexit.register(web.close)
    return web


def fetch(settings: SignInSettings, purpose: Purpose) -> AccessToken:
    """Ask the provider for a token; raises SignInFailed. The libraries are loaded here."""
    try:
        exchange = web_of(settings.ca_file)
        match settings.provider:
            case "microsoft":
                from pipeline import sign_in_microsoft

                return sign_in_microsoft.fetch(settings, purpose, exchange, now=now)
            case "google":
                from pipeline import sign_in_google

                return sign_in_google.fetch(settings, exchange)
            case "generic":
                from pipeline import sign_in_generic

                return sign_in_generic.fetch(settings, exchange, now=now)
    except OSError as error:
        raise SignInFailed(settings.name, str(error), refused=True) from error


def log_in(
    settings: SignInSettings, purpose: Purpose, *, say: Callable[[str], None], port: int
) -> None:
    """Have a person sign in, once; raises SignInFailed."""
    try:
        exchange = web_of(settings.ca_file)
        if settings.provider == "google":
            from pipeline import sign_in_google_login

            sign_in_google_login.log_in(settings, exchange, say=say, port=port)
            return
        from pipeline import sign_in_microsoft

        sign_in_microsoft.log_in(settings, purpose, exchange, say=say)
    except OSError as error:
        raise SignInFailed(settings.name, str(error), refused=True) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOut:
    """A secret that ends soon, or has ended."""

    name: str  #: of the entry
    on: date
    days: int  #: left; 0 on its last day, below when it is over
    step: int  #: how often it is told by now: it grows, so that each step is news


def running_out(entries: Mapping[str, SignInSettings], *, at: datetime) -> Iterator[RunsOut]:
    """Yield the entries whose secret or certificate ends within 30 days."""
    for name, settings in entries.items():
        ends = [end for end in (settings.secret_expires, _certificate_end(settings)) if end]
        if not ends:
            continue
        on = min(ends)
        days = (on - at.astimezone(UTC).date()).days
        step = sum(days <= limit for limit in STEPS)
        if step:
            yield RunsOut(name=name, on=on, days=days, step=step)


def _certificate_end(settings: SignInSettings) -> date | None:
    """Return the last day of a certificate, None if there is none that can be read."""
    if settings.certificate_file is None:
        return None
    from cryptography import x509  # late: it comes with msal

    try:
        found = x509.load_pem_x509_certificate(settings.certificate_file.read_bytes())
    except (OSError, ValueError):
        return None  # the next sign-in says so
    return found.not_valid_after_utc.date()
