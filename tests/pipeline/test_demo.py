"""`demo`: the story a newcomer sees is whole, shows no secret, and ends well."""

import re

import pytest

from pipeline.demo import play


def test_the_demo_plays_one_complaint_from_first_mail_to_closed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Twelve scenes: signed for, answered, not solved, answered again, closed by one word."""
    assert play() == 0

    parts = re.split(r"(?m)^─+ (\d+)\. .* ─+$", capsys.readouterr().out)
    scenes = dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))
    assert list(scenes) == list(range(1, 13))
    assert "本案由李伟处理" in scenes[4]
    assert "一台新壶" in scenes[6]
    assert "三号线" in scenes[5]
    assert "三号线" not in scenes[6]
    assert "[routed]  letters: acknowledgement, routed" in scenes[8]
    assert "closed · complaint · quality / defect · general · round 2" in scenes[12]
    assert "cause: 三号线" in scenes[12]
