"""What a run has to say for itself (reliability 6.3): at least once, and on record where twice."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a run has to say for itself (reliability 6.3)."""

    mails: int
    cases: int
    letters: int
    kills: Mapping[str, int] = field(default_factory=dict)  #: by what was in work
    injected: Mapping[str, int] = field(default_factory=dict)  #: faults of the sink
    ambiguous: int  #: tries of which nobody knows whether they arrived
    doubles: int  #: letters that arrived once more than once
    unexplained: int  #: of these, not on record: must be 0
    held: int  #: letters that wait for a person, after three lost answers

    def __str__(self) -> str:
        """Return it in a few lines."""
        killed = ", ".join(f"{count} {name}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.mails} mails, {self.cases} cases, {self.letters} letters; "
            f"{sum(self.kills.values())} kills ({killed or 'none'}); "
            f"faults of the next server: {dict(self.injected) or 'none'};\n"
            f"{self.ambiguous} ambiguous, {self.doubles} real duplicates, "
            f"{self.unexplained} unexplained, {self.held} held for a person"
        )


def account(found: Evidence, *, kills: Mapping[str, int], injected: Mapping[str, int]) -> Account:
    """Draw up the account of a run."""
    copies = Counter(str(mail["id"]) for mail in found.accepted)
    on_record = {row["message_id"]: 1 + row["ambiguous"] for row in found.outbox}
    return Account(
        mails=len(found.inbox),
        cases=len(found.cases),
        letters=len(found.outbox),
        kills=kills,
        injected=injected,
        ambiguous=sum(row["ambiguous"] for row in found.outbox),
        doubles=sum(count - 1 for count in copies.values()),
        unexplained=sum(max(0, n - on_record.get(own, 0)) for own, n in copies.items()),
        held=sum(row["state"] == "held" for row in found.outbox),
    )
