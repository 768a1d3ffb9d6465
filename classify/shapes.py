"""Facts known by their shape alone: dates, quantities, phone and courier numbers.

The token patterns are for spaCy's Matcher over our own tokens, where 6月12号 is four tokens and
10/24/07 is one. The regular expressions look at one token or at a bounded stretch of digits.
"""

import re
from collections.abc import Mapping

from classify.script import words_of

Token = Mapping[str, object]  #: one token of a spaCy Matcher pattern
Pattern = list[Token]

_MONTHS = words_of(
    """
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june
    july august september october november december
    """
)
_IN: Token = {"LOWER": {"IN": ["in", "since", "last", "until", "till"]}}
_DAYS = words_of(
    """
    mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
    """
)
_MONTH: Token = {"LOWER": {"IN": _MONTHS}}
_DAY: Token = {"LOWER": {"REGEX": r"^(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?$"}}
_SUFFIX: Token = {"LOWER": {"IN": ["st", "nd", "rd", "th"]}, "OP": "?"}
_YEAR: Token = {"LOWER": {"REGEX": r"^(?:19|20)[0-9][0-9]$"}}
_SOFT: Token = {"LOWER": {"IN": [",", "of", ".", "the"]}, "OP": "?"}
_WEEKDAY: Token = {"LOWER": {"IN": _DAYS}, "OP": "?"}
_ZH_DAY: Token = {"TEXT": {"REGEX": r"^(?:0?[1-9]|[12][0-9]|3[01])$"}}
_ZH_NUMBER: Token = {"TEXT": {"IN": list("一二三四五六七八九十")}}
_ZH_MONTH: Token = {"TEXT": {"REGEX": r"^(?:0?[1-9]|1[0-2])$"}}
_ZH_YEAR: Token = {"TEXT": {"REGEX": r"^[12]?[0-9]{2,3}$"}}
_NIAN: Token = {"TEXT": "年"}
_YUE: Token = {"TEXT": "月"}
_RI: Token = {"TEXT": {"IN": ["日", "号"]}}
_MAYBE_RI: Token = {"TEXT": {"IN": ["日", "号"]}, "OP": "?"}
_SMALL: Token = {"TEXT": {"REGEX": r"^[0-9]{1,2}$"}}
_DASH: Token = {"TEXT": {"IN": ["-", "/", "."]}}

DATES: list[Pattern] = [
    [_WEEKDAY, _MONTH, _SOFT, _DAY, _SUFFIX, _SOFT, _YEAR],
    [_WEEKDAY, _MONTH, _SOFT, _DAY, _SUFFIX],
    [_WEEKDAY, _DAY, _SUFFIX, _SOFT, _MONTH, _SOFT, _YEAR],
    [_WEEKDAY, _DAY, _SUFFIX, _SOFT, _MONTH],
    [_MONTH, _SOFT, _YEAR],
    [_IN, _MONTH],
    [_ZH_YEAR, _NIAN, _ZH_MONTH, _YUE, _ZH_DAY, _MAYBE_RI],
    [_ZH_YEAR, _NIAN, _ZH_MONTH, _YUE],
    [_ZH_YEAR, _NIAN, _ZH_NUMBER, _YUE],
    [_ZH_YEAR, _NIAN, {**_ZH_NUMBER, "OP": "?"}, _ZH_NUMBER, _YUE],
    [_ZH_MONTH, _YUE, _ZH_DAY, _MAYBE_RI],
    [{**_ZH_NUMBER, "OP": "?"}, _ZH_NUMBER, _YUE, {**_ZH_NUMBER, "OP": "{1,3}"}, _RI],
    [_ZH_DAY, _RI],
    [_SMALL, _DASH, _SMALL, _DASH, _YEAR],
]

#: no date of `DATES` is without one of these tokens, or a dash between two numbers
DATE_ANCHORS = frozenset(_MONTHS) | frozenset("年月日号")
DATE_REACH = 8  #: tokens from an anchor to the ends of its date

_MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
#: one token that is a whole date
FULL_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|[12][0-9]|3[01])[-/.](?:(?:19|20)[0-9]{2}|[0-9]{2})"
    rf"|(?:0?[1-9]|[12][0-9]|3[01])[-/](?:{_MONTH_NAMES})[-/](?:(?:19|20)?[0-9]{{2}})",
    re.IGNORECASE,
)
SHORT_DATE = re.compile(
    r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])|(?:1[3-9]|2[0-9]|3[01])/(?:0?[1-9]|1[0-2])"
)
#: 11/23 and 12/1 need no such word; 9/10 is a mark, 10/10 too
CLEAR_DATE = re.compile(r"1[0-2]/(?!10)(?:[1-9]|[12][0-9]|3[01])|0?[1-9]/(?:1[3-9]|2[0-9]|3[01])")
#: after 10/12 these make it a size or a share
NOT_DATED = frozenset(words_of("in of full size stars star hrs hours inch inches cup cups rating"))
DOTTED_DATE = re.compile(r"(?:[1-9]|1[0-2])\.(?:[1-9]|[12][0-9]|3[01])")
#: 25thDec as one token
GLUED_DATE = re.compile(
    rf"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?:{_MONTH_NAMES})(?:(?:19|20)?[0-9]{{2}})?",
    re.IGNORECASE,
)
#: three or more codes, each of letters and digits, one after the other
_MIXED = r"(?=[A-Z-]{0,20}[0-9])(?=[0-9-]{0,20}[A-Z])[A-Z0-9][A-Z0-9-]{3,20}"
CODE_LIST = re.compile(
    rf"(?<![\w.-])(?:{_MIXED}, ?){{2,20}}{_MIXED}(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
#: words before 7/31 that make it a date
DATE_LEADS = frozenset(
    words_of(
        """
    on of by dated since from until till as date before after due between
    ordered bought purchased arrived delivered now
    """
    )
)
#: after 3号 these make it a building, a line, a counter
NOT_DAYS = frozenset("楼线店机柜门床院房色码厅台桌馆车仓栋")
#: before 6.24 these make it a date: 预约了6.24
DOTTED_LEADS = (
    "约了",
    "预约",
    "约在",
    "改到",
    "改成",
    "等到",
    "推到",
    "拖到",
    "定在",
    "截止",
    "于",
)
#: after 6.24 these make it a measure
DOTTED_UNITS = frozenset("寸斤公元块分米平星度倍折个万升克吨千厘毫%％ckmg")
DOTTED_FOLLOWS = frozenset("在买购下号日到收开订去当那就")

PHONE = re.compile(
    r"(?:(?<![\w#-])(?<![0-9]\.)|(?<=[A-Za-z])(?=\+))(?:"
    r"(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}"
    r"|[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}"
    r"|0[1-9][0-9]{1,2}[- ]?[0-9]{7,8}(?:-[0-9]{1,4})?"
    r"|\+[0-9]{1,3}[- ]?(?:\([0-9]{1,4}\)[- ]?)?[0-9]{2,5}(?:[- ]?[0-9]{2,5}){1,4}"
    r"|(?:1[-. ])?\([2-9][0-9]{2}\)[- ]?[0-9]{3}[-. ][0-9]{4}"
    r"|(?:1[-. ])?[2-9][0-9]{2}[-. ][0-9]{3}[-. ][0-9]{4}"
    r"|0[0-9]{3,4}[ -][0-9]{3}[ -]?[0-9]{3,4}"
    r")(?![\w]|[-./][0-9])",
    re.ASCII,
)
#: after a word such as "phone" any number of this shape will do
PHONE_VALUE = re.compile(r"\+?\(?[0-9](?:[- ()]{0,2}[0-9]){6,14}", re.ASCII)
COURIER = re.compile(
    r"(?<![A-Z0-9])(?:1Z[0-9A-Z]{16}|SF[0-9]{12,15}|JD[A-Z]{0,2}[0-9]{10,15}|YT[0-9]{13}"
    r"|ZTO?[0-9]{12,13}|[A-Z]{2}[0-9]{9}(?:CN|GB|US|DE|HK|SG))(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
#: a number beside the name of a courier
COURIER_NAMED = re.compile(
    r"(?:顺丰|圆通|中通|申通|韵达|极兔|百世|邮政|德邦|EMS|FedEx|UPS|USPS|DHL|DPD|GLS|Evri|Hermes"
    r"|Royal Mail|Aramex)(?:快递|快运|物流|速递|速运)?[ :#]{0,3}"
    r"(?:单号|no\.?|number|运单号)?[ :#]{0,3}([A-Z]{0,3}[0-9]{12,22})(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
#: numbers of forms and procedures (digest 5.7), never of goods
FORM_NUMBER = re.compile(
    r"(?:Q[RPCAMG]|HD|HR|WI|SOP)[-/].*|.*-Q[CAMRP]-.*|.*[0-9]\.[0-9]+\.[0-9].*|[A-Z]/[0-9]"
    r"|V[0-9]+\.[0-9.]+",
    re.IGNORECASE | re.DOTALL,
)

_EN_NUMBERS = words_of(
    """
    one two three four five six seven eight nine ten eleven twelve dozen twenty fifty
    hundred
    """
)
UNITS = frozenset(
    words_of(
        """
    piece pieces pcs pc unit units box boxes bottle bottles pack packs packet packets bag
    bags can cans carton cartons case cases pair pairs set sets disc discs jar jars roll
    rolls tin tins kg kgs g gram grams lb lbs oz ounce ounces litre litres liter liters ml
    drums drum sachets sachet caplets softgels kits kit bars pouches pouch tubs syringes
    syringe tube tubes pallet pallets tonnes tons copies tablets capsules ampoules vials trays
    """
    )
)
#: what a pack holds, rather than packs
CONTENTS = frozenset(words_of("tablets capsules ml mg ampoules caplets softgels"))
#: between a number and its unit: "2,136 1000-count bottles", "12 500-ml bottles"
PACKED = re.compile(r"[0-9,]{1,7}-?(?:count|ct|ml|g|mg|oz|tablet|pack|piece|lb|l)", re.IGNORECASE)
COUNTED = frozenset(
    words_of(
        """
    ordered order bought purchased received receive got get missing buy sent send booked
    returned delivered own ordering buying shipped
    """
    )
)
EN_NUMBER = re.compile(rf"[0-9]{{1,6}}(?:,[0-9]{{3}})*|{'|'.join(_EN_NUMBERS)}", re.IGNORECASE)
NUMBER_UNIT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:kgs?|g|ml|lbs?|oz|pcs|l)", re.IGNORECASE)
ZH_NUMBERS = frozenset("一二两三四五六七八九十百千几半")
ZH_WEIGHTS = words_of(
    """
    千克 公斤 毫升 克 斤 吨 两 升
    """
)
ZH_COUNTS = frozenset("台本件瓶箱盒袋个支双套条包部只张罐桶卷片份枚把盏辆批根听提组颗")
ZH_COUNTED = frozenset("买购订定拍收发少缺共退剩送寄")
#: after 两个 these make it a time or a mishap, no goods
ZH_NOT_GOODS = (
    "小时", "钟", "月", "多月", "半月", "星期", "礼拜", "半小时", "多小时", "电话", "人", "软件",
    "码", "字", "工作日", "天", "多星期", "坏点", "亮点",
)  # fmt: skip
