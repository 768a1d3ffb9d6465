"""The form of rules.yaml: which keys there are and what may stand behind them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from cases.model import Category
from pipeline.yamlfile import Section
from routing.process import CapaRule, Objection

Names = dict[Literal["zh", "en"], str]  #: by language
WordList = tuple[str | tuple[str, ...], ...]  #: may be grouped in lists, for people
Off = Literal["off"]
OFF = "off"  #: instead of a limit or a step: there is none


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


class SigningBlock(Section):
    by: tuple[str, ...] = Field(min_length=1)
    deputies: tuple[str, ...] = ()
    within: str = OFF


class PlanBlock(Section):
    silence_agrees_after: str


class RungBlock(Section):
    to: tuple[str, ...] = Field(min_length=1)
    after: str = OFF


class ProgressBlock(Section):
    before: str = OFF
    every: str = OFF


class ConfirmBlock(Section):
    within: str = "7 days"
    needed: bool = False


class CapaBlock(Section):
    rule: CapaRule
    within: str
    verify_by: tuple[str, ...] = ()
    verify_after: str = OFF
    waive_by: tuple[str, ...] = ()


def _none_if_off(value: object) -> object:
    return () if value == OFF else value


class StepsBlock(Section):
    """The steps of a process; what is left out is as usual, in `usual` as in `Process`."""

    accept_within: str = OFF
    answer_within: str = OFF
    answer_needs: tuple[str, ...] = ()
    info_within: str = OFF
    external_within: str = OFF
    review: SigningBlock | Off = "off"
    approval: Annotated[tuple[SigningBlock, ...], BeforeValidator(_none_if_off)] = ()
    plan: PlanBlock | Off = "off"
    carry_out_within: str = OFF
    undo: str = OFF
    remind_before: str = OFF
    escalation: tuple[RungBlock, ...] = ()
    progress: ProgressBlock | Off = "off"
    tell_measures: bool = False
    confirm: ConfirmBlock = ConfirmBlock()
    objections: tuple[Objection, ...] = (Objection.REOPEN,)
    satisfaction: bool = True
    callback: SigningBlock | Off = "off"
    capa: CapaBlock | Off = "off"
    serious_after: str = OFF
    archive_after: str = "30 days"
    apologise: bool = True
    recusal: bool = True
    oral_counts: bool = True


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
    numbers: NumbersBlock = NumbersBlock()
    rules: tuple[RuleBlock, ...] = ()
    enquiries: EnquiriesBlock
    unsure: UnsureBlock
    several: SeveralBlock = SeveralBlock()
    process: ProcessBlock
    end: Literal[True]
