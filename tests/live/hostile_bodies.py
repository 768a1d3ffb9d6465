"""The bodies of the hostile set: everything below From and To."""

import base64
import gzip
import io
import zipfile
import zlib
from typing import Final

WORDS: Final = b"The kettle leaks and nobody answers my calls.\r\n"
REMOTE: Final = (
    b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"><link href="http://127.0.0.1:1/a">'
    b'<img src="http://127.0.0.1:1/b"><svg><set href="#a" to="javascript:1"/></svg>'
    b'<form action="http://127.0.0.1:1/c"><input name="x"></form><img src="cid:none">'
    b'<div style="display:none">hidden</div><script>while(1);</script>' + WORDS
)
LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]><a>&l11;&x;</a>"
)


def typed(kind: str, body: bytes = WORDS) -> bytes:
    """Return a mail of one part of this media type."""
    return f"Subject: It leaks\r\nContent-Type: {kind}\r\n\r\n".encode() + body


def html(body: bytes) -> bytes:
    """Return a mail that is HTML only (F105)."""
    return typed("text/html; charset=utf-8", b"<html><body>" + body)


def charset(label: bytes) -> bytes:
    """Return a mail whose text claims a character set, raw and in encoded words (F97)."""
    head = b"Subject: =?" + label + b"?Q?It_leaks?=\r\nContent-Type: text/plain; charset=" + label
    return head + b"\r\n\r\n" + WORDS + b"\\x3cscript\\x3e +ADw-script+AD4- \xff\xfe\r\n"


def encoded(how: str, body: bytes) -> bytes:
    """Return a mail whose text claims a transfer encoding (F99)."""
    return f"Subject: It leaks\r\nContent-Transfer-Encoding: {how}\r\n\r\n".encode() + body


def chinese_line(size: int) -> bytes:
    """Return a mail of one line in GBK, base64, `size` bytes as sent (F87)."""
    text = "水壶漏水".encode("gbk") * (size * 3 // 4 // 8)
    head = "Subject: It leaks\r\nContent-Type: text/plain; charset=gbk\r\n"
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + base64.encodebytes(text)


def mixed(name: str, kind: str, data: bytes) -> bytes:
    """Return a mail with words and one attachment."""
    head = (
        "Subject: It leaks\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
    )
    part = (
        f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + WORDS + part.encode() + base64.encodebytes(data) + b"--b--\r\n"


def attachment(size: int, *, name: str = "a.bin", kind: str = "application/octet-stream") -> bytes:
    """Return a mail with an attachment, `size` bytes as sent (F87)."""
    return mixed(name, kind, bytes(range(256)) * (size * 3 // 4 // 256 + 1))


def many_parts(count: int) -> bytes:
    """Return a mail of so many parts (F88)."""
    head = b'Subject: It leaks\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return head + b"--b\r\n\r\n" + WORDS + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


def nested_mails(depth: int) -> bytes:
    """Return a mail in a mail in a mail (F92)."""
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: It leaks\r\n\r\n" + WORDS


def nested_multiparts(depth: int) -> bytes:
    """Return a multipart in a multipart in a multipart, none of them closed (F92)."""
    shells = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return b"Subject: It leaks\r\n" + shells + b"\r\n" + WORDS


def zip_bomb(size: int) -> bytes:
    """Return a mail with an archive that unpacks to `size` bytes (F96)."""
    return mixed("a.zip", "application/zip", _zipped({"a": bytes(size)}))


def nested_zip(depth: int) -> bytes:
    """Return a mail with an archive of ten archives of ten archives (F96)."""
    data = bytes(2**20)
    for _ in range(depth):
        data = _zipped({f"{n}.zip": data for n in range(10)})
    return mixed("42.zip", "application/zip", data)


def gzip_bomb(size: int) -> bytes:
    """Return a mail whose text/xml attachment is packed (F96)."""
    return mixed("a.xml.gz", "application/gzip", gzip.compress(bytes(size)))


def office_bomb(kind: str, size: int) -> bytes:
    """Return a mail with an Office document whose text unpacks to `size` bytes (F96)."""
    text = b"<a>" + b"leaks " * (size // 6) + b"</a>"
    return mixed(f"form.{kind}", _OFFICE[kind], _office(kind, text))


def office_laughs() -> bytes:
    """Return a mail with a Word document that defines entities upon entities (F110)."""
    return mixed("form.docx", _OFFICE["docx"], _office("docx", LAUGHS.encode()))


_OFFICE: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _office(kind: str, text: bytes) -> bytes:
    names = {
        "docx": ("word/document.xml",),
        "xlsx": ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"),
    }
    return _zipped({"[Content_Types].xml": b"<Types/>"} | dict.fromkeys(names[kind], text))


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf_bomb(size: int) -> bytes:
    """Return a mail with a PDF whose page unpacks to `size` bytes, packed twice (F96)."""
    stream = zlib.compress(zlib.compress(b"(leaks) Tj " * (size // 11)))
    data = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%b\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%%%EOF\n" % (len(stream), stream)
    )
    return mixed("form.pdf", "application/pdf", data)


def tnef(data: bytes) -> bytes:
    """Return a mail with a winmail.dat that begins well (F102)."""
    return mixed("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00" + data)


def pgp() -> bytes:
    """Return an encrypted mail (RFC 3156 §4, F103)."""
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b'
    parts = (
        b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        b"--b\r\nContent-Type: application/octet-stream\r\n\r\n"
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA0\r\n-----END PGP MESSAGE-----\r\n--b--\r\n"
    )
    return typed(kind, parts)


def smime(data: bytes) -> bytes:
    """Return a mail that is one S/MIME object (RFC 8551 §3.5, F103)."""
    head = "application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64"
    return typed(head, base64.encodebytes(data))


def invitation() -> bytes:
    """Return a calendar invitation beside AMP and a card (F104)."""
    parts = (
        b"--b\r\nContent-Type: text/calendar; method=CANCEL\r\n\r\n"
        b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nSUMMARY:leak\r\nEND:VEVENT\r\n"
        b"--b\r\nContent-Type: text/x-amp-html\r\n\r\n<html amp4email><body>leak</body></html>\r\n"
        b"--b\r\nContent-Type: text/vcard\r\n\r\nBEGIN:VCARD\r\nFN:Wang\r\nEND:VCARD\r\n--b--\r\n"
    )
    return typed("multipart/mixed; boundary=b", parts)


def two_stories() -> bytes:
    """Return a mail whose HTML says something else than its text (F109)."""
    parts = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nThank you for the kettle.\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>The kettle burnt my hand.</p>\r\n--b--\r\n"
    )
    return typed("multipart/alternative; boundary=b", parts)


def xml_bomb(kind: str, name: str) -> bytes:
    """Return a mail with entities upon entities (F110)."""
    return mixed(name, kind, LAUGHS.encode())


def bounce(count: int) -> bytes:
    """Return a delivery report about so many people that says nothing right (RFC 3464)."""
    parts = (
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        + b"Final-Recipient: rfc822;\r\nAction: failed\r\nStatus: 5.5.5.5.5\r\n\r\n" * count
        + b"--b\r\nContent-Type: message/rfc822\r\n\r\n--b--\r\n"
    )
    return typed("multipart/report; report-type=delivery-status; boundary=b", parts)
