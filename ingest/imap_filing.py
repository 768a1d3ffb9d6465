"""Moving mails between folders of an IMAP server, with what the server at hand can do (F28)."""

from imapclient.exceptions import (  # type: ignore[import-untyped] # ships no types
    IMAPClientAbortError,
    IMAPClientError,
)

from ingest.imap_wire import Client


def move_out(client: Client, uids: list[int], target: str) -> bool:
    """Move `uids` from the selected folder into `target`; False if the server won't have it.

    Mails that are not there count as moved. Without MOVE a break between COPY and UID EXPUNGE
    leaves the copies, and the repetition adds second ones.
    """
    try:
        return _move(client, uids, target)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:  # the server said no; some refuse a command for one missing mail
        named = ",".join(map(str, uids))
        there: list[int] = client.search(["UID", named])
        if not there:
            return True
        if len(there) == len(uids):
            return False
        return move_out(client, sorted(there), target)


def _move(client: Client, uids: list[int], target: str) -> bool:
    if client.has_capability("MOVE"):
        client.move(uids, target)
        return True
    if not client.has_capability("UIDPLUS"):
        return False  # a bare EXPUNGE would remove what other clients marked
    client.copy(uids, target)
    client.add_flags(uids, [rb"\Deleted"], silent=True)
    client.uid_expunge(uids)
    return True


def ensure_folder(client: Client, name: str) -> str | None:
    """Create the folder; return the name it got, or None if it is there or must not be created.

    Where personal folders live below a prefix (`INBOX.` on some servers), so does ours
    (RFC 2342 §5).
    """
    if client.folder_exists(name):
        return None
    name = _prefix(client, name) + name
    if client.folder_exists(name):
        return name
    try:
        client.create_folder(name)
        client.subscribe_folder(name)  # so that people see it
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        return None
    return name


def find_folder(client: Client, name: str) -> str | None:
    """Return the name by which the server knows our folder, None if there is none yet."""
    if client.folder_exists(name):
        return name
    prefix = _prefix(client, name)
    return prefix + name if prefix and client.folder_exists(prefix + name) else None


def _prefix(client: Client, name: str) -> str:
    """Return what must stand before `name`, "" if nothing must or it stands there already."""
    if not client.has_capability("NAMESPACE"):
        return ""
    personal = client.namespace().personal
    prefix = str(personal[0][0]) if personal else ""
    return "" if name.startswith(prefix) else prefix
