"""How values become words: times, sizes, names, lines and quotations."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from templates.words import as_line, brief_moment, moment, quoted

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", SHANGHAI, "Tue 24 Nov 2026, 17:30 (Asia/Shanghai)"),
        ("zh", SHANGHAI, "2026年11月24日（周二）17:30（北京时间）"),
        ("en", BERLIN, "Tue 24 Nov 2026, 10:30 (Europe/Berlin)"),
        ("zh", BERLIN, "2026年11月24日（周二）10:30（Europe/Berlin）"),
        ("fr", BERLIN, "Tue 24 Nov 2026, 10:30 (Europe/Berlin)"),
    ],
)
def test_a_time_is_written_as_the_reader_writes_it(
    language: str, zone: ZoneInfo, words: str
) -> None:
    """A time is shown in the desk's zone, in the reader's form, with the zone named."""
    assert moment(DUE, language=language, zone=zone) == words


def test_a_subject_has_a_short_time() -> None:
    """Subjects give day and time only."""
    assert brief_moment(DUE, language="en", zone=SHANGHAI) == "Tue 24 Nov 17:30"
    assert brief_moment(DUE, language="zh", zone=SHANGHAI) == "11月24日（周二）17:30"


def test_midnight_belongs_to_the_readers_day() -> None:
    """16:30 UTC is already the next day in Shanghai."""
    late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)

    assert moment(late, language="en", zone=SHANGHAI) == "Fri 1 Jan 2027, 00:30 (Asia/Shanghai)"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\nlines", "two lines"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("nul\x00 bell\x07", "nul bell"),
        ("abc\u202edef", "abcdef"),
        ("zero\u200bwidth", "zerowidth"),
        ("  many   spaces　here ", "many spaces here"),
        ("👩\u200d🔧 stays", "👩\u200d🔧 stays"),
    ],
)
def test_a_value_becomes_one_clean_line(text: str, line: str) -> None:
    """Line ends become spaces, and characters nobody can see are dropped."""
    assert as_line(text) == line


def test_a_long_line_is_cut_with_a_mark() -> None:
    """A cut line is as long as allowed and ends in an ellipsis."""
    assert as_line("x" * 500, limit=10) == "x" * 9 + "…"


def test_a_quotation_breaks_english_at_spaces() -> None:
    """A long English line is broken between words."""
    rows = quoted("really " * 30, limit=1000).splitlines()

    assert len(rows) == 3
    assert all(row.endswith("really") and len(row) <= 74 for row in rows)


def test_a_quotation_breaks_chinese_within_the_line_but_not_before_a_stop() -> None:
    """Chinese is broken after 36 characters, and no line begins with a full stop."""
    rows = quoted("水" * 36 + "。" + "火" * 10, limit=1000).splitlines()

    assert rows == ["> " + "水" * 36 + "。", "> " + "火" * 10]


def test_a_quotation_is_cut_with_a_mark() -> None:
    """Beyond the limit a quotation ends in […]."""
    assert quoted("abcdef", limit=3) == "> abc […]"


def test_empty_lines_of_a_quotation_have_no_trailing_space() -> None:
    """An empty line is quoted as a bare mark; many are shown as one."""
    assert quoted("a\n\n\n\n\nb", limit=99) == "> a\n>\n> b"
