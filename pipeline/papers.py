"""What belongs to a case besides itself and its story, and who may see it."""

from dataclasses import dataclass, replace

from cases.life import Measure, Part, Record
from cases.register_rows import ClockRow, FiledLetter
from routing.labels import RESTRICTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What belongs to a case besides itself and its story."""

    parts: tuple[Part, ...] = ()
    measures: tuple[Measure, ...] = ()
    records: tuple[Record, ...] = ()
    clocks: tuple[ClockRow, ...] = ()  #: those that run
    letters: tuple[FiledLetter, ...] = ()

    def shown(self, *, restricted: bool) -> "Papers":
        """Return what may be shown: without restricted entries and parts, unless asked for."""
        if restricted:
            return self
        parts = (
            replace(part, report={k: v for k, v in part.report.items() if k not in RESTRICTED})
            for part in self.parts
        )
        records = (record for record in self.records if not record.restricted)
        return replace(self, parts=tuple(parts), records=tuple(records))
