"""The block `alarm` of config.yaml: the ways by which a person hears of trouble or silence."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cases.web import url_problem
from pipeline.yamlfile import Section

Complain = Callable[[tuple[str, ...], str, str], None]  #: (key, what is wrong, what to do)
Secret = Callable[[str, str, tuple[str, ...]], str]  #: (value, file instead, key) → value
Place = Callable[[str], Path]  #: a path of the file → an absolute one


class AlarmBlock(Section):
    file: str = ""
    webhook: str = ""
    webhook_file: str = ""
    command: tuple[str, ...] = ()
    heartbeat: str = ""
    heartbeat_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """Where trouble is told besides the daemon's own lines."""

    file: Path | None = None  #: holds the issues as long as there are any
    webhook: str = field(default="", repr=False)  #: URL that gets them as JSON, "" for none
    command: tuple[str, ...] = ()  #: a program and its arguments: the same JSON on its input
    heartbeat: str = field(default="", repr=False)  #: URL that is called while all work goes on
    heartbeat_file: Path | None = None  #: touched as often


def alarm_of(
    block: AlarmBlock, *, secret: Secret, place: Place, complain: Complain
) -> AlarmSettings:
    """Return the settings; what is wrong with them goes to `complain`."""
    webhook = ""
    if block.webhook or block.webhook_file:
        webhook = secret(block.webhook, block.webhook_file, ("alarm", "webhook"))
    for key, url in (("webhook", webhook), ("heartbeat", block.heartbeat)):
        why = url_problem(url) if url else ""
        if why:
            # The URL itself is not repeated: whoever knows it may post.
            complain(("alarm", key), why, "Write for example https://chat.example.com/…")
    return AlarmSettings(
        file=place(block.file) if block.file else None,
        webhook=webhook,
        command=_command(block.command, place=place, complain=complain),
        heartbeat=block.heartbeat,
        heartbeat_file=_touched(block.heartbeat_file, place=place, complain=complain),
    )


def _command(words: tuple[str, ...], *, place: Place, complain: Complain) -> tuple[str, ...]:
    """Return a program that can be run, by its whole path, and its arguments."""
    if not words:
        return ()
    name, *arguments = words
    found = shutil.which(str(place(name)) if os.sep in name else name) if name else None
    if found is None:
        complain(
            ("alarm", "command"),
            f"{name!r} is no program that this user can run",
            "Write [/path/of/program, argument, …]; there is no shell, so no pipes and no $NAME",
        )
    return (found or name, *arguments)


def _touched(name: str, *, place: Place, complain: Complain) -> Path | None:
    """Return the file to touch. One that holds a URL was meant to be read, as `webhook_file` is."""
    if not name:
        return None
    path = place(name)
    try:
        with path.open("rb") as file:
            url = file.read(8).lower().startswith((b"http://", b"https://"))
    except OSError:
        url = False  # it comes to be with the first beat
    if url:
        complain(
            ("alarm", "heartbeat_file"),
            "is touched every minute and never read, but this file holds a URL",
            "Give the URL as heartbeat: ${DESK_ALARM_HEARTBEAT}, and another file here or none",
        )
    return path
