"""What a supervisor's mail wants of the rules, and which proof it lacks."""

from dataclasses import replace

import pytest

from cases.incoming import Address, Attachment, ParsedMail
from routing.policy import Policy
from routing.rules_mail import Wish, read_rules_mail
from routing.trust import Trust

OURS = "Re: [rules K7QM2-XRD45] 规则文件的修改等您确认"
FILE = Attachment(name="rules (1).yaml", type="text/plain", data=b"rules_version: 1\n")


def mail(subject: str, text: str = "", *attachments: Attachment, by: str = "") -> ParsedMail:
    """Return a supervisor's mail, or somebody else's."""
    sender = Address(addr=by or "Supervisor@example.com")
    return ParsedMail(
        sender=sender,
        sender_certain=True,
        subject=subject,
        text=text,
        attachments=attachments,
    )


@pytest.mark.parametrize(
    ("subject", "text", "wish"),
    [
        ("rules", "", Wish.ASK),
        ("RE: 规则", "请发给我", Wish.ASK),
        (OURS, "yes", Wish.YES),
        (OURS, "同意生效。\n\n谢谢", Wish.YES),
        (OURS, "K7QM2-XRD45", Wish.YES),
        (OURS, "k7qm2xrd45 yes, thank you", Wish.YES),
        (OURS, "不同意", Wish.NO),
        (OURS, "No, not yet", Wish.NO),
        (OURS, "Yes, but take the second rule out first", Wish.UNCLEAR),
        (OURS, "What does the second rule do?", Wish.UNCLEAR),
        (OURS, "", Wish.UNCLEAR),
        ("K7QM2-XRD45", "yes", Wish.YES),
    ],
)
def test_a_supervisor_says_what_is_wanted(
    subject: str, text: str, wish: Wish, policy: Policy
) -> None:
    """A yes with a wish behind it is none: the file that would go live is another."""
    found = read_rules_mail(mail(subject, text), policy, Trust())

    assert found is not None
    assert (found.wish, found.by, found.why_not) == (wish, "supervisor@example.com", "")
    assert found.code == ("" if wish is Wish.ASK else "K7QM2XRD45")


def test_a_changed_file_is_called_as_it_must_be(policy: Policy) -> None:
    """Mail programs number files; lists and tables come along, programs do not."""
    others = (
        Attachment(name="injury.txt", type="text/plain", data=b"ouch\n"),
        Attachment(name="../../etc/x.csv", type="text/csv", data=b"name\n"),
        Attachment(name="run.exe", type="application/x-dosexec", data=b"MZ"),
        Attachment(name="other.yaml", type="text/plain", data=b"a: 1\n"),
    )
    found = read_rules_mail(mail("the new file", "", FILE, *others), policy, Trust())

    assert found is not None
    assert found.wish is Wish.CHANGE
    assert set(found.files) == {"rules.yaml", "lists/injury.txt", "_.._etc_x.csv"}


@pytest.mark.parametrize("subject", ["rules of the house", "Complaint about your rules", ""])
def test_whatever_else_a_supervisor_writes_is_no_matter_of_the_rules(
    subject: str, policy: Policy
) -> None:
    """They may complain, pass complaints on, or answer about a case."""
    assert read_rules_mail(mail(subject, "It leaks."), policy, Trust()) is None


def test_nobody_else_is_heard(policy: Policy) -> None:
    """A stranger's "rules" is a mail like any other; a forged supervisor lacks a proof."""
    assert read_rules_mail(mail("rules", by="a@b.example"), policy, Trust()) is None
    forged = read_rules_mail(mail("rules"), policy, Trust(authserv_id="mx.example.com"))
    unsure = read_rules_mail(replace(mail("rules"), sender_certain=False), policy, Trust())

    assert forged is not None
    assert unsure is not None
    assert (forged.why_not, unsure.why_not) == (
        "the sender's authentication is none",
        "its sender is ambiguous",
    )
