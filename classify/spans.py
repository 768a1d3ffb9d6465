"""Claims on stretches of one text; the first claim on a character holds."""

from dataclasses import dataclass

from spacy.tokens import Doc

from classify.script import fold, fold_width
from classify.tokens import text_of

#: what people write into a form's field that they have no answer for
_NOTHING = frozenset(
    ["n/a", "na", "none", "nil", "unknown", "tbc", "无", "没有", "不详", "未知", "不清楚"]
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of the text that is a fact."""

    kind: str
    start: int  #: in characters
    value: str  #: as written
    known: bool = False
    canonical: str = ""


class Spans:
    """The claims on one Doc."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text: str = text_of(doc)
        self.half: str = fold_width(self.text)  #: the text half-width, as long as the text
        folded = fold(self.half)
        self.starts: list[int] = []  #: of each token, in characters
        self.words: list[str] = []  #: each token, folded
        for start, length in doc.to_array(["IDX", "LENGTH"]).tolist():
            self.starts.append(start)
            self.words.append(folded[start : start + length])
        self._taken = bytearray(len(self.text))
        self._hits: list[Hit] = []
        self._seen: set[tuple[str, str]] = set()

    def claim_tokens(
        self, kind: str, start: int, end: int, *, known: bool = False, canonical: str = ""
    ) -> bool:
        """Claim the tokens from `start` to before `end`."""
        last = self.starts[end - 1] + len(self.words[end - 1])
        return self.claim(kind, self.starts[start], last, known=known, canonical=canonical)

    def free(self, start: int, end: int) -> bool:
        """Tell whether no character from `start` to `end` is claimed."""
        return start < end and not any(self._taken[start:end])

    def free_tokens(self, start: int, end: int) -> bool:
        """Tell whether nothing of the tokens from `start` to before `end` is claimed."""
        return self.free(self.starts[start], self.starts[end - 1] + len(self.words[end - 1]))

    def claim(
        self, kind: str, start: int, end: int, *, known: bool = False, canonical: str = ""
    ) -> bool:
        """Claim a stretch; a value already seen of this kind is claimed but not listed twice."""
        if not self.free(start, end):
            return False
        self._taken[start:end] = b"\1" * (end - start)
        self.note(kind, start, end, known=known, canonical=canonical)
        return True

    def block(self, start: int, end: int) -> None:
        """Claim a stretch that is no fact."""
        self._taken[start:end] = b"\1" * (end - start)

    def note(
        self, kind: str, start: int, end: int, *, known: bool = False, canonical: str = ""
    ) -> None:
        """List a fact without claiming its stretch."""
        value = self.text[start:end]
        if value.lower() in _NOTHING:
            return
        if (kind, value.lower()) not in self._seen:
            self._seen.add((kind, value.lower()))
            self._hits.append(Hit(kind, start, value, known, canonical))

    def hits(self) -> list[Hit]:
        """Return the facts in the order of the text."""
        return sorted(self._hits, key=lambda hit: hit.start)
