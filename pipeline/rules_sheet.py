"""A table that a spreadsheet wrote, as rules.yaml may name: rows by column, every problem at once.

Spreadsheets write such files with commas or semicolons (RFC 4180 leaves no choice, they do), as
UTF-8 with or without a byte order mark, or in Chinese as GB18030: all are read.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cases.errors import Problem

MAX_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it ends in the file (1-based), and its fields by column."""

    line: int
    fields: dict[str, str]

    def values(self, column: str) -> tuple[str, ...]:
        """Return the values of a field, which stand apart by ``|``, each once."""
        written = self.fields.get(column, "").replace("｜", "|").split("|")
        return tuple(dict.fromkeys(value.strip() for value in written if value.strip()))


class Sheet:
    """Reads one table, collecting problems; `columns` maps the names people write to ours."""

    def __init__(self, path: Path, columns: Mapping[str, str], *, needs: str = "") -> None:
        """Take note; `needs`: the column that the first line must name, "": any will do."""
        self._path, self._columns, self._needs = path, columns, needs
        self.problems: list[Problem] = []

    def complain(self, line: int, key: str, what: str, fix: str) -> None:
        """Remember a problem."""
        file = str(self._path)
        self.problems.append(Problem(file=file, line=line, key=key, what=what, fix=fix))

    def data(self) -> bytes | None:
        """Return the bytes of the file, None if it can't be read."""
        try:
            if self._path.stat().st_size <= MAX_BYTES:
                return self._path.read_bytes()
        except FileNotFoundError:
            self.complain(0, "", "there is no such file", "Check the path in rules.yaml")
        except OSError as error:
            self.complain(0, "", f"can't be read: {error.strerror}", "Check its owner and mode")
        else:
            what = f"is longer than {MAX_BYTES} bytes"
            self.complain(0, "", what, "Leave out what nobody names")
        return None

    def rows(self, data: bytes) -> Iterator[Row]:
        """Yield the rows below the first line, which names the columns."""
        text = self._decode(data)
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
                    if not any(columns) or (self._needs and self._needs not in columns):
                        return
                elif len(fields) > len(columns) and any(map(str.strip, fields[len(columns) :])):
                    what = f"has {len(fields)} fields, but there are {len(columns)} columns"
                    fix = f"Put a field that holds a {sign!r} into quotes"
                    self.complain(reader.line_num, "", what, fix)
                else:
                    row = dict(zip(columns, map(str.strip, fields), strict=False))
                    yield Row(reader.line_num, row)
        except csv.Error as error:
            self.complain(reader.line_num, "", f"is no valid CSV: {error}", "Check the quotes here")

    def _decode(self, data: bytes) -> str:
        line = 1
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
        self.complain(line, "", "is neither UTF-8 nor GB18030", "Save it as CSV UTF-8")
        return ""

    def _header(self, fields: list[str], line: int) -> list[str]:
        known = ", ".join(dict.fromkeys(self._columns.values()))
        columns = []
        for field in fields:
            written = field.strip()
            column = self._columns.get(written.lower(), "")
            if written and not column:
                self.complain(line, written[:40], "is no column we know", f"There are: {known}")
            if column and column in columns:
                self.complain(line, column, "is there twice", "Keep one of the two columns")
            columns.append(column)
        if self._needs and self._needs not in columns and not self.problems:
            fix = f"Let the first line be: {known.replace(' ', '')}"
            self.complain(line, self._needs, "is no column of the first line", fix)
        return columns
