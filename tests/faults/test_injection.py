"""Strangers' words stay words: in letters, pages, tables, terminals, headers and file names.

F100, F112, F113, F114, F120, F121.
"""

import ast
import csv
import io
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

import run
from cases.incoming import Address
from cases.model import Letter
from cases.outgoing import OutgoingMail
from ingest.attachments import MAX_NAME, safe_name
from outbox.mime import build
from templates.page import render_page
from templates.render import Letters
from tests.cases.test_store import open_case
from tests.conftest import MakeRaw
from tests.faults.payloads import FORMULAS, MARKUP, TEMPLATE_CODE, TURNED
from tests.outbox.conftest import make_outgoing as make_outgoing
from tests.outbox.test_mime import OURS, SEPARATORS, assert_sendable, head
from tests.pipeline.conftest import Office
from tests.pipeline.conftest import office as office
from tests.pipeline.test_life import CUSTOMER, QUALITY
from tests.templates.test_render import SAMPLES, STEERING, _spoil

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("FAULTS") == "long"
HEADERS = 100_000 if LONG else 2_000
NAMES = 10_000


@pytest.fixture(scope="module")
def letters(shipped_letters: Letters) -> Letters:
    """The shipped letters."""
    return shipped_letters


class _Shape(HTMLParser):
    """What a browser would act on: tags, names of attributes and all links, in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[object] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" and not attrs:
            return  # a line end of theirs
        kept = [
            (name, value if name != "href" else (value or "").partition(":")[0])
            for name, value in attrs
        ]
        self.parts.append((tag, tuple(kept)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(tag)

    def handle_comment(self, data: str) -> None:
        self.parts.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.parts.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.parts.append("instruction")

    def unknown_decl(self, data: str) -> None:
        self.parts.append("unknown")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def spoilt(letter: Letter, word: str) -> Letter:
    """Return a letter with every text of its facts replaced."""
    facts = {
        name: fact if name in STEERING else _spoil(fact, word)
        for name, fact in letter.facts.items()
    }
    return replace(letter, facts=facts)


# ---------------------------------------------------------------- letters and pages


def test_template_code_of_no_engine_is_computed(letters: Letters) -> None:
    """In every fact of every letter, in both languages; each kind in a seventh of them (F112)."""
    tried = 0
    for start in range(4):
        codes = cycle(TEMPLATE_CODE[start * 6 :] + TEMPLATE_CODE[: start * 6])
        for letter, code in zip(SAMPLES, codes, strict=False):
            written = letters.render(spoilt(letter, code))
            shown = "".join(_Shape(written.html).words)
            assert code in shown or code.strip() in shown, (letter.name, code)
            for place in (written.subject, written.text, written.html):
                assert "60481729" not in place
                assert "<class" not in place
            tried += 1
    print(f"\ntemplate code: {tried} letters, computed 0")


def test_no_markup_of_a_stranger_is_active_in_a_letter(letters: Letters) -> None:
    """Every letter, and 500 payloads: tags and attributes are those of harmless words (F114)."""
    usual: set[object] = set()
    for letter in SAMPLES:
        for word in ("harmless", "two lines,\nharmless: and long " + "x" * 90):
            usual.update(_Shape(letters.render(spoilt(letter, word)).html).parts)
    tried = set()
    for number, word in enumerate(MARKUP):
        for at in {number % len(SAMPLES), (number * 7 + 3) % len(SAMPLES)}:
            html = letters.render(spoilt(SAMPLES[at], word)).html
            assert set(_Shape(html).parts) <= usual, (SAMPLES[at].name, word)
            tried.add(at)
    print(f"\nmarkup: {len(MARKUP)} payloads over {len(tried)} letters, active 0")

    assert len(MARKUP) == 500
    assert len(tried) == min(len(SAMPLES), 500)
    assert len(usual) < 200, "or anything would be usual"


def _page(words: tuple[str, ...]) -> str:
    """Return the page of a replay whose every word is one of `words`."""
    pick = cycle(words)
    names = (
        *("case", "what", "why", "rule", "changes", "rules_hit", "none_change", "before", "after"),
    )
    cases = [
        {
            "reference": next(pick),
            "when": next(pick),
            "subject": next(pick),
            "complainant": next(pick),
            "changes": [{"kind": next(pick), "before": next(pick), "after": next(pick)}],
            "why": [next(pick)],
        }
        for _ in range(100)
    ]
    values: dict[str, object] = {
        "language": "en",
        "title": next(pick),
        "head": [next(pick), next(pick)],
        "notes": [next(pick)],
        "cases": cases,
        "more": next(pick),
        "kinds": [(next(pick), 3)],
        "rules": [{"name": next(pick), "before": "1", "after": "0", "never": True}],
        "words": {name: next(pick) for name in names},
    }
    return render_page("replay", values)


def test_no_markup_of_a_stranger_is_active_in_a_page() -> None:
    """The page of a replay, all 500 in it (F114)."""
    assert _Shape(_page(MARKUP)).parts == _Shape(_page(("harmless",))).parts


def test_these_are_all_the_html_we_write() -> None:
    """Whoever adds a page adds it here: letters and one page, all by Jinja with escaping on."""
    pages = {path.name for path in (ROOT / "templates").rglob("*.html*")}
    others = {name for name in pages if not name.endswith(".html.j2")}
    folders = {path.relative_to(ROOT).parts[1] for path in (ROOT / "templates").rglob("*.html.j2")}
    escaping = (ROOT / "templates" / "words.py").read_text(encoding="utf-8")

    assert not others
    assert folders == {"letters", "pages"}
    assert [path.name for path in (ROOT / "templates" / "pages").iterdir()] == ["replay.html.j2"]
    assert 'autoescape=select_autoescape(("html.j2",)' in escaping


# ---------------------------------------------------------------- tables


def test_no_cell_of_an_export_is_computed(
    office: Office,
    make_raw: MakeRaw,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Text, subject and name of nearly 400 complaints, with persons and without (F121)."""
    monkeypatch.setattr("pipeline.commands_cases.opened", lambda *_a, **_k: office.desk)
    _fill(office, FORMULAS)
    computed, cells = [], 0
    for options in ((), ("--anonymised",)):
        monkeypatch.setattr(
            sys, "argv", ["run.py", "cases", "export", *options, "-c", str(config_file)]
        )
        with pytest.raises(SystemExit):
            run.main()
        rows = [*csv.reader(io.StringIO(capsys.readouterr().out, newline=""))]
        assert len(rows) == len(FORMULAS) + 1
        for row in rows[1:]:
            cells += len(row)
            # Programs look behind blanks, and Chinese and Japanese ones at wide signs as well.
            computed += [cell for cell in row if _seen(cell)[:1] in tuple("=+-@\t\r\n＝＋－＠")]
    print(f"\nformulas: {len(FORMULAS)} in {cells} cells, computed {len(computed)}")

    assert [cell for cell in computed if cell] == []


def _seen(cell: str) -> str:
    return cell.strip(" \u00a0\u200b")


def _fill(office: Office, words: tuple[str, ...]) -> None:
    """Open a case for each of `words`: they are its text, its subject and who complains."""
    with office.desk.store.begin() as tx:
        for number, word in enumerate(words, 1):
            open_case(
                tx,
                office.now,
                inbox_id=number,
                complainant=Address(addr=f"{number}@customer.example", name=word),
                subject=word,
                text=word,
            )


def test_we_write_no_workbook() -> None:
    """Spreadsheets are read, never written: CSV and JSON are all there is to make safe (F121)."""
    writes = []
    for package in ("cases", "classify", "ingest", "outbox", "pipeline", "routing", "templates"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            names |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
            writes += [str(path)] if names & {"Workbook", "xlsxwriter", "to_excel"} else []
            if names & {"DictWriter", "writer"} and "csv" in names:
                writes += [] if path.name == "commands_cases.py" else [str(path)]

    assert writes == []


# ---------------------------------------------------------------- terminals


def test_no_name_commands_a_terminal_or_turns_the_words_around(
    office: Office,
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names and subjects in lists, files of cases and registers: what is hidden is shown (F100)."""
    for module in ("commands", "commands_cases", "commands_registers"):
        monkeypatch.setattr(f"pipeline.{module}.opened", lambda *_a, **_k: office.desk)
    _fill(office, TURNED)
    said = ""
    calls: list[tuple[str, ...]] = [
        ("cases", "show", f"C-2026-{number:06d}") for number in range(1, len(TURNED), 9)
    ]
    calls += [("cases", "list", "--limit", "300")]
    for words in calls:
        monkeypatch.setattr(sys, "argv", ["run.py", *words, "-c", str(config_file)])
        with pytest.raises(SystemExit) as caught:
            run.main()
        assert not caught.value.code, words
        said += capsys.readouterr().out
    shown = {mark for mark in said if not mark.isprintable()} - {"\n"}

    assert len(said) > 10_000
    assert shown == set()


def test_no_name_turns_the_words_of_a_letter_around(letters: Letters) -> None:
    """To staff as to complainants: names, subjects and file names are one clean line (F100)."""
    for number, name in enumerate(TURNED):
        letter = SAMPLES[number % len(SAMPLES)]
        facts = {
            key: _spoil(fact, name)
            if key in ("complainant", "complainant_name", "attachments")
            else fact
            for key, fact in letter.facts.items()
        }
        written = letters.render(replace(letter, facts=facts))
        for place in (written.subject, written.text, written.html):
            hidden = {mark for mark in place if not mark.isprintable()} - {"\n", "\u3000", "\u00a0"}
            assert hidden == set(), (letter.name, name)


# ---------------------------------------------------------------- headers


@pytest.mark.timeout(0 if LONG else 300)
def test_no_words_break_a_header_out_of_thousands(
    make_outgoing: Callable[..., OutgoingMail],
) -> None:
    """Separators, encoded words and long runs at random places of every field we write (F113)."""
    dice = Random(20261123)
    pieces = (
        *SEPARATORS,
        *("Bcc: mallory@x.example", "Content-Type: text/html", "=?utf-8?q?=0d=0aBcc:_x?=", "=?"),
        *("?=", ": ", "<", ">", '"', "\\", ",", ";", "(", "王", "é" * 40, "x" * 300, "\ud800"),
        *("\r\n\r\n<script>", "\r\n.\r\n", "--boundary", "From ", "=0A", "%0d%0a", "\\r\\n"),
    )

    def words() -> str:
        return "".join(dice.choice(pieces) for _ in range(dice.randint(1, 9)))

    for number in range(HEADERS):
        mail = make_outgoing(
            subject=words(),
            to=Address(addr="a@b.example", name=words()),
            sender=Address(addr="complaints@example.com", name=words()),
            in_reply_to=words() if number % 2 else "1@customer.example",
            references=(words(), "ok@b.example"),
            original=words().encode("utf-8", "replace") if number % 3 == 0 else None,
            files={words(): b"x"} if number % 5 == 0 else {},
        )
        data = build(mail)
        assert_sendable(data)
        found = head(data)
        assert set(found) <= OURS, (number, found)
        assert len(found) == len(set(found)), (number, found)
    print(f"\nheaders out: {HEADERS} mails, injected 0")


# ---------------------------------------------------------------- files


def test_no_name_of_an_attachment_is_a_path() -> None:
    """Ten thousand: up, absolute, devices, streams, hidden, endless, turned around (F120)."""
    dice = Random(20261123)
    pieces = (
        *(
            "../",
            "..\\",
            "/",
            "\\",
            "C:",
            "~",
            ".",
            "..",
            "\0",
            "\r\n",
            "\u202e",
            "\u200b",
            "%2e%2e",
        ),
        *(
            "CON",
            "nul",
            "COM1",
            ".htaccess",
            "passwd",
            "a",
            "长",
            "．．／",
            "::$DATA",
            " ",
            "\ud800",
        ),
        *("x" * 4000, "::$DATA", ".exe", ".pdf.", "-rf", "$(id)", "`id`", "|id", ";id", "\x1b[2J"),
    )
    for number in range(NAMES):
        name = "".join(dice.choice(pieces) for _ in range(dice.randint(1, 7)))
        safe = safe_name(name, "application/pdf", number)
        assert safe.strip(". ")
        assert len(safe.encode()) <= MAX_NAME
        assert not set(safe) & set("/\\:\0\r\n\u202e\u200b\x1b"), name
        assert not safe.startswith((".", "~")), name
        folder = Path("/store")
        assert (folder / safe).parent == folder


def test_a_mail_with_hostile_file_names_writes_no_file(
    office: Office, make_raw: MakeRaw, tmp_path: Path
) -> None:
    """Files stay in the mail, and the mail in the database (F120)."""
    before = {path for path in tmp_path.rglob("*") if "desk.db" not in path.name}
    names = ("../../x", "/tmp/x", "C:\\x", "desk.db", "config.yaml", ".htaccess", "a\0b")  # noqa: S108 - that is the test
    head_, _, body = make_raw().partition(b"\r\n\r\n")
    parts = b"".join(
        b'--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="%b"'
        b"\r\n\r\nDATA\r\n" % name.encode()
        for name in names
    )
    kept = [line for line in head_.split(b"\r\n") if not line.startswith(b"Content-")]
    kept.append(b"Content-Type: multipart/mixed; boundary=x")
    office.take(b"\r\n".join(kept) + b"\r\n\r\n--x\r\n\r\n" + body + b"\r\n" + parts + b"--x--")
    office.deliver()

    assert office.tray.to(QUALITY)
    assert office.tray.to(CUSTOMER)
    assert {path for path in tmp_path.rglob("*") if "desk.db" not in path.name} == before
