"""A provider of tokens on this machine that speaks as Microsoft's and Google's do.

https with an authority of its own, and http for Dovecot's question whether a token is good. The
answers have the shapes of the real ones: lifetimes, rotating refresh tokens, AADSTS numbers.
"""

import base64
import hashlib
import json
import ssl
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509

from pipeline.clock import now
from tests.live.servers import make_certificate

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "99999999-8888-7777-6666-000000000000"
SECRET = "s3cret~Value.of-the-application"
_MICROSOFT_TAIL = " Trace ID: 0-0 Correlation ID: 0-0 Timestamp: 2026-11-23 01:00:00Z"


@dataclass
class Provider:
    """Hands out tokens until told otherwise; every request is kept in `asked`."""

    folder: Path
    mailbox: str = ""  #: what a token opens
    lives: int = 3600  #: seconds
    roles: list[str] = field(
        default_factory=lambda: [
            "IMAP.AccessAsApp",
            "SMTP.SendAsApp",
            "Mail.ReadWrite",
            "Mail.Send",
        ]
    )
    secret: str = SECRET
    refusal: tuple[int, dict[str, str]] | None = None  #: what the token endpoint says instead
    certificate: Path | None = None  #: registered with the application
    delegated: set[str] = field(default_factory=set)  #: whom the service account may act for
    pending: int = 0  #: how often a device code is not yet entered
    rotates: bool = True  #: a refresh token is good once
    refresh_tokens: set[str] = field(default_factory=set)
    challenge: str = ""  #: PKCE of the browser's question
    good: dict[str, str] = field(default_factory=dict)  #: token → mailbox
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make a certificate and listen; `close()` ends it."""
        self._lock = threading.Lock()
        self.ca_file = self.folder / "provider.pem"
        key = self.folder / "provider.key"
        make_certificate(self.ca_file, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key)
        self._servers = [self._listen(None), self._listen(context)]
        self.http, port = (server.server_port for server in self._servers)
        self.url = f"https://127.0.0.1:{port}"

    def _listen(self, context: ssl.SSLContext | None) -> ThreadingHTTPServer:
        provider = self

        class Page(_Page):
            owner = provider

        server = QuietServer(("127.0.0.1", 0), Page)
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return server

    def close(self) -> None:
        """Listen no more."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def issue(self, audience: str = "", *, lives: int | None = None) -> str:
        """Return a new token for `mailbox`."""
        begins = int(now().timestamp())
        claims = {
            "aud": audience,
            "appid": CLIENT,
            "tid": TENANT,
            "roles": self.roles,
            "nbf": begins,
            "exp": begins + (self.lives if lives is None else lives),
            "jti": uuid.uuid4().hex,
            "pad": "x" * 900,  # real ones have some two thousand characters
        }
        token = ".".join((_b64({"typ": "JWT", "alg": "none"}), _b64(claims), "c2ln"))
        self.good[token] = self.mailbox
        return token

    def revoke(self) -> None:
        """Take back every token that was handed out."""
        self.good.clear()

    def tokens_asked(self) -> int:
        """Return how often the token endpoint was asked."""
        return sum("grant_type" in one for one in self.asked)

    # ------------------------------------------------------------- answers

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Return (status, object) for one request."""
        with self._lock:
            self.asked.append({"path": path, **form})
            if path.endswith("/.well-known/openid-configuration"):
                return self._discovery(path.split("/")[1])
            if path == "/introspect":
                box = self.good.get(form.get("token", ""))
                return 200, {"active": box is not None, "username": box or "nobody"}
            if path.endswith("/devicecode"):
                return 200, self._device()
            return self.refusal or self._token(path, form)

    def _discovery(self, tenant: str) -> tuple[int, dict[str, Any]]:
        if tenant != TENANT:
            said = f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have it."
            return 400, {"error": "invalid_tenant", "error_description": said + _MICROSOFT_TAIL}
        base = f"{self.url}/{TENANT}/oauth2/v2.0"
        return 200, {
            "issuer": f"{self.url}/{TENANT}/v2.0",
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "device_authorization_endpoint": f"{base}/devicecode",
        }

    def _device(self) -> dict[str, Any]:
        return {
            "device_code": "device-1",
            "user_code": "HQK3 WXYZ",
            "verification_uri": "https://login.example/device",
            "expires_in": 900,
            "interval": 1,
            "message": "open it",
        }

    def _token(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        match form.get("grant_type"):
            case "client_credentials":
                return self._application(form)
            case "urn:ietf:params:oauth:grant-type:device_code":
                if self.pending:
                    self.pending -= 1
                    return 400, {"error": "authorization_pending", "error_description": "wait"}
                return self._person(form)
            case "refresh_token":
                return self._refresh(form, google=path == "/token")
            case "authorization_code":
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
                    return 400, {"error": "invalid_grant", "error_description": "Bad verifier"}
                return self._person(form)
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._service_account(form)
        return 400, {"error": "unsupported_grant_type"}

    def _application(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("client_id") != CLIENT:
            said = f"AADSTS700016: Application with identifier '{form.get('client_id')}' not found"
            return 400, {"error": "unauthorized_client", "error_description": said}
        if self.certificate is not None:
            if not self._assertion_fits(form.get("client_assertion", "")):
                said = "AADSTS700027: The certificate used to sign is not registered."
                return 401, {"error": "invalid_client", "error_description": said}
        elif form.get("client_secret") != self.secret:
            said = "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent"
            return 401, {"error": "invalid_client", "error_description": said + _MICROSOFT_TAIL}
        return 200, self._granted(form, refresh=False)

    def _assertion_fits(self, assertion: str) -> bool:
        assert self.certificate is not None
        key = x509.load_pem_x509_certificate(self.certificate.read_bytes()).public_key()
        base = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        try:
            jwt.decode(assertion, key, algorithms=["PS256"], audience=base)  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            return False
        return True

    def _service_account(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        claims = jwt.decode(form["assertion"], options={"verify_signature": False})
        if claims.get("sub") not in self.delegated:
            said = "Client is unauthorized to retrieve access tokens using this method."
            return 401, {"error": "unauthorized_client", "error_description": said}
        return 200, self._granted(form, refresh=False)

    def _person(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        return 200, self._granted(form, refresh=True)

    def _refresh(self, form: dict[str, str], *, google: bool) -> tuple[int, dict[str, Any]]:
        old = form.get("refresh_token", "")
        if old not in self.refresh_tokens:
            said = "AADSTS700082: The refresh token has expired due to inactivity."
            said = "Token has been expired or revoked." if google else said + _MICROSOFT_TAIL
            return 400, {"error": "invalid_grant", "error_description": said}
        if self.rotates:
            self.refresh_tokens.discard(old)
        return 200, self._granted(form, refresh=self.rotates)

    def _granted(self, form: dict[str, str], *, refresh: bool) -> dict[str, Any]:
        scope = form.get("scope", "")
        found: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.lives,
            "access_token": self.issue(scope.partition("/.default")[0]),
        }
        if refresh:
            found["refresh_token"] = f"refresh-{uuid.uuid4().hex}"
            self.refresh_tokens.add(found["refresh_token"])
        return found


class QuietServer(ThreadingHTTPServer):
    """A web server that does not tell when a connection was ended on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class _Page(BaseHTTPRequestHandler):
    owner: Provider
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer takes 40 ms

    def do_GET(self) -> None:
        self._reply({})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._reply({key: values[0] for key, values in parse_qs(data).items()})

    def _reply(self, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        form |= {key: values[0] for key, values in parse_qs(parts.query).items()}
        status, found = self.owner.answer(parts.path, form)
        data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def _b64(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
