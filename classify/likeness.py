"""How alike a text is to each of some texts met in training, as features for a linear model.

A radial kernel over the vectors of classify/encoder.py, by the method of Nyström (Williams and
Seeger 2001): a model that is linear in these features bends where words alone draw a straight line.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classify.encoder import WIDTH

GAMMA = 1.5  #: how fast likeness fades with the squared distance
_LEAST = 1e-6  #: directions that fewer landmarks than this tell apart are noise

Floats = NDArray[np.float32]


class Likeness:
    """Some landmarks: the vectors of texts met in training. Vectors alone can't be read back."""

    def __init__(self, landmarks: Floats | None = None) -> None:
        """Take one row for each landmark; none gives no features."""
        found = np.zeros((0, WIDTH), np.float32) if landmarks is None else landmarks
        self.landmarks = found.astype(np.float16).astype(np.float32)  # as they are stored
        self._squares = (self.landmarks**2).sum(axis=1)

    def __len__(self) -> int:
        return len(self.landmarks)

    def of(self, vectors: Floats) -> Floats:
        """Return for each vector, of length 1, its likeness (0 to 1) to each landmark."""
        distances = 1 + self._squares - 2 * (vectors @ self.landmarks.T)
        return np.asarray(np.exp(-GAMMA * np.maximum(distances, 0)), np.float32)

    @cached_property
    def roots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The root of the landmarks' likeness to each other, and its inverse.

        Likeness times the inverse has the inner products of the kernel itself, so that the penalty
        of training treats every direction alike.
        """
        among = self.of(self.landmarks).astype(np.float64)
        values, axes = np.linalg.eigh((among + among.T) / 2)
        roots = np.sqrt(np.maximum(values, _LEAST))
        return (axes * roots) @ axes.T, (axes / roots) @ axes.T
