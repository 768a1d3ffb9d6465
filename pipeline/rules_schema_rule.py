"""The form of one rule in rules.yaml: when it holds, what follows, and mails that prove it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from cases.model import Category, Matter
from pipeline.rules_schema_process import StepsBlock
from pipeline.yamlfile import Section


def _listed(value: object) -> object:
    """Let a list of one be written without brackets."""
    return [value] if isinstance(value, str | dict) else value


OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Categories = Annotated[tuple[Category, ...], BeforeValidator(_listed)]
#: Words may be grouped in lists, for people.
WordList = Annotated[tuple[str | tuple[str, ...], ...], BeforeValidator(_listed)]
Attached = Literal["photo", "video", "audio", "pdf", "document", "spreadsheet", "archive", "any"]
Conditions = Annotated[tuple["WhenBlock", ...], BeforeValidator(_listed)]


class WhenBlock(Section):
    """Every key that is there must hold; of the values of one key, any will do."""

    words: WordList = ()
    unless: WordList = ()
    regex: OneOrMore = ()
    category: Categories = ()
    subcategory: OneOrMore = ()
    severity: OneOrMore = ()
    score_above: float = Field(default=0, ge=0, le=1)
    score_below: float = Field(default=0, ge=0, le=1)
    product: OneOrMore = ()
    batch: OneOrMore = ()
    customer: OneOrMore = ()
    customer_list: OneOrMore = ()
    sender: OneOrMore = ()
    recipient: OneOrMore = ()
    mailbox: OneOrMore = ()
    region: WordList = ()
    language: Annotated[tuple[Literal["zh", "en", "other"], ...], BeforeValidator(_listed)] = ()
    attached: Annotated[tuple[Attached, ...], BeforeValidator(_listed)] = ()
    time: str = ""
    all: Conditions = ()
    any: Conditions = ()
    never: Conditions = Field(default=(), alias="not")


class ThenBlock(Section):
    """What a rule that holds sets or adds."""

    category: Category | None = None
    subcategory: str = ""
    severity: str = ""
    department: OneOrMore = ()
    cc: OneOrMore = ()
    also: Categories = ()
    ask_for: OneOrMore = ()
    answer_within: str = ""
    process: StepsBlock | None = None
    letters: str = ""
    tags: OneOrMore = ()


class MailBlock(Section):
    """An example mail, where more than its words matter."""

    sender: str = Field(default="", alias="from")
    name: str = ""
    to: OneOrMore = ()
    mailbox: str = ""
    subject: str = ""
    text: str = ""
    received: datetime | None = None
    attached: OneOrMore = ()


class GivesBlock(Section):
    """What must follow from an example; what is left out may be anything."""

    rule: bool = True  # this rule holds; false: it must not
    matter: Matter | None = None
    category: Category | None = None
    subcategory: str | None = None
    severity: str = ""
    department: OneOrMore = ()
    cc: OneOrMore = ()
    tags: OneOrMore = ()
    asks_for: OneOrMore = ()
    answer_within: str = ""
    unsure: bool | None = None
    product: str = ""
    model: str = ""
    batch: str = ""
    serial: str = ""
    order: str = ""
    tracking: str = ""
    customer: str = ""
    phone: str = ""


class ExampleBlock(Section):
    """A mail, as its text, as a block or as a file, and what must follow from it."""

    mail: str | MailBlock = ""
    file: str = ""
    gives: GivesBlock = GivesBlock()


class RuleBlock(Section):
    """One rule; `stop` ends the list."""

    name: str = Field(min_length=1, max_length=200)
    when: WhenBlock
    then: ThenBlock
    stop: bool = False
    examples: tuple[ExampleBlock, ...] = ()
