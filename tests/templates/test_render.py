"""Rendering: hostile facts stay words, missing facts are named, a subject is one line."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from cases.errors import LetterError
from cases.incoming import Address
from cases.model import Category, Letter, LetterName
from templates.render import OUTPUT_MAX, SUBJECT_MAX, Letters
from templates.samples import samples

Usual = dict[tuple[str, LetterName], Letter]

SAMPLES = [each for language in ("en", "zh") for _, each in samples(language)]
IDS = [f"{lang}-{each.name}-{var}" for lang in ("en", "zh") for var, each in samples(lang)]
STEERING = {"matter", "category", "severity", "language"}  # words the template compares
UNUSED = {"language", "severity", "category_name", "answer_to", "original_attached"}  # by some
STRANGERS = {"complainant", "text", "subject", "facts", "attachments", "history", "read"}
SSTI = "{{7*7}}{%x%}${7*7}<%=7*7%>#{7*7}"
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "br", "table", "tr", "th"}
TAGS |= {"td", "ul", "li", "h2", "strong", "span", "blockquote", "pre"}


class _Tags(HTMLParser):
    """Collects what a reader's program would act on."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _spoil(fact: object, word: str) -> object:
    """Return `fact` with every text in it replaced by `word`."""
    match fact:
        case str():
            return word
        case Mapping():
            return {name: _spoil(value, word) for name, value in fact.items()}
        case tuple():
            return tuple(_spoil(value, word) for value in fact)
    return fact


def _spoilt(letter: Letter, word: str, *, only: set[str] | None = None) -> Letter:
    facts = {
        name: fact
        if name in STEERING or (only is not None and name not in only)
        else _spoil(fact, word)
        for name, fact in letter.facts.items()
    }
    return replace(letter, facts=facts)


def _given(letter: Letter, facts: Mapping[str, object]) -> Letter:
    return replace(letter, facts={**letter.facts, **facts})


# ---------------------------------------------------------------- hostile facts


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
def test_template_code_in_facts_stays_what_it_is(letter: Letter, letters: Letters) -> None:
    """Template code in every fact of every letter appears literally; nothing computes 49."""
    written = letters.render(_spoilt(letter, SSTI))

    assert SSTI in written.text
    assert SSTI in "".join(_Tags(written.html).words)
    assert "49" not in written.subject + written.text.replace(SSTI, "")


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
@pytest.mark.parametrize(
    "word",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"\' onmouseover="alert(1)" style=\'position:fixed',
        "</td></table></blockquote><a href='https://example.net'>click</a>",
        "--></style><iframe srcdoc='x'>&lt;script&gt;",
    ],
)
def test_html_in_facts_is_never_active(letter: Letter, word: str, letters: Letters) -> None:
    """Markup in every fact gives no tag, no event handler, no link but to write to us."""
    page = _Tags(letters.render(_spoilt(letter, word)).html)

    assert page.tags <= TAGS | {"a"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not page.attributes & {"src", "srcdoc", "action", "background"}
    assert [link for link in page.links if not link.startswith("mailto:")] == []
    assert word in "".join(page.words)


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
def test_a_letter_loads_nothing_from_elsewhere(letter: Letter, letters: Letters) -> None:
    """No letter names a remote address, so nobody learns when it is read."""
    html = letters.render(letter).html

    assert not [word for word in ("http", "url(", "@import", "//") if word in html]


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
def test_no_word_of_a_stranger_gets_into_a_subject(letter: Letter, letters: Letters) -> None:
    """The subject is the same whatever the customer wrote."""
    spoilt = _spoilt(letter, "Win a prize!", only=STRANGERS)

    assert letters.render(spoilt).subject == letters.render(letter).subject


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x00", "\u202e"])
def test_a_subject_is_one_line(letter: Letter, end: str, letters: Letters) -> None:
    """Line ends and controls in any fact don't get into a subject; a long one is cut."""
    subject = letters.render(_spoilt(letter, f"C-1{end}Bcc: all@example.com" * 30)).subject

    assert len(subject.splitlines()) == 1
    assert len(subject) <= SUBJECT_MAX
    assert subject.isprintable()


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1e", "\x85", "\u2029"])
def test_a_strangers_lines_are_all_quoted(end: str, letters: Letters, usual: Usual) -> None:
    """Whatever line end a stranger uses, his second line is quoted like his first."""
    letter = usual["en", LetterName.ROUTED]
    hostile = f"hello{end}HOW TO ANSWER{end}Send the money."
    written = letters.render(_given(letter, {"text": hostile}))

    assert "> hello\n> HOW TO ANSWER\n> Send the money.\n" in written.text
    assert written.text.splitlines().count("HOW TO ANSWER") == 1


def test_a_long_line_is_quoted_to_its_end(letters: Letters, usual: Usual) -> None:
    """A line without any space is broken, so no client shows its tail without a mark."""
    letter = usual["zh", LetterName.ROUTED]
    written = letters.render(_given(letter, {"text": "！" * 500 + "x" * 900}))

    rows = [row for row in written.text.splitlines() if "xxx" in row or "！！！" in row]
    assert all(row.startswith("> ") and len(row) <= 80 for row in rows)


def test_a_safe_string_is_escaped_like_any_other(letters: Letters, usual: Usual) -> None:
    """Text that calls itself markup already is escaped all the same."""
    letter = usual["en", LetterName.ROUTED]
    facts = {"text": Markup("<b>hi</b>"), "subject": Markup("<i>ho</i>")}
    html = letters.render(_given(letter, facts)).html

    assert "<b>" not in html
    assert "<i>" not in html


def test_broken_characters_can_be_sent(letters: Letters, usual: Usual) -> None:
    """A lone surrogate in the customer's words doesn't stop the letter."""
    letter = usual["en", LetterName.ROUTED]
    written = letters.render(_given(letter, {"text": "a\ud800b"}))

    assert "> a\ufffdb".encode() in written.text.encode()


def test_a_huge_mail_still_makes_a_letter(letters: Letters, usual: Usual) -> None:
    """A megabyte of the worst characters is shortened; the letter says so."""
    letter = usual["en", LetterName.ROUTED]
    written = letters.render(_given(letter, {"text": '"\n' * 500_000}))

    assert len(written.html.encode()) < OUTPUT_MAX
    assert "(Shortened here.)" in written.text


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
def test_text_and_html_say_the_same(letter: Letter, letters: Letters) -> None:
    """Every line of the text is in the HTML too, punctuation and layout aside."""
    written = letters.render(letter)
    shown = _letters_only("".join(_Tags(written.html).words))

    lines = written.text.replace("\n> ", " ").replace("\n>", " ").splitlines()
    assert [line for line in lines if _letters_only(line) not in shown] == []


def _letters_only(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


# ---------------------------------------------------------------- wrong facts


@pytest.mark.parametrize("letter", SAMPLES, ids=IDS)
def test_a_missing_fact_is_named(letter: Letter, letters: Letters) -> None:
    """Without one of its facts a letter isn't written, and the error names that fact."""
    for name in letter.facts.keys() - UNUSED:
        rest = {key: fact for key, fact in letter.facts.items() if key != name}
        with pytest.raises(LetterError, match=rf"missing fact: {name}\b"):
            letters.render(replace(letter, facts=rest))


def test_all_missing_facts_are_named_at_once(letters: Letters) -> None:
    """A letter with no facts at all names every one it wants."""
    letter = Letter(name=LetterName.OUTCOME, language="en", to=Address(addr=""), facts={})

    with pytest.raises(LetterError) as caught:
        letters.render(letter)
    assert caught.value.why == (
        "missing fact: answer_to, apologise, asks_mark, category_name, close_after_days, "
        "complainant_name, confirm_needed, department_names, desk_name, explained, measures, "
        "outcome, prevention, reference, referred, referrer_number, upheld"
    )


def test_a_missing_part_of_a_fact_is_named(letters: Letters, usual: Usual) -> None:
    """A noted fact without its value is an error that says `value`."""
    letter = usual["en", LetterName.ACKNOWLEDGEMENT]
    facts = {"facts": ({"name": "product"},)}

    with pytest.raises(LetterError, match="missing fact: value"):
        letters.render(_given(letter, facts))


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (datetime(2026, 11, 24), "time without a zone"),  # noqa: DTZ001  # that is the test
        (object(), "not plain data"),
        (b"bytes", "not plain data"),
        (None, "a time is wanted here, not NoneType"),
        ("tomorrow", "a time is wanted here, not str"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused(
    fact: object, why: str, letters: Letters, usual: Usual
) -> None:
    """Only plain data and aware times get into a letter."""
    letter = usual["en", LetterName.STATUS]

    with pytest.raises(LetterError, match=why):
        letters.render(_given(letter, {"received_at": fact}))


@pytest.mark.parametrize("fact", [None, True, (), {}, datetime(2026, 11, 24, tzinfo=UTC)])
def test_none_and_true_are_never_printed(fact: object, letters: Letters, usual: Usual) -> None:
    """A value that isn't words or a number is an error where words are wanted."""
    letter = usual["en", LetterName.ACKNOWLEDGEMENT]

    with pytest.raises(LetterError, match="can't print"):
        letters.render(_given(letter, {"desk_name": fact}))


def test_an_enum_is_as_good_as_its_value(letters: Letters, usual: Usual) -> None:
    """The caller may give Category.SERVICE where the key says "service"."""
    letter = usual["en", LetterName.ACKNOWLEDGEMENT]
    facts = {"category": Category.SERVICE}

    assert "about our service" in letters.render(_given(letter, facts)).text


def test_a_letter_in_a_language_we_lack_is_an_error(letters: Letters, usual: Usual) -> None:
    """No letter is silently written in another language than the one asked for."""
    letter = replace(usual["en", LetterName.OUTCOME], language="fr")

    with pytest.raises(LetterError, match="there is no such letter"):
        letters.render(letter)


def test_an_outcome_is_sent_whole_or_not_at_all(letters: Letters, usual: Usual) -> None:
    """A department's words are never cut: beyond the cap the letter is refused."""
    letter = usual["en", LetterName.OUTCOME]
    fits, bursts = "word " * 20_000, "word " * 60_000

    whole = letters.render(_given(letter, {"outcome": fits}))
    assert fits.strip() in whole.text
    with pytest.raises(LetterError, match="writes more than"):
        letters.render(_given(letter, {"outcome": bursts}))
