"""The text classifier of our pipeline, in numpy: a linear model over words, ideas and likeness.

Four questions are asked of one set of features: which category (exclusive), which of quality,
service and delivery apply (each for itself), which matter it is (exclusive), and whether somebody
is hurt, in danger, or turns to law, media or authority.
"""

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from classify.encoder import VECTORS, Encoder
from classify.likeness import Likeness
from classify.ngrams import GROUPS, features
from classify.script import words_of
from classify.sentences import sentences
from classify.tokens import text_of

NAME = "complaint_linear"
CATEGORIES = ("quality", "service", "delivery", "other")
APPLIES = ("applies.quality", "applies.service", "applies.delivery")
MATTERS = ("matter.complaint", "matter.enquiry", "matter.suggestion", "matter.praise")
COLUMNS = (*CATEGORIES, *APPLIES, *MATTERS, "serious")

HEADS = {  #: the columns of each question
    "category": slice(0, 4),
    "applies": slice(4, 7),
    "matter": slice(7, 11),
    "serious": slice(11, 12),
}
EXCLUSIVE = ("category", "matter")  #: questions with one answer

#: words that tell a reader nothing
_SMALL_WORDS = frozenset(
    words_of(
        """
        the a an and or of to in on at is was are were be been it i you we they he she my your our
        this that with for from as by not no so do did have has had me them there but if all just
        one when what after
        """
    )
)

Floats = NDArray[np.float32]


def weigh(
    counts: Mapping[str, int], index: Mapping[str, int], idf: Floats, scales: Mapping[str, float]
) -> tuple[NDArray[np.int64], Floats]:
    """Return positions and values of the known features, each group scaled to its length."""
    known = [(index[name], name, count) for name, count in counts.items() if name in index]
    known.sort()
    if not known:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    at = np.array([position for position, _, _ in known], np.int64)
    groups = np.array([GROUPS.index(name[0]) for _, name, _ in known])
    values = (1 + np.log([count for _, _, count in known])).astype(np.float32) * idf[at]
    lengths = np.sqrt(np.bincount(groups, values**2, len(GROUPS)))
    factors = np.array([scales[group] for group in GROUPS]) / np.maximum(lengths, 1e-9)
    return at, (values * factors[groups]).astype(np.float32)


@functools.cache
def encoder() -> Encoder:
    """Return the encoder we ship, loaded once and only where a text is read."""
    return Encoder.load(VECTORS)


class LinearClassifier:
    """A spaCy pipe that fills `doc.cats`, and `doc.user_data["evidence"]` with telling words."""

    def __init__(self) -> None:
        self.likeness = Likeness()
        self.pulls: Floats = np.zeros((0, len(COLUMNS)), np.float32)  #: of each landmark
        self.names: list[str] = []
        self.index: dict[str, int] = {}
        self.concepts: dict[str, tuple[str, ...]] = {}
        self.scales: dict[str, float] = dict.fromkeys(GROUPS, 1.0)
        self.temperatures: dict[str, float] = dict.fromkeys(HEADS, 1.0)
        self.idf: Floats = np.zeros(0, np.float32)
        self.weights: NDArray[np.float16] = np.zeros((0, len(COLUMNS)), np.float16)
        self.bias: Floats = np.zeros(len(COLUMNS), np.float32)

    def __call__(self, doc: Doc) -> Doc:
        """Judge `doc`. Total."""
        words: dict[str, list[str]] = {}
        text = text_of(doc)
        at, parts = self._parts(text, words)
        scores = self.probabilities(parts.sum(axis=0) + self.alike(text) + self.bias)
        scores[-1] = self._serious(text, whole=float(scores[-1]))
        doc.cats = dict(zip(COLUMNS, scores.tolist(), strict=True))
        doc.user_data["evidence"] = self._evidence(at, parts, int(scores[:4].argmax()), words)
        return doc

    def _serious(self, text: str, *, whole: float) -> float:
        """Return the probability of harm: of the whole text and of its worst sentence, midway.

        What happened to a child stands in one sentence of a page about a late parcel.
        """
        parts = sentences(text)
        if len(parts) < 2:
            return whole
        worst = max(float(self.judge(part)[-1]) for part in parts)
        return (whole + worst) / 2

    def judge(self, text: str) -> Floats:
        """Return calibrated probabilities, column by column, of `text` as one piece."""
        _, parts = self._parts(text)
        return self.probabilities(parts.sum(axis=0) + self.alike(text) + self.bias)

    def _parts(
        self, text: str, words: dict[str, list[str]] | None = None
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return the features of `text`, and what each of them says to each column."""
        counts = features(text, self.concepts, words)
        at, values = weigh(counts, self.index, self.idf, self.scales)
        return at, self.weights[at].astype(np.float32) * values[:, None]

    def alike(self, text: str) -> Floats:
        """Return what the likeness of `text` to the landmarks says to each column."""
        if not len(self.likeness):
            return np.zeros(len(COLUMNS), np.float32)
        vector = encoder().encode(text)
        return np.asarray(self.likeness.of(vector[None])[0] @ self.pulls, np.float32)

    def probabilities(self, logits: Floats) -> Floats:
        """Turn one row of logits into calibrated probabilities, column by column."""
        return shares(logits, self.temperatures).astype(np.float32)

    def _evidence(
        self, at: NDArray[np.int64], parts: Floats, best: int, words: Mapping[str, list[str]]
    ) -> list[str]:
        """Return words that spoke for column `best`, those that stand for ideas first."""
        if not len(at):
            return []
        pull = parts[:, best] - parts[:, :4].mean(axis=1)
        ranked = [self.names[at[row]] for row in np.argsort(-pull)[:80] if pull[row] > 0]
        ideas = [word for name in ranked if name in words for word in words[name]]
        others = (name[1:].strip() for name in ranked if name[0] in "wz")
        return ideas + [word for word in others if len(word) > 1 and word not in _SMALL_WORDS]

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the weights (half precision) and the features below `path`."""
        path.mkdir(parents=True, exist_ok=True)
        np.save(path / "weights.npy", self.weights, allow_pickle=False)
        np.save(path / "idf.npy", self.idf.astype(np.float16), allow_pickle=False)
        marks = self.likeness.landmarks.astype(np.float16)
        np.save(path / "landmarks.npy", marks, allow_pickle=False)
        np.save(path / "pulls.npy", self.pulls, allow_pickle=False)
        settings = {
            "bias": self.bias.tolist(),
            "scales": self.scales,
            "temperatures": self.temperatures,
            "concepts": self.concepts,
        }
        (path / "settings.json").write_text(_json(settings), encoding="utf-8")
        (path / "features.json").write_text(_json(self.names), encoding="utf-8")

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> "LinearClassifier":
        """Read what `to_disk` wrote."""
        self.weights = np.load(path / "weights.npy", allow_pickle=False)
        self.idf = np.load(path / "idf.npy", allow_pickle=False).astype(np.float32)
        self.likeness = Likeness(np.load(path / "landmarks.npy", allow_pickle=False))
        self.pulls = np.load(path / "pulls.npy", allow_pickle=False)
        settings = json.loads((path / "settings.json").read_text(encoding="utf-8"))
        self.bias = np.array(settings["bias"], np.float32)
        self.scales = settings["scales"]
        self.temperatures = settings["temperatures"]
        self.concepts = {word: tuple(names) for word, names in settings["concepts"].items()}
        self.names = json.loads((path / "features.json").read_text(encoding="utf-8"))
        self.index = {name: at for at, name in enumerate(self.names)}
        return self


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def shares(logits: NDArray[np.floating], temperatures: Mapping[str, float]) -> NDArray[np.floating]:
    """Return the probabilities of every question's answers along the last axis."""
    found = np.empty_like(logits)
    for head, at in HEADS.items():
        cooled = logits[..., at] / temperatures[head]
        if head in EXCLUSIVE:
            raised = np.exp(cooled - cooled.max(axis=-1, keepdims=True))
            found[..., at] = raised / raised.sum(axis=-1, keepdims=True)
        else:
            found[..., at] = 1 / (1 + np.exp(-np.clip(cooled, -30, 30)))
    return found


@Language.factory(NAME)
def make_linear(nlp: Language, name: str) -> LinearClassifier:
    """Return an empty classifier; `from_disk` or training fills it."""
    return LinearClassifier()
