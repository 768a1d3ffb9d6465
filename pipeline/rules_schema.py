"""The form of rules.yaml: which keys there are and what may stand behind them."""

from typing import Literal

from pydantic import Field

from cases.model import Category
from pipeline.yamlfile import Section

Names = dict[Literal["zh", "en"], str]  #: by language
WordList = tuple[str | tuple[str, ...], ...]  #: may be grouped in lists, for people


class CalendarBlock(Section):
    hours: str
    time_zone: str


class DepartmentBlock(Section):
    name: Names
    to: tuple[str, ...] = Field(min_length=1)
    manager: str = ""
    deputies: tuple[str, ...] = ()


class SubcategoryBlock(Section):
    name: Names
    words: WordList
    unless: WordList = ()
    department: str = ""


class CategoryBlock(Section):
    name: Names
    department: str
    needs: tuple[str, ...] = ()
    sub: dict[str, SubcategoryBlock] = Field(default_factory=dict)


class CriterionBlock(Section):
    name: Names
    lists: tuple[str, ...] = ()
    words: WordList = ()
    unless: WordList = ()
    amount_above: float = Field(default=0, ge=0)


class SeverityBlock(Section):
    name: Names
    any: dict[str, CriterionBlock] = Field(default_factory=dict)
    likely_above: float = Field(default=1.0, gt=0, le=1)
    alert: tuple[str, ...] = ()
    answer_within: str


class WhenBlock(Section):
    words: WordList = ()
    unless: WordList = ()
    category: tuple[Category, ...] = ()
    subcategory: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    product: tuple[str, ...] = ()


class ThenBlock(Section):
    category: Category | None = None
    severity: str = ""
    department: str = ""
    cc: tuple[str, ...] = ()
    also: tuple[Category, ...] = ()
    ask_for: tuple[str, ...] = ()


class RuleBlock(Section):
    name: str
    when: WhenBlock
    then: ThenBlock
    stop: bool = False


class ProductBlock(Section):
    name: str
    aliases: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()


class NumbersBlock(Section):
    batch: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


class EnquiriesBlock(Section):
    department: str
    answer_within: str


class UnsureBlock(Section):
    below: float = Field(ge=0, le=1)
    ask: tuple[str, ...] = ()
    take_best_guess_after: str = "4 working hours"


class SeveralBlock(Section):
    above: float = Field(default=0.5, ge=0, le=1)


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
    products_file: str = ""
    numbers: NumbersBlock = NumbersBlock()
    rules: tuple[RuleBlock, ...] = ()
    enquiries: EnquiriesBlock
    unsure: UnsureBlock
    several: SeveralBlock = SeveralBlock()
    process: ProcessBlock
    end: Literal[True]
