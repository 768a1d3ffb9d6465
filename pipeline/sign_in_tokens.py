"""Tokens of one sign-in for one purpose: taken ahead of time, kept in memory, shared by threads."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.errors import SignInFailed
from cases.login import PAUSE

AHEAD = timedelta(minutes=5)  #: before its end a token is followed by the next
JITTER = timedelta(minutes=1)  #: earlier by up to so much, so that instances don't ask at once
_LEAST_LEFT = timedelta(seconds=30)  # with less a token is not worth a login
_random = random.SystemRandom().random
_AWAY_S = 15.0  # after the provider gave no answer; after a refusal it is `PAUSE`


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a provider handed out."""

    value: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """A `Token` of `cases/login.py`: a call that returns a token that is good for a while."""

    def __init__(
        self,
        fetch: Callable[[], AccessToken],
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float] = _random,
    ) -> None:
        """`fetch` asks the provider and raises SignInFailed; `jitter` gives numbers in 0..1."""
        self._fetch, self._now, self._jitter = fetch, now, jitter
        self._lock = threading.Lock()
        self._token: AccessToken | None = None
        self._renew_at: datetime | None = None
        self._failure: tuple[SignInFailed, datetime] | None = None  # and until when it counts

    def __call__(self, refused: str = "") -> str:
        """Return a token; after a refusal another one than `refused`, if there is one.

        Raises SignInFailed; a failure is repeated from memory for a while (F31).
        """
        with self._lock:
            now = self._now()
            old = self._token if self._token and self._token.value != refused else None
            if old and self._renew_at and now < self._renew_at:
                return old.value
            try:
                return self._fresh(now).value
            except SignInFailed:
                if old and old.expires_at - now > _LEAST_LEFT:
                    return old.value  # it is good still, and the provider may come back
                raise

    def _fresh(self, now: datetime) -> AccessToken:
        if self._failure and now < self._failure[1]:
            raise self._failure[0]
        try:
            token = self._fetch()
        except SignInFailed as error:
            pause = timedelta(seconds=PAUSE if error.refused else _AWAY_S)
            self._failure = (error, now + pause)
            raise
        left = token.expires_at - now
        # One that lives for some minutes only is followed at half its time.
        ahead = min(AHEAD + JITTER * self._jitter(), left / 2)
        self._token, self._renew_at, self._failure = token, token.expires_at - ahead, None
        return token
