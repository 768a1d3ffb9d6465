"""Cutting texts into known pieces."""

import pytest

from classify.pieces import END, START, UNKNOWN, Pieces

VOCABULARY = [
    ("<unk>", 0.0),
    ("<s>", 0.0),
    ("</s>", 0.0),
    ("\u2581the", -1.0),
    ("\u2581", -4.0),
    ("\u2581kett", -5.0),
    ("le", -2.0),
    ("\u2581kettle", -6.0),
    ("快递", -3.0),
    ("快", -2.5),
    ("递", -2.5),
]


@pytest.fixture
def pieces() -> Pieces:
    """A vocabulary of a few pieces."""
    return Pieces(VOCABULARY)


def test_the_likeliest_pieces_win(pieces: Pieces) -> None:
    """One piece of -6 is likelier than two of -5 and -2; 快递 of -3 than two of -2.5."""
    assert pieces.cut("the  kettle\n快递") == [START, 3, 7, 4, 8, END]


def test_unknown_letters_become_the_unknown_piece(pieces: Pieces) -> None:
    """What the vocabulary lacks is kept as a gap, one for each letter."""
    assert pieces.cut("the ж") == [START, 3, 4, UNKNOWN, END]


def test_width_makes_no_difference(pieces: Pieces) -> None:
    """Full-width letters are the same letters."""
    assert pieces.cut("ｔｈｅ") == pieces.cut("the")


def test_nothing_is_one_unknown_piece(pieces: Pieces) -> None:
    """An empty text still has something to look at."""
    assert pieces.cut(" ") == [START, UNKNOWN, END]
