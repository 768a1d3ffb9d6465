"""Tables with a row of labels on top: 产品 | 批号 | 数量, and the values below each label.

Cells stand apart by tabs or bars, as our reader of HTML and people's own drawings leave them. Rows
of one label and one value are no such tables; the finders of facts.py read them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from classify.script import fold
from classify.shapes import PHONE_VALUE
from classify.spans import Spans

_MOST_ROWS = 30  #: below one row of labels
_MOST_CELLS = 20
_CELL = re.compile(r"[^\t|]+")
_CODE = re.compile(r"(?=[^0-9]{0,40}[0-9])[A-Za-z0-9][A-Za-z0-9._/-]{1,63}", re.ASCII)
_WORDS = frozenset(["product", "customer", "organisation", "place", "address"])
_CODES = frozenset(["batch", "serial", "tracking", "order", "model", "customer_number"])
_QUANTITY = re.compile(r"[0-9][0-9,.]{0,9} ?[^\W0-9_]{0,10}")


@dataclass(frozen=True, slots=True)
class _Cell:
    start: int
    text: str


def tables(spans: Spans, labels: Mapping[str, str]) -> None:
    """Claim the values below labels; `labels` gives the kind of fact by folded label. Total."""
    head: list[str] = []
    rows = 0
    for cells in _rows(spans.half):
        kinds = [labels.get(fold(cell.text).rstrip(" :."), "") for cell in cells]
        if sum(map(bool, kinds)) > 1 and len(cells) > 1:
            head, rows = kinds, 0
            for cell, kind in zip(cells, kinds, strict=True):
                if kind:  # a label above is no label of what stands to its right
                    spans.block(cell.start, cell.start + len(cell.text))
        elif len(cells) == len(head) and rows < _MOST_ROWS:
            rows += 1
            for kind, cell in zip(head, cells, strict=True):
                if _fits(kind, cell.text):
                    spans.claim(kind, cell.start, cell.start + len(cell.text))
        else:
            head = []


def _rows(text: str) -> Iterator[list[_Cell]]:
    """Yield the cells of each line, none for a line of prose; rules as |---| are left out."""
    offset = 0
    for line in text.splitlines(keepends=True):
        cells: list[_Cell] = []
        if "\t" in line or "|" in line:
            for match in _CELL.finditer(line):
                bare = match.group().strip()
                if bare and len(cells) < _MOST_CELLS:
                    cells.append(_Cell(offset + match.start() + match.group().index(bare), bare))
        offset += len(line)
        if not (cells and all(not cell.text.strip("-=:+ ") for cell in cells)):
            yield cells


def _fits(kind: str, text: str) -> bool:
    if kind in _CODES:
        return bool(_CODE.fullmatch(text))
    if kind == "phone":
        return bool(PHONE_VALUE.fullmatch(text))
    if kind == "quantity":
        return bool(_QUANTITY.fullmatch(text))
    return kind in _WORDS and 1 < len(text) <= 80
