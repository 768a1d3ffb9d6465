"""Products: of the catalogue, after a label, and by the words around them."""

import re
from collections.abc import Iterable

from spacy.language import Language

from classify.catalogue import Catalogue
from classify.goods_zh import ChineseGoods
from classify.nouns import (
    EN_ARTICLES,
    EN_DEVICES,
    EN_EMPTY,
    EN_GOODS,
    EN_STOPS,
    EN_VERBS,
    MAKERS,
    TWO_WORD_MODELS,
)
from classify.script import words_of
from classify.spans import Spans
from classify.vocabulary import Vocabulary

_LABELLED = re.compile(r"[ \t]{0,3}[:=|\t]\s{0,3}([^\n,;:。，；|\t]{2,80})")
_TITLE = re.compile(r"《[^《》\n]{1,40}》")
_RECALL = re.compile(
    r"([^\n.,]{4,120}?),? (?:with )?(?:(?:model|part|catalog|serial|lot|date|batch|item|upc|style)"
    r" (?:numbers?|codes?|no)|(?:models?|item|lots?|sku|upc) (?=[A-Z0-9-]{0,10}[0-9]))",
    re.IGNORECASE,
)
#: "Meadow Farms Sliced Turkey, 9 oz. packages" at the head of a notice
_HEADLINE = re.compile(
    r"([A-Z][\w'’&/-]{0,30}(?: (?:[A-Z0-9][\w'’&/-]{0,30}|and|of|with|for)){1,9}),"
)
_NUMBERED = re.compile(
    r"\b(?:lot|batch|model|serial|date code|upc|item number|ndc|exp)\b", re.IGNORECASE
)
#: "THE STAPLER (PART #…"
_BRACKETED = frozenset(["part", "pn", "p/n", "lot", "model", "catalog", "serial", "sn", "ref"])
_NO_DEVICE = frozenset(["number", "suspect", "medical", "code", "user", "log", "system"])
_TAILS = frozenset(["instrument", "device"])
_MEASURES = frozenset(
    words_of(
        """
    pair pairs set box boxes bottle bottles pack packs of two three four
    """
    )
)
_LEADS = frozenset(
    words_of("a an the some my our these those defective damaged faulty broken wrong")
)
_PAST = frozenset(
    words_of("found got had was were made sent told took said came went gave is are has have paid")
)
_WHEN = frozenset(words_of("today yesterday tonight this last online"))
_MOST_WORDS = 6  #: of a product named by the words around it
_MOST_FREE = 3  #: products named without a label


class ProductFinder:
    """Finds products in the Docs of one pipeline."""

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        self._catalogue = Catalogue(nlp, vocabulary.products)
        self._chinese = ChineseGoods(nlp)

    def find(self, spans: Spans, labels: Iterable[tuple[int, int]]) -> None:
        """Claim products: catalogue first, then labelled, and free phrases if there are neither."""
        found = self._catalogue.find(spans)
        found += self._labelled(spans, labels)
        if not found:
            self._free(spans)

    def _labelled(self, spans: Spans, labels: Iterable[tuple[int, int]]) -> int:
        count, doc = 0, spans.doc
        folded = spans.half
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
            if _is_getting(spans.words, at) or (word == "for" and _follows_order(spans.words, at)):
                count += self._after_verb(spans, at + 1)
            elif word in _TAILS or (word == "(" and _opens_details(spans.words, at)):
                count += self._before(spans, at)
            elif word in MAKERS and doc[at].text[0].isupper():
                count += self._vehicle(spans, at)
        count += self._devices(spans, _MOST_FREE - count)
        recall = _RECALL.match(text)
        if not recall and (recall := _HEADLINE.match(text)):
            recall = recall if _NUMBERED.search(text[:400]) and not text[:200].isupper() else None
        if recall and not count and any(sign.isupper() for sign in recall.group(1)):
            count += spans.claim("product", *recall.span(1))
        if not count:
            count += self._goods(spans)
        if not count:
            self._chinese.find(spans)

    def _after_verb(self, spans: Spans, at: int) -> int:
        """Claim "leather boots" of "bought a pair of leather boots from", and what "and" adds."""
        if spans.words[at : at + 1] and spans.words[at] in _WHEN:
            ahead = spans.words[at : at + 4]  # "ordered this evening for fried rice"
            at += ahead.index("for") + 1 if "for" in ahead else 0
        end = self._phrase(spans, at)
        if not end:
            return 0
        count = 1
        if spans.words[end : end + 1] == ["and"]:
            count += bool(self._phrase(spans, end + 1, second=True))
        return count

    @staticmethod
    def _phrase(spans: Spans, at: int, *, second: bool = False) -> int:
        """Claim the name of goods at token `at`; return the token after it, 0 if there is none."""
        words = spans.words[at : at + 14]
        skip = 0
        while skip < len(words) and (
            words[skip] in EN_ARTICLES
            or words[skip] == " "
            or (words[skip].isdigit() and len(words[skip]) < 4)
            or words[skip] in _MEASURES
        ):
            skip += 1
        end = skip
        while end < len(words) and end - skip < _MOST_WORDS and _is_name(words[end]):
            after = words[end + 1] if end + 1 < len(words) else ""
            if words[end].isdigit() and (after in EN_EMPTY or after in EN_STOPS):
                break  # "4 shirts 1 month ago"
            end += 1
        if end == skip or words[end - 1] in EN_EMPTY or words[skip] in EN_EMPTY:
            return 0
        if end - skip == _MOST_WORDS or not words[end - 1][0].isalpha():
            return 0
        if second and (end - skip > 3 or any(_is_past(word) for word in words[skip:end])):
            return 0
        return at + end if spans.claim_tokens("product", at + skip, at + end) else 0

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
        if any(word in _NO_DEVICE for word in spans.words[start:at]):
            return 0
        return spans.claim_tokens("product", start, at)

    def _vehicle(self, spans: Spans, at: int) -> int:
        """Claim "2008 Ford Focus": year, maker and model."""
        doc = spans.doc
        end = min(at + 2, len(doc))
        if end == at + 1 or not doc[at + 1].text[0].isalnum() or doc[at + 1].lower_ in EN_STOPS:
            return 0
        if doc[at + 1].lower_ in TWO_WORD_MODELS and end < len(doc) and doc[end].is_alpha:
            end += 1
        year = at > 0 and len(doc[at - 1]) == 4 and doc[at - 1].is_digit
        return spans.claim_tokens("product", at - 1 if year else at, end)

    @staticmethod
    def _devices(spans: Spans, room: int) -> int:
        """Claim "TIP-UP GRASPER", "SECOND CLIP APPLIER" wherever a report names them."""
        count = 0
        for at, word in enumerate(spans.words):
            if word in EN_DEVICES and count < room and (start := _name_start(spans.words, at)) < at:
                count += spans.claim_tokens("product", start, at + 1)
        return count

    @staticmethod
    def _goods(spans: Spans) -> int:
        """Claim the first name that ends in a common noun: "football jersey", else the noun."""
        words = spans.words
        nouns = [at for at, word in enumerate(words) if word in EN_GOODS][:20]
        for at in nouns:
            start = _name_start(words, at)
            if start < at:
                return spans.claim_tokens("product", start, at + 1)
        return spans.claim_tokens("product", nouns[0], nouns[0] + 1) if nouns else 0


def _is_name(word: str) -> bool:
    return (
        word[0].isalnum()
        and word.isascii()
        and word not in EN_STOPS
        and not word.endswith("n't")
        and not (word[0].isdigit() and word.endswith(("/-", "rs")))
    )


def _name_start(words: list[str], at: int) -> int:
    """Return the token where the name that ends at token `at` begins."""
    start = at
    while start and at - start < 4 and _is_name(words[start - 1]):
        word = words[start - 1]
        if word in EN_ARTICLES or word in EN_EMPTY or word in _PAST or word.endswith("ing"):
            break
        start -= 1
    return start


def _is_past(word: str) -> bool:
    return word in _PAST or word.endswith(("ed", "ing"))


def _is_getting(words: list[str], at: int) -> bool:
    """Tell whether token `at` is a verb after which goods are named."""
    word = words[at]
    if word not in EN_VERBS:
        return False
    after = words[at + 1] if at + 1 < len(words) else ""
    counted = after in _LEADS or (after.isdigit() and len(after) < 3)
    if word == "order":
        return counted and (at == 0 or words[at - 1] in {"i", "we", "to", "you", ".", "!"})
    return word != "received" or (counted and after != "the")


def _opens_details(words: list[str], at: int) -> bool:
    """Tell whether the bracket at token `at` opens "(PART #…", "(LOT …", "(2 USES…"."""
    inside = words[at + 1 : at + 4]
    return bool(inside) and (inside[0] in _BRACKETED or "uses" in inside)


def _follows_order(words: list[str], at: int) -> bool:
    """Tell whether "for" follows an order: "order for", "order (no. 12345) for"."""
    if not at:
        return False
    if words[at - 1] in {"order", "orders"}:
        return True
    near = words[max(0, at - 10) : at]
    return near[-1] == ")" and any(word in {"order", "orders"} for word in near)
