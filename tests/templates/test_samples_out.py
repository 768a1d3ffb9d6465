"""The letters to complainants: their tone, what they leave open, and the answers they offer."""

import re
from urllib.parse import unquote

import pytest

from cases.model import Letter, LetterName
from routing.reactions import Reaction, read_reaction
from templates.render import Letters
from templates.sample_words import EN
from templates.samples import samples
from templates.samples_out import complainants_variants

NAMES = frozenset(complainants_variants(EN))
ALL = {
    f"{language}-{letter.name}-{variant}": letter
    for language in ("en", "zh")
    for variant, letter in samples(language)
    if letter.name in NAMES
}
#: Letters before the outcome in which no department has a word of its own.
EARLY = frozenset(
    {
        LetterName.ACKNOWLEDGEMENT,
        LetterName.NOT_A_COMPLAINT,
        LetterName.PROGRESS,
        LetterName.STATUS,
    }
)
SORRY = re.compile(r"sorry|apolog|regret|歉|对不起", re.IGNORECASE)
PROMISE = re.compile(
    r"refund|compensat|replac|repair|fault|mistake|blame|liab|guarantee"
    r"|退款|赔|补偿|换货|维修|过错|责任|失误|保证",
    re.IGNORECASE,
)
BODY = re.compile(r'href="mailto:[^"]*?body=([^"]*)"')


def _find(language: str, name: LetterName, variant: str) -> Letter:
    found = [(each, letter) for each, letter in samples(language) if letter.name is name]
    return dict(found)[variant]


@pytest.mark.parametrize("letter", ALL.values(), ids=ALL)
def test_nothing_apologises_unless_told_to(letter: Letter, letters: Letters) -> None:
    """Without `apologise` no word of regret is in a letter; with it, text and HTML both have it."""
    written = letters.render(letter)

    if not letter.facts.get("apologise"):
        assert not SORRY.search(written.text + written.html)
    else:
        assert bool(SORRY.search(written.text)) == bool(SORRY.search(written.html))


@pytest.mark.parametrize("letter", [each for each in ALL.values() if each.name in EARLY])
def test_no_letter_before_the_outcome_promises_or_admits(letter: Letter, letters: Letters) -> None:
    """Before there is a result, no letter of ours speaks of money, goods or guilt (K081)."""
    written = letters.render(letter)

    assert not PROMISE.search(written.text)


@pytest.mark.parametrize(
    ("language", "name", "bodies"),
    [
        ("en", LetterName.OUTCOME, ["solved", "not solved: ", "1", "2", "3", "4", "5"]),
        ("zh", LetterName.OUTCOME, ["解决了", "没有解决：", "1", "2", "3", "4", "5"]),
        ("en", LetterName.PLAN, ["I agree", "I don't agree: "]),
        ("zh", LetterName.PLAN, ["我同意", "我不同意："]),
        ("en", LetterName.SATISFACTION, ["1", "2", "3", "4", "5"]),
        ("zh", LetterName.SATISFACTION, ["1", "2", "3", "4", "5"]),
    ],
)
def test_each_answer_is_a_link_and_words(
    language: str, name: LetterName, bodies: list[str], letters: Letters
) -> None:
    """Each answer opens as a reply already written; the text says the same words."""
    written = letters.render(_find(language, name, "usual"))

    assert [unquote(body) for body in BODY.findall(written.html)] == bodies
    for words in (body.strip() for body in bodies if body not in {"2", "3", "4"}):
        assert words in written.text


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (LetterName.OUTCOME, [Reaction.SOLVED, Reaction.NOT_SOLVED, "1", "2", "3", "4", "5"]),
        (LetterName.PLAN, [Reaction.AGREE, Reaction.DISAGREE]),
        (LetterName.SATISFACTION, ["1", "2", "3", "4", "5"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_link_is_understood_when_it_comes_back(
    language: str, name: LetterName, read: list[str], letters: Letters
) -> None:
    """The reply that a link opens, sent as it is, is read as what its button says."""
    html = letters.render(_find(language, name, "usual")).html
    reactions = [read_reaction(unquote(body)) for body in BODY.findall(html)]

    assert [str(each.mark or "".join(each.said)) for each in reactions] == read


@pytest.mark.parametrize("letter", ALL.values(), ids=ALL)
def test_without_an_address_nothing_is_a_link(letter: Letter, letters: Letters) -> None:
    """A letter without `answer_to` has no link at all."""
    bare = Letter(
        name=letter.name,
        language=letter.language,
        to=letter.to,
        facts={**letter.facts, "answer_to": ""},
    )

    assert "href" not in letters.render(bare).html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_passed_a_complaint_on_is_not_asked(language: str, letters: Letters) -> None:
    """The written result for a referrer names their number and asks neither mark nor word."""
    written = letters.render(_find(language, LetterName.OUTCOME, "referred"))

    assert "20261124-0837" in written.subject
    assert "20261124-0837" in written.text
    assert "href" not in written.html
    assert not re.search("solved|解决了|satisf|满意", written.text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_silence_is_said_to_settle_a_case_only_where_it_does(
    language: str, letters: Letters
) -> None:
    """A case that must be confirmed names no number of days after which it closes."""
    sure = letters.render(_find(language, LetterName.OUTCOME, "to confirm"))
    usual = letters.render(_find(language, LetterName.OUTCOME, "usual"))

    days = re.compile(r"7 ?(days|天)")
    assert days.search(usual.text)
    assert days.search(usual.html)
    assert not days.search(sure.text + sure.html)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_date_that_was_missed_is_admitted(language: str, letters: Letters) -> None:
    """A late progress letter says that the promised date was not kept, and offers no old one."""
    written = letters.render(_find(language, LetterName.PROGRESS, "late"))

    assert re.search("have not kept that date|没有做到", written.text)
    assert not re.search("will have our answer by|我们将在", written.text)
