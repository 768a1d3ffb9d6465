"""The optimiser, on problems whose answer is known."""

import numpy as np

from classify.solver import Floats, Sparse, minimise


def test_a_valley_is_found() -> None:
    """The minimum of a lopsided bowl is where calculus says it is."""
    scale, centre = np.array([1.0, 50.0, 0.1]), np.array([3.0, -2.0, 7.0])

    def bowl(point: Floats) -> tuple[float, Floats]:
        away = point - centre
        return float((scale * away**2).sum()), 2 * scale * away

    assert np.allclose(minimise(bowl, np.zeros(3)), centre, atol=1e-2)


def test_the_sparse_matrix_multiplies_like_a_dense_one() -> None:
    """Both directions agree with numpy, an empty row included."""
    rows = [
        (np.array([0, 2]), np.array([1, 2], np.float32)),
        (np.zeros(0, np.int64), np.zeros(0, np.float32)),
        (np.array([1, 2]), np.array([3, 4], np.float32)),
    ]
    dense = np.array([[1, 0, 2], [0, 0, 0], [0, 3, 4]])
    sparse = Sparse.of(rows, 3)
    right = np.arange(6.0).reshape(3, 2)

    assert np.allclose(sparse.times(right), dense @ right)
    assert np.allclose(sparse.transposed_times(right), dense.T @ right)
