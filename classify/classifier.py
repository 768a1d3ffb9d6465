"""Words in, Classification out. spaCy is imported by the first text, not by the start."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cases.model import Category, Classification, Matter
from classify.language import detect
from classify.matter import read_matter
from classify.script import MAX_CHARACTERS, fold
from classify.vocabulary import Vocabulary, number_format

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from classify.engine import Engine

MODEL = Path(__file__).parent / "model"  #: the pipeline we ship
_BATCH = 64  #: texts read at a time
_EVIDENCE = 5  #: telling words shown
#: facts that a signature may give
_OF_PEOPLE = frozenset({"customer", "organisation", "phone", "address", "email"})
_APPLYING = (Category.QUALITY, Category.SERVICE, Category.DELIVERY)


class Classifier:
    """Reads complaints; costs nothing until it is first used."""

    def __init__(self, vocabulary: Vocabulary, *, model_path: Path | None = None) -> None:
        """Keep the vocabulary; raises ValueError if one of its number formats is wrong."""
        for pattern in vocabulary.number_formats():
            number_format(pattern)
        self._vocabulary = vocabulary
        self._path = model_path or MODEL

    @functools.cached_property
    def _engine(self) -> "Engine":
        from classify.engine import Engine  # late: spaCy costs a second

        return Engine(self._vocabulary, self._path)

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Read one mail; a `language` that is given is trusted. Total.

        The signature says who wrote and where to find them, and nothing about the matter.
        """
        read = next(self.classify_many([(text, subject, language)]))
        if not signature:
            return read
        below = self._engine.facts_in(_joined(f"--\n{signature}", ""))
        known = {fact.name for fact in read.facts}
        people = (f for f in below if f.name in _OF_PEOPLE and f.name not in known)
        return replace(read, facts=(*read.facts, *people))

    def classify_many(self, items: Iterable[tuple[str, str, str]]) -> Iterator[Classification]:
        """Read many mails, each as (text, subject, language), in order. Total.

        At most 64 K characters of each are read.
        """
        stream = iter(items)
        while batch := list(islice(stream, _BATCH)):
            pairs = ((_joined(text, subject), language) for text, subject, language in batch)
            yield from self._engine.read(pairs, self._judge)

    def _judge(self, doc: "Doc", language: str) -> Classification:
        scores: Mapping[str, float] = doc.cats
        shares = {category: _rounded(scores[category.value]) for category in Category}
        best = max(shares, key=lambda category: shares[category])
        labels = {  # what is likeliest the main matter applies at least as likely
            category: max(_rounded(scores[f"applies.{category.value}"]), shares[category])
            for category in _APPLYING
        }
        written = self._engine.text(doc)
        text = fold(written)
        matters = {matter: scores[f"matter.{matter.value}"] for matter in Matter}
        return Classification(
            language=language or detect(written),
            matter=read_matter(text, matters, fault=max(labels.values())),
            category=best,
            score=shares[best],
            labels=labels,
            serious=_rounded(scores["serious"]),
            facts=self._engine.facts(doc),
            evidence=_as_written(written, text, doc.user_data["evidence"]),
            model=self._engine.name,
        )


def _rounded(score: float) -> float:
    """Return a score without its last bits: they depend on how many threads did the sum."""
    return round(score, 4)


def _joined(text: str, subject: str) -> str:
    whole = f"{subject}\n{text}" if subject else text
    # a lone surrogate is no text: spaCy could not store it
    return whole[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _as_written(text: str, folded: str, words: Iterable[str]) -> tuple[str, ...]:
    """Find the telling words in the text again, without those that lie within another."""
    found: list[str] = []
    for word in words:
        at = folded.find(word)
        if at < 0 or any(word in other.lower() or other.lower() in word for other in found):
            continue
        found.append(text[at : at + len(word)])
        if len(found) == _EVIDENCE:
            break
    return tuple(found)
