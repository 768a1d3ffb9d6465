"""What the machine itself tells apart: its own addresses, and what its disk has for certain."""

import ipaddress
import os
from pathlib import Path

#: What config.yaml may name without TLS: nothing that could be taken for another machine.
NAMES = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address reaches this machine and no other (RFC 1122 §3.2.1.3)."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
