"""The form of rules.yaml: which keys there are and what may stand behind them."""

from typing import Literal

from pydantic import Field

from cases.model import Category
from pipeline.yamlfile import Section

Names = dict[Literal["zh", "en"], str]  #: by language


class CalendarBlock(Section):
    hours: str
    time_zone: str


class DepartmentBlock(Section):
    name: Names
    to: tuple[str, ...] = Field(min_length=1)
    manager: str = ""
    deputies: tuple[str, ...] = ()


class CategoryBlock(Section):
    name: Names
    department: str


class SeverityBlock(Section):
    name: Names
    words: tuple[str | tuple[str, ...], ...] = ()
    alert: tuple[str, ...] = ()
    answer_within: str


class WhenBlock(Section):
    words: tuple[str, ...] = ()
    category: tuple[Category, ...] = ()
    severity: tuple[str, ...] = ()
    product: tuple[str, ...] = ()


class ThenBlock(Section):
    category: Category | None = None
    severity: str = ""
    department: str = ""
    cc: tuple[str, ...] = ()


class RuleBlock(Section):
    name: str
    when: WhenBlock
    then: ThenBlock
    stop: bool = False


class ProductBlock(Section):
    name: str
    aliases: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class NumbersBlock(Section):
    batch: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


class EnquiriesBlock(Section):
    department: str
    answer_within: str


class UnsureBlock(Section):
    below: float = Field(ge=0, le=1)


class ProcessBlock(Section):
    close_after: str


class Rules(Section):
    rules_version: Literal[1]
    languages: tuple[Literal["zh", "en"], ...] = Field(min_length=1)
    desk_name: Names
    colleagues: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = Field(min_length=1)
    calendar: CalendarBlock
    departments: dict[str, DepartmentBlock] = Field(min_length=1)
    categories: dict[Category, CategoryBlock]
    severity: dict[str, SeverityBlock] = Field(min_length=1)
    products: tuple[ProductBlock, ...] = ()
    numbers: NumbersBlock = NumbersBlock()
    rules: tuple[RuleBlock, ...] = ()
    enquiries: EnquiriesBlock
    unsure: UnsureBlock
    process: ProcessBlock
    end: Literal[True]
