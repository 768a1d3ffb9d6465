"""A logged-in IMAP session on one folder: opened when needed, dropped at the first error.

All that can go wrong between us and the server becomes `MailboxUnavailable` here (F13-F18, F31).
"""

import contextlib
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from cases.errors import MailboxUnavailable, SignInFailed
from cases.login import Refusals, Token, TokenLogin
from cases.this_machine import is_loopback
from ingest.imap_login import with_password, with_token
from ingest.imap_wire import Client, tls_context
from ingest.source import Filing

Tls = Literal["implicit", "starttls", "none"]

# What imapclient raises at answers that no honest server gives (F29), besides its own errors.
GARBLED = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)

_GOODBYE = 5.0  # seconds for LOGOUT
_WHY_CAP = 300  # characters of a server's words that we repeat


class ImapSession:
    """The connection of one mailbox; `use()` lends the client and translates its errors."""

    validity = 0  #: UIDVALIDITY of the folder as last selected, 0 if the server gives none (F18)
    next_uid: int | None = None  #: UIDNEXT as last selected
    read_only = False  #: the server lets us look only (F27)

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        token: Token | None,
        tls: Tls,
        folder: str,
        ca_file: Path | None,
        connect_seconds: float,
        command_seconds: float,
    ) -> None:
        """Take note; ValueError for `tls: none` to another machine and for control marks.

        With `token` the password is not used.
        """
        for text in (host, user, password, folder):
            refuse_control(name, text)
        if tls == "none" and not is_loopback(host):
            raise ValueError(f"mailbox {name}: tls: none would show the password to the network")
        self.name = name
        self._host, self._port, self._user, self._password = host, port, user, password
        self._tls, self._ca_file, self._folder = tls, ca_file, folder
        self._connect_seconds, self._command_seconds = connect_seconds, command_seconds
        self._client: Client | None = None
        self._tokens = TokenLogin(token) if token else None
        self._refusals = Refusals()

    @contextlib.contextmanager
    def use(self, *, validity: int | None = None) -> Iterator[Client]:
        """Lend a client with the folder selected; any error ends the session.

        With `validity` the folder must still have that UIDVALIDITY, or UIDs would lie (F17).
        """
        try:
            self._renew()
            client = self._client or self.select()
            if validity is not None and validity != self.validity:
                raise MailboxUnavailable(self.name, "the folder was renumbered while we read it")
            yield client
        except MailboxUnavailable:
            self.hang_up()
            raise
        except SignInFailed as error:
            self.hang_up()
            raise MailboxUnavailable(self.name, str(error), refused=error.refused) from error
        except (IMAPClientError, OSError, *GARBLED) as error:
            self.hang_up()
            raise MailboxUnavailable(self.name, _why(error), refused=_refused(error)) from error

    def _renew(self) -> None:
        """Leave a session whose token ends soon, before the server ends it in mid-sentence.

        The token's owner hands out another one some minutes earlier.
        """
        if self._client is not None and self._tokens is not None and self._tokens.ends_soon():
            self.close()

    def select(self) -> Client:
        """Select the folder afresh (inside `use()`): that tells UIDVALIDITY, UIDNEXT, access."""
        client = self._client = self._client or self._open()
        self.read_only = False
        try:
            facts = client.select_folder(self._folder)
        except IMAPClientReadOnlyError:
            facts = client.select_folder(self._folder, readonly=True)
            self.read_only = True
        self.validity = int(facts.get(b"UIDVALIDITY", 0))
        self.next_uid = facts.get(b"UIDNEXT")
        return client

    def _open(self) -> Client:
        resting = self._refusals.rest(at=time.monotonic())
        if resting:
            raise MailboxUnavailable(self.name, resting, refused=True)
        context = None if self._tls == "none" else tls_context(self._ca_file)
        client = Client(
            self._host,
            self._port,
            context=context,
            starttls=self._tls == "starttls",
            connect=self._connect_seconds,
            command=self._command_seconds,
        )
        try:
            if self._tls == "starttls":
                self._start_tls(client, context)
            self._log_in(client)
        except BaseException:
            client.hang_up()
            raise
        return client

    def _start_tls(self, client: Client, context: ssl.SSLContext | None) -> None:
        try:
            client.starttls(context)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:  # and no password follows in plain text (F31)
            why = f"the server refuses STARTTLS: {_why(error)}"
            raise MailboxUnavailable(self.name, why, refused=True) from error

    def _log_in(self, client: Client) -> None:
        """Log in; a refusal is remembered, for repeating it soon could lock the account (F31)."""
        try:
            if self._tokens is None:
                with_password(client, self._user, self._password)
            elif why := self._tokens.log_in(
                lambda token: with_token(client, self.name, self._user, token)
            ):
                raise MailboxUnavailable(self.name, why, refused=True)
        except (MailboxUnavailable, LoginError) as error:
            if error.refused if isinstance(error, MailboxUnavailable) else _refused(error):
                self._refusals.note(_why(error), at=time.monotonic())
            raise
        self._refusals.forget()

    def hang_up(self) -> None:
        """Drop the connection without a word."""
        client, self._client = self._client, None
        if client is not None:
            client.hang_up()

    def close(self) -> None:
        """Say goodbye if the server listens, for 5 seconds at most, and hang up."""
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(IMAPClientError, OSError, *GARBLED):
            client.wire.hurry(min(_GOODBYE, self._command_seconds))
            client.logout()
        client.hang_up()


def targets(name: str, processed: str, rejected: str) -> dict[Filing, str]:
    """Return the folders of handled mail; ValueError for control marks in a name (F33)."""
    for text in (processed, rejected):
        refuse_control(name, text)
    return {Filing.PROCESSED: processed, Filing.REJECTED: rejected}


def refuse_control(name: str, text: str) -> None:
    """Raise ValueError for CR, LF or NUL: imaplib would send them as a second command (F33)."""
    if any(mark in text for mark in "\r\n\0"):
        raise ValueError(f"mailbox {name}: line breaks and NUL can't be part of a name")


def _refused(error: BaseException) -> bool:
    """Tell whether trying again soon is no use, as for a wrong password or certificate."""
    if isinstance(error, LoginError):
        # imapclient says LoginError to a lost connection as well
        lost = isinstance(error.__context__, IMAPClientAbortError)
        return not lost and "[UNAVAILABLE]" not in str(error)  # RFC 5530 §3
    return isinstance(error, ssl.SSLCertVerificationError)


def _why(error: BaseException) -> str:
    if isinstance(error, MailboxUnavailable):
        return error.why
    said = "".join(mark if mark.isprintable() else " " for mark in str(error)[:_WHY_CAP]).strip()
    # imaplib hands a server's words on as they look in a program: b'[AUTHENTICATIONFAILED] …'
    said = re.sub(r"^b(['\"])(.*)\1$", r"\2", said)
    return said or type(error).__name__
