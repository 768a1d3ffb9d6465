"""The loaded pipeline. Importing this module imports spaCy; only classifier.py does, and late."""

from collections.abc import Callable, Iterable
from pathlib import Path

import spacy
from spacy.tokens import Doc

import classify.linear
import classify.tokens  # both register what the pipeline on disk names
from cases.model import Classification, Fact
from classify.facts import FactFinder
from classify.vocabulary import Vocabulary

Judge = Callable[[Doc, str], Classification]

#: words seen after which the pipeline is loaded afresh (half a second): even inside a memory zone
#: each new word leaves some 40 bytes in spaCy's tables, and strangers can write any word
MAX_WORDS = 1_000_000


class Engine:
    """A spaCy pipeline and the matchers that share its vocabulary."""

    def __init__(self, vocabulary: Vocabulary, path: Path) -> None:
        self._vocabulary, self._path = vocabulary, path
        self._load()

    def _load(self) -> None:
        self._nlp = spacy.load(self._path)
        self._finder = FactFinder(self._nlp, self._vocabulary)
        self.name = f"{self._nlp.meta['name']}-{self._nlp.meta['version']}"

    def read(self, pairs: Iterable[tuple[str, str]], judge: Judge) -> list[Classification]:
        """Return what `judge` makes of each (text, language).

        Every word a stranger writes would stay in spaCy's vocabulary for as long as the daemon
        runs, so the Docs end with this call and nothing of them may leave it.
        """
        if len(self._nlp.vocab) > MAX_WORDS:
            self._load()
        with self._nlp.memory_zone():
            return [judge(doc, tongue) for doc, tongue in self._nlp.pipe(pairs, as_tuples=True)]

    def facts_in(self, text: str) -> tuple[Fact, ...]:
        """Return the facts of a text that nobody need judge."""
        with self._nlp.memory_zone():
            return self._finder.find(self._nlp.make_doc(text))

    def text(self, doc: Doc) -> str:
        """Return the text of a Doc of ours."""
        return classify.tokens.text_of(doc)

    def facts(self, doc: Doc) -> tuple[Fact, ...]:
        """Return the facts of a Doc of ours."""
        return self._finder.find(doc)


_ = classify.linear, classify.tokens
