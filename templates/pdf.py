"""Blocks of text → a PDF with header, footer and page numbers. The only user of reportlab.

Chinese is set in STSong-Light, a font that PDF readers bring along (Adobe-GB1); nothing is
embedded. A character it lacks stands as its number. Whatever a text says, it is shown as text.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

Kind = Literal["title", "heading", "pair", "line", "small", "words"]

CHINESE = "STSong-Light"
_CJK = 0x2E80
_TAB = "    "
_STYLES = {
    "title": {"fontSize": 16, "leading": 22, "spaceAfter": 8},
    "heading": {"fontSize": 12, "leading": 16, "spaceBefore": 12, "spaceAfter": 4},
    "pair": {"leftIndent": 36 * mm, "bulletIndent": 0, "spaceAfter": 2},
    "line": {"spaceBefore": 3},
    "small": {"fontSize": 8, "leading": 11, "leftIndent": 6 * mm, "textColor": "#555555"},
    "words": {"fontSize": 9, "leading": 13, "leftIndent": 6 * mm, "textColor": "#222222"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document: a heading, a line, a value behind its label, somebody's words."""

    kind: Kind
    text: str
    label: str = ""  #: of a pair


def build(blocks: Iterable[Block], *, title: str, header: str, pages: str) -> bytes:
    """Return the document; `pages` says how pages are counted, with {page} and {of}."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    story: list[Any] = []
    for block in blocks:
        story += _flowables(block)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=title,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
        invariant=1,
    )

    class Numbered(_Numbered):
        top, bottom = header, pages

    document.build(story or [Spacer(1, 1)], canvasmaker=Numbered)
    return out.getvalue()


class _Numbered(Canvas):  # type: ignore[misc] # reportlab has no types
    """A canvas that writes header and footer once it knows how many pages there are."""

    top = bottom = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            width, height = A4
            self._centred(height - 12 * mm, self.top)
            self._centred(10 * mm, self.bottom.format(page=number, of=len(self._pages)))
            self.setStrokeColor("#bbbbbb")
            self.line(20 * mm, height - 15 * mm, width - 20 * mm, height - 15 * mm)
            super().showPage()
        super().save()

    def _centred(self, y: float, text: str) -> None:
        runs = [(font, part) for font, part in _runs(shown(text))]
        x = (A4[0] - sum(pdfmetrics.stringWidth(part, font, 8) for font, part in runs)) / 2
        for font, part in runs:
            self.setFont(font, 8)
            self.drawString(x, y, part)
            x += pdfmetrics.stringWidth(part, font, 8)


def _flowables(block: Block) -> list[Any]:
    lines = block.text.splitlines() or [""]
    found = []
    for number, line in enumerate(lines):
        style = _style(block.kind, line)
        marked = _marked(line) or "&nbsp;"
        if block.label and number == 0:
            marked = f'<bullet color="#555555">{_marked(block.label)}</bullet>{marked}'
        found.append(Paragraph(marked, style))
    return found


def _style(kind: str, line: str) -> ParagraphStyle:
    wraps = "CJK" if any(ord(mark) >= _CJK for mark in line) else None
    base = {"fontName": "Helvetica", "fontSize": 9.5, "leading": 14, "splitLongWords": 1}
    return ParagraphStyle(kind, **{**base, **_STYLES[kind], "wordWrap": wraps})


def _marked(text: str) -> str:
    """Return a line as reportlab's markup: nothing of it is markup but the fonts."""
    parts = []
    for font, part in _runs(shown(text)):
        safe = escape(part, {'"': "&quot;"})
        parts.append(safe if font == "Helvetica" else f'<font name="{font}">{safe}</font>')
    return "".join(parts)


def _runs(text: str) -> Iterable[tuple[str, str]]:
    """Yield (font, part) so that each part is set in one font."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _font(text[end]) != _font(text[start]):
            yield _font(text[start]), text[start:end]
            start = end


def _font(mark: str) -> str:
    return "Helvetica" if ord(mark) < 0x100 else CHINESE


def shown(text: str) -> str:
    """Return a line in characters that can be printed; others as [U+1F4A9]."""
    return "".join(_visible(mark) for mark in text.replace("\t", _TAB))


def _visible(mark: str) -> str:
    if " " <= mark <= "~" or "\xa1" <= mark <= "\xff":
        return mark
    if mark == "\xa0":
        return " "
    try:
        mark.encode("gbk")
    except UnicodeEncodeError:
        return f"[U+{ord(mark):04X}]"
    return mark if mark.isprintable() or mark == "\u3000" else f"[U+{ord(mark):04X}]"
