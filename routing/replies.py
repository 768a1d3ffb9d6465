"""What a reply says: a department's answer, or a complainant's thanks. Pure.

Only the new words are read, never the quoted mail, so that our own instructions quoted back are
no command (F71).
"""

import re
from dataclasses import dataclass

_DONE = ("处理完成", "处理完毕", "已处理完成", "完成", "done", "completed", "resolved")
#: The word, then anything that parts it from the answer: colon, comma, full stop, dash, a new line.
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
    return DepartmentReply(answer=answer or None)


def is_courtesy(text: str) -> bool:
    """Tell a mere thank-you, which never reopens a case, from something new."""
    return len(text) <= 200 and _THANKS.fullmatch(text.strip()) is not None
