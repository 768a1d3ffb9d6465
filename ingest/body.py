"""The sender's new words, and everything else of a body: history and signature.

Nothing is lost, only folded: what is not in the first text is in the second. Where the marks are
unclear the words stay, for a lost word of a customer is worse than a line of history too many.
"""

from typing import Final

from ingest import quotemarks as marks

MAX_LINES: Final = 20_000
MAX_SIGNATURE: Final = 16  # lines after "-- "

MAX_ANNOUNCEMENT: Final = 4  # lines
MAX_FOOTER: Final = 8  # lines

_NEW, _OLD = True, False


def split_reply(text: str) -> tuple[str, str]:
    """Return (new words, the rest); total. Splitting the new words again changes nothing.

    A forwarded mail without words of its own keeps what it forwards. Line ends are LF.
    """
    new, rest = _split_once(text)
    if not rest:
        return new, ""
    folded = [rest]
    for _ in range(12):  # what stands above one fold may end in another: to a fixed point
        again, more = _split_once(new)
        if again == new:
            break
        new = again
        folded.insert(0, more)
    return new, "\n".join(piece for piece in folded if piece)


def _split_once(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    head, tail = lines[:MAX_LINES], lines[MAX_LINES:]
    keep = [_NEW] * len(head)
    _fold_history(head, keep)
    _fold_end(head, keep)
    if not any(flag and line.strip() for flag, line in zip(keep, head, strict=True)):
        keep = [_NEW] * len(head)  # nothing but history: a forward, or only a signature
    new = [line for flag, line in zip(keep, head, strict=True) if flag]
    old = [line for flag, line in zip(keep, head, strict=True) if not flag]
    return _trim(new), _trim(old + tail)


def _trim(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _is_quote(line: str) -> bool:
    return line.lstrip(" \t").startswith((">", "＞"))


def _is_barred(line: str) -> bool:
    """Tell whether a line is quoted, where a quotation was announced: "|" will do there."""
    return _is_quote(line) or f"{line.strip()} ".startswith("| ")


def _fold_history(lines: list[str], keep: list[bool]) -> None:
    """Mark quotations that are announced, and all that follows the header of an older mail."""
    ends = [marks.may_end_attribution(line) for line in lines]
    at, seen, announced = 0, False, False
    while at < len(lines):
        line = lines[at]
        if not line.strip() or len(line) > marks.MAX_LINE:
            seen = seen or bool(line.strip())
            at += 1
            continue
        none = (0, marks.Announces.NO)
        length, sure = announces(lines, at) if any(ends[at : at + MAX_ANNOUNCEMENT]) else none
        if length:
            following = next_filled(lines, at + length)
            if following < len(lines) and _is_barred(lines[following]):
                at = _fold_quote(lines, keep, at, following)
                announced = True
                continue
            if sure is not marks.Announces.SURELY:
                length = 0
            elif seen:
                keep[at:] = [_OLD] * (len(lines) - at)
                return
        if length:
            keep[at : at + length] = [_OLD] * length
            at += length
            continue
        if announced and _is_quote(line):
            keep[at] = _OLD
            at += 1
            continue
        if starts_older_mail(lines, at):
            if seen:  # without words above it, what is forwarded is the message
                keep[at:] = [_OLD] * (len(lines) - at)
            return
        seen = True
        at += 1


def next_filled(lines: list[str], at: int) -> int:
    """Return the next line from `at` on that is not blank, the number of lines if none is."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _fold_quote(lines: list[str], keep: list[bool], start: int, at: int) -> int:
    """Fold an announcement and the quoted lines below it; returns where words may go on."""
    end = at
    while at < len(lines) and (_is_barred(lines[at]) or not lines[at].strip()):
        if lines[at].strip():
            end = at + 1
        at += 1
    keep[start:end] = [_OLD] * (end - start)
    return end


def announces(lines: list[str], at: int) -> tuple[int, marks.Announces]:
    """Return how many lines from `at` on announce a quotation, and how surely."""
    joined, perhaps = "", 0
    for length in range(1, MAX_ANNOUNCEMENT + 1):
        if at + length > len(lines):
            break
        line = lines[at + length - 1].strip()
        if not line or (length > 1 and _is_quote(line) and not line.lstrip("> ").endswith(":")):
            break
        joined = f"{joined} {line.lstrip('> ')}" if joined else line
        if len(joined) > marks.MAX_LINE or _is_quote(joined):
            break
        if not marks.may_end_attribution(line):
            continue
        sure = marks.attribution(joined)
        if sure and length > 1 and _begins_later(lines, at, length):
            break
        if sure is marks.Announces.SURELY:
            return length, sure
        if sure and not perhaps:
            perhaps = length
    return perhaps, marks.Announces(min(perhaps, 1))


def _begins_later(lines: list[str], at: int, length: int) -> bool:
    """Tell whether the announcement that ends here does without its first lines ("Hi,")."""
    first = lines[at].strip()
    if marks.starts_attribution(first) and not first.endswith((".", "!", "?", "。")):
        return False
    tails = (lines[at + skip : at + length] for skip in range(1, length))
    return any(
        marks.starts_attribution(tail[0]) and marks.attribution(" ".join(map(str.strip, tail)))
        for tail in tails
    )


def starts_older_mail(lines: list[str], at: int) -> bool:
    """Tell whether an older mail begins: a separator with a title, or a header block."""
    line = lines[at]
    if marks.is_separator(line):
        return True
    if marks.RULE.match(line):
        following = next_filled(lines, at + 1)
        return following < len(lines) and _is_header_block(lines, following, needed=2)
    return _is_header_block(lines, at, needed=3)


def _is_header_block(lines: list[str], at: int, *, needed: int) -> bool:
    """Tell whether the header of an older mail begins here.

    Parcels have senders and receivers too (发件人, 收件人): only a subject or a mail address makes
    a mail of such a list.
    """
    first = marks.label_kind(lines[at])
    if not first:
        return False
    if first not in ("from", "sent"):  # "To:" and "Subject:" are words, too
        needed = 2 if needed == 2 else 4
    kinds, is_mail, misses = {first}, "@" in lines[at], 0
    for line in lines[at + 1 : at + 12]:
        kind = marks.label_kind(line)
        if not kind:
            misses += 1
            if misses > 2 and line.strip():
                break
            continue
        misses = 0
        kinds.add(kind)
        is_mail = is_mail or "@" in line
    return len(kinds) >= needed and (is_mail or "subject" in kinds)


def _fold_end(lines: list[str], keep: list[bool]) -> None:
    """Fold what stands at the end: quotations without announcement, rules, signature, device."""
    end = len(lines)
    while end and (not keep[end - 1] or not lines[end - 1].strip()):
        end -= 1
    while end:
        line = lines[end - 1]
        if (
            not keep[end - 1]
            or not line.strip()
            or _is_quote(line)
            or marks.RULE.match(line)
            or (len(line) <= 200 and marks.MOBILE.match(line))
        ):
            end -= 1
        else:
            start = min(_signature(lines, keep, end), _footer(lines, keep, end))
            if start == end:
                break
            end = start
    keep[end:] = [_OLD] * (len(lines) - end)


def _footer(lines: list[str], keep: list[bool], end: int) -> int:
    """Return where the footer of a mailing list begins, `end` if there is none."""
    for at in range(end - 1, max(-1, end - 1 - MAX_FOOTER), -1):
        if marks.RULE.match(lines[at]) and keep[at]:
            return (
                at if any(marks.FOOTER.search(line[:300]) for line in lines[at + 1 : end]) else end
            )
    return end


def _signature(lines: list[str], keep: list[bool], end: int) -> int:
    """Return where the signature up to `end` begins, `end` if there is none (RFC 3676 §4.3)."""
    for at in range(end - 1, max(-1, end - 1 - MAX_SIGNATURE), -1):
        if marks.SIGNATURE.match(lines[at]) and keep[at]:
            return at
    return end
