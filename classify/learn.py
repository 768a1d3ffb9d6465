"""Learning from corrections: the live model and what people said it got wrong give a candidate.

The weights may move away from those of the live model only as far as the corrections pull them, and
our own texts hold them back: of these it shall say what it says today, so that a handful of
corrections can't make it forget the rest. A candidate is measured beside the live model on texts
neither has seen: our held-out texts, and the corrections themselves, each judged by a model that
learned from the others only.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray

from classify.corpus import Example, load
from classify.fit import solve
from classify.linear import COLUMNS, HEADS, NAME, LinearClassifier, encoder, shares
from classify.ngrams import features
from classify.solver import Floats
from classify.train import FOLDS, LIKENESS, new_pipeline, predict, table_of, take_up, targets

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
    kept = _read([example for example in ours if not example.held_out], old)
    tested = [example for example in ours if example.held_out]
    said = _read(corrections, old)
    parts = np.random.default_rng(seed).permutation(len(corrections)) % FOLDS
    right_after = 0
    for part in range(FOLDS):
        fitted = adapt(old, kept, [one for one, at in zip(said, parts, strict=True) if at != part])
        unseen = [c for c, at in zip(corrections, parts, strict=True) if at == part]
        right_after += _right(fitted, unseen)
    base = str(old_nlp.meta["version"]).partition("+")[0]
    version = f"{base}+{len(corrections)}.{_fingerprint(corrections)}"
    nlp, pipe = new_pipeline(version)
    _copy(adapt(old, kept, said), pipe)
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


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and what never changes about it, however often a model is fitted."""

    example: Example
    counts: Counter[str]
    vector: NDArray[np.float32]


def _read(examples: Sequence[Example], old: LinearClassifier) -> list[_Text]:
    vectors = encoder().encode_many([example.text for example in examples])
    return [
        _Text(example, features(example.text, old.concepts), vector)
        for example, vector in zip(examples, vectors, strict=True)
    ]


def adapt(
    old: LinearClassifier, kept: Sequence[_Text], corrections: Sequence[_Text]
) -> LinearClassifier:
    """Return the model `old` after it has seen the corrections among our own texts."""
    pipe = LinearClassifier()
    _copy(old, pipe)
    _learn_words(pipe, [text.counts for text in corrections])
    texts = [*kept, *corrections]
    vectors = np.array([text.vector for text in texts])
    table = table_of(pipe, [text.counts for text in texts], vectors)
    root, _ = pipe.likeness.roots
    start = np.vstack([pipe.weights, root @ pipe.pulls / LIKENESS, pipe.bias[None]])
    weight = np.vstack([np.ones((len(kept), len(HEADS))), _heed(corrections)])
    wanted = targets([text.example for text in texts])
    said_today = shares(table.times(start[:-1]) + start[-1], dict.fromkeys(HEADS, 1.0))
    wanted[: len(kept)] = said_today[: len(kept)]
    take_up(pipe, *solve(table, wanted, weight, start.astype(np.float64), hold_bias=True))
    return pipe


def _heed(corrections: Sequence[_Text]) -> Floats:
    """Weigh corrections: a person named one category, and nothing about the others."""
    return np.array(
        [(_HEED, 0.0, _HEED if text.example.matter else 0.0, 0.0) for text in corrections]
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
