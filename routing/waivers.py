"""Why no corrective or preventive action is taken: the accepted reasons (K086; P56, P73). Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from routing.words import fold

#: Letter → how the house says it.
REASONS: Mapping[str, Mapping[str, str]] = {
    "a": {"en": "isolated and not serious", "zh": "个别问题，且不严重"},
    "b": {"en": "caused by a supplier, who was told", "zh": "供方原因，已通知供方"},
    "c": {"en": "beyond what law and standards ask for", "zh": "超出法规和标准的要求"},
    "d": {"en": "beyond today's design or process", "zh": "超出现有设计或工艺能力"},
    "e": {"en": "needs resources that are not available", "zh": "所需资源暂不具备"},
}
_OTHER = {"en": "Another reason: ", "zh": "其他理由："}
_LETTER = re.compile(
    r"\s{0,9}(?:reason|理由|原因)?[\s:(]{0,9}(?P<letter>[a-e])\s{0,3}(?:[).:,;、\-–—]{1,3}(?P<rest>.*)|$)",
    re.DOTALL,
)
#: The words of each reason, one of which is enough; read in a folded text.
_WORDS = (
    ("a", re.compile(r"\b(?:isolated|one-off|single case)\b|个别|偶发|孤立|单个问题")),
    ("b", re.compile(r"\bsupplier\b|\bvendor\b|供方|供应商|外协")),
    ("c", re.compile(r"beyond .{0,20}\b(?:law|standard)|超出.{0,9}(?:法规|法律|标准)")),
    (
        "d",
        re.compile(
            r"beyond .{0,30}\b(?:design|process|ability|technology)"
            r"|超出.{0,9}(?:设计|工艺|能力|技术)"
        ),
    ),
    ("e", re.compile(r"\bresources?\b|\bbudget\b|资源|资金")),
)
_MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why none is taken."""

    words: str  #: as it is kept and shown to whoever agrees
    listed: str  #: the letter of the list, "" for a reason of their own


def read_reason(text: str, *, language: str) -> Reason | None:
    """Read "b", "b: told them on 3 Nov", 个别问题 or free words; None if nothing is said. Total.

    A reason that is none of the list is marked as such, in `language`.
    """
    text = text[:_MOST].strip()
    folded = fold(text)
    if not any(mark.isalnum() for mark in folded):
        return None
    match = _LETTER.match(folded)
    by_letter = match["letter"] if match else ""
    hits = [key for key, words in _WORDS if words.search(folded)]
    listed = by_letter or (hits[0] if len(hits) == 1 else "")
    if not listed:
        return Reason(words=_in(_OTHER, language) + text, listed="")
    words = f"{listed}) {_in(REASONS[listed], language)}"
    alone = match is not None and not (match["rest"] or "").strip()
    return Reason(words=words if alone else f"{words} – {text}", listed=listed)


def _in(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or names["en"]
