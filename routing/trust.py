"""Does a department's or a supervisor's word count? Three proofs. Pure (design 7.4).

The token, or a signed Message-ID in the thread, shows that the writer has our routed mail, the list
that the address is the department's, and our own mail server's Authentication-Results that the
address is not forged.
"""

import re
from dataclasses import dataclass

from cases.incoming import ParsedMail
from cases.model import Lead, LetterName, Scope
from routing.policy import Policy

#: A signed Message-ID of one of these in the thread is as good as the token.
TO_DEPARTMENTS = frozenset(
    name.value
    for name in (
        *(LetterName.ROUTED, LetterName.FOLLOW_UP, LetterName.HOW_TO_ANSWER, LetterName.MOVED_ON),
        *(LetterName.ANSWER_NOTED, LetterName.RETURNED, LetterName.CARRY_OUT, LetterName.MEASURES),
        *(LetterName.PARTY_ANSWERED, LetterName.REMINDER, LetterName.TASK),
    )
)
TO_APPROVERS = frozenset(
    name.value
    for name in (
        *(LetterName.REVIEW_REQUEST, LetterName.APPROVAL_REQUEST, LetterName.MEASURES),
        *(LetterName.REMINDER, LetterName.TASK, LetterName.ESCALATION),
    )
)
#: Parties outside are also reminded.
TO_PARTIES = frozenset({LetterName.EXTERNAL, LetterName.REMINDER})
TO_COMPLAINANTS = frozenset(
    {
        *(LetterName.ACKNOWLEDGEMENT, LetterName.NOT_A_COMPLAINT, LetterName.OUTCOME),
        *(LetterName.REQUEST_INFORMATION, LetterName.PROGRESS, LetterName.INTERIM),
        *(LetterName.PLAN, LetterName.STATUS, LetterName.SATISFACTION),
    }
)
_LONGEST = 20_000  # characters of one field of results


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How senders are authenticated: `authserv_id` of our own mail server (RFC 8601 §2.5).

    Empty means `trust: token_and_list`: the third proof is switched off for servers that add none.
    """

    authserv_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Whether a reply may act for `department`, and which proof is missing if not."""

    department: str
    granted: bool
    why_not: str = ""
    elsewhere: bool = False  #: nothing else is missing, but the department has the case no more


def authority(
    mail: ParsedMail, lead: Lead, policy: Policy, trust: Trust, *, doubt: str = ""
) -> Authority:
    """Weigh the proofs of a reply to `lead`; `doubt` as in `vouched`."""
    addr = mail.sender.addr.lower()
    key = lead.party if lead.scope is Scope.DEPARTMENT else policy.department_of(addr)
    department = policy.departments.get(key)
    if department is None:
        return Authority(department=key, granted=False, why_not="the department is gone")
    if lead.scope is not Scope.DEPARTMENT and lead.letter not in TO_DEPARTMENTS:
        why_not = "it answers none of our mails to the department"
    elif addr not in department.listed and mail.sender_certain:
        why_not = f"{addr} is not on the list of {key}"
    else:
        why_not = vouched(mail, trust, doubt=doubt)
    elsewhere = not why_not and key not in lead.case.departments
    if elsewhere:
        why_not = f"{key} does not handle this case now"
    return Authority(department=key, granted=not why_not, why_not=why_not, elsewhere=elsewhere)


def supervising(
    mail: ParsedMail, lead: Lead, policy: Policy, trust: Trust, *, doubt: str = ""
) -> Authority:
    """Weigh the proofs of a supervisor's reply to a letter that asks for a decision."""
    addr = mail.sender.addr.lower()
    if lead.scope is not Scope.SUPERVISOR and lead.letter != LetterName.DECISION_NEEDED:
        why_not = "it answers none of our letters to supervisors"
    elif not policy.decides(addr) and mail.sender_certain:
        why_not = f"{addr} is no supervisor"
    else:
        why_not = vouched(mail, trust, doubt=doubt)
    return Authority(department="", granted=not why_not, why_not=why_not)


def reacts(mail: ParsedMail, lead: Lead, trust: Trust, *, doubt: str = "") -> bool:
    """Tell whether a complainant's "yes", "solved" or mark may act.

    They answer a letter to the complainant, and our own server does not call the address forged;
    the reference in the subject is a number that anybody can guess. Nobody knows who wrote a mail
    of two senders.
    """
    shown = lead.scope is Scope.COMPLAINANT
    shown |= lead.via == "thread" and lead.letter in TO_COMPLAINANTS
    known = mail.sender_certain and not doubt
    return shown and known and authentication(mail, trust) != "fail"


def vouched(mail: ParsedMail, trust: Trust, *, doubt: str = "") -> str:
    """Return why nothing proves who wrote a mail, "" if something does.

    `doubt`: what else speaks against it, "" if nothing does.
    """
    if doubt:
        return doubt
    if not mail.sender_certain:
        return "its sender is ambiguous"
    verdict = authentication(mail, trust)
    return "" if verdict in ("pass", "off") else f"the sender's authentication is {verdict}"


def authentication(mail: ParsedMail, trust: Trust) -> str:
    """Return "off", "pass", "fail" or "none" from our server's own, topmost results."""
    if not trust.authserv_id:
        return "off"
    for name, value in mail.headers:
        if name == "received" and not _by_us(value, trust):
            break  # below the first foreign Received line anybody may have written anything
        if name == "authentication-results":
            text = _bare(value)
            if text.partition(";")[0].split()[:1] != [trust.authserv_id.lower()]:
                continue
            return _verdict(text, mail.sender.addr.lower())
    return "none"


def _bare(results: str) -> str:
    """Return results without quoted strings and comments: a stranger chose the words in them.

    One pass, because each may hold the signs of the other (RFC 5322 §3.2); what is left open ends
    the results.
    """
    kept: list[str] = []
    depth, quoted = 0, False
    letters = iter(results[:_LONGEST].lower())
    for letter in letters:
        if letter == "\\":
            next(letters, "")
        elif quoted:
            quoted = letter != '"'
        elif letter == '"' and not depth:
            quoted = True
            kept.append('""')  # so that what follows "reason=" is not taken for its value
        elif letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(letter)
    return "".join(kept)


def _by_us(received: str, trust: Trust) -> bool:
    """Tell whether a host of ours wrote a Received field: the server itself or a neighbour of it.

    Large providers name inner hosts by address only; such a line is skipped, not believed.
    """
    match = re.search(r"\bby\s+([A-Za-z0-9.-]{1,255})", received)
    if match is None:
        return False
    host = match[1].lower()
    if not re.search(r"[a-z]\.|\.[a-z]", host):
        return True
    return host.split(".")[-2:] == trust.authserv_id.lower().split(".")[-2:]


def _verdict(results: str, addr: str) -> str:
    """Read the methods (RFC 8601 §2.2): each begins with its own result, nothing else counts.

    `dmarc=pass` must be about the sender's domain; `auth=pass` about the sender's own account.
    """
    local, _, domain = addr.rpartition("@")
    failed = False
    for method in results.split(";")[1:]:
        words = re.sub(r"\s*=\s*", "=", method).split()
        result, properties = words[:1], words[1:]
        if result == ["dmarc=pass"] and f"header.from={domain}" in properties:
            return "pass"
        if result == ["auth=pass"] and {f"smtp.auth={addr}", f"smtp.auth={local}"} & {*properties}:
            return "pass"
        failed |= result in (["dmarc=fail"], ["dkim=fail"], ["spf=fail"])
    return "fail" if failed else "none"
