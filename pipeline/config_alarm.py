"""The block `alarm` of config.yaml: the second path by which a person hears of trouble."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """Where trouble is told besides the daemon's own lines."""

    file: Path | None = None  #: holds the issues as long as there are any
    webhook: str = ""  #: URL that gets them as JSON, "" for none


def webhook_problem(url: str) -> str:
    """Say why nothing may be posted to `url`, "" if it may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "is no URL"
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        return "is no URL"
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)):
        return ""
    return "must begin with https://, or with http:// and name this machine (127.0.0.1)"


def is_loopback(url: str) -> bool:
    """Tell whether a URL names this machine."""
    return (urlsplit(url).hostname or "") in _LOOPBACK
