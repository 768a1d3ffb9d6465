"""What people write is read as they meant it: quoted lines, remarks, marks, irony, signatures."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from cases.life import PartState
from cases.model import LetterName, Status
from routing.process import Signing
from tests.conftest import MakeRaw
from tests.pipeline.conftest import Office
from tests.pipeline.test_life import (
    BOSS,
    CUSTOMER,
    QUALITY,
    last,
    letters,
    part,
    plain,
    routed,
    says,
    set_process,
    to_customer,
)

Reply = Callable[..., bytes]

__all__ = ["plain"]  # a fixture


def _writes(office: Office, reply: Reply, text: str) -> None:
    """Let the complainant answer the outcome."""
    office.take(reply(last(office, CUSTOMER, LetterName.OUTCOME), text))
    office.deliver()


def _answered(office: Office, make_raw: MakeRaw, reply: Reply) -> None:
    routed(office, make_raw)
    says(office, reply, "done: We repaired it.")


def _rich(raw: bytes, plain_text: str, html: str) -> EmailMessage:
    """Return the mail of `raw` with other words; without plain text it is HTML alone."""
    mail = EmailMessage()
    for name, value in message_from_bytes(raw, policy=default).items():
        if name.lower() not in ("content-type", "content-transfer-encoding", "mime-version"):
            mail[name] = value
    if plain_text:
        mail.set_content(plain_text)
        mail.add_alternative(html, subtype="html")
    else:
        mail.set_content(html, subtype="html")
    return mail


# ---------------------------------------------------------------- quoted lines


@pytest.mark.parametrize(
    "text",
    [
        "> done: LEAK he is a liar\n\nI am still looking into this.",
        "Hello all,\n\n> done: LEAK\n\nwhy?",
        '> - "done": settled\n> hold\n\nWhat does this mean?',
        "老板 写道：\n> 处理完成：LEAK\n\n我再看看。",
        "Thanks.\n＞ done: LEAK\nwhat does that mean?",
        "> A\n\nWhich one?",
    ],
)
def test_a_quoted_line_is_no_command(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Wherever it stands it was somebody else's word; the department is told how to answer."""
    routed(plain, make_raw)
    says(plain, reply, text)

    assert plain.case().status is Status.ROUTED
    assert "LEAK" not in to_customer(plain)
    assert letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)


def test_a_quoted_line_within_an_answer_stays_in_the_house(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The answer around it goes out."""
    routed(plain, make_raw)
    says(plain, reply, "done: We send a new kettle.\n> LEAK quoted\nand a refund")
    told = to_customer(plain)

    assert "LEAK" not in told
    assert "We send a new kettle." in told
    assert "and a refund" in told


@pytest.mark.parametrize(
    ("html", "status"),
    [
        ("<blockquote type='cite'>done: LEAK</blockquote><p>I look into it</p>", Status.ROUTED),
        (
            "<p>done: new kettle</p><blockquote type='cite'>LEAK</blockquote><p>and a refund</p>"
            "<p><del>LEAK</del> <s>LEAK</s> <span style='text-decoration: line-through'>LEAK</span>"
            "</p>",
            Status.OUTCOME_SENT,
        ),
    ],
)
def test_what_html_quotes_or_strikes_out_stays_in_the_house(
    html: str, status: Status, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A mail program shows a quotation by a bar and a struck word by a line."""
    routed(plain, make_raw)
    raw = reply(last(plain, QUALITY, LetterName.ROUTED), "x")
    plain.take(_rich(raw, "", f"<html><body>{html}</body></html>").as_bytes())

    assert "LEAK" not in to_customer(plain)
    assert plain.case().status is status


@pytest.mark.parametrize(
    "text",
    [
        "> solved\n> not solved: (and what is still open)\n\nsolved, thanks",
        "solved, thanks\n\n> IS IT SOLVED?\n> not solved:\n\nWang Fang",
    ],
)
def test_our_own_words_quoted_back_take_nothing_back(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Only what the complainant adds counts."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, text)

    assert plain.case().status is Status.CLOSED


# ---------------------------------------------------------------- remarks


@pytest.mark.parametrize(
    "text",
    [
        "Done with this customer, he is impossible. Don't tell him about LEAK.",
        "Done by Friday. LEAK",
        "Done, thanks! LEAK",
        "Done. Please close this ticket. LEAK",
        "处理完成，谢谢！LEAK",
        "处理完成。\n请财务尽快打款，LEAK",
        "不成立，LEAK",
        "Interim, LEAK can wait",
    ],
)
def test_a_remark_behind_the_word_is_no_answer(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Text for the customer stands behind a colon or on a new line; anything else is asked for."""
    routed(plain, make_raw)
    says(plain, reply, text)

    assert plain.case().status is Status.ROUTED
    assert "LEAK" not in to_customer(plain)
    assert letters(plain, QUALITY, LetterName.HOW_TO_ANSWER)


@pytest.mark.parametrize(
    "aside", ["备注：LEAK", "另：LEAK", "Remark: LEAK", "FYI only: LEAK", "PS: LEAK", "PS LEAK"]
)
def test_an_aside_below_an_answer_stays_in_the_house(
    aside: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """It is kept as an internal note."""
    routed(plain, make_raw)
    says(plain, reply, f"done: We send a new kettle.\n{aside}")
    told = to_customer(plain)

    assert "We send a new kettle." in told
    assert "LEAK" not in told


@pytest.mark.parametrize(
    "below",
    [
        "Best regards\nLi Wei\nLEAK ext 4711",
        "Li Wei | LEAK Quality | ext 4711",
        "\n张三\n质量部\n LEAK",
        "发自我的企业微信 LEAK",
        "Boss/NORTH\n23.11.2026 09:00\nTo QA/NORTH\nSubject kettle\n\nLEAK",
        "This e-mail is confidential LEAK and only for internal use.",
    ],
)
@pytest.mark.parametrize(
    "answer", ["done: A new one is on its way.", "done\nTo the customer: A new one is on its way."]
)
def test_a_signature_below_an_answer_stays_in_the_house(
    answer: str, below: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The customer writes to the desk, not to an extension of the factory."""
    routed(plain, make_raw)
    says(plain, reply, f"{answer}\n\n{below}\n")
    told = to_customer(plain)

    assert "A new one is on its way." in told
    assert "LEAK" not in told


# ---------------------------------------------------------------- marks and irony


@pytest.mark.parametrize(
    "text",
    [
        "4 分，不过还是漏水",
        "5 - still waiting for my refund",
        "我打5分，但是钱还没退",
        "1 - still broken",
        "2分，盖子还是坏的",
    ],
)
def test_a_mark_beside_an_objection_is_kept_and_the_case_opened_again(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A number does not take back the words beside it (K019)."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, text)
    with plain.desk.store.read() as tx:
        marks = [record.text for record in tx.records(1) if record.kind == "satisfaction"]

    assert plain.case().status is Status.ROUTED
    assert [mark[0] for mark in marks] == [next(sign for sign in text if sign.isdigit())]
    assert len(letters(plain, QUALITY, LetterName.ROUTED)) == 2


def test_a_bad_mark_alone_is_told_to_a_supervisor(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Nothing was said that a department could work on (K098)."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, "1")

    assert plain.case().status is Status.OUTCOME_SENT
    assert letters(plain, plain.desk.rules.policy.supervisors[0], LetterName.ESCALATION)


@pytest.mark.parametrize("text", ["5分，很满意，谢谢", "5\n\n先锋电器有限公司\n王芳"])
def test_a_good_mark_with_praise_settles_the_case(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """Praise and a signature say nothing else."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, text)

    assert plain.case().status is Status.CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "解决了一半",
        "解决了才怪",
        "满意才怪",
        "fixed price offers are an insult",
        "Problem solved by throwing it away",
    ],
)
def test_irony_closes_nothing(text: str, plain: Office, make_raw: MakeRaw, reply: Reply) -> None:
    """Who is not clearly content is heard again."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, text)

    assert plain.case().status is Status.ROUTED


# ---------------------------------------------------------------- a yes that is none


@pytest.mark.parametrize(
    "text",
    [
        "Yes. Reduce the amount to 50 EUR.",
        "同意，金额减半",
        "Yes - make it 50 EUR, then send",
        "Yes, after legal has seen it",
        "同意退款50元",
        "同意\n\n请先转给财务部",
        "> yes\n> no: reason\n\nWhich of the two do you recommend?",
    ],
)
def test_a_yes_with_a_wish_approves_nothing(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The old text would leave; the approver is asked to say it clearly."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: You get 500 EUR.")
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), text))

    assert plain.case().status is Status.IN_APPROVAL
    assert "500 EUR" not in to_customer(plain)
    assert letters(plain, BOSS, LetterName.HOW_TO_ANSWER)


@pytest.mark.parametrize(
    "below",
    [
        "\n\nLi Wei\nThis e-mail is intended solely for the addressee. It must not be copied.",
        "\n\n张总\n先锋电器有限公司",
        "\n\n王总\n后勤保障部",
        "。\n\n不锈钢事业部 李总",
        "，请发送，谢谢",
    ],
)
def test_a_yes_above_a_company_approves(
    below: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """先, 后 and 不 are signs of names, too."""
    set_process(plain, approval=(Signing(by=(BOSS,)),))
    routed(plain, make_raw)
    says(plain, reply, "done: You get 500 EUR.")
    plain.take(reply(last(plain, BOSS, LetterName.APPROVAL_REQUEST), f"同意{below}"))

    assert "500 EUR" in to_customer(plain)


# ---------------------------------------------------------------- ordinary business mail


@pytest.mark.parametrize(("name", "size", "settles"), [
    ("image001.png", 200, True), ("logo.gif", 9_000, True),
    ("leak.jpg", 9_000, False), ("image001.png", 400_000, False),
])  # fmt: skip
def test_the_logo_of_a_signature_is_no_photo(
    name: str, size: int, settles: bool, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """A small picture with the name mail programs give it says nothing; a photo does."""
    _answered(plain, make_raw, reply)
    raw = reply(last(plain, CUSTOMER, LetterName.OUTCOME), "x")
    html = "<p>solved, thank you</p><img src='cid:logo1'>"
    mail = _rich(raw, "solved, thank you\n", html)
    _, rich = mail.iter_parts()
    assert isinstance(rich, EmailMessage)
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * size
    rich.add_related(picture, "image", "png", cid="<logo1>", filename=name, disposition="inline")
    plain.take(mail.as_bytes())

    assert (plain.case().status is Status.CLOSED) is settles


@pytest.mark.parametrize(
    "below",
    [
        "Please consider the environment before printing this e-mail.",
        "John Smith\nPurchasing Manager, North Wind Limited, London\nTel +44 20 1234567",
        "先锋电器有限公司 采购部\n王芳",
    ],
)
def test_solved_above_a_signature_closes_the_case(
    below: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """What programs and houses add below is not the customer's word."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, f"Solved, thank you!\n\n{below}")

    assert plain.case().status is Status.CLOSED


@pytest.mark.parametrize(
    "text",
    [
        "Received, I will test it next week.",
        "OK, I am away this week and will let you know.",
        "我试试再说",
        "Solved, thank you!\n\nI will test it again next week and let you know.",
    ],
)
def test_who_will_test_it_has_not_objected(
    text: str, plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The promise of a later word is kept as a note; nobody works on it."""
    _answered(plain, make_raw, reply)
    _writes(plain, reply, text)

    assert (plain.case().status, plain.case().round) == (Status.OUTCOME_SENT, 1)
    assert plain.kinds()[-1] == "note"


def test_a_question_beside_what_was_asked_for_does_not_swallow_it(
    plain: Office, make_raw: MakeRaw, reply: Reply
) -> None:
    """The department gets the batch and goes on (K038)."""
    routed(plain, make_raw)
    says(plain, reply, "need info: which batch is printed on the bottom?")
    asked = last(plain, CUSTOMER, LetterName.REQUEST_INFORMATION)
    plain.take(reply(asked, "It is 20240611A. When will I hear from you?"))
    plain.deliver()

    assert part(plain) is not PartState.INFO
    assert letters(plain, QUALITY, LetterName.FOLLOW_UP)
