"""The form of config.yaml: which keys there are and what may stand behind them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from cases.addresses import sendable
from pipeline.yamlfile import Section

_LONGEST_LOCAL = 35


class FoldersBlock(Section):
    inbox: str = "INBOX"
    processed: str = "Processed"
    rejected: str = "Rejected"


class ImapBlock(Section):
    host: str
    port: int = Field(default=993, ge=1, le=65535)
    user: str
    password: str = ""
    password_file: str = ""
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str = ""
    folders: FoldersBlock = FoldersBlock()


class ImapSourceBlock(Section):
    imap: ImapBlock


class SmtpBlock(Section):
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str = ""
    password: str = ""
    password_file: str = ""
    ca_file: str = ""


class SmtpTargetBlock(Section):
    smtp: SmtpBlock


class MailboxBlock(Section):
    address: str
    source: ImapSourceBlock | str
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


class AlarmBlock(Section):
    file: str = ""
    webhook: str = ""
    webhook_file: str = ""


class Config(Section):
    config_version: Literal[1]
    database: str = ""
    database_file: str = ""
    mailboxes: dict[str, MailboxBlock] = Field(min_length=1)
    listen: str = ""
    outgoing: SmtpTargetBlock | str
    trust: AuthenticationResultsBlock | Literal["token_and_list"]
    rules: str
    secret_file: str
    models: str = "models"
    samples: bool = False
    alarm: AlarmBlock = AlarmBlock()
