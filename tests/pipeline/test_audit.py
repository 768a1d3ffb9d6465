"""A case is handed out as a file that proves itself, and the database is checked as a whole."""

import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

import run
from cases.chain import file_problems
from cases.model import LetterName
from pipeline.anchors import anchor
from pipeline.audit_check import Tally, audit
from pipeline.audit_export import export_case
from pipeline.by_hand import Entry, enter
from pipeline.correct import correct_case
from pipeline.erase import Request, erase
from pipeline.ledger import send_ledger
from pipeline.status import health
from routing.choices import read_choice
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office, letter_text

Reply = Callable[..., bytes]
QUALITY, CUSTOMER = "quality@example.com", "wang.fang@customer.example"
CASE, SECRET = "C-2026-000001", "LIABLE-Zhang-San"
ANSWER = f"""处理完成
答复客户：我们给您换一台新的。
原因：密封圈老化
纠正措施：更换密封圈
费用：运费30元
责任追究：{SECRET}
"""
HOSTILE = (
    "水壶漏水了，怎么办？<script>alert(1)</script> <b>bold</b> &amp; ]]> \u202egnp.exe\n"
    "第二行 💥 ../../etc/passwd\n" + "很长" * 3000
)


@pytest.fixture
def full(office: Office, make_raw: MakeRaw, reply: Reply) -> Office:
    """Return an office whose first case has mails, letters, entries and a correction."""
    office.take(make_raw(HOSTILE, subject="水壶漏水 <img src=x> ../../evil"))
    office.take(make_raw("It is late.", sender="Li <li@other.example>", message_id="2@x"))
    office.deliver()
    office.later(minutes=5)
    letter = next(one for one in office.tray.to(QUALITY) if CASE in str(one["Subject"]))
    office.take(reply(letter, ANSWER))
    office.deliver()
    entry = Entry(kind="contact", text="called, nobody answered", by="Li Wei")
    enter(office.desk, CASE, entry, now=office.now)
    return office


def exported(office: Office, path: Path, *, restricted: bool = False) -> ZipFile:
    """Export the first case and open the file."""
    done = export_case(office.desk, CASE, path, restricted=restricted, now=office.now)
    assert done is not None
    return ZipFile(path)


def sql(office: Office, statement: str) -> None:
    """Do what somebody does who has the database in hand."""
    file = office.desk.store.file
    assert file is not None
    with sqlite3.connect(file) as connection:
        connection.execute("pragma foreign_keys=off")
        connection.execute(statement)
    connection.close()


def found(office: Office) -> list[str]:
    """Return everything that the check of the whole database finds."""
    return [str(one) for one in audit(office.desk.store, Tally())]


# ---------------------------------------------------------------- the file


def test_a_case_is_exported_whole_and_the_file_proves_itself(full: Office, tmp_path: Path) -> None:
    """Mails, letters, story, rules, a document for people, and a checker that needs nothing."""
    full.later(days=1)
    anchor(full.desk, now=full.now)
    path = tmp_path / "case.zip"
    archive = exported(full, path, restricted=True)
    names = set(archive.namelist())
    assert {"case.pdf", "case.json", "chain.json", "README.txt", "verify.py"} < names
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    case = json.loads(archive.read("case.json"))
    assert case["reference"] == CASE
    assert case["judged"]["category"] == "quality"
    assert SECRET in json.dumps(case, ensure_ascii=False)
    mails = json.loads(archive.read("mails.json"))
    with full.desk.store.read() as tx:
        assert [archive.read(one["file"]) for one in mails] == [tx.raw_of(1), tx.raw_of(3)]
    letters = json.loads(archive.read("letters.json"))
    assert {"state", "tries", "last_reply", "file"} < set(letters[0])
    assert {one["state"] for one in letters} >= {"sent"}
    (rules,) = json.loads(archive.read("rules.json"))
    assert rules["version"] == full.desk.rules.policy.version
    chain = json.loads(archive.read("chain.json"))
    assert [one["number"] for one in chain["anchors"]] == [1]
    assert list(file_problems(archive)) == []
    (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "case.zip"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "everything fits\n", "")
    assert len(archive.read("verify.py").splitlines()) <= 100


def test_no_file_name_comes_from_a_mail(full: Office, tmp_path: Path) -> None:
    """Whatever the subject says, names are numbers and words of ours."""
    names = exported(full, tmp_path / "case.zip").namelist()
    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in names)
    assert not any("evil" in name or "passwd" in name for name in names)


def test_every_changed_file_and_value_of_an_export_is_found(full: Office, tmp_path: Path) -> None:
    """One file after the other, also with a manifest made anew."""
    full.later(days=1)
    anchor(full.desk, now=full.now)
    archive = exported(full, tmp_path / "case.zip")
    files = {name: archive.read(name) for name in archive.namelist()}
    for name in sorted(set(files) - {"manifest.json"}):
        longer = {**files, name: files[name] + b" "}
        assert any(name in one for one in file_problems(packed(longer))), name
        if name != "chain.json":  # without it, nothing can be told
            assert any(name in one for one in file_problems(packed({**files, name: None}))), name
    chain = json.loads(files["chain.json"])

    def spoilt(change: Callable[[dict], object]) -> ZipFile:  # type: ignore[type-arg]
        value = json.loads(json.dumps(chain))
        change(value)
        return packed({**files, "chain.json": json.dumps(value).encode()}, anew=True)

    assert list(file_problems(spoilt(lambda value: None))) == []
    for change in (
        lambda value: value["events"][0].update(detail="paid"),
        lambda value: value["events"][1].update(at="2026-01-01T00:00:00.000000+00:00"),
        lambda value: value["events"].pop(1),
        lambda value: value["events"].pop(),
        lambda value: value["events"].reverse(),
        lambda value: value["events"].insert(1, value["events"][0]),
        lambda value: value["events"][0]["seals"].update({"mail:1": "ab" * 32}),
        lambda value: value["entries"]["case"]["content"].update(subject="x"),
        lambda value: value["anchors"][0].update(hash="ab" * 32),
        lambda value: value["anchors"][0]["hashes"].pop(),
        lambda value: value.update(head="ab" * 32),
    ):
        assert list(file_problems(spoilt(change)))
    for name in ("mails/1.eml", next(n for n in files if n.startswith("letters/"))):
        changed = {**files, name: b"From: somebody\r\n\r\nelse"}
        assert any(name in one for one in file_problems(packed(changed, anew=True))), name


def packed(files: Mapping[str, bytes | None], *, anew: bool = False) -> ZipFile:
    """Return an archive; `anew`: with a manifest that fits its files."""
    import hashlib

    kept = {name: data for name, data in files.items() if data is not None}
    if anew:
        sums = {
            name: hashlib.sha256(data).hexdigest()
            for name, data in kept.items()
            if name != "manifest.json"
        }
        kept["manifest.json"] = json.dumps(sums).encode()
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    return ZipFile(out)


def test_what_only_few_may_see_is_left_out_and_can_not_be_guessed(
    full: Office, tmp_path: Path
) -> None:
    """Neither the entry, nor the mail it came in, nor a salt by which one could try words."""
    archive = exported(full, tmp_path / "case.zip")
    for name in archive.namelist():
        data = archive.read(name)
        assert SECRET.encode() not in data, name
        if name.endswith(".eml"):
            assert SECRET not in decoded(data), name
    assert SECRET not in pdf_text(archive)
    chain = json.loads(archive.read("chain.json"))
    hidden = [name for name in chain["left_out"] if name.startswith("record:")]
    assert len(hidden) == 1
    assert "mail:3" in chain["left_out"]
    assert not set(hidden) & set(chain["entries"])
    assert list(file_problems(archive)) == []
    assert SECRET in pdf_text(exported(full, tmp_path / "all.zip", restricted=True))


def decoded(data: bytes) -> str:
    """Return the words of every text in a mail."""
    from email import message_from_bytes

    parts = message_from_bytes(data).walk()
    found = (part.get_payload(decode=True) for part in parts)
    return "\n".join(one.decode("utf-8", "replace") for one in found if isinstance(one, bytes))


def pdf_text(archive: ZipFile) -> str:
    """Return the words of the document."""
    pages = PdfReader(BytesIO(archive.read("case.pdf"))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_document_reads_well_in_chinese_and_shows_hostile_words_as_words(
    full: Office, tmp_path: Path
) -> None:
    """Several pages with header and number, markup and odd marks as text."""
    archive = exported(full, tmp_path / "case.zip")
    text = "".join(pdf_text(archive).split())
    pages = PdfReader(BytesIO(archive.read("case.pdf"))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        words = "".join(page.extract_text().split())
        assert f"第{number}页，共{len(pages)}页" in words
        assert CASE in words
    for words in ("投诉案卷", "处理经过及依据", "密封圈老化", "<script>alert(1)</script>", "&amp;"):
        assert words in text, words
    assert "[U+1F4A5]" in text and "[U+202E]" in text
    assert b"/JavaScript" not in archive.read("case.pdf")


def test_an_export_overwrites_nothing_and_leaves_no_half_file(
    full: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there stays; what fails is gone."""
    path = tmp_path / "case.zip"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        export_case(full.desk, CASE, path, restricted=False, now=full.now)
    assert path.read_text() == "mine"
    monkeypatch.setattr("pipeline.audit_export.paper", lambda it: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_case(full.desk, CASE, tmp_path / "new.zip", restricted=False, now=full.now)
    assert not (tmp_path / "new.zip").exists()


# ---------------------------------------------------------------- the database


def test_a_desk_that_nobody_touched_has_no_problem(full: Office) -> None:
    """Mails, letters, answers, entries, a correction: whatever the desk writes is vouched for."""
    full.later(minutes=1)
    choice = read_choice("delivery", full.desk.rules.policy)
    assert choice is not None
    assert correct_case(full.desk, CASE, choice, by="Li Wei", note="told", now=full.now)
    full.deliver()
    tally = Tally()
    assert [str(one) for one in audit(full.desk.store, tally)] == []
    assert (tally.cases, tally.mails) == (2, 3)
    assert tally.events > 10 and tally.letters > 3


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update raw_mail set data = x'41' where inbox_id = 1", "mail 1 is not the one"),
        ("delete from raw_mail where inbox_id = 1", "mail 1 is not the one"),
        ("update outbox set data = x'41' where state = 'sent'", "is not the one that came in or"),
        ("delete from outbox where state = 'sent'", "was sent, but is gone"),
        ("update outbox set state = 'failed' where state = 'sent'", "was sent, but is failed"),
        ("update record set text = 'x' where kind = 'cost'", "was changed"),
        ("delete from record where kind = 'contact'", "is gone"),
        ("update record set restricted = 0", "was changed"),
        ("update event set detail = 'x' where id = 3", "event 3"),
        ("delete from event where id = 3", "does not follow"),
        ("update case_ set complainant_addr = 'x@example.com' where id = 1", "case was changed"),
        ("update case_ set judged = '' where id = 1", "case was changed"),
        ("delete from case_ where id = 2", "belongs to no case"),
        ("update case_ set reference = 'C-2026-000009' where id = 1", "its content was changed"),
    ],
)
def test_what_is_changed_past_the_desk_is_found(full: Office, statement: str, words: str) -> None:
    """By one statement of somebody who has the database."""
    sql(full, statement)
    assert any(words in one for one in found(full)), found(full)


def test_once_a_day_everything_is_anchored_and_told(full: Office) -> None:
    """In `status`, in the monthly ledger, and in a mail of its own where somebody wants it."""
    full.desk = replace(
        full.desk, settings=replace(full.desk.settings, anchor_to="auditor@example.org")
    )
    assert anchor(full.desk, now=full.now) is None  # too young
    full.later(hours=2)
    first = anchor(full.desk, now=full.now)
    assert first is not None
    assert anchor(full.desk, now=full.now + timedelta(hours=3)) is None  # once a day
    full.deliver()
    (mail,) = full.tray.to("auditor@example.org")
    assert first.hash in letter_text(mail)
    shown = health(full.desk, now=full.now).as_json()["anchor"]
    assert isinstance(shown, dict) and shown["hash"] == first.hash
    enter(full.desk, CASE, Entry(kind="", text="a note", by="Li Wei"), now=full.now)
    full.later(days=1)
    second = anchor(full.desk, now=full.now)
    assert second is not None and second.number == first.number + 1
    full.later(days=15)
    assert send_ledger(full.desk, now=full.now)
    full.deliver()
    ledgers = [
        m for _, m in full.tray.sent if LetterName.LEDGER.value and second.hash in letter_text(m)
    ]
    assert ledgers


# ---------------------------------------------------------------- commands


def test_the_commands_say_what_they_found(full: Office, tmp_path: Path) -> None:
    """0 where all fits, 65 with a line per problem, 64 for a file that is there, 66 for no case."""
    config = ["-c", str(full.desk.settings.file)]
    out = tmp_path / "case.zip"
    runner = CliRunner()
    done = runner.invoke(run.app, ["audit", "export", CASE, "--out", str(out), *config])
    assert done.exit_code == 0 and "mails" in done.output
    again = runner.invoke(run.app, ["audit", "export", CASE, "--out", str(out), *config])
    assert again.exit_code == 64
    none = ["audit", "export", "C-2026-000099", "--out", str(tmp_path / "no.zip"), *config]
    assert runner.invoke(run.app, none).exit_code == 66
    assert runner.invoke(run.app, ["audit", "verify", str(out)]).exit_code == 0
    (tmp_path / "junk.zip").write_bytes(b"PK junk")
    assert runner.invoke(run.app, ["audit", "verify", str(tmp_path / "junk.zip")]).exit_code == 65
    fine = runner.invoke(run.app, ["audit", "verify", *config])
    assert fine.exit_code == 0 and "no problems" in fine.output
    sql(full, "update event set detail = 'x' where id = 3")
    bad = runner.invoke(run.app, ["audit", "verify", "--json", *config])
    lines = [json.loads(line) for line in bad.output.splitlines()]
    assert bad.exit_code == 65
    assert lines[0]["case"] == CASE and "event 3" in lines[0]["problem"]
    assert lines[-1]["problems"] == len(lines) - 1


def test_an_erased_person_leaves_no_problem_behind(full: Office, tmp_path: Path) -> None:
    """Once, and again after somebody wrote on; the export says what is gone."""
    for turn in range(2):
        full.later(days=1)
        anchor(full.desk, now=full.now)
        request = Request(reference=CASE, by="Li Wei", why="a letter of 3 May", open_too=True)
        assert erase(full.desk, request, now=full.now).cases == [CASE]
        assert found(full) == []
        letter = next(one for one in full.tray.to(QUALITY) if CASE in str(one["Subject"]))
        late = EmailMessage()
        late["From"], late["To"], late["Subject"] = QUALITY, str(letter["Reply-To"]), "more"
        late["In-Reply-To"], late["Message-ID"] = str(letter["Message-ID"]), f"<{turn}@x>"
        late.set_content("Wang Fang called once more.")
        full.take(late.as_bytes())
    archive = exported(full, tmp_path / "case.zip")
    assert "mail:1" in json.loads(archive.read("chain.json"))["left_out"]
    assert list(file_problems(archive)) == []
