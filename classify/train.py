"""Training: our own texts in, a spaCy pipeline with its metrics out; the same again every time."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import spacy.about
from numpy.typing import NDArray

import classify.tokens
from cases.model import Category, Matter
from classify.corpus import Example, digest, load
from classify.linear import APPLIES, CATEGORIES, COLUMNS, MATTERS, NAME, LinearClassifier, weigh
from classify.ngrams import features, read_concepts
from classify.solver import Floats, Sparse, minimise

SCALES = {"w": 1.0, "p": 1.4, "z": 2.0, "k": 1.0}  #: weight of each group of features
MIN_TEXTS = 2  #: a feature must occur in so many texts
PENALTY = 1.5  #: strength of the quadratic penalty on the weights
BELIEF = 1.5  #: weight from which an idea's word for its category starts
#: the mix of categories a desk gets; our own texts are richer in the rare ones
MIX = {"quality": 0.4, "service": 0.22, "delivery": 0.22, "other": 0.16}
FOLDS = 5
HEADS = {"category": slice(0, 4), "applies": slice(4, 7), "matter": slice(7, 11)}
#: ideas that speak for a matter; "!" in front is a denial and speaks for none
_SPEAK_FOR = {
    "other.praise": "matter.praise",
    "other.question": "matter.enquiry",
    "other.suggestion": "matter.suggestion",
}
_CALM = 2.0  #: weight of a text that is no complaint, as there are few, for the question of matter
_WIDTHS = [4, 3, 4]  #: columns of each head


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


def train(data: Path, out: Path, *, seed: int = 20240611, version: str = "0.1.0") -> Metrics:
    """Train on the texts of `data` and write the pipeline and `metrics.json` to the folder `out`.

    One text in eight is held out for the metrics. Temperatures are fitted on the predictions of
    five folds. `seed` shuffles the folds; nothing else is random. Raises ValueError on bad data.
    """
    examples = load(data)
    kept = [example for example in examples if not example.held_out]
    concepts = read_concepts((data / "concepts.txt").read_text(encoding="utf-8"))
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": {"@tokenizers": classify.tokens.NAME}}})
    pipe = nlp.add_pipe(NAME)
    if not isinstance(pipe, LinearClassifier):
        raise TypeError(NAME)
    fit(pipe, kept, concepts, seed=seed)
    nlp.meta |= {"name": "complaints", "lang": "xx", "version": version}
    nlp.meta["description"] = "Category and matter of complaints in English and Chinese"
    nlp.to_disk(out)
    tested = [example for example in examples if example.held_out]
    metrics = Metrics(
        texts=dict(sorted(Counter(example.language for example in kept).items())),
        held_out=dict(sorted(Counter(example.language for example in tested).items())),
        macro_f1=_macro_f1(pipe, tested),
        temperatures=pipe.temperatures,
        data=digest(data),
        versions={"spacy": spacy.about.__version__, "numpy": np.__version__},
        seed=seed,
    )
    text = json.dumps(asdict(metrics), indent=2, sort_keys=True) + "\n"
    (out / "metrics.json").write_text(text, encoding="utf-8")
    return metrics


def fit(
    pipe: LinearClassifier,
    examples: list[Example],
    concepts: dict[str, tuple[str, ...]],
    *,
    seed: int,
) -> None:
    """Fill `pipe` with what the examples teach, temperatures included."""
    counted = [features(example.text, concepts) for example in examples]
    seen = Counter(name for counts in counted for name in counts)
    pipe.concepts, pipe.scales = concepts, dict(SCALES)
    pipe.names = sorted(name for name, texts in seen.items() if texts >= MIN_TEXTS)
    pipe.index = {name: at for at, name in enumerate(pipe.names)}
    texts = np.array([seen[name] for name in pipe.names])
    idf = (1 + np.log((1 + len(examples)) / (1 + texts))).astype(np.float16)
    pipe.idf = idf.astype(np.float32)
    rows = [weigh(counts, pipe.index, pipe.idf, pipe.scales) for counts in counted]
    matrix = Sparse.of(rows, len(pipe.names))
    wanted = np.array([_target(example) for example in examples], np.float64)
    weight = _balance(examples)
    start = _beliefs(pipe.index)
    folds = np.random.default_rng(seed).permutation(len(examples)) % FOLDS
    unseen = np.zeros_like(wanted)
    for fold in range(FOLDS):
        weights, bias = solve(matrix, wanted, weight * (folds != fold)[:, None], start)
        unseen[folds == fold] = (matrix.times(weights) + bias)[folds == fold]
    pipe.temperatures = {head: _temperature(head, unseen, wanted) for head in HEADS}
    weights, bias = solve(matrix, wanted, weight, start)
    pipe.weights = weights.astype(np.float16).astype(np.float32)
    pipe.bias = bias.astype(np.float32)


def _target(example: Example) -> list[float]:
    row = [float(example.category == name) for name in CATEGORIES]
    row += [float(Category(name.split(".")[1]) in example.labels) for name in APPLIES]
    return row + [float(example.matter == Matter(name.split(".")[1])) for name in MATTERS]


def _balance(examples: list[Example]) -> Floats:
    """Weigh each text and head so that every language shows the categories in the same MIX.

    What matter it is depends on the category too much to be weighed by it.
    """
    counts = Counter((example.language, example.category) for example in examples)
    totals = Counter(example.language for example in examples)
    rows = []
    for example in examples:
        key = example.language, example.category
        weight = MIX[example.category] * totals[example.language] / counts[key]
        rows.append((weight, weight, 1.0 if example.matter is Matter.COMPLAINT else _CALM))
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
        if name[0] == "k" and (matter := _SPEAK_FOR.get(name[1:].lstrip(">^"))):
            start[at, COLUMNS.index(matter)] = BELIEF
    return start


def solve(matrix: Sparse, wanted: Floats, weight: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Return weights and bias that fit `wanted`, not far from `start`; weight 0 hides a row."""
    size, columns = matrix.shape[1], len(COLUMNS)

    def objective(flat: Floats) -> tuple[float, Floats]:
        table = flat.reshape(size + 1, columns)
        away = table[:-1] - start
        loss, errors = loss_of(matrix.times(table[:-1]) + table[-1], wanted)
        value = float((loss * weight).sum() + PENALTY / 2 * (away**2).sum())
        errors *= np.repeat(weight, _WIDTHS, axis=1)
        gradient = np.empty_like(table)
        gradient[:-1] = matrix.transposed_times(errors) + PENALTY * away
        gradient[-1] = errors.sum(axis=0)
        return value, gradient.ravel()

    first = np.vstack([start, np.zeros(columns)]).ravel()
    best = minimise(objective, first).reshape(size + 1, columns)
    return best[:-1], best[-1]


def loss_of(logits: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return the log loss of each row and head, and its slope."""
    loss, errors = np.zeros((len(logits), len(HEADS))), np.zeros_like(logits)
    for place, (head, at) in enumerate(HEADS.items()):
        z, y = logits[:, at], wanted[:, at]
        if head == "applies":
            loss[:, place] = (np.logaddexp(0, z) - y * z).sum(axis=1)
            errors[:, at] = 1 / (1 + np.exp(-np.clip(z, -30, 30))) - y
        else:
            top = z.max(axis=1, keepdims=True)
            total = np.log(np.exp(z - top).sum(axis=1, keepdims=True)) + top
            loss[:, place] = (total[:, 0] * y.sum(axis=1)) - (y * z).sum(axis=1)
            errors[:, at] = np.exp(z - total) - y
    return loss, errors


def _temperature(head: str, logits: Floats, wanted: Floats) -> float:
    """Return the divisor of the logits that makes the unseen predictions of `head` likeliest."""
    at = HEADS[head]
    masked: NDArray[np.float64] = np.zeros_like(logits)
    best, least = 1.0, np.inf
    for temperature in np.geomspace(0.1, 3.0, 69):
        masked[:, at] = logits[:, at] / temperature
        loss = float(loss_of(masked, wanted)[0].sum())
        if loss < least:
            best, least = float(temperature), loss
    return round(best, 4)


def _macro_f1(pipe: LinearClassifier, examples: list[Example]) -> dict[str, float]:
    figures = {}
    for language in sorted({example.language for example in examples}):
        mine = [example for example in examples if example.language == language]
        pairs = [(example.category.value, predict(pipe, example.text)) for example in mine]
        figures[language] = round(macro_f1(pairs), 3)
    return figures


def predict(pipe: LinearClassifier, text: str) -> str:
    """Return the likeliest category of `text`."""
    at, values = weigh(features(text, pipe.concepts), pipe.index, pipe.idf, pipe.scales)
    logits = (pipe.weights[at] * values[:, None]).sum(axis=0) + pipe.bias
    return CATEGORIES[int(logits[:4].argmax())]


def macro_f1(pairs: list[tuple[str, str]]) -> float:
    """Return the mean F1 over the four categories of (wanted, said) pairs."""
    figures = []
    for name in CATEGORIES:
        hits = sum(wanted == said == name for wanted, said in pairs)
        both = sum(wanted == name for wanted, _ in pairs) + sum(said == name for _, said in pairs)
        figures.append(2 * hits / both if both else 0.0)
    return sum(figures) / len(figures)
