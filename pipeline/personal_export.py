"""What the desk holds of one person, for that person (GDPR art. 15, PIPL art. 45): a zip file.

In it: their cases with dates and what was understood, their own mails as they came, our letters to
them. Left out is what is not about them or not theirs to see: departments' replies and notes,
liability, costs, staff by name, other persons (docs/adr/0015). So nothing is copied but what is
named here.
"""

import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.data_keys import if_readable
from cases.model import Case, CaseEvent, Fact
from cases.store import Transaction
from ingest.parse import minimal_parse
from pipeline.desk import Desk
from pipeline.personal_page import page
from pipeline.personal_words import TOLD

Row = dict[str, object]


@dataclass(slots=True)
class Parcel:
    """What goes into the file."""

    person: str
    at: datetime
    language: str = "en"
    cases: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)  #: mails and letters of no case of theirs
    departments: set[str] = field(default_factory=set)  #: that got their data
    keep: dict[str, int] = field(default_factory=dict)  #: kind of data → days it is kept
    files: dict[str, bytes] = field(default_factory=dict)  #: name → a mail or letter as it is

    @property
    def holds_anything(self) -> bool:
        """False if nothing is kept of the person."""
        return bool(self.cases or self.others)

    def as_json(self) -> Row:
        """Return the object of data.json."""
        return {
            "person": self.person,
            "made_at": self.at.isoformat(),
            "keep": self.keep,
            "departments": sorted(self.departments),
            "cases": self.cases,
            "other": self.others,
        }


def collect(desk: Desk, person: str, *, now: datetime) -> Parcel:
    """Gather everything about an address (lower case)."""
    parcel = Parcel(person=person, at=now)
    periods = desk.settings.privacy.keep.named()
    parcel.keep = {kind: period // timedelta(days=1) for kind, period in periods.items()}
    with desk.store.read() as tx:
        own = {one.id for one in tx.cases_of_person(person)}
        for number in sorted(own):
            case = tx.case(number)
            if case is not None:
                parcel.cases.append(_case(tx, parcel, case))
        for number, case_id in tx.mails_of_person(person):
            if case_id not in own:
                parcel.others += _mail(tx, parcel, number, "other")
        for number in tx.cases_with_person(person):
            if number not in own:
                parcel.others += _letters(tx, parcel, number, "other")
    return parcel


def packed(parcel: Parcel, desk: Desk) -> bytes:
    """Return the file: a page to read, the same as JSON, mails and letters as they are."""
    out = io.BytesIO()
    told = parcel.as_json()
    files = {
        "index.html": page(told, desk.rules.policy, parcel.language, at=parcel.at),
        "data.json": json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace"),
        **parcel.files,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, parcel.at.timetuple()[:6])
            file.writestr(entry, data, zipfile.ZIP_DEFLATED)  # an entry knows better than its file
    return out.getvalue()


def _case(tx: Transaction, parcel: Parcel, case: Case) -> Row:
    parcel.departments |= set(case.departments)
    parcel.language = case.language if case.language in ("zh", "en") else parcel.language
    marks = [r.text for r in tx.records(case.id) if r.kind == "satisfaction" and not r.restricted]
    mails = (_mail(tx, parcel, mail.id, case.reference) for mail in tx.case_mails(case.id))
    return {
        "reference": case.reference,
        "name": case.complainant.name,
        "subject": case.subject,
        "text": case.text,
        "language": case.language,
        "status": case.status.value,
        "matter": case.matter.value,
        "category": case.category.value,
        "severity": case.severity,
        "received_at": case.received_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "facts": [_fact(fact) for fact in case.facts],
        "mark": marks[-1] if marks else None,
        "history": [_event(one) for one in tx.events(case.id) if one.kind in TOLD],
        "mails": [row for rows in mails for row in rows],
        "letters": _letters(tx, parcel, case.id, case.reference),
    }


def _fact(fact: Fact) -> Row:
    return {"name": fact.name, "value": fact.value}


def _event(event: CaseEvent) -> Row:
    return {"at": event.at.isoformat(), "what": event.kind}


def _mail(tx: Transaction, parcel: Parcel, number: int, folder: str) -> list[Row]:
    """Return one mail if it is the person's own; one that a colleague passed on is not copied."""
    entry = tx.entry(number)
    if entry is None:
        return []
    data = if_readable(tx.raw_of, number)
    row: Row = {"at": entry.received_at.isoformat(), "file": "", "note": ""}
    if not data or minimal_parse(data).sender.addr.lower() != parcel.person:
        note = "passed_on" if data else "gone"
        return [{**row, "note": note}] if folder == "other" else []
    name = f"{folder}/mail-{number}.eml"
    parcel.files[name] = data
    return [{**row, "file": name}]


def _letters(tx: Transaction, parcel: Parcel, case_id: int, folder: str) -> list[Row]:
    rows: list[Row] = []
    for letter in tx.case_letters(case_id):
        if letter.recipient.lower() != parcel.person or letter.state == "cancelled":
            continue
        at = letter.sent_at or letter.created_at
        row: Row = {"at": at.isoformat(), "letter": letter.letter, "file": "", "note": ""}
        data = if_readable(tx.letter_data, letter.id)
        if data:
            name = f"{folder}/letter-{letter.id}.eml"
            parcel.files[name] = data
            rows.append({**row, "file": name})
        else:
            rows.append({**row, "note": "gone"})
    return rows
