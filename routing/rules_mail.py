"""A supervisor's mail about the rules themselves: asked for, changed, agreed to or refused. Pure.

Three proofs, as for a department's word (design 7.4): the code of our letter stands for the token,
the list of supervisors is the second, our own server's verdict the third. Changing the file needs
no code yet: nothing goes live by it, and the answer goes to the listed address only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.incoming import ParsedMail
from routing.consent import nothing_else
from routing.flat import flat
from routing.own_words import own_words
from routing.policy import Policy
from routing.trust import Trust, vouched

#: Signs of a code; none looks like another.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE = re.compile(rf"\b([{CODE_SIGNS}]{{5}})-?([{CODE_SIGNS}]{{5}})\b")
MOST_FILES, MOST_BYTES = 20, 2**20
_ASKS = frozenset({"rules", "the rules", "rules.yaml", "规则", "投诉规则", "规则文件"})
_REPLY = re.compile(r"^(?:(?:re|aw|sv|fw|fwd|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
_YES = re.compile(
    r"(?:(?:yes|ok|okay|agreed|go)(?![a-z])|同意|可以|好的?|是的?|确认|生效)+", re.IGNORECASE
)
_NO = re.compile(r"(?:no|stop|don't|cancel)(?![a-z])|不|否|取消|停", re.IGNORECASE)
_AROUND = " \t\r\n.,!。，！:：-"
_NAMES = {".yaml": "", ".yml": "", ".txt": "lists/", ".csv": ""}


class Wish(StrEnum):
    """What a supervisor's mail about the rules wants."""

    ASK = "ask"  # send me the file
    CHANGE = "change"  # here is another one
    YES = "yes"  # let it go live
    NO = "no"
    UNCLEAR = "unclear"  # it answers our letter, and says neither


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesMail:
    """What a supervisor wrote about the rules."""

    wish: Wish
    by: str  #: the address on the list of supervisors
    files: Mapping[str, bytes]  #: by path from the folder of rules.yaml
    code: str  #: of our letter, "" if none is named
    why_not: str  #: which proof is missing, "" if none


def read_rules_mail(
    mail: ParsedMail, policy: Policy, trust: Trust, *, answers_notice: bool = False
) -> RulesMail | None:
    """Return what a mail wants of the rules; None: it is about something else.

    `answers_notice`: it replies to a letter of ours about no case, as those about the rules are.
    """
    by = mail.sender.addr.lower()
    if by not in {addr.lower() for addr in policy.supervisors}:
        return None
    files = _files(mail)
    subject = _REPLY.sub("", mail.subject.strip())
    said = own_words(mail.text[:20_000]).strip()
    ours = "rules" in subject.lower() or "规则" in subject or bool(CODE.fullmatch(subject.upper()))
    code = (_code(said) or _code(subject)) if ours else ""
    if "rules.yaml" in files:
        wish = Wish.CHANGE
    elif code:
        wish = _answer(said)
    elif flat(subject) in _ASKS:
        wish = Wish.ASK
    elif answers_notice and ours:
        wish = Wish.UNCLEAR
    else:
        return None
    return RulesMail(wish=wish, by=by, files=files, code=code, why_not=vouched(mail, trust))


def _code(text: str) -> str:
    found = CODE.search(text.upper())
    return f"{found[1]}{found[2]}" if found else ""


def _answer(said: str) -> Wish:
    """Return what an answer says; the code alone is a yes, and a yes with a wish is none."""
    text = CODE.sub("", said.upper()).strip(_AROUND)
    if _NO.match(text):
        return Wish.NO
    yes = _YES.match(text)
    agreed = nothing_else(text[yes.end() :] if yes else text, ())
    return Wish.YES if agreed and (yes or CODE.search(said.upper())) else Wish.UNCLEAR


def _files(mail: ParsedMail) -> dict[str, bytes]:
    """Return the files attached that a rules file may be made of, by the names they have there."""
    found: dict[str, bytes] = {}
    for item in mail.attachments[:MOST_FILES]:
        _, dot, ending = item.name.lower().rpartition(".")
        folder = _NAMES.get(f".{ending}") if dot else None
        if folder is None or item.size > MOST_BYTES:
            continue
        name = item.name.replace("/", "_").replace("\\", "_").lstrip(".")
        if ending in ("yaml", "yml"):
            if b"rules_version" not in item.data:
                continue
            name = "rules.yaml"  # whatever a mail program made of the name
        found[f"{folder}{name}"] = item.data
    return found
