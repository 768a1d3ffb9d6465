"""New words and history, in the habits of many mail programs and languages."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.body import split_reply

ANNOUNCEMENTS = [
    "On Mon, 23 Nov 2026 at 09:00, Desk <desk@example.com> wrote:",
    "On Mon, 23 Nov 2026 at 09:00, Complaints Desk\n<desk@example.com> wrote:",
    "On 23.11.2026 09:00, Desk wrote:",
    "Am 23.11.2026 um 09:00 schrieb Desk:",
    "Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Desk <desk@example.com>:",
    "Desk <desk@example.com> schrieb am Mo., 23. Nov. 2026\num 09:00 Uhr:",
    "Le lun. 23 nov. 2026 à 09:00, Desk <desk@example.com> a écrit :",
    "Le 23 nov. 2026 à 09:00, Desk\n<desk@example.com>\na écrit :",
    "El lun, 23 nov 2026 a las 9:00, Desk (<desk@example.com>) escribió:",
    "Il giorno lun 23 nov 2026 alle ore 09:00 Desk <desk@example.com> ha scritto:",
    "Em seg., 23 de nov. de 2026 às 09:00, Desk <desk@example.com> escreveu:",
    "Op ma 23 nov 2026 om 09:00 schreef Desk <desk@example.com>:",
    "Den mån 23 nov. 2026 kl 09:00 skrev Desk <desk@example.com>:",
    "W dniu 23.11.2026 o 09:00, Desk pisze:",
    "pon., 23 lis 2026 o 09:00 Desk <desk@example.com> napisał(a):",
    "23.11.2026 09:00, Desk пишет:",
    "пн, 23 нояб. 2026 г. в 09:00, Desk <desk@example.com>:",
    "在 2026年11月23日，上午9:00，客服 <desk@example.com> 写道：",
    '在 2026-11-23 09:00:00，"客服" <desk@example.com> 写道：',
    "于 2026年11月23日 09:00, 客服 写道:",
    "客服 <desk@example.com> 于2026年11月23日周一 09:00写道：",
    "客服 <desk@example.com> 於 2026年11月23日 週一 上午9:00寫道：",
    "2026年11月23日(月) 9:00 Desk <desk@example.com>:",
    "2026/11/23 9:00、Desk <desk@example.com>のメール:",
    "2026년 11월 23일 (월) 오전 9:00, Desk <desk@example.com>님이 작성:",
    "---- On Mon, 23 Nov 2026 09:00:00 +0800 Desk <desk@example.com> wrote ----",
]
HEADERS = [
    "-----Original Message-----\nFrom: Desk\nSent: Monday\nTo: Ann\nSubject: Re: kettle",
    "________________________________\nFrom: Desk <d@example.com>\nSent: Monday\nSubject: kettle",
    "From: Desk <desk@example.com>\nDate: Monday\nTo: Ann\nSubject: kettle",
    "*From:* Desk <desk@example.com>\n*Sent:* Monday\n*To:* Ann\n*Subject:* kettle",
    "Von: Desk [mailto:desk@example.com]\nGesendet: Montag\nAn: Ann\nBetreff: Kessel",
    "De : Desk <desk@example.com>\nEnvoyé : lundi\nÀ : Ann\nObjet : bouilloire",
    "De: Desk <desk@example.com>\nEnviado: lunes\nPara: Ann\nAsunto: tetera",
    "-------- Weitergeleitete Nachricht --------\nBetreff: Kessel",
    "---------- Forwarded message ---------\nFrom: Desk <desk@example.com>",
    "Begin forwarded message:\n\nFrom: Desk <desk@example.com>",
    '------------------ 原始邮件 ------------------\n发件人: "客服";',
    '------------------ Original ------------------\nFrom: "Desk";',
    "发件人：客服 <desk@example.com>\n发送时间：2026年11月23日 9:00\n收件人：安\n主题：水壶",
    "寄件者: 客服 <desk@example.com>\n寄件日期: 2026年11月23日\n收件者: 安\n主旨: 水壺",
    "-------- 转发邮件信息 --------\n发件人：客服",
    "差出人: Desk <desk@example.com>\n送信日時: 2026年11月23日\n宛先: Ann\n件名: やかん",
    "보낸 사람: Desk <desk@example.com>\n보낸 날짜: 월요일\n받는 사람: Ann\n제목: 주전자",
]
DEVICES = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Get Outlook for iOS<https://aka.example/x>",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "发自我的iPhone",
    "发自我的 iPhone",
    "發自我的 iPad",
    "来自我的华为手机",
    "发自 Foxmail 客户端",
    "iPhoneから送信",
]


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS)
@pytest.mark.parametrize("quoted", ["> old words", "old words"])
def test_what_an_announcement_introduces_is_history(announcement: str, quoted: str) -> None:
    """The line that announces a quotation, and the quotation, go; the words above stay."""
    new, rest = split_reply(f"It still leaks.\n\n{announcement}\n\n{quoted}\n")

    assert new == "It still leaks."
    assert rest == f"{announcement}\n\n{quoted}"


@pytest.mark.parametrize("header", HEADERS)
def test_what_follows_the_header_of_an_older_mail_is_history(header: str) -> None:
    """Outlook, QQ, Foxmail and others put a header block above the older mail."""
    new, rest = split_reply(f"还是漏水。It still leaks.\n\n{header}\n\nold words\n")

    assert new == "还是漏水。It still leaks."
    assert rest == f"{header}\n\nold words"


@pytest.mark.parametrize("device", DEVICES)
def test_the_line_of_the_device_is_no_word_of_the_sender(device: str) -> None:
    """ "Sent from my phone" goes, also above a quotation."""
    history = "On Mon, 23 Nov 2026 at 09:00, Desk <d@example.com> wrote:\n> x"

    assert split_reply(f"It leaks.\n\n{device}\n")[0] == "It leaks."
    assert split_reply(f"It leaks.\n\n{device}\n\n{history}\n")[0] == "It leaks."


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, where the kettle leaked on the contract.",
        "On Monday the driver wrote: back at five. He never came.",
        "发件人: 张三\n收件人: 李四\n单号: SF1234567890\n时间: 11月23日\n包裹破了。",
        "From: Shanghai\nTo: Beijing\nThe parcel took three weeks.",
        "I ordered three things:\n-- a kettle\n-- a pan\n-- a spoon\nNone came.",
        "The order says:\n2026-11-23 09:00 delivered\nbut nothing was.",
        "> is a sign\nI like, but the kettle leaks.",
        "我在11月23日收到货，客服写道：可以退货。但是没有退。",
        "Your clerk wrote on 20.11.2026:\nwe will pay.\nNobody paid.",
        "你们客服在2026年11月20日的邮件中写道：\n可以退货。\n现在又说不行。",
        "2026年11月20日 10:00：\n下单。\n2026年11月23日 9:00：\n还没有发货。",
        "Please write to ann@example.com:\nmy old address is dead.",
        "Re: what you promised\nSubject: to approval, you said.",
        "Best regards\nAnn Example\nExample Ltd, Tel. 555-0100",
        "________\nplease cut here\nAnd then the form: name, order, date.",
    ],
)
def test_words_that_only_look_like_marks_stay(text: str) -> None:
    """A lost word of a customer is worse than a line of history too many."""
    assert split_reply(text) == (text, "")


def test_answers_between_quotations_stay_in_order() -> None:
    """Who answers below each question is heard; the questions are history."""
    text = (
        "Hello,\n\nOn Mon, 23 Nov 2026 at 09:00, Desk <d@example.com> wrote:\n"
        "> Which batch?\n\nB-77.\n\n> How many?\n\nThree.\n"
    )

    assert split_reply(text)[0].split() == ["Hello,", "B-77.", "Three."]


@pytest.mark.parametrize(
    "text",
    [
        "---------- Forwarded message ---------\nFrom: Eve <e@x.example>\n\nHe shouted.",
        "\n\n-----Original Message-----\nFrom: Eve\nSent: x\nSubject: y\n\nHe shouted.",
        "> He shouted.\n> At me.",
        "发件人: 夏 <x@example.com>\n发送时间: 今天\n主题: 投诉\n\n司机骂人。",
    ],
)
def test_a_forward_without_words_keeps_what_it_forwards(text: str) -> None:
    """Nothing of its own means that the forwarded mail is the message."""
    new, rest = split_reply(text)

    assert new == text.strip("\n")
    assert rest == ""


def test_a_signature_is_folded() -> None:
    """What stands below "-- " is no word about the matter (RFC 3676 §4.3)."""
    assert split_reply("It leaks.\n\n-- \nAnn\nExample Ltd.\n") == (
        "It leaks.",
        "--\nAnn\nExample Ltd.",
    )


def test_a_long_text_below_two_dashes_is_no_signature() -> None:
    """More than a handful of lines are words, whatever stands above them."""
    words = "\n".join(f"line {n}" for n in range(40))

    assert split_reply(f"First.\n--\n{words}")[0] == f"First.\n--\n{words}"


def test_the_footer_of_a_mailing_list_is_folded() -> None:
    """Lists add a rule and how to leave."""
    footer = "_______________________________\nusers mailing list\nhttps://lists.example/listinfo/u"

    assert split_reply(f"It leaks.\n\n{footer}\n") == ("It leaks.", footer)


MARKS = [
    *ANNOUNCEMENTS,
    *HEADERS,
    *DEVICES,
    "-- ",
    "> quoted",
    ">> deep",
    "",
    "words",
    "_____",
    "Hi,",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=12).map("\n".join))
def test_splitting_twice_changes_nothing_and_nothing_is_lost(text: str) -> None:
    """The new words hold no more history, and every line is in one of the two texts."""
    new, rest = split_reply(text)

    assert split_reply(new) == (new, "")
    assert Counter(filter(None, map(str.strip, text.split("\n")))) == Counter(
        filter(None, map(str.strip, f"{new}\n{rest}".split("\n")))
    )


@settings(deadline=None)
@given(st.text(alphabet=">-_:@. \nOnwrote1From发件人写道", max_size=300))
def test_no_text_defeats_the_splitter(text: str) -> None:
    """Any text is split, and what was split stays so."""
    new, _ = split_reply(text)

    assert split_reply(new) == (new, "")
