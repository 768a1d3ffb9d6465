"""What was kept long enough goes by itself, if config.yaml says so; nothing else ever does."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import run
from cases.chain import chain_problems
from cases.destroyed_rows import Scissors
from cases.errors import ConfigError
from pipeline import config
from pipeline.by_hand import withdraw
from pipeline.config_privacy import Keep
from pipeline.desk import require_schema
from pipeline.erase import Request, erase
from pipeline.poll import take_in
from pipeline.privacy import in_words
from pipeline.retention import retain
from pipeline.status import health
from pipeline.unlock import unlock
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

REF, YEAR = "C-2026-000001", timedelta(days=366)
Reply = Callable[..., bytes]


def keeping(office: Office, **periods: timedelta) -> Office:
    """Let a desk keep data no longer than that."""
    settings = office.desk.settings
    privacy = replace(settings.privacy, keep=Keep(**periods))
    office.desk = replace(office.desk, settings=replace(settings, privacy=privacy))
    return office


def turns(office: Office, most: int = 50) -> int:
    """Give the duty its turns until nothing is left; returns how many it took."""
    for number in range(1, most + 1):
        office.later(minutes=1)
        if not retain(office.desk, office.now):
            return number
    raise AssertionError("it never ends")


def closed(office: Office, make_raw: MakeRaw, count: int = 1) -> None:
    for number in range(count):
        office.take(make_raw(f"The kettle {number} leaks.\n", message_id=f"{number}@x"))
        office.deliver()
        withdraw(office.desk, f"C-2026-{number + 1:06d}", reason="settled", by="li", now=office.now)
        office.deliver()


def kept(office: Office, number: int = 1) -> tuple[bool, int, bool]:
    """Return whether the mail is there, how many letters are, and whether the words are."""
    with office.desk.store.read() as tx:
        letters = [tx.letter_data(one.id) for one in tx.case_letters(number)]
        return bool(tx.raw_of(number)), sum(map(bool, letters)), bool(office.case(number).text)


def test_without_periods_nothing_is_ever_erased(office: Office, make_raw: MakeRaw) -> None:
    """After a hundred years everything is there."""
    closed(office, make_raw)
    before = kept(office)
    office.later(days=36_600)
    turns(office)

    assert before == (True, 3, True)
    assert kept(office) == before


@pytest.mark.parametrize(
    ("periods", "left"),
    [
        ({"raw_mail": YEAR}, (False, 3, True)),
        ({"letters": YEAR}, (True, 0, True)),
        ({"raw_mail": YEAR, "letters": YEAR}, (False, 0, True)),
        ({"case_texts": YEAR}, (False, 0, False)),
        ({"quarantine": YEAR, "ignored_mail": YEAR}, (True, 3, True)),
    ],
)
def test_each_kind_of_data_has_its_own_time(
    office: Office, make_raw: MakeRaw, periods: dict[str, timedelta], left: tuple[bool, int, bool]
) -> None:
    """A day before it is over all is there, a day after only what has a longer time."""
    keeping(office, **periods)
    closed(office, make_raw)
    office.later(days=365)
    turns(office)
    before = kept(office)
    office.later(days=2)
    turns(office)
    with office.desk.store.read() as tx:
        (case,) = tx.chained_cases()
        problems = [*chain_problems(tx.chain(case), head=case.head)]
        erasures = tx.erasures()

    assert before == (True, 3, True)
    assert kept(office) == left
    assert problems == []
    assert {entry.how for entry in erasures} <= {"retention"}
    assert bool(erasures) == (left != before)


def test_an_open_case_is_kept_however_old_it_is(office: Office, make_raw: MakeRaw) -> None:
    """Its time begins when it is closed."""
    keeping(office, raw_mail=YEAR, letters=YEAR, case_texts=YEAR)
    office.take(make_raw())
    office.deliver()
    office.later(days=3660)
    turns(office)

    assert kept(office) == (True, 2, True)


def test_mails_of_no_case_have_a_time_of_their_own(office: Office, make_raw: MakeRaw) -> None:
    """Ignored ones and those set aside, counted from when they came."""
    keeping(office, ignored_mail=YEAR, quarantine=2 * YEAR)
    office.take(make_raw(headers=(("Auto-Submitted", "auto-replied"),)))
    take_in(office.desk, make_raw(message_id="2@x"), now=office.now)
    with office.desk.store.begin() as tx:
        taken = tx.take_mail(owner="x", now=office.now, lease=YEAR)
        assert taken is not None
        tx.finish_mail(taken, "quarantined", reason="Boom: the kettle")
    erased = []
    for days in (365, 2, 366):
        office.later(days=days)
        turns(office)
        with office.desk.store.read() as tx:
            erased.append([entry.id for entry in tx.entries() if entry.erased_at])
    with office.desk.store.read() as tx:
        aside = tx.entry(2)

    assert erased == [[], [1], [1, 2]]
    assert aside is not None
    assert (aside.state, aside.reason) == ("ignored", "erased; it was quarantined")


def test_much_is_erased_in_small_steps(office: Office, make_raw: MakeRaw) -> None:
    """A turn takes so little time that mails need not wait; all is gone in the end."""
    keeping(office, case_texts=YEAR)
    closed(office, make_raw, 25)
    office.later(days=400)
    office.later(minutes=1)
    more = retain(office.desk, office.now)
    with office.desk.store.read() as tx:
        after_one = sum(case.complainant.addr == "[erased]" for case in tx.recent_cases())
    took = turns(office)
    with office.desk.store.read() as tx:
        cases = tx.recent_cases()
        uncleared = tx.last_uncleared()

    assert more
    assert after_one == 20
    assert took == 1
    assert {case.complainant.addr for case in cases} == {"[erased]"}
    assert uncleared == 0, "the space was cleared at the end"


def test_several_desks_and_every_minute_do_the_same_as_one(
    office: Office, make_raw: MakeRaw
) -> None:
    """Between two looks an hour passes, whoever looks."""
    keeping(office, raw_mail=YEAR)
    closed(office, make_raw)
    other = replace(office.desk, owner="test:2")
    office.later(days=366)
    retain(office.desk, office.now)
    office.later(days=1)
    done = [retain(desk, office.now) for desk in (other, office.desk)]
    with office.desk.store.read() as tx:
        erasures = tx.erasures()

    assert done == [False, False]
    assert len(erasures) == 1


def test_a_late_reply_about_an_erased_case_does_not_bring_the_person_back(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What a department quotes a week later is erased as well, and so is a late copy."""
    first = make_raw("The squonkish kettle leaks.\n")
    office.take(first)
    office.deliver()
    (routed,) = office.tray.to("quality@example.com")
    request = Request(by="li", why="asked", person="wang.fang@customer.example", open_too=True)
    erase(office.desk, request, now=office.now)
    office.take(reply(routed, "done\nThe squonkish one of Wang Fang is repaired."))
    office.take(b"Received: from elsewhere\r\n" + first)
    with office.desk.store.read() as tx:
        states = [(entry.state, entry.case_id) for entry in tx.entries()]
        before = [bool(tx.raw_of(number)) for number in (1, 2, 3)]
    office.deliver()
    turns(office)
    with office.desk.store.read() as tx:
        after = [bool(tx.raw_of(number)) for number in (1, 2, 3)]
        story = [event.detail for event in tx.events(1)]

    assert states == [("done", 1), ("done", 1), ("duplicate", None)]
    assert before == [False, True, True]
    assert after == [False, False, False]
    assert not any("squonkish" in detail for detail in story)


# ---------------------------------------------------------------- config.yaml


def load(file: Path, more: str) -> config.Settings:
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    return config.load(file, environment={})


def test_periods_are_read_and_told(config_file: Path) -> None:
    """Nothing is erased a day too early: a year has 366 days if it may have."""
    settings = load(
        config_file, "keep: {raw_mail: 1 year, letters: 18 months, quarantine: 12 weeks}\n"
    )

    assert {key: period.days for key, period in settings.privacy.keep.named().items()} == {
        "raw_mail": 366,
        "letters": 558,
        "quarantine": 84,
    }
    assert in_words(settings.privacy) == (
        "not encrypted; kept: raw_mail 366 days, letters 558 days, quarantine 84 days"
    )


@pytest.mark.parametrize("text", ["soon", "5", "1 day", "0 years", "-1 year", "1.5 years"])
def test_a_period_that_is_none_or_too_short_is_refused_with_its_line(
    config_file: Path, text: str
) -> None:
    """A slip of the pen must not erase anything."""
    with pytest.raises(ConfigError, match=r"config\.yaml:\d+.*keep\.raw_mail.*5 years"):
        load(config_file, f'keep:\n  raw_mail: "{text}"\n')


def test_the_key_is_made_once_for_its_owner_only(office: Office) -> None:
    """On the first start; a start without it is refused as soon as something needs it."""
    file = office.desk.settings.file
    settings = load(file, "encryption: {key_file: keys/data.key}\n")
    path = file.parent / "keys" / "data.key"
    unlock(office.desk.store, settings.privacy)
    first = path.read_text(encoding="ascii")
    mode = path.stat().st_mode & 0o777
    office.desk = replace(office.desk, settings=settings)
    office.take(b"Subject: x\r\n\r\nhello\r\n")
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(ConfigError, match="is not there, but the database holds"):
        unlock(office.desk.store, settings.privacy)
    not_made = not path.exists()
    path.write_text("00" * 32, encoding="ascii")
    unlock(office.desk.store, settings.privacy)
    with pytest.raises(ConfigError, match=r"lacks the key .* Put the file of before back"):
        require_schema(office.desk)
    path.with_name("elsewhere").rename(path)
    unlock(office.desk.store, settings.privacy)
    require_schema(office.desk)

    assert (len(first), mode) == (65, 0o600)
    assert not_made


def test_a_desk_whose_key_is_no_longer_named_says_so(office: Office) -> None:
    """Taking the block out of config.yaml loses nothing and is told at the start."""
    settings = load(office.desk.settings.file, "encryption: {key_file: data.key}\n")
    unlock(office.desk.store, settings.privacy)
    office.take(b"Subject: x\r\n\r\nhello\r\n")
    office.desk.store.vault = None

    with pytest.raises(ConfigError, match=r"config\.yaml: encryption\.key_file: is missing"):
        require_schema(office.desk)


@pytest.mark.parametrize("content", ["", "not hex", "00" * 31, "密钥"])
def test_a_key_file_that_holds_no_key_is_refused(office: Office, content: str) -> None:
    """A file cut short or overwritten is never taken for a key."""
    settings = load(office.desk.settings.file, "encryption: {key_file: data.key}\n")
    assert settings.privacy.key_file is not None
    settings.privacy.key_file.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"data\.key: encryption\.key_file"):
        unlock(office.desk.store, settings.privacy)


def test_a_new_key_is_put_in_front_and_everything_is_read_by_it(
    office: Office, monkeypatch: pytest.MonkeyPatch, make_raw: MakeRaw
) -> None:
    """`db new-key`: afterwards the first line alone reads everything."""
    settings = load(office.desk.settings.file, "encryption: {key_file: data.key}\n")
    office.desk = replace(office.desk, settings=settings)
    unlock(office.desk.store, settings.privacy)
    office.take(make_raw())
    monkeypatch.setattr("pipeline.commands_privacy.opened", lambda _file: office.desk)
    monkeypatch.setattr(sys, "argv", ["run.py", "db", "new-key", "-c", str(settings.file)])
    with pytest.raises(SystemExit) as ended:
        run.main()
    path = settings.privacy.key_file
    assert path is not None
    lines = path.read_text(encoding="ascii").splitlines()
    path.write_text(lines[0], encoding="ascii")
    unlock(office.desk.store, settings.privacy)
    require_schema(office.desk)
    with office.desk.store.read() as tx:
        data = tx.raw_of(1)

    assert ended.value.code == 0
    assert len(lines) == 2
    assert b"kettle" in data


def test_status_tells_of_copies_that_stay(office: Office, make_raw: MakeRaw) -> None:
    """Where the account may not delete mail a person must; `status` names the mailbox."""

    def cut(_kind: str, _text: str) -> str:
        return ""

    office.take(make_raw())
    with office.desk.store.begin() as tx:
        tx.erase_mails(
            [1], Scissors(figure=cut, measure=str, places=frozenset({"by-hand"})), now=office.now
        )
        (one,) = tx.copies_in("by-hand", now=office.now)
        tx.copies_stay([one.id], "no right to delete", now=office.now)
        again = tx.copies_in("by-hand", now=office.now)
        later = tx.copies_in("by-hand", now=office.now + timedelta(minutes=11))
    found = [i for i in health(office.desk, now=office.now).found if "copies" in i.kind]

    assert again == ()
    assert later == (one,)
    assert [issue.kind for issue in found] == ["copies_stay:by-hand"]
    assert "no right to delete" in found[0].words
