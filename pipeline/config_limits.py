"""The block `limits` of config.yaml: what the machine must have left, or no mail is taken in."""

import re
from dataclasses import dataclass

from pipeline.config_alarm import Complain
from pipeline.yamlfile import Section

_SIZE = re.compile(r"([0-9]{1,6}) ?(MiB|GiB)")
_UNITS = {"MiB": 2**20, "GiB": 2**30}


class LimitsBlock(Section):
    free_disk: str = "500 MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsSettings:
    """What must be left."""

    free_disk: int  #: bytes beside the SQLite file below which no mail is taken in; 0: never mind


def limits_of(block: LimitsBlock, *, complain: Complain) -> LimitsSettings:
    """Return the settings; what is wrong is told to `complain`."""
    match = _SIZE.fullmatch(block.free_disk.strip())
    if match is None:
        what = f"{block.free_disk!r} is no size"
        complain(("limits", "free_disk"), what, "Write for example: 500 MiB, 2 GiB")
        return LimitsSettings(free_disk=0)
    return LimitsSettings(free_disk=int(match[1]) * _UNITS[match[2]])
