"""Text as replies are compared: sign for sign, so that every place is that of the original. Pure.

`routing.words.fold` may make a text longer or shorter; here the words behind a command must be cut
out of the original as they were written.
"""

import unicodedata

from routing.traditional import SIMPLIFIED

#: Signs of replies that the lists of complaints have no use for.
_MORE = str.maketrans(
    "滿執聯繫係掛復詢銷結採謝後週禮盡緩暫駁歸準擱評獎測議撥繼擔負糾預況調內備註勵訓類項認錶號廠國區學",
    "满执联系系挂复询销结采谢后周礼尽缓暂驳归准搁评奖测议拨继担负纠预况调内备注励训类项认表号厂国区学",
)
_SIGNS = str.maketrans("’‘“”「」『』∶", '\'\'"""""":')


def flat(text: str) -> str:
    """Return `text` in lower case, simplified, with half-width signs; exactly as long. Total."""
    table = {ord(sign): _flat(sign) for sign in set(text)}
    return text.translate(table)


def _flat(sign: str) -> str:
    if unicodedata.category(sign) in ("Cf", "Zs"):
        return " "  # zero width, no-break, full width
    for form in (unicodedata.normalize("NFKC", sign), sign):
        lower = form.casefold()
        if len(lower) == 1:
            return lower.translate(SIMPLIFIED).translate(_MORE).translate(_SIGNS)
    return sign
