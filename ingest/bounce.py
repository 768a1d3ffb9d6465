"""Bounces: reports that a mail did not arrive, known by structure (RFC 3464) or by wording."""

import re
from typing import Final

from cases.incoming import BounceReport, ParsedMail
from ingest import bouncewords as words
from ingest import charset, dsn, headers

MAX_WORDS: Final = 8000  # characters of a report that are read

_ID_LINE: Final = re.compile(r"(?im)^[>\s]{0,6}message-id:\s{0,4}(<[^>\n]{3,500}>)")
_REPORT: Final = re.compile(r"(?i)report-type\s{0,3}=\s{0,3}\"?delivery-status")
_OTHER_REPORT: Final = re.compile(
    r"(?i)report-type\s{0,3}=\s{0,3}\"?(?:disposition-notification|feedback-report)"
)
_REPLY: Final = re.compile(
    r"(?i)^\s*(?:re|aw|fwd?|wg|antw|sv|vs|rif|回复|回覆|答复|转发|轉寄)\s*[:：]"
)


def read_bounce(mail: ParsedMail) -> BounceReport | None:
    """Return what a report of non-delivery says, None if `mail` is none; total.

    A person who writes about a bounce, or quotes one, does not send one: without the structure of
    RFC 3464 the wording counts only where the sender is a machine.
    """
    if not looks_like_bounce(mail):
        return None
    report = _own_words(mail)
    failures = _failures(mail, report)
    chosen = next((one for one in failures if one.action == "failed" and one.recipient), None)
    chosen = chosen or next((one for one in failures if one.recipient), None)
    recipient = chosen.recipient if chosen else ""
    recipient = recipient or _failed_header(mail) or dsn.recipient_in(report) or _addressee(mail)
    return BounceReport(
        recipient=recipient,
        status=dsn.status_of(chosen or (failures[0] if failures else None), report, mail.subject),
        message_id=_returned_id(mail),
    )


def looks_like_bounce(mail: ParsedMail) -> bool:
    """Tell whether a mail is a report of (non-)delivery."""
    kind = " ".join(mail.all_headers("content-type")[:1])
    if _OTHER_REPORT.search(kind):
        return False
    if words.CHALLENGE.search(mail.text[:2000]):
        return False
    reports = any(part.type.endswith("delivery-status") for part in mail.attachments)
    if reports and ("multipart/report" in kind.lower() or is_machine(mail)):
        return not _only_delivered(mail)
    if _REPORT.search(kind) or mail.all_headers("x-failed-recipients"):
        return True
    said = _own_words(mail)
    about = words.SUBJECT.search(mail.subject) is not None
    fails = words.BODY.search(said) is not None
    if is_machine(mail):
        return (about and (fails or is_daemon(mail) or not said.strip())) or words.PROGRAM.search(
            said[:2500]
        ) is not None
    if not about or (mail.in_reply_to and _REPLY.match(mail.subject)):
        return False
    opening = mail.text.lstrip()[:400]
    return bool(words.PROGRAM.search(opening) or words.TRANSCRIPT.search(said))


def is_machine(mail: ParsedMail) -> bool:
    """Tell whether a mail system sent this: an empty return path, a daemon's name, no sender."""
    if has_null_path(mail) or not mail.sender.addr:
        return True
    return is_daemon(mail)


def is_daemon(mail: ParsedMail) -> bool:
    """Tell whether the sender bears the name of a mail system."""
    local = mail.sender.addr.partition("@")[0]
    name = mail.sender.name.lower()
    return bool(words.DAEMON.match(local)) or any(
        word in name
        for word in ("mail delivery", "mailer-daemon", "mail administrator", "postmaster")
    )


def has_null_path(mail: ParsedMail) -> bool:
    """Tell whether the envelope sender was empty (RFC 5321 §4.5.5), or a daemon's."""
    paths = mail.all_headers("return-path")
    if not paths:
        return False
    path = paths[0].strip().strip("<>").strip().lower()
    return not path or path.partition("@")[0] in ("mailer-daemon", "mailer-deamon")


def _own_words(mail: ParsedMail) -> str:
    """Return the words of the reporter, without the copy of the returned mail."""
    whole = f"{mail.text}\n{mail.quoted}"[: 4 * MAX_WORDS]
    copy = words.COPY.search(whole, 1)
    kept = whole[: copy.start()] if copy and whole[: copy.start()].strip() else whole
    return kept[:MAX_WORDS]


def _reports(mail: ParsedMail) -> list[str]:
    return [
        charset.clean(charset.decode(part.data[:65536], "")[0])
        for part in mail.attachments
        if part.type.endswith("delivery-status")
    ]


def _only_delivered(mail: ParsedMail) -> bool:
    """Tell whether a report tells nothing but success: "relayed", "expanded", "delivered"."""
    actions = {
        one.action for text in _reports(mail) for one in dsn.read_failures(text) if one.action
    }
    return bool(actions) and actions <= {"delivered", "relayed", "expanded"}


def _failures(mail: ParsedMail, report: str) -> list[dsn.Failure]:
    """Return the recipients a report names field by field, in a part of its own or in its words."""
    found = [one for text in _reports(mail) for one in dsn.read_failures(text)]
    found = found or [one for one in dsn.read_failures(report) if one.recipient and one.status]
    if found:
        return found
    for text in _returned(mail):  # a report that a scanner packed into a mail of its own
        if "delivery-status" in text and "inal-recipient" in text.lower():
            return dsn.read_failures(text)
    return []


def _failed_header(mail: ParsedMail) -> str:
    return next(
        (
            addr
            for value in mail.all_headers("x-failed-recipients")
            if (addr := dsn.address_in(value))
        ),
        "",
    )


def _addressee(mail: ParsedMail) -> str:
    """Return whom the returned mail was for."""
    for text in _returned(mail):
        for line in text.split("\n"):
            if line.lower().lstrip("> ").startswith(("to:", "x-envelope-to:", "envelope-to:")):
                found = dsn.MAILBOX.search(line[:1000])
                if found:
                    return found[0]
    return ""


def _returned(mail: ParsedMail) -> list[str]:
    """Return the copies of the returned mail, header first."""
    found = [
        charset.clean(headers.decode_raw(part.data[:32768]))
        for part in mail.attachments
        if part.type
        in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "text/rfc822-header")
    ]
    whole = f"{mail.text}\n{mail.quoted}"
    copy = words.COPY.search(whole, 1)
    return [*found, whole[copy.start() : copy.start() + 32768]] if copy else found


def _returned_id(mail: ParsedMail) -> str:
    for text in _returned(mail):
        found = _ID_LINE.search(text.replace("\n ", " ").replace("\n\t", " "))
        if found:
            return headers.read_ids(found[1])[0]
    return ""
