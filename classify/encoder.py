"""A sentence encoder in numpy: texts of like meaning get vectors that point the same way.

Google's Universal Sentence Encoder Multilingual 3 (Yang et al. 2019, Apache-2.0), its vocabulary
cut down to English and Chinese by classify/prune.py. Each piece of the text is a vector; three
layers look at it with its neighbours (2, 3 and 5 pieces at a time); the sum goes through a small
network. Nothing of it is trained here: it knows which words mean alike, the classifier learns what
they mean for a complaint.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classify.pieces import Pieces

VECTORS = Path(__file__).parent / "vectors"  #: the encoder we ship
WIDTH = 512  #: length of a vector
#: pieces seen at once, and how many of them stand before the piece itself
_WINDOWS = ((2, 0), (3, 1), (5, 2))
#: pieces read from the head and from the tail of a long text: what lies between seldom decides
_HEAD, _TAIL = 384, 128
#: characters from which so many pieces are cut
_HEAD_CHARACTERS, _TAIL_CHARACTERS = 2000, 700
_TINY = 1e-12

Floats = NDArray[np.float32]


class Encoder:
    """The loaded encoder; about 45 MB."""

    def __init__(self, pieces: Pieces, weights: Mapping[str, NDArray[np.generic]]) -> None:
        """Take the vocabulary and the arrays that classify/prune.py wrote."""
        self._pieces = pieces
        self._table, self._group = weights["table"], weights["group"]
        self._w = {
            name: values.astype(np.float32)
            for name, values in weights.items()
            if name not in ("table", "group")
        }

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """Read `pieces.tsv` and `weights.npz` of `folder`."""
        with np.load(folder / "weights.npz", allow_pickle=False) as found:
            weights = {name: found[name] for name in found.files}
        return cls(Pieces.read(folder / "pieces.tsv"), weights)

    def encode(self, text: str) -> Floats:
        """Return the vector of `text`, of length 1. Total."""
        places = np.array(self._places(text), np.int64)
        seen = self._look_around(self._vectors(places))
        mean = seen.sum(axis=0) @ self._w["cnn_W"] / np.sqrt(len(places))
        mean += self._w["cnn_b"] * np.sqrt(len(places), dtype=np.float32)
        return self._condense(mean)

    def encode_many(self, texts: Sequence[str]) -> Floats:
        """Return one row for each text."""
        return np.array([self.encode(text) for text in texts], np.float32).reshape(-1, WIDTH)

    def _places(self, text: str) -> list[int]:
        if len(text) <= _HEAD_CHARACTERS + _TAIL_CHARACTERS:
            places = self._pieces.cut(text)
            if len(places) <= _HEAD + _TAIL:
                return places
            return places[:_HEAD] + places[-_TAIL:]
        head = self._pieces.cut(text[:_HEAD_CHARACTERS])[:-1]
        tail = self._pieces.cut(text[-_TAIL_CHARACTERS:])[1:]
        return head[:_HEAD] + tail[-_TAIL:]

    def _vectors(self, places: NDArray[np.int64]) -> Floats:
        """Return one row for each piece; the table holds steps of its group's own scale."""
        group = self._group[places].astype(np.int64)
        rows: Floats = self._table[places].astype(np.float32)
        rows *= self._w["scale"][group, None]
        rows += self._w["lo"][group, None]
        return rows

    def _look_around(self, rows: Floats) -> Floats:
        w = self._w
        found = [rows]
        for size, before in _WINDOWS:
            x = _normal(
                rows @ w[f"proj{size}"] + w[f"proj_b{size}"], w[f"ln_g{size}"], w[f"ln_b{size}"]
            )
            h = _relu(_windows(x, size, before) @ w[f"w1_{size}"] + w[f"b1_{size}"]) + x
            found.append(_relu(_windows(h, size, before) @ w[f"w2_{size}"] + w[f"b2_{size}"]) + h)
        return _normal(np.concatenate(found, axis=1), w["ln_g"], w["ln_b"])

    def _condense(self, mean: Floats) -> Floats:
        w = self._w
        y = _relu(_relu(mean @ w["d0"]) @ w["d1"] + mean @ w["p1"])
        z = np.tanh(_relu(y @ w["d2"]) @ w["d3"] + y @ w["p3"])
        return np.asarray(z / max(float(np.linalg.norm(z)), _TINY), np.float32)


def _relu(x: Floats) -> Floats:
    return np.maximum(x, 0)


def _normal(x: Floats, gain: Floats, shift: Floats) -> Floats:
    """Bring each row to mean 0 and variance 1, then scale and shift it (layer normalisation)."""
    x = x - x.mean(axis=1, keepdims=True)
    spread = np.sqrt((x * x).mean(axis=1, keepdims=True) + _TINY)
    return np.asarray(x / spread * gain + shift, np.float32)


def _windows(x: Floats, size: int, before: int) -> Floats:
    """Return for each row itself and its neighbours side by side; beyond the ends are zeros."""
    padded = np.zeros((len(x) + size - 1, x.shape[1]), np.float32)
    padded[before : before + len(x)] = x
    return np.concatenate([padded[at : at + len(x)] for at in range(size)], axis=1)
