"""The letters of time, as facts; when they leave is tested in test_ring.py."""

from routing import letters_time
from routing.policy import Policy
from tests.routing.lives import life


def test_a_manager_who_is_called_reads_what_it_is_about(policy: Policy) -> None:
    """The complainant's words stand in an escalation, the subject where there are none."""
    told = [
        letters_time.escalation(
            life(policy, text=text), ("gm@example.com",), what="accept", level=2
        )
        for text in ("The kettle burns.", "")
    ]

    assert [letter.facts["text"] for (letter,) in told] == ["The kettle burns.", "The kettle leaks"]
