"""The supervisors' way to say which words matter (design 7.8). Pure.

Latin words match whole words, Chinese ones anywhere; case, width and repeated blanks make no
difference. `refund*` matches every word that begins so. A negation right before a word ("not
dangerous", 没有受伤) takes it out.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

#: Up to two words between the negation and the word: "not at all dangerous".
_NEGATED = re.compile(
    r"(?:\b(?:not|no|never|nobody|without|isn't|wasn't|aren't|weren't|didn't|don't|doesn't|"
    r"hasn't|haven't|nor)\b(?:\s+\w{1,20}){0,2}\s+|(?:没有?|沒有?|并未|未曾?|不是|无|無|并非|不)(?:人|任何)?)$"
)


#: A word character of a script that parts words by blanks. Chinese is not one: in 打12315投诉 the
#: number is a whole word.
_LETTER = r"[^\W\u2e80-\U0010ffff]"


@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Return `text` as it is compared: NFKC, lower case, straight quotes, single blanks."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("‘", "'"))


@dataclass(frozen=True)
class Words:
    """A list of words, compiled into one pattern on first use."""

    words: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        folded = {fold(word).strip() for word in self.words}
        longest_first = sorted((word for word in folded if word.strip("* ")), key=len)[::-1]
        return re.compile("|".join(_piece(word) for word in longest_first) or r"(?!)")

    def find(self, text: str) -> tuple[str, ...]:
        """Return the words found, each once, in order, folded; negated ones are left out."""
        folded = fold(text)
        found: dict[str, None] = {}
        for match in self._pattern.finditer(folded):
            before = folded[max(0, match.start() - 48) : match.start()]
            if not _NEGATED.search(before):
                found.setdefault(match[0])
        return tuple(found)


def _piece(word: str) -> str:
    """Return the pattern of one folded word."""
    open_end = word.endswith("*")
    word = word.rstrip("*").strip()
    body = re.escape(word).replace(r"\ ", r" ")
    start = f"(?<!{_LETTER})" if _is_latin(word[:1]) else ""
    if not _is_latin(word[-1:]):
        return f"{start}{body}"
    return f"{start}{body}" + (f"{_LETTER}{{0,30}}" if open_end else f"(?!{_LETTER})")


def _is_latin(letter: str) -> bool:
    """Tell letters of scripts that part words by blanks from those that don't."""
    return letter.isalnum() and ord(letter[0]) < 0x2E80 if letter else False
