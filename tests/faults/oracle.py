"""Twelve invariants that hold at the end of every run, whatever was broken in it.

Each is a function from the evidence to what violates it, in words. What may happen twice is bounded
by what is on record: a letter may have left once more than it says only if its row says
`ambiguous`; every other second copy is unexplained, and there is none.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes, policy

from cases.ledger_rows import SETTLED
from cases.model import Scope
from cases.tokens import find_tokens, token_hash
from tests.faults.evidence import Evidence, Row
from tests.faults.mails import CANARY, OPENING, PASSED, SILENCED, Kind

#: The states of a mail's rows, in order, by what it is.
_OUTCOMES = {
    Kind.TWICE: ["done", "duplicate"],
    Kind.MACHINE: ["ignored"],
    Kind.SPOILT: ["quarantined"],
}
_MOST_MIB, _MOST_FILES, _MOST_THREADS = 256, 64, 32
#: What a department may cause without being believed.
_NO_COMMAND = frozenset({"unverified_reply", "note", "late_answer"})
#: The event that a letter's end leaves in the story of its case.
_END = {"sent": "letter_sent", "failed": "undeliverable", "held": "held"}
#: The newest event of these kinds says where a case stands.
_STATUS_OF = {
    "registered": "registered",
    "acknowledged": "acknowledged",
    "routed": "routed",
    "outcome_queued": "answered",
    "closed": "closed",
}


def i1_every_mail_has_one_outcome(found: Evidence) -> Iterator[str]:
    """No mail is lost, none has two outcomes, and its bytes are those that were sent."""
    rows = _by(found.inbox, "nonce")
    for mail in found.sent:
        mine = rows.pop(mail.nonce, [])
        states = sorted(row["state"] for row in mine)
        wanted = _OUTCOMES.get(mail.kind, ["done"])
        fits = states == wanted
        if mail.kind is Kind.ANY:
            fits = states in (["done"], ["ignored"], ["duplicate"])
        if not fits:
            yield f"{mail.kind} {mail.nonce} ended as {states or 'nothing: it is lost'}"
        for row in mine:
            data = row["data"] or b""
            # What the mail server makes of odd line ends is its own: for real mails see I7.
            whole = data.endswith(mail.data) or mail.kind is Kind.ANY
            if hashlib.sha256(data).hexdigest() != row["sha256"] or not whole:
                yield f"mail {row['id']} is not what was sent: {len(data)} bytes"
            if row["state"] not in ("done", "new", "working") and not row["reason"]:
                yield f"mail {row['id']} is {row['state']} without a reason"
    for nonce, strangers in rows.items():
        yield f"{len(strangers)} mails {nonce!r} that nobody sent"


def i2_one_case_per_complaint(found: Evidence) -> Iterator[str]:
    """Every complaint opened one case, and nothing else opened any."""
    opened = _by(found.cases, "inbox_id")
    rows = _by(found.inbox, "nonce")
    for mail in found.sent:
        cases = [case for row in rows.get(mail.nonce, ()) for case in opened.pop(row["id"], ())]
        fits = len(cases) <= 1 if mail.kind is Kind.ANY else len(cases) == (mail.kind in OPENING)
        if not fits:
            yield f"{mail.kind} {mail.nonce} opened {len(cases)} cases"
        for row in rows.get(mail.nonce, ()):
            other = [row["case_id"]] != [case["id"] for case in cases]
            if row["state"] == "done" and mail.kind in OPENING and other:
                yield f"mail {row['id']} names case {row['case_id']}, which it did not open"
    for number in opened:
        yield f"a case was opened by mail {number}, which nobody sent"


def i3_no_letter_twice_that_is_not_on_record(found: Evidence) -> Iterator[str]:
    """A letter left as often as its row says, or once more for each `ambiguous` try."""
    copies = Counter(str(mail["id"]) for mail in found.accepted)
    for row in found.outbox:
        count = copies[row["message_id"]]
        if count > 1 + row["ambiguous"]:
            yield f"{_letter(row)} left {count} times, {row['ambiguous']} on record"
        if row["state"] == "sent" and not count:
            yield f"{_letter(row)} is sent, but never arrived"
        if row["state"] in ("leased", "dot"):
            yield f"{_letter(row)} stays {row['state']}"
    first = Counter(
        (row["case_id"], row["letter"], row["recipient"])
        for row in found.outbox
        if row["letter"] in ("acknowledgement", "outcome")
    )
    for key, count in first.items():
        if count > 1:
            yield f"{count} letters of one kind were written: {key}"


def i4_silence_where_it_is_due(found: Evidence) -> Iterator[str]:
    """No letter went to a machine, no automatic one to an address that letters come back from."""
    kinds = {mail.sender: mail.kind for mail in found.sent if mail.kind in SILENCED}
    of_a_person = {row["message_id"] for row in found.outbox if not row["automatic"]}
    for mail in found.accepted:
        for address in kinds.keys() & mail["to"]:
            if kinds[address] is Kind.MACHINE or mail["id"] not in of_a_person:
                yield f"a letter went to {address}: {mail['id']}"


def i5_nothing_left_that_is_not_in_the_outbox(found: Evidence) -> Iterator[str]:
    """Every mail at the next server is a letter of ours, byte for byte."""
    ours = {row["message_id"]: hashlib.sha256(row["data"]).hexdigest() for row in found.outbox}
    for mail in found.accepted:
        kept = ours.get(str(mail["id"]))
        if kept is None:
            yield f"{mail['id']} left, but no letter has this Message-ID"
        elif kept != mail["sha256"]:
            yield f"{mail['id']} left with other words than those that are kept"


def i6_every_change_is_in_the_story(found: Evidence) -> Iterator[str]:
    """Each mail, each letter's end and each status of a case has its event, once."""
    keys = Counter(event["key"] for event in found.events)
    yield from (
        f"event {key} stands there {count} times" for key, count in keys.items() if count > 1
    )
    stories = _by(found.events, "case_id")
    for row in found.inbox:
        if row["state"] == "done" and f"{row['case_id']}:mail:{row['id']}:0" not in keys:
            yield f"mail {row['id']} changed case {row['case_id']} without an event"
    for row in found.outbox:
        kind = _END.get(row["state"])
        key = f"{row['case_id']}:letter:{row['id']}:{row['state']}:{row['tries']}:0"
        if kind and row["case_id"] and key not in keys:
            yield f"{_letter(row)} is {row['state']} without an event"
    for case in found.cases:
        story = stories.get(case["id"], [])
        if [event["kind"] for event in story[:1]] != ["registered"]:
            yield f"case {case['id']} does not begin with being registered"
        last = [_STATUS_OF[event["kind"]] for event in story if event["kind"] in _STATUS_OF]
        sent = any(event["detail"].startswith("outcome to") for event in story)
        wanted = {"outcome_sent"} if last[-1:] == ["answered"] and sent else set(last[-1:])
        if case["matter"] == "enquiry" and wanted == {"routed"}:
            wanted = {"not_a_complaint"}
        if case["status"] not in wanted:
            yield f"case {case['id']} is {case['status']}, its story says {wanted}"


def i7_folders_show_the_outcome(found: Evidence) -> Iterator[str]:
    """Each mail lies in the folder of its outcome, once, and nothing is left in the inbox."""
    wanted: dict[str, Counter[str]] = {name: Counter() for name in found.folders}
    for row in found.inbox:
        name = "Rejected" if row["state"] == "quarantined" else "Processed"
        wanted.setdefault(name, Counter())[row["sha256"]] += 1
    for name, digests in wanted.items():
        there = Counter(found.folders.get(name, ()))
        missing, more = (digests - there).total(), (there - digests).total()
        if missing or more:
            yield f"folder {name}: {missing} mails missing, {more} that should not be there"


def i8_nothing_is_left_over(found: Evidence) -> Iterator[str]:
    """No mailbox held, no half-done work, no file and no process outlives the daemons.

    Leases of other names say when a duty is due again; they are meant to stay.
    """
    for row in found.leases:
        if row["name"].startswith("mailbox:"):
            yield f"lease {row['name']} is still held"
    yield from (f"file {name} is left over" for name in found.litter)
    yield from (f"process {process} is left over" for process in found.left_over)
    for row in found.inbox:
        if row["state"] not in SETTLED or row["owner"] or row["lease_until"]:
            yield f"mail {row['id']} is {row['state']}, held by {row['owner']!r}"


def i9_the_database_is_sound(found: Evidence) -> Iterator[str]:
    """The database's own checks find nothing."""
    yield from found.database


def i10_nothing_private_in_the_log(found: Evidence) -> Iterator[str]:
    """No secret, no word of a mail and no complainant's address was printed."""
    for secret in found.secrets:
        if secret and secret in found.said:
            yield f"the secret that begins with {secret[:3]} stands in the log"
    if CANARY in found.said:
        yield "words of a mail stand in the log"
    if address := re.search(r"\S+@customer\d*\.example", found.said):
        yield f"a complainant's address stands in the log: {address[0]}"


def i11_daemons_stay_small(found: Evidence) -> Iterator[str]:
    """Memory, open files and threads stay within bounds."""
    for size in found.sizes:
        if size.memory_mib > _MOST_MIB or size.files > _MOST_FILES or size.threads > _MOST_THREADS:
            yield f"a daemon had {size}"


def i12_commands_have_their_proofs(found: Evidence) -> Iterator[str]:
    """Whatever a department's mail caused, token, address and authentication are kept with it.

    And the other way round: every genuine word acted.
    """
    mails = {row["id"]: row for row in found.inbox}
    acted = set()
    for event in found.events:
        department = event["actor"].removeprefix("department:")
        number = re.match(r"\d+:mail:(\d+):", event["key"])
        if department == event["actor"] or event["kind"] in _NO_COMMAND or not number:
            continue
        row = mails[int(number[1])]
        acted.add(row["nonce"])
        for missing in _unproven(found, row, event["case_id"], department):
            yield f"{event['kind']} of {department} in case {event['case_id']}: {missing}"
    for mail in found.sent:
        if mail.kind is Kind.REPLY and mail.nonce not in acted:
            yield f"the genuine word {mail.nonce} did nothing"


def _unproven(found: Evidence, row: Row, case_id: int, department: str) -> Iterator[str]:
    """Yield each of the three proofs that a kept mail lacks."""
    mail = message_from_bytes(row["data"], policy=policy.default)
    held = [
        found.tokens.get(token_hash(token))
        for scope, token in find_tokens((str(mail["To"]),))
        if scope is Scope.DEPARTMENT
    ]
    if (case_id, department) not in [(one["case_id"], one["party"]) for one in held if one]:
        yield "no token of this case"
    if str(mail["From"]) not in found.departments.get(department, ()):
        yield f"{mail['From']} may not speak for it"
    if PASSED not in [
        " ".join(str(one).split()) for one in mail.get_all("Authentication-Results", [])
    ]:
        yield "nobody vouches for the sender"


Invariant = Callable[[Evidence], Iterator[str]]
INVARIANTS: Mapping[str, Invariant] = {
    one.__name__.partition("_")[0].upper(): one
    for one in (
        *(i1_every_mail_has_one_outcome, i2_one_case_per_complaint),
        *(i3_no_letter_twice_that_is_not_on_record, i4_silence_where_it_is_due),
        *(i5_nothing_left_that_is_not_in_the_outbox, i6_every_change_is_in_the_story),
        *(i7_folders_show_the_outcome, i8_nothing_is_left_over, i9_the_database_is_sound),
        *(i10_nothing_private_in_the_log, i11_daemons_stay_small),
        i12_commands_have_their_proofs,
    )
}


def judge(found: Evidence) -> dict[str, list[str]]:
    """Return the violations of each invariant that does not hold, {} if all do."""
    broken = {name: list(invariant(found)) for name, invariant in INVARIANTS.items()}
    return {name: words for name, words in broken.items() if words}


def _by(rows: tuple[Row, ...], column: str) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def _letter(row: Row) -> str:
    return f"letter {row['id']} ({row['letter']}, case {row['case_id']})"
