"""How to reach the mail servers that config.yaml names."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.config_sign_in import SignInSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """How to reach a mailbox by IMAP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sign_in: SignInSettings | None = None  #: a token from there instead of the password
    tls: Literal["implicit", "starttls", "none"]
    ca_file: Path | None
    inbox: str
    processed: str
    rejected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach the outgoing mail server."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    user: str
    password: str = field(repr=False)
    sign_in: SignInSettings | None = None  #: a token from there instead of the password
    ca_file: Path | None
