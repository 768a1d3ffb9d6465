"""The form of the steps of `process` in rules.yaml, and of those that a rule changes."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.yamlfile import Section
from routing.process import CapaRule, Objection

Off = Literal["off"]
OFF = "off"  #: instead of a limit or a step: there is none


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
    approval: Annotated[
        tuple[SigningBlock, ...],
        BeforeValidator(_none_if_off, json_schema_input_type=tuple[SigningBlock, ...] | Off),
    ] = ()
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
