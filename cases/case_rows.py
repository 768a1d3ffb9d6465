"""Cases and the reply tokens that open them."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update

from cases.event_rows import EventRows
from cases.incoming import Address
from cases.judgement import Judgement, dump_earlier
from cases.model import (
    Assessment,
    Case,
    Classification,
    Lead,
    Scope,
    Status,
)
from cases.related_rows import RelatedRows
from cases.restored_rows import RestoredRows
from cases.rows import clean, dump, dump_facts
from cases.tables import case_, outbox, reply_token

#: Characters of the complainant's words that a case keeps beside the mail itself.
MOST_WORDS = 20_000
#: Nobody owes anything any more.
OVER = (Status.CLOSED, Status.ARCHIVED)


class CaseRows(RelatedRows, EventRows, RestoredRows):
    """Reads and writes of `case_` and `reply_token`."""

    def open_case(
        self,
        *,
        inbox_id: int,
        assessment: Assessment,
        classification: Classification,
        complainant: Address,
        subject: str,
        text: str = "",
        thread_id: str,
        received_at: datetime,
        due_at: datetime | None,
        rules_version: str,
        guess_at: datetime | None = None,
        earlier: Iterable[Case] = (),
    ) -> Case:
        """Register a case and return it with its reference (C-year-number) and its secret.

        `earlier` are the complainant's other cases by which it was judged.
        """
        values: dict[str, object] = {
            # Replaced below: the number people see is the row's own.
            "reference": f"new-{inbox_id}",
            "secret": secrets.token_hex(32),
            "inbox_id": inbox_id,
            "status": Status.REGISTERED.value,
            "status_at": received_at,
            **_understood(assessment, classification, due_at),
            "complainant_addr": clean(complainant.addr)[:320],
            "complainant_name": clean(complainant.name)[:255],
            "subject": clean(subject),
            "text": clean(text)[:MOST_WORDS],
            "thread_id": clean(thread_id),
            "received_at": received_at,
            "due_at": due_at,
            "guess_at": guess_at,
            "rules_version": rules_version,
            "earlier": clean(dump_earlier(earlier)),
        }
        return self._open(values, year=received_at.year)

    def _open(self, values: dict[str, object], *, year: int) -> Case:
        if number := self.next_case_number():
            values = {"id": number, **values}
        words = str(values.pop("text"))
        row_id = int(
            self._connection.scalar(case_.insert().values(values).returning(case_.c.id)) or 0
        )
        reference = f"C-{year}-{row_id:06d}"
        self._connection.execute(
            update(case_)
            .where(case_.c.id == row_id)
            .values(reference=reference, **self.data_keys.encrypted_text(row_id, words))
        )
        found = self.case(row_id)
        if found is None:
            raise LookupError(f"case {row_id} vanished inside its own transaction")
        self.relate(found)
        return found

    def case(self, case_id: int) -> Case | None:
        """Return one case by its number, None if there is none."""
        row = self._connection.execute(select(case_).where(case_.c.id == case_id)).first()
        return self._case(row) if row else None

    def reference_of(self, case_id: int) -> str:
        """Return what people call a case, "" if there is none of that number."""
        return self._connection.scalar(select(case_.c.reference).where(case_.c.id == case_id)) or ""

    def judged(self, case_id: int) -> Judgement | None:
        """Return what was made of the first mail of a case; None if that was not kept."""
        found = self._connection.scalar(select(case_.c.judged).where(case_.c.id == case_id))
        return Judgement.load(found or "")

    def lock_case(self, case_id: int) -> Case | None:
        """Return one case and hold it, so that answers to it are handled one after the other."""
        row = self._connection.execute(
            select(case_).where(case_.c.id == case_id).with_for_update()
        ).first()
        return self._case(row) if row else None

    def case_by_reference(self, reference: str) -> Case | None:
        """Return the case people call `reference`."""
        row = self._connection.execute(
            select(case_).where(case_.c.reference == reference.upper())
        ).first()
        return self._case(row) if row else None

    def case_by_token(self, hashed: str, scope: Scope, *, now: datetime) -> Lead | None:
        """Return the case and party of a token that is neither revoked nor expired."""
        row = self._connection.execute(
            select(reply_token).where(
                reply_token.c.hash == hashed,
                reply_token.c.scope == scope.value,
                reply_token.c.revoked.is_(False),
                reply_token.c.expires_at > now,
            )
        ).first()
        found = self.lock_case(row.case_id) if row else None
        if row is None or found is None:
            return None
        return Lead(case=found, via="token", scope=scope, party=row.party)

    def save_case(self, case: Case, *, clocks_version: str = "") -> None:
        """Write back what a move may change; `clocks_version`: the rules its clocks follow now."""
        values = {
            "status": case.status.value,
            "round": case.round,
            "matter": case.matter.value,
            "category": case.category.value,
            "subcategory": clean(case.subcategory)[:64],
            "severity": case.severity,
            "unsure": case.unsure,
            "departments": dump(case.departments),
            "rules": dump(case.rules),
            "tags": dump(case.tags),
            "facts": dump_facts(case.facts),
            "due_at": case.due_at,
            "guess_at": case.guess_at,
            "closed_at": case.closed_at,
            "level": case.level,
            "status_at": case.status_at,
            "outcome_at": case.outcome_at,
            "clocks_version": clocks_version,
        }
        self._connection.execute(update(case_).where(case_.c.id == case.id).values(values))

    def cases_of_other_rules(self, version: str, *, limit: int = 50) -> tuple[int, ...]:
        """Return cases that are not in the archive and whose clocks follow other rules."""
        rows = self._connection.scalars(
            select(case_.c.id)
            .where(case_.c.clocks_version != version, case_.c.status != Status.ARCHIVED.value)
            .order_by(case_.c.id)
            .limit(limit)
        )
        return tuple(rows)

    def add_token(
        self, hashed: str, *, case_id: int, scope: Scope, party: str, expires_at: datetime
    ) -> None:
        """Remember a reply token by its hash; a letter that carries it again prolongs its life."""
        new = self._insert_new(
            reply_token,
            {
                "hash": hashed,
                "case_id": case_id,
                "scope": scope.value,
                "party": party,
                "expires_at": expires_at,
                "revoked": False,
            },
        )
        if not new:
            self._connection.execute(
                update(reply_token)
                .where(reply_token.c.hash == hashed, reply_token.c.expires_at < expires_at)
                .values(expires_at=expires_at)
            )

    def letters_of(self, case_id: int) -> tuple[tuple[str, str, str, str], ...]:
        """Return (letter, recipient, state, last reply) of every letter of the case."""
        rows = self._connection.execute(
            select(outbox.c.letter, outbox.c.recipient, outbox.c.state, outbox.c.last_reply)
            .where(outbox.c.case_id == case_id)
            .order_by(outbox.c.id)
        )
        return tuple((row.letter, row.recipient, row.state, row.last_reply) for row in rows)

    def recent_cases(self, *, status: str = "", limit: int = 50) -> tuple[Case, ...]:
        """Return the newest cases, of one status if given."""
        statement = select(case_).order_by(case_.c.id.desc()).limit(limit)
        if status:
            statement = statement.where(case_.c.status == status)
        return tuple(self._case(row) for row in self._connection.execute(statement))

    def case_counts(self) -> dict[str, int]:
        """Return how many cases are in each status."""
        rows = self._connection.execute(
            select(case_.c.status, func.count()).group_by(case_.c.status)
        )
        return {row[0]: row[1] for row in rows}

    def open_cases(self) -> dict[tuple[str, str], int]:
        """Return how many cases are not closed, by category and severity."""
        # Named one by one, so that the index leaves the closed ones, the many, unread.
        still = [status.value for status in Status if status not in OVER]
        rows = self._connection.execute(
            select(case_.c.category, case_.c.severity, func.count())
            .where(case_.c.status.in_(still))
            .group_by(case_.c.category, case_.c.severity)
        )
        return {(row[0], row[1]): row[2] for row in rows}


def _understood(
    assessment: Assessment, classification: Classification, due_at: datetime | None
) -> dict[str, object]:
    return {
        "matter": assessment.matter.value,
        "category": assessment.category.value,
        "subcategory": clean(assessment.subcategory)[:64],
        "severity": assessment.severity,
        "score": assessment.score,
        "unsure": assessment.unsure,
        "language": classification.language,
        "departments": dump(assessment.departments),
        "rules": dump(assessment.rules),
        "tags": dump(assessment.tags),
        "facts": dump_facts(classification.facts),
        "model_version": classification.model,
        "judged": clean(Judgement.of(assessment, due_at).dump()),
    }
