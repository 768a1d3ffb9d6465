"""catalogue.csv → products. What `products_file` of rules.yaml names; every problem at once.

The first line names the columns: ``name``, and where needed ``aliases``, ``models``, ``batches``
(or 名称, 别名, 型号, 批号), in any order. Several values in one field stand apart by ``|``.
Spreadsheets write such files with commas or semicolons (RFC 4180 leaves no choice, they do), as
UTF-8 with or without a byte order mark, or in Chinese as GB18030: all are read.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cases.errors import Problem
from classify.vocabulary import Product, number_format

MAX_BYTES = 4 * 2**20
MAX_PRODUCTS = 20_000
MAX_FIELD = 120  #: characters of one name, alias or model
_MOST_PROBLEMS = 50  #: reported of one file; a wrong file has one for every line

_COLUMNS = {
    "name": "name",
    "aliases": "aliases",
    "models": "models",
    "batches": "batches",
    "名称": "name",
    "产品名称": "name",
    "别名": "aliases",
    "型号": "models",
    "批号": "batches",
    "批号格式": "batches",
}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int  #: where the row ends in the file, 1-based
    fields: dict[str, str]  #: by column


def read_catalogue(path: Path) -> tuple[tuple[Product, ...], tuple[Problem, ...]]:
    """Read a catalogue; total. Products are complete only where there are no problems."""
    reader = _Reader(str(path))
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except FileNotFoundError:
        reader.complain(0, "", "there is no such file", "Check the path behind products_file")
        return (), tuple(reader.problems)
    except OSError as error:
        reader.complain(0, "", f"can't be read: {error.strerror}", "Check its owner and mode")
        return (), tuple(reader.problems)
    if data is None:
        reader.complain(0, "", f"is longer than {MAX_BYTES} bytes", "Leave out what nobody names")
        return (), tuple(reader.problems)
    products = reader.products(data)
    return products, tuple(reader.problems[:_MOST_PROBLEMS])


class _Reader:
    """Turns rows into products, collecting problems."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.problems: list[Problem] = []

    def complain(self, line: int, key: str, what: str, fix: str) -> None:
        self.problems.append(Problem(file=self._file, line=line, key=key, what=what, fix=fix))

    def products(self, data: bytes) -> tuple[Product, ...]:
        text = self._decode(data)
        products: list[Product] = []
        first: dict[str, int] = {}  #: line of each name
        for row in self._rows(text):
            if len(products) == MAX_PRODUCTS:
                self.complain(
                    row.line, "", f"holds more than {MAX_PRODUCTS} products", "Shorten it"
                )
                break
            product = self._product(row)
            if product is None:
                continue
            folded = product.name.casefold()
            if folded in first:
                what = f"{product.name!r} stands in line {first[folded]} already"
                self.complain(row.line, "name", what, "Keep one of the two lines")
                continue
            first[folded] = row.line
            products.append(product)
        if not products and not self.problems:
            self.complain(1, "", "holds no products", "Add a line for each product")
        return tuple(products)

    def _decode(self, data: bytes) -> str:
        line = 1
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
        self.complain(line, "", "is neither UTF-8 nor GB18030", "Save it as CSV UTF-8")
        return ""

    def _rows(self, text: str) -> Iterator[_Row]:
        head = text.partition("\n")[0]
        sign = ";" if head.count(";") > head.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        columns: list[str] = []
        try:
            for fields in reader:
                if not any(field.strip() for field in fields):
                    continue
                if not columns:
                    columns = self._header(fields, reader.line_num)
                    if "name" not in columns:
                        return
                elif len(fields) > len(columns) and any(map(str.strip, fields[len(columns) :])):
                    what = f"has {len(fields)} fields, but there are {len(columns)} columns"
                    fix = f"Put a field that holds a {sign!r} into quotes"
                    self.complain(reader.line_num, "", what, fix)
                else:
                    row = dict(zip(columns, map(str.strip, fields), strict=False))
                    yield _Row(reader.line_num, row)
        except csv.Error as error:
            self.complain(reader.line_num, "", f"is no valid CSV: {error}", "Check the quotes here")

    def _header(self, fields: list[str], line: int) -> list[str]:
        columns = []
        for field in fields:
            written = field.strip()
            column = _COLUMNS.get(written.lower(), "")
            if written and not column:
                fix = "There are: name, aliases, models, batches"
                self.complain(line, written[:40], "is no column we know", fix)
            if column and column in columns:
                self.complain(line, column, "is there twice", "Keep one of the two columns")
            columns.append(column)
        if "name" not in columns and not self.problems:
            fix = "Let the first line be: name,aliases,models,batches"
            self.complain(line, "name", "is no column of the first line", fix)
        return columns

    def _product(self, row: _Row) -> Product | None:
        name = row.fields.get("name", "")
        if not name:
            self.complain(row.line, "name", "is empty", "Write the name our letters shall use")
            return None
        lists = {column: self._values(row, column) for column in ("aliases", "models", "batches")}
        if len(name) > MAX_FIELD:
            self.complain(row.line, "name", f"is longer than {MAX_FIELD}", "Shorten it")
        for pattern in lists["batches"]:
            try:
                number_format(pattern)
            except ValueError as error:
                fix = "# is a digit, @ a letter, * one to eight of both"
                self.complain(row.line, "batches", str(error), fix)
        return Product(
            name=name,
            names=(name, *lists["aliases"]),
            models=lists["models"],
            batches=lists["batches"],
        )

    def _values(self, row: _Row, column: str) -> tuple[str, ...]:
        written = row.fields.get(column, "").replace("｜", "|").split("|")
        values = tuple(dict.fromkeys(value.strip() for value in written if value.strip()))
        for value in values:
            if len(value) > MAX_FIELD:
                what = f"{value[:20]!r}… is longer than {MAX_FIELD} characters"
                self.complain(row.line, column, what, "Part several values by |")
        return values
