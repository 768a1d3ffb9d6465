"""Bytes to text: charset labels as mails carry them, missing, wrong or hostile.

Only charsets of an allow-list are ever used (reliability F97: `unicode_escape` and friends decode
to markup behind a filter). Every function here is total; what it returns holds no NUL, no other
control character but tab and newline, and no lone surrogate.
"""

import re
from typing import Final

from ingest import japanese, singlebyte
from ingest.charsetlabels import CODECS

_SINGLE_BYTE: Final = ("cp", "iso8859", "mac_", "koi8")
_DOUBLE_BYTE: Final = ("gb18030", "cp950", "cp949", "cp932", "euc_jis_2004")
_SQUEEZE: Final = re.compile(r"[^a-z0-9]+")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_BREAKS: Final = re.compile("\r{1,4}\n|\r|\x85|\u2028|\u2029")
_SPACES: Final = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_MULTIBYTE_UTF8: Final = re.compile(rb"[\xe2-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: a letter with an accent in a Latin word, and what text of two bytes a character looks like
_SINGLE: Final = re.compile(rb"[A-Za-z][\xc0-\xff](?:[A-Za-z ,.!?]|[\xc0-\xff][A-Za-z])")
_PAIRED: Final = re.compile(rb"[\x80-\xff]{3}|[\x81-\x9f][\x40-\xff]")
_ESCAPES_JP: Final = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\()")
_ENGLISH: Final = re.compile(rb"[\t\n\r -~]{0,400} [\t\n\r -~]*")
#: bytes looked at when a charset has to be guessed
_SAMPLE: Final = 32768


def codec_of(label: str) -> str:
    """Return the Python codec for a charset label, "" if it is unknown or not allowed (F97)."""
    key = _SQUEEZE.sub("", label.lower()[:60])
    if key.startswith("charset"):  # charset="charset=gb2312", seen in the wild
        key = key.removeprefix("charset")
    return CODECS.get(key, "")


def decode(data: bytes, label: str = "") -> tuple[str, str]:
    """Return the text of `data` and what was wrong with its charset, "" if nothing.

    Total. A label that can't be true (UTF-8 under a Latin-1 label, raw GBK without any) is
    corrected; what nobody can read becomes U+FFFD.
    """
    if data.isascii() and b"\x1b" not in data and b"~{" not in data:
        codec = codec_of(label)
        if codec not in ("utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
            return data.decode("ascii"), ""
    if label[:6].lower() in ("utf-16", "utf-32") and _ENGLISH.fullmatch(data):
        return data.decode("ascii"), f"charset {label[:40]!r} is not what the bytes are"
    codec = codec_of(label)
    if codec:
        text = _as_labelled(data, codec)
        if text is not None:
            return text, ""
    guessed = guess(data)
    defect = f"charset {label[:40]!r} is not what the bytes are" if label else ""
    return _lossy(data, guessed), defect


def guess(data: bytes) -> str:
    """Return the codec the bytes most likely are in; never fails, "cp1252" when nothing fits."""
    sample = data[:_SAMPLE]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if _ESCAPES_JP.search(sample):
        return "iso2022_jp_2004"
    if _strict(data, "utf-8") is not None:
        return "utf-8"
    if _SINGLE.search(sample) and not _PAIRED.search(sample):
        return "cp1252"
    high = sum(byte >= 0x80 for byte in sample)
    pieces = _MULTIBYTE_UTF8.findall(sample)
    if high and sum(map(len, pieces)) >= 0.8 * high:
        return "utf-8"
    if codec := singlebyte.alphabet_of(sample):
        return codec
    best = max(_DOUBLE_BYTE, key=lambda codec: _likelihood(sample, codec))
    if _likelihood(sample, best) > 0.6:
        return best
    return "cp1252"


def clean(text: str) -> str:
    """Return body text with one kind of line end and without NUL, controls and surrogates."""
    text = _BREAKS.sub("\n", text)
    return _CONTROLS.sub("", without_surrogates(text))


def clean_line(text: str) -> str:
    """Return header text on one line: white space and control characters become one blank."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")  # as most fields are
    text = _SPACES.sub(" ", without_surrogates(text))
    return _CONTROLS.sub("", text).strip()


def without_surrogates(text: str) -> str:
    """Return `text` with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _as_labelled(data: bytes, codec: str) -> str | None:
    """Decode as the label says, None if the label is a lie."""
    if codec == "utf-8":
        return _strict(data, codec) or _nearly_utf8(data)
    if codec.startswith(_SINGLE_BYTE) and codec not in _DOUBLE_BYTE:
        lie = _strict(data, "utf-8")
        if lie is not None and not data.isascii():
            return lie
        if codec == "cp1252" and _ESCAPES_JP.search(data[:_SAMPLE]):
            return None
        return _lossy(data, codec)
    if _MULTIBYTE_UTF8.search(data) and (lie := _strict(data, "utf-8")) is not None:
        return lie
    if codec == "iso2022_jp_2004":
        return _iso2022(data) if b"\x1b" in data else None
    text = _strict(data, "euc_jp") if codec == "euc_jis_2004" else None
    text = text or _strict(data, codec)
    if text is not None:
        return text.translate(japanese.WINDOWS_FORMS) if codec == "euc_jis_2004" else text
    if codec == "cp950" and (text := _strict(data, "big5hkscs")) is not None:
        return text
    text = _lossy(data, codec)
    # a few broken characters are damage; many are a wrong label
    return text if text.count("\ufffd") <= max(2, len(text) // 50) else None


def _iso2022(data: bytes) -> str:
    """Decode ISO-2022-JP in the widest sense that fits."""
    for codec in ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004"):
        text = _strict(data, codec)
        if text is not None:
            return text.translate(japanese.WINDOWS_FORMS)
    text = japanese.decode_iso2022(data)
    return _lossy(data, "iso2022_jp_2004") if text is None else text


def _nearly_utf8(data: bytes) -> str | None:
    """Decode UTF-8 with a few broken characters (a cut, a careless footer)."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = len(_MULTIBYTE_UTF8.findall(data[: _SAMPLE * 8]))
    high = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if broken <= 2 + max(good, high) // 5 else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _lossy(data: bytes, codec: str) -> str:
    if codec == "cp1252":  # bytes that Windows-1252 leaves open are C1 controls
        text = _strict(data, codec)
        return data.decode("latin-1") if text is None else text
    try:
        return data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        return data.decode("latin-1")


def _likelihood(sample: bytes, codec: str) -> float:
    """Return how common the characters are that `codec` sees in `sample`, 0 to 1."""
    text = _strict(sample, codec) or _strict(sample[:-1], codec) or _strict(sample[:-3], codec)
    if text is None:
        return 0.0
    odd = [char for char in text if char > "\x7f"]
    if len(odd) < 2:
        return 0.0
    # two or three Chinese characters may well look like Korean ones, a sentence hardly does
    doubt = 0.9 if codec == "cp949" and len(odd) < 8 else 1.0
    return doubt * sum(_weight(char, codec) for char in odd) / len(odd)


def _weight(char: str, codec: str) -> float:
    """Return 1 for a character that texts in this charset are made of, less for a rare one."""
    try:
        lead = char.encode(codec)[0]
    except (UnicodeError, IndexError):
        return 0.0
    if char in "，。、：；！？（）“”‘’《》【】…—　":
        return 1.0
    if codec == "gb18030":
        return 0.99 if 0xB0 <= lead <= 0xD7 else 0.3
    if codec == "cp950":
        return 0.98 if 0xA4 <= lead <= 0xC6 else 0.3
    if codec == "cp949":
        return 1.0 if "가" <= char <= "힣" and 0xB0 <= lead <= 0xC8 else 0.2
    # Japanese without kana is not Japanese; half-width kana are what other bytes look like
    if "ぁ" <= char <= "ヶ" or char == "ー":
        return 1.0
    return 0.1 if "｡" <= char <= "ﾟ" else 0.7
