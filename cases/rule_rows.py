"""The history of the rules: every set that was live, and those that wait for somebody's yes."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, update

from cases.rows import Rows, clean
from cases.rule_tables import rule_fault, rule_proposal, rule_set


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One set of rules that went live."""

    id: int
    version: str  #: hash of its files
    live_at: datetime
    by: str  #: whose it is: an address, or the user who saved the file
    how: str  #: start, file, mail or rollback
    note: str
    files: Mapping[str, str]  #: path from the folder of rules.yaml → text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A set of rules that waits for a supervisor's yes."""

    id: int
    version: str
    at: datetime
    expires_at: datetime
    by: str  #: whose yes is wanted; "": any supervisor's
    how: str  #: file, mail or rollback
    why: str  #: why it does not go live by itself
    files: Mapping[str, str]
    state: str  #: waiting, live, refused or replaced
    decided_by: str  #: whose yes or no it was, "" as long as it waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Files of rules that were refused; the old rules go on."""

    id: int
    mark: str  #: hash of the file and of what is wrong with it
    kind: str  #: mistakes, or examples: nothing is wrong but what comes of them
    at: datetime
    since: datetime  #: no good file has been there since


class RuleRows(Rows):
    """Reads and writes of `rule_set` and `rule_proposal`."""

    def went_live(
        self,
        version: str,
        files: Mapping[str, str],
        *,
        by: str,
        how: str,
        now: datetime,
        note: str = "",
    ) -> bool:
        """Append a set of rules unless it is the one that is live; returns whether it was new."""
        while True:
            live = self.live_rules()
            if live and live.version == version:
                return False
            values = {
                "version": version,
                "live_at": now,
                "by": clean(by)[:320],
                "how": how,
                "note": clean(note),
                "files": _dump(files),
                "after": live.id if live else 0,
            }
            if self._insert_new(rule_set, values):
                return True
            # Another desk of the same database was quicker: this one comes after it.

    def live_rules(self) -> RuleVersion | None:
        """Return the set that went live last."""
        newest = select(func.max(rule_set.c.id)).scalar_subquery()
        row = self._connection.execute(select(rule_set).where(rule_set.c.id == newest)).first()
        return _version(row) if row else None

    def rule_versions(
        self, *, only: Collection[str] | None = None, limit: int = 50
    ) -> tuple[RuleVersion, ...]:
        """Return the sets that were live, the newest first; `only` some versions, if given."""
        statement = select(rule_set).order_by(rule_set.c.id.desc()).limit(limit)
        if only is not None:
            statement = statement.where(rule_set.c.version.in_(only))
        return tuple(_version(row) for row in self._connection.execute(statement))

    def propose_rules(
        self,
        version: str,
        files: Mapping[str, str],
        *,
        code_hash: str,
        by: str,
        how: str,
        why: str,
        now: datetime,
        expires_at: datetime,
    ) -> bool:
        """Keep a set that waits; one that waited of the same way and person is replaced by it."""
        self._connection.execute(
            update(rule_proposal)
            .where(
                rule_proposal.c.state == "waiting",
                rule_proposal.c.by == clean(by)[:320],
                rule_proposal.c.how == how,
                rule_proposal.c.code_hash != code_hash,
            )
            .values(state="replaced", decided_at=now)
        )
        values = {
            "code_hash": code_hash,
            "version": version,
            "at": now,
            "expires_at": expires_at,
            "by": clean(by)[:320],
            "how": how,
            "why": clean(why),
            "files": _dump(files),
            "state": "waiting",
        }
        return self._insert_new(rule_proposal, values)

    def receive_rules(
        self, files: Mapping[str, str], *, key: str, by: str, inbox_id: int, now: datetime
    ) -> bool:
        """Keep files that somebody sent, to be looked at soon; `key` names the mail."""
        values = {
            "code_hash": key,
            "version": "",
            "at": now,
            "expires_at": now,
            "by": clean(by)[:320],
            "how": "mail",
            "why": str(inbox_id),
            "files": _dump(files),
            "state": "received",
        }
        return self._insert_new(rule_proposal, values)

    def received_rules(self) -> Proposal | None:
        """Return the oldest files that somebody sent and nobody has looked at."""
        row = self._connection.execute(
            select(rule_proposal)
            .where(rule_proposal.c.state == "received")
            .order_by(rule_proposal.c.id)
            .limit(1)
        ).first()
        return _proposal(row) if row else None

    def looked_at(self, proposal_id: int, state: str, *, now: datetime) -> bool:
        """Note what became of files that somebody sent; False if it was noted before."""
        done = self._connection.execute(
            update(rule_proposal)
            .where(rule_proposal.c.id == proposal_id, rule_proposal.c.state == "received")
            .values(state=state, decided_at=now)
        )
        return done.rowcount == 1

    def proposal(self, code_hash: str) -> Proposal | None:
        """Return what waits, or waited, for a yes with this code."""
        row = self._connection.execute(
            select(rule_proposal).where(rule_proposal.c.code_hash == code_hash)
        ).first()
        return _proposal(row) if row else None

    def proposal_of(self, proposal_id: int) -> Proposal | None:
        """Return a proposal as it stands, and hold it until the transaction ends."""
        row = self._connection.execute(
            select(rule_proposal).where(rule_proposal.c.id == proposal_id).with_for_update()
        ).first()
        return _proposal(row) if row else None

    def proposed(self, version: str, *, how: str) -> Proposal | None:
        """Return the newest proposal of this set of rules that came this way."""
        row = self._connection.execute(
            select(rule_proposal)
            .where(rule_proposal.c.version == version, rule_proposal.c.how == how)
            .order_by(rule_proposal.c.id.desc())
            .limit(1)
        ).first()
        return _proposal(row) if row else None

    def accepted(self, *, since: datetime) -> Proposal | None:
        """Return what somebody said yes to last, at `since` or later."""
        row = self._connection.execute(
            select(rule_proposal)
            .where(rule_proposal.c.state == "live", rule_proposal.c.decided_at >= since)
            .order_by(rule_proposal.c.decided_at.desc(), rule_proposal.c.id.desc())
            .limit(1)
        ).first()
        return _proposal(row) if row else None

    def waiting_rules(self, *, now: datetime, how: str = "") -> Proposal | None:
        """Return the newest set that waits for a yes, of those that came this way if given."""
        waits = (rule_proposal.c.state == "waiting") & (rule_proposal.c.expires_at > now)
        statement = select(rule_proposal).where(waits).order_by(rule_proposal.c.id.desc()).limit(1)
        if how:
            statement = statement.where(rule_proposal.c.how == how)
        row = self._connection.execute(statement).first()
        return _proposal(row) if row else None

    def drop_waiting(self, *, how: str, now: datetime) -> int:
        """Give up what waits and came this way, because it was replaced; returns how many."""
        done = self._connection.execute(
            update(rule_proposal)
            .where(rule_proposal.c.state == "waiting", rule_proposal.c.how == how)
            .values(state="replaced", decided_at=now)
        )
        return done.rowcount

    def decide_proposal(self, proposal_id: int, state: str, *, by: str, now: datetime) -> bool:
        """Settle what waits; False if it was settled before."""
        done = self._connection.execute(
            update(rule_proposal)
            .where(rule_proposal.c.id == proposal_id, rule_proposal.c.state == "waiting")
            .values(state=state, decided_at=now, decided_by=clean(by)[:320])
        )
        return done.rowcount == 1

    def fault(self) -> Fault | None:
        """Return what is wrong with the file of rules, None if nothing is."""
        row = self._connection.execute(
            select(rule_fault).order_by(rule_fault.c.id.desc()).limit(1)
        ).first()
        return _fault(row) if row and row.over_at is None else None

    def found_fault(self, mark: str, *, kind: str, now: datetime) -> tuple[Fault, bool]:
        """Remember a file that was refused; returns what is kept, and whether it is news."""
        while True:
            known = self.fault()
            if known and known.mark == mark:
                return known, False
            since = known.since if known else now
            newest = self._connection.scalar(select(func.max(rule_fault.c.id))) or 0
            values = {"mark": mark, "kind": kind, "at": now, "since": since, "after": newest}
            new = self._insert_new(rule_fault, values)
            found = self.fault()
            if new and found:
                return found, True

    def fault_over(self, *, now: datetime) -> bool:
        """Remember that a good file is there again; False if it was all the time."""
        known = self.fault()
        if known is None:
            return False
        self._connection.execute(
            update(rule_fault).where(rule_fault.c.id == known.id).values(over_at=now)
        )
        return True


def _dump(files: Mapping[str, str]) -> str:
    text = json.dumps(dict(files), ensure_ascii=False)
    # A lone surrogate stands for a byte that is no UTF-8; its escape is JSON as well, and storable.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _version(row: Row[tuple[object, ...]]) -> RuleVersion:
    values = row._mapping
    names = ("id", "version", "live_at", "by", "how", "note")
    kept = {name: values[name] for name in names}
    return RuleVersion(files=json.loads(values["files"]), **kept)


def _proposal(row: Row[tuple[object, ...]]) -> Proposal:
    values = row._mapping
    names = ("id", "version", "at", "expires_at", "by", "how", "why", "state", "decided_by")
    kept = {name: values[name] for name in names}
    return Proposal(files=json.loads(values["files"]), **kept)


def _fault(row: Row[tuple[object, ...]]) -> Fault:
    values = row._mapping
    names = ("id", "mark", "kind", "at", "since")
    return Fault(**{name: values[name] for name in names})
