"""Why a mailbox can't be read: a short name for machines, and what a person has to mend.

The register of mailboxes keeps `KIND: words of the server`. Alarms say our words alone, because
those of a server may quote an address.
"""

import ssl
from pathlib import Path

from cases.errors import MailboxUnavailable, StoreUnavailable
from pipeline.config import MailboxSettings
from pipeline.config_servers import ImapSettings

#: Trying again does not help: a person must mend something, so nobody waits ten minutes to say so.
DEFINITE = ("login", "sign_in", "certificate", "starttls")
KINDS = (*DEFINITE, "network", "server", "disk", "database", "internal")

_WHAT = {
    "login": "the mail server {host} refused the LOGIN of this account, so no mail is read. Mend "
    "`user` or `password` (or `password_file`, or the variable that stands there) of {key} in "
    "{file}, see if `python run.py check` says ok, then restart the desk. If the password is "
    "right, the account is locked, expired or not allowed to use IMAP: ask whoever runs the "
    "server. No mail is lost, it waits there",
    "sign_in": "no token for the mail server {host}, or the server refused it, so no mail is read. "
    "`python run.py auth check` says what to mend. No mail is lost, it waits there",
    "certificate": "the certificate of the mail server {host} is not trusted, so no password was "
    "sent and no mail is read. Mend `host` (the name in the certificate) or `ca_file` of {key} in "
    "{file} and restart the desk, or have an expired certificate renewed. No mail is lost",
    "starttls": "the mail server {host} refuses encryption by STARTTLS, so no password was sent "
    "and no mail is read. Mend `tls` (implicit, with port 993) of {key} in {file} and restart the "
    "desk, or mend the server. No mail is lost",
    "network": "{host} can't be reached. Is it up, does a firewall stand between, are `host` and "
    "`port` of {key} in {file} right? It is tried again by itself; no mail is lost",
    "server": "the mail server {host} breaks off or answers with an error. `status` shows its "
    "words; it is tried again by itself; no mail is lost",
    "disk": "the disk of the database is nearly full, so no mail is taken in. Make room; no mail "
    "is lost, work goes on by itself",
    "database": "the desk could not use its database meanwhile; work goes on by itself",
    "internal": "is the desk running? If it is, its lines with `trouble` say why",
}
_FOLDER = "its folder can't be read. Do {host}, its owner and its mode still fit?"


def kind_of(error: Exception) -> str:
    """Return one of KINDS for what kept us from reading a mailbox."""
    if isinstance(error, StoreUnavailable):
        return "database"
    if not isinstance(error, MailboxUnavailable):
        return "internal"
    said, cause = error.why.lower(), error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError) or "certificate verify failed" in said:
        return "certificate"
    if "mib are left on the disk" in said:  # as pipeline/disk.py says
        return "disk"
    if error.refused and "starttls" in said:
        return "starttls"
    if error.refused:
        # Whoever signs in by a token has no password to mend.
        return "sign_in" if "sign-in" in said or "by token" in said else "login"
    return "network" if isinstance(cause, OSError) else "server"


def noted(error: MailboxUnavailable) -> str:
    """Return what the register keeps of an error."""
    return f"{kind_of(error)}: {error.why}"


def said(noted: str) -> tuple[str, str]:
    """Return (kind, the server's words) of what the register keeps; ("", words) of a plain note."""
    kind, _, words = noted.partition(": ")
    return (kind, words) if kind in KINDS else ("", noted)


def what_to_do(kind: str, box: MailboxSettings, file: Path) -> str:
    """Return what is wrong with a mailbox, and what to mend, in our words."""
    source, words = box.source, _WHAT.get(kind, _WHAT["internal"])
    if isinstance(source, Path):
        words = _FOLDER if kind in ("network", "server") else _WHAT["internal"]
        return words.format(host=source)
    if isinstance(source, ImapSettings):
        host, block = f"{source.host}:{source.port}", "imap"
    else:
        host, block = source.url, "graph"
    return words.format(host=host, key=f"mailboxes.{box.name}.source.{block}", file=file.name)


def facts_of(name: str, error: Exception) -> dict[str, str]:
    """Return what the line about a failed part called `name` says besides its words."""
    part, _, mailbox = name.partition(" ")
    if part != "mailbox":
        return {"action": name}
    return {"action": part, "mailbox": mailbox, "kind": kind_of(error)}
