"""Cutting a text into the pieces the sentence encoder knows: unigram segmentation, likeliest first.

The segmentation of SentencePiece (Kudo 2018) over a vocabulary cut down to English and Chinese. A
package for it would bring a compiled library for the forty lines below.
"""

import unicodedata
from array import array
from pathlib import Path

UNKNOWN, START, END = 0, 1, 2  #: places of the three pieces that stand for no letters
_BLANK = "\u2581"  #: how SentencePiece writes a blank
_WORSE = 10.0  #: how much less likely an unknown letter is than the rarest piece


class Pieces:
    """The vocabulary: each piece with its place and its log probability."""

    def __init__(self, pieces: list[tuple[str, float]]) -> None:
        """Take the pieces in order; the first three are unknown, start and end."""
        self._scores = array("f", (score for _, score in pieces))
        self._places = {piece: place for place, (piece, _) in enumerate(pieces)}
        self._unknown_score = min(self._scores) - _WORSE
        #: how long a piece may be that begins with these two letters, so that a search ends early
        self._longest: dict[str, int] = {}
        for piece, _ in pieces:
            self._longest[piece[:2]] = max(len(piece), self._longest.get(piece[:2], 1))

    @classmethod
    def read(cls, path: Path) -> "Pieces":
        """Read `piece TAB score` lines."""
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = (line.rsplit("\t", 1) for line in lines if line)
        return cls([(piece, float(score)) for piece, score in rows])

    def cut(self, text: str) -> list[int]:
        """Return the places of the likeliest pieces, between start and end. Total, linear."""
        words = unicodedata.normalize("NFKC", text).split()
        letters = "".join(_BLANK + word for word in words)
        return [START, *(self._best(letters) if letters else [UNKNOWN]), END]

    def _best(self, letters: str) -> list[int]:
        """Return the path with the highest sum of scores (Viterbi)."""
        length = len(letters)
        best = [0.0] + [float("-inf")] * length
        came_from, piece_at = [0] * (length + 1), [UNKNOWN] * (length + 1)
        for start in range(length):
            so_far = best[start]
            if best[start + 1] < so_far + self._unknown_score:
                best[start + 1], came_from[start + 1] = so_far + self._unknown_score, start
                piece_at[start + 1] = UNKNOWN
            longest = self._longest.get(letters[start : start + 2], 1)
            for end in range(start + 1, min(start + longest, length) + 1):
                place = self._places.get(letters[start:end])
                if place is not None and so_far + self._scores[place] > best[end]:
                    best[end], came_from[end] = so_far + self._scores[place], start
                    piece_at[end] = place
        places, at = [], length
        while at:
            places.append(piece_at[at])
            at = came_from[at]
        return places[::-1]
