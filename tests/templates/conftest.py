"""Shared by the tests of templates: the shipped letters, and `--update-golden`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.model import Letter, LetterName
from templates.render import Letters
from templates.samples import samples


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden letters anew: `pytest tests/templates --update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="write the golden letters anew")


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Shall golden files be written instead of compared?"""
    return bool(pytestconfig.getoption("--update-golden", default=False))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the project."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def letters() -> Letters:
    """The letters shipped with the desk, in the time of Shanghai."""
    return Letters(zone=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def usual() -> dict[tuple[str, LetterName], Letter]:
    """The usual sample of each letter, by language and name."""
    return {
        (language, letter.name): letter
        for language in ("en", "zh")
        for variant, letter in samples(language)
        if variant == "usual"
    }
