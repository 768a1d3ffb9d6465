"""The mail of somebody else inside a mail, in the styles of the programs that pass it on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.incoming import Address, Forwarded
from ingest.forwards import find_forwarded, is_forward_subject
from ingest.parse import parse

LEE = Address(addr="lee@shop.example", name="Ann Lee")
WANG = Address(addr="wang@shop.example", name="王芳")
ENGLISH = Forwarded(sender=LEE, subject="Kettle leaks", text="It leaks.\n\nAnn")
CHINESE = Forwarded(sender=WANG, subject="水壶漏水", text="壶底漏水，请处理。")

STYLES = {
    "Gmail": (
        "Fwd: Kettle leaks",
        """FYI

---------- Forwarded message ---------
From: Ann Lee <lee@shop.example>
Date: Mon, Nov 23, 2026 at 9:00 AM
Subject: Kettle leaks
To: <clerk@example.com>


It leaks.

Ann
""",
        ENGLISH,
    ),
    "Thunderbird": (
        "Fwd: Kettle leaks",
        """-------- Forwarded Message --------
Subject: \tKettle leaks
Date: \tMon, 23 Nov 2026 09:00:00 +0100
From: \tAnn Lee <lee@shop.example>
To: \tclerk@example.com

It leaks.

Ann""",
        ENGLISH,
    ),
    "Outlook": (
        "FW: Kettle leaks",
        """Please take care of this.

From: Ann Lee <lee@shop.example>
Sent: Monday, November 23, 2026 9:00 AM
To: Clerk <clerk@example.com>
Cc: Somebody
Subject: Kettle leaks

It leaks.

Ann""",
        ENGLISH,
    ),
    "Outlook of old": (
        "FW: Kettle leaks",
        """-----Original Message-----
From: Ann Lee [mailto:lee@shop.example]
Sent: Monday, November 23, 2026 9:00 AM
To: Clerk
Subject: Kettle leaks

It leaks.

Ann""",
        ENGLISH,
    ),
    "Outlook in German": (
        "WG: Kettle leaks",
        """Bitte kümmern.

Von: Ann Lee <lee@shop.example>
Gesendet: Montag, 23. November 2026 09:00
An: Clerk
Betreff: Kettle leaks

It leaks.

Ann""",
        ENGLISH,
    ),
    "Outlook in French": (
        "TR: Kettle leaks",
        """De : Ann Lee <lee@shop.example>
Envoyé : lundi 23 novembre 2026 09:00
À : clerk@example.com
Objet : Kettle leaks

It leaks.

Ann""",
        ENGLISH,
    ),
    "Apple": (
        "Fwd: Kettle leaks",
        """See below.

Begin forwarded message:

> From: Ann Lee <lee@shop.example>
> Subject: Kettle leaks
> Date: 23 November 2026 at 09:00:00 CET
> To: clerk@example.com
>\x20
> It leaks.
>\x20
> Ann
""",
        ENGLISH,
    ),
    "Apple, marked as a quotation": (
        "Kettle",
        "See below.\n\n> Begin forwarded message:\n>\n> From: Ann Lee <lee@shop.example>\n"
        "> Subject: Kettle leaks\n> To: clerk@example.com\n>\n> It leaks.\n>\n> Ann\n",
        ENGLISH,
    ),
    "Outlook in Chinese": (
        "转发: 水壶漏水",
        """请处理。

发件人: 王芳 <wang@shop.example>
发送时间: 2026年11月23日 9:00
收件人: 客服 <clerk@example.com>
主题: 水壶漏水

壶底漏水，请处理。""",
        CHINESE,
    ),
    "QQ": (
        "转发：水壶漏水",
        """------------------ 原始邮件 ------------------
发件人: "王芳" <wang@shop.example>;
发送时间: 2026年11月23日(星期一) 上午9:00
收件人: "客服"<clerk@example.com>;
主题: 水壶漏水

壶底漏水，请处理。""",
        CHINESE,
    ),
    "Foxmail": (
        "转发: 水壶漏水",
        """请看下面

clerk@example.com
\x20
发件人： 王芳
发送时间： 2026-11-23 09:00
收件人： clerk
主题： 水壶漏水
壶底漏水，请处理。""",
        Forwarded(
            sender=Address(addr="", name="王芳"), subject="水壶漏水", text="壶底漏水，请处理。"
        ),
    ),
    "163": (
        "Fw:水壶漏水",
        """
-------- 转发邮件信息 --------
发件人："王芳" <wang@shop.example>
发送日期：2026-11-23 09:00:00
收件人："clerk@example.com" <clerk@example.com>
主题：水壶漏水
壶底漏水，请处理。""",
        CHINESE,
    ),
    "WeCom": (
        "转发：水壶漏水",
        """麻烦跟进
------------------ Original ------------------
From: 王芳<wang@shop.example>
Date: 周一,11月 23,2026 09:00
To: 客服<clerk@example.com>
Subject: 水壶漏水

壶底漏水，请处理。""",
        CHINESE,
    ),
    "Gmail in Chinese, without a telling subject": (
        "水壶",
        """---------- 转发的邮件 ---------
发件人： 王芳 <wang@shop.example>
日期： 2026年11月23日周一 09:00
主题： 水壶漏水
收件人： <clerk@example.com>

壶底漏水，请处理。""",
        CHINESE,
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_original_is_found_in_the_style_of(style: str) -> None:
    """Who wrote first, about what, and in which words."""
    subject, text, original = STYLES[style]

    assert find_forwarded(text, subject) == original


def test_the_history_of_a_reply_is_no_forward() -> None:
    """The same header block below an answer is only history."""
    _, text, _ = STYLES["Outlook"]

    assert find_forwarded(text, "RE: Kettle leaks") is None
    assert find_forwarded(text, "RE: FW: Kettle leaks") is None
    assert find_forwarded("Thanks.\n\nOn Monday, 23 Nov 2026 at 09:00, Ann <a@x.example> wrote:\n"
                          "> ---------- Forwarded message ---------\n> From: b@x.example\n"
                          "> Subject: c\n", "Re: c") is None  # fmt: skip


@pytest.mark.parametrize("text", ["", "FYI", "Your driver shouted at me.\nFrom: my phone"])
def test_a_forward_without_an_original_has_none(text: str) -> None:
    """The subject alone makes no forward."""
    assert find_forwarded(text, "Fwd: Kettle") is None


def test_the_innermost_of_bare_forwards_is_the_original() -> None:
    """What was passed on twice without a word is the first one's."""
    _, inner, _ = STYLES["Gmail"]
    text = (
        "---------- Forwarded message ---------\nFrom: Bo <bo@example.com>\nSubject: Fwd: Kettle\n"
        f"To: <x@example.com>\n\n{inner.removeprefix('FYI')}"
    )

    assert find_forwarded(text, "Fwd: Fwd: Kettle") == ENGLISH


@pytest.mark.parametrize(
    ("subject", "passed_on"),
    [
        ("Fwd: a", True),
        ("FW：a", True),
        ("[Desk] 转发：a", True),
        ("WG[2]: a", True),
        ("Re: Fwd: a", False),
        ("I want my money: back", False),
        ("Forwarding agent: late", False),
        ("", False),
    ],
)
def test_the_outermost_prefix_decides(subject: str, passed_on: bool) -> None:
    """A reply to a forwarded mail is a reply."""
    assert is_forward_subject(subject) is passed_on


def test_an_attached_mail_is_passed_on() -> None:
    """With a subject that says so, or with few words of the forwarder's own."""
    mail = (
        b"From: clerk@example.com\nSubject: %b\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\n\n%b\n--x\nContent-Type: message/rfc822\n\n"
        b"From: =?utf-8?B?546L6Iqz?= <wang@shop.example>\nSubject: Kettle\n\nIt leaks.\n\n"
        b"On Mon, 23 Nov 2026 at 09:00, desk <d@example.com> wrote:\n> Hello.\n--x--\n"
    )
    original = Forwarded(sender=WANG, subject="Kettle", text="It leaks.")

    assert parse(mail % (b"Fwd: Kettle", b"a long story " * 50)).forwarded == original
    assert parse(mail % (b"see attached", b"")).forwarded == original
    assert parse(mail % (b"my story", b"a long story " * 50)).forwarded is None


def test_a_form_in_an_attached_mail_is_read() -> None:
    """The attached mail says what its documents say; long as it may be, it is the original."""
    story = b"It leaks. " * 50
    read = parse(
        b"From: clerk@example.com\nSubject: see this\nContent-Type: message/rfc822\n\n"
        b"From: wang@shop.example\nSubject: Kettle\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n" + story + b"\n--x\n"
        b"Content-Type: text/csv; name=form.csv\n\nlot no,quantity\nB-1,12\n--x--\n"
    )

    assert read.forwarded is not None
    assert read.forwarded.text == story.decode().strip()
    assert [one.text for one in read.attachments] == ["lot no: B-1\nquantity: 12"]


def test_a_mail_attached_to_an_answer_is_not_passed_on() -> None:
    """It proves something; the sender of the answer is who speaks."""
    read = parse(
        b"From: ann@x.example\nSubject: Re: Kettle\nIn-Reply-To: <1@example.com>\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHere is your promise.\n"
        b"--x\nContent-Type: message/rfc822\n\nFrom: desk@example.com\n\nhello\n--x--\n"
    )

    assert read.forwarded is None


def test_a_bounce_passes_nothing_on() -> None:
    """The mail in a report is our own letter."""
    mail = (
        b"From: mailer-daemon@x.example\nSubject: failed\n"
        b"Content-Type: multipart/report; boundary=x\n\n--x\n\nfailed\n"
        b"--x\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n"
        b"--x\nContent-Type: message/rfc822\n\nFrom: desk@example.com\n\nhello\n--x--\n"
    )

    assert parse(mail).forwarded is None


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="From:发件人 <a@x>\n>-", max_size=300))
def test_no_text_defeats_the_reader(text: str) -> None:
    """Whatever stands there, an answer comes back."""
    found = find_forwarded("---- Forwarded message ----\n" + text, "Fwd: a")

    assert found is None or isinstance(found, Forwarded)
