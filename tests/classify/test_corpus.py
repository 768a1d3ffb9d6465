"""Our own labelled texts."""

import json
from collections import Counter
from pathlib import Path

import pytest

from cases.model import Category
from classify.corpus import fingerprint, load, load_real, read_readings
from classify.script import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT / "classify" / "data"
FOREIGN = ROOT.parent / "shared" / "corpus"
RUN = 20  #: characters that two texts should not share
STOCK = 0.2  #: share of the runs of an English text that may be stock phrases, 15 of any
GOOD = {
    "text": "broken",
    "lang": "en",
    "category": "quality",
    "labels": ["quality"],
    "matter": "complaint",
    "domain": "toys",
}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"category": "price"}, "price"),
        ({"labels": ["service"]}, "missing"),
        ({"category": "other", "labels": ["other", "service"]}, "alone"),
        ({"text": " "}, "empty"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, object], why: str) -> None:
    """The error tells file, line and reason."""
    lines = [json.dumps(GOOD), json.dumps({**GOOD, "text": "b", **change})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(ValueError, match=rf"a\.jsonl:2: .*{why}"):
        load(tmp_path)


def test_the_same_text_twice_is_refused(tmp_path: Path) -> None:
    """A text in both halves of a split would flatter the model."""
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(GOOD)}\n{json.dumps(GOOD)}\n", encoding="utf-8")

    with pytest.raises(ValueError, match="already there"):
        load(tmp_path)


def test_a_real_text_is_labelled_by_our_reading_or_its_own(tmp_path: Path) -> None:
    """Ours wins; a text with neither is left out, and nothing says what matter it is."""
    rows = [
        {"text": "It broke", "lang": "en", "primary": "service", "labels": ["service"]},
        {"text": "No answer", "lang": "en", "primary": "service", "labels": ["service"]},
        {"text": "Hm", "lang": "en", "primary": None, "labels": []},
    ]
    path = tmp_path / "real.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    (tmp_path / "read.tsv").write_text(
        f"# comment\n{fingerprint('it  BROKE')}\tq\tdq\t!\n", encoding="utf-8"
    )

    broke, unanswered = load_real(path, read_readings(tmp_path / "read.tsv"))

    assert (broke.category, broke.serious, broke.matter) == (Category.QUALITY, True, None)
    assert broke.labels == {Category.QUALITY, Category.DELIVERY}
    assert (unanswered.category, unanswered.serious) == (Category.SERVICE, None)


def test_a_wrong_line_of_a_real_file_is_named(tmp_path: Path) -> None:
    """File, line and reason, as for our own."""
    (tmp_path / "real.jsonl").write_text('{"lang": "en"}', encoding="utf-8")

    with pytest.raises(ValueError, match=r"real\.jsonl:1: 'text'"):
        load_real(tmp_path / "real.jsonl", {})


def test_no_text_that_measures_severity_was_trained_on() -> None:
    """Who learned a test by heart has not understood it."""
    tests = ROOT / "tests" / "routing" / "severity.jsonl"
    lines = tests.read_text(encoding="utf-8").splitlines()
    measured = set().union(*(_runs(json.loads(line)["text"]) for line in lines))
    shared = [
        example.text
        for example in load(DATA)
        if len(runs := _runs(example.text)) and len(runs & measured) > max(STOCK * len(runs), 3)
    ]

    assert shared == []


def test_there_are_texts_enough_of_each_sort() -> None:
    """Each language has its share of each category."""
    counts = Counter((example.language, example.category) for example in load(DATA))

    for language in ("en", "zh"):
        assert sum(counts[language, category] for category in Category) >= 700
        assert min(counts[language, category] for category in Category) >= 100


def test_no_text_comes_from_somebody_elses_corpus() -> None:
    """Texts lent to us for measuring share stock phrases with ours, but no sentence."""
    if not FOREIGN.is_dir():
        pytest.skip("no foreign corpus here")
    foreign: set[str] = set()
    for path in FOREIGN.rglob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            foreign.update(_runs(str(json.loads(line).get("text", ""))))
    ours = [(example, _runs(example.text)) for example in load(DATA)]
    taken = [
        example.text
        for example, runs in ours
        if len(runs & foreign) > (0 if example.language == "zh" else max(STOCK * len(runs), 15))
    ]

    assert taken == []


def _runs(text: str) -> set[str]:
    bare = "".join(sign for sign in fold(text) if sign.isalnum())
    return {bare[at : at + RUN] for at in range(len(bare) - RUN + 1)}
