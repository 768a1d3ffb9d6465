"""The fields and words of a report of non-delivery: who failed, and why (RFC 3463, RFC 3464)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ingest import bouncewords as words

MAX_BLOCKS: Final = 200  # recipients in one report

MAILBOX: Final = re.compile(
    r"[^\s<>()\[\]\"';:,|=/]{1,64}@[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,10}"
)
_QUOTED_BOX: Final = re.compile(r'"[^"\n]{1,64}"@[A-Za-z0-9.-]{1,200}')
_LITERAL: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_AFTER_SMTP: Final = re.compile(
    r"\b[245]\d\d[- ]{1,3}[#('\"]{0,2}([245]\.\d{1,3}\.\d{1,3})\b|#([245]\.\d{1,3}\.\d{1,3})\b"
)
_NAMED: Final = re.compile(
    r"(?im)(?:^|\b)(?:status|dsn|code)\s{0,3}[:=]\s{0,3}([245]\.\d{1,3}\.\d{1,3})\b"
)
_SMTP: Final = re.compile(r"(?<![\d.:/-])\(?([45])(?:[0-5]\d)(?:[- ,)#:]|$)")


class Failure(NamedTuple):
    """One recipient of a report."""

    recipient: str
    status: str
    action: str
    diagnostic: str


def read_failures(text: str) -> list[Failure]:
    found = []
    for block in re.split(r"\n[ \t]*\n", text)[:MAX_BLOCKS]:
        fields = dict(reversed(_field_lines(block)))
        if not fields.keys() & {"final-recipient", "original-recipient", "action", "status"}:
            continue
        names = (
            fields.get(key, "")
            for key in ("original-recipient", "final-recipient", "x-actual-recipient")
        )
        recipient = next((addr for addr in map(address_in, names) if addr), "")
        status = _LITERAL.search(fields.get("status", ""))
        found.append(
            Failure(
                recipient,
                status[1] if status else "",
                fields.get("action", "").strip().lower().split(" ")[0].rstrip(";,."),
                fields.get("diagnostic-code", ""),
            )
        )
    return found


def _field_lines(block: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in block.split("\n")[:200]:
        if line[:1] in (" ", "\t") and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}"[:2000])
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip().lower(), value.strip()))
    return fields


def address_in(value: str) -> str:
    """Return the mailbox in an address field of a report ("rfc822; box")."""
    value = value.partition(";")[2] or value
    found = _QUOTED_BOX.search(value) or MAILBOX.search(value)
    if found:
        return found[0].strip(".")
    word = value.strip().strip("<>").split(" ")[0]
    return word if "@" in word else ""


def recipient_in(report: str) -> str:
    """Return the address that the words of a report most likely mean."""
    lines = report.split("\n")
    for line in lines:  # "<box>:" alone at the start of a line: qmail, Postfix, Yahoo
        found = re.match(r"\s{0,8}<?([^\s<>:]{1,64}@[^\s<>:]{1,200})>?\s{0,3}(?::|\(|$)", line)
        if found and (box := _usable(found[1])):
            return box
    for pointer in (words.POINTER, words.WEAK_POINTER):
        for at, line in enumerate(lines):
            if pointer.search(line[:400]):
                box = next(_boxes(lines[at : at + 5]), "")
                if box:
                    return box
    return next((box for one in MAILBOX.findall(report) if (box := _usable(one))), "")


_HEADER_LINE: Final = re.compile(r"(?i)^[\s>]{0,8}(?:to|cc|from|subject|date|sent)\s{0,8}:")


def _boxes(lines: list[str]) -> Iterator[str]:
    """Yield the addresses that stand in `lines`, without those of the returned mail's header."""
    for line in lines:
        if not _HEADER_LINE.match(line):
            yield from filter(None, map(_usable, MAILBOX.findall(line[:400])))


def _usable(candidate: str) -> str:
    box = candidate.strip("<>.,:;'\"")
    local = box.partition("@")[0].lower()
    if local in ("postmaster", "mailer-daemon", "abuse", "support") or not MAILBOX.fullmatch(box):
        return ""
    return box


def _codes(text: str) -> list[str]:
    """Return the telling codes of a text, those after a reply code first."""
    found = [one or two for one, two in _AFTER_SMTP.findall(text)] + _NAMED.findall(text)
    return [code for code in found if not code.endswith(".0.0")]


def status_of(failure: Failure | None, report: str, subject: str) -> str:
    """Return the enhanced status code (RFC 3463), derived from the wording if none is written."""
    said = failure.diagnostic if failure else ""
    stated = failure.status if failure else ""
    spoken = _codes(said)
    if spoken:
        return spoken[-1]  # what the refusing server said itself stands innermost
    if stated and not stated.endswith(".0.0"):
        return stated
    written = [code for text in (said, report) for code in _codes(text)]
    if not written:
        written = [code for code in _LITERAL.findall(said) if not code.endswith(".0.0")]
    if written:
        return written[0]
    if stated:
        return stated
    smtp = _SMTP.search(said) or _SMTP.search(report)
    late = words.DELAYED.search(f"{subject}\n{report[:1500]}") is not None
    severity = (
        smtp[1] if smtp else "4" if late or (failure and failure.action == "delayed") else "5"
    )
    reason = next((d for pattern, d in words.REASONS if pattern.search(f"{said}\n{report}")), "0.0")
    return f"{severity}.{reason}"
