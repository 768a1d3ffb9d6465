"""Goods that a Chinese text names without a label: 首信G99, 荣耀平板, 苹果和火龙果."""

import re

from spacy.language import Language
from spacy.matcher import PhraseMatcher

from classify.nouns import ZH, ZH_FOODS, ZH_MAKERS, ZH_NO_GOODS, ZH_PARTS
from classify.spans import Spans

#: a maker, or Latin letters and digits, and 手机: "N70", "荣耀note9.6寸平板"
_ZH_CODE = re.compile(
    r"(?<![A-Za-z0-9.@/_-])(?!(?:mp|usb|win|ie|ddr|wifi|mate|vista|app|hd|xp|note)[0-9]|[345]g)"
    r"[A-Za-z]{1,6}-?[0-9]{2,4}[A-Za-z]{0,2}(?![A-Za-z0-9.@/_号区市县楼栋座室路街%-])",
    re.IGNORECASE | re.ASCII,
)
#: A4, i5, F12: a size, a part, a key, unless a maker stands before
_COMMON_CODE = re.compile(r"[a-fhiqv][0-9]{2}", re.IGNORECASE | re.ASCII)
_LATIN_BEFORE = re.compile(r"[A-Za-z][A-Za-z0-9.+-]{0,14}(?:寸|英寸|代|款|系列)?\Z", re.ASCII)
_HOTEL = re.compile("酒店|宾馆|房间|入住|前台|客房|书记|市长|局长|领导")
#: 芳草牌 of 买的芳草牌牙膏: two to four characters after 的 or 买
_BRAND_ZH = re.compile(
    r"(?:的|购买|买)((?:(?![的了是这那个我你他她很太最不好大小新旧本款些种多少一二两三几第次在给和])[\u4e00-\u9fff]){2,4})\Z"
)
_MOST = 3  #: goods of one text


class ChineseGoods:
    """Finds common goods in the Docs of one pipeline."""

    def __init__(self, nlp: Language) -> None:
        self._nouns = PhraseMatcher(nlp.vocab)
        self._nouns.add("noun", [nlp.tokenizer(noun) for noun in ZH])

    def find(self, spans: Spans) -> None:
        """Claim a model such as 诺基亚N70, else the first noun of common goods with its maker."""
        doc, text = spans.doc, spans.text
        if text.isascii():
            return
        hotel = bool(_HOTEL.search(text))
        if not hotel and _codes(spans):
            return
        found = sorted(self._nouns(doc), key=lambda match: (match[1], -match[2]))
        past, count = 0, 0
        for _, begin, end in found[:200]:
            stretch = doc[begin:end]
            start: int = stretch.start_char
            noun: str = stretch.text
            around = text[max(0, start - 1) : start + len(noun) + 1]
            if begin < past or any(word in around for word in ZH_NO_GOODS):
                continue
            past = end
            bought = any(sign in text[max(0, start - 8) : start] for sign in "买购订")
            if (noun in ZH_PARTS or hotel) and not bought:
                continue
            if count and (text[start - 1].isalnum() or noun not in ZH_FOODS):
                continue  # several dishes of one order; other goods are named once
            first = _name_start(text, start)
            count += spans.claim("product", first, stretch.end_char)
            if count == _MOST:
                return


def _codes(spans: Spans) -> int:
    """Claim models that stand for the goods: N70, 松下GD88."""
    count, last = 0, ""
    for match in _ZH_CODE.finditer(spans.text):
        start, code = match.start(), match.group().lower()
        if count < 2 and not last.startswith(code):
            maker = _maker(spans.text, start)
            if not maker and _COMMON_CODE.fullmatch(code):
                continue
            tail = spans.text[match.end() : match.end() + 6]
            noun = max((word for word in ZH if tail.startswith(word)), key=len, default="")
            if spans.claim("product", start - len(maker), match.end() + len(noun)):
                last = code
                count += 1
    return count


def _name_start(text: str, start: int) -> int:
    """Return where the name that ends in the noun at `start` begins: maker, Latin letters."""
    latin = _LATIN_BEFORE.search(text, max(0, start - 18), start)
    first = latin.start() if latin else start
    if maker := _maker(text, first):
        return first - len(maker)
    brand = _BRAND_ZH.search(text, max(0, first - 8), first)
    return brand.start(1) if brand else first


def _maker(text: str, start: int) -> str:
    """Return the maker whose name ends just before character `start`, or ""."""
    before = text[max(0, start - 4) : start]
    return max((name for name in ZH_MAKERS if before.endswith(name)), key=len, default="")
