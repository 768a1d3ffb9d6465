"""Every answer that our letters offer is one that the desk understands, word for word."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from cases.model import Letter
from routing.labels import PARTS, split_parts
from routing.policy import Party, Policy
from routing.replies import Word, read_staff_reply
from templates.labels import part_label
from templates.render import Letters
from templates.sample_words import EN, ZH
from templates.samples import samples
from templates.samples_staff import staff_variants

TODAY = date(2026, 11, 24)
STAFF = frozenset(staff_variants(EN)) - {"decision_needed"}
LETTERS = [
    pytest.param(letter, id=f"{language}-{letter.name}-{variant}")
    for language in ("en", "zh")
    for variant, letter in samples(language)
    if letter.name in STAFF
]
#: What a link's text begins with → the word it stands for.
WORDS = {
    "accept": Word.ACCEPT,
    "接受": Word.ACCEPT,
    "done": Word.DONE,
    "处理完成": Word.DONE,
    "interim": Word.INTERIM,
    "临时措施": Word.INTERIM,
    "need info": Word.NEED_INFO,
    "需要信息": Word.NEED_INFO,
    "not ours": Word.NOT_OURS,
    "转交": Word.NOT_OURS,
    "invalid": Word.INVALID,
    "不成立": Word.INVALID,
    "hold": Word.HOLD,
    "挂起": Word.HOLD,
    "resume": Word.RESUME,
    "恢复": Word.RESUME,
    "ask": Word.ASK,
    "询问": Word.ASK,
    "stop": Word.STOP,
    "停止": Word.STOP,
    "yes": Word.YES,
    "ok": Word.YES,
    "同意": Word.YES,
    "no:": Word.NO,
    "return": Word.NO,
    "不同意": Word.NO,
    "退回": Word.NO,
    "change": Word.CHANGE,
    "改为": Word.CHANGE,
    "carried out": Word.CARRIED_OUT,
    "已执行": Word.CARRIED_OUT,
    "effective": Word.EFFECTIVE,
    "有效": Word.EFFECTIVE,
    "not effective": Word.NOT_EFFECTIVE,
    "无效": Word.NOT_EFFECTIVE,
    "no measure": Word.NO_MEASURE,
    "不采取措施": Word.NO_MEASURE,
    "reached": Word.REACHED,
    "已联系": Word.REACHED,
    "not reached": Word.NOT_REACHED,
    "未联系上": Word.NOT_REACHED,
}
LINK = re.compile(r'<a href="(mailto:[^"]{1,4000})"[^>]{0,400}>([^<]{1,200})</a>')
FORMS = {"measure", "措施"}  # a form without a word


def _offered(letter: Letter, letters: Letters) -> list[tuple[str, str]]:
    """Return what each link of a letter is called, and the reply it opens."""
    found = LINK.findall(letters.render(letter).html)
    replies = [(parse_qs(urlsplit(link.replace("&amp;", "&")).query), name) for link, name in found]
    return [(name, query["body"][0].replace("\r\n", "\n")) for query, name in replies]


def _filled(body: str, language: str) -> str:
    """Fill a form in as a person would: something behind each colon and each arrow."""
    words = "12月3日换好" if language == "zh" else "changed by 3 December"
    lines = [
        line + words if line.rstrip().endswith((":", "：")) else line for line in body.split("\n")
    ]
    text = "\n".join(lines)
    if body.rstrip().endswith(("→", "转交")):
        text += "delivery" if language == "en" else "物流"
    return text if text != body else text + words if body.endswith("\n") else text


@pytest.fixture(scope="module")
def house(policy: Policy) -> Policy:
    """The shipped rules with the party of the samples."""
    names = {"en": "Swift Parcel", "zh": "迅达快递"}
    party = Party(key="carrier", names=names, to=("carrier@example.com",), language="zh")
    return replace(policy, parties={"carrier": party})


@pytest.mark.parametrize("letter", LETTERS)
def test_each_link_opens_a_reply_that_is_understood(
    letter: Letter, letters: Letters, house: Policy
) -> None:
    """Sent as it is or filled in, the reply means the word that the link shows."""
    for name, body in _offered(letter, letters):
        if name in FORMS:
            continue
        wanted = WORDS[max((word for word in WORDS if name.startswith(word)), key=len)]
        text = _filled(body, letter.language)

        said = read_staff_reply(text, house, today=TODAY)

        assert (name, said.word) == (name, wanted), text
        assert wanted is not Word.ASK or said.party == "carrier"
        assert wanted is not Word.NOT_OURS or said.not_ours is not None


@pytest.mark.parametrize("letter", LETTERS)
def test_each_form_is_read_part_by_part(letter: Letter, letters: Letters) -> None:
    """Each label in a form we offer is read as the part it names, with what stands behind it."""
    keys = {part_label(key, letter.language): key for key in PARTS}
    for _, body in _offered(letter, letters):
        labels = [line.rstrip(" :：") for line in body.split("\n") if line.rstrip()[-1:] in ":："]
        wanted = {keys[label] for label in labels if label in keys}

        assert set(split_parts(_filled(body, letter.language))[1]) >= wanted


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", PARTS)
def test_each_label_we_write_is_read_as_its_part(key: str, language: str) -> None:
    """A department that copies a label of ours, as a line of its own, is understood."""
    mark = "：" if language == "zh" else ": "

    assert split_parts(f"{part_label(key, language)}{mark}42")[1] == {key: "42"}
    assert not set("<>&\"'") & set(part_label(key, language))  # it stands in links unescaped


@pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])
def test_the_routed_mail_names_every_word_in_its_text_too(
    words: dict[str, object], letters: Letters
) -> None:
    """Whoever reads only the text finds each answer of the links there as well."""
    language = "zh" if words is ZH else "en"
    (routed,) = (
        each for var, each in samples(language) if (var, each.name) == ("measures", "routed")
    )
    text = letters.render(routed).text.replace("->", "→")

    assert [name for name, _ in _offered(routed, letters) if name not in text] == []


def test_a_letter_about_no_case_needs_no_reference(letters: Letters) -> None:
    """The monthly list is about many cases: its subject names the month, and `check` agrees."""
    (ledger,) = (each for var, each in samples("zh") if (var, each.name) == ("usual", "ledger"))

    assert ledger.facts["reference"] == ""
    assert "2026年11月" in letters.render(ledger).subject
    assert letters.check() == ()
