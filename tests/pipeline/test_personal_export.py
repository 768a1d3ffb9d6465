"""What a person gets about themselves: all of theirs, nothing of others, nothing internal."""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from pipeline.by_hand import Entry, enter
from pipeline.erase import Request, erase
from pipeline.personal_export import collect, packed
from pipeline.personal_words import PAGE, TOLD
from pipeline.poll import take_in
from pipeline.story import STORY
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

WANG = "wang.fang@customer.example"
Reply = Callable[..., bytes]


def files_of(office: Office, person: str = WANG) -> dict[str, bytes]:
    data = packed(collect(office.desk, person, now=office.now), office.desk)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def answered(office: Office, make_raw: MakeRaw, reply: Reply) -> Office:
    """Return an office with a case of theirs that a department has answered, and one of others."""
    office.take(make_raw("The kettle leaks <b>badly</b>.\n"))
    office.deliver()
    (routed,) = office.tray.to("quality@example.com")
    answer = (
        "done\ncause: SECRETCAUSE\nliability: SECRETBLAME\ncost: 77元\nowner: SECRETSTAFF\n"
        "to the customer: a new kettle is on its way"
    )
    office.take(reply(routed, answer))
    entry = Entry(kind="contact", text="SECRETNOTE", by="SECRETSTAFF")
    enter(office.desk, "C-2026-000001", entry, now=office.now)
    office.later(hours=1)
    office.deliver()
    office.take(make_raw("SECRETOTHER", sender="other@customer.example", message_id="2@x"))
    office.deliver()
    return office


def test_everything_of_theirs_is_in_it_and_readable(answered: Office) -> None:
    """Their mails and our letters as they are, their case as data and as a page."""
    files = files_of(answered)
    told = json.loads(files["data.json"])
    page = files["index.html"].decode()
    (case,) = told["cases"]

    assert case["text"] == "The kettle leaks <b>badly</b>."
    assert [event["what"] for event in case["history"]][:2] == ["registered", "acknowledged"]
    assert [row["letter"] for row in case["letters"]] == ["acknowledgement", "outcome"]
    assert files[case["mails"][0]["file"]].startswith(b"From: Wang Fang")
    assert b"on its way" in files[case["letters"][1]["file"]]
    assert told["departments"] == ["quality"]
    assert {name for name in files if "/" in name} == {
        row["file"] for row in (*case["mails"], *case["letters"])
    }
    assert "&lt;b&gt;badly&lt;/b&gt;" in page, "nobody's words become part of the page"
    for row in (*case["mails"], *case["letters"]):
        assert f'href="{row["file"]}"' in page


def test_nothing_that_only_staff_may_see_is_in_it(answered: Office) -> None:
    """No cause, liability, cost, staff, note, and nothing of anybody else."""
    whole = b"\n".join(files_of(answered).values())

    assert b"SECRET" not in whole
    assert b"quality@example.com" not in whole


def test_a_mail_that_a_colleague_passed_on_is_not_copied(office: Office, make_raw: MakeRaw) -> None:
    """It is the colleague's mail; the person's own words stand in the case."""
    forwarded = (
        "Please look.\n\n---------- Forwarded message ---------\n"
        f"From: Wang Fang <{WANG}>\nSubject: Kettle\n\nMy kettle leaks.\n"
    )
    office.take(make_raw(forwarded, sender="li@example.com", subject="Fwd: Kettle"))
    files = files_of(office)

    assert [name for name in files if name.endswith(".eml") and "mail" in name] == []


def test_after_an_erasure_there_is_nothing(answered: Office) -> None:
    """The page says so."""
    request = Request(by="li", why="asked", person=WANG, open_too=True)
    erase(answered.desk, request, now=answered.now)
    files = files_of(answered)

    assert set(files) == {"index.html", "data.json"}
    assert "We keep nothing under this address" in files["index.html"].decode()


def test_the_page_is_in_the_language_of_the_person(office: Office, make_raw: MakeRaw) -> None:
    """Who complained in Chinese reads Chinese."""
    office.take(make_raw("水壶漏水，请换货。\n"))
    page = files_of(office)["index.html"].decode()

    assert '<html lang="zh">' in page
    assert "您的投诉已登记" in page


def test_every_event_told_is_one_there_is() -> None:
    """The words exist in both languages, and for events that happen."""
    assert set(TOLD) <= set(STORY)
    for words in (*TOLD.values(), *PAGE.values()):
        assert set(words) == {"en", "zh"}


def test_the_command_writes_a_file_for_its_owner_and_overwrites_none(
    answered: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 and a new file of mode 0600; 64 if it is there; 66 where nothing is kept."""
    monkeypatch.setattr("pipeline.commands_privacy.opened", lambda _file: answered.desk)
    out = tmp_path / "wang.zip"

    def command(*words: str) -> object:
        monkeypatch.setattr(sys, "argv", ["run.py", "export", *words])
        with pytest.raises(SystemExit) as ended:
            run.main()
        return ended.value.code

    codes = [command(WANG.upper(), "--out", str(out)), command(WANG, "--out", str(out))]
    codes += [command("nobody@x.example", "--out", str(tmp_path / "no.zip"))]
    codes += [command("Wang", "--out", str(tmp_path / "no2.zip"))]

    assert codes == [0, 64, 66, 64]
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None


def test_a_mail_without_a_case_is_theirs_too(office: Office, make_raw: MakeRaw) -> None:
    """What they wrote and nobody made a case of belongs to them as well."""
    take_in(office.desk, make_raw(headers=(("Auto-Submitted", "auto-replied"),)), now=office.now)
    office.process()
    files = files_of(office)

    assert office.counts()[1] == {}
    assert set(files) == {"index.html", "data.json", "other/mail-1.eml"}
    assert json.loads(files["data.json"])["other"][0]["file"] == "other/mail-1.eml"
