"""One case as a ZIP that proves itself: mails, letters, story, rules (F124).

No name in it comes from a mail. Everything is read as it was at one moment, one mail at a time.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cases import chain as verifier
from cases.audit_rows import Anchor, CaseLetter, CaseMail, ChainedCase
from cases.chain import last_seals
from cases.data_keys import if_readable
from cases.model import Case
from cases.rule_rows import RuleVersion
from cases.seals import iso, salt_of
from cases.store import Transaction
from ingest.parse import parse
from pipeline.audit_paper import MOST, Paper, Written, paper
from pipeline.audit_words import README
from pipeline.casefile_json import case_json, correction_json, event_json, papers_json
from pipeline.desk import Desk
from pipeline.papers import Papers

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True, kw_only=True)
class Exported:
    """What went into the file, and what did not."""

    mails: int = 0
    letters: int = 0
    events: int = 0
    restricted: list[str] = field(default_factory=list)  #: names left out, they are for few
    gone: list[str] = field(default_factory=list)  #: names whose bytes are erased or unreadable


def export_case(
    desk: Desk, reference: str, out: Path, *, restricted: bool, now: datetime
) -> Exported | None:
    """Write a case into a new file for its owner only; None if there is no such case.

    Raises FileExistsError if the file is there; of a failure half-way nothing is left.
    """
    with desk.store.snapshot() as tx:
        case = tx.case_by_reference(reference)
        if case is None:
            return None
        handle = os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w+b") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
                return _Writer(desk, tx, case, archive, restricted=restricted, now=now).write()
        except BaseException:
            out.unlink(missing_ok=True)
            raise


class _Writer:
    """Fills one archive and remembers the checksum of each file."""

    def __init__(
        self,
        desk: Desk,
        tx: Transaction,
        case: Case,
        archive: ZipFile,
        *,
        restricted: bool,
        now: datetime,
    ) -> None:
        self._desk, self._tx, self._case, self._archive = desk, tx, case, archive
        self._restricted, self._now = restricted, now
        self._sums: dict[str, str] = {}
        self._done = Exported()
        self._kept = tx.kept_entries(case.id)
        self._papers = Papers(
            parts=tx.parts(case.id),
            measures=tx.measures(case.id),
            records=tx.records(case.id),
            clocks=tx.clocks(case.id),
            letters=tx.filed_letters(case.id),
        ).shown(restricted=restricted)

    def write(self) -> Exported:
        """Write every file, the manifest last."""
        tx, case = self._tx, self._case
        (chained,) = tx.chained_cases(after=case.id - 1, limit=1)
        events = tx.chain(chained)
        self._done.events = len(events)
        mails = [self._mail(mail) for mail in self._open_mails()]
        letters = [self._letter(letter) for letter in tx.case_letters(case.id)]
        self._json("mails.json", [_row(one) for one in mails])
        self._json("letters.json", [_row(one) for one in letters])
        self._json("case.json", self._case_json())
        self._chain(chained, events)
        self._rules({case.rules_version, *(e["seals"].get("rules", "") for e in events)})
        self._put("case.pdf", paper(self._paper(events, mails, letters)))
        self._put("README.txt", README.encode())
        self._put("verify.py", Path(verifier.__file__).read_bytes())
        self._json("manifest.json", self._sums)
        return self._done

    # ---------------------------------------------------------------- mails and letters

    def _open_mails(self) -> Iterator[CaseMail]:
        """Yield the mails that may be shown: a department's may hold what is for few, quoted too.

        Where a case has a restricted entry, only the complainant's own mails are open.
        """
        mails = self._tx.case_mails(self._case.id)
        hides = not self._restricted and any(entry.restricted for entry in self._kept.values())
        for mail in mails:
            if hides and mail.sender != self._case.complainant.addr.lower():
                self._done.restricted.append(f"mail:{mail.id}")
            else:
                yield mail

    def _mail(self, mail: CaseMail) -> Written:
        data = if_readable(self._tx.raw_of, mail.id)
        self._done.mails += bool(data)
        return self._written(mail, f"mail:{mail.id}", f"mails/{mail.id}.eml", data)

    def _letter(self, letter: CaseLetter) -> Written:
        data = if_readable(self._tx.letter_data, letter.id)
        self._done.letters += bool(data)
        return self._written(letter, f"letter:{letter.id}", f"letters/{letter.id}.eml", data)

    def _written(self, item: CaseMail | CaseLetter, name: str, file: str, data: bytes) -> Written:
        """Write the bytes, and return the words that can be seen without opening anything."""
        if not data:
            self._done.gone.append(name)
            return Written(item=item, file="")
        self._put(file, data)
        seen = parse(data)
        return Written(item=item, file=file, subject=seen.subject, text=seen.text[: MOST + 1])

    # ---------------------------------------------------------------- the story and its proof

    def _case_json(self) -> dict[str, object]:
        tx, case = self._tx, self._case
        judged = tx.judged(case.id)
        return {
            **case_json(case),
            "text": case.text,
            "judged": json.loads(judged.dump()) if judged else None,
            "events": [event_json(event) for event in tx.events(case.id)],
            "corrections": [correction_json(item) for item in tx.corrections(case.id)],
            **papers_json(self._papers),
            "clocks": [_plain(row) for row in tx.clock_rows(case.id)],
            "exported_at": iso(self._now),
            "with_restricted": self._restricted,
        }

    def _chain(self, case: ChainedCase, events: list[dict[str, Any]]) -> None:
        salts = {name: event["salt"] for event in events for name in event["seals"]}
        seals = last_seals(events)
        entries = {}
        for name, entry in self._kept.items():
            if entry.restricted and not self._restricted:
                self._done.restricted.append(name)
            elif seals.get(name):
                salt = salt_of(salts[name], case.secret, name)
                entries[name] = {"content": entry.content, "salt": salt}
        value = {
            "case": case.reference,
            "head": case.head,
            "events": events,
            "entries": entries,
            "anchors": list(self._anchors([event["id"] for event in events])),
            "left_out": self._done.restricted + self._done.gone,
        }
        self._json("chain.json", value)

    def _anchors(self, ids: list[int]) -> Iterator[dict[str, object]]:
        """Yield the anchors over events of the case, with the hashes they are made of."""
        before = Anchor.none()
        for anchor in self._tx.anchors():
            if any(before.up_to < number <= anchor.up_to for number in ids):
                yield {
                    "number": anchor.number,
                    "at": iso(anchor.at),
                    "before": before.hash,
                    "after": before.up_to,
                    "up_to": anchor.up_to,
                    "hash": anchor.hash,
                    "hashes": self._tx.hashes_between(before.up_to, anchor.up_to),
                }
            before = anchor

    # ---------------------------------------------------------------- the rules that judged

    def _rules(self, versions: set[str]) -> None:
        """Write the texts of every set of rules that the case was judged by, as far as known."""
        known = self._tx.rule_versions(only=versions, limit=10_000)
        sets = {one.version: one for one in reversed(known)}
        listed = []
        for version in sorted(versions - {""}):
            found = sets.get(version)
            listed.append(
                {
                    "version": version,
                    "known": found is not None,
                    **(self._texts(found) if found else {}),
                }
            )
        self._json("rules.json", listed)

    def _texts(self, rules: RuleVersion) -> dict[str, object]:
        files = {}
        for number, (path, text) in enumerate(sorted(rules.files.items())):
            name = f"rules/{rules.version[:12]}/{number}-{_UNSAFE.sub('_', path)[-60:]}"
            files[path] = name
            self._put(name, text.encode("utf-8", "replace"))
        about = {"live_at": iso(rules.live_at), "by": rules.by, "how": rules.how}
        return {**about, "note": rules.note, "files": files}

    def _paper(
        self,
        events: list[dict[str, Any]],
        mails: list[Written],
        letters: list[Written],
    ) -> Paper:
        tx, case = self._tx, self._case
        return Paper(
            case=case,
            policy=self._desk.rules.policy,
            judged=tx.judged(case.id),
            story=tx.events(case.id),
            corrections=tx.corrections(case.id),
            papers=self._papers,
            mails=tuple(mails),
            letters=tuple(letters),
            events=len(events),
            head=str(events[-1]["hash"]) if events else "",
            anchor=tx.last_anchor(),
            left_out=tuple(self._done.restricted),
            now=self._now,
        )

    # ---------------------------------------------------------------- files

    def _json(self, name: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        self._put(name, text.encode("utf-8", "replace"))

    def _put(self, name: str, data: bytes) -> None:
        info = ZipInfo(name, date_time=self._now.timetuple()[:6])
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
        self._archive.writestr(info, data)
        self._sums[name] = hashlib.sha256(data).hexdigest()


def _row(one: Written) -> dict[str, object]:
    return {**_plain(one.item), "file": one.file or None}


def _plain(item: Any) -> Mapping[str, Any]:
    values = {one.name: getattr(item, one.name) for one in fields(item)}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}
