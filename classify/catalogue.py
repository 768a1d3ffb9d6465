"""Products of the catalogue in a text: by any of their names, and by misspelt names.

A misspelt name must stay a name of ours, never become one: "Fresh Silk" is no Fresh Milk, 热水壶 no
电水壶 and X200 no X100. So digits must agree, Latin words keep their first letter, short words are
exact, and a Chinese name needs five characters, of which one may differ. rapidfuzz measures; where
to measure is looked up, so the cost does not grow with the catalogue.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from classify.script import fold, fold_width, split
from classify.spans import Spans
from classify.vocabulary import Product

_MOST_TOKENS = 4000  #: of a text, that are looked at for misspelt names
_LONGEST_WORD = 32  #: letters of a word that is compared
_LEAST_WORD = 6  #: letters of a word in which one may be wrong
_LEAST_BESIDE = 5  #: the same, beside such a word of the same name ("strom kettle")
_LEAST_LONE = 7  #: letters of a name of one word in which one may be another ("battle", "bottle")
_LEAST_ZH = 5  #: characters of a Chinese name in which one may be wrong
_TWO_WRONG = 10  #: letters of a word in which two may be wrong
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[str, ...]  #: folded, without white space; a Chinese name has one
    product: str


class Catalogue:
    """Finds the products of one catalogue in the Docs of one pipeline."""

    def __init__(self, nlp: Language, products: tuple[Product, ...]) -> None:
        self._exact = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._names: defaultdict[str, list[_Name]] = defaultdict(list)  #: by words less a letter
        self._halves: defaultdict[str, list[_Name]] = defaultdict(list)  #: by halves of Chinese
        self._half_lengths: list[int] = []
        for product in products:
            for name in sorted({product.name, *product.names}):
                phrase = nlp.tokenizer(fold_width(name.strip()))
                if len(phrase):
                    self._exact.add(product.name, [phrase])
                    self._learn(fold(name.strip()), product.name)
        self._half_lengths = sorted({len(half) for half in self._halves})

    def _learn(self, name: str, product: str) -> None:
        words = tuple(word for word in split(name) if not word.isspace())
        if all(len(word) == 1 and not word.isascii() for word in words):
            if len(words) >= _LEAST_ZH:
                entry = _Name(("".join(words),), product)
                middle = len(words) // 2
                for half in {entry.words[0][:middle], entry.words[0][middle:]}:
                    self._halves[half].append(entry)
        elif all(word.isascii() for word in words):
            for word in words:
                if _LEAST_WORD <= len(word) <= _LONGEST_WORD and word.isalpha():
                    for key in _less_a_letter(word):
                        self._names[key].append(_Name(words, product))

    def find(self, spans: Spans) -> int:
        """Claim the products that `spans` names; return how many there are. Total."""
        doc = spans.doc
        matches = sorted(self._exact(doc), key=lambda match: (match[1] - match[2], match[1]))
        count = 0
        for key, start, end in matches:
            name = doc.vocab.strings[key]
            count += spans.claim_tokens("product", start, end, known=True, canonical=name)
        for start, end, name in (*self._misspelt(spans), *self._misspelt_zh(spans)):
            count += spans.claim("product", start, end, known=True, canonical=name)
        return count

    def _misspelt(self, spans: Spans) -> Iterator[tuple[int, int, str]]:
        if not self._names:
            return
        tried: dict[str, list[_Name]] = {}
        for at, word in enumerate(spans.words[:_MOST_TOKENS]):
            if not (_LEAST_WORD - 1 <= len(word) <= _LONGEST_WORD and word.isascii()):
                continue
            if word not in tried:
                keys = _less_a_letter(word) | (
                    _less_a_letter(word[:-1]) if word[-1] == "s" else set()
                )
                found = {entry for key in keys for entry in self._names.get(key, ())}
                tried[word] = sorted(found, key=lambda entry: -len(entry.words))
            for entry in tried[word]:
                if stretch := _around(spans, at, entry.words):
                    yield (*stretch, entry.product)
                    break

    def _misspelt_zh(self, spans: Spans) -> Iterator[tuple[int, int, str]]:
        if not self._halves or spans.text.isascii():
            return
        text = fold(spans.text[:_MOST_TOKENS])
        for length in self._half_lengths:
            for at in range(len(text) - length + 1):
                for entry in self._halves.get(text[at : at + length], ()):
                    name = entry.words[0]
                    first = (
                        at if name.startswith(text[at : at + length]) else at + length - len(name)
                    )
                    if first < 0:
                        continue
                    for long in (len(name), len(name) - 1, len(name) + 1):
                        said = text[first : first + long]
                        if said[-1:] == name[-1] and OSA.distance(said, name, score_cutoff=1) == 1:
                            yield first, first + long, entry.product
                            break


def _around(spans: Spans, at: int, words: tuple[str, ...]) -> tuple[int, int] | None:
    """Return where in the text `words` stand, misspelt, with one of them at token `at`."""
    for place, word in enumerate(words):
        if not _like(spans.words[at], word, lone=len(words) == 1):
            continue
        first, last = _walk(spans, at, -place), _walk(spans, at, len(words) - 1 - place)
        said = [n for n in range(first, last + 1) if not spans.words[n].isspace()]
        if len(said) == len(words) and all(
            _like(spans.words[n], other, lone=len(words) == 1)
            for n, other in zip(said, words, strict=True)
        ):
            return spans.starts[first], spans.starts[last] + len(spans.words[last])
    return None


def _walk(spans: Spans, at: int, steps: int) -> int:
    """Return the token that is `steps` words from token `at`, white space left out."""
    step = 1 if steps > 0 else -1
    while steps and 0 <= at + step < len(spans.words):
        at += step
        if not spans.words[at].isspace():
            steps -= step
    return at


def _like(said: str, word: str, *, lone: bool) -> bool:
    """Tell whether `said` is `word`, perhaps misspelt."""
    if said == word:
        return True
    if (
        len(word) < (_LEAST_WORD if lone else _LEAST_BESIDE)
        or said[:1] != word[:1]
        or _DIGITS.search(said + word)
    ):
        return False
    if lone and len(said) == len(word) < _LEAST_LONE and sorted(said) != sorted(word):
        return False
    most = 2 if len(word) >= _TWO_WRONG else 1
    return bool(OSA.distance(said, word, score_cutoff=most) <= most)


def _less_a_letter(word: str) -> set[str]:
    """Return `word` and what it is with any one letter left out: two misspellings share one."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
