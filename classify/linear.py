"""The text classifier of our pipeline: a linear model over n-grams and concepts, in numpy.

Three questions are asked of one set of features: which category (exclusive), which of quality,
service and delivery apply (each for itself), and which matter it is (exclusive).
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from classify.ngrams import GROUPS, features
from classify.script import words_of

NAME = "complaint_linear"
CATEGORIES = ("quality", "service", "delivery", "other")
APPLIES = ("applies.quality", "applies.service", "applies.delivery")
MATTERS = ("matter.complaint", "matter.enquiry", "matter.suggestion", "matter.praise")
COLUMNS = CATEGORIES + APPLIES + MATTERS

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


class LinearClassifier:
    """A spaCy pipe that fills `doc.cats`, and `doc.user_data["evidence"]` with telling words."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.index: dict[str, int] = {}
        self.concepts: dict[str, tuple[str, ...]] = {}
        self.scales: dict[str, float] = dict.fromkeys(GROUPS, 1.0)
        self.temperatures: dict[str, float] = {"category": 1.0, "applies": 1.0, "matter": 1.0}
        self.idf: Floats = np.zeros(0, np.float32)
        self.weights: Floats = np.zeros((0, len(COLUMNS)), np.float32)
        self.bias: Floats = np.zeros(len(COLUMNS), np.float32)

    def __call__(self, doc: Doc) -> Doc:
        """Judge `doc`. Total."""
        words: dict[str, list[str]] = {}
        counts = features(doc.text, self.concepts, words)
        at, values = weigh(counts, self.index, self.idf, self.scales)
        parts = self.weights[at] * values[:, None]
        scores = self.probabilities(parts.sum(axis=0) + self.bias)
        doc.cats = dict(zip(COLUMNS, scores.tolist(), strict=True))
        doc.user_data["evidence"] = self._evidence(at, parts, int(scores[:4].argmax()), words)
        return doc

    def probabilities(self, logits: Floats) -> Floats:
        """Turn one row of logits into calibrated probabilities, column by column."""
        category = softmax(logits[:4] / self.temperatures["category"])
        applies = 1 / (1 + np.exp(-np.clip(logits[4:7] / self.temperatures["applies"], -30, 30)))
        matter = softmax(logits[7:] / self.temperatures["matter"])
        return np.concatenate([category, applies, matter]).astype(np.float32)

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
        np.save(path / "weights.npy", self.weights.astype(np.float16), allow_pickle=False)
        np.save(path / "idf.npy", self.idf.astype(np.float16), allow_pickle=False)
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
        self.weights = np.load(path / "weights.npy", allow_pickle=False).astype(np.float32)
        self.idf = np.load(path / "idf.npy", allow_pickle=False).astype(np.float32)
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


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of exclusive answers along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


@Language.factory(NAME)
def make_linear(nlp: Language, name: str) -> LinearClassifier:
    """Return an empty classifier; `from_disk` or training fills it."""
    return LinearClassifier()
