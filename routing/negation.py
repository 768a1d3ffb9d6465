"""Whether a word is denied where it stands: "not dangerous", "nobody was hurt", 没有人受伤. Pure.

Only the nearest words count, and only within the clause: a comma, a full stop or "but" parts a
negation from what comes after. "I will not hesitate to sue" and 不得不报警 deny nothing, and
neither does what only failed to happen: "if I had not noticed, she would have choked".
"""

import re

_BEFORE = 72  #: characters that are looked at
_BEFORE_CHINESE = 26  #: of these; the longest denial has 24
_AFTER = 12

_WORD = (
    r"(?!(?:but|and|until|because|although|though|since|then|yet|so|if|when|while)\b)[\w'-]{1,20}"
)
_NOT = (
    r"(?:not|no|never|without|neither|nor|cannot|hardly|"
    r"(?:is|was|are|were|did|do|does|has|have|had|ca|wo|would|could|should|ai)n'?t)"
)
#: After these words a "not" threatens, or speaks of something else.
_BOLD = (
    r"(?!(?:only|just|simply|merely|hesitat\w{0,4}|afraid|scared|make|force|let|rule|exclude|stop|"
    r"wait|believe|tell|know|sure|surprising\w{0,2}|to mention|be surprised|even|safe|choice|"
    r"option|alternative|other|longer trust|matter|doubt|wonder|further|later|fewer|less)\b)"
)
_NOBODY = r"(?:nobody|no one|no-one|noone|none of (?:us|them|the \w{1,20})|neither of us)"
_THOUGHT = r"(?:do|did|does)(?:n'?t| not) (?:think|believe|mean)"
_NO_TYPE = r"not (?:the|a|one of those) (?:type|kind|sort|person|people|man|woman|one)"
_LATIN = re.compile(
    rf"\b(?:{_NOT} {_BOLD}(?:{_WORD} ){{0,2}}|{_NOBODY} (?:{_WORD} ){{0,6}}"
    rf"|{_THOUGHT} (?:{_WORD} ){{0,4}}|{_NO_TYPE} [^.!?;]{{0,40}})$"
)
_SUPPOSED = re.compile(
    r"\b(?:(?<!even )if|unless|had (?:i|we|he|she|they|it|you|my|the))\b[^.!?;,]{0,40}$"
)

_DENIAL = (
    r"(?:没有|并没有|没|并未|未曾|未|并无|毫无|无|不曾|不会再|不会|不是|并非|非|从未|尚未|"
    r"(?<!不得)(?<!不能)(?<!再)不|别)"
)
_FILLER = (
    r"(?:任何|人员|人|造成|导致|引起|引发|发生|出现|产生|因此|因为|受到|受|被|使|大人|孩子|小孩|"
    r"宝宝|家人|什么|明显|严重|重大|进一步|过|有|存在|带来|到|实际|直接|大的?|需要|要|想|打算|"
    r"准备|必要|去|找|请|这种|那么|再|的|身体|人身|财产|其他)"
)
_CHINESE = re.compile(
    rf"(?<!差点)(?<!差点儿)(?<!险些)(?<!有)(?:{_DENIAL}{_FILLER}{{0,4}}|不是(?:那种|这种|那类|爱|喜欢)[^。!?;]{{0,20}})$"
)
_DENYING_SIGN = re.compile("[没未无不非别]")  # each denial has one; quickly looked for
_SUPPOSED_CHINESE = re.compile(r"(?:要不是|如果|若|假如|要是|万一|幸亏没?)[^。!?;,]{0,12}$")

#: As in a form: "Injuries: none", 人员受伤：无.
_ANSWER = re.compile(r"[^.,;!?。]{0,6}: ?(?:none\b|no\b|nil\b|n/a|无|没有|否)")


def negated(text: str, start: int, end: int) -> bool:
    """Tell whether the word at `start` to `end` of a folded text is denied."""
    before = text[max(0, start - _BEFORE) : start]
    if _denied(before) or _denied_in_chinese(before):
        return True
    return bool(_ANSWER.match(text[end : end + _AFTER]))


def _denied(before: str) -> bool:
    # Most words need not be looked at: a denial ends with a blank, or it is a longer "not …".
    if not before.endswith(" ") and "not " not in before:
        return False
    found = _LATIN.search(before)
    return bool(found and not _SUPPOSED.search(before[: found.start()]))


def _denied_in_chinese(before: str) -> bool:
    near = max(0, len(before) - _BEFORE_CHINESE)
    if not _DENYING_SIGN.search(before, near):
        return False
    found = _CHINESE.search(before, near)
    return bool(found and not _SUPPOSED_CHINESE.search(before[: found.start()]))
