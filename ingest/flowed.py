"""format=flowed: lines that were broken for the journey become paragraphs again (RFC 3676)."""

from typing import Final

MAX_DEPTH: Final = 20  # bars of a quotation
_SIGNATURE: Final = "-- "


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Return `text` with its soft line breaks undone; total and linear.

    `delete_space` is DelSp=yes (§4.1): the blank before a soft break was put there by the mailer.
    """
    out: list[str] = []
    open_depth = -1  # of the paragraph that goes on, -1 if none does
    paragraph: list[str] = []
    for line in text.split("\n"):
        depth, words = _cut(line)
        flows = words.endswith(" ") and words != _SIGNATURE and bool(words.strip())
        if open_depth >= 0 and (depth != open_depth or words == _SIGNATURE):
            out.append("".join(paragraph))
            open_depth = -1
        if open_depth < 0:
            paragraph = ["> " * depth if words else ("> " * depth).rstrip()]
        paragraph.append(words[:-1] if flows and delete_space else words)
        open_depth = depth if flows else -1
        if not flows:
            out.append("".join(paragraph))
    if open_depth >= 0:
        out.append("".join(paragraph))
    return "\n".join(out)


def _cut(line: str) -> tuple[int, str]:
    """Return how deep a line is quoted, and its words without the stuffed blank (§4.4)."""
    words = line.lstrip(">")
    depth = min(len(line) - len(words), MAX_DEPTH)
    return depth, words.removeprefix(" ") if words != _SIGNATURE else words
