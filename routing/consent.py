"""Whether a yes is nothing but a yes: whatever else is said may be a wish for another text. Pure.

Strict on purpose: "Yes. Reduce it to 50 EUR" would send the old text; asking again costs a letter.
"""

import re
from collections.abc import Iterable

from routing.flat import flat
from routing.own_words import is_address, spoken
from routing.reply_words import AND_GO

_MOST = 600  #: characters behind a mere yes, without a signature
_MOST_READ = 15_000  #: characters behind a yes, with everything below it
_AROUND = " \t\r:：-–—→*_()[]【】\"'"
_PIECES = re.compile(r"[,;.!~\n，；。！～、]")


def nothing_else(behind: str, names: Iterable[str]) -> bool:
    """Tell whether only thanks, "please send it", one of `names`, a signature or a disclaimer
    stand `behind` a yes; total."""
    said = spoken(f"yes{behind}")[3:]
    if len(behind) > _MOST_READ or len(said) > _MOST or any(sign in "?/？／" for sign in said):
        return False
    known = {flat(name) for name in names}
    return all(_says_nothing(piece.strip(_AROUND), known) for piece in _PIECES.split(said))


def _says_nothing(piece: str, known: set[str]) -> bool:
    folded = flat(piece)
    if folded in known or not any(sign.isalnum() for sign in AND_GO.sub("", folded)):
        return True
    return is_address(piece) and not any(sign.isdigit() for sign in piece)
