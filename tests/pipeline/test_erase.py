"""Erasing a person: no word of theirs is left anywhere, and the desk goes on (F123)."""

import base64
import quopri
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

import run
from cases.chain import chain_problems
from cases.model import Status
from cases.removal_rows import Erasure
from ingest.maildir import deliver
from pipeline import config
from pipeline.by_hand import Entry, enter, withdraw
from pipeline.copies import remove_copies, remove_letters
from pipeline.deliver import deliver_one
from pipeline.desk import open_store, sender_of, source_of
from pipeline.erase import Outcome, Request, erase, person_hash, why_not
from pipeline.poll import file_settled, poll
from pipeline.reconcile import reconcile
from pipeline.retention import clear
from pipeline.scissors import figure
from routing.registers import amount
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

#: Names and words that stand nowhere else.
NAME, ADDRESS = "Zanzibara Quagmire", "zanzibara@canary.example"
WORDS = ("zanzibara", "quagmire", "squonkish", "13987654321", "so20269999")
TEXT = "The squonkish kettle K200 leaks. Order SO20269999. Call me: 13987654321. Z. Quagmire\n"
REF = "C-2026-000001"

Reply = Callable[..., bytes]


def in_files(folder: Path) -> list[str]:
    """Return which files hold a word of theirs, as it is or as mail encodes it."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            texts = [data, quopri.decodestring(data)]
            for block in data.split(b"\n\n") + data.split(b"\r\n\r\n"):
                with suppress(ValueError):
                    texts.append(base64.b64decode(b"".join(block.split())))
            low = b"\n".join(texts).lower()
            found += [f"{path.relative_to(folder)}: {w}" for w in WORDS if w.encode() in low]
    return sorted(set(found))


@pytest.fixture
def told(office: Office, make_raw: MakeRaw, reply: Reply) -> Iterator[Office]:
    """Return an office with a case of theirs that came through a Maildir and is closed.

    A department has answered with their name, registers and a note hold it, another case and mails
    without a case name them.
    """
    box = office.desk.box
    source = source_of(box)
    assert isinstance(box.source, Path)
    sender = f"{NAME} <{ADDRESS}>"
    deliver(box.source, make_raw(TEXT, sender=sender, subject="squonkish", message_id="a@canary"))
    deliver(
        box.source,
        make_raw(
            f"Delivery to {ADDRESS} has failed.\n",
            sender="MAILER-DAEMON <>",
            headers=(("Auto-Submitted", "auto-replied"),),
            message_id="b@canary",
        ),
    )
    poll(office.desk, box, source, now=office.now)
    office.process()
    out = sender_of(office.desk.settings)
    while done := deliver_one(office.desk, out, now=office.now):
        office.tray.send(
            done.row.data,
            message_id=done.row.message_id,
            envelope_from=done.row.envelope_from,
            recipient=done.row.recipient,
            before_dot=lambda: None,
        )
    (routed,) = office.tray.to("quality@example.com")
    answer = (
        "done\ncause: Ms Quagmire held it upside down\ncost: 120元, paid to Quagmire\n"
        "corrective: stronger seal for Zanzibara Quagmire\n"
        "to the customer: Dear Ms Quagmire, a new one."
    )
    office.take(reply(routed, answer))
    office.take(make_raw("My toaster is late.\n", message_id="t@x"))
    enter(
        office.desk,
        "C-2026-000002",
        Entry(kind="contact", text=f"see also {ADDRESS}", by="li"),
        now=office.now,
    )
    withdraw(office.desk, REF, reason=f"settled with {NAME}", by="li", now=office.now)
    while deliver_one(office.desk, out, now=office.now):
        pass
    while file_settled(office.desk, box, source):
        pass
    yield office


def wish(office: Office, **changes: object) -> Outcome:
    asked = Request(by="li", why="asked for it", person=ADDRESS)
    changed = replace(asked, **changes)  # type: ignore[arg-type] # fields of Request
    return erase(office.desk, changed, now=office.now)


def clean_up(office: Office) -> None:
    """Do what the daemon does soon after."""
    desk, box = office.desk, office.desk.box
    remove_letters(desk, now=office.now)
    remove_copies(desk, box.name, source_of(box), now=office.now)
    assert clear(desk, now=office.now)


def test_no_word_of_theirs_is_left_in_any_file(told: Office) -> None:
    """Database, log and both Maildirs are free of them; before, they stood everywhere."""
    folder = told.desk.settings.file.parent
    before = in_files(folder)
    wish(told)
    clean_up(told)

    places = {name.partition(":")[0].split("/")[0].removesuffix("-wal") for name in before}
    assert places == {"desk.db", "incoming", "outgoing"}
    assert {word for name in before for word in WORDS if name.endswith(word)} == set(WORDS)
    assert in_files(folder) == []


def test_figures_stay_and_so_does_everybody_else(told: Office) -> None:
    """Category, product, sums and dates are there for reports; the other case is untouched."""
    before, other = told.case(1), told.case(2)
    outcome = wish(told)
    after = told.case(1)
    with told.desk.store.read() as tx:
        records = tx.records(1)
        noted = tx.records(2)
        measures = tx.measures(1)

    assert outcome.cases == [REF]
    assert outcome.others == ["C-2026-000002"]
    assert (after.category, after.severity, after.status) == (
        before.category,
        before.severity,
        Status.CLOSED,
    )
    assert (after.received_at, after.due_at, after.closed_at) == (
        before.received_at,
        before.due_at,
        before.closed_at,
    )
    assert told.case(2) == other
    assert [r.text for r in records if r.kind == "cost"] == ["120.00 CNY"]
    assert [m.corrective for m in measures] in ([], ["stronger seal for […]"])
    assert [r.text for r in noted] == ["see also [erased]"]


def test_the_story_is_empty_but_its_chain_holds(told: Office) -> None:
    """Whoever checks the chain of both cases finds nothing wrong, and who wanted it."""
    wish(told)
    with told.desk.store.read() as tx:
        problems = [
            problem
            for case in tx.chained_cases()
            for problem in chain_problems(tx.chain(case), head=case.head)
        ]
    erased = [event for event in told.events(1) if event.kind == "erased"]

    assert problems == []
    assert [(event.actor, event.detail) for event in erased] == [("operator:li", "asked for it")]
    assert all(event.detail == "" for event in told.events(1) if event.kind != "erased")


def test_the_register_knows_who_when_and_why_but_not_whom(told: Office) -> None:
    """Only whoever has the key and the address can tell that it was about them."""
    wish(told)
    with told.desk.store.read() as tx:
        entries = tx.erasures()

    assert {entry.who for entry in entries} == {person_hash(told.desk.key, ADDRESS)}
    assert {(entry.by, entry.why, entry.how) for entry in entries} == {
        ("li", "asked for it", "person")
    }
    assert [entry.cases for entry in entries] == [(REF,), ("C-2026-000002",), ()]
    assert sum(entry.mails for entry in entries) == 3


def test_a_dry_run_tells_the_same_and_does_nothing(told: Office) -> None:
    """What would be done is what is done afterwards; nothing is changed by asking."""
    files = {p: p.read_bytes() for p in told.desk.settings.file.parent.rglob("*.example*")}
    planned = wish(told, dry_run=True)
    case = told.case(1)
    with told.desk.store.read() as tx:
        entries = tx.erasures()
    done = wish(told)

    assert planned == done
    assert planned.mails == 3
    assert planned.told == {"quality@example.com": 1, "finance@example.com": 1}
    assert case.complainant.addr == ADDRESS
    assert entries == ()
    assert files == {p: p.read_bytes() for p in told.desk.settings.file.parent.rglob("*.example*")}


def test_twice_is_once(told: Office) -> None:
    """The second time finds nobody, and writes nothing."""
    wish(told)
    with told.desk.store.read() as tx:
        before = (tx.erasures(), tx.events(1), tx.events(2), tx.ledger())
    again = wish(told)
    with told.desk.store.read() as tx:
        after = (tx.erasures(), tx.events(1), tx.events(2), tx.ledger())

    assert not again.found
    assert before == after


@pytest.mark.parametrize("dies_after", range(6))
def test_a_run_that_dies_half_way_is_just_run_again(
    told: Office, monkeypatch: pytest.MonkeyPatch, dies_after: int
) -> None:
    """Between any two writes: each case is whole or untouched, and the next run does the rest."""
    from cases.removal_rows import RemovalRows

    real, count = RemovalRows.add_erasure, iter(range(100))

    def dies(self: RemovalRows, item: Erasure) -> None:
        if next(count) == dies_after // 2 and dies_after % 2 == 0:
            raise RuntimeError("power cut")
        real(self, item)
        if next(count) == dies_after // 2:
            raise RuntimeError("power cut")

    monkeypatch.setattr(RemovalRows, "add_erasure", dies)
    with suppress(RuntimeError):
        wish(told)
    monkeypatch.setattr(RemovalRows, "add_erasure", real)
    wish(told)
    clean_up(told)

    assert in_files(told.desk.settings.file.parent) == []


def test_an_open_case_is_left_alone_until_somebody_says_so(
    office: Office, make_raw: MakeRaw
) -> None:
    """The law wants complaints answered; with --open-too it is closed, its departments are told."""
    office.take(make_raw(TEXT, sender=f"{NAME} <{ADDRESS}>"))
    office.deliver()
    refused = wish(office)
    untouched = office.case(1)
    done = wish(office, open_too=True)
    office.deliver()

    assert refused.open == [(REF, "routed")]
    assert untouched.complainant.addr == ADDRESS
    assert done.cases == [REF]
    assert office.case(1).status is Status.CLOSED
    letter = office.tray.to("quality@example.com")[-1]
    assert REF in str(letter["Subject"])
    assert not any(word in bytes(letter).decode().lower() for word in WORDS)


def test_a_case_alone_can_be_erased(told: Office) -> None:
    """By its reference; what else is known of the person stays."""
    outcome = wish(told, person="", reference=REF.lower())

    assert outcome.cases == [REF]
    assert outcome.others == []
    assert told.case(1).complainant.addr == "[erased]"


def test_what_comes_later_is_a_new_complaint(told: Office, reply: Reply) -> None:
    """A reply to a letter of an erased case opens a case of its own: their words are new."""
    (receipt, *_) = told.tray.to(ADDRESS)
    wish(told)
    (handled,) = told.take(reply(receipt, "It leaks again!"))

    assert handled.outcome == "case"
    assert handled.case is not None
    assert handled.case.reference != REF


def test_the_ledger_fits_afterwards(told: Office) -> None:
    """`reconcile` knows erased mails, also while their copies wait to be removed."""
    wish(told)
    first = reconcile(told.desk, now=told.now)
    clean_up(told)
    told.later(hours=1)

    assert first.mismatches == []
    assert reconcile(told.desk, now=told.now).mismatches == []


def test_a_ledger_that_names_the_case_is_destroyed_another_one_not(told: Office) -> None:
    """Letters about several cases go too, if one of them is theirs."""
    mails = {}
    for number, words in ((1, f"Unresolved: {REF} squonkish"), (2, "Unresolved: C-2026-000002")):
        mail = EmailMessage()
        mail["To"], mail["Subject"] = "supervisor@example.com", "Ledger"
        mail.set_content(words, cte="base64")
        mails[number] = bytes(mail)
        with told.desk.store.begin() as tx:
            tx.queue_letter(
                case_id=None,
                letter="ledger",
                recipient="supervisor@example.com",
                revision=number,
                message_id=f"{number}@ledger",
                envelope_from="",
                data=mails[number],
                automatic=False,
                now=told.now,
                not_before=told.now,
            )
    told.deliver()
    wish(told)
    with told.desk.store.read() as tx:
        rows = [row for row in tx.letters_in(["sent"]) if row.letter == "ledger"]
        left = [tx.letter_data(row.id) for row in rows]

    assert left == [b"", mails[2]]


@pytest.mark.parametrize(
    "person", ["quality@example.com", "complaints@example.com", "supervisor@example.com"]
)
def test_nobody_of_the_house_is_erased_by_mistake(office: Office, person: str) -> None:
    """Their address stands in rules.yaml or config.yaml, so replies would still come from there."""
    assert why_not(office.desk, person)
    assert why_not(office.desk, ADDRESS) == ""


def test_with_encryption_keys_go_and_other_cases_stay_readable(
    told: Office, make_raw: MakeRaw
) -> None:
    """After an erasure no data key of theirs is left."""
    text = told.desk.settings.file.read_text(encoding="utf-8")
    told.desk.settings.file.write_text(text + "encryption: {key_file: data.key}\n", "utf-8")
    settings = config.load(told.desk.settings.file, environment={})
    told.desk = replace(told.desk, settings=settings, store=open_store(settings))
    told.take(make_raw(TEXT, sender=f"{NAME} <{ADDRESS}>", message_id="c@canary"))
    told.take(make_raw("My blender is loud.\n", message_id="d@x"))
    told.deliver()
    with told.desk.store.read() as tx:
        before = sum(tx.data_keys.masters().values())
    wish(told, open_too=True)
    with told.desk.store.read() as tx:
        after = sum(tx.data_keys.masters().values())
        blender = tx.first_mail(4)
    clean_up(told)

    assert before > after > 0
    assert b"blender" in blender.data
    assert in_files(settings.file.parent) == []
    told.desk.store.close()


# ---------------------------------------------------------------- the command


def command(office: Office, *words: str) -> int:
    argv = ["run.py", "erase", *words, "--config-file", str(office.desk.settings.file)]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", argv)
        # Reading the rules again takes longer than all the rest.
        patch.setattr("pipeline.commands_privacy.opened", lambda _file: office.desk)
        run.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command_shows_first_and_erases_only_with_yes(
    told: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """64 without --yes; 0 once it is done; 66 when there is nobody any more."""
    codes = [
        command(told, ADDRESS),
        command(told, ADDRESS, "--dry-run"),
        command(told, ADDRESS, "--yes"),
        command(told, ADDRESS, "--yes", "--reason", "asked for it"),
        command(told, ADDRESS, "--yes", "--reason", "asked for it"),
    ]
    said = capsys.readouterr()

    assert codes == [64, 0, 64, 0, 66]
    assert said.out.count("would be erased: 1 cases, 3 mails") == 2
    assert "ask them to delete" in said.out
    assert "nothing was erased: say --yes" in said.err
    assert in_files(told.desk.settings.file.parent) == []


@pytest.mark.parametrize("words", [(), ("nobody",), (ADDRESS, "--case", REF)])
def test_the_command_wants_one_person_or_one_case(office: Office, words: tuple[str, ...]) -> None:
    """Neither, both, or a name that is no address: 64."""
    assert command(office, *words) == 64


def test_the_command_refuses_open_cases_and_addresses_of_the_house(
    office: Office, make_raw: MakeRaw, capsys: pytest.CaptureFixture[str]
) -> None:
    """65 for both; nothing is changed."""
    office.take(make_raw(TEXT, sender=ADDRESS))
    done = ("--yes", "--reason", "asked for it")

    assert command(office, ADDRESS, *done) == 65
    assert command(office, "quality@example.com", *done) == 65
    assert "--open-too" in capsys.readouterr().out
    assert office.case(1).complainant.addr == ADDRESS


@pytest.mark.parametrize(
    ("kind", "text", "stays"),
    [
        ("satisfaction", "4, thanks, Quagmire", "4"),
        ("satisfaction", "Quagmire", ""),
        ("channel", "phone", "phone"),
        ("channel", "Quagmire", ""),
        ("compensation", "EUR 30 for Ms Quagmire", "30.00 EUR"),
        ("cost", "1.2万元", "12000.00 CNY"),
        ("contact", "called Quagmire", ""),
    ],
)
def test_only_the_figure_of_an_entry_stays(kind: str, text: str, stays: str) -> None:
    """A mark from 1 to 5, the way it came, a sum that is read as the same sum again."""
    assert figure(kind, text) == stays
    if kind in ("compensation", "cost"):
        assert amount(stays) == amount(text)
