"""A supervisor follows one mail from the mailbox to the last letter, in both languages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.outgoing import Delivery, DeliveryState
from pipeline import commands_mails
from pipeline.config import load
from pipeline.story import STORY, told
from pipeline.story_zh import STORY_ZH
from pipeline.trail import Trail, numbers_of, trail_of
from pipeline.trail_show import lines_of, trail_json
from pipeline.trail_words import LABELS, LETTER_STATES, PROOFS, SENTENCES, STATES
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office

Reply = Callable[..., bytes]


def shown(office: Office, number: int, language: str = "en") -> str:
    """Return the trail of one mail as a supervisor reads it."""
    trail = found(office, number)
    return "\n".join(lines_of(trail, office.desk.rules.policy.calendar.zone, language=language))


def found(office: Office, number: int) -> Trail:
    """Return the trail of one mail."""
    trail = trail_of(office.desk, number)
    assert trail is not None
    return trail


def test_the_first_mail_of_a_case_shows_all_that_came_of_it(
    office: Office, make_raw: MakeRaw
) -> None:
    """When, how read, which case, why, which letters, what the servers said."""
    office.tray.answers["quality@example.com"] = Delivery(
        state=DeliveryState.TRANSIENT, reply="451 4.7.1 greylisted"
    )
    office.take(make_raw())
    office.deliver()
    text = shown(office, 1)

    assert "came        2026-11-23 09:00:00" in text
    assert "from        Wang Fang <wang.fang@customer.example>" in text
    assert "read as     a person's mail (no sign of a machine)" in text
    assert "became      belongs to case C-2026-000001 (attempts: 1)" in text
    assert "it opened the case" in text
    assert "sent to quality" in text
    assert "acknowledgement → wang.fang@customer.example: sent 2026-11-23 09:00:00" in text
    assert "routed → quality@example.com: waits, next try 2026-11-23 09:01:00" in text
    assert "“451 4.7.1 greylisted”" in text
    assert "The kettle I bought leaks." not in text


def test_a_reply_shows_by_which_proof_it_joined_and_its_own_letters_only(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The letters of the first mail are not its own."""
    office.take(make_raw())
    office.deliver()
    (letter,) = office.tray.to("quality@example.com")
    office.later(minutes=30)
    office.take(reply(letter, "what is this about?"))
    trail = found(office, 2)

    assert trail.proof is not None
    assert (trail.proof.how, trail.proof.of) == ("token", "quality")
    assert [one.letter for one in trail.letters] == ["how_to_answer"]
    assert "acknowledged" not in [event.kind for event in trail.events]
    assert "proof: the reply address of our letter to quality" in shown(office, 2)


def test_a_complainants_answer_joins_by_the_thread_or_the_number(
    office: Office, make_raw: MakeRaw
) -> None:
    """Told apart, because the one proves who wrote and the other does not."""
    office.take(make_raw())
    office.deliver()
    (letter,) = office.tray.to("wang.fang@customer.example")
    thread = make_raw(
        "Any news?\n",
        message_id="2@c.example",
        headers=(("In-Reply-To", str(letter["Message-ID"])),),
    )
    number = make_raw(
        "It leaks more now.\n", subject="About C-2026-000001", message_id="3@c.example"
    )
    office.take(thread, number)
    proofs = [found(office, number).proof for number in (2, 3)]

    assert [(one.how, one.of) for one in proofs if one] == [
        ("thread", "acknowledgement"),
        ("tag", ""),
    ]


def test_a_machines_mail_and_a_copy_say_why_there_is_no_case(
    office: Office, make_raw: MakeRaw
) -> None:
    """With the sign that decided, and the number of the first one."""
    machine = make_raw(
        "away\n", message_id="2@c.example", headers=(("Auto-Submitted", "auto-replied"),)
    )
    office.take(make_raw(), machine, make_raw() + b"\r\n")

    assert "read as     an automatic reply (Auto-Submitted: auto-replied)" in shown(office, 2)
    assert "became      no case is due" in shown(office, 2)
    assert "became      is a copy of mail 1, see there" in shown(office, 3)


def test_a_mail_that_nothing_could_read_is_shown_with_care(
    office: Office, make_raw: MakeRaw
) -> None:
    """By lines only, as its form may be what set it aside; no word of the error is repeated."""
    office.take(make_raw())
    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql(
            "update inbox set state='quarantined', attempts=5, case_id=null, "
            "reason='ValueError: zebra of a@b.example'"
        )
    text = shown(office, 1)

    assert "was set aside after 5 attempts" in text
    assert "`quarantine show 1`" in text
    assert "read by lines only" in text
    assert "because     ValueError" in text
    assert "zebra" not in text


def test_a_mail_is_found_by_number_message_id_and_case(
    office: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Whatever a supervisor has at hand."""
    office.take(make_raw())
    office.deliver()
    (letter,) = office.tray.to("quality@example.com")
    office.take(reply(letter, "accept, Li Wei"))

    assert numbers_of(office.desk, "2") == (2,)
    assert numbers_of(office.desk, "<1@customer.example>") == (1,)
    assert numbers_of(office.desk, "c-2026-000001") == (1, 2)
    assert numbers_of(office.desk, "nobody@example.com") == ()


def test_where_a_mail_lies_follows_from_what_became_of_it(
    office: Office, make_raw: MakeRaw
) -> None:
    """Also while it is still to be moved; a mail from a file lies nowhere."""
    office.take(make_raw())
    assert found(office, 1).folder == ""
    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update inbox set mailbox='complaints'")
    assert (found(office, 1).folder, found(office, 1).moved) == (".Processed", False)
    assert "the inbox; it is still to be moved to .Processed" in shown(office, 1)
    with office.desk.store.begin() as tx:
        tx.mark_filed([1])
    assert found(office, 1).moved
    with office.desk.store.begin() as tx:
        tx._connection.exec_driver_sql("update inbox set state='quarantined'")
    assert found(office, 1).folder == ".Rejected"


def test_the_trail_reads_in_chinese_too(office: Office, make_raw: MakeRaw) -> None:
    """No English words of ours are left."""
    office.take(make_raw())
    office.deliver()
    text = shown(office, 1, "zh")

    assert "归入案件 C-2026-000001" in text
    assert "由此邮件立案" in text
    assert "已发确认信给" in text
    assert "sent" not in text
    assert "became" not in text


def test_every_word_of_the_trail_is_there_in_both_languages() -> None:
    """A new kind of event gets its Chinese with its English."""
    assert STORY_ZH.keys() == STORY.keys()
    for table in (LABELS, STATES, PROOFS, LETTER_STATES, SENTENCES):
        assert all(forms.keys() == {"en", "zh"} for forms in table.values())
    assert told("routed", "zh", detail=True) == "交给"
    assert told("brand_new", "zh", detail=False) == "brand_new"


def test_as_json_nothing_is_missing(office: Office, make_raw: MakeRaw) -> None:
    """For programs: the same facts, times with their zone."""
    office.take(make_raw())
    office.deliver()
    row = json.loads(json.dumps(trail_json(found(office, 1))))

    assert row["proof"] == {"how": "opened", "of": ""}
    assert [letter["state"] for letter in row["letters"]] == ["sent", "sent"]
    assert row["events"][0]["at"] == "2026-11-23T01:00:00+00:00"
    assert (row["kind"], row["case"], row["attempts"]) == ("person", "C-2026-000001", 1)


def test_the_commands_list_and_show_and_know_what_is_not_there(
    office: Office, make_raw: MakeRaw, config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """66 for a mail nobody knows, 64 for a state that does not exist."""
    office.take(make_raw(), make_raw("Two.\n", message_id="2@customer.example"))
    assert load(config_file, environment={}).database == office.desk.settings.database
    listed = commands_mails.mails_list(config_file, state="", mailbox="", limit=1, as_json=True)
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    wrong = commands_mails.mails_list(config_file, state="odd", mailbox="", limit=1, as_json=True)
    assert "there are new, working" in capsys.readouterr().err
    both = commands_mails.mails_show(config_file, "C-2026-000001", language="en", as_json=False)
    text = capsys.readouterr().out
    none = commands_mails.mails_show(config_file, "99", language="", as_json=False)

    assert (listed, wrong, both, none) == (0, 64, 0, 66)
    assert (row["id"], row["state"]) == (2, "done")
    assert "it opened the case" in text
    assert "`mails list`" in capsys.readouterr().err


def test_marks_of_strangers_are_no_commands_of_the_terminal(
    office: Office, make_raw: MakeRaw
) -> None:
    """A subject that would colour the screen stands there as letters."""
    office.take(make_raw(subject="\x1b[31mred"))

    assert "\x1b" not in shown(office, 1)


def test_a_letter_in_the_trail_belongs_to_its_mail(office: Office, make_raw: MakeRaw) -> None:
    """Two mails of one case handled at different times keep their letters apart."""
    office.take(make_raw())
    office.deliver()
    office.later(hours=3)
    more = make_raw(
        "It leaks more now, please hurry.\n", subject="Re: C-2026-000001", message_id="2@c.example"
    )
    office.take(more)
    first = {letter.id for letter in found(office, 1).letters}
    second = {letter.id for letter in found(office, 2).letters}

    assert first
    assert second
    assert not first & second
