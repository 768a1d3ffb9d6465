"""HTML to readable text, in linear time whatever the markup (reliability 0.5, F105).

A scanner, not a browser: nothing is fetched, nothing is run, what a reader would not see is left
out as long as its end is found. Quotations keep a "> " so that history can be told from new words.
"""

import html as entities
import re
from typing import Final

MAX_HTML: Final = 2 * 1024 * 1024  # characters
MAX_QUOTE_DEPTH: Final = 8

_TAG: Final = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_HIDDEN: Final = re.compile(
    r"(?i)(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all|"
    r"text-decoration(?:-line)?\s{0,3}:\s{0,3}line-through)"
)
_HIDDEN_WORD: Final = re.compile(r"(?i)(?:^|\s)hidden(?:\s|=|/|$)")
_VALUES: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_SIGNATURE: Final = re.compile(
    r"(?i)class\s{0,3}=\s{0,3}[\"']?(?:gmail|protonmail)_signature[\"'\s>]"
)
_QUOTE: Final = re.compile(
    r"(?i)type\s{0,3}=\s{0,3}[\"']?cite|gmail_quote|moz-cite|yahoo_quoted|protonmail_quote"
)
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n){2,}")

_AFTER_NAME: Final = frozenset(" \t\r\n\f/>")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Nobody who strikes words out wants them read, let alone sent on.
_SKIPPED: Final = _names(
    "script style title head template select svg math object iframe del s strike"
)
_RAW: Final = _names("script style title")
_VOID: Final = _names("area base br col embed hr img input link meta param source track wbr")
_PARAGRAPH: Final = _names("p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre form fieldset")
_BLOCK: Final = _names(
    "div tr li dt dd address article aside center footer header main nav section caption thead "
    "tbody tfoot hr figure figcaption body html option legend details summary"
)


def html_to_text(html: str) -> str:
    """Return the text a reader of `html` would see; total, linear in the length of `html`."""
    writer = _Writer()
    for token in _tokens(html[:MAX_HTML]):
        writer.take(*token)
    return writer.text()


def _tokens(html: str) -> list[tuple[str, bool, str, str]]:
    """Cut markup into (tag or "", is it an end tag, attributes, text)."""
    found: list[tuple[str, bool, str, str]] = []
    at, size, last = 0, len(html), html.rfind(">")
    unclosed: set[str] = set()
    while at < size:
        start = html.find("<", at)
        if start < 0:
            start = size
        if start > at:
            found.append(("", False, "", html[at:start]))
        if start == size:
            break
        tag = _TAG.match(html, start + 1)
        end = _end_of_tag(html, tag.end()) if tag and start < last else 0
        if tag is None or not end:
            at = _after_markup(html, start, unclosed)
            if at == start:
                found.append(("", False, "", "<"))
                at = start + 1
            continue
        name = tag[2].lower()
        if name in _RAW and not tag[1]:
            at = _after_raw(html, name, end, unclosed)
            continue
        found.append((name, bool(tag[1]), html[tag.end() : end - 1], ""))
        at = end
    return found


def _after_markup(html: str, start: int, unclosed: set[str]) -> int:
    """Return the place after a comment, declaration or instruction, `start` if it is none."""
    if html.startswith("<!--", start):
        if "-->" not in unclosed:
            end = html.find("-->", start + 2)
            if end >= 0:
                return end + 3
            unclosed.add("-->")
        return start + 4
    if html.startswith(("<!", "<?"), start) and ">" not in unclosed:
        end = html.find(">", start)
        if end >= 0:
            return end + 1
        unclosed.add(">")
    return start


def _end_of_tag(html: str, at: int) -> int:
    """Return the place after the ">" that ends a tag, looking past a quoted ">"; 0 if it is none.

    `<someone@example.com>`, not escaped as it should be, is text and not a tag.
    """
    if html[at : at + 1] not in _AFTER_NAME:
        return 0
    end = html.find(">", at)
    for mark in "\"'":
        if html.count(mark, at, end) % 2 and html.find("=" + mark, at, end) >= 0:
            close = html.find(mark, end, end + 2000)
            later = html.find(">", close, close + 2000) if close >= 0 else -1
            if later >= 0 and html.find("<", end, close) < 0:
                return later + 1
    return end + 1


def _after_raw(html: str, name: str, at: int, unclosed: set[str]) -> int:
    if name not in unclosed:
        end = re.compile(rf"</{name}\s{{0,20}}>?", re.IGNORECASE).search(html, at)
        if end is not None:
            return end.end()
        unclosed.add(name)
    return at


def _is_hidden(attributes: str) -> bool:
    if _HIDDEN.search(attributes):
        return True
    return "hidden" in attributes and bool(_HIDDEN_WORD.search(_VALUES.sub("", attributes)))


class _Writer:
    """Turns tokens into lines."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.hidden: list[tuple[str, int, int]] = []  #: (tag, nesting, length of out at its start)
        self.quotes: list[bool] = []  #: one for each open blockquote: is it a quotation
        self.lists: list[int] = []  #: next number of each open list, 0 for bullets
        self.pre = 0
        self.at_line_start = True
        self.link = ""

    def take(self, name: str, ends: bool, attributes: str, text: str) -> None:
        if not name:
            self._write(text)
            return
        if name not in _VOID and not attributes.endswith("/"):
            self._watch_hidden(name, ends, attributes)
        if attributes and not ends and _SIGNATURE.search(attributes[:1000]):
            self._signature()
        if name == "br":
            self._newline()
        elif name == "blockquote":
            self._blockquote(ends, attributes)
        elif name in ("td", "th") and not ends:
            if not self.at_line_start:
                self.out.append("\t")
        elif name in _PARAGRAPH:
            self._paragraph(name, ends)
        elif name in _BLOCK:
            self._line(name, ends)
        elif name == "img" and self.at_line_start is False:
            self._write(" ")

    def text(self) -> str:
        text = "".join(self.out)
        text = _BLANK_LINES.sub("\n\n", text)
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")

    def _write(self, text: str) -> None:
        text = (
            entities.unescape(text).replace("\xa0", " ") if "&" in text or "\xa0" in text else text
        )
        if not self.pre:
            text = _SPACES.sub(" ", text)
            if self.at_line_start:
                text = text.lstrip(" ")
        if not text:
            return
        if self.at_line_start:
            self.out.append(self._prefix())
        if self.pre and "\n" in text and any(self.quotes):
            text = text.replace("\n", "\n" + self._prefix())
        self.out.append(text)
        self.at_line_start = text.endswith("\n")

    def _prefix(self) -> str:
        return "> " * min(sum(self.quotes), MAX_QUOTE_DEPTH)

    def _newline(self) -> None:
        if self.at_line_start and any(self.quotes):
            self.out.append(self._prefix().rstrip())
        self.out.append("\n")
        self.at_line_start = True

    def _fresh_line(self) -> None:
        if not self.at_line_start:
            self._newline()

    def _paragraph(self, name: str, ends: bool) -> None:
        self._fresh_line()
        if name in ("ul", "ol"):
            if ends and self.lists:
                self.lists.pop()
            elif not ends and len(self.lists) < 64:
                self.lists.append(int(name == "ol"))
        if name == "pre":
            self.pre = max(0, self.pre + (-1 if ends else 1))
        if self.out and name != "table" and len(self.lists) < 2:
            self._newline()

    def _signature(self) -> None:
        """Mark a signature as plain text does (RFC 3676 §4.3), unless it is marked already."""
        self._fresh_line()
        if "".join(self.out[-4:]).strip()[-2:] != "--":
            self._write("-- ")
            self._newline()

    def _line(self, name: str, ends: bool) -> None:
        self._fresh_line()
        if name == "li" and not ends:
            if self.lists and self.lists[-1]:
                self._write(f"{self.lists[-1]}. ")
                self.lists[-1] += 1
            elif self.lists:
                self._write("- ")

    def _blockquote(self, ends: bool, attributes: str) -> None:
        self._fresh_line()
        if ends:
            if self.quotes:
                self.quotes.pop()
        elif len(self.quotes) < 256:
            self.quotes.append(bool(_QUOTE.search(attributes[:1000])))
        self.out.append("\n")

    def _watch_hidden(self, name: str, ends: bool, attributes: str) -> None:
        """Drop what stood between a hidden tag and its end; without an end it stays."""
        if self.hidden:
            tag, nesting, start = self.hidden[-1]
            if name == tag:
                nesting += -1 if ends else 1
                self.hidden[-1] = (tag, nesting, start)
                if nesting == 0:
                    self.hidden.pop()
                    del self.out[start:]
                    self.at_line_start = not self.out or self.out[-1].endswith("\n")
        elif not ends and (name in _SKIPPED or (attributes and _is_hidden(attributes[:1000]))):
            self.hidden.append((name, 1, len(self.out)))
