"""Moving and deleting mails of a Graph mailbox, each looked for first: people move mail as well."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cases.errors import MailboxUnavailable
from ingest.graph_folders import Folders
from ingest.graph_mail import HASHED, Listed
from ingest.graph_wire import PAGE, GraphWire, Refused

_REFUSES_MOVES = ("ErrorAccessDenied", "ErrorQuotaExceeded", "ErrorMoveCopyFailed")
_DENIED = "ErrorAccessDenied"  # the account may look only (F27)


def listed(
    wire: GraphWire, folders: Folders, role: str, *, since: datetime | None = None
) -> list[Listed]:
    """List one folder, oldest first, or what came `since`; a missing one is empty."""
    folder = folders.id(role)
    if folder is None:
        return []
    more = {"filter": f"receivedDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}"} if since else {}
    found: dict[str, Listed] = {}
    try:
        for item in wire.list(
            f"mailFolders/{folder}/messages",
            select="id,receivedDateTime",
            orderby="receivedDateTime asc",
            top=str(PAGE),
            **more,
        ):
            mail = Listed.of(item)
            found[mail.id] = mail  # a mail that comes or goes meanwhile may shift the pages
    except Refused as error:
        folders.forget()
        raise MailboxUnavailable(wire.name, f"can't list {role}: {error}") from error
    return [mail for mail in found.values() if mail.id]


def lying(wire: GraphWire, folders: Folders, role: str, uids: Iterable[str]) -> Iterator[Listed]:
    """Yield those of `uids` that lie in a folder, at one small question each."""
    folder = folders.id(role)
    wanted = set(uids)
    hashed = {uid for uid in wanted if uid.startswith(HASHED)}
    if folder is None:
        return
    if hashed:
        yield from (mail for mail in listed(wire, folders, role) if mail.uid in hashed)
    for uid in sorted(wanted - hashed):
        try:
            path = Listed.named(uid).path
            found: Mapping[str, object] = wire.get(
                path, select="id,receivedDateTime,parentFolderId"
            )
        except Refused as error:
            if error.error.status == 404 or error.error.code == "ErrorInvalidIdMalformed":
                continue  # gone (F24), or no id of Graph: from another kind of mailbox
            raise MailboxUnavailable(wire.name, f"can't look for a mail: {error}") from error
        if found.get("parentFolderId") == folder:
            yield Listed.of(found)


def move(wire: GraphWire, folders: Folders, uids: Iterable[str], source: str, target: str) -> bool:
    """Move those that lie in `source`; False if the mailbox does not let us."""
    try:
        for mail in lying(wire, folders, source, uids):
            _move_one(wire, mail, folders.made(target))
    except Refused as error:
        folders.forget()
        if error.error.code in _REFUSES_MOVES or error.error.status == 507:
            return False
        raise MailboxUnavailable(wire.name, f"can't move mail: {error}") from error
    except MailboxUnavailable as error:
        if _DENIED in error.why:
            return False
        raise
    return True


def _move_one(wire: GraphWire, mail: Listed, into: str) -> None:
    try:
        wire.post(f"{mail.path}/move", {"destinationId": into})
    except Refused as error:
        if error.error.code != "ErrorItemNotFound":
            raise


def delete(wire: GraphWire, mail: Listed) -> bool:
    """Delete a mail for good; False if the mailbox does not let us."""
    try:
        wire.post(f"{mail.path}/permanentDelete", {})
    except Refused as error:
        return error.error.code == "ErrorItemNotFound"
    except MailboxUnavailable as error:
        if _DENIED not in error.why:
            raise
        return False
    return True
