"""Damaged YAML: a clear ConfigError or a right set, never anything else (R10, F81).

Damaged mails are in tests/ingest/test_mutations.py, damaged headers out in test_injection.py, and
what servers may say in test_imap_lies.py and test_smtp_script.py.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.errors import ConfigError
from pipeline import config, rules_file
from pipeline.config import Settings
from pipeline.config_sign_in import GraphSettings
from pipeline.rules_file import RuleSet

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("FAULTS") == "long"
CONFIGS, RULES = (90_000, 10_000) if LONG else (1_750, 250)
SECONDS = 5.0  #: one file may take so long on a busy machine
TOKENS = (
    *(b"\0", b"\t", b"\r", b"\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b": ", b"- "),
    *(b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!!python/object:os.system ", b"!x ", b"|", b">"),
    *(b"'", b'"', b"#", b"%YAML 9.9\n---\n", b"---\n", b"...\n", b"? ", b"<<: *a\n", b"null"),
    *(b"~", b"yes", b"012", b"1e999", b"12:30:45", b".nan", b"-1", b"2026-13-45", b"[" * 50),
    *(b"${HOME}", b"${", b"/etc/passwd", b"../" * 5, b"\xe6\x8a", "投诉".encode(), b"(a+)+$"),
    *(b"end: true\n", b"rules_version: 9\n", b"config_version: 1\n", b"x" * 2000, b"&a [*a]"),
)
PRODUCTION = b"""\
config_version: 1
database: postgresql+psycopg://desk@db.example.com/desk
mailboxes:
  complaints:
    address: complaints@example.com
    source:
      imap:
        host: imap.example.com
        user: complaints@example.com
        password: ${SECRET}
    answer_mail_since: 2026-11-01T00:00:00+08:00
outgoing: {smtp: {host: smtp.example.com, user: u, password: "${SECRET}"}}
trust: {authentication_results: mx.example.com}
rules: routing/rules.yaml
secret_file: var/secret.key
alarm: {webhook: "${SECRET_HOOK}"}
"""
ENVIRONMENT = {"SECRET": "canary-password", "SECRET_HOOK": "https://hook.example.com/canary"}


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Return a file with one to three wounds."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        start = dice.randrange(len(changed) + 1)
        end = min(len(changed), start + dice.randint(0, 60))
        match dice.randrange(6):
            case 0 if changed:
                changed[min(start, len(changed) - 1)] ^= 1 << dice.randrange(8)
            case 1:
                del changed[start:end]
            case 2:
                changed[end:end] = changed[start:end]
            case 3:
                changed[start:start] = dice.choice(TOKENS)
            case 4:
                del changed[start:]
            case _:
                lines = bytes(changed).split(b"\n")
                at = dice.randrange(len(lines))
                lines.insert(dice.randrange(len(lines)), b" " * dice.randint(0, 6) + lines[at])
                changed[:] = b"\n".join(lines)
    return bytes(changed)


def _read(path: Path, load: Callable[[Path], object]) -> tuple[object, float]:
    """Return what was loaded, or the error; and how long that took. Nothing else may come."""
    began = time.process_time()
    try:
        found: object = load(path)
    except ConfigError as error:
        found = error
        assert error.problems, path.read_bytes()
        for problem in error.problems:
            assert problem.what, path.read_bytes()
            assert str(path) in problem.file or problem.line == 0
            assert "canary" not in str(problem), "a secret is never repeated"
            assert str(problem).encode()
    return found, time.process_time() - began


def test_a_damaged_operators_file_is_refused_in_words_or_right(tmp_path: Path) -> None:
    """What is accepted sends no password over a network in plain text."""
    dice = random.Random(20261123)
    (tmp_path / "routing").mkdir()
    path = tmp_path / "config.yaml"
    shipped = (ROOT / "config.yaml").read_bytes()
    right, longest = 0, 0.0
    for number in range(CONFIGS):
        path.write_bytes(damaged((shipped, PRODUCTION)[number % 2], dice))
        found, took = _read(path, lambda file: config.load(file, environment=ENVIRONMENT))
        longest = max(longest, took)
        if isinstance(found, Settings):
            right += 1
            assert found.mailboxes
            assert all("@" in addr for addr in found.own_addresses)
            for part in (found.outgoing, *(box.source for box in found.mailboxes.values())):
                if isinstance(part, GraphSettings):
                    continue  # always https
                local = isinstance(part, Path) or part.host in ("localhost", "127.0.0.1", "::1")
                assert isinstance(part, Path) or local or part.tls != "none"
    print(f"\nconfig.yaml: {CONFIGS} damaged, {right} still right, longest {longest:.2f} s")

    assert 0 < right < CONFIGS
    assert longest <= SECONDS


@pytest.mark.timeout(0 if LONG else 300)
def test_a_damaged_rules_file_is_refused_in_words_or_right(tmp_path: Path) -> None:
    """What is accepted is whole: every department and every level of severity is there."""
    dice = random.Random(20261124)
    folder = tmp_path / "lists"
    folder.mkdir()
    for file in (ROOT / "routing" / "lists").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "rules.yaml"
    shipped = (ROOT / "routing" / "rules.yaml").read_bytes()
    right, longest = 0, 0.0
    for _ in range(RULES):
        path.write_bytes(damaged(shipped, dice))
        found, took = _read(path, rules_file.load)
        longest = max(longest, took)
        if isinstance(found, RuleSet):
            right += 1
            policy = found.policy
            assert all(one.listed for one in policy.departments.values())
            assert policy.supervisors
            assert found.policy.version
    print(f"\nrules.yaml: {RULES} damaged, {right} still right, longest {longest:.2f} s")

    assert 0 < right < RULES
    assert longest <= SECONDS
