"""The blocks `sign_in` and `graph` of config.yaml: who we are at a provider, and Graph's mailboxes.

One entry of `sign_in` has a name; IMAP, SMTP and Graph refer to it, so nothing is written twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from cases.web import url_problem
from pipeline.config_alarm import Complain, Place, Secret
from pipeline.yamlfile import Section

Provider = Literal["microsoft", "google", "generic"]
Flow = Literal["client_credentials", "device_code", "service_account", "installed"]
Purpose = Literal["mail", "graph"]  #: what a token is for: IMAP and SMTP, or Graph

INSTALL = "python -m pip install 'msal<2' 'google-auth<3' 'httpx<1'"
_NEEDS = {"microsoft": ("msal", "httpx"), "google": ("google.auth", "httpx"), "generic": ("httpx",)}
#: The ways to sign in at each provider, the usual one first.
_FLOWS: Mapping[str, tuple[Flow, ...]] = {
    "microsoft": ("client_credentials", "device_code"),
    "google": ("service_account", "installed"),
    "generic": ("client_credentials",),
}
#: What each way needs, and what it has no use for.
_WANTED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("microsoft", "client_credentials"): ("tenant", "client_id"),
    ("microsoft", "device_code"): ("tenant", "client_id"),
    ("google", "service_account"): ("service_account_file", "subject"),
    ("google", "installed"): ("client_id",),
    ("generic", "client_credentials"): ("client_id", "token_url"),
}
_USELESS: Mapping[str, tuple[str, ...]] = {
    "microsoft": ("service_account_file", "subject", "token_url"),
    "google": ("tenant", "certificate_file", "authority"),
    "generic": ("tenant", "certificate_file", "authority", "service_account_file", "subject"),
}
#: Authority of a national cloud → (host of IMAP and SMTP tokens, Graph).
CLOUDS: Mapping[str, tuple[str, str]] = {
    "https://login.microsoftonline.com": (
        "https://outlook.office365.com",
        "https://graph.microsoft.com",
    ),
    "https://login.partner.microsoftonline.cn": (
        "https://partner.outlook.cn",
        "https://microsoftgraph.chinacloudapi.cn",
    ),
    "https://login.chinacloudapi.cn": (
        "https://partner.outlook.cn",
        "https://microsoftgraph.chinacloudapi.cn",
    ),
    "https://login.microsoftonline.us": (
        "https://outlook.office365.us",
        "https://graph.microsoft.us",
    ),
}
WORLD = "https://login.microsoftonline.com"


class SignInBlock(Section):
    provider: Provider
    flow: Flow | Literal[""] = ""
    tenant: str = ""
    client_id: str = ""
    client_secret: str = ""
    client_secret_file: str = ""
    certificate_file: str = ""
    secret_expires: date | None = None
    service_account_file: str = ""
    subject: str = ""
    scope: str = ""
    authority: str = ""
    token_url: str = ""
    ca_file: str = ""


class GraphFoldersBlock(Section):
    inbox: str = "Inbox"
    processed: str = "Processed"
    rejected: str = "Rejected"

    @field_validator("inbox", "processed", "rejected")
    @classmethod
    def _is_path(cls, value: str) -> str:
        if not all(value.split("/")):
            raise ValueError("a folder needs a name; write one within another as Complaints/Done")
        return value


class GraphOutBlock(Section):
    user: str
    sign_in: str
    url: str = ""


class GraphBlock(GraphOutBlock):
    folders: GraphFoldersBlock = Field(default_factory=GraphFoldersBlock)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """Who we are at a provider and how we prove it."""

    name: str
    provider: Provider
    flow: Flow
    tenant: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    certificate_file: Path | None = None  #: PEM: private key and certificate
    secret_expires: date | None = None  #: when the provider stops taking the secret
    service_account_file: Path | None = None
    subject: str = ""  #: whose mailbox a service account opens
    scope: str = ""  #: of mail tokens, "" for the provider's own
    authority: str = ""  #: Microsoft's place to sign in, without the tenant
    token_url: str = ""
    ca_file: Path | None = None
    store: Path  #: where the refresh token is kept, for the ways a person signs in by

    @property
    def by_hand(self) -> bool:
        """True if a person signs in once, by `auth login`."""
        return self.flow in ("device_code", "installed")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSettings:
    """A mailbox by Microsoft Graph; the folders are of no use to a way out."""

    user: str
    sign_in: SignInSettings
    url: str
    inbox: str = "Inbox"
    processed: str = "Processed"
    rejected: str = "Rejected"

    @property
    def host(self) -> str:
        """Return the name of Graph's server."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInReader:
    """Turns the blocks into settings; what is wrong is complained about, all of it."""

    complain: Complain
    secret: Secret
    file: Place
    tokens: Path  #: folder of refresh tokens

    def entries(self, blocks: Mapping[str, SignInBlock]) -> dict[str, SignInSettings]:
        """Return the settings of each entry by its name."""
        return {name: self._entry(name, block) for name, block in blocks.items()}

    def _entry(self, name: str, block: SignInBlock) -> SignInSettings:
        path = ("sign_in", name)
        self._check(name, block, path)
        flow = _flow(block)
        return SignInSettings(
            name=name,
            provider=block.provider,
            flow=flow,
            tenant=block.tenant,
            client_id=block.client_id,
            client_secret=self._client_secret(block, flow, path),
            certificate_file=self._maybe(block.certificate_file),
            secret_expires=block.secret_expires,
            service_account_file=self._maybe(block.service_account_file),
            subject=block.subject,
            scope=block.scope,
            authority=(block.authority or WORLD).rstrip("/"),
            token_url=block.token_url,
            ca_file=self._maybe(block.ca_file),
            store=self.tokens / f"{name}.json",
        )

    def _maybe(self, value: str) -> Path | None:
        return self.file(value) if value else None

    def _check(self, name: str, block: SignInBlock, path: tuple[str, ...]) -> None:
        if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            self.complain(path, "is no name for a sign-in", "Use letters, digits, - and _")
        flow = _flow(block)
        if flow not in _FLOWS[block.provider]:
            known = " or ".join(_FLOWS[block.provider])
            what = f"is {flow}, which {block.provider} does not know"
            self.complain((*path, "flow"), what, f"Write {known}")
            return
        for key in _WANTED[block.provider, flow]:
            if not getattr(block, key):
                what = f"is missing: {block.provider} needs it for {flow}"
                self.complain((*path, key), what, "Add it")
        for key in _USELESS[block.provider]:
            if getattr(block, key):
                self.complain((*path, key), f"is of no use for {block.provider}", "Remove it")
        for key in ("authority", "token_url"):
            value = getattr(block, key)
            why = url_problem(value) if value else ""
            if why:
                self.complain((*path, key), why, "Write for example https://login.example.com")
        for library in _NEEDS[block.provider]:
            if not _there(library):
                what = f"needs the library {library}, which is not installed"
                self.complain((*path, "provider"), what, f"Run: {INSTALL}")

    def _client_secret(self, block: SignInBlock, flow: Flow, path: tuple[str, ...]) -> str:
        given = bool(block.client_secret or block.client_secret_file)
        needs = flow in ("client_credentials", "installed")
        if block.certificate_file or not needs:
            if given:
                what = f"is of no use {'beside a certificate' if needs else f'for {flow}'}"
                key = "client_secret" if block.client_secret else "client_secret_file"
                self.complain((*path, key), what, "Remove it")
            return ""
        return self.secret(block.client_secret, block.client_secret_file, (*path, "client_secret"))

    def named(
        self, name: str, entries: Mapping[str, SignInSettings], path: tuple[str, ...]
    ) -> SignInSettings | None:
        """Return the entry that somebody refers to; None if there is no such one."""
        found = entries.get(name)
        if found is None:
            known = ", ".join(entries) or "none yet"
            what = f"names {name!r}, which is no entry of sign_in"
            self.complain(path, what, f"Add it to sign_in (there: {known})")
        return found

    def graph(
        self,
        block: GraphOutBlock,
        entries: Mapping[str, SignInSettings],
        path: tuple[str, ...],
    ) -> GraphSettings | None:
        """Return the settings of a block `graph`."""
        entry = self.named(block.sign_in, entries, (*path, "sign_in"))
        if entry is None:
            return None
        if entry.provider != "microsoft":
            what = f"names {entry.name}, which signs in at {entry.provider}"
            self.complain((*path, "sign_in"), what, "Graph needs provider: microsoft")
        why = url_problem(block.url) if block.url else ""
        if why:
            self.complain((*path, "url"), why, "Write for example https://graph.microsoft.com")
        folders = block.folders if isinstance(block, GraphBlock) else GraphFoldersBlock()
        return GraphSettings(
            user=block.user,
            sign_in=entry,
            url=(block.url or cloud(entry)[1]).rstrip("/"),
            inbox=folders.inbox,
            processed=folders.processed,
            rejected=folders.rejected,
        )


def cloud(entry: SignInSettings) -> tuple[str, str]:
    """Return the resource of mail tokens and the address of Graph in this entry's cloud."""
    return CLOUDS.get(entry.authority, CLOUDS[WORLD])


def _flow(block: SignInBlock) -> Flow:
    if block.flow:
        return block.flow
    if block.provider == "google" and not block.service_account_file:
        return "installed"
    return _FLOWS[block.provider][0]


def _there(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:  # of google.auth, when there is no google
        return False
