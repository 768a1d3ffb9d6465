"""catalogue.csv as spreadsheets write it, and every problem at once."""

from pathlib import Path

import pytest

from classify.vocabulary import Product
from pipeline.rules_catalogue import read_catalogue
from pipeline.rules_sheet import MAX_BYTES

TEXT = (
    "name,aliases,models,batches\n"
    "Storm kettle,storm kettle|风暴电水壶,KT-200X|KT-300,K######~luhn\n"
    '"Lamp, small",台灯,,\n'
)
PRODUCTS = (
    Product(
        "Storm kettle",
        ("Storm kettle", "storm kettle", "风暴电水壶"),
        ("KT-200X", "KT-300"),
        ("K######~luhn",),
    ),
    Product("Lamp, small", ("Lamp, small", "台灯")),
)


def _problems(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    return [str(problem).removeprefix(str(path)) for problem in read_catalogue(path)[2]]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace('"Lamp, small"', "@").replace(",", ";").replace("@", "Lamp, small").encode(),
        TEXT.replace("name,aliases,models,batches", "名称,别名,型号,批号").encode("gb18030"),
        TEXT.replace("|", " ｜ ").encode() + b"\n,,,\n",
    ],
    ids=["utf-8", "mark", "gb18030", "crlf", "semicolons", "Chinese head", "wide bars"],
)
def test_a_spreadsheet_s_file_is_read_whatever_its_habits(tmp_path: Path, data: bytes) -> None:
    """Excel writes commas or semicolons, a byte order mark or GB18030, by its country."""
    path = tmp_path / "catalogue.csv"
    path.write_bytes(data)

    assert read_catalogue(path) == (PRODUCTS, data, ())


def test_one_column_is_enough(tmp_path: Path) -> None:
    """A list of names is a catalogue."""
    path = tmp_path / "catalogue.csv"
    path.write_text("name\nKettle\nLamp\n", encoding="utf-8")

    products, _, problems = read_catalogue(path)

    assert [product.name for product in products] == ["Kettle", "Lamp"]
    assert problems == ()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ":1: holds no products. Add a line for each product"),
        (b"name\n", ":1: holds no products. Add a line for each product"),
        (b"Kettle\nLamp\n", ":1: Kettle: is no column we know. There are: name, aliases"),
        (b"models\nX1\n", ":1: name: is no column of the first line. Let the first line be: name"),
        (b"name,name\nA,B\n", ":1: name: is there twice. Keep one"),
        (b"name,models\n,X1\n", ":2: name: is empty. Write the name"),
        (b"name\nKettle\n\nkettle\n", ":4: name: 'kettle' stands in line 2 already. Keep one"),
        (b"name,batches\nA,K##|***\n", ":2: batches: the number format '***' would match any word"),
        (
            b"name,batches\nA,K##~lun\n",
            ":2: batches: the number format 'K##~lun' ends in an unknown",
        ),
        (
            b"name,models\nLamp, small,X1\n",
            ":2: has 3 fields, but there are 2 columns. Put a field",
        ),
        (b'name\n"Kettle\n', ":2: is no valid CSV: unexpected end of data. Check the quotes"),
        (b"name\nA\n\xff\xff\n", ":3: is neither UTF-8 nor GB18030. Save it as CSV UTF-8"),
        (b"name,models\nA," + b"x" * 200, ":2: models: 'xxxxxxxxxxxxxxxxxxxx'… is longer than 120"),
    ],
)
def test_a_slip_is_shown_with_line_column_and_what_to_do(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    """A supervisor can mend the file without asking anybody."""
    found = _problems(tmp_path / "catalogue.csv", data)

    assert found[0].startswith(problem)


def test_every_problem_is_shown_at_once(tmp_path: Path) -> None:
    """Nobody likes to mend a file slip by slip."""
    found = _problems(tmp_path / "c.csv", b"name,batches\n,K##\nLamp,***\nlamp,\n")

    assert [line.split(":")[1] for line in found] == ["2", "3", "4"]


def test_a_file_of_nothing_but_slips_is_cut_short(tmp_path: Path) -> None:
    """Fifty problems are enough to see that it is the wrong file."""
    assert len(_problems(tmp_path / "c.csv", b"name,models\n" + b",x\n" * 1000)) == 50


def test_a_missing_or_huge_file_is_a_problem(tmp_path: Path) -> None:
    """Nothing is raised: the caller collects problems."""
    missing = read_catalogue(tmp_path / "none.csv")[2]
    huge = _problems(tmp_path / "huge.csv", b"name\n" + b"x" * MAX_BYTES)

    assert "no such file" in str(missing[0])
    assert "is longer than" in huge[0]
