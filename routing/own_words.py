"""Which words of a reply are the writer's own: no quoted line, no signature, no disclaimer. Pure.

A quoted line is never read as a command and never sent on, wherever it stands and whoever wrote it
first. Two cuts of what stands at the end: `unsigned` is for what goes out and cuts what is surely a
signature, `spoken` is for reading a decision and takes off everything that says nothing.
"""

import re

from routing.flat import flat
from routing.names import person_in

MOST_TAIL = 15  #: lines that a signature with all its lines may have
_MOST_LINE = 80  #: characters of a line of a signature
_MOST_NOTICE = 600  #: characters of a line in which a disclaimer is looked for

#: A line that ends a letter; what stands below it is the writer's address.
_CLOSING = re.compile(
    r"(?:(?:(?:with|many|thanks and|thank you and) )?(?:best|kind|kindest|warm|warmest) "
    r"(?:regards|wishes|greetings)|(?:best|regards|rgds|cheers)(?=[,.!]?[ \t]{0,9}$)|"
    r"sincerely(?: yours)?|"
    r"(?:yours|very) (?:sincerely|faithfully|truly)(?: yours)?|mit freundlichen gr[^\n]{1,6}|"
    r"mfg|此致|此致[ \t]{0,3}敬礼|敬礼|祝好|(?:顺祝|顺颂|即颂)[一-鿿]{0,4}|商祺|敬上|谨上|致礼|"
    r"谨启|"
    r"祝[您你]?(?:生活|工作|一切)?(?:愉快|顺利|安好))"
    r"(?=[ \t]{0,9}(?:[,.!;。~—-]|$))"
)
_DEVICE = re.compile(
    r"(?:(?:发自|来自|发送自)(?:[ \t]{0,3}我的|手机|iphone|ipad|网易|qq|企业微信|foxmail|小米|"
    r"华为|vivo|oppo|outlook|钉钉|飞书|新浪|[ \t]{0,3}163)|"
    r"sent (?:from|via|with|by) (?:my |mail for|outlook|yahoo|samsung|huawei|xiaomi|iphone|ipad|"
    r"android|a mobile|the all new|wecom|foxmail)|get outlook for |gesendet von)"
)
_DISCLAIMER = re.compile(
    r"\bthis (?:e-?mail|message|communication|transmission)\b[^\n]{0,160}\b(?:confidential|"
    r"intended (?:only|solely|for)|privileged|internal use|recipient)|"
    r"\bintended recipient|environment before printing|"
    r"before you print|\breceived this (?:e-?mail|message) (?:in error|by mistake)|"
    r"^(?:disclaimer|confidentiality notice|免责声明|保密声明|保密提示)|"
    r"(?:本|此|该)(?:电子)?(?:邮件|信息)[^\n]{0,60}(?:保密|机密|仅供|仅限|收件人|专用)|"
    r"(?:误收|错误收到|误发)[^\n]{0,12}邮件|打印(?:本|此)?邮件|[非是]指定(?:的)?收件人"
)
#: "Boss/ACME", a date, "To QA/ACME": the head of an older mail as Lotus Notes writes it.
_LOTUS = re.compile(
    r"^[^\n]{1,60}/[^\n/]{1,60}\n[^\n]{0,20}[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}[^\n]{0,30}\n"
    r"[ \t]{0,20}(?:to|an|cc|收件人)\b",
    re.MULTILINE,
)
_HELP = re.compile(r"\bif you (?:need|have)\b[^\n]{0,50}\b(?:call|contact|phone|ring|e-?mail)\b")
_CONTACT = re.compile(
    r"(?:(?:ext|tel|telephone|phone|mobile|mob|fax|cell|direct|office|e-?mail|web|www)\b[.:]{0,2}|"
    r"电话|手机|分机|传真|邮箱|微信|地址|网址)"
)
_NUMBERS = re.compile(
    r"[^\s@:]{1,64}@[^\s@]{1,200}|(?:https?://|www\.)[^\s]{1,200}|\+?[0-9][0-9()/ .\-]{6,30}"
)
_DAY = re.compile(
    r"[0-9]{4}[./年-][ ]?[0-9]{1,2}[./月-][ ]?[0-9]{1,2}日?|[0-9]{1,2} [a-z]{3,9} [0-9]{4}"
)
_SEGMENTS = re.compile(r"[|,;/·•、\t]|[ \t][-–—][ \t]|[ \t]{2}")
_HOUSE = re.compile(
    r"[一-鿿a-z0-9()·&. \-]{1,30}(?:公司|集团|事业部|部门|部|中心|科|处|室|工厂)"
    r"(?:[ \t]{0,3}[一-鿿]{1,5})?"
)
_TITLE = re.compile(
    r"[一-鿿]{0,8}(?:经理|总监|主管|主任|工程师|总裁|董事长|专员|助理|总|部长|厂长|工)"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    "manager director officer engineer head assistant team department dept supervisor lead ceo coo "
    "cto gm md president secretary specialist coordinator service quality support sales purchasing "
    "ltd limited gmbh inc llc corp corporation company co ag group plc logistics delivery"
)
_SMALL = _words("of for and the & de von van der")
#: No line with one of these is a mere address, whatever it ends with.
_SAYS = re.compile(
    r"\b(?:but|however|except|unless|if|only|wait|not|no|never|without|before|after|until|please|"
    r"change|reduce|add|remove|call|ask|send|make|pay|instead|first|then|later|still|again)\b|n't\b"
)
#: Signs that no name of a house holds, and those that no name of a person does.
_NO_HOUSE = re.compile(
    r"[请给转问交报找要须需改减等但没未赔付退换赠半]|先(?:让|给|问|由|经)|经(?!理|营|销|贸)|我|你"
)
_NO_NAME = re.compile(
    r"[不没未先改少多减加点再但等需要退赔给款元部半价]|"
    r"\b(?:refund|amount|partial|full|half|discount|voucher|replace\w{0,5}|repair|exchange|credit|"
    r"money|pay\w{0,4}|compensation|apology|legal|recall|less|more|shorten|reject\w{0,3}|wrong)\b"
)


def own_words(text: str) -> str:
    """Return a text without its quoted lines, those that begin with ">" or "＞". Total."""
    if ">" not in text and "＞" not in text and "﹥" not in text:
        return text
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not flat(line[:200]).lstrip().startswith(">"))


def unsigned(text: str) -> str:
    """Return a text without signature, device line, disclaimer or an older mail below it. Total.

    Cut only where it is sure: at a closing line, or at a name with an office below it; whatever is
    longer than a signature stays.
    """
    lines = text.split("\n")
    flats = flat(text).split("\n")
    end = len(lines)
    lotus = _LOTUS.search("\n".join(flats))
    if lotus:
        end = "\n".join(flats)[: lotus.start()].count("\n")
    for at in range(end):
        if _is_notice(flats[at], flats[at + 1] if at + 1 < end else ""):
            end = at if at else end
            break
    filled = [at for at in range(end) if flats[at].strip()]
    for at in filled[1:][-MOST_TAIL:]:
        line = flats[at].strip(" \t\r*_")
        if _closes(line) or _DEVICE.match(line):
            end = at
            break
    else:
        end = _block(lines, flats, end)
    return "\n".join(lines[:end]).rstrip()


def _closes(line: str) -> bool:
    found = _CLOSING.match(line)
    return bool(found) and len(line) <= _MOST_LINE and not _SAYS.search(line)


def _is_notice(line: str, below: str) -> bool:
    """Tell whether a disclaimer begins in a line, where programs may have broken it."""
    line = line[:_MOST_NOTICE]
    found = _DISCLAIMER.search(f"{line} {below[:_MOST_NOTICE]}")
    return found is not None and found.start() < len(line)


def _block(lines: list[str], flats: list[str], end: int) -> int:
    """Return where the last paragraph begins if it is a name with an office, else `end`."""
    last = end
    while last and not flats[last - 1].strip():
        last -= 1
    first = last
    while first and flats[first - 1].strip():
        first -= 1
    block = [line.strip() for line in lines[first:last]]
    if not first or not block or len(block) > 6 or max(map(len, block)) > _MOST_LINE:
        return end
    if not any(flats[at].strip() for at in range(first)):
        return end
    named = bool(person_in(block[0])) and (len(block) > 1 or "|" in block[0])
    more = block[1:] if len(block) > 1 else block[0].split("|")[1:]
    office = any(_is_office(line.strip()) for line in more)
    sentences = any(line.endswith((".", "!", "?", "。", "！", "？", "：", ":")) for line in block)
    return first if named and office and not sentences else end


def _is_office(segment: str) -> bool:
    """Tell a company, a department, a title, or how to reach somebody."""
    folded = flat(segment).strip(" \t\r*_.")
    if _SAYS.search(folded) or _NO_HOUSE.search(folded):
        return False
    labelled = _CONTACT.match(folded)
    rest = _NUMBERS.sub("", folded[labelled.end() :] if labelled else folded)
    if folded and not rest.strip(" \t:.+()0123456789-" if labelled else None):
        return True
    if _HOUSE.fullmatch(folded) or _TITLE.fullmatch(folded):
        return True
    tokens = segment.replace(",", " ").replace(".", " ").split()
    proper = all(token[:1].isupper() or token in _SMALL for token in tokens)
    return proper and len(tokens) <= 8 and any(token.lower() in _TITLES for token in tokens)


def is_address(line: str) -> bool:
    """Tell whether a line is a name, an office, a closing or the like, and says nothing. Total."""
    folded = flat(line).strip(" \t\r*_")
    if not any(sign.isalnum() for sign in folded):
        return True
    if _DAY.fullmatch(folded):
        return True
    if len(folded) > 2 * _MOST_LINE:
        return False
    closing = _CLOSING.match(folded)
    if closing:
        rest = line.strip(" \t\r*_")[closing.end() :].strip(" \t,.!;，。！~—-")
        return not rest or is_address(rest)
    if _DEVICE.match(folded) and not _SAYS.search(folded):
        return True
    segments = [part.strip() for part in _SEGMENTS.split(line) if part.strip()]
    bare = [rest for one in segments if (rest := _NUMBERS.sub("", one).strip())]
    return len(segments) <= 8 and all(_is_named(one) or _is_office(one) for one in bare)


def _is_named(segment: str) -> bool:
    bare = segment.strip(" \t\r*_.。!！")
    plain = not _SAYS.search(flat(bare)) and not _NO_NAME.search(flat(bare))
    return bool(bare) and plain and person_in(bare) == bare


def spoken(text: str) -> str:
    """Return what a person says in a reply: no disclaimer, no signature at the end. Total.

    The first line always stays, and so does every line above one that says something.
    """
    paragraphs = re.split(r"\n[ \t\r]{0,20}\n", own_words(text[:100_000])[:20_000])
    kept = [_unnoticed(one) for one in paragraphs]
    lines = "\n\n".join(kept).rstrip().split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    while len(lines) > first + 1 and is_address(lines[-1]):
        lines.pop()
    return "\n".join(lines).rstrip()


def _unnoticed(paragraph: str) -> str:
    """Return a paragraph up to the disclaimer in it."""
    lines = paragraph.split("\n")
    flats = flat(paragraph).split("\n")
    for at, line in enumerate(flats):
        below = flats[at + 1] if at + 1 < len(flats) else ""
        if _is_notice(line, below) or _HELP.match(line.strip()[:_MOST_NOTICE]):
            return "\n".join(lines[:at])
    return paragraph
