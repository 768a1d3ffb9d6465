"""`cases revoke`; command_line.py only unpacks the command line."""

import sys
from pathlib import Path

from pipeline.clock import now
from pipeline.exits import NO_INPUT, OK, USAGE, say
from pipeline.revoke import revoke
from pipeline.terminal import opened, plain, who


def cases_revoke(
    config_file: Path, reference: str, *, party: str, reason: str, by: str = ""
) -> int:
    """Take back reply addresses and letters; 64 without a reason, 66 for no such case or party."""
    if not reason.strip():
        say("reply addresses are taken back for a reason: --reason")
        return USAGE
    desk = opened(config_file)
    done = revoke(
        desk, reference, party=party.strip(), reason=reason.strip(), by=by or who(), now=now()
    )
    if done is None:
        say(f"there is no case {plain(reference)}; `cases list` shows the newest")
        return NO_INPUT
    if party and not done.tokens + done.letters:
        say(f"nobody of {done.reference} is called {plain(party)}, or all was taken back before")
        return NO_INPUT
    sys.stdout.write(
        f"{done.reference}: {done.tokens} reply addresses and {done.letters} letters taken back\n"
    )
    return OK
