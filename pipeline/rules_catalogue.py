"""catalogue.csv → products. What `products_file` of rules.yaml names; every problem at once.

The first line names the columns: ``name``, and where needed ``aliases``, ``models``, ``batches``
(or 名称, 别名, 型号, 批号), in any order. Several values in one field stand apart by ``|``.
"""

from pathlib import Path

from cases.errors import Problem
from classify.vocabulary import Product, number_format
from pipeline.rules_sheet import Row, Sheet

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


def read_catalogue(path: Path) -> tuple[tuple[Product, ...], bytes, tuple[Problem, ...]]:
    """Return the products of a catalogue, its bytes, and what is wrong with it. Total.

    Products are complete only where there are no problems.
    """
    sheet = Sheet(path, _COLUMNS, needs="name")
    data = sheet.data()
    products = _products(sheet, data) if data is not None else ()
    return products, data or b"", tuple(sheet.problems[:_MOST_PROBLEMS])


def _products(sheet: Sheet, data: bytes) -> tuple[Product, ...]:
    products: list[Product] = []
    first: dict[str, int] = {}  #: line of each name
    for row in sheet.rows(data):
        if len(products) == MAX_PRODUCTS:
            sheet.complain(row.line, "", f"holds more than {MAX_PRODUCTS} products", "Shorten it")
            break
        product = _product(sheet, row)
        if product is None:
            continue
        folded = product.name.casefold()
        if folded in first:
            what = f"{product.name!r} stands in line {first[folded]} already"
            sheet.complain(row.line, "name", what, "Keep one of the two lines")
            continue
        first[folded] = row.line
        products.append(product)
    if not products and not sheet.problems:
        sheet.complain(1, "", "holds no products", "Add a line for each product")
    return tuple(products)


def _product(sheet: Sheet, row: Row) -> Product | None:
    name = row.fields.get("name", "")
    if not name:
        sheet.complain(row.line, "name", "is empty", "Write the name our letters shall use")
        return None
    lists = {column: _values(sheet, row, column) for column in ("aliases", "models", "batches")}
    if len(name) > MAX_FIELD:
        sheet.complain(row.line, "name", f"is longer than {MAX_FIELD}", "Shorten it")
    for pattern in lists["batches"]:
        try:
            number_format(pattern)
        except ValueError as error:
            fix = "# is a digit, @ a letter, * one to eight of both"
            sheet.complain(row.line, "batches", str(error), fix)
    return Product(
        name=name,
        names=(name, *lists["aliases"]),
        models=lists["models"],
        batches=lists["batches"],
    )


def _values(sheet: Sheet, row: Row, column: str) -> tuple[str, ...]:
    values = row.values(column)
    for value in values:
        if len(value) > MAX_FIELD:
            what = f"{value[:20]!r}… is longer than {MAX_FIELD} characters"
            sheet.complain(row.line, column, what, "Part several values by |")
    return values
