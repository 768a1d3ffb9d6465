"""ISO-2022-JP as Windows writes it: with the characters of NEC and IBM that the standard lacks.

The bytes are rewritten as Shift_JIS, whose Windows form (cp932) knows them: ①, ㈱, ～.
"""

import re
from typing import Final

_ESCAPE: Final = re.compile(rb"\x1b(\$[@B]|\([BJIH])")
#: characters that other charsets map differently from Windows
WINDOWS_FORMS: Final = str.maketrans("〜−‖", "～－∥")


def decode_iso2022(data: bytes) -> str | None:
    """Return the text of ISO-2022-JP bytes, None if they use sets that Shift_JIS can't hold."""
    pieces = _ESCAPE.split(data)
    if b"\x1b" in b"".join(pieces[::2]):
        return None
    out = bytearray(pieces[0])
    for mode, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if mode.startswith(b"$"):
            out += _two_bytes(piece)
        elif mode == b"(I":  # half-width kana
            out += bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece)
        else:
            out += piece
    try:
        return out.decode("cp932")
    except UnicodeDecodeError:
        return None


def _two_bytes(piece: bytes) -> bytes:
    """Rewrite JIS X 0208 codes as Shift_JIS; whatever is no pair stays as it is."""
    out = bytearray()
    at = 0
    while at < len(piece):
        pair = piece[at : at + 2]
        if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
            out.append(pair[0])
            at += 1
            continue
        row, cell = pair
        lead = (row - 0x21) // 2 + 0x81
        out.append(lead if lead <= 0x9F else lead + 0x40)
        if row % 2:
            out.append(cell + 0x1F + (cell >= 0x60))
        else:
            out.append(cell + 0x7E)
        at += 2
    return bytes(out)
