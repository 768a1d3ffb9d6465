"""The words: every letter and variant as a golden text, and the gallery in docs/letters."""

from pathlib import Path

import pytest

from cases.model import Letter, LetterName
from templates.render import Letters
from templates.samples import samples

ALL = [
    pytest.param(letter, f"{language}.{letter.name}.{variant.replace(' ', '_')}", id=None)
    for language in ("en", "zh")
    for variant, letter in samples(language)
]
USUAL = [letter for lang in ("en", "zh") for variant, letter in samples(lang) if variant == "usual"]


def _same(path: Path, written: str, *, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(("letter", "name"), ALL)
def test_each_letter_reads_as_agreed(
    letter: Letter, name: str, letters: Letters, root: Path, update_golden: bool
) -> None:
    """The text of every letter and variant is exactly its golden file in tests/letters."""
    written = letters.render(letter)

    golden = root / "tests" / "letters" / f"{name}.txt"
    _same(golden, f"Subject: {written.subject}\n\n{written.text}", update=update_golden)


def test_no_golden_letter_is_left_over(root: Path) -> None:
    """Every file in tests/letters belongs to a letter that exists."""
    found = {path.stem for path in (root / "tests" / "letters").glob("*.txt")}

    assert found == {param.values[1] for param in ALL}


@pytest.mark.parametrize("letter", USUAL, ids=lambda each: f"{each.language}-{each.name}")
def test_the_gallery_shows_todays_letters(
    letter: Letter, letters: Letters, root: Path, update_golden: bool
) -> None:
    """docs/letters holds the usual letter as it is written now, in text and in HTML."""
    written = letters.render(letter)

    stem = root / "docs" / "letters" / letter.language / letter.name
    text = f"Subject: {written.subject}\n\n{written.text}"
    _same(stem.with_suffix(".txt"), text, update=update_golden)
    _same(stem.with_suffix(".html"), written.html, update=update_golden)


def test_both_languages_have_the_same_letters(root: Path) -> None:
    """Chinese and English each have every letter, as text and as HTML, and share what they use."""
    wanted = {f"{name}.{part}.j2" for name in LetterName for part in ("txt", "html")}
    folder = root / "templates" / "letters"
    english, chinese = (
        {str(path.relative_to(folder / language)) for path in (folder / language).rglob("*.j2")}
        for language in ("en", "zh")
    )

    assert {name for name in english if not name.startswith("_") and "/" not in name} == wanted
    assert english == chinese
    assert {name.rpartition("/")[2] for name in english if "/" in name} <= wanted


def test_samples_have_every_letter_and_the_same_variants() -> None:
    """The samples cover each letter, with the same variants in both languages."""
    english = [(variant, letter.name) for variant, letter in samples("en")]

    assert english == [(variant, letter.name) for variant, letter in samples("zh")]
    assert {name for _, name in english} == set(LetterName)


def test_a_letter_in_chinese_uses_full_width_punctuation(letters: Letters) -> None:
    """No Chinese character is followed by an ASCII comma, colon, stop or bracket."""
    texts = [letters.render(letter).text for _, letter in samples("zh")]

    slips = [
        text[place : place + 2]
        for text in texts
        for place in range(len(text) - 1)
        if "\u4e00" <= text[place] <= "\u9fff" and text[place + 1] in ",:;?!()"
    ]
    assert slips == []


def test_a_confirmation_holds_none_of_the_customers_words(letters: Letters) -> None:
    """The acknowledgement asks for no text, subject or name: only for facts we know."""
    (ack,) = (each for each in USUAL if each.name == "acknowledgement" and each.language == "en")

    assert not {"text", "subject", "complainant", "complainant_name"} & ack.facts.keys()
    assert "Batch: B2026-0877" in letters.render(ack).text


def test_an_unsure_confirmation_claims_no_category(letters: Letters) -> None:
    """When we are unsure, neither language says what the complaint is about."""
    unsure = [
        letters.render(letter)
        for language in ("en", "zh")
        for variant, letter in samples(language)
        if letter.name is LetterName.ACKNOWLEDGEMENT and variant == "unsure"
    ]

    assert "quality" not in (unsure[0].text + unsure[0].html).lower()
    assert "质量" not in unsure[1].text + unsure[1].html
