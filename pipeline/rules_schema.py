"""The form of rules.yaml: which keys there are and what may stand behind them."""

from typing import Literal

from pydantic import Field

from cases.model import Category
from pipeline.rules_schema_process import OFF, StepsBlock
from pipeline.rules_schema_rule import RuleBlock, WordList
from pipeline.yamlfile import Section

Names = dict[Literal["zh", "en"], str]  #: by language


class CalendarBlock(Section):
    hours: str
    time_zone: str
    country: str = ""
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()


class OwnCalendarBlock(Section):
    """Of one department; what is left out is as in the calendar of everybody."""

    hours: str = ""
    time_zone: str = ""
    country: str | None = None
    holidays: tuple[str, ...] = ()  # besides those of everybody
    workdays: tuple[str, ...] = ()


class DepartmentBlock(Section):
    name: Names
    to: tuple[str, ...] = Field(min_length=1)
    manager: str = ""
    deputies: tuple[str, ...] = ()
    calendar: OwnCalendarBlock | None = None
    people: dict[str, str] = Field(default_factory=dict)  # name → address
    stand_in: str = ""


class PartyBlock(Section):
    name: Names
    to: tuple[str, ...] = Field(min_length=1)
    language: Literal["zh", "en"]
    within: str = OFF


class ReferrerBlock(Section):
    name: Names
    addresses: tuple[str, ...] = Field(min_length=1)
    numbers: tuple[str, ...] = ()


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
    repeated_within: str = OFF


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
    usual: StepsBlock = StepsBlock()
    categories: dict[Category, StepsBlock] = Field(default_factory=dict)
    severity: dict[str, StepsBlock] = Field(default_factory=dict)
    ledger_day: int = Field(default=4, ge=1, le=28)  # every month has 28 days


class Rules(Section):
    rules_version: Literal[1]
    languages: tuple[Literal["zh", "en"], ...] = Field(min_length=1)
    desk_name: Names
    colleagues: tuple[str, ...] = ()
    supervisors: tuple[str, ...] = Field(min_length=1)
    calendar: CalendarBlock
    departments: dict[str, DepartmentBlock] = Field(min_length=1)
    management: tuple[str, ...] = ()
    finance: tuple[str, ...] = ()
    parties: dict[str, PartyBlock] = Field(default_factory=dict)
    referrers: dict[str, ReferrerBlock] = Field(default_factory=dict)
    categories: dict[Category, CategoryBlock]
    severity: dict[str, SeverityBlock] = Field(min_length=1)
    products: tuple[ProductBlock, ...] = ()
    products_file: str = ""
    customers: dict[str, tuple[str, ...] | str] = Field(default_factory=dict)  # a list, or a file
    numbers: NumbersBlock = NumbersBlock()
    rules: tuple[RuleBlock, ...] = ()
    enquiries: EnquiriesBlock
    unsure: UnsureBlock
    several: SeveralBlock = SeveralBlock()
    process: ProcessBlock
    end: Literal[True]
