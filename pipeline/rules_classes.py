"""The classes of rules.yaml: categories with what is below them, and levels of severity."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from cases.model import Category
from pipeline.rules_problems import Problems
from pipeline.rules_schema import (
    CategoryBlock,
    CriterionBlock,
    SeverityBlock,
    SubcategoryBlock,
)
from pipeline.rules_schema_process import OFF
from routing.policy import CategoryPolicy, Criterion, SeverityLevel, Subcategory
from routing.words import Words


def categories(
    blocks: Mapping[Category, CategoryBlock], departments: Iterable[str], problems: Problems
) -> Mapping[Category, CategoryPolicy]:
    """Return the policy of each category; each of the four must be there."""
    for category in Category:
        if category not in blocks:
            problems.complain(("categories",), f"{category.value} is missing", "Add it")
    known = list(departments)
    found = {}
    for category, block in blocks.items():
        path = ("categories", category.value)
        problems.known((*path, "department"), block.department, known, "department")
        found[category] = CategoryPolicy(
            names=problems.names(path, block.name),
            department=block.department,
            sub=tuple(
                _subcategory((*path, "sub", key), sub, known, problems)
                for key, sub in block.sub.items()
            ),
            needs=problems.needs((*path, "needs"), block.needs),
        )
    return found


def _subcategory(
    path: tuple[str, ...], block: SubcategoryBlock, departments: list[str], problems: Problems
) -> Subcategory:
    problems.key(path)
    if block.department:
        problems.known((*path, "department"), block.department, departments, "department")
    if not block.words:
        problems.complain(path, "has no words, so no mail can ever be of it", "Add words")
    return Subcategory(
        key=path[-1],
        names=problems.names(path, block.name),
        words=problems.words(path, block.words, block.unless),
        department=block.department,
    )


def levels(blocks: Mapping[str, SeverityBlock], problems: Problems) -> Iterator[SeverityLevel]:
    """Yield the levels of severity, most serious first; the last one takes all others."""
    last = list(blocks)[-1]
    for name, block in blocks.items():
        path = ("severity", name)
        problems.key(path)
        problems.addresses((*path, "alert"), block.alert)
        if name == last and (block.any or block.likely_above < 1):
            problems.complain(path, "the last level is for all others", "Remove its criteria")
        if name == last and block.repeated_within != OFF:
            where = (*path, "repeated_within")
            problems.complain(where, "raises nothing: this is the last level", "Remove it")
        if name != last and not block.any:
            problems.complain(
                path, "has no criteria, so nothing can ever be so severe", "Add `any`, with words"
            )
        yield SeverityLevel(
            name=name,
            names=problems.names(path, block.name),
            criteria=tuple(
                _criterion((*path, "any", key), criterion, problems)
                for key, criterion in block.any.items()
            ),
            answer_within=problems.limit((*path, "answer_within"), block.answer_within),
            likely_above=block.likely_above,
            alert=tuple(block.alert),
            serious=bool(block.alert),
            repeated_within=_repeated((*path, "repeated_within"), block, problems),
        )


def _repeated(path: tuple[str, ...], block: SeverityBlock, problems: Problems) -> timedelta | None:
    off = block.repeated_within == OFF
    return None if off else problems.whole_days(path, block.repeated_within)


def _criterion(path: tuple[str, ...], block: CriterionBlock, problems: Problems) -> Criterion:
    problems.key(path)
    if not block.words and not block.lists:
        problems.complain(path, "has no words, so it never holds", "Add `words` or `lists`")
    own = problems.words(path, block.words, block.unless)
    listed = problems.listed((*path, "lists"), block.lists)
    return Criterion(
        key=path[-1],
        names=problems.names(path, block.name),
        words=Words(
            words=(*own.words, *listed.words),
            unless=(*own.unless, *listed.unless),
            above=block.amount_above,
        ),
    )
