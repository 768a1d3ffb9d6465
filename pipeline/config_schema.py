"""The form of config.yaml: which keys there are and what may stand behind them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from cases.addresses import sendable
from pipeline.config_alarm import AlarmBlock
from pipeline.config_limits import LimitsBlock
from pipeline.config_sign_in import GraphBlock, GraphOutBlock, SignInBlock
from pipeline.config_watch import WatchBlock
from pipeline.yamlfile import Section

_LONGEST_LOCAL = 35


def _one_line(value: str) -> str:
    if any(mark in value for mark in "\r\n\0"):
        raise ValueError("can't hold a line break or NUL: a server would read a second command")
    return value


#: What is said to a server as a part of a command (F33).
Name = Annotated[str, AfterValidator(_one_line)]


class FoldersBlock(Section):
    inbox: Name = "INBOX"
    processed: Name = "Processed"
    rejected: Name = "Rejected"


class ImapBlock(Section):
    host: Name
    port: int = Field(default=993, ge=1, le=65535)
    user: Name
    password: Name = ""
    password_file: str = ""
    sign_in: str = ""
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    folders: FoldersBlock = FoldersBlock()


class SourceBlock(Section):
    imap: ImapBlock | None = None
    graph: GraphBlock | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "SourceBlock":
        if (self.imap is None) == (self.graph is None):
            raise ValueError("give the block imap or the block graph")
        return self


class SmtpBlock(Section):
    host: Name
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: Name = ""
    password: Name = ""
    password_file: str = ""
    sign_in: str = ""
    ca_file: str = ""


class TargetBlock(Section):
    smtp: SmtpBlock | None = None
    graph: GraphOutBlock | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "TargetBlock":
        if (self.smtp is None) == (self.graph is None):
            raise ValueError("give the block smtp or the block graph")
        return self


class MailboxBlock(Section):
    address: str
    source: SourceBlock | str
    answer_mail_since: datetime
    plus_addressing: bool = True

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not sendable(value) or len(value.rpartition("@")[0]) > _LONGEST_LOCAL:
            raise ValueError(
                f"{value!r} is no mail address we can use (at most 35 characters before the @, "
                "so that reply tokens fit behind it)"
            )
        return value

    @field_validator("answer_mail_since")
    @classmethod
    def _has_zone(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("a time needs its zone: write for example 2026-11-01T00:00:00+08:00")
        return value


class AuthenticationResultsBlock(Section):
    authentication_results: str


class AuditBlock(Section):
    anchor_to: str = ""

    @field_validator("anchor_to")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not sendable(value):
            raise ValueError(f"{value!r} is no mail address: write for example auditor@example.com")
        return value


class EncryptionBlock(Section):
    key_file: str


class KeepBlock(Section):
    raw_mail: str = ""
    letters: str = ""
    case_texts: str = ""
    ignored_mail: str = ""
    quarantine: str = ""


class Config(Section):
    config_version: Literal[1]
    database: str = ""
    database_file: str = ""
    sign_in: dict[str, SignInBlock] = Field(default_factory=dict)
    mailboxes: dict[str, MailboxBlock] = Field(min_length=1)
    listen: str = ""
    outgoing: TargetBlock | str
    trust: AuthenticationResultsBlock | Literal["token_and_list"]
    rules: str
    secret_file: str
    old_secret_file: str = ""
    encryption: EncryptionBlock | None = None
    keep: KeepBlock = KeepBlock()
    models: str = "models"
    samples: bool = False
    alarm: AlarmBlock = AlarmBlock()
    audit: AuditBlock = AuditBlock()
    watch: WatchBlock = WatchBlock()
    limits: LimitsBlock = LimitsBlock()
