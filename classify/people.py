"""Who complains: name, organisation, address, e-mail; never the staff that is complained about."""

import re
from collections.abc import Iterable

from classify.nouns import COMMON_WORDS, ORGANISATIONS_EN, ORGANISATIONS_ZH, SURNAMES
from classify.script import fold_width
from classify.spans import Spans

Label = tuple[str, int, int]  #: kind, first token, token after the last

_MOST_MAILS = 20
_ZH = "\u4e00-\u9fff"
_SURNAME = re.compile(rf"(?:我姓|免贵姓|本人姓)([{_ZH}])(?![{_ZH}]名)")
_TITLED = re.compile(rf"(?:我是|本人|我叫|联系人)([{SURNAMES}][{_ZH}]?[{_ZH}]?(?:先生|女士|小姐))")
_I_AM_ZH = re.compile(
    rf"(?:我是|本人|我叫)([{SURNAMES}][{_ZH}]{{1,2}})(?=[,，。.！!、\s(（]|住|电话|手机)"
)
_LABELLED_NAME = re.compile(
    rf"[{_ZH}·]{{2,20}}|[A-Z][\w'’.-]{{0,20}}(?: [A-Za-z][\w'’.-]{{0,20}}){{0,4}}"
)
_ZH_INTRODUCED = re.compile(rf"[{_ZH}]{{2,3}}")
_EN_NAME = (
    r"[A-Z][a-z'’-]{1,20}(?: (?:de|van|von|der|den|la|bin|al))?"
    r"(?: [A-Z](?:\.|[A-Za-z'’-]{0,20})){0,3}"
)
_SIGNED_NAME = re.compile(r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?" + _EN_NAME)
_MY_NAME = re.compile(rf"\b(?:[Mm]y name is|[Tt]he name is|[Mm]y name's|I am called) ({_EN_NAME})")
_I_AM = re.compile(
    r"\b(?:I am|I'm|I’m|[Tt]his is) ((?:(?:Mr|Mrs|Ms|Dr)\.? )?[A-Z][a-z]{1,20} [A-Z][a-z'’-]{1,20})"
    r"(?=,|\.| and | from | of | living | writing )"
)
_LAST_NAME = re.compile(
    r"[.!?…)\n]\s{0,4}-{0,2} ?([A-Z][a-z]{1,20}(?: [A-Z][a-z.]{0,20}){1,2})\.?\s{0,4}\Z"
)
_SIGNED = re.compile(
    r"(?:(?:best|kind|warm|with|many|kindest)? ?(?:regards|wishes)"
    r"|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|thanks(?: a lot| again)?"
    r"|thank you(?: very much)?|cheers|respectfully|rgds|best)[,.!]?\s*$",
    re.IGNORECASE,
)
_SIGNED_ZH = re.compile(r"(?:此致|敬礼|谢谢|顺祝商祺|祝好|致礼|多谢|敬上)[!。.!,]?\s*$")
_SIGNATURE_LINES = 40  #: read from the end of a text
_ZH_SIGNATURE = re.compile(
    rf"(?:投诉人|顾客|客户|用户|消费者|署名|姓名)?[:：]?\s*([{_ZH}]{{2,4}}(?:先生|女士|小姐)?)"
    r"(?:[ ,，:：]{0,3}(?:电话|手机)?[:： ]{0,2}[0-9+-]{7,20})?"
)
_REST = re.compile(r"[ \t]{0,3}[:=|\t]\s{0,3}([^\n;|\t]{2,120})")
_NEXT_LABEL = re.compile(
    r"[\s,;]{1,3}(?:电话|手机|联系|邮编|姓名|tel|phone|mobile|e-?mail)", re.IGNORECASE
)
_ORGANISATION_EN = re.compile(
    r"(?:[A-Z][\w&'’.-]{0,24} ){1,5}(?:" + "|".join(ORGANISATIONS_EN) + r")(?!\w)\.?"
)
_ORGANISATION_ZH = re.compile(rf"[{_ZH}()（）A-Za-z0-9]{{2,24}}")
_WE_ARE = re.compile(r"(?:我们是|我是|我司是|我司为|这里是)(?![本贵你您一某那这该])")
_STREET = re.compile(
    r"\b[0-9]{1,5}[A-Za-z]?,? (?:[A-Z][a-z'’.-]{1,20} ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Boulevard|Blvd|Way|Place)\b"
    r"(?:[.,]{1,2} [A-Z0-9][\w'’-]{0,20}(?: [A-Z0-9][\w'’-]{0,20}){0,3}){0,3}",
    re.ASCII,
)
_DOOR_ZH = re.compile(r"(?:路|街|道|巷|弄|村|里)[0-9]{1,5}弄?[0-9]{0,4}号")
_ROOM_ZH = re.compile(
    r"(?:[0-9A-Z]{1,5}(?:号楼|栋|幢|座|单元|楼|层|室|号)){0,4}(?:[0-9]{3,4}(?![0-9]))?"
)
_BEFORE_ADDRESS = re.compile(r"^.*(?:住在|家在|地址|寄到|送到|位于|寄往|[是在住于到])")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._%+-")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}")


def people(spans: Spans, labels: list[Label]) -> None:
    """Claim address, organisation, then the name of the complainant. Total."""
    _rest_of_line(spans, labels, "address")
    _streets(spans)
    _organisations(spans, labels)
    customers(spans, [end for kind, _, end in labels if kind == "customer"])


def mails(spans: Spans) -> None:
    """Claim the addresses around each @, at most 64 + 320 characters (RFC 5321 §4.5.3.1)."""
    low, at = spans.half.lower(), -1
    if len(low) != len(spans.text):
        return
    for _ in range(_MOST_MAILS):
        at = low.find("@", at + 1)
        if at < 0:
            return
        start = at
        while start and at - start < 64 and low[start - 1] in _LOCAL:
            start -= 1
        while start < at and low[start] in ".-+":
            start += 1
        domain = _DOMAIN.match(low, at + 1)
        if start < at and domain and not domain.group().rpartition(".")[2].isdigit():
            spans.claim("email", start, at + 1 + len(domain.group().rstrip("-")))


def _rest_of_line(spans: Spans, labels: list[Label], wanted: str) -> None:
    folded = spans.half
    for kind, _, end in labels:
        if kind == wanted and end <= len(spans.starts):
            first = spans.starts[end - 1] + len(spans.words[end - 1])
            match = _REST.match(folded, first)
            if match and (value := _NEXT_LABEL.split(match.group(1))[0].strip(" .。,;")):
                start = folded.index(value, match.start(1))
                spans.claim(wanted, start, start + len(value))


def _streets(spans: Spans) -> None:
    text = spans.half
    for match in _STREET.finditer(text):
        spans.claim("address", *match.span())
    for match in _DOOR_ZH.finditer(text):
        start = match.start()
        while start and match.start() - start < 24 and text[start - 1].isalnum():
            start -= 1
        street = text[start : match.start()]
        if lead := _BEFORE_ADDRESS.match(street):
            start += lead.end()
            street = street[lead.end() :]
        if any(sign in street for sign in "省市区县镇"):
            room = _ROOM_ZH.match(text, match.end())
            spans.claim("address", start, room.end() if room else match.end())


def _organisations(spans: Spans, labels: list[Label]) -> None:
    """Claim what stands after "company:", a signed firm, and 我是…公司的."""
    _rest_of_line(spans, labels, "organisation")
    folded, text = spans.half, spans.text
    for kind, _, end in labels:
        if kind == "customer" and end < len(spans.starts):
            rest = _REST.match(folded, spans.starts[end - 1] + len(spans.words[end - 1]))
            value = rest.group(1).strip() if rest else ""
            if rest and _is_organisation(value):
                spans.claim("organisation", rest.start(1), rest.start(1) + len(value))
    offset = len(text) - sum(map(len, lines := text.splitlines(keepends=True)[-_SIGNATURE_LINES:]))
    for line in lines:
        bare = line.strip()
        if len(bare) <= 60 and _is_organisation(bare) and bare.count(" ") < 7:
            start = offset + line.index(bare)
            spans.claim("organisation", start, start + len(bare))
        offset += len(line)
    for suffix in ORGANISATIONS_ZH:
        at = text.find(suffix)
        if at >= 0:
            head = max(0, at - 24)
            before = re.split(r"[,，。；;!！?？\s]", text[head:at])[-1]
            if lead := _WE_ARE.match(before):
                start = at - len(before) + lead.end()
                spans.claim("organisation", start, at + len(suffix))


def _is_organisation(value: str) -> bool:
    if _ORGANISATION_EN.fullmatch(value):
        return True
    return value.endswith(ORGANISATIONS_ZH) and bool(_ORGANISATION_ZH.fullmatch(value))


def customers(spans: Spans, labels: Iterable[int]) -> None:
    """Claim the name of the person who complains: labelled, introduced, or signed."""
    words, text = spans.words, spans.text
    for at in labels:
        colon = False
        while at < len(words) and (words[at] in {":", "是", "=", "|"} or words[at].isspace()):
            if "\n" in words[at]:
                break
            colon = colon or words[at] in {":", "=", "|"} or "\t" in words[at]
            at += 1
        if at == len(words):
            continue
        start = spans.starts[at]
        if text[:start].endswith("我叫"):
            introduced = _ZH_INTRODUCED.match(text, start)
            if introduced:
                spans.claim("customer", *introduced.span())
        elif colon and (name := _LABELLED_NAME.match(text, start)):
            spans.claim("customer", start, start + len(name.group().rstrip()))
    for pattern in (_TITLED, _I_AM_ZH, _SURNAME, _MY_NAME, _I_AM):
        for match in pattern.finditer(text):
            if not _is_common(match.group(1)):
                spans.claim("customer", *match.span(1))
    if not _signature(spans):
        last = _LAST_NAME.search(text, max(0, len(text) - 60))
        if last and not _is_common(last.group(1)):
            spans.claim("customer", *last.span(1))


def _is_common(name: str) -> bool:
    """Tell whether a "name" holds a word no person is called, such as "Very Bad Service"."""
    return any(word.lower().strip(".'’") in COMMON_WORDS for word in name.split())


def _signature(spans: Spans) -> bool:
    """Claim the line below "regards" or 谢谢; tell whether there was one."""
    lines = spans.text.splitlines(keepends=True)
    offset = len(spans.text) - sum(map(len, lines[-_SIGNATURE_LINES:]))
    signed, chinese, found = False, False, False
    for line in lines[-_SIGNATURE_LINES:]:
        bare = line.strip()
        start = offset + len(line) - len(line.lstrip())
        if bare and (signed or chinese):
            name = _SIGNED_NAME.fullmatch(bare) if signed else None
            name = name or (_ZH_SIGNATURE.fullmatch(fold_width(bare)) if chinese else None)
            if name and not _is_common(bare):
                group = 1 if name.re is _ZH_SIGNATURE else 0
                found = spans.claim("customer", start + name.start(group), start + name.end(group))
        if bare:
            signed = bare == "--" or bool(_SIGNED.fullmatch(bare))
            chinese = bool(_SIGNED_ZH.search(fold_width(bare[-12:])))
        offset += len(line)
    return found
