"""Sentences, cut by their signs; short ones join the next, as one word alone says little."""

import re

from classify.script import CJK

MOST_SENTENCES = 24  #: of one text; what comes later is read as a whole only
_MOST_CHARACTERS = 3000
_END = re.compile(r"(?<=[.!?。！？；;\n])\s*")
_CHINESE = re.compile(rf"[{CJK}]")
_SHORT, _SHORT_CHINESE = 25, 8  #: characters


def sentences(text: str) -> list[str]:
    """Return the sentences of the head of `text`, at most MOST_SENTENCES. Total, linear."""
    found: list[str] = []
    for part in _END.split(text[:_MOST_CHARACTERS]):
        words = part.strip()
        if not words:
            continue
        short = _SHORT_CHINESE if _CHINESE.search(words) else _SHORT
        if found and len(found[-1]) < short:
            found[-1] += " " + words
        elif len(found) < MOST_SENTENCES:
            found.append(words)
        else:
            break
    return found
