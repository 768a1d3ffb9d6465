"""The blocks `alarm` and `watch` of config.yaml: what is refused, and what the operator reads."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.config_alarm import AlarmBlock, AlarmSettings, alarm_of
from pipeline.config_watch import WatchBlock, WatchSettings, watch_of

TOKEN = "0123456789abcdef"
Said = list[tuple[str, str, str]]


def alarm(folder: Path, said: Said, **block: object) -> AlarmSettings:
    """Return the settings of a block in a folder; what is wrong goes into `said`."""
    return alarm_of(
        AlarmBlock(**block),
        secret=lambda value, _file, _key: value,
        place=lambda name: folder / name,
        complain=lambda key, what, fix: said.append((".".join(key), what, fix)),
    )


def watch(said: Said, files: Mapping[str, str], **block: str) -> WatchSettings | None:
    """Return the settings of a block; what is wrong goes into `said`."""
    return watch_of(
        WatchBlock(**block),
        read=lambda name: files[name],
        complain=lambda key, what, fix: said.append((".".join(key), what, fix)),
    )


def test_a_program_is_found_at_its_path_or_by_its_name(tmp_path: Path) -> None:
    """A relative path counts from the folder of config.yaml; arguments stay as they are."""
    own = tmp_path / "page.sh"
    own.write_text("#!/bin/sh\n", encoding="utf-8")
    own.chmod(0o755)
    said: Said = []

    assert alarm(tmp_path, said, command=("./page.sh", "a b", "$X")).command == (
        str(tmp_path / "./page.sh"), "a b", "$X",
    )  # fmt: skip
    assert alarm(tmp_path, said, command=("sh",)).command[0].endswith("/sh")
    assert said == []


@pytest.mark.parametrize("name", ["nobody-has-this-program", "./none.sh", "/etc/passwd", ""])
def test_a_program_that_cannot_be_run_is_told_at_the_start(name: str, tmp_path: Path) -> None:
    """Not when the alarm rings."""
    said: Said = []
    alarm(tmp_path, said, command=(name,))

    ((key, what, fix),) = said
    assert key == "alarm.command"
    assert "is no program that this user can run" in what
    assert "no shell" in fix


def test_a_heartbeat_goes_over_tls_and_is_not_repeated(tmp_path: Path) -> None:
    """Whoever knows the address can keep the alarm silent."""
    said: Said = []
    alarm(tmp_path, said, heartbeat="http://hc.example/geheim")

    assert [key for key, _, _ in said] == ["alarm.heartbeat"]
    assert "geheim" not in str(said)
    assert "geheim" not in repr(alarm(tmp_path, [], heartbeat="https://hc.example/geheim"))


def test_a_file_that_holds_the_address_is_not_taken_for_the_one_to_touch(tmp_path: Path) -> None:
    """Somebody who knows webhook_file may think so, and would have no heartbeat at all."""
    (tmp_path / "url").write_text("https://hc.example/geheim\n", encoding="utf-8")
    said: Said = []
    alarm(tmp_path, said, heartbeat_file="url")

    assert [key for key, _, _ in said] == ["alarm.heartbeat_file"]
    assert "${DESK_ALARM_HEARTBEAT}" in said[0][2]
    assert "geheim" not in str(said)
    assert alarm(tmp_path, [], heartbeat_file="alive").heartbeat_file == tmp_path / "alive"


@pytest.mark.parametrize("listen", ["127.0.0.1:9464", "[::1]:9464", "localhost:1", "127.9.9.9:1"])
def test_on_this_machine_nobody_needs_a_token(listen: str) -> None:
    """And without the block nobody listens."""
    said: Said = []

    assert watch(said, {}, listen=listen) is not None
    assert watch(said, {}) is None
    assert said == []


@pytest.mark.parametrize("listen", ["0.0.0.0:9464", "[::]:9464", "desk.example.com:9464"])
def test_any_other_address_needs_a_token(listen: str) -> None:
    """The figures tell how a company's complaints go."""
    said: Said = []
    watch(said, {}, listen=listen)
    found = watch([], {"t": f"{TOKEN}\n"}, listen=listen, token_file="t")

    assert [key for key, _, _ in said] == ["watch.token_file"]
    assert "openssl rand -hex 32" in said[0][2]
    assert found is not None
    assert found.token == TOKEN
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    "token", ["", "short", "two words are no token", "令牌令牌令牌令牌令牌令牌令牌令牌"]
)
def test_a_token_that_can_be_guessed_or_sent_by_nobody_is_refused(token: str) -> None:
    """Without repeating it."""
    said: Said = []
    watch(said, {"t": token}, listen="127.0.0.1:9464", token_file="t")

    assert [key for key, _, _ in said] == ["watch.token_file"]
    assert not token or token not in str(said)


@pytest.mark.parametrize(
    "listen", ["9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "::1:9464"]
)
def test_what_is_no_address_is_told_with_an_example(listen: str) -> None:
    """As in all of config.yaml."""
    said: Said = []

    assert watch(said, {}, listen=listen) is None
    assert said[0][2] == "Write 127.0.0.1:9464"


def test_a_token_without_an_address_is_a_slip() -> None:
    """The operator meant to be watched, and would not be."""
    said: Said = []
    watch(said, {"t": TOKEN}, token_file="t")

    assert [key for key, _, _ in said] == ["watch.listen"]
