"""HTML to text: readable, without what is hidden, in linear time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.htmltext import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<BR/>Three", "One\nTwo\nThree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<ul><li>tea<li>milk</ul>", "- tea\n- milk"),
        ("<ol><li>first</li><li>second</li></ol>", "1. first\n2. second"),
        (
            "<table><tr><td>Order</td><td>88</td></tr><tr><td>Qty</td><td>2</td></tr></table>",
            "Order\t88\nQty\t2",
        ),
        ("a &lt; b &amp; c&nbsp;d &#20013;", "a < b & c d 中"),
        ("  many\n   blanks\t here ", "many blanks here "),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<b>b</b>c", "abc"),
        ("<a href='https://x.example'>link</a>", "link"),
        ("", ""),
    ],
)
def test_markup_becomes_lines(html: str, text: str) -> None:
    """Paragraphs, lists, tables and line breaks stay visible in plain text."""
    assert html_to_text(html) == text.rstrip()


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x('SECRET')</script>",
        "<style>p{content:'SECRET'}</style>",
        "<head><title>SECRET</title></head>",
        "<!-- SECRET -->",
        "<div style='display: none'>SECRET<div>SECRET</div>SECRET</div>",
        '<span style="visibility:hidden">SECRET</span>',
        "<p hidden>SECRET</p>",
        "<del>SECRET</del>",
        "<s>SECRET</s>",
        "<span style='text-decoration: line-through'>SECRET</span>",
        "<svg><text>SECRET</text></svg>",
        "<?xml SECRET?>",
        "<img alt='SECRET'>",
    ],
)
def test_what_a_reader_would_not_see_is_left_out(hidden: str) -> None:
    """Scripts, styles, comments and hidden elements say nothing (F105)."""
    assert html_to_text(f"before {hidden}after").split() == ["before", "after"]


@pytest.mark.parametrize(
    "html",
    [
        "<div style='display:none'>words",
        "<!-- words",
        "<style>words",
        "<script>words",
        "1 < 2 words",
        "<words@example.com> words",
        "<p title='a hidden thing'>words</p>",
        "<td style='font-size:0px'><span style='font-size:13px'>words</span></td>",
        "words<a href='x",
        "words <b",
    ],
)
def test_broken_markup_never_swallows_words(html: str) -> None:
    """What is hidden only as long as its end is missing, or is no markup at all, stays."""
    assert "words" in html_to_text(html)


def test_quotations_are_marked() -> None:
    """A blockquote that cites is marked like in plain text; an indented paragraph is not."""
    assert html_to_text("new<blockquote type='cite'>old<br>older</blockquote>") == (
        "new\n\n> old\n> older"
    )
    assert html_to_text("<blockquote>indented</blockquote>") == "indented"


def test_gmail_signatures_are_marked() -> None:
    """A signature that only its class tells from words gets the marks of RFC 3676."""
    html = "<div>Please call.</div><div class='gmail_signature'>Ann, Sales</div>"

    assert html_to_text(html) == "Please call.\n--\nAnn, Sales"


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        '<a ">',
        "<a '",
        "<!--",
        "<!",
        "<script>",
        "<",
        "&",
        "<p hidden>",
        "<table><tr><td>",
        "<blockquote type=cite>",
        "<ul><li>",
        "</div>",
        "<br>",
    ],
)
def test_no_markup_takes_long(piece: str) -> None:
    """Time is linear in length for every repetition of markup (reliability 0.5)."""
    began = time.perf_counter()
    html_to_text(piece * (200_000 // len(piece)))

    assert time.perf_counter() - began < 2


@settings(deadline=None)
@given(st.text(alphabet="<>/!-='\" \nabdivhnspqr&;#", max_size=200))
def test_no_markup_defeats_the_reader(html: str) -> None:
    """Any mess of markup gives text."""
    assert isinstance(html_to_text(html), str)
