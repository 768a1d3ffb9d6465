"""Public holidays and make-up working days of a country, by the `holidays` library. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from warnings import catch_warnings, simplefilter

# The library is imported where it is used: it costs a tenth of a second, and whoever names no
# country never needs it.

#: A day off for which another one is worked, as the library words it.
_EXCHANGED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """What the law says about the days of one year."""

    off: Mapping[date, str]  #: nobody works, and why, in English where the library has it
    on: frozenset[date]  #: days of a weekend on which people work, for a long holiday elsewhere


@lru_cache(maxsize=1024)
def year_of(country: str, year: int) -> Year:
    """Return the holidays of a `country` that `country_code` let pass; "" has none.

    Make-up days of China are known when the State Council has announced them, in the autumn of
    the year before: until the library has them, a later year has its holidays, but no make-up
    days. For a year it knows nothing of, there are no holidays.
    """
    if not country:
        return Year(off=MappingProxyType({}), on=frozenset())
    from holidays import country_holidays

    code, _, part = country.partition("-")
    with catch_warnings():
        simplefilter("ignore")  # that it has no holidays for so far a year
        found = country_holidays(code, subdiv=part or None, years=year)
        if "en_US" in found.supported_languages:
            found = country_holidays(code, subdiv=part or None, years=year, language="en_US")
    return Year(
        off=MappingProxyType(
            {
                day: _EXCHANGED.sub(r"instead of \3-\1-\2", name)
                for day, name in found.items()
                if day.year == year
            }
        ),
        on=frozenset(day for day in found.weekend_workdays if day.year == year),
    )


@lru_cache(maxsize=128)
def country_code(text: str) -> str:
    """Read "CN" or, with a part of the country, "DE-BY"; raises ValueError naming near codes."""
    from holidays import list_supported_countries
    from holidays.registry import COUNTRIES

    known = list_supported_countries()
    code, dash, part = text.strip().upper().partition("-")
    parts = {one.upper(): one for one in known.get(code, ())}
    if code in known and (not dash or part in parts):
        return code + dash + parts.get(part, "")
    if code in known:
        near = [f"{code}-{one}" for one in parts.values()] or [code]
    else:
        by_name = {name.replace("_", " ").upper(): entry[1] for name, entry in COUNTRIES.items()}
        names = get_close_matches(code, by_name, n=2, cutoff=0.7)
        codes = get_close_matches(code, [c for c in known if len(c) == 2], n=3, cutoff=0.5)
        near = [*(by_name[name] for name in names), *codes] or ["CN", "DE", "US"]
    raise ValueError(
        f"{text[:40]!r} is no country whose holidays are known. "
        f"Write its code, perhaps: {', '.join(near[:20])}"
    )
