"""Likeness to landmarks."""

import numpy as np
import pytest

from classify.likeness import Likeness


@pytest.fixture
def likeness() -> Likeness:
    """Three landmarks of length 1."""
    return Likeness(np.eye(3, 8, dtype=np.float32))


def test_likeness_is_one_at_a_landmark_and_fades(likeness: Likeness) -> None:
    """The nearer, the more alike."""
    at, between = likeness.of(
        np.array([[1, 0, 0], [0.8, 0.6, 0]], np.float32) @ np.eye(3, 8, dtype=np.float32)
    )

    assert at[0] == pytest.approx(1)
    assert between[0] > between[1] > between[2] > 0


def test_the_unfolded_features_have_the_kernels_own_products(likeness: Likeness) -> None:
    """The landmarks' features times each other give their likeness."""
    _, unfold = likeness.roots
    among = likeness.of(likeness.landmarks)
    features = among @ unfold

    assert np.allclose(features @ features.T, among, atol=1e-4)


def test_the_roots_undo_each_other(likeness: Likeness) -> None:
    """A model that is taken up again has the weights it was stored with."""
    root, unfold = likeness.roots

    assert np.allclose(root @ unfold, np.eye(3), atol=1e-6)
