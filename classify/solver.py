"""Fitting a linear model by L-BFGS, in numpy; deterministic, as it uses no randomness at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Objective = Callable[[Floats], tuple[float, Floats]]

_MEMORY = 8  #: past steps that L-BFGS remembers


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse matrix, stored by row; `order` sorts its entries by column for the way back."""

    shape: tuple[int, int]
    rows: Positions
    columns: Positions
    values: Floats
    order: Positions

    @classmethod
    def of(cls, rows: Sequence[tuple[Positions, NDArray[np.float32]]], width: int) -> "Sparse":
        """Build it from one (columns, values) pair for each row."""
        lengths = [len(at) for at, _ in rows]
        columns = np.concatenate([at for at, _ in rows])
        values = np.concatenate([value for _, value in rows]).astype(np.float64)
        at_row = np.repeat(np.arange(len(rows)), lengths)
        return cls((len(rows), width), at_row, columns, values, np.argsort(columns, kind="stable"))

    def times(self, weights: Floats) -> Floats:
        """Return this matrix times `weights`."""
        return _sum_by(self.rows, weights[self.columns] * self.values[:, None], self.shape[0])

    def transposed_times(self, errors: Floats) -> Floats:
        """Return the transpose of this matrix times `errors`."""
        parts = errors[self.rows[self.order]] * self.values[self.order][:, None]
        return _sum_by(self.columns[self.order], parts, self.shape[1])


def _sum_by(keys: Positions, parts: Floats, size: int) -> Floats:
    """Sum the rows of `parts` that share a key; `keys` must be sorted."""
    result = np.zeros((size, parts.shape[1]))
    if len(keys):
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        result[keys[starts]] = np.add.reduceat(parts, starts, axis=0)
    return result


def minimise(objective: Objective, start: Floats, *, steps: int = 80) -> Floats:
    """Return a point near the minimum of a smooth convex `objective` (value, gradient)."""
    past: list[tuple[Floats, Floats]] = []
    point = start
    value, gradient = objective(point)
    for _ in range(steps):
        direction = _direction(gradient, past)
        slope = float(gradient @ direction)
        stride = 1.0 if past else min(1.0, 1.0 / max(float(np.abs(gradient).sum()), 1e-12))
        for _ in range(20):
            there = point + stride * direction
            new_value, new_gradient = objective(there)
            if new_value <= value + 1e-4 * stride * slope:
                break
            stride /= 2
        else:
            return point
        step, turn = there - point, new_gradient - gradient
        if float(step @ turn) > 1e-12:
            past = [*past[1 - _MEMORY :], (step, turn)]
        if abs(value - new_value) < 1e-7 * max(abs(value), 1.0):
            return there
        point, value, gradient = there, new_value, new_gradient
    return point


def _direction(gradient: Floats, past: list[tuple[Floats, Floats]]) -> Floats:
    """Return the L-BFGS direction (Nocedal and Wright, algorithm 7.4)."""
    pull, alphas = gradient.copy(), []
    for step, turn in reversed(past):
        alpha = float(step @ pull) / float(step @ turn)
        alphas.append(alpha)
        pull -= alpha * turn
    if past:
        step, turn = past[-1]
        pull *= float(step @ turn) / float(turn @ turn)
    for (step, turn), alpha in zip(past, reversed(alphas), strict=True):
        pull += step * (alpha - float(turn @ pull) / float(step @ turn))
    return -pull
