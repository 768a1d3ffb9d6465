"""Training: labelled texts in, a spaCy pipeline with its metrics out; the same again every time."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import spacy
import spacy.about
from numpy.typing import NDArray
from spacy.language import Language

import classify.tokens
from cases.model import Category, Matter
from classify.corpus import Example, digest, load, load_real, read_readings
from classify.encoder import VECTORS
from classify.evaluate import f1_by_category
from classify.fit import Table, solve, temperature
from classify.likeness import Likeness
from classify.linear import (
    APPLIES,
    CATEGORIES,
    COLUMNS,
    HEADS,
    MATTERS,
    NAME,
    LinearClassifier,
    encoder,
    weigh,
)
from classify.ngrams import features, read_concepts
from classify.solver import Floats, Sparse

MODEL_VERSION = "0.2.0"
SCALES = {"w": 1.0, "p": 1.4, "z": 2.0, "k": 1.0}  #: weight of each group of features
LIKENESS = 2.3  #: weight of the likeness to landmarks
LANDMARKS = 2000
MIN_TEXTS = 2  #: a feature must occur in so many texts
OURS = 0.2  #: weight of a text we wrote, where a complainant's weighs 1
BELIEF = 1.0  #: weight from which an idea's word for its category starts
FOLDS = 5
#: ideas that speak for a matter; "!" in front is a denial and speaks for none
_SPEAK_FOR = {
    "other.praise": "matter.praise",
    "other.question": "matter.enquiry",
    "other.suggestion": "matter.suggestion",
}
SERIOUS = 2.0  #: weight of a serious text, as there are few and none may be missed
_CALM = 2.0  #: weight of a text that is no complaint, as there are few, for the question of matter


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a training run measured; written beside the model as `metrics.json`."""

    texts: dict[str, int]  #: by language
    held_out: dict[str, int]  #: by language; never trained on
    macro_f1: dict[str, float]  #: four categories, held-out texts, by language
    temperatures: dict[str, float]
    data: dict[str, str]  #: SHA-256 of each file read
    versions: dict[str, str]
    seed: int


def train(data: Path, out: Path, *, real: Sequence[Path] = (), seed: int = 20240611) -> Metrics:
    """Train on the texts of `data` and write the pipeline and `metrics.json` to the folder `out`.

    `real` are files of complainants' texts (see classify/corpus.py). One of our own texts in eight
    is held out for the metrics. `seed` shuffles folds and landmarks; nothing else is random.
    Raises ValueError on bad data.
    """
    ours, readings = load(data), read_readings()
    foreign = [example for path in real for example in load_real(path, readings)]
    kept = [example for example in ours if not example.held_out] + foreign
    concepts = read_concepts((data / "concepts.txt").read_text(encoding="utf-8"))
    nlp, pipe = new_pipeline(MODEL_VERSION)
    fit(pipe, kept, concepts, seed=seed)
    nlp.to_disk(out)
    tested = [example for example in ours if example.held_out]
    metrics = Metrics(
        texts=dict(sorted(Counter(example.language for example in kept).items())),
        held_out=dict(sorted(Counter(example.language for example in tested).items())),
        macro_f1=figures(pipe, tested),
        temperatures=pipe.temperatures,
        data=digest(data, VECTORS, *real),
        versions={"spacy": spacy.about.__version__, "numpy": np.__version__},
        seed=seed,
    )
    text = json.dumps(asdict(metrics), indent=2, sort_keys=True) + "\n"
    (out / "metrics.json").write_text(text, encoding="utf-8")
    return metrics


def new_pipeline(version: str) -> tuple[Language, LinearClassifier]:
    """Return an empty pipeline and the classifier in it."""
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": {"@tokenizers": classify.tokens.NAME}}})
    pipe = nlp.add_pipe(NAME)
    if not isinstance(pipe, LinearClassifier):
        raise TypeError(NAME)
    nlp.meta |= {"name": "complaints", "lang": "xx", "version": version}
    nlp.meta["description"] = "Category and matter of complaints in English and Chinese"
    return nlp, pipe


def fit(
    pipe: LinearClassifier,
    examples: list[Example],
    concepts: dict[str, tuple[str, ...]],
    *,
    seed: int,
) -> None:
    """Fill `pipe` with what the examples teach, temperatures included."""
    counted = [features(example.text, concepts) for example in examples]
    vectors = encoder().encode_many([example.text for example in examples])
    chance = np.random.default_rng(seed)
    folds = chance.permutation(len(examples)) % FOLDS
    pipe.likeness = Likeness(vectors[np.sort(chance.permutation(len(examples))[:LANDMARKS])])
    pipe.concepts, pipe.scales = concepts, dict(SCALES)
    _name_features(pipe, counted)
    table = table_of(pipe, counted, vectors)
    wanted, weight = targets(examples), weights_of(examples)
    start = np.vstack([_beliefs(pipe.index), np.zeros((len(pipe.likeness) + 1, len(COLUMNS)))])
    unseen = np.zeros_like(wanted)
    for fold in range(FOLDS):
        weights, bias = solve(table, wanted, weight * (folds != fold)[:, None], start)
        unseen[folds == fold] = (table.times(weights) + bias)[folds == fold]
    pipe.temperatures = {head: temperature(head, unseen, wanted, weight) for head in HEADS}
    take_up(pipe, *solve(table, wanted, weight, start))


def table_of(
    pipe: LinearClassifier, counted: Sequence[Mapping[str, int]], vectors: NDArray[np.float32]
) -> Table:
    """Return the features of texts, given their counts and vectors, as `pipe` weighs them."""
    rows = [weigh(counts, pipe.index, pipe.idf, pipe.scales) for counts in counted]
    _, unfold = pipe.likeness.roots
    return Table(Sparse.of(rows, len(pipe.names)), pipe.likeness.of(vectors) @ (LIKENESS * unfold))


def take_up(pipe: LinearClassifier, weights: Floats, bias: Floats) -> None:
    """Give `pipe` the weights that were found for its table."""
    words, (_, unfold) = len(pipe.names), pipe.likeness.roots
    pipe.weights = weights[:words].astype(np.float16)
    pipe.pulls = (LIKENESS * unfold @ weights[words:]).astype(np.float32)
    pipe.bias = bias.astype(np.float32)


def _name_features(pipe: LinearClassifier, counted: Sequence[Mapping[str, int]]) -> None:
    """Give `pipe` every feature that occurs often enough, and how rare each one is."""
    seen = Counter(name for counts in counted for name in counts)
    pipe.names = sorted(name for name, texts in seen.items() if texts >= MIN_TEXTS)
    pipe.index = {name: at for at, name in enumerate(pipe.names)}
    texts = np.array([seen[name] for name in pipe.names])
    idf = (1 + np.log((1 + len(counted)) / (1 + texts))).astype(np.float16)
    pipe.idf = idf.astype(np.float32)


def targets(examples: Sequence[Example]) -> Floats:
    """Return what each column should say, one row for each text."""
    return np.array([_target(example) for example in examples], np.float64)


def _target(example: Example) -> list[float]:
    row = [float(example.category == name) for name in CATEGORIES]
    row += [float(Category(name.split(".")[1]) in example.labels) for name in APPLIES]
    row += [float(example.matter == name.split(".")[1]) for name in MATTERS]
    return [*row, float(bool(example.serious))]


def weights_of(examples: Sequence[Example]) -> Floats:
    """Weigh each text and head: rare categories count more, our own texts less.

    A category that is half as frequent in its language counts by the root of two more. What matter
    it is depends on the category too much to be weighed by it.
    """
    counts: Counter[tuple[str, Category]] = Counter()
    totals: Counter[str] = Counter()
    for example in examples:
        share = 1.0 if example.real else OURS
        counts[example.language, example.category] += share  # type: ignore[assignment]
        totals[example.language] += share  # type: ignore[assignment]
    rows = []
    for example in examples:
        share = 1.0 if example.real else OURS
        rarity = totals[example.language] / len(CATEGORIES)
        rarity /= counts[example.language, example.category]
        calm = 1.0 if example.matter is Matter.COMPLAINT else _CALM
        by_category = share * float(np.sqrt(rarity))
        grave = 0.0 if example.serious is None else SERIOUS if example.serious else 1.0
        rows.append((by_category, by_category, calm if example.matter else 0.0, grave))
    return np.array(rows)


def _beliefs(index: Mapping[str, int]) -> Floats:
    """Return the weights training starts from: ideas speak for the category they are named by."""
    start = np.zeros((len(index), len(COLUMNS)))
    for name, at in index.items():
        category, dot, _ = name[1:].lstrip(">^").partition(".")
        if name[0] == "k" and dot and category in CATEGORIES:
            start[at, COLUMNS.index(category)] = BELIEF
            if f"applies.{category}" in COLUMNS:
                start[at, COLUMNS.index(f"applies.{category}")] = BELIEF
        if name[0] == "k" and category == "serious":
            start[at, COLUMNS.index("serious")] = BELIEF
        if name[0] == "k" and (matter := _SPEAK_FOR.get(name[1:].lstrip(">^"))):
            start[at, COLUMNS.index(matter)] = BELIEF
    return start


def figures(pipe: LinearClassifier, examples: Sequence[Example]) -> dict[str, float]:
    """Return macro-F1 over the four categories, by language."""
    found = {}
    for language in sorted({example.language for example in examples}):
        mine = [example for example in examples if example.language == language]
        pairs = [(example.category, Category(predict(pipe, example.text))) for example in mine]
        found[language] = round(sum(f1_by_category(pairs).values()) / len(Category), 3)
    return found


def predict(pipe: LinearClassifier, text: str) -> str:
    """Return the likeliest category of `text`."""
    return CATEGORIES[int(pipe.judge(text)[:4].argmax())]
