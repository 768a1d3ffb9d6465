"""Sentences of both languages."""

import pytest

from classify.sentences import MOST_SENTENCES, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "The courier was late and rude to me. Then the plug gave off smoke!",
            ["The courier was late and rude to me.", "Then the plug gave off smoke!"],
        ),
        ("快递来得太晚了一点。插头还冒烟了！", ["快递来得太晚了一点。", "插头还冒烟了！"]),
        ("Hello. The kettle leaks from its base", ["Hello. The kettle leaks from its base"]),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, parts: list[str]) -> None:
    """A greeting is no sentence of its own."""
    assert sentences(text) == parts


def test_a_long_text_is_not_cut_for_ever() -> None:
    """64 K characters have no more sentences than we look at."""
    assert len(sentences("This is one more sentence of many. " * 2000)) == MOST_SENTENCES
