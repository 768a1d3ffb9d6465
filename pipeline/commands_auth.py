"""What `auth check` and `auth login` do."""

import sys
from pathlib import Path

from cases.errors import SignInFailed
from pipeline import config
from pipeline.clock import now
from pipeline.config_sign_in import SignInSettings
from pipeline.exits import AWAY, BAD_CONFIG, NOT_ALLOWED, OK, USAGE, say
from pipeline.sign_in import log_in
from pipeline.sign_in_advice import advice
from pipeline.sign_in_check import check as check_entry
from pipeline.sign_in_check import purposes_of

_WORST = (BAD_CONFIG, NOT_ALLOWED, AWAY, OK)  # what the exit code says of several


def check(config_file: Path, name: str) -> int:
    """Print how far each sign-in gets; 78 the file is wrong, 77 somebody must allow it, 69 away."""
    settings = config.load(config_file)
    entries = _named(settings, name)
    if entries is None:
        return USAGE
    codes = {OK}
    for entry in entries:
        sys.stdout.write(f"{entry.name}: {entry.provider}, {entry.flow}\n")
        for step in check_entry(settings, entry, now=now()):
            codes.add(step.code)
            sys.stdout.write(f"{'ok' if step.code == OK else 'WRONG':>5}  {step.words}\n")
    return next(code for code in _WORST if code in codes)


def login(config_file: Path, name: str, *, port: int) -> int:
    """Have a person sign in and keep the refresh token."""
    settings = config.load(config_file)
    entries = _named(settings, name)
    if not entries:
        return USAGE
    (entry,) = entries
    if not entry.by_hand:
        say(f"{name} signs in by {entry.flow}: there is nothing for a person to do")
        return USAGE
    try:
        purpose = max(purposes_of(settings, entry))  # mail before graph, where both are wanted
        log_in(entry, purpose, say=say, port=port)
    except SignInFailed as error:
        found = advice(error.why, name=name, provider=entry.provider, refused=error.refused)
        say(f"{error}. What to do: {found.words}")
        return found.code
    say(
        f"signed in; the refresh token is in {entry.store}. "
        "A running desk takes it within six minutes"
    )
    return OK


def _named(settings: config.Settings, name: str) -> list[SignInSettings] | None:
    """Return the entry of that name, all for ""; None if there is none, which was said."""
    if name and name not in settings.sign_ins:
        known = ", ".join(settings.sign_ins) or "none"
        say(f"config.yaml has no sign_in called {name} (there: {known})")
        return None
    if not settings.sign_ins:
        say("config.yaml has no sign_in: mailboxes log in by password")
    return [settings.sign_ins[name]] if name else list(settings.sign_ins.values())
