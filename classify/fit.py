"""Fitting the weights of the classifier to labelled texts. Deterministic: no randomness at all."""

from dataclasses import dataclass

import numpy as np

from classify.linear import COLUMNS, EXCLUSIVE, HEADS
from classify.solver import Floats, Sparse, minimise

PENALTY = 0.7  #: strength of the quadratic penalty on the weights
_WIDTHS = [at.stop - at.start for at in HEADS.values()]


@dataclass(frozen=True, slots=True)
class Table:
    """The features of all texts: sparse ones (words) and, behind them, dense ones (likeness)."""

    sparse: Sparse
    dense: Floats

    @property
    def width(self) -> int:
        """How many features there are."""
        return self.sparse.shape[1] + int(self.dense.shape[1])

    def times(self, weights: Floats) -> Floats:
        """Return this table times `weights`."""
        words = self.sparse.shape[1]
        return self.sparse.times(weights[:words]) + self.dense @ weights[words:]

    def transposed_times(self, errors: Floats) -> Floats:
        """Return the transpose of this table times `errors`."""
        return np.vstack([self.sparse.transposed_times(errors), self.dense.T @ errors])


def solve(
    table: Table, wanted: Floats, weight: Floats, start: Floats, *, hold_bias: bool = False
) -> tuple[Floats, Floats]:
    """Return weights and bias that fit `wanted`, not far from `start`.

    `start` has one row for each feature and one more for the bias; `weight` has one column for each
    head, and 0 hides a text from it. `hold_bias` keeps the bias where it starts: what a few texts
    teach must lie in their words, not in how often they name a category.
    """

    def objective(flat: Floats) -> tuple[float, Floats]:
        guess = flat.reshape(table.width + 1, len(COLUMNS))
        away = guess[:-1] - start[:-1]
        loss, errors = loss_of(table.times(guess[:-1]) + guess[-1], wanted)
        value = float((loss * weight).sum() + PENALTY / 2 * (away**2).sum())
        errors *= np.repeat(weight, _WIDTHS, axis=1)
        gradient = np.empty_like(guess)
        gradient[:-1] = table.transposed_times(errors) + PENALTY * away
        gradient[-1] = 0 if hold_bias else errors.sum(axis=0)
        return value, gradient.ravel()

    best = minimise(objective, start.ravel()).reshape(table.width + 1, len(COLUMNS))
    return best[:-1], best[-1]


def loss_of(logits: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Return the log loss of each row and head, and its slope."""
    loss, errors = np.zeros((len(logits), len(HEADS))), np.zeros_like(logits)
    for place, (head, at) in enumerate(HEADS.items()):
        z, y = logits[:, at], wanted[:, at]
        if head not in EXCLUSIVE:
            loss[:, place] = (np.logaddexp(0, z) - y * z).sum(axis=1)
            errors[:, at] = 1 / (1 + np.exp(-np.clip(z, -30, 30))) - y
        else:
            top = z.max(axis=1, keepdims=True)
            total = np.log(np.exp(z - top).sum(axis=1, keepdims=True)) + top
            loss[:, place] = (total[:, 0] * y.sum(axis=1)) - (y * z).sum(axis=1)
            errors[:, at] = np.exp(z - total) - y
    return loss, errors


def temperature(head: str, logits: Floats, wanted: Floats, weight: Floats) -> float:
    """Return the divisor of the logits that makes the unseen predictions of `head` likeliest."""
    at, place = HEADS[head], list(HEADS).index(head)
    masked = np.zeros_like(logits)
    best, least = 1.0, np.inf
    for divisor in np.geomspace(0.1, 3.0, 69):
        masked[:, at] = logits[:, at] / divisor
        loss = float((loss_of(masked, wanted)[0][:, place] * weight[:, place]).sum())
        if loss < least:
            best, least = float(divisor), loss
    return round(best, 4)
