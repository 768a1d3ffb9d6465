"""Logging in at an IMAP server: by password, or by a token (XOAUTH2, OAUTHBEARER of RFC 7628).

No token is ever part of an error: what the server says (RFC 7628 §3.2.2) is told without it.
"""

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
)

from cases.errors import MailboxUnavailable
from cases.login import TokenTalk, mechanism_of
from ingest.imap_wire import Client


def with_password(client: Client, user: str, password: str) -> None:
    """Log in by LOGIN, or by PLAIN where a name or password is not ASCII."""
    if user.isascii() and password.isascii():
        client.login(user, password)
    else:  # LOGIN knows ASCII only, PLAIN is UTF-8 (RFC 4616 §2)
        client.plain_login(user, password)


def with_token(client: Client, name: str, user: str, token: str) -> str:
    """Log in to the mailbox of `user`; returns why the server refuses the token, "" if it is in."""
    offered = (item.decode("ascii", "replace") for item in client.capabilities())
    mechanism = mechanism_of(one[5:] for one in offered if one[:5].upper() == "AUTH=")
    if not mechanism:
        return "the server offers no login by token (AUTH=XOAUTH2 or AUTH=OAUTHBEARER)"
    talk = TokenTalk(mechanism, user=user, token=token)
    try:
        client.wire.authenticate(mechanism, lambda said: talk.answer(said).encode())
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        said = " ".join(filter(None, (talk.shown(str(error)), talk.told)))
        why = f"login by token refused: {said}; python run.py auth check says what to do"
        if "[UNAVAILABLE]" in said:  # the server can't look us up just now (RFC 5530 §3)
            raise MailboxUnavailable(name, why) from None
        return why
    return ""
