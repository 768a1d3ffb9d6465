"""A mail as the desk understands it, before the database is asked: for it, and for every replay."""

from dataclasses import dataclass
from datetime import datetime

from cases.model import Case, Lead, Quota
from pipeline.firstmail import First
from pipeline.handed_in import records_of
from pipeline.reading import Reader, ReadingFailed, Tools, read_in_part
from pipeline.reading_wire import Reading
from routing.match import Match
from routing.policy import Policy
from routing.situation import Situation
from routing.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a mail says, whole or in part."""

    reading: Reading
    readable: bool = False  #: False: only in part, and a person must look at the original
    why: str = ""  #: why not
    first: First | None = None  #: the first mail of the case, if the case may go elsewhere

    def first_of(self, case: Case | None) -> First | None:
        """Return the first mail of this very case: a new one may follow, or another be meant."""
        return self.first if self.first and case and self.first.case_id == case.id else None


def understand(data: bytes, *, reader: Reader, tools: Tools, partial: bool) -> Understood:
    """Read a mail whole if that can be done within the limits, else in part; never fails for it.

    `partial`: only its beginning was taken in.
    """
    try:
        return Understood(reading=reader.read(data), readable=not partial)
    except ReadingFailed as error:
        return in_part(data, tools, why=str(error))


def in_part(data: bytes, tools: Tools, *, why: str) -> Understood:
    """Read the little of a mail that can't fail to be read."""
    return Understood(reading=read_in_part(data, tools), why=why)


def on_its_own(
    read: Understood,
    *,
    policy: Policy,
    trust: Trust,
    inbox_id: int,
    mailbox: str,
    received_at: datetime,
    now: datetime,
    match: Match = Match(lead=None),  # noqa: B008 - frozen
    signed_lead: Lead | None = None,
) -> Situation:
    """Return the situation of a mail of which nothing else is known than what it shows itself."""
    mail = read.reading.mail
    return Situation(
        mail=mail,
        screening=read.reading.screening,
        classification=read.reading.classification,
        match=match,
        signed_lead=signed_lead,
        history=(),
        records=records_of(mail, mailbox, now=now),
        quota=Quota(),
        department_quota=Quota(),
        trust=trust,
        policy=policy,
        inbox_id=inbox_id,
        mailbox=mailbox,
        received_at=received_at,
        now=now,
        readable=read.readable and not mail.encrypted,
        why_not_readable=read.why or ("it is encrypted" if mail.encrypted else ""),
    )
