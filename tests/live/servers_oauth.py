"""Mail servers that take tokens: Dovecot and the SMTP sink ask the provider of the tests."""

import base64
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, auth_mechanism

from tests.live.provider import Provider
from tests.live.servers import Dovecot, SmtpSink

_TOKENS = """
auth_mechanisms = plain {mechanism}
passdb {{
  driver = oauth2
  mechanisms = {mechanism}
  args = {folder}/oauth2.conf.ext
}}
"""
_ASK = """
introspection_url = http://127.0.0.1:{port}/introspect
introspection_mode = post
active_attribute = active
active_value = true
username_attribute = username
client_id = dovecot
client_secret = dovecot
"""


class OAuthDovecot(Dovecot):
    """A Dovecot that also lets in whoever has a good token for the mailbox."""

    def __init__(self, provider: Provider, *, mechanism: str = "xoauth2") -> None:
        """Write the configuration; nothing runs yet."""
        self._provider, self._mechanism = provider, mechanism
        super().__init__()

    def _configuration(self) -> str:
        ask = self.folder / "oauth2.conf.ext"
        ask.write_text(_ASK.format(port=self._provider.http), encoding="utf-8")
        text = super()._configuration().replace("auth_mechanisms = plain login\n", "")
        return _TOKENS.format(mechanism=self._mechanism, folder=self.folder) + text


class _LongLines(SMTP):
    line_length_limit = 12_288  # RFC 4954 §4; a token is longer than a line of mail


class _Roomy(Controller):
    def factory(self) -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # that it is no server for the world
            return _LongLines(self.handler, **self.SMTP_kwargs)


@dataclass
class OAuthSink(SmtpSink):
    """An SMTP server that takes mail of those with a good token only."""

    provider: Provider = field(kw_only=True)
    refusal: str = "535 5.7.3 Authentication unsuccessful"
    logins: list[str] = field(default_factory=list)  #: users that were let in

    @auth_mechanism("XOAUTH2")
    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Check the token; to a bad one say why in JSON, then refuse as Exchange does."""
        if len(args) > 1:
            said = base64.b64decode(args[1])
        else:
            answer = await server.challenge_auth("")
            assert isinstance(answer, bytes)
            said = answer
        fields = dict(part.partition(b"=")[::2] for part in said.split(b"\1") if part)
        user, token = fields[b"user"].decode(), fields[b"auth"].removeprefix(b"Bearer ").decode()
        if self.provider.good.get(token) == user:
            self.logins.append(user)
            return AuthResult(success=True)
        why = json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example/"})
        await server.challenge_auth(why)
        await server.push(self.refusal)
        return AuthResult(success=False, handled=True)

    @contextmanager
    def running(self) -> Iterator["OAuthSink"]:
        """Listen while the block runs."""
        controller = _Roomy(
            self,
            hostname=self.host,
            port=self.port,
            auth_required=True,
            auth_require_tls=False,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
        )
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
