"""Learning from corrections: the live model and what people said it got wrong give a candidate.

The weights may move away from those of the live model only as far as the corrections pull them, and
our own texts hold them back: of these it shall say what it says today, so that a handful of
corrections can't make it forget the rest. A
candidate is measured beside the live model on texts neither has seen: our held-out texts, and the
corrections themselves, each judged by a model that learned from the others only.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import spacy

from classify.corpus import Example, load
from classify.fit import Table, solve
from classify.linear import COLUMNS, EXCLUSIVE, HEADS, NAME, LinearClassifier, encoder, weigh
from classify.ngrams import features
from classify.solver import Floats, Sparse
from classify.train import FOLDS, LIKENESS, new_pipeline, predict, targets

LEAST = 10  #: fewer corrections than this teach a model nothing that would hold
SLACK = 0.01  #: share of our held-out texts that a candidate may lose, one at least
_HEED = 3.0  #: weight of a correction, where a text we wrote weighs 1
_NEW_IN = 2  #: a word the model doesn't know must occur in so many corrections


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate beside the live model."""

    version: str
    corrections: int
    right_before: int  #: corrections that the live model would get right today
    right_after: int  #: that a model gets right which learned from the others only
    tested: dict[str, int]  #: our held-out texts, by language
    before: dict[str, int]  #: of these the live model gets right
    after: dict[str, int]

    @property
    def worse(self) -> tuple[str, ...]:
        """Why the candidate must not go live, in words; nothing if it may."""
        found = [
            f"of our {self.tested[language]} {language} texts it gets {self.after[language]} "
            f"right, the live model {right}"
            for language, right in self.before.items()
            if self.after[language] < right - math.ceil(SLACK * self.tested[language])
        ]
        if self.right_after < self.right_before:
            found.append(
                f"of {self.corrections} corrections it gets {self.right_after} right, "
                f"the live model {self.right_before}"
            )
        return tuple(found)


def learn(
    live: Path, data: Path, out: Path, corrections: Sequence[Example], *, seed: int = 20240611
) -> Comparison:
    """Write a candidate that learned from `corrections` to the folder `out`, and compare it.

    Raises ValueError if there are fewer than LEAST of them.
    """
    if len(corrections) < LEAST:
        raise ValueError(f"{len(corrections)} corrections are too few to learn from ({LEAST})")
    old_nlp = spacy.load(live)
    old = old_nlp.get_pipe(NAME)
    if not isinstance(old, LinearClassifier):
        raise TypeError(NAME)
    ours = load(data)
    kept = [example for example in ours if not example.held_out]
    tested = [example for example in ours if example.held_out]
    parts = np.random.default_rng(seed).permutation(len(corrections)) % FOLDS
    right_after = 0
    for part in range(FOLDS):
        others = [c for c, at in zip(corrections, parts, strict=True) if at != part]
        fitted = adapt(old, kept, others)
        right_after += _right(fitted, [c for c in corrections if c not in others])
    base = str(old_nlp.meta["version"]).partition("+")[0]
    version = f"{base}+{len(corrections)}.{_fingerprint(corrections)}"
    nlp, pipe = new_pipeline(version)
    _copy(adapt(old, kept, corrections), pipe)
    nlp.to_disk(out)
    return Comparison(
        version=version,
        corrections=len(corrections),
        right_before=_right(old, corrections),
        right_after=right_after,
        tested=dict(Counter(example.language for example in tested)),
        before=_right_by_language(old, tested),
        after=_right_by_language(pipe, tested),
    )


def adapt(
    old: LinearClassifier, kept: Sequence[Example], corrections: Sequence[Example]
) -> LinearClassifier:
    """Return the model `old` after it has seen the corrections among our own texts."""
    pipe = LinearClassifier()
    _copy(old, pipe)
    examples = [*kept, *(replace(example, real=True) for example in corrections)]
    counted = [features(example.text, pipe.concepts) for example in examples]
    _learn_words(pipe, counted[len(kept) :])
    vectors = encoder().encode_many([example.text for example in examples])
    root, unfold = pipe.likeness.roots()
    rows = [weigh(counts, pipe.index, pipe.idf, pipe.scales) for counts in counted]
    table = Table(Sparse.of(rows, len(pipe.names)), pipe.likeness.of(vectors) @ unfold * LIKENESS)
    start = np.vstack([pipe.weights, root @ pipe.pulls / LIKENESS, pipe.bias[None]])
    weight = np.vstack([np.ones((len(kept), len(HEADS))), _heed(corrections)])
    wanted = targets(examples)
    wanted[: len(kept)] = _said(table.times(start[:-1]) + start[-1])[: len(kept)]
    weights, bias = solve(table, wanted, weight, start.astype(np.float64), hold_bias=True)
    words = len(pipe.names)
    pipe.weights = weights[:words].astype(np.float16)
    pipe.pulls = (unfold @ weights[words:] * LIKENESS).astype(np.float32)
    pipe.bias = bias.astype(np.float32)
    return pipe


def _said(logits: Floats) -> Floats:
    """Return what the live model says of each text, as targets to keep to."""
    said = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    for head in EXCLUSIVE:
        at = HEADS[head]
        raised = np.exp(logits[:, at] - logits[:, at].max(axis=1, keepdims=True))
        said[:, at] = raised / raised.sum(axis=1, keepdims=True)
    return np.asarray(said, np.float64)


def _heed(corrections: Sequence[Example]) -> Floats:
    """Weigh corrections: a person named one category, and nothing about the others."""
    return np.array(
        [(_HEED, 0.0, _HEED if example.matter else 0.0, 0.0) for example in corrections]
    ).reshape(-1, len(HEADS))


def _learn_words(pipe: LinearClassifier, counted: Sequence[Counter[str]]) -> None:
    """Give `pipe` the features that only the corrections have; they start without weight."""
    seen = Counter(name for counts in counted for name in counts if name not in pipe.index)
    new = sorted(name for name, texts in seen.items() if texts >= _NEW_IN)
    pipe.names = [*pipe.names, *new]
    pipe.index = {name: at for at, name in enumerate(pipe.names)}
    rare = float(pipe.idf.max(initial=1.0))
    pipe.idf = np.concatenate([pipe.idf, np.full(len(new), rare, np.float32)])
    pipe.weights = np.vstack([pipe.weights, np.zeros((len(new), len(COLUMNS)), np.float16)])


def _copy(source: LinearClassifier, target: LinearClassifier) -> None:
    vars(target).update(vars(source))


def _right(pipe: LinearClassifier, examples: Sequence[Example]) -> int:
    return sum(predict(pipe, example.text) == example.category for example in examples)


def _right_by_language(pipe: LinearClassifier, examples: Sequence[Example]) -> dict[str, int]:
    languages = sorted({example.language for example in examples})
    return {key: _right(pipe, [e for e in examples if e.language == key]) for key in languages}


def _fingerprint(corrections: Sequence[Example]) -> str:
    lines = sorted(f"{example.category.value} {example.text}" for example in corrections)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]
