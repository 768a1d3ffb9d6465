"""Tables of forms as "label：value" lines: 顾客质量反馈单 filled in Word, Excel or CSV.

A label stands left of its value, or above it. Which cells are labels is told by their words and
their shape; where that is not clear the cells of a row stand side by side as they were.
"""

import re
from typing import Final

from ingest.wording import any_of

MAX_LABEL: Final = 30  # characters
MAX_RECORDS: Final = 200  # rows below one header row

_GAPS: Final = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000\n]{1,8}(?=[\u3400-\u9fff（(])")
_SPACES: Final = re.compile(r"[ \t\xa0\u3000]+")
_WIDE: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_COLON: Final = re.compile(r"\s{0,4}[:：]\s{0,4}$")
#: what the label of a field in a form ends with; English ones may also end in "no." and the like
_WORDS: Final = any_of(
    r"""
    号|号码|编号|单号|编码|条码|条形码|批次|批号|型号|规格|名称|品名|姓名|人|人员|联系人|单位|公司|厂家|部门|职务
    电话|手机|传真|邮箱|邮件|微信|qq|地址|地区|城市|门店|店铺|日期|时间|数量|件数|比例|金额|价格|单价|描述|说明
    内容|情况|现象|问题|原因|要求|诉求|意见|建议|措施|处理|结果|结论|备注|类型|类别|分类|性质|等级|方式|渠道|来源
    客户|顾客|产品|商品|物料|订单|图号|序号|签字|签名|盖章|照片|附件|期限|状态
    """,
    before=r"^.{0,24}(?:",
    after=r")(?:\s{0,3}[（(].{0,20}[)）])?$",
)
_ENGLISH: Final = any_of(
    r"""
    no|nr|number|id|code|ref|reference|name|customer|company|contact|person|phone|tel|telephone
    mobile|fax|e-?mail|mail|address|city|country|zip|postcode|date|time|quantity|qty|pcs|amount
    price|product|item|article|model|type|lot|batch|serial|sku|order|invoice|delivery|tracking
    description|details?|defect|problem|issue|complaint|fault|cause|reason|request|requested
    action|solution|remarks?|comments?|notes?|category|status|store|shop|dealer|supplier|signature
    """,
    before=r"^[\w&/ .()-]{0,24}\b(?:",
    after=r")(?:\s?[.#])?(?:\s{0,3}\(.{0,20}\))?$",
)
_SHAPE: Final = re.compile(r"[^\d@。！？!?，,；;]{1,16}")


def lines(rows: list[list[str]]) -> list[str]:
    """Return the lines of a table; total."""
    table = [[_tidy(cell) for cell in row] for row in rows]
    table = [row for row in table if any(row)]
    out: list[str] = []
    at = 0
    while at < len(table):
        records = _records(table, at)
        if records:
            header, below = table[at], table[at + 1 : at + 1 + records]
            for row in below:
                out += [
                    _pair(label, value) if label else value
                    for label, value in zip(header, row, strict=False)
                    if value
                ]
                out += [cell for cell in row[len(header) :] if cell]
            filled = {column for row in below for column, value in enumerate(row) if value}
            out += [label for column, label in enumerate(header) if label and column not in filled]
            at += 1 + records
        else:
            out += _row(table[at])
            at += 1
    return out


def paired(text_lines: list[str]) -> list[str]:
    """Return lines in which cells stand one below the other (PDF) with labels and values paired.

    Several labels in a row are a header if the values below them fill whole records. Total.
    """
    cells = [cell for line in text_lines if (cell := _tidy(line))]
    out: list[str] = []
    at = 0
    while at < len(cells):
        middle = _end_of_run(cells, at, labels=True)
        end = _end_of_run(cells, middle, labels=False)
        names, values = cells[at:middle], cells[middle:end]
        if len(names) > 1 and values and len(values) % len(names) == 0:
            out += [_pair(names[n % len(names)], value) for n, value in enumerate(values)]
        elif names and values:
            out += [*names[:-1], _pair(names[-1], values[0]), *values[1:]]
        else:
            out += names + values
        at = end
    return out


def _end_of_run(cells: list[str], at: int, *, labels: bool) -> int:
    while at < len(cells) and is_label(cells[at]) is labels:
        at += 1
    return at


def _tidy(cell: str) -> str:
    return _SPACES.sub(" ", cell).strip()


def _label(cell: str) -> str:
    """Return what a label says: 联 系 人： becomes 联系人."""
    return _COLON.sub("", _GAPS.sub("", cell)).replace("\n", " ")


def is_label(cell: str) -> bool:
    """Tell whether a cell names what stands in another one."""
    label = _label(cell)
    if not label or len(label) > MAX_LABEL or "@" in label:
        return False
    if _COLON.search(cell):
        return True
    if ":" in label or "：" in label:
        return False
    return bool(_WORDS.match(label) or _ENGLISH.match(label))


def _records(table: list[list[str]], at: int) -> int:
    """Return how many rows below the row `at` hold values for its labels, 0 if it is no header."""
    header = table[at]
    filled = [cell for cell in header if cell]
    if at + 1 >= len(table) or not all(map(is_label, filled)):
        return 0
    single = len(filled) == 1
    count = 0
    for row in table[at + 1 : at + 1 + (1 if single else MAX_RECORDS)]:
        values = [cell for cell in row if cell]
        if any(map(is_label, values)) and (single or not _fits(header, row)):
            break  # the title of a section, or the next header
        if len(values) == 1 and len(header) > 2 and len(values[0]) > MAX_LABEL:
            break
        if any(value and not label for label, value in zip(header, row, strict=False)):
            break
        count += 1
    return count


def _fits(header: list[str], row: list[str]) -> bool:
    """Tell whether a row with a label-like cell still is a record: 保温杯产品 is a product."""
    labels = sum(map(is_label, row))
    return len(row) == len(header) and labels * 3 <= sum(map(bool, row))


def _row(row: list[str]) -> list[str]:
    """Return a row as pairs where its cells are labels and values by turns."""
    cells = [cell for cell in row if cell]
    if _turns(row):
        pairs = zip(row[::2], row[1::2], strict=False)
        return [_pair(label, value) for label, value in pairs if label or value]
    out: list[str] = []
    loose: list[str] = []
    at = 0
    while at < len(cells):
        if is_label(cells[at]):
            out += [" ".join(loose)] if loose else []
            loose = []
            if at + 1 < len(cells) and not is_label(cells[at + 1]):
                out.append(_pair(cells[at], cells[at + 1]))
                at += 2
                continue
            out.append(_pair(cells[at], "") if len(cells) > 1 else cells[at])
        else:
            loose.append(cells[at])
        at += 1
    return [*out, " ".join(loose)] if loose else out


def _turns(row: list[str]) -> bool:
    """Tell whether unknown words of the right shape stand where labels would, and only there."""
    while row and not row[-1]:
        row = row[:-1]
    if len(row) < 2 or len(row) % 2:
        return False
    labels, values = row[::2], row[1::2]
    if any(map(is_label, values)):
        return False
    shaped = [is_label(cell) or _SHAPE.fullmatch(_label(cell)) for cell in labels]
    return all(shaped) and (len(row) == 2 or any(map(is_label, labels)))


def _pair(label: str, value: str) -> str:
    label = _label(label)
    return f"{label}：{value}" if _WIDE.search(label) else f"{label}: {value}".rstrip()
