"""The folders of a Graph mailbox by the names that config.yaml gives them."""

from collections.abc import Mapping

from cases.errors import MailboxUnavailable
from ingest.graph_wire import GraphWire, Refused


class Folders:
    """Role → id; asked for once, and again after something was not found."""

    def __init__(self, wire: GraphWire, names: Mapping[str, str]) -> None:
        """`names`: role → the folder's name; Outer/Inner for one within another."""
        self._wire, self._names = wire, dict(names)
        self._ids: dict[str, str] = {}

    def forget(self) -> None:
        """Ask again the next time: a folder may have been deleted or renamed."""
        self._ids.clear()

    def id(self, role: str) -> str | None:
        """Return the id of a folder, None if it is not there."""
        if role not in self._ids:
            found = self._walk(self._names[role], make=False)
            if found is None:
                return None
            self._ids[role] = found
        return self._ids[role]

    def made(self, role: str) -> str:
        """Return the id of a folder that is made when missing; raises Refused."""
        found = self.id(role)
        if found is None:
            found = self._walk(self._names[role], make=True)
            assert found is not None  # noqa: S101 - it was made
            self._ids[role] = found
        return found

    def _walk(self, name: str, *, make: bool) -> str | None:
        inside = "mailFolders"
        found: str | None = None
        for step in name.split("/"):
            if inside == "mailFolders" and step.casefold() == "inbox":
                found = self._real("inbox")  # Graph's own name, whatever the mailbox's language
            else:
                found = self._look(inside, step)
            if found is None:
                if not make:
                    return None
                found = self._make(inside, step)
            inside = f"mailFolders/{found}/childFolders"
        return found

    def _real(self, alias: str) -> str | None:
        try:
            return str(self._wire.get(f"mailFolders/{alias}", select="id").get("id", "")) or None
        except Refused as error:
            if error.error.status == 404 and error.error.code != "ErrorInvalidUser":
                return None
            why = f"can't look for the folder {alias}: {error}"
            raise MailboxUnavailable(self._wire.name, why) from error

    def _look(self, inside: str, name: str) -> str | None:
        quoted = name.replace("'", "''")
        try:
            items = self._wire.list(
                inside, filter=f"displayName eq '{quoted}'", select="id,displayName"
            )
            found = next((str(item["id"]) for item in items if item.get("id")), None)
        except Refused as error:
            why = f"can't look for the folder {name}: {error}"
            raise MailboxUnavailable(self._wire.name, why) from error
        return found

    def _make(self, inside: str, name: str) -> str:
        try:
            return str(self._wire.post(inside, {"displayName": name}).get("id", ""))
        except Refused as error:
            found = self._look(inside, name)
            if error.error.status == 409 and found:  # somebody made it meanwhile
                return found
            raise
