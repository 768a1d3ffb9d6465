"""What the dates of a complaint are about, and where the goods were bought.

A date is ``purchased`` or ``incident`` by the nearest verb of its sentence; a date of delivery,
production or repair is neither. Such facts come beside the ``date`` itself.
"""

import re
from collections.abc import Iterable

from classify.script import fold, words_of
from classify.spans import Hit, Spans

_BEFORE, _AFTER = 60, 40  #: characters looked at around a date
_MOST_DATES = 40
_SENTENCE = re.compile(r"[.!?;](?=\s|$)|[\n。！？；!?;]")
_VERBS = re.compile(
    r"(?P<purchased>\b(?:bought|purchased|ordered|purchase(?: date)?|placed an? order|order placed"
    r"|date of purchase|order date|booked)\b|购买|购于|购入|购得|选购|网购|订购|下单|下的单|拍下|买"
    r"|订单日期|下订单|下了订单|下的订单)"
    r"|(?P<incident>\b(?:happened|occurred|broke|failed|exploded|burst|caught fire|burned|burnt"
    r"|injured|hurt|incident(?: date)?|accident|stopped working|started|began|noticed"
    r"|cracked|leaked|melted|died|fell|shocked|found)\b"
    r"|发生|出现|坏|爆炸|起火|着火|冒烟|受伤|故障|事发|事故|发现|开始(?:不|漏|出|有|发热|坏|冒|响)|漏水|漏电|死机|失灵|断裂)"
    r"|(?P<other>\b(?:delivered|arrived|delivery|shipped|received|manufactured|produced|expiry"
    r"|exp|expires?|best before|called|emailed|wrote|repaired|returned|installed|born|promised"
    r"|cancelled|refund(?:ed)?|until)\b|到货|送到|送达|收到|安装|生产|到期|维修|报修|发货|退款"
    r"|打电话|保质期|出厂|客服|答应|才到)"
)
_COMMA = re.compile("[,，、]")
_BUY_ZH = re.compile(r"(?:上|里|店里)?(?:(?<![易海球])购买|购入|购得|选购|网购|订购|下单|买)")
_BUY_EN = re.compile(
    r"\b(?:bought|purchased|ordered|purchase|got (?:it|this|one|them))\b[^.!?\n]{0,60}?"
    r"\b(?:from|at|on|in|through|via) (?:the |your |a )?"
    r"((?:[A-Z][\w&'’-]{1,20}(?:\.com|\.co\.uk|\.cn)?)(?: (?:[A-Z][\w&'’-]{0,20}|of|&)){0,3}"
    r"|[a-z]{2,20}\.(?:com|co\.uk|cn|net))"
)
_NO_PLACE_EN = frozenset(
    words_of(
        """
    january february march april may june july august september october november december jan
    feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday
    sunday mon tue wed thu fri sat sun christmas easter thanksgiving black i my the this it
    and new year valentine's mother's father's time sale
    """
    )
)
_NO_PLACE_ZH = re.compile(
    "[你我他她它您]|这|那|哪|什么|[年月日号天周时候晚早午时]|去年|刚|之前|以后|不|没|正|现|所|将|再|一起|可以|就|[由出终基关至]于"
)
_PLACE_ZH = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·（）()]{2,14}")
_REST = re.compile(r"[ \t]{0,3}[:=|\t]\s{0,3}([^\n,;，。；|\t]{2,60})")


def moments(spans: Spans) -> None:
    """Note dates of purchase and of the incident. Total; linear in the text."""
    text = fold(spans.text)
    found = [hit for hit in spans.hits() if hit.kind == "date"][:_MOST_DATES]
    for number, hit in enumerate(found):
        floor = found[number - 1] if number else None
        ceiling = found[number + 1].start if number + 1 < len(found) else len(text)
        kind = _kind(text, hit, floor.start + len(floor.value) if floor else 0, ceiling)
        if kind:
            spans.note(kind, hit.start, hit.start + len(hit.value))


def _kind(text: str, hit: Hit, floor: int, ceiling: int) -> str:
    """Return "purchased", "incident" or "" by the verb nearest to the date."""
    end = hit.start + len(hit.value)
    before = text[max(floor, hit.start - _BEFORE) : hit.start]
    stops = [stop.end() for stop in _SENTENCE.finditer(before)]
    before = before[stops[-1] :] if stops else before
    after = text[end : min(ceiling, end + _AFTER)]
    if stop := _SENTENCE.search(after):
        after = after[: stop.start()]
    earlier = next(iter(reversed(list(_VERBS.finditer(before)))), None)
    later = _VERBS.search(after)
    if later and not hit.value.isascii() and not _COMMA.search(after[: later.start()]):
        earlier = None  # in Chinese the verb follows its date: 5月3日购买
    verb = earlier or later
    return "" if verb is None or verb.lastgroup == "other" else verb.lastgroup or ""


def places(spans: Spans, labels: Iterable[int]) -> None:
    """Note where the goods were bought; labels are the ends of "bought at:". Total."""
    folded = spans.half
    for end in labels:
        if end <= len(spans.starts):
            rest = _REST.match(folded, spans.starts[end - 1] + len(spans.words[end - 1]))
            if rest and (value := rest.group(1).strip(" .")):
                spans.note("place", rest.start(1), rest.start(1) + len(value))
    for match in _BUY_EN.finditer(spans.text):
        if match.group(1).split()[0].lower() not in _NO_PLACE_EN:
            spans.note("place", *match.span(1))
    for match in _BUY_ZH.finditer(spans.text):
        _place_zh(spans, match.start())


def _place_zh(spans: Spans, verb: int) -> None:
    """Note 国美 of 在国美购买: what stands between 在 and the verb at `verb`."""
    before = spans.text[max(0, verb - 16) : verb]
    at = max(before.rfind(sign) for sign in "在于从")
    place = before[at + 1 :]
    if at > 0 and before[at] == "于" and before[at - 1] in "由出终基关至属对":
        return
    if at < 0 or not _PLACE_ZH.fullmatch(place) or _NO_PLACE_ZH.search(place):
        return
    spans.note("place", verb - len(place), verb)
