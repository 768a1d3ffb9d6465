"""Public holidays and make-up days of countries."""

import subprocess
import sys
from datetime import date

import pytest

from routing.daysoff import country_code, year_of


def test_china_makes_up_for_long_holidays_at_weekends() -> None:
    """The six days that the State Council named for 2026 are working days."""
    days = {f"{day:%m-%d %a}" for day in year_of("CN", 2026).on}

    assert days == {"01-04 Sun", "02-14 Sat", "02-28 Sat", "05-09 Sat", "09-20 Sun", "10-10 Sat"}


def test_holidays_have_english_names() -> None:
    """Explanations are in English; exchanged days tell for which, in a form nobody misreads."""
    off = year_of("CN", 2026).off

    assert off[date(2026, 10, 1)] == "National Day"
    assert off[date(2026, 5, 5)] == "instead of 2026-05-09"


def test_a_year_holds_only_its_own_days() -> None:
    """New Year of 2022 was kept on the last day of 2021: it stands in 2021."""
    assert date(2021, 12, 31) in year_of("US", 2021).off
    assert all(day.year == 2022 for day in year_of("US", 2022).off)


def test_no_country_has_no_holidays() -> None:
    """As it was before countries could be named."""
    found = year_of("", 2026)

    assert (dict(found.off), found.on) == ({}, frozenset())


@pytest.mark.parametrize("year", [1990, 2060, 2100, 2150])
@pytest.mark.parametrize("country", ["CN", "DE-BY", "US", "IN", "JP", "HK", "SA"])
def test_any_year_of_any_country_is_answered(country: str, year: int) -> None:
    """The library knows India from 2001 to 2035 only: then there are fewer holidays, no error."""
    assert all(day.year == year for day in year_of(country, year).off)


@pytest.mark.parametrize(
    ("text", "code"), [("CN", "CN"), (" cn ", "CN"), ("de-by", "DE-BY"), ("DE-Augsburg",) * 2]
)
def test_codes_are_read_in_any_case(text: str, code: str) -> None:
    """A part of the country follows a dash."""
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "near"), [("China", "CN"), ("Germny", "DE"), ("DE-XX", "DE-BY"), ("中国", "CN")]
)
def test_an_unknown_country_is_refused_naming_near_codes(text: str, near: str) -> None:
    """By name, by code, by its parts."""
    with pytest.raises(ValueError, match=f"is no country .* perhaps: .*{near}"):
        country_code(text)


def test_whoever_names_no_country_never_loads_the_library() -> None:
    """It costs a tenth of a second, which every command would pay."""
    code = (
        "import sys; from datetime import UTC, datetime; from routing.deadlines import *;"
        "c = Calendar.parse('Mon-Fri 08:30-17:30', 'UTC');"
        "c.due(datetime(2026, 11, 23, tzinfo=UTC), Limit.parse('2 working days'));"
        "sys.exit('holidays' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)  # noqa: S603

    assert done.returncode == 0
