"""PDF files (ISO 32000) as lines of text; the only pypdf user.

What a page may cost is bounded before it is looked at: streams unpack to so many bytes at most,
and only the first pages are read (reliability F96).
"""

import io
import logging
import warnings
from typing import TYPE_CHECKING, Final

from ingest import forms
from ingest.unreadable import Unreadable

if TYPE_CHECKING:
    from pypdf import Configuration, PdfReader

MAX_PAGES: Final = 20
MAX_FIELDS: Final = 200
MAX_OBJECTS: Final = 200_000
MAX_STREAM: Final = 4 * 1024 * 1024  # bytes of a stream after unpacking


def read_pdf(data: bytes, *, most: int) -> str:
    """Return the words of the first 20 pages and of the form fields, until `most` characters.

    Raises Unreadable where a password is wanted, and whatever a broken file provokes.
    """
    import pypdf  # few mails carry documents

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), pypdf.apply_configuration(_limits()):
        warnings.simplefilter("ignore")  # of deprecated ciphers, say: a stage is silent
        reader = pypdf.PdfReader(io.BytesIO(data), xref_stream_maximum_entries=MAX_OBJECTS)
        if reader.is_encrypted and not _decrypts(reader):
            raise Unreadable("encrypted")
        return _words(reader, most)


def _limits() -> "Configuration":
    import pypdf

    return pypdf.Configuration(
        array_based_stream_maximum_output_length=MAX_STREAM,
        lzw_maximum_output_length=MAX_STREAM,
        run_length_maximum_output_length=MAX_STREAM,
        zlib_maximum_output_length=MAX_STREAM,
        brotli_maximum_output_length=MAX_STREAM,
        zlib_maximum_recovery_input_length=MAX_STREAM,
        stream_decoding_work_maximum_length=8 * MAX_STREAM,
        stream_parsing_work_maximum_count=400_000,
        xform_maximum_invocations_per_extraction=200,
        jbig2dec_binary=None,  # never start another program
    )


def _words(reader: "PdfReader", most: int) -> str:
    fields = reader.get_form_text_fields() or {}
    out = [f"{name}：{value}" for name, value in list(fields.items())[:MAX_FIELDS] if value]
    size = 0
    for number, page in enumerate(reader.pages):
        if number >= MAX_PAGES or size >= most:
            break
        text = page.extract_text()
        out.append(text)
        size += len(text)
    return "\n".join(forms.paired("\n".join(out).split("\n")))


def _decrypts(reader: "PdfReader") -> bool:
    """Tell whether the empty password opens it: most protected files only forbid printing."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # noqa: BLE001 - a cipher that is not installed, a broken dictionary
        return False
