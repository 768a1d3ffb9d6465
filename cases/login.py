"""Signing in at a server: who hands out tokens, and how often a refused login may be repeated.

A token is asked for by a plain call, so that nobody who logs in need know where it comes from.
"""

import json
from collections.abc import Callable, Iterable

from cases.errors import SignInFailed

#: The token that was refused, "" if none was → a token for now, another one if there is one; raises
#: SignInFailed. Asking is cheap while the last one is good for some minutes more.
Token = Callable[[str], str]

#: Seconds between two logins after a refusal: with the second try of a fresh token 12 an hour, so
#: that no account is ever locked for our sake (F31).
PAUSE = 330.0

_SAID_CAP = 300  # characters of a server's words that we repeat


class TokenTalk:
    """What is said to log in by a token, whatever the protocol around it (pure).

    XOAUTH2 is the great providers' own, OAUTHBEARER is RFC 7628. To a server's error object the
    least is answered that is allowed (§3.2.3); then it refuses in the words of its protocol.
    """

    def __init__(self, mechanism: str, *, user: str, token: str) -> None:
        """Take note; `mechanism` is one that `mechanism_of` returned."""
        self.mechanism, self._token = mechanism, token
        self.told = ""  #: why the server refuses, in its own words, without the token
        whom = user.replace("=", "=3D").replace(",", "=2C")
        start = f"user={user}" if mechanism == "XOAUTH2" else f"n,a={whom},"
        self.first = f"{start}\1auth=Bearer {token}\1\1"
        self._last = "" if mechanism == "XOAUTH2" else "\1"
        self._begun = False

    def answer(self, challenge: bytes = b"") -> str:
        """Return what to say next."""
        if not self._begun:
            self._begun = True
            return self.first
        self.told = self.shown(_challenge_words(challenge))
        return self._last

    def shown(self, words: str) -> str:
        """Return a server's words as one line that holds no token."""
        words = words.replace(self._token, "…") if self._token else words
        return "".join(mark if mark.isprintable() else " " for mark in words[:_SAID_CAP]).strip()


def mechanism_of(offered: Iterable[str]) -> str:
    """Return the way to log in by a token that is `offered`, "" if none is."""
    names = {name.upper() for name in offered}
    return next((name for name in ("XOAUTH2", "OAUTHBEARER") if name in names), "")


def _challenge_words(challenge: bytes) -> str:
    """Return a server's error object `{"status": "400", …}` as words, whatever it is."""
    try:
        said = json.loads(challenge)
    except (ValueError, RecursionError):
        said = challenge.decode("utf-8", "replace")
    if isinstance(said, dict):
        said = ", ".join(f"{key}: {value}" for key, value in said.items())
    return str(said)


class TokenLogin:
    """Which token a client logs in with, time after time."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._in_use, self._refused = "", ""  # logged in with, refused last

    def ends_soon(self) -> bool:
        """Tell whether the token of the session has been followed by another one."""
        try:
            return self._token("") != self._in_use
        except SignInFailed:
            return False  # the session is good until the server ends it

    def log_in(self, attempt: Callable[[str], str]) -> str:
        """Log in; a refused token is not used again, and its successor is tried at once.

        `attempt` logs in with a token, and says why the server refuses it, "" if it does not.
        Returns the last refusal, "" if we are in; raises SignInFailed, and what `attempt` raises.
        """
        why = ""
        for last in (bool(self._refused), True):
            before, self._in_use = self._refused, self._token(self._refused)
            why = attempt(self._in_use)
            self._refused = self._in_use if why else ""
            if not why or last or self._in_use == before:
                break
        return why


class Refusals:
    """Remembers that a server refused us, so that it is left in peace for a while."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._why = ""

    def note(self, why: str, *, at: float) -> None:
        """A login was refused at `at` (monotonic seconds)."""
        self._until, self._why = at + PAUSE, why

    def forget(self) -> None:
        """A login went well."""
        self._until, self._why = None, ""

    def rest(self, *, at: float) -> str:
        """Say why there must be no login at `at` (monotonic seconds), "" if there may be one."""
        if self._until is None or at >= self._until:
            return ""
        return f"{self._why} (no new login for {self._until - at:.0f} seconds)"
