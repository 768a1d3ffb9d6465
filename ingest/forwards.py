"""The mail of somebody else inside the text of a mail, as the programs of the world pass it on.

A history below a reply is no forward: of the marks that both use, only the subject tells them
apart. What the passed-on header says is copied, not believed.
"""

import re
from typing import Final

from cases.incoming import Address, Forwarded
from ingest import addresses, body, charset, headers
from ingest import quotemarks as marks
from ingest.wording import alternatives, any_of

MAX_HEADER: Final = 16  # lines
MAX_NESTED: Final = 5  # a forward of a forward of a forward ...

_SUBJECT: Final = any_of(
    r"""
    fwd?|wg|tr|rv|enc|i|vb|pd|vl|doorst|weitergeleitet|转发|轉發|转寄|轉寄|転送|전달|пересл
    """,
    before=r"^\s{0,4}(?:\[[^\]]{1,60}\]\s{0,4}){0,3}(?:",
    after=r")\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,3}[:：]",
)
#: what a separator says when it says "forwarded"; plain words, for whole texts are searched
_PASSED_ON: Final = alternatives(
    """
    forward|weitergeleitet|transféré|transfere|réexpédié|transmis|reenviado|reencaminhada|inoltrat
    encaminhad|doorgestuurd|vidarebefordra|videresend|välitetty|przekazan|přeposlan|továbbított
    пересыл|переслан|переадрес|перенаправ|iletilmiş|redirecționat|转发|轉發|转寄|轉寄|転送|전달된
    """
).split("|")
_MAILTO: Final = re.compile(r"[<\[(]\s{0,2}mailto:\s{0,2}([^\s<>\[\]()]{1,250})\s{0,2}[>\])]")
_LABEL: Final = re.compile(r"^[^:：]{1,40}[:：][*_\s]{0,6}")
_BEHALF: Final = re.compile(
    r"(?i)^.{1,200}?(?:\bon behalf of\b|\bim auftrag von\b|\bde la part de\b|代表)\s{0,3}"
)
_BARS: Final = re.compile(r"^\s{0,3}>\s?")


def is_forward_subject(subject: str) -> bool:
    """Tell whether the outermost prefix of a subject says that a mail is passed on."""
    return _SUBJECT.match(subject[:300]) is not None


def find_forwarded(text: str, subject: str) -> Forwarded | None:
    """Return the mail that `text` passes on, None if it passes on none; total.

    `text` is the whole text of a mail, history included; `subject` is the mail's.
    """
    found = None
    if not (is_forward_subject(subject) or _names_forwarding(text)):
        return None  # as most mails
    for _ in range(MAX_NESTED):
        lines = text.split("\n")[: body.MAX_LINES]
        at, says_so = _older_mail(lines)
        if at < 0 or not (says_so or is_forward_subject(subject)):
            break
        if found is not None and any(line.strip() for line in lines[:at]):
            break  # words above a deeper mail are the words we look for
        header, start = _header(lines, at)
        if "from" not in header:
            break
        subject = header.get("subject", "")
        text = "\n".join(_unbarred(lines[start:]))
        found = Forwarded(
            sender=_sender(header["from"]),
            subject=charset.clean_line(subject)[:500],
            text=body.split_reply(text)[0],
        )
    return found


def _older_mail(lines: list[str]) -> tuple[int, bool]:
    """Return where the first older mail begins (-1: nowhere), and if it says it is passed on."""
    for at, line in enumerate(lines):
        if not line.strip() or len(line) > marks.MAX_LINE:
            continue
        if _says_forward(line):
            return at, True
        if marks.may_end_attribution(line):
            length, sure = body.announces(lines, at)
            if length and sure is marks.Announces.SURELY:
                return -1, False  # "Ann wrote:" begins a reply's history
        if body.starts_older_mail(lines, at):
            return at, False
    return -1, False


def _says_forward(line: str) -> bool:
    line = _BARS.sub("", line)
    return marks.is_separator(line) and _names_forwarding(line)


def _names_forwarding(text: str) -> bool:
    text = text.lower()
    return any(word in text for word in _PASSED_ON)


def _header(lines: list[str], at: int) -> tuple[dict[str, str], int]:
    """Return the fields of the header at `at` by kind, and where the text below it begins."""
    fields: dict[str, str] = {}
    last, end = "", at
    for index in range(at, min(at + MAX_HEADER, len(lines))):
        line = _BARS.sub("", lines[index]).strip()
        kind = marks.label_kind(line)
        if kind:
            value = _LABEL.sub("", line[: marks.MAX_LINE], count=1).strip(" *_\t")
            fields.setdefault(kind, value)
            last, end = kind, index + 1
        elif not line:
            if len(fields) > 1 and "from" in fields and not _label_follows(lines, index):
                break
        elif fields:
            if not last or fields[last] or not _is_value(last, line):
                if _label_follows(lines, index):
                    continue  # a folded line of a long list of receivers
                break
            fields[last], end = line, index + 1
    return fields, end


def _label_follows(lines: list[str], index: int) -> bool:
    following = body.next_filled(lines, index + 1)
    return following < min(index + 3, len(lines)) and bool(
        marks.label_kind(_BARS.sub("", lines[following]))
    )


def _is_value(kind: str, line: str) -> bool:
    """Tell whether a line is the value of the label that stood alone above it."""
    return len(line) < 200 and (kind != "from" or "@" in line or len(line) < 60)


def _sender(value: str) -> Address:
    value = _MAILTO.sub(r"<\1>", _BEHALF.sub("", value[: marks.MAX_LINE]))
    boxes = addresses.read_addresses(value.rstrip("; "))
    with_addr = [one for one in boxes if "@" in one.addr]
    if with_addr:
        return with_addr[0]
    name = headers.decode_words(value)[:200]
    return Address(addr="", name=name if any(map(str.isalpha, name)) else "")


def _unbarred(lines: list[str]) -> list[str]:
    """Return a passed-on text without the bars some programs put before each of its lines."""
    filled = [line for line in lines if line.strip()]
    barred = sum(line.lstrip().startswith(">") for line in filled)
    return [_BARS.sub("", line) for line in lines] if barred * 4 > len(filled) * 3 else lines
