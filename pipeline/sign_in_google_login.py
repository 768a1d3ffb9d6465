"""A person allows us a Google mailbox, in a browser that comes back here (RFC 8252 §7.3).

Google knows no device code for mail. PKCE (RFC 7636) and a state keep anybody else's answer out.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from cases.errors import SignInFailed
from cases.web import Exchange
from pipeline.config_sign_in import SignInSettings
from pipeline.sign_in_answer import failed
from pipeline.sign_in_generic import post
from pipeline.sign_in_google import SCOPE, TOKEN_URL
from pipeline.sign_in_store import renewal

_ASK_URL = "https://accounts.google.com/o/oauth2/v2/auth"
_PATIENCE_S = 600.0


def log_in(
    settings: SignInSettings, exchange: Exchange, *, say: Callable[[str], None], port: int
) -> None:
    """Show the address, wait ten minutes for the answer, keep the refresh token."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    try:
        waiting = _Waiting(port)
    except OSError as error:
        why = f"can't wait on port {port}: {error.strerror}; name another one with --port"
        raise SignInFailed(settings.name, why, refused=True) from error
    with waiting:
        back = f"http://127.0.0.1:{waiting.server_port}/"
        question = _question(settings, back, state=state, verifier=verifier)
        say(f"Open this address in a browser on this machine:\n{question}")
        where = f"{waiting.server_port}:127.0.0.1:{waiting.server_port}"
        say(f"(The browser is elsewhere? Connect it first: ssh -L {where} …)")
        answer = waiting.answer(state)
    if not answer.get("code"):
        raise failed(settings, answer or {"error": "expired_token"})
    asked = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "code_verifier": verifier,
    }
    got = post(settings, exchange, settings.token_url or TOKEN_URL, asked)
    fresh = got.get("refresh_token")
    if not isinstance(fresh, str) or not fresh:
        raise failed(settings, got)
    with renewal(settings.store) as held:
        held.keep(fresh)


def _question(settings: SignInSettings, back: str, *, state: str, verifier: str) -> str:
    """Return the address at which a person says yes."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": settings.client_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": settings.scope or SCOPE,
        "access_type": "offline",
        "prompt": "consent",  # without it only the first sign-in gives a refresh token
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{_ASK_URL}?{urlencode(asked)}"


class _Waiting(HTTPServer):
    """Waits on this machine for the browser to come back."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Page)
        self.timeout = 1.0
        self.got: dict[str, str] = {}

    def answer(self, state: str) -> dict[str, str]:
        """Return the fields of the answer with our state, {} if none came in ten minutes."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            self.handle_request()
            if self.got.get("state") == state and self.got.keys() & {"code", "error"}:
                return self.got
        return {}


class _Page(BaseHTTPRequestHandler):
    timeout = 5.0  # a browser that opens a connection in advance and says nothing
    server: _Waiting

    def do_GET(self) -> None:
        """Note what the browser brings, and say that it may be closed."""
        fields = parse_qs(urlsplit(self.path).query)
        if fields:
            self.server.got = {name: values[0] for name, values in fields.items()}
        page = b"<p>Signed in as far as this window goes: you can close it.</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing: the address holds the code."""
