"""Strangers' words on a terminal."""

import os

import pytest

from pipeline.terminal import plain, who


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("水壶漏水 — ça fuit", "水壶漏水 — ça fuit"),
        ("a\tb\u3000c\u00a0d", "a b c d"),
        ("\x1b[2J\x1b]0;title\x07", r"\u001b[2J\u001b]0;title\u0007"),
        ("one\r\ntwo\u2028three", r"one\u000d\u000atwo\u2028three"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("half \ud83d", r"half \ud83d"),
        ("\x9b31m", r"\u009b31m"),
    ],
)
def test_nothing_a_stranger_wrote_commands_the_terminal(text: str, shown: str) -> None:
    """Words stay readable; control, direction and line marks are shown as what they are."""
    assert plain(text) == shown
    assert plain(text).isprintable()


def test_long_words_are_cut_visibly() -> None:
    """Before anything is escaped."""
    assert plain("a" * 10, most=4) == "aaaa…"


def test_the_user_is_the_systems_not_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who decided on a mail can't be made up by setting a variable."""
    monkeypatch.setenv("USER", "nobody-at-all")
    monkeypatch.setenv("LOGNAME", "nobody-at-all")
    name = who()
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)

    assert name != "nobody-at-all"
    assert who() == "user 4000000"
