"""Logging in at the outgoing mail server: by password, or by a token (XOAUTH2, OAUTHBEARER).

No token is ever part of an error: servers say why in a JSON object behind 334 and in the reply that
follows, and both are told without it.
"""

import smtplib
import time

from cases.errors import SignInFailed
from cases.login import Refusals, Token, TokenLogin, TokenTalk, mechanism_of

# Octets of a command (RFC 5321 §4.5.3.1.4); a longer token follows on a line of its own.
_LINE = 512


class LoginRefused(smtplib.SMTPException):
    """The server let us not in, or nobody gave us a token; says why and what to do."""


class Login:
    """How one sender logs in, time after time; a refusal is not repeated for a while (F31)."""

    def __init__(self, *, user: str, password: str, token: Token | None) -> None:
        """With `token` the password is not used; without a user nobody logs in."""
        self._user, self._password = user, password
        self._tokens = TokenLogin(token) if token else None
        self._refusals = Refusals()

    def wanted(self) -> None:
        """Raise LoginRefused if the server refused us a short while ago."""
        resting = self._refusals.rest(at=time.monotonic())
        if resting:
            raise LoginRefused(resting)

    def ends_soon(self) -> bool:
        """Tell whether the token of the session has been followed by another one."""
        return self._tokens is not None and self._tokens.ends_soon()

    def log_in(self, smtp: smtplib.SMTP) -> None:
        """Log in; raises what smtplib raises, or LoginRefused."""
        if not self._user:
            return
        try:
            if self._tokens is None:
                smtp.login(self._user, self._password)
            else:
                self._by_token(smtp, self._tokens)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise  # RFC 4954 §6: 454 is the server's own trouble
            self._refusals.note(password_refused(error), at=time.monotonic())
            raise
        except LoginRefused as error:
            self._refusals.note(str(error), at=time.monotonic())
            raise
        self._refusals.forget()

    def _by_token(self, smtp: smtplib.SMTP, tokens: TokenLogin) -> None:
        try:
            why = tokens.log_in(lambda token: _authenticate(smtp, self._user, token))
        except SignInFailed as error:
            if error.refused:
                raise LoginRefused(str(error)) from error
            raise smtplib.SMTPException(str(error)) from error
        if why:
            raise LoginRefused(why)


def password_refused(error: smtplib.SMTPAuthenticationError) -> str:
    """Say so without what the server may have echoed of our login."""
    return f"login refused ({error.smtp_code}): check outgoing.smtp.user and its password"


def _authenticate(smtp: smtplib.SMTP, user: str, token: str) -> str:
    """Log in by a token; returns why the server refuses it, "" if it does not."""
    smtp.ehlo_or_helo_if_needed()
    mechanism = mechanism_of(smtp.esmtp_features.get("auth", "").split())
    if not mechanism:
        return (
            "the outgoing server offers no login by token (AUTH XOAUTH2 or OAUTHBEARER); "
            "some offer it only after TLS"
        )
    talk = TokenTalk(mechanism, user=user, token=token)
    fits = len(talk.first) * 4 // 3 + len(mechanism) + 10 <= _LINE
    try:
        smtp.auth(mechanism, lambda said=b"": talk.answer(said), initial_response_ok=fits)
    except smtplib.SMTPAuthenticationError as error:
        reply = error.smtp_error
        said = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        words = talk.shown(f"{error.smtp_code} {said} {talk.told}")
        why = f"login by token refused: {words}; python run.py auth check says what to do"
        if error.smtp_code < 500:
            raise smtplib.SMTPException(why) from None
        return why
    return ""
