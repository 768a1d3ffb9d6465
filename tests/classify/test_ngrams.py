"""Features of a text."""

from classify.ngrams import features, read_concepts

CONCEPTS = read_concepts(
    """
    # a comment
    late: late, delay*, 太慢
    praise: good, 好吃
    food: 不好吃
    """
)


def _concepts(text: str) -> set[str]:
    return {name[1:] for name in features(text, CONCEPTS) if name[0] == "k"}


def test_a_stem_stands_for_its_endings() -> None:
    """`delay*` knows delayed and delays."""
    assert "late" in _concepts("it was delayed")


def test_the_longest_word_wins() -> None:
    """不好吃 is not praise although 好吃 is."""
    assert _concepts("这个不好吃") == {"food"}


def test_a_denied_idea_is_another_idea() -> None:
    """ "not good" and "isn't good" do not praise."""
    assert _concepts("this is not good") == {"!praise"}
    assert _concepts("that isn't good") == {"!praise"}


def test_what_follows_a_turn_is_marked() -> None:
    """The complaint often comes after the but."""
    assert _concepts("good but late") >= {"praise", ">late"}


def test_numbers_are_all_the_same_feature() -> None:
    """The model must not learn order numbers by heart."""
    assert features("order 123", {}) == features("order 987", {})
