"""`auth check`: take a token, look into it, log in with it; each step in words, with what to do."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cases.errors import DeskError, MailboxUnavailable, SignInFailed
from pipeline.config import Settings
from pipeline.config_servers import ImapSettings, SmtpSettings
from pipeline.config_sign_in import GraphSettings, Purpose, SignInSettings
from pipeline.desk import sender_of, source_of
from pipeline.exits import BAD_CONFIG, NOT_ALLOWED, OK
from pipeline.sign_in import fetch, running_out
from pipeline.sign_in_advice import CLOCK, advice

_SKEW = timedelta(minutes=5)
#: What a way out says when somebody said no; "Connection refused" is not one of them.
_REFUSALS = ("by token", "sign-in", "HTTP 4")
#: What a Microsoft token must allow: as an application, as a person.
_NEEDS = {
    "imap": ("IMAP.AccessAsApp", "IMAP.AccessAsUser.All"),
    "smtp": ("SMTP.SendAsApp", "SMTP.Send"),
    "graph in": ("Mail.ReadWrite", "Mail.ReadWrite"),
    "graph out": ("Mail.Send", "Mail.Send"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried."""

    words: str
    code: int = OK  #: exit code it calls for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A place of config.yaml that refers to an entry."""

    kind: str  #: imap, smtp, graph in, graph out
    user: str
    mailbox: str = ""  #: its name, "" for the way out

    @property
    def purpose(self) -> Purpose:
        """What its token is for."""
        return "graph" if self.kind.startswith("graph") else "mail"


def check(settings: Settings, entry: SignInSettings, *, now: datetime) -> Iterator[Step]:
    """Yield what was tried for one entry of `sign_in`, and how it went."""
    uses = tuple(_uses(settings, entry))
    purposes = purposes_of(settings, entry)
    good = set()
    for purpose in sorted(purposes, reverse=True):
        needs = [use.kind for use in uses if use.purpose == purpose]
        try:
            token = fetch(entry, purpose)
        except SignInFailed as error:
            yield _wrong(entry, f"no token for {purpose}: {error.why}", error.refused)
            continue
        good.add(purpose)
        yield from _claims(entry, purpose, token.value, needs, now=now)
    for use in uses:
        if use.purpose in good:
            yield _tried(settings, entry, use)
    for secret in running_out({entry.name: entry}, at=now):
        over = "ran out" if secret.days < 0 else "runs out"
        yield Step(words=f"the secret {over} on {secret.on}: make a new one in time")
    if not uses:
        yield Step(words=f"nothing refers to {entry.name}: no mailbox was tried")


def purposes_of(settings: Settings, entry: SignInSettings) -> set[Purpose]:
    """Return what tokens of an entry are wanted for; for mail if nothing refers to it."""
    return {use.purpose for use in _uses(settings, entry)} or {"mail"}


def _uses(settings: Settings, entry: SignInSettings) -> Iterator[_Use]:
    for box in settings.mailboxes.values():
        if isinstance(box.source, ImapSettings) and box.source.sign_in == entry:
            yield _Use(kind="imap", user=box.source.user, mailbox=box.name)
        if isinstance(box.source, GraphSettings) and box.source.sign_in == entry:
            yield _Use(kind="graph in", user=box.source.user, mailbox=box.name)
    out = settings.outgoing
    if isinstance(out, SmtpSettings) and out.sign_in == entry:
        yield _Use(kind="smtp", user=out.user)
    if isinstance(out, GraphSettings) and out.sign_in == entry:
        yield _Use(kind="graph out", user=out.user)


def _claims(
    entry: SignInSettings, purpose: Purpose, token: str, needs: list[str], *, now: datetime
) -> Iterator[Step]:
    claims = decoded(token)
    if not claims:
        yield Step(words=f"token for {purpose}: got one (it can't be looked into)")
        return
    allowed = _allowed(claims)
    who = claims.get("upn") or claims.get("preferred_username") or claims.get("appid") or "?"
    yield Step(
        words=f"token for {purpose}: for {claims.get('aud', '?')}, as {who}, allows "
        f"{', '.join(sorted(allowed)) or 'nothing'}, until {_time(claims.get('exp'))}"
    )
    began = _at(claims.get("nbf") or claims.get("iat"))
    ends = _at(claims.get("exp"))
    if (began and began - now > _SKEW) or (ends and ends < now):
        words = f"the token is good from {_time(claims.get('nbf'))}, it is {now:%Y-%m-%dT%H:%M}Z"
        yield Step(words=f"{words}; {CLOCK}", code=BAD_CONFIG)
    if entry.provider != "microsoft":
        return
    for kind in dict.fromkeys(needs):
        role = _NEEDS[kind][entry.by_hand]
        if not {role, f"{role}.Shared"} & allowed:
            fix = f"add {role} under API permissions and grant admin consent"
            words = f"the token does not allow {role}, which {kind.split()[0]} needs; {fix}"
            if purpose == "graph":  # RBAC for Applications does not show in tokens
                words += ", unless Exchange allows it to the application"
            yield Step(words=words, code=OK if purpose == "graph" else NOT_ALLOWED)


def _tried(settings: Settings, entry: SignInSettings, use: _Use) -> Step:
    """Log in as the desk will."""
    if not use.mailbox:
        sender = sender_of(settings)
        trouble = sender.probe()
        sender.close()
        if trouble:
            refused = any(sign in trouble for sign in _REFUSALS)
            return _wrong(entry, f"outgoing: {trouble}", refused, use.user)
        return Step(words=f"outgoing: logged in as {use.user}")
    source = source_of(settings.mailboxes[use.mailbox])
    try:
        next(source.scan(lambda _uidvalidity: frozenset()), None)
    except MailboxUnavailable as error:
        return _wrong(entry, f"mailbox {use.mailbox}: {error.why}", error.refused, use.user)
    except DeskError as error:
        return _wrong(entry, str(error), False, use.user)
    finally:
        source.close()
    return Step(words=f"mailbox {use.mailbox}: {use.user} can be read")


def _wrong(entry: SignInSettings, words: str, refused: bool, user: str = "") -> Step:
    found = advice(words, name=entry.name, user=user, provider=entry.provider, refused=refused)
    shown = words.partition("; python run.py auth check")[0]
    return Step(words=f"{shown}. What to do: {found.words}", code=found.code)


def decoded(token: str) -> Mapping[str, object]:
    """Return the claims of a JWT, unverified (we are not its reader); {} if it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _allowed(claims: Mapping[str, object]) -> set[str]:
    roles, scopes = claims.get("roles"), claims.get("scp")
    found = {str(role) for role in roles} if isinstance(roles, list) else set()
    return found | (set(scopes.split()) if isinstance(scopes, str) else set())


def _at(claim: object) -> datetime | None:
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) else None


def _time(claim: object) -> str:
    at = _at(claim)
    return f"{at:%Y-%m-%dT%H:%M}Z" if at else "?"
