"""A Microsoft Graph of one mailbox on this machine, with answers of the recorded shapes.

Ids are immutable only for those who ask for it (`Prefer: IdType="ImmutableId"`), as in the world:
without it a moved mail has another one.
"""

import base64
import itertools
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.live.provider import QuietServer

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TOKEN = "token-of-the-tests"


@dataclass
class Kept:
    """A mail in the mailbox."""

    id: str
    folder: str  #: id of the folder
    data: bytes
    at: datetime


@dataclass(frozen=True)
class Fault:
    """What is answered instead, once, to a request whose `METHOD path` fits."""

    wanted: str  #: regular expression
    status: int = 0  #: 0: hang up without an answer
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False  #: do what was asked first


@dataclass
class GraphServer:
    """The mailbox of `user`; every request is kept in `asked` as `METHOD path`."""

    user: str = "complaints@example.com"
    good: Callable[[str], bool] = lambda token: token == TOKEN
    page: int = 1000  #: messages of one answer
    id_length: int = 152
    may_move: bool = True
    mails: dict[str, Kept] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    folders: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"f-inbox": ("Posteingang", ""), "f-sent": ("Sent Items", "")}
    )  #: id → (name, id of the outer one)
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)  #: mails of each page that was listed

    def __post_init__(self) -> None:
        """Listen; `close()` ends it."""
        self._number = itertools.count(1)
        self._lock = threading.Lock()
        owner = self

        class Page(_Page):
            graph = owner

        self._server = QuietServer(("127.0.0.1", 0), Page)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    # ---------------------------------------------------------- what people do

    def deliver(self, data: bytes, *, folder: str = "f-inbox") -> str:
        """Put a mail into a folder and return its immutable id."""
        number = next(self._number)
        name = (
            f"AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A{number:06d}".ljust(self.id_length - 1, "x") + "="
        )
        at = BEGIN + timedelta(seconds=number)
        self.mails[name] = Kept(id=name, folder=folder, data=data, at=at)
        return name

    def folder(self, name: str) -> str:
        """Return the id of a folder by its name, made when missing."""
        for number, (called, _) in self.folders.items():
            if called == name:
                return number
        number = f"f-{len(self.folders)}"
        self.folders[number] = (name, "")
        return number

    def lying(self, name: str) -> list[bytes]:
        """Return the mails of a folder in the order of their arrival."""
        where = {number for number, (called, _) in self.folders.items() if called == name}
        found = (mail for mail in self.mails.values() if mail.folder in where)
        return [mail.data for mail in sorted(found, key=lambda mail: mail.at)]

    # ---------------------------------------------------------- answers

    def answer(self, page: "_Page", method: str, body: bytes) -> None:
        """Answer one request, or do what a fault says."""
        parts = urlsplit(page.path)
        line = f"{method} {unquote(parts.path)}"
        with self._lock:
            self.asked.append(line)
            token = page.headers.get("Authorization", "").removeprefix("Bearer ")
            self.tokens.append(token)
            fault = next((f for f in self.faults if re.search(f.wanted, line)), None)
            if fault:
                self.faults.remove(fault)
                if not fault.after:
                    page.fail(fault)
                    return
            if not self.good(token):
                page.error(401, "InvalidAuthenticationToken", "Access token has expired.")
                return
            before = f"/v1.0/users/{self.user}/"
            if not unquote(parts.path).startswith(before):
                page.error(404, "ErrorInvalidUser", "The requested user is invalid.")
                return
            path = unquote(parts.path).removeprefix(before)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            stable = "ImmutableId" in page.headers.get("Prefer", "")
            answer = self._do(method, path, query, body, stable)
        if fault:
            page.fail(fault)
        else:
            answer(page)

    def _do(
        self, method: str, path: str, query: dict[str, str], body: bytes, stable: bool
    ) -> Callable[["_Page"], None]:
        steps = path.split("/")
        match (method, *steps):
            case ("POST", "sendMail"):
                return self._send(body)
            case ("GET", "mailFolders"):
                return self._find("", query)
            case ("GET", "mailFolders", outer, "childFolders"):
                return self._find(self._known(outer), query)
            case ("POST", "mailFolders"):
                return self._make("", body)
            case ("POST", "mailFolders", outer, "childFolders"):
                return self._make(self._known(outer), body)
            case ("GET", "mailFolders", number):
                return lambda page: page.say({"id": self._known(number)})
            case ("GET", "mailFolders", number, "messages"):
                return self._list(self._known(number), path, query, stable)
            case ("GET", "messages", number):
                mail = self._mail(number)
                return _missing if mail is None else self._shown(mail, stable)
            case ("GET", "messages", number, "$value"):
                mail = self._mail(number)
                return _missing if mail is None else lambda page: page.raw(mail.data)
            case ("POST", "messages", number, "permanentDelete"):
                return self._delete(number)
            case ("POST", "messages", number, "move"):
                return self._move(number, json.loads(body)["destinationId"], stable)
        return lambda page: page.error(400, "BadRequest", f"{method} {path}")

    def _known(self, number: str) -> str:
        return "f-inbox" if number == "inbox" else number

    def _mail(self, number: str) -> Kept | None:
        return next((m for m in self.mails.values() if number in (m.id, self._bound(m))), None)

    def _bound(self, mail: Kept) -> str:
        return f"{mail.folder}-{mail.id}"

    def _send(self, body: bytes) -> Callable[["_Page"], None]:
        try:
            data = base64.b64decode(body, validate=True)
        except ValueError:
            said = "Invalid base64 string for MIME content."
            return lambda page: page.error(400, "ErrorMimeContentInvalidBase64String", said)
        self.sent.append(data)
        return lambda page: page.say(None, status=202)

    def _find(self, outer: str, query: dict[str, str]) -> Callable[["_Page"], None]:
        wanted = re.fullmatch(r"displayName eq '(.*)'", query["$filter"])
        assert wanted is not None
        name = wanted[1].replace("''", "'")
        found = [
            {"id": number, "displayName": called}
            for number, (called, inside) in self.folders.items()
            if called == name and inside == outer
        ]
        return lambda page: page.say({"value": found})

    def _make(self, outer: str, body: bytes) -> Callable[["_Page"], None]:
        name = json.loads(body)["displayName"]
        if (name, outer) in self.folders.values():
            return lambda page: page.error(409, "ErrorFolderExists", "It exists.")
        number = f"f-{len(self.folders)}"
        self.folders[number] = (name, outer)
        return lambda page: page.say({"id": number, "displayName": name}, status=201)

    def _list(
        self, folder: str, path: str, query: dict[str, str], stable: bool
    ) -> Callable[["_Page"], None]:
        if folder not in self.folders:
            return lambda page: page.error(404, "ErrorItemNotFound", "No such folder.")
        found = sorted(
            (mail for mail in self.mails.values() if mail.folder == folder),
            key=lambda mail: mail.at,
            reverse=query.get("$orderby", "").endswith("desc"),
        )
        since = query.get("$filter", "").removeprefix("receivedDateTime ge ").rstrip("Z")
        if since:
            least = datetime.fromisoformat(since).replace(tzinfo=UTC)
            found = [mail for mail in found if mail.at >= least]
        begin = int(query.get("$skip", "0"))
        most = min(int(query.get("$top", "10")), self.page)
        answer: dict[str, Any] = {
            "value": [
                {
                    "@odata.etag": 'W/"x"',
                    "id": mail.id if stable else self._bound(mail),
                    "receivedDateTime": mail.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                for mail in found[begin : begin + most]
            ]
        }
        self.lists.append(len(answer["value"]))
        if begin + most < len(found):
            more = "&".join(f"{key}={value}" for key, value in query.items() if key != "$skip")
            where = f"{self.url}/v1.0/users/{self.user}/{path}?{more}&$skip={begin + most}"
            answer["@odata.nextLink"] = where.replace(" ", "%20")
        return lambda page: page.say(answer)

    def _shown(self, mail: Kept, stable: bool) -> Callable[["_Page"], None]:
        facts = {
            "id": mail.id if stable else self._bound(mail),
            "receivedDateTime": mail.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "parentFolderId": mail.folder,
        }
        return lambda page: page.say(facts)

    def _delete(self, number: str) -> Callable[["_Page"], None]:
        mail = self._mail(number)
        if not self.may_move:
            return lambda page: page.error(403, "ErrorAccessDenied", "Access is denied.")
        if mail is None:
            return _missing
        del self.mails[mail.id]
        return lambda page: page.say(None, status=204)

    def _move(self, number: str, into: str, stable: bool) -> Callable[["_Page"], None]:
        mail = self._mail(number)
        if not self.may_move:
            return lambda page: page.error(403, "ErrorAccessDenied", "Access is denied.")
        if mail is None:
            return _missing
        if into not in self.folders:
            return lambda page: page.error(404, "ErrorFolderNotFound", "No such folder.")
        mail.folder = into
        shown = mail.id if stable else self._bound(mail)
        return lambda page: page.say({"id": shown}, status=201)


def _missing(page: "_Page") -> None:
    page.error(404, "ErrorItemNotFound", "The specified object was not found in the store.")


class _Page(BaseHTTPRequestHandler):
    graph: GraphServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer takes 40 ms

    def do_GET(self) -> None:
        self.graph.answer(self, "GET", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.graph.answer(self, "POST", body)

    def say(self, found: object, *, status: int = 200) -> None:
        """Answer with an object, or with nothing."""
        data = b"" if found is None else json.dumps(found).encode()
        self.raw(data, status=status, kind="application/json")

    def raw(
        self,
        data: bytes,
        *,
        status: int = 200,
        kind: str = "text/plain",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer with bytes."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("request-id", "11111111-0000")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def error(
        self, status: int, code: str, words: str, headers: dict[str, str] | None = None
    ) -> None:
        """Answer with Graph's error object."""
        said = {"error": {"code": code, "message": words, "innerError": {"date": "x"}}}
        data = json.dumps(said).encode()
        self.raw(data, status=status, kind="application/json", headers=headers)

    def fail(self, fault: Fault) -> None:
        """Do what a fault says."""
        if fault.status:
            self.error(fault.status, fault.code, "as the test wants it", fault.headers)
            return
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        pass
