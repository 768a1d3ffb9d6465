"""Rich Text Format as plain text, and the compressed form Outlook mails it in.

[MS-OXRTFCP] tells the compression, the RTF 1.9.1 specification the rest. HTML in disguise
([MS-OXRTFEX]) comes out as any reader of RTF shows it: without its tags. Total and linear.
"""

import re
from typing import Final

from ingest import charset

MAX_RTF: Final = 2 * 1024 * 1024  # bytes, unpacked
MAX_DEPTH: Final = 500  # groups inside groups

_COMPRESSED: Final = b"LZFu"
_PLAIN: Final = b"MELA"
_DICTIONARY: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW: Final = 4096
_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)|\\"
)
_SIGNS: Final = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t",
    b"cell": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
#: groups that are no text: tables of fonts and colours, pictures, properties
_SILENT: Final = frozenset(
    (
        *(b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header"),
        *(b"footer", b"fldinst", b"listtable", b"listoverridetable", b"themedata", b"xmlnstbl"),
        *(b"datastore", b"latentstyles", b"generator", b"rsidtbl", b"htmltag", b"mhtmltag"),
    )
)


def unpack(data: bytes) -> bytes:
    """Return the RTF in a compressed property, b"" if it is none; total."""
    kind = data[8:12]
    if kind == _PLAIN:
        return data[16 : 16 + MAX_RTF]
    if kind != _COMPRESSED:
        return b""
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    out = bytearray()
    write, at, size = len(_DICTIONARY), 16, len(data)
    most = min(MAX_RTF, int.from_bytes(data[4:8], "little"))
    while at < size and len(out) < most:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= size:
                break
            if not flags >> bit & 1:
                piece = data[at : at + 1]
                at += 1
            else:
                pair = int.from_bytes(data[at : at + 2], "big")
                at += 2
                read, length = pair >> 4, (pair & 15) + 2
                if read == write % _WINDOW:
                    return bytes(out[:most])
                piece = _copied(window, read, write, length)
            for byte in piece:
                window[write % _WINDOW] = byte
                write += 1
            out += piece
    return bytes(out[:most])


def _copied(window: bytearray, read: int, write: int, length: int) -> bytes:
    """Return `length` bytes from the window, which may overlap with what they become."""
    piece = bytearray()
    distance = (write - read) % _WINDOW or _WINDOW
    for index in range(length):
        piece.append(
            piece[index - distance] if index >= distance else window[(read + index) % _WINDOW]
        )
    return bytes(piece)


class _Writer:
    """State of the reader: what the groups around the current place say."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.run = bytearray()  # bytes of the code page not yet decoded
        self.codepage = "windows-1252"
        self.silent = False
        self.skip_after_u = 1
        self.to_skip = 0
        self.stack: list[tuple[bool, int]] = []

    def flush(self) -> None:
        if self.run:
            self.out.append(charset.decode(bytes(self.run), self.codepage)[0])
            self.run.clear()

    def write(self, text: str) -> None:
        self.flush()
        if not self.silent:
            self.out.append(text)

    def take(self, data: bytes) -> None:
        skipped = min(self.to_skip, len(data))
        self.to_skip -= skipped
        if not self.silent:
            self.run += data[skipped:]

    def group(self, mark: bytes) -> None:
        self.flush()
        self.to_skip = 0
        if mark == b"{":
            self.stack.append((self.silent, self.skip_after_u))
        elif self.stack:
            self.silent, self.skip_after_u = self.stack.pop()

    def word(self, word: bytes, number: int | None) -> None:
        if word == b"ansicpg" and number:
            self.codepage = f"windows-{number}" if number != 936 else "gbk"
        elif word == b"uc":
            self.skip_after_u = max(0, min(number or 0, 10))
        elif word == b"u" and number is not None:
            self.write(chr(number % 65536))
            self.to_skip = self.skip_after_u
        elif word in _SILENT:
            self.flush()
            self.silent = True
        elif word in _SIGNS:
            self.write(_SIGNS[word])


def rtf_to_text(data: bytes) -> str:
    """Return the words of RTF, without fonts, pictures and fields; total."""
    writer = _Writer()
    for found in _TOKEN.finditer(data[:MAX_RTF]):
        word, number, code, sign, mark, plain = found.groups()
        if word is not None:
            writer.word(word, int(number) if number else None)
        elif code is not None:
            writer.take(bytes([int(code, 16)]))
        elif sign is not None:
            _sign(writer, sign)
        elif mark is not None:
            if len(writer.stack) > MAX_DEPTH:
                break
            writer.group(mark)
        elif plain is not None:
            writer.take(plain)
    writer.flush()
    return charset.clean("".join(writer.out))


def _sign(writer: _Writer, sign: bytes) -> None:
    if sign == b"*":
        writer.flush()
        writer.silent = True  # a group that only newer programs know
    elif sign == b"~":
        writer.write(" ")
    elif sign in b"\r\n":
        writer.write("\n")
    elif sign in b"\\{}":
        writer.take(sign)
