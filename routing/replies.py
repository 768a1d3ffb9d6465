"""What a reply says: a department's answer, or a complainant's thanks. Pure.

Only the new words are read, never the quoted mail, so that our own instructions quoted back are
no command (F71).
"""

import re
from dataclasses import dataclass

#: The words our letters promise, and no other: "Resolved? Not at all" must not reach anybody.
_DONE = ("处理完成", "done")
#: The word, then what parts it from the answer: colon, comma, full stop, dash, a new line.
_ANSWER = re.compile(
    rf"[\s>*#【\[(]*(?:{'|'.join(_DONE)})(?!\w)[\s】\])*]*[:：,，.。!！;；\-–—]*\s*(?P<answer>.*)",
    re.IGNORECASE | re.DOTALL,
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|many thanks|thanks?(?: you)?(?: very much| so much| a lot)?|thx|cheers|"
    r"got it|received|noted|great|perfect|谢谢(?:您|你|你们|大家)?|感谢|多谢|收到|好的?|"
    r"知道了|辛苦了|已解决|解决了|没问题了)[\s,，.。!！;；~～、]*){1,6}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentReply:
    """A department's reply; `answer` is what the complainant gets, None if it was no answer."""

    answer: str | None


def read_department_reply(text: str) -> DepartmentReply:
    """Read the new words of a reply: `done` / 处理完成 first, then the answer."""
    match = _ANSWER.match(text[:100_000])
    answer = match["answer"].strip() if match else ""
    # "Done?" asks, and a mere sign says nothing.
    says_something = any(letter.isalnum() for letter in answer) and answer[0] not in "?？"
    return DepartmentReply(answer=answer if says_something else None)


def is_courtesy(text: str, *, name: str = "") -> bool:
    """Tell a mere thank-you, which never reopens a case, from something new.

    The writer's own `name` below or behind the thanks adds nothing.
    """
    if len(text) > 200:
        return False
    for part in {name.strip(), *name.split()}:
        if len(part) > 1:
            text = text.replace(part, " ")
    return _THANKS.fullmatch(text.strip(" \n-—–")) is not None
