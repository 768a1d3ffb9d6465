"""Broken rule files: each is told at its line and column, in words, and soon.

All are made from the shipped file. `☞` stands where the mark of the message must be; it is taken
out before the file is read.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cases.errors import ConfigError, Problem
from pipeline.rules_file import load

SECONDS = 2.0  # the longest that anybody should wait for an answer
MARK = "☞"
INDENT = "Indent with blanks, never with tabs"
RULES = "\nrules:\n"
WHEN, THEN = "when: {words: [x]}", "then: {tags: [x]}"
LOSS = "          - [损失, 赔偿,"
QUALITY = "    manager: qa-head@example.com\n"
CARRIER = "    language: zh\n"


@dataclass(frozen=True)
class Broken:
    """What is done to the shipped file, and what must be said of it."""

    old: str
    new: str
    key: str
    what: str
    fix: str = ""


def in_rule(text: str, key: str, what: str, fix: str = "") -> Broken:
    """Return the shipped file with a rule above all others, of which one part is `text`."""
    other = WHEN if text.startswith("then") else THEN
    new = f"{RULES}  - name: Ours\n    {text}\n    {other}\n"
    return Broken(RULES, new, f"rules.0.{key}", what, fix)


def read(data: str | bytes, folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with a rules file, () if nothing is; it must not take long."""
    path = folder / "rules.yaml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    began = time.perf_counter()
    try:
        load(path)
    except ConfigError as error:
        assert str(error)
        return error.problems
    finally:
        assert time.perf_counter() - began < SECONDS
    return ()


@pytest.fixture
def shipped(root: Path) -> str:
    """The text of the shipped rules.yaml."""
    return (root / "routing" / "rules.yaml").read_text(encoding="utf-8")


@pytest.fixture
def told(shipped: str, tmp_path: Path) -> Callable[[Broken], Problem]:
    """Return a function that gives the problem at the mark of a broken file."""

    def run(broken: Broken) -> Problem:
        assert broken.old in shipped
        marked = shipped.replace(broken.old, broken.new, 1)
        assert marked.count(MARK) == 1
        before, after = marked.split(MARK)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        problems = read(before + after, tmp_path)
        here = [p for p in problems if (p.line, p.column, p.key) == (line, column, broken.key)]
        assert len(here) == 1, "\n".join(map(str, problems))
        assert here[0].excerpt == (before + after).split("\n")[line - 1]
        return here[0]

    return run


WRONG_NAMES = [
    Broken(
        "    department: delivery\n    needs",
        "    department: ☞delivry\n    needs",
        "categories.delivery.department",
        "unknown department 'delivry'",
        "Did you mean 'delivery'?",
    ),
    Broken(
        "        name: {zh: 异物, en: Foreign body}\n",
        "        name: {zh: 异物, en: Foreign body}\n        department: ☞Qualty\n",
        "categories.quality.sub.foreign_body.department",
        "unknown department 'Qualty'",
        "Did you mean 'quality'?",
    ),
    Broken(
        "enquiries: {department: service",
        "enquiries: {department: ☞serivce",
        "enquiries.department",
        "unknown department 'serivce'",
        "Did you mean 'service'?",
    ),
    Broken(
        QUALITY,
        f"{QUALITY}    stand_in: ☞servce\n",
        "departments.quality.stand_in",
        "unknown department 'servce'",
        "Did you mean 'service'?",
    ),
    Broken(
        QUALITY,
        f"{QUALITY}    stand_in: ☞quality\n",
        "departments.quality.stand_in",
        "can't stand in for itself",
        "Name another department",
    ),
    in_rule(
        "then: {department: ☞qualtiy}",
        "then.department",
        "unknown department 'qualtiy'",
        "Did you mean 'quality'?",
    ),
    in_rule(
        "then: {category: ☞qualty}",
        "then.category",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "Did you mean 'quality'?",
    ),
    in_rule(
        "then: {severity: ☞imporant}",
        "then.severity",
        "unknown severity level 'imporant'",
        "Did you mean 'important'?",
    ),
    in_rule(
        "when: {category: [quality, ☞delivry]}",
        "when.category.1",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "Did you mean 'delivery'?",
    ),
    in_rule(
        "when: {severity: [general, ☞seriuos]}",
        "when.severity",
        "unknown severity level 'seriuos'",
        "Did you mean 'serious'?",
    ),
    in_rule(
        "when: {category: quality, subcategory: ☞spoild}",
        "when.subcategory",
        "unknown sub-category 'spoild'",
        "Did you mean 'spoiled'?",
    ),
    in_rule(
        "when: {customer_list: ☞vip}",
        "when.customer_list",
        "unknown list of customers 'vip'",
    ),
    in_rule(
        "when: {attached: [☞foto]}",
        "when.attached.0",
        "should be 'photo', 'video'",
        "Did you mean 'photo'?",
    ),
    in_rule(
        "when: {all: [{not: {severity: ☞genral}}]}",
        "when.all.0.not.0.severity",
        "unknown severity level 'genral'",
        "Did you mean 'general'?",
    ),
    in_rule(
        "then: {ask_for: [batch, ☞foto]}",
        "then.ask_for.1",
        "unknown fact 'foto'",
        "Did you mean 'photo'?",
    ),
    Broken(
        "needs: [product|model, batch|serial|order]",
        "needs: [product|model, ☞batch|serail|order]",
        "categories.quality.needs.1",
        "unknown fact 'serail'",
        "Did you mean 'serial'?",
    ),
    Broken(
        "lists: [danger]",
        "lists: [☞dangr]",
        "severity.serious.any.danger.lists",
        "unknown list of words 'dangr'",
        "Did you mean 'danger'?",
    ),
    Broken(
        "languages: [zh, en]",
        "languages: [zh, ☞EN]",
        "languages.1",
        "should be 'zh' or 'en'",
        "Did you mean 'en'?",
    ),
    Broken(
        CARRIER,
        "    language: ☞chinese\n",
        "parties.carrier.language",
        "should be 'zh' or 'en'",
    ),
    Broken(
        "  severity:\n    serious:\n",
        "  severity:\n    ☞seriuos:\n",
        "process.severity.seriuos",
        "unknown severity level 'seriuos'",
        "Did you mean 'serious'?",
    ),
    Broken(
        "      - {to: [manager]} ",
        "      - {to: [☞manger]} ",
        "process.usual.escalation.0.to",
        "unknown step of the ladder 'manger'",
        "Did you mean 'manager'?",
    ),
    Broken(
        "objections: [reopen, management]",
        "objections: [reopen, ☞managment]",
        "process.usual.objections.1",
        "should be 'reopen', 'management'",
        "Did you mean 'management'?",
    ),
    Broken(
        "answer_needs: [cause]",
        "answer_needs: [☞cuase]",
        "process.severity.serious.answer_needs.0",
        "unknown part of an answer 'cuase'",
        "Did you mean 'cause'?",
    ),
    Broken(
        "  categories:\n    delivery:\n",
        "  categories:\n    ☞delivry:\n",
        "process.categories.delivry",
        "should be 'quality', 'service', 'delivery' or 'other'",
        "Did you mean 'delivery'?",
    ),
]

WRONG_KEYS = [
    Broken(
        "desk_name:", "☞desk_nmae:", "desk_nmae", "is no key we know", "Did you mean 'desk_name'"
    ),
    Broken(
        "  hours: Mon-Fri",
        "  ☞huors: Mon-Fri",
        "calendar.huors",
        "is no key",
        "Did you mean 'hours'",
    ),
    Broken(
        QUALITY,
        "    ☞manger: qa-head@example.com\n",
        "departments.quality.manger",
        "is no key we know",
        "Did you mean 'manager'?",
    ),
    Broken(
        "        unless: [虫草",
        "        ☞unles: [虫草",
        "categories.quality.sub.foreign_body.unles",
        "is no key we know",
        "Did you mean 'unless'?",
    ),
    Broken(
        "    alert: [gm@example.com]",
        "    ☞alrt: [gm@example.com]",
        "severity.serious.alrt",
        "is no key we know",
        "Did you mean 'alert'?",
    ),
    in_rule(
        "when: {☞wrods: [x]}",
        "when.wrods",
        "is no key we know",
        "Did you mean 'words'?",
    ),
    in_rule(
        "☞wehn: {category: [quality]}",
        "wehn",
        "is no key we know",
        "Did you mean 'when'?",
    ),
    in_rule(
        "when: {any: [{words: [x]}, {all: [{not: {☞catgory: quality}}]}]}",
        "when.any.1.all.0.not.catgory",
        "is no key we know",
        "Did you mean 'category'?",
    ),
    Broken(
        "    accept_within: 4",
        "    ☞acept_within: 4",
        "process.usual.acept_within",
        "is no key we know",
        "Did you mean 'accept_within'?",
    ),
    Broken(
        "confirm: {within: 7 days",
        "confirm: {☞witihn: 7 days",
        "process.usual.confirm.witihn",
        "is no key we know",
        "Did you mean 'within'?",
    ),
    Broken(
        "several: {above",
        "several: {☞<<: {below: 1}, above",
        "several.<<",
        "is no key we know",
    ),
]

WRONG_TYPES = [
    Broken("colleagues: []", "colleagues: ☞everybody", "colleagues", "should be a list"),
    Broken("management: [gm", "management: ☞5 #[gm", "management", "should be a list"),
    Broken("supervisors: [sup", "supervisors: ☞{a: b} #[", "supervisors", "should be a list"),
    Broken("languages: [zh, en]", "languages: ☞zh", "languages", "should be a list"),
    Broken("rules_version: 1", 'rules_version: ☞"1"', "rules_version", "should be 1"),
    Broken("below: 0.6", "below: ☞high", "unsure.below", "should be a valid number"),
    Broken("below: 0.6", "below: ☞.inf", "unsure.below", "should be"),
    Broken("below: 0.6", "below: ☞1e999", "unsure.below", "is too great for a number"),
    Broken("below: 0.6", "below: ☞-1e999", "unsure.below", "is too great for a number"),
    Broken("below: 0.6", f"below: ☞{'9' * 400}", "unsure.below", "should be"),
    Broken("below: 0.6", f"below: ☞{'9' * 9_000}", "unsure.below", "should be"),
    Broken("{above: 0.5", "{above: ☞-1", "several.above", "should be greater than or equal to 0"),
    Broken("ledger_day: 4", "ledger_day: ☞31", "process.ledger_day", "should be less than"),
    Broken(
        "ledger_day: 4", "ledger_day: ☞first", "process.ledger_day", "should be a valid integer"
    ),
    Broken("satisfaction: true", "satisfaction: ☞maybe", "process.usual.satisfaction", "should be"),
    Broken(
        "satisfaction: true", "satisfaction: ☞[true]", "process.usual.satisfaction", "should be"
    ),
    Broken(
        "manager: qa-head@example.com",
        "manager: ☞12315",
        "departments.quality.manager",
        "should be text",
        "Put it into quotes",
    ),
    Broken(
        "to: [quality@example.com]",
        "to: ☞quality@example.com",
        "departments.quality.to",
        "should be a list",
        "Write for example: [one, two]",
    ),
    Broken(
        "name: {zh: 质量部, en: Quality Department}",
        "name: ☞质量部",
        "departments.quality.name",
        "should be a block of keys",
    ),
    in_rule("when: ☞牛奶", "when", "should be a block of keys"),
    in_rule("then: ☞[quality]", "then", "should be a block of keys"),
    Broken(
        LOSS,
        "          - [☞5000, 赔偿,",
        "severity.serious.any.large_loss.words.0.0",
        "should be text",
        "Put it into quotes",
    ),
    Broken(
        "amount_above: 50000",
        "amount_above: ☞五万",
        "severity.serious.any.large_loss.amount_above",
        "should be a valid number",
    ),
    Broken("end: true", "end: ☞yes", "end", "should be True"),
    Broken(
        "    answer_within: 24 hours",
        "    answer_within: ☞24",
        "severity.serious.answer_within",
        "should be text",
        "Put it into quotes",
    ),
    Broken("numbers:\n  batch: [", "numbers:\n  batch: [☞1, ", "numbers.batch.0", "should be text"),
]

WRONG_VALUES = [
    Broken("Mon-Fri 08:30-17:30", "☞9 to 5", "calendar", "'9 to 5' are no hours"),
    Broken("Asia/Shanghai", "☞Asia/Shangai", "calendar", "'Asia/Shangai' is no time zone"),
    Broken("country: CN", "country: ☞China", "calendar", "'China' is no country"),
    Broken("holidays: []", "holidays: [☞Christmas]", "calendar", "'Christmas' is no date"),
    Broken(
        "to: [quality@example.com]",
        "to: [q1@example.com, ☞quality at example.com]",
        "departments.quality",
        "'quality at example.com' is no mail address",
        "Write name@company.example",
    ),
    Broken(
        'addresses: ["*@12345.example.com"]',
        'addresses: [☞"*12345.example.com"]',
        "referrers.hotline.addresses",
        "'*12345.example.com' is no mail address",
    ),
    Broken(
        "answer_within: 2 working days",
        "answer_within: ☞soon",
        "severity.important.answer_within",
        "'soon' is no limit",
    ),
    Broken(
        "take_best_guess_after: 4 working hours",
        "take_best_guess_after: ☞0 days",
        "unsure.take_best_guess_after",
        "'0 days' is no limit",
    ),
    Broken("{within: 7 days", "{within: ☞7 hours", "process.usual.confirm.within", "'7 hours' are"),
    Broken(
        "name: {zh: 重大, en: Serious}",
        "name: ☞{zh: 重大}",
        "severity.serious.name",
        "has no name in en",
        "Add en: …",
    ),
    Broken(
        "    any:\n      injury: {name: {zh: 有人受伤, en: injury}, lists: [injury]}\n",
        f"    any:\n      ☞{'x' * 33}: {{name: {{zh: 伤, en: y}}, lists: [injury]}}\n",
        f"severity.serious.any.{'x' * 33}",
        "has too long a key",
    ),
]

HOSTILE = [
    in_rule(f"when: {{words: [{entry}, y]}}", "when.words.0", what)
    for entry, what in (
        ('☞"(a|b"', "'(a|b': write alternatives as"),
        ('☞"(a|(b|c))"', "'(a|(b|c))': write alternatives as"),
        ('☞"a|b"', "'a|b': write alternatives as"),
        ('☞"a ~ b ~ c"', "'a ~ b ~ c' has more than one `~`"),
        ('☞"*fund"', "'*fund' has a star that is not at the end of a word"),
        ('☞"(|)"', "'(|)' has an empty part"),
        ('☞"~"', "'~' has an empty part"),
        ('☞""', "'' has an empty part"),
        ('☞" "', "' ' has an empty part"),
    )
] + [
    in_rule(f"when: {{regex: [x, ☞'{pattern}']}}", "when.regex.1", what)
    for pattern, what in (
        ("(", "'(' is no regular expression"),
        ("[a-", "'[a-' is no regular expression"),
        ("a{1001}", "'a{1001}' is no regular expression"),
        ("(?<=x)y", "'(?<=x)y' is no regular expression"),
        (r"(a)\1", "is no regular expression"),
        ("((a{100}){100}){100}", "'((a{100}){100}){100}' is no regular expression"),
        ("", "is empty, so it would match everything"),
        ("x*", "'x*' matches where nothing is"),
        ("(a*)*", "'(a*)*' matches where nothing is"),
        ("y" * 501, "has more than 500 characters"),
    )
]

BAD_FORM = [
    Broken(
        "supervisors: [",
        "☞languages: [zh]\nsupervisors: [",
        "languages",
        "is there twice",
        "Keep one of the two; the other is in line",
    ),
    Broken(
        "  delivery:\n    name: {zh: 物流部",
        "  ☞service:\n    name: {zh: 物流部",
        "departments.service",
        "is there twice",
    ),
    Broken(
        "      packaging:\n",
        "      ☞spoiled:\n",
        "categories.quality.sub.spoiled",
        "is there twice",
    ),
    in_rule(
        "then: {category: quality, ☞category: other}",
        "then.category",
        "is there twice",
    ),
    Broken("  hours: Mon", "☞\thours: Mon", "", "is no valid YAML", INDENT),
    Broken("    to: [service@", "  ☞\tto: [service@", "", "is no valid YAML", INDENT),
    Broken("  - name: Dairy", "☞\t- name: Dairy", "", "is no valid YAML", INDENT),
    Broken("  time_zone: Asia", "   time_zone☞: Asia", "", "is no valid YAML"),
    Broken("{zh: 客户投诉中心,", "{zh: ☞@客户投诉中心,", "", "is no valid YAML"),
    Broken("colleagues: []", "colleagues: ☞&a []", "colleagues", "uses an anchor or alias"),
    Broken("colleagues: []", "colleagues: ☞*nobody", "", "is no valid YAML"),
    Broken(
        "several: {above: 0.5}",
        "several: {above: ☞!!python/object/apply:os.system [reboot]}",
        "several.above",
        "should be a valid number",
    ),
    Broken(
        "several: {above: 0.5}",
        "several: {above: ☞!!python/object reboot}",
        "several.above",
        "has the tag tag:yaml.org,2002:python/object",
        "Leave tags (!…) out",
    ),
    Broken(
        "zh: 异物,",
        "zh: ☞!binary aGk=,",
        "categories.quality.sub.foreign_body.name.zh",
        "has the tag !binary",
    ),
    Broken("colleagues: []", f"colleagues: ☞{'[' * 30}{']' * 30}", "", "is nested too deeply"),
    Broken("colleagues: []", f"colleagues:\n  ☞{'- ' * 30}x", "", "is nested too deeply"),
    Broken("colleagues: []", "colleagues: [a☞\0b]", "", "holds U+0000"),
    Broken("colleagues: []", "colleagues: [a☞\x07b]", "", "holds U+0007"),
    Broken("质量部", "质☞\x1b[31m量部", "", "holds U+001B"),
    Broken("  quality:\n", "  ? ☞[a, b]\n  : 1\n  quality:\n", "departments", "a key must be"),
    Broken("\nend: true", "\n☞---\nend: true", "", "is no valid YAML"),
]


ALL = [*WRONG_NAMES, *WRONG_KEYS, *WRONG_TYPES, *WRONG_VALUES, *HOSTILE, *BAD_FORM]


@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.new.strip()[:60])
def test_a_broken_file_is_told_where_it_is_broken(
    broken: Broken, told: Callable[[Broken], Problem]
) -> None:
    """Line and column are those of the mark; key, words and remedy are those of the mistake."""
    found = told(broken)

    assert broken.what in found.what
    assert found.fix.startswith(broken.fix)


CUT = "is not the last key: the file was cut off or saved half-way"


@pytest.mark.parametrize("tenth", range(10))
def test_a_file_that_was_cut_is_told_so_or_where_it_ends(
    tenth: int, shipped: str, tmp_path: Path
) -> None:
    """Cut at every tenth of its bytes: not a line behind the cut is named."""
    data = shipped.encode()[: len(shipped.encode()) * tenth // 10]
    problems = read(data, tmp_path)
    last = data.count(b"\n") + 1

    assert problems
    assert all(p.line <= last for p in problems)
    for problem in problems:
        assert problem.what in (CUT, "holds no keys", "is not UTF-8") or problem.what.startswith(
            "is no valid YAML"
        )
        assert problem.line == (0 if problem.what in (CUT, "holds no keys") else last)


def test_a_bracket_that_is_left_open_says_where_it_began(shipped: str, tmp_path: Path) -> None:
    """The library sees it on the next line only."""
    broken = shipped.replace("languages: [zh, en]", "languages: [zh, en")
    (problem,) = read(broken, tmp_path)
    line = broken[: broken.index("languages: [")].count("\n") + 1

    assert problem.line == line + 1
    assert problem.fix == f"Look at line {line}, where this part begins"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a byte order mark", lambda text: "\ufeff" + text),
        ("lines that end as on Windows", lambda text: text.replace("\n", "\r\n")),
        ("lines that end as on old Macs", lambda text: text.replace("\n", "\r")),
        ("blanks at the ends of lines", lambda text: text.replace("\n", "  \n")),
        ("document markers", lambda text: f"---\n{text}...\n"),
        ("a line that says YAML 1.2", lambda text: f"%YAML 1.2\n---\n{text}"),
        (
            "departments that stand in for each other",
            lambda text: text.replace(QUALITY, f"{QUALITY}    stand_in: service\n").replace(
                "    manager: cs-head@example.com\n",
                "    manager: cs-head@example.com\n    stand_in: quality\n",
            ),
        ),
    ],
)
def test_what_editors_do_is_no_mistake(
    name: str, change: Callable[[str], str], shipped: str, tmp_path: Path
) -> None:
    """What nobody sees in the editor, and two departments that help each other."""
    assert change(shipped) != shipped, name
    assert read(change(shipped), tmp_path) == ()


def test_lines_and_columns_are_right_after_windows_has_saved_the_file(
    shipped: str, tmp_path: Path
) -> None:
    """The byte order mark is no sign of the first line, and a line ends once."""
    broken = shipped.replace("below: 0.6", "below: high").replace("\n", "\r\n")
    (problem,) = read("\ufeff" + broken, tmp_path)
    line = broken[: broken.index("below: high")].count("\n") + 1

    assert (problem.line, problem.column) == (line, len("unsure: {below: ") + 1)
    assert problem.excerpt == broken.split("\r\n")[line - 1]


@pytest.mark.parametrize(
    ("encoding", "what", "line"),
    [
        ("utf-16", "is not UTF-8", 1),
        ("utf-16-le", "is not UTF-8", None),
        ("gb18030", "is not UTF-8", None),
    ],
)
def test_another_encoding_is_named_with_the_first_line_that_shows_it(
    encoding: str, what: str, line: int | None, shipped: str, tmp_path: Path
) -> None:
    """UTF-16 by its first byte; the others where the first Chinese sign stands."""
    first = next(n for n, text in enumerate(shipped.split("\n"), 1) if not text.isascii())
    (problem,) = read(shipped.encode(encoding), tmp_path)

    assert (problem.line, problem.what) == (line or first, what)
    assert problem.fix == "Save it as UTF-8"


def test_utf_16_without_chinese_is_no_text(tmp_path: Path) -> None:
    """Every second byte is zero, which UTF-8 allows and no text has."""
    (problem,) = read("end: true\n".encode("utf-16-le"), tmp_path)

    assert (problem.line, problem.column) == (1, 2)
    assert problem.what == "holds U+0000, which is no sign of a text"


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("nothing", "", "holds no keys"),
        ("only comments", "# rules\n# rules\n", "holds no keys"),
        ("a list", "- a\n- b\n", "holds no keys"),
        ("a word", "rules", "holds no keys"),
        ("zeros", b"\0" * 4_096, "holds U+0000, which is no sign of a text"),
        ("random bytes", bytes(range(256)) * 16, "is not UTF-8"),
        ("5 MB of comments", "#" * 5_000_000, "is 5000000 bytes long"),
        ("5 MB of lines", "a: 1\n" * 1_000_000, "is 5000000 bytes long"),
        ("a bomb of aliases", BOMB, "uses an anchor or alias"),
        ("an alias of itself", "a: &a [*a]\n", "uses an anchor or alias"),
        ("a merge", "a: &a {b: 1}\nc:\n  <<: *a\n", "uses an anchor or alias"),
        ("brackets", "[" * 100_000, "is nested too deeply"),
        ("braces", "a: " + "{a: " * 50_000, "is nested too deeply"),
        ("dashes", "- " * 100_000 + "a", "is nested too deeply"),
        ("deep blocks", "".join(" " * n + "a:\n" for n in range(300)), "is nested too deeply"),
        ("a long line", f"end: true\nx: '{'x' * 900_000}\n", "is no valid YAML"),
        ("a long key", f"{'x' * 900}: 1\nend: true\n", "is no key we know"),
    ],
)
def test_what_is_no_rules_file_at_all_is_refused_soon(
    name: str, data: str | bytes, what: str, tmp_path: Path
) -> None:
    """Nothing is multiplied, nothing is read for ever."""
    assert any(problem.what.startswith(what) for problem in read(data, tmp_path)), name


def test_thousands_of_mistakes_are_told_soon(shipped: str, tmp_path: Path) -> None:
    """One word wrong everywhere must not take longer to tell than to read."""
    rule = "  - {name: x, when: {words: [x]}, then: {department: qualty}}\n"
    problems = read(shipped.replace("rules:\n", f"rules:\n{rule * 500}", 1), tmp_path)

    assert len([p for p in problems if p.fix == "Did you mean 'quality'?"]) == 500


def test_what_is_no_readable_file_says_why(tmp_path: Path) -> None:
    """A folder, a link that leads to itself, a file that is gone, one that others may not read."""
    loop, secret = tmp_path / "loop.yaml", tmp_path / "secret.yaml"
    loop.symlink_to(loop)
    secret.write_text("end: true\n", encoding="utf-8")
    secret.chmod(0)
    reasons = {
        tmp_path: "can't be read: Is a directory",
        loop: "can't be read: Too many levels of symbolic links",
        tmp_path / "gone.yaml": "there is no such file",
        tmp_path / "end.yaml" / "x": "there is no such file",
    }
    if os.geteuid():  # root may read everything
        reasons[secret] = "can't be read: Permission denied"
    for path, reason in reasons.items():
        with pytest.raises(ConfigError) as caught:
            load(path)
        (problem,) = caught.value.problems
        assert (problem.file, problem.line, problem.what) == (str(path), 0, reason)
        assert problem.fix
