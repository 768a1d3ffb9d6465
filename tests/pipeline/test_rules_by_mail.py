"""Rules by mail: a supervisor asks for the file, sends it back, and says yes with the code."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from pipeline.lookups import PER_ADDRESS
from pipeline.process import process_one
from pipeline.rules_texts import texts_of
from routing.trust import Trust
from tests.pipeline.conftest import letter_text
from tests.pipeline.test_live_rules import BOSS, THREE, House, failing
from tests.pipeline.test_live_rules import house as house

ANSWERED = "Re: 您发来的规则没有错误，请确认启用 (rules)"
FIVE = (*THREE, THREE[0].replace("kettle", "bowl"), THREE[0].replace("kettle", "lid"))


def write(
    house: House, subject: str, text: str = "", *, rules: str = "", by: str = BOSS
) -> list[EmailMessage]:
    """Let somebody write, everything be done about it, and return the letters they got by it."""
    before = len(house.office.tray.to(by))
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = by, "complaints@example.com", subject
    mail["Message-ID"] = f"<{len(house.office.tray.sent)}.{len(text)}.{hash(subject)}@example.com>"
    mail.set_content(text or "\n")
    if rules:
        mail.add_attachment(rules.encode(), "text", "yaml", filename="rules (1).yaml")
    house.office.desk = house.current.desk
    (handled,) = house.office.take(mail.as_bytes())
    assert handled.outcome == "ignored", handled
    assert house.office.counts()[1] == {}, "no case is opened"
    house.live.answer(now=house.office.now)
    house.office.deliver()
    return house.office.tray.to(by)[before:]


def code_in(letter: EmailMessage) -> str:
    """Return the code of a letter."""
    found = re.search(r"^\s*([2-9A-Z]{10})\s*$", letter_text(letter), re.MULTILINE)
    assert found is not None, letter_text(letter)
    return found[1]


def test_a_supervisor_changes_the_rules_by_three_mails(house: House) -> None:
    """The file comes, goes back changed, is answered with what would change, and goes live."""
    (sent,) = write(house, "规则")
    attached = message_from_bytes(sent.as_bytes(), policy=SMTP)
    (file,) = [part for part in attached.walk() if part.get_filename()]
    assert file.get_filename() == "rules.yaml"
    text = str(file.get_payload(decode=True), "utf-8")  # type: ignore[arg-type] # bytes
    assert text == texts_of(house.current.desk.rules)["rules.yaml"]

    changed = text.replace("\nrules:\n", "\nrules:\n" + FIVE[3], 1)
    (answer,) = write(house, "the new rules", rules=changed)
    assert "Rule of bowl" in letter_text(answer)
    old = house.version
    assert house.look() == old, "nothing goes live before the yes"

    (agreed,) = write(house, ANSWERED, f"{code_in(answer)}\n")
    assert "几秒钟内启用" in letter_text(agreed)
    assert house.look() != old
    newest = house.history()[0]
    assert (newest.by, newest.how) == (BOSS, "mail")
    assert house.file.read_text(encoding="utf-8") == changed, "comments and all"


def test_a_wrong_file_is_answered_with_its_mistakes(house: House) -> None:
    """Line and mark, as `rules check` shows them; nothing waits."""
    wrong = house.text(*THREE).replace("words: [pot]", "wrods: [pot]")
    (answer,) = write(house, "rules", rules=wrong)

    assert "wrods" in letter_text(answer)
    assert "^" in letter_text(answer)
    with house.current.desk.store.read() as tx:
        assert tx.waiting_rules(now=house.office.now) is None


def test_a_file_whose_examples_fail_gets_no_code(house: House) -> None:
    """They are named."""
    house.failing = failing()
    with_example = FIVE[3] + "    examples: [{mail: The bowl leaks.}]\n"
    (answer,) = write(house, "rules", rules=house.text(*THREE, with_example))

    assert "Rule of kettle" in letter_text(answer)
    assert not re.search(r"^\s*[2-9A-Z]{10}\s*$", letter_text(answer), re.MULTILINE)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("不同意 {code}", "待确认的规则不启用"),
        ("yes, but {code} only from Monday on", "既没有同意"),
        ("2345678923", "已不在等待"),
    ],
)
def test_whatever_is_no_yes_changes_nothing(said: str, shown: str, house: House) -> None:
    """A no, a yes with a wish, the code of something else."""
    (answer,) = write(house, "rules", rules=house.text(*FIVE))
    (told,) = write(house, ANSWERED, said.format(code=code_in(answer)))

    assert shown in letter_text(told)
    assert len(house.history()) == 1
    before = house.version
    assert house.look() == before


def test_a_yes_of_another_supervisor_is_not_theirs(house: House) -> None:
    """Who sent a file says yes to it; a code that was read over a shoulder is nothing."""
    second = "second@example.com"
    text = house.text(*THREE).replace(f"supervisors: [{BOSS}]", f"supervisors: [{BOSS}, {second}]")
    house.write(text)
    house.look()
    house.letters()  # that it is live
    more = text.replace("\nrules:\n", "\nrules:\n" + FIVE[3], 1)
    (answer,) = write(house, "rules", rules=more)
    (told,) = write(house, ANSWERED, code_in(answer), by=second)

    assert "已不在等待" in letter_text(told)


def test_a_strangers_rules_are_a_mail_like_any_other(house: House) -> None:
    """Nothing of them is looked at as rules."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "x@stranger.example", "c@example.com", "rules"
    mail.set_content("I complain: the kettle leaks.\n")
    mail.add_attachment(b"rules_version: 1\n", "text", "yaml", filename="rules.yaml")
    house.office.desk = house.current.desk
    (handled,) = house.office.take(mail.as_bytes())

    assert handled.outcome == "case"
    with house.current.desk.store.read() as tx:
        assert tx.received_rules() is None


def test_a_copy_of_a_mail_is_answered_once(house: House) -> None:
    """The mail server delivers it twice: the code of the first answer stays good."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = BOSS, "complaints@example.com", "rules"
    mail.set_content("\n")
    mail.add_attachment(house.text(*FIVE).encode(), "text", "yaml", filename="rules.yaml")
    house.office.desk = house.current.desk
    handled = house.office.take(mail.as_bytes(), b"Received: from a\r\n" + mail.as_bytes())
    house.live.answer(now=house.office.now)
    house.office.deliver()

    assert [one.outcome for one in handled] == ["ignored", "duplicate"]
    assert len(house.office.tray.to(BOSS)) == 1


def test_mails_that_nobody_vouches_for_are_answered_a_few_times_a_day(house: House) -> None:
    """Whoever writes in a supervisor's name fills no mailbox with our letters."""
    settings = replace(house.current.desk.settings, trust=Trust(authserv_id="mx.example.com"))
    house.current.swap(replace(house.current.desk, settings=settings))
    answers = [len(write(house, "rules", f"{number}\n")) for number in range(PER_ADDRESS + 2)]

    assert answers == [1] * PER_ADDRESS + [0, 0]


def test_looking_at_a_file_again_answers_once(house: House) -> None:
    """The process may end between the answer's examples and its letter."""
    write(house, "rules", rules=house.text(*FIVE))
    before = len(house.office.tray.sent)
    house.live.answer(now=house.office.now)
    assert process_one(house.current.desk, now=house.office.now) is None
    house.office.deliver()

    assert len(house.office.tray.sent) == before
