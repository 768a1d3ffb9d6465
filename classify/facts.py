"""Facts from a text: numbers after their labels, shapes, the catalogue, and what is demanded.

Every finder reads the tokens of one Doc and claims stretches of it; a later finder leaves alone
what an earlier one has claimed, so an order number is not also a phone number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc

from cases.model import Fact
from classify.demands import demands
from classify.doubts import Doubter
from classify.labels import CHAINS, DEMANDS, LABELS, LINKS, STRONG_LINKS
from classify.moments import moments, places
from classify.people import mails, people
from classify.products import ProductFinder
from classify.script import fold, fold_width
from classify.shapes import (
    CODE_LIST,
    COURIER,
    COURIER_NAMED,
    DATE_ANCHORS,
    DATE_REACH,
    DATES,
    FORM_NUMBER,
    FULL_DATE,
    PHONE,
    PHONE_VALUE,
)
from classify.spans import Hit, Spans
from classify.tablecells import tables
from classify.vocabulary import NumberFormat, Vocabulary
from classify.words import dates, quantities

_REACH = 8  #: tokens between a label and its value
_CHAIN = 20  #: values of one label
_MAX_HITS = 60  #: facts of one text; more is a list of goods, or an attack
_CODE_KINDS = ("batch", "serial", "tracking", "order", "model", "customer_number")
#: characters of a value after a plain label
_LEAST = {
    "batch": 3,
    "serial": 4,
    "tracking": 8,
    "order": 5,
    "model": 2,
    "customer_number": 4,
}
_MOST_ANCHORS = 400  #: years, months, days that are looked at; see DATE_ANCHORS
_BEFORE_NIAN = frozenset("0123456789一二三四五六七八九十")
_DASHES = frozenset("-/.")
_KINDS = {label: kind for kind, names in LABELS.items() for label in names}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_GLUED = re.compile(r"(?:no|nr|id)?([0-9A-Z-]{0,40}[0-9]{3,20})(?:[A-Z][a-z]{1,200})?", re.ASCII)
#: "moneyorder no 4711…", "Order no4711…": the label sticks to a word or to the number
_STUCK = re.compile(
    r"order ?(?:no|num|number|id|#)?[ .:#]{0,4}([0-9][0-9-]{7,20}[0-9])(?![0-9-])", re.IGNORECASE
)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Format:
    """A number format of the supervisors, to be found within a text."""

    kind: str
    form: NumberFormat
    within: re.Pattern[str]


class FactFinder:
    """Finds facts in the Docs of one pipeline."""

    def __init__(self, nlp: Language, vocabulary: Vocabulary) -> None:
        self._labels = PhraseMatcher(nlp.vocab, attr="LOWER")
        for kind, words in LABELS.items():
            self._labels.add(kind, [nlp.tokenizer(word) for word in words])
        self._demands = PhraseMatcher(nlp.vocab, attr="LOWER")
        for kind, words in DEMANDS.items():
            self._demands.add(kind, [nlp.tokenizer(word) for word in words])
        self._dates = Matcher(nlp.vocab)
        self._dates.add("date", [[dict(token) for token in shape] for shape in DATES])
        self._products = ProductFinder(nlp, vocabulary)
        self._doubter = Doubter(vocabulary)
        self._formats = [
            _Format(
                kind,
                form,
                re.compile(
                    rf"(?<![A-Za-z0-9]){form.whole.pattern}(?![A-Za-z0-9])", form.whole.flags
                ),
            )
            for kind, form in self._doubter.formats()
        ]
        self._model_names = PhraseMatcher(nlp.vocab, attr="LOWER")
        for product in vocabulary.products:
            phrases = [nlp.tokenizer(fold_width(model.strip())) for model in product.models]
            self._model_names.add(product.name, [phrase for phrase in phrases if len(phrase) > 1])
        self._models = {
            fold(model): product.name for product in vocabulary.products for model in product.models
        }

    def find(self, doc: Doc) -> tuple[Fact, ...]:
        """Return the facts of `doc` in the order of the text, each value once. Total."""
        spans = Spans(doc)
        self._find_formats(spans)
        tables(spans, _KINDS)
        labels = [label for label in self._labelled(doc) if spans.free_tokens(*label[1:])]
        mails(spans)
        self._find_codes(spans, labels)
        people(spans, labels)
        self._find_dates(spans)
        self._find_phones(spans, labels)
        quantities(spans, [end for kind, _, end in labels if kind == "quantity"])
        self._find_models(spans)
        ends = [(start, end) for kind, start, end in labels if kind == "product"]
        self._products.find(spans, ends)
        demands(spans, self._longest(self._demands, doc))
        moments(spans)
        places(spans, [end for kind, _, end in labels if kind == "place"])
        return self._doubter.judge(self._fact(hit) for hit in spans.hits()[:_MAX_HITS])

    def _fact(self, hit: Hit) -> Fact:
        known, canonical = hit.known, hit.canonical
        if hit.kind == "model" and (name := self._models.get(fold(hit.value))):
            known, canonical = True, name
        return Fact(name=hit.kind, value=hit.value, known=known, canonical=canonical)

    def _longest(self, matcher: PhraseMatcher, doc: Doc) -> Iterator[tuple[str, int, int]]:
        """Yield (kind, start, end) in tokens, the longest where several overlap."""
        found = sorted(matcher(doc), key=lambda match: (match[1], -match[2]))
        last = 0
        for key, start, end in found:
            if start >= last:
                yield doc.vocab.strings[key], start, end
                last = end

    def _labelled(self, doc: Doc) -> Iterator[tuple[str, int, int]]:
        for kind, start, end in self._longest(self._labels, doc):
            before = doc[start - 1].lower_ if start else ""
            if doc[start].lower_ in {"lot", "lots"} and before in {"a", "the", "whole", "parking"}:
                continue  # "a lot of" is no lot
            yield kind, start, end

    def _find_formats(self, spans: Spans) -> None:
        text = spans.half
        for form in self._formats:
            for match in form.within.finditer(text):
                # digits alone with a wrong check digit may be anything, a phone number say
                if form.form.distinct or form.form.holds(match.group()):
                    spans.claim(form.kind, *match.span())

    def _find_codes(self, spans: Spans, labels: list[tuple[str, int, int]]) -> None:
        for kind, _, end in labels:
            if kind in _CODE_KINDS:
                self._read_codes(spans, kind, end)
        for match in _STUCK.finditer(spans.text):
            spans.claim("order", *match.span(1))
        for match in CODE_LIST.finditer(spans.half):
            at = match.start()
            for code in match.group().split(","):
                bare = code.strip()
                first = at + code.index(bare)
                spans.claim("model", first, first + len(bare))
                at += len(code) + 1
        for match in COURIER.finditer(spans.half):
            spans.claim("tracking", *match.span())
        for match in COURIER_NAMED.finditer(spans.half):
            spans.claim("tracking", *match.span(1))

    def _read_codes(self, spans: Spans, kind: str, at: int) -> None:
        """Claim the codes after a label that ends before token `at`."""
        doc = spans.doc
        strong, linked, found = False, True, 0
        limit = min(len(doc), at + _REACH)
        while at < limit:
            word, written = spans.words[at], doc[at].text
            code = self._code(kind, written, strong=strong)
            if code and linked:
                linked = False
                start = spans.starts[at] + written.find(code)
                spans.claim(kind, start, start + len(code))
                found += 1
                at = _after_remark(spans.words, at)  # "KT-1 (black), KT-2"
                limit = min(len(doc), at + 4)
                if found == _CHAIN:
                    return
            elif word.isspace() or word in (CHAINS if found else LINKS):
                strong = strong or word in STRONG_LINKS
                linked = linked or word in CHAINS or "\n" in word
            elif found or (at := _after_verb(doc, at, limit)) < 0:
                return
            at += 1

    def _code(self, kind: str, written: str, *, strong: bool) -> str:
        """Return the code that token `written` is, or "" if it is none of this kind."""
        code = fold_width(written)
        cut = 0
        if glued := _GLUED.fullmatch(code):
            code, cut = glued.group(1), glued.start(1)
        if not _CODE.fullmatch(code) or not any(sign.isdigit() for sign in code):
            return self._letters(kind, code, strong=strong)
        least = _LEAST[kind] if strong else max(_LEAST[kind], 4)
        if len(code) < least or FORM_NUMBER.fullmatch(code):
            return ""
        if not strong and (_YEAR.fullmatch(code) or FULL_DATE.fullmatch(code)):
            return ""
        if kind == "order" and not strong and sum(sign.isdigit() for sign in code) < 5:
            return ""
        return written[cut : cut + len(code)]

    @staticmethod
    def _letters(kind: str, code: str, *, strong: bool) -> str:
        """Booking references may be letters alone: six capitals after "number:"."""
        if kind == "order" and strong and len(code) == 6 and code.isascii() and code.isupper():
            return code
        return ""

    def _find_dates(self, spans: Spans) -> None:
        matches = [
            (first + start, first + end)
            for first, last in _near_dates(spans.words)
            for _, start, end in self._dates(spans.doc[first:last])
        ]
        dates(spans, sorted(matches, key=lambda match: (match[0], -match[1])))

    def _find_phones(self, spans: Spans, labels: list[tuple[str, int, int]]) -> None:
        text = spans.half
        for kind, _, end in labels:
            if kind == "phone" and end < len(spans.starts):
                window = text[spans.starts[end] : spans.starts[end] + 40].split("\n")[0]
                match = PHONE_VALUE.search(window)
                if match and not any(sign.isalpha() for sign in window[: match.start()][8:]):
                    start = spans.starts[end] + match.start()
                    spans.claim("phone", start, start + len(match.group()))
        for match in PHONE.finditer(text):
            spans.claim("phone", *match.span())

    def _find_models(self, spans: Spans) -> None:
        for at, word in enumerate(spans.words):
            if word in self._models:
                spans.claim_tokens("model", at, at + 1)
        for key, start, end in self._model_names(spans.doc):
            name = spans.doc.vocab.strings[key]
            spans.claim_tokens("model", start, end, known=True, canonical=name)


def _after_remark(words: list[str], at: int) -> int:
    """Return the token that ends a short remark in brackets after token `at`, or `at`."""
    if words[at + 1 : at + 2] == [" "]:
        at += 1
    if words[at + 1 : at + 2] in (["("], ["["]):
        for end in range(at + 2, min(len(words), at + 8)):
            if words[end] in {")", "]"}:
                return end
    return at


def _after_verb(doc: Doc, at: int, limit: int) -> int:
    """Return the token "is" or "are" of "serial number on the label is", or -1."""
    for later in range(at, limit):
        if doc[later].lower_ in {"is", "are", "was", "were"}:
            return later
        if not doc[later].is_alpha or len(doc[later]) == 1:
            break
    return -1


def _near_dates(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of tokens that may hold a date: spaCy's Matcher is slow elsewhere."""
    first, last, left = 0, 0, _MOST_ANCHORS
    for at, word in enumerate(words):
        if not (
            (word in DATE_ANCHORS and (word.isascii() or words[at - 1][-1] in _BEFORE_NIAN))
            or (word in _DASHES and words[at - 1][0].isdigit() and _starts_digit(words, at + 1))
        ):
            continue
        if at - DATE_REACH > last:
            if last:
                yield first, last
            first = at - DATE_REACH
        last = min(at + DATE_REACH, len(words))
        left -= 1
        if not left:
            break
    if last:
        yield first, last


def _starts_digit(words: list[str], at: int) -> bool:
    return at < len(words) and words[at][0].isdigit()
