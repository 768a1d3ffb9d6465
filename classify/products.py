"""Products: of the catalogue, after a label, and by the words around them."""

import re
from collections.abc import Iterable

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from classify.nouns import EN_ARTICLES, EN_EMPTY, EN_STOPS, EN_VERBS, MAKERS, ZH, ZH_MAKERS
from classify.script import fold_width, words_of
from classify.spans import Spans
from classify.vocabulary import Vocabulary

_LABELLED = re.compile(r"[:=]\s{0,3}([^\n,;:。，；]{2,80})")
_TITLE = re.compile(r"《[^《》\n]{1,40}》")
_RECALL = re.compile(
    r"([^\n.]{4,120}?),? (?:with )?"
    r"(?:model|part|catalog|serial|lot|date|batch|item) (?:number|code|no)",
    re.IGNORECASE,
)
_BRACKETED = frozenset(["part", "pn", "p/n", "lot", "model", "catalog"])  #: "THE STAPLER (PART #…"
_TAILS = frozenset(["instrument", "device"])
_MEASURES = frozenset(
    words_of(
        """
    pair pairs set box boxes bottle bottles pack packs of two three four
    """
    )
)
_MOST_WORDS = 6  #: of a product named by the words around it
_MOST_FREE = 3  #: products named without a label


class ProductFinder:
    """Finds products in the Docs of one pipeline."""

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        self._catalogue = PhraseMatcher(nlp.vocab, attr="LOWER")
        for product in vocabulary.products:
            for name in sorted({product.name, *product.names}):
                phrase = nlp.tokenizer(fold_width(name.strip()))
                if len(phrase):
                    self._catalogue.add(product.name, [phrase])
        self._nouns = PhraseMatcher(nlp.vocab)
        self._nouns.add("noun", [nlp.tokenizer(noun) for noun in ZH])

    def find(self, spans: Spans, labels: Iterable[tuple[int, int]]) -> None:
        """Claim products: catalogue first, then labelled, and free phrases if there are neither."""
        found = self._known(spans)
        found += self._labelled(spans, labels)
        if not found:
            self._free(spans)

    def _known(self, spans: Spans) -> int:
        doc = spans.doc
        matches = sorted(self._catalogue(doc), key=lambda match: (match[1] - match[2], match[1]))
        count = 0
        for key, start, end in matches:
            stretch = doc[start:end]
            name = doc.vocab.strings[key]
            count += spans.claim(
                "product", stretch.start_char, stretch.end_char, known=True, canonical=name
            )
        return count

    def _labelled(self, spans: Spans, labels: Iterable[tuple[int, int]]) -> int:
        count, doc = 0, spans.doc
        folded = fold_width(spans.text)
        for start, end in labels:
            match = _LABELLED.match(folded, doc[start:end].end_char)
            if match and match.group(1).strip():
                first = match.start(1)
                value = spans.text[first : match.end(1)].rstrip(" .()（")
                count += spans.claim("product", first, first + len(value))
        return count

    def _free(self, spans: Spans) -> None:
        text, doc = spans.text, spans.doc
        count = sum(spans.claim("product", *match.span()) for match in _TITLE.finditer(text))
        for at, word in enumerate(spans.words):
            if count >= _MOST_FREE:
                return
            if word in EN_VERBS or (word == "for" and _follows_order(doc, at)):
                count += self._after_verb(spans, at + 1)
            elif word in _TAILS or (
                word == "(" and at + 1 < len(doc) and doc[at + 1].lower_ in _BRACKETED
            ):
                count += self._before(spans, at)
            elif word in MAKERS and doc[at].text[0].isupper():
                count += self._vehicle(spans, at)
        recall = _RECALL.match(text)
        if recall and not count and any(sign.isupper() for sign in recall.group(1)):
            count += spans.claim("product", *recall.span(1))
        if not count:
            self._common(spans)

    def _after_verb(self, spans: Spans, at: int) -> int:
        """Claim "leather boots" of "bought a pair of leather boots from"."""
        words = spans.words[at : at + 12]
        skip = 0
        while skip < len(words) and (
            words[skip] in EN_ARTICLES
            or (words[skip].isdigit() and len(words[skip]) < 4)
            or words[skip] in _MEASURES
        ):
            skip += 1
        end = skip
        while end < len(words) and end - skip < _MOST_WORDS and _is_name(words[end]):
            end += 1
        if end == skip or words[end - 1] in EN_EMPTY or words[skip] in EN_EMPTY:
            return 0
        if end - skip == _MOST_WORDS or not words[end - 1][0].isalpha():
            return 0
        return spans.claim_tokens("product", at + skip, at + end)

    def _before(self, spans: Spans, at: int) -> int:
        """Claim "CLIP APPLIER" of "AND CLIP APPLIER (PART 4711)" or "… INSTRUMENT"."""
        doc = spans.doc
        if at and doc[at - 1].lower_ in _TAILS:
            return 0
        start = at
        while start and at - start < _MOST_WORDS and _is_name(spans.words[start - 1]):
            start -= 1
        if at - start in {0, 1, _MOST_WORDS} or not doc[start].text[0].isupper():
            return 0
        return spans.claim_tokens("product", start, at)

    def _vehicle(self, spans: Spans, at: int) -> int:
        """Claim "2008 Ford Focus": year, maker and model."""
        doc = spans.doc
        end = min(at + 2, len(doc))
        if end == at + 1 or not doc[at + 1].text[0].isalnum() or doc[at + 1].lower_ in EN_STOPS:
            return 0
        year = at > 0 and len(doc[at - 1]) == 4 and doc[at - 1].is_digit
        return spans.claim_tokens("product", at - 1 if year else at, end)

    def _common(self, spans: Spans) -> None:
        """Claim the first noun of common goods, with its maker."""
        doc = spans.doc
        found = sorted(self._nouns(doc), key=lambda match: (match[1], -match[2]))
        for _, start, end in found[:1]:
            stretch = doc[start:end]
            first: int = stretch.start_char
            before = spans.text[max(0, first - 3) : first]
            maker = next((name for name in ZH_MAKERS if before.endswith(name)), "")
            spans.claim("product", first - len(maker), stretch.end_char)


def _is_name(word: str) -> bool:
    return word[0].isalnum() and word.isascii() and word not in EN_STOPS


def _follows_order(doc: Doc, at: int) -> bool:
    return at > 0 and doc[at - 1].lower_ in {"order", "orders", ")"} and at + 1 < len(doc)
