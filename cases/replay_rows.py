"""Mails that were handled, with what was made of them then: what a replay looks at. Only reads."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select

from cases.judgement import Judgement, earlier_ids, load_earlier
from cases.model import Case, CaseEvent
from cases.related_rows import case_of, event_of
from cases.rows import Rows
from cases.tables import case_, correction, event, inbox

#: What became of a complainant's mail that was judged; any other only asked, thanked or confirmed.
_JUDGED = ("complainant_wrote", "reopened")
_COMPLAINANT = "complainant"
#: How the note of a mail that could not be read whole begins; see routing/newcase.py.
_IN_PART = "read only in part: "
#: Such a mail was read, in as far as it can be.
_SEALED = "it is encrypted"
#: Events of one mail that are looked at: what it did comes before whatever follows from that.
_FIRST_EVENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledMail:
    """A mail of a case, and what became of it; its bytes are read apart."""

    inbox_id: int
    mailbox: str
    received_at: datetime
    size: int  #: bytes of the whole mail, also where only its beginning was taken in
    opened: bool  #: it opened the case; else the complainant wrote again
    in_part: str = ""  #: why it could not be read whole then, "" if it could
    raised: bool = False  #: the complainant's later mail raised the severity
    reopened: bool = False  #: it came after the answer and opened the case again


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledCase:
    """A case as it is, as it was judged, and those of its mails that were judged."""

    case: Case
    judged: Judgement | None  #: None: from before that was kept
    earlier: tuple[Case, ...]  #: the complainant's other cases, as they were then
    corrected: bool  #: somebody said since what it is about
    mails: tuple[HandledMail, ...]  #: in the order in which they came


class ReplayRows(Rows):
    """Reads of everything that was ever handled."""

    def cases_written_to(self, *, since: datetime, until: datetime) -> tuple[int, ...]:
        """Return the numbers of cases that mails of this time opened or joined, in order."""
        rows = self._connection.scalars(
            select(inbox.c.case_id)
            .where(
                inbox.c.state == "done",
                inbox.c.case_id.is_not(None),
                inbox.c.erased_at.is_(None),
                inbox.c.received_at >= since,
                inbox.c.received_at < until,
            )
            .distinct()
            .order_by(inbox.c.case_id)
        )
        return tuple(rows)

    def handled_cases(
        self, ids: Collection[int], *, since: datetime, until: datetime
    ) -> tuple[HandledCase, ...]:
        """Return these cases with their mails of this time; those without such a mail are left out.

        Ask for some hundred at once: databases have a limit.
        """
        rows = self._connection.execute(select(case_).where(case_.c.id.in_(ids))).all()
        opened = {row.inbox_id for row in rows}
        mails: dict[int, list[HandledMail]] = {}
        for case_id, mail in self._mails(ids, opened, since=since, until=until):
            mails.setdefault(case_id, []).append(mail)
        others = self._cases({one for row in rows for one in earlier_ids(row.earlier)})
        corrected = frozenset(
            self._connection.scalars(
                select(correction.c.case_id).where(correction.c.case_id.in_(ids))
            )
        )
        return tuple(
            HandledCase(
                case=case_of(row, text=self.data_keys.text_of_case(row)),
                judged=Judgement.load(row.judged),
                earlier=load_earlier(row.earlier, others),
                corrected=row.id in corrected,
                mails=tuple(mails[row.id]),
            )
            for row in sorted(rows, key=lambda row: row.id)
            if row.id in mails
        )

    def _cases(self, ids: Collection[int]) -> Mapping[int, Case]:
        rows = self._connection.execute(select(case_).where(case_.c.id.in_(ids)))
        return {row.id: case_of(row, text=self.data_keys.text_of_case(row)) for row in rows}

    def _mails(
        self, ids: Collection[int], opened: Collection[int], *, since: datetime, until: datetime
    ) -> Iterator[tuple[int, HandledMail]]:
        rows = self._connection.execute(
            select(inbox)
            .where(
                inbox.c.case_id.in_(ids),
                inbox.c.state == "done",
                inbox.c.erased_at.is_(None),
                inbox.c.received_at >= since,
                inbox.c.received_at < until,
            )
            .order_by(inbox.c.id)
        ).all()
        stories = self._stories((row.case_id, row.id) for row in rows)
        for row in rows:
            story = stories.get((row.case_id, row.id), ())
            mail = _opening(row, story) if row.id in opened else _later(row, story)
            if mail:
                yield row.case_id, mail

    def _stories(
        self, mails: Iterable[tuple[int, int]]
    ) -> Mapping[tuple[int, int], tuple[CaseEvent, ...]]:
        """Return the first events of each mail, by case and mail."""
        keys = {
            f"{case_id}:mail:{mail}:{number}": (case_id, mail)
            for case_id, mail in mails
            for number in range(_FIRST_EVENTS)
        }
        rows = self._connection.execute(
            select(event).where(event.c.key.in_(keys)).order_by(event.c.id)
        )
        found: dict[tuple[int, int], tuple[CaseEvent, ...]] = {}
        for row in rows:
            found[keys[row.key]] = (*found.get(keys[row.key], ()), event_of(row))
        return found


def _opening(row: Row[tuple[object, ...]], story: Iterable[CaseEvent]) -> HandledMail:
    notes = (reason for one in story for reason in one.reasons if reason.startswith(_IN_PART))
    why = next(notes, "").removeprefix(_IN_PART)
    return _mail(row, opened=True, in_part="" if why == _SEALED else why)


def _later(row: Row[tuple[object, ...]], story: Iterable[CaseEvent]) -> HandledMail | None:
    """Return a later mail of the complainant, None for one that nobody judged."""
    for one in story:
        if one.actor == _COMPLAINANT and one.kind in _JUDGED:
            # The reasons stand there only where it raises the severity.
            return _mail(row, raised=bool(one.reasons), reopened=one.kind == "reopened")
    return None


def _mail(
    row: Row[tuple[object, ...]],
    *,
    opened: bool = False,
    in_part: str = "",
    raised: bool = False,
    reopened: bool = False,
) -> HandledMail:
    values = row._mapping
    return HandledMail(
        inbox_id=values["id"],
        mailbox=values["mailbox"],
        received_at=values["received_at"],
        size=values["size"],
        opened=opened,
        in_part=in_part,
        raised=raised,
        reopened=reopened,
    )
