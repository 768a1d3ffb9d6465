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
    [_ZH_YEAR, _NIAN, _ZH_MONTH, _YUE, _ZH_DAY, _MAYBE_RI],
    [_ZH_YEAR, _NIAN, _ZH_MONTH, _YUE],
    [_ZH_YEAR, _NIAN, _ZH_NUMBER, _YUE],
    [_ZH_YEAR, _NIAN, {**_ZH_NUMBER, "OP": "?"}, _ZH_NUMBER, _YUE],
    [_ZH_MONTH, _YUE, _ZH_DAY, _MAYBE_RI],
    [{**_ZH_NUMBER, "OP": "?"}, _ZH_NUMBER, _YUE, {**_ZH_NUMBER, "OP": "{1,3}"}, _RI],
    [_ZH_DAY, _RI],
    [_SMALL, _DASH, _SMALL, _DASH, _YEAR],
]

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
DOTTED_DATE = re.compile(r"(?:[1-9]|1[0-2])\.(?:[1-9]|[12][0-9]|3[01])")
#: words before 7/31 that make it a date
DATE_LEADS = frozenset(
    words_of(
        """
    on of by dated since from until till as date before after due between
    ordered bought purchased arrived delivered
    """
    )
)
#: after 3号 these make it a building, a line, a counter
NOT_DAYS = frozenset("楼线店机柜门床院房色码厅台桌馆车仓栋")
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
    tube tubes pallet pallets tonnes tons copies tablets capsules ampoules vials trays
    """
    )
)
COUNTED = frozenset(
    words_of(
        """
    ordered order bought purchased received got missing buy sent only booked returned
    delivered all these those both
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
ZH_COUNTED = frozenset("买购订定拍收发少缺换了共有退剩送")
