"""customers.csv → a list of customers. What `customers` of rules.yaml may name instead of a list.

The first line names one column or several: ``address``, ``name``, ``organisation``, ``number`` (or
邮箱, 姓名, 单位, 客户编号). Whatever stands in any of them is an entry of the list; several in one
field stand apart by ``|``, and `*@company.example` is everybody there.
"""

from pathlib import Path

from cases.errors import Problem
from pipeline.rules_sheet import Sheet

MAX_CUSTOMERS = 50_000
_COLUMNS = {
    **dict.fromkeys(("address", "email", "e-mail", "邮箱", "邮件地址"), "address"),
    **dict.fromkeys(("name", "customer", "姓名", "名称", "客户"), "name"),
    **dict.fromkeys(("organisation", "organization", "company", "单位", "公司"), "organisation"),
    **dict.fromkeys(("number", "customer number", "客户编号", "编号", "会员号"), "number"),
}


def read_customers(path: Path) -> tuple[tuple[str, ...], bytes, tuple[Problem, ...]]:
    """Return the entries of a table, its bytes, and what is wrong with it. Total."""
    sheet = Sheet(path, _COLUMNS)
    data = sheet.data()
    if data is None:
        return (), b"", tuple(sheet.problems)
    entries: dict[str, None] = {}
    for row in sheet.rows(data):
        for column in row.fields:
            entries |= dict.fromkeys(row.values(column))
        if len(entries) > MAX_CUSTOMERS:
            what = f"holds more than {MAX_CUSTOMERS} entries"
            sheet.complain(row.line, "", what, "Name whole companies by *@company.example")
            break
    if not entries and not sheet.problems:
        sheet.complain(1, "", "holds no customers", "Add a line for each")
    return tuple(entries), data, tuple(sheet.problems)
