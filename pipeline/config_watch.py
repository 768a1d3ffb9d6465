"""The block `watch` of config.yaml: where metrics and health can be read, and by whom."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cases.this_machine import is_loopback
from pipeline.config_alarm import Complain
from pipeline.yamlfile import Section

_LISTEN = re.compile(r"([^:/\s\[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")
MOST_PORT = 65535
#: Fewer letters than this can be guessed.
LEAST_TOKEN = 16


class WatchBlock(Section):
    listen: str = ""
    token_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Where the desk answers those who watch over it."""

    host: str
    port: int
    token: str = field(default="", repr=False)  #: who asks must know it; "" on this machine alone


def watch_of(
    block: WatchBlock, *, read: Callable[[str], str], complain: Complain
) -> WatchSettings | None:
    """Return the settings, None where nobody shall ask.

    `read`: the content of the file that `token_file` names. What is wrong goes to `complain`.
    """
    if not block.listen:
        if block.token_file:
            complain(("watch", "listen"), "is missing", "Add it, as in listen: 127.0.0.1:9464")
        return None
    match = _LISTEN.fullmatch(block.listen)
    if match is None or not 0 < int(match[2]) <= MOST_PORT:
        complain(("watch", "listen"), f"{block.listen!r} is no address", "Write 127.0.0.1:9464")
        return None
    host = match[1].strip("[]")
    token = read(block.token_file).strip() if block.token_file else ""
    if block.token_file and len(token) < LEAST_TOKEN:
        what = f"holds fewer than {LEAST_TOKEN} letters, which can be guessed"
        complain(("watch", "token_file"), what, "Make one: openssl rand -hex 32")
    if not token.isascii() or not token.isprintable() or " " in token:
        what = "holds something else than one word of ASCII letters"
        complain(("watch", "token_file"), what, "Make one: openssl rand -hex 32")
    if not block.token_file and not is_loopback(host):
        complain(
            ("watch", "token_file"),
            f"is missing: {host} is not this machine alone, so who asks must know a token",
            "Make one: openssl rand -hex 32 > FILE; chmod 600 FILE. Or listen on 127.0.0.1",
        )
    return WatchSettings(host=host, port=int(match[2]), token=token)
