"""Mails made to break readers, by the rows of the fault catalogue; sizes are arguments.

Each function returns the bytes of one mail after its From and To, which `HOSTILE` puts on top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.live import hostile_bodies as bodies

WORDS: Final = b"The kettle leaks and nobody answers my calls.\r\n"
PLAIN: Final = b"Subject: It leaks\r\n\r\n" + WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One mail of the set."""

    name: str
    make: Callable[[], bytes]
    whole: bool = False  #: `make` gives the From field too

    def build(self, number: int, address: str) -> bytes:
        """Return the mail, from a sender nobody else has, to `address`."""
        if self.whole:
            return self.make()
        head = f"From: p{number}@hostile{number}.example\r\nTo: {address}\r\n"
        return head.encode() + self.make()


def one_header(size: int) -> bytes:
    """Return a mail with a field of `size` bytes in one line (F87)."""
    return b"X-Long: " + b"a" * size + b"\r\n" + PLAIN


def folded_header(lines: int) -> bytes:
    """Return a mail with a Subject folded over so many lines (F89)."""
    return b"Subject: It leaks\r\n" + b" and leaks\r\n" * lines + b"\r\n" + WORDS


def many_fields(count: int) -> bytes:
    """Return a mail with so many different fields (F90)."""
    return b"".join(b"X-F%d: %d\r\n" % (n, n) for n in range(count)) + PLAIN


def many_recipients(count: int) -> bytes:
    """Return a mail to so many more people (F91)."""
    people = b",\r\n ".join(b"v%d@victim.example" % n for n in range(count))
    return b"To: " + people + b"\r\n" + PLAIN


def encoded_words(count: int) -> bytes:
    """Return a mail whose Subject is so many encoded words (F93)."""
    return b"Subject: " + b"=?utf-8?Q?leak?= " * count + b"\r\n\r\n" + WORDS


def nested_comments(depth: int) -> bytes:
    """Return a mail whose sender sits behind nested comments (F94)."""
    start = b"From: " + b"(" * depth + b"x" + b")" * depth
    return start + b" deep@comments.example\r\n" + PLAIN


def colons(count: int) -> bytes:
    """Return a mail whose sender follows so many empty groups (F94)."""
    return b"From: " + b":" * count + b" colon@groups.example\r\n" + PLAIN


def sender(value: bytes) -> bytes:
    """Return a mail with this From field (F94, F95, F100)."""
    return b"From: " + value + b"\r\n" + PLAIN


def many_received(count: int) -> bytes:
    """Return a mail that came over so many servers (F62)."""
    return b"Received: from a by b; Mon, 23 Nov 2026 01:00:00 +0000\r\n" * count + PLAIN


def many_references(count: int) -> bytes:
    """Return a mail that answers so many others."""
    ids = b"\r\n ".join(b"<%d@thread.example>" % n for n in range(count))
    return b"References: " + ids + b"\r\nIn-Reply-To: " + ids + b"\r\n" + PLAIN


def continued_name(sections: int) -> bytes:
    """Return a mail with an attachment whose name comes in so many sections (RFC 2231 §3)."""
    parts = b";\r\n".join(b" filename*%d*=utf-8''%%41" % n for n in range(sections))
    head = b"Content-Disposition: attachment;\r\n" + parts
    return head + b"\r\nContent-Type: application/pdf\r\nSubject: It leaks\r\n\r\nx\r\n"


def _whole(name: str, make: Callable[[], bytes]) -> Hostile:
    return Hostile(name=name, make=make, whole=True)


def _from(name: str, value: bytes) -> Hostile:
    return _whole(name, lambda: sender(value))


def _mail(name: str, make: Callable[[], bytes]) -> Hostile:
    return Hostile(name=name, make=make)


def _charset(label: bytes) -> Hostile:
    shown = label.decode("latin-1").replace("\0", "NUL") or "none"
    return _mail(f"F97 charset {shown}", lambda: bodies.charset(label))


MIB: Final = 2**20
HOSTILE: Final = (
    _mail("F87 attachment of 50 MB", lambda: bodies.attachment(50 * MIB)),
    _mail("F87 line of 50 MB", lambda: PLAIN + b"a" * 50 * MIB),
    _mail("F87 header of 50 MB", lambda: one_header(50 * MIB)),
    _mail("F87 attachment of 24 MB", lambda: bodies.attachment(24 * MIB)),
    _mail("F87 text of 24 MB", lambda: PLAIN + WORDS * (24 * MIB // len(WORDS))),
    _mail("F87 line of 24 MB", lambda: PLAIN + b"a" * 24 * MIB),
    _mail("F87 Chinese line of 24 MB", lambda: bodies.chinese_line(24 * MIB)),
    _mail("F88 10,000 parts", lambda: bodies.many_parts(10_000)),
    _mail("F88 100,000 parts", lambda: bodies.many_parts(100_000)),
    _mail("F89 100,000 folded lines", lambda: folded_header(100_000)),
    _mail("F90 100,000 fields", lambda: many_fields(100_000)),
    _mail("F91 20,000 recipients", lambda: many_recipients(20_000)),
    _mail("F91 1,000,000 recipients", lambda: many_recipients(1_000_000)),
    _mail("F92 1,000 mails in each other", lambda: bodies.nested_mails(1_000)),
    _mail("F92 1,000 multiparts in each other", lambda: bodies.nested_multiparts(1_000)),
    _mail("F93 20,000 encoded words", lambda: encoded_words(20_000)),
    _whole("F94 600 comments", lambda: nested_comments(600)),
    _whole("F94 50,000 comments", lambda: nested_comments(50_000)),
    _whole("F94 50,000 colons", lambda: colons(50_000)),
    _from("F94 group", b"Undisclosed: a@group.example, b@group.example;"),
    _from("F94 source route", b"<@relay.example,@other.example:route@source.example>"),
    _from("F94 no address", b"Nobody at all"),
    _from("F94 empty", b""),
    _from("F94 two senders", b"one@two.example\r\nFrom: two@two.example"),
    _from("F94 at in the name", b'"boss@example.com" <evil@phrase.example>'),
    _from("F94 bare at in the name", b"boss@example.com <evil@bare.example>"),
    _whole("F94 no From at all", lambda: PLAIN),
    _from("F95 line end in the name", b"=?utf-8?Q?A=0D=0ABcc:_v@victim.example?= <c@crlf.example>"),
    _from("F95 NUL in the name", b"=?utf-8?Q?A=00B?= <nul@crlf.example>"),
    _mail("F95 line end in the Subject", lambda: _subject(b"=?utf-8?Q?a=0D=0AX-Injected:_1?=")),
    _mail("F96 zip bomb", lambda: bodies.zip_bomb(100 * MIB)),
    _mail("F96 zip in zip in zip", lambda: bodies.nested_zip(10)),
    _mail("F96 gzip bomb", lambda: bodies.gzip_bomb(100 * MIB)),
    _mail("F96 Word bomb", lambda: bodies.office_bomb("docx", 100 * MIB)),
    _mail("F96 Excel bomb", lambda: bodies.office_bomb("xlsx", 100 * MIB)),
    _mail("F96 PDF bomb", lambda: bodies.pdf_bomb(100 * MIB)),
    *map(_charset, (b"x-unknown", b"zlib", b"idna", b"unicode_escape", b"utf-7", b"punycode")),
    *map(_charset, (b"hex", b"rot13", b"undefined", b"utf\0-8", b"../../etc/passwd", b"a" * 5000)),
    _mail("F98 NUL everywhere", lambda: _subject(b"a\0b") + b"It \0leaks\0.\r\n" * 1000),
    _mail("F98 lone CR", lambda: PLAIN.replace(b"\r\n", b"\r") * 1000),
    _mail("F98 CRCRLF", lambda: PLAIN.replace(b"\r\n", b"\r\r\n")),
    _mail("F98 odd line ends", lambda: PLAIN + b"a\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\x1c\x1df" * 999),
    _mail("F99 base64 garbage", lambda: bodies.encoded("base64", b"=A=!\xff====\r\n" * 50_000)),
    _mail("F99 quoted-printable cut", lambda: bodies.encoded("quoted-printable", b"=E6=9=\r\n=")),
    _mail("F99 unknown encoding", lambda: bodies.encoded("x-rot13", b"Vg yrnxf\r\n")),
    _mail("F99 uuencode", lambda: PLAIN + b"begin 644 x\r\nM" + b"~" * 9999 + b"\r\nend\r\n" * 999),
    _mail("F99 yEnc", lambda: PLAIN + b"=ybegin line=128 size=9 name=x\r\n" * 5000),
    _mail("F99 binary", lambda: bodies.encoded("binary", bytes(range(256)) * 4000)),
    _from("F100 bidi name", "\u202egro.elpmaxe@ssob\u202c\u200b <b@bidi.example>".encode()),
    _mail("F100 bidi attachment", lambda: bodies.attachment(100, name="in\u202efdp.exe")),
    _mail("F101 no body", lambda: b"\r\n"),
    _mail("F101 no header end", lambda: b"Subject: It leaks"),
    _mail("F101 only a signature", lambda: _subject(b"") + b"-- \r\nWang Fang\r\n"),
    _mail("F101 only an image", lambda: bodies.attachment(5000, name="a.png", kind="image/png")),
    _mail("F101 only quoted", lambda: _subject(b"Re:") + b"> It leaks\r\n" * 3),
    _mail("F102 winmail.dat of nonsense", lambda: bodies.tnef(b"\xff" * 100_000)),
    _mail("F102 winmail.dat of nought", lambda: bodies.tnef(bytes(1_000_000))),
    _mail("F102 winmail.dat that lies", lambda: bodies.tnef(b"\x01\x06\x90\x08\0\xff\xff\xff\x7f")),
    _mail("F103 PGP", bodies.pgp),
    _mail("F103 S/MIME", lambda: bodies.smime(b"\x30\x80" * 50_000)),
    _mail("F103 S/MIME that lies", lambda: bodies.smime(b"\x30\x84\xff\xff\xff\xff" * 9)),
    _mail("F104 invitation", bodies.invitation),
    _mail("F105 200,000 nested tags", lambda: bodies.html(b"<div>" * 200_000 + WORDS)),
    _mail("F105 200,000 open tags", lambda: bodies.html(b"<" * 200_000 + WORDS)),
    _mail(
        "F105 100,000 attributes", lambda: bodies.html(b"<p " + b"a=1 " * 100_000 + b">" + WORDS)
    ),
    _mail("F105 nested tables", lambda: bodies.html(b"<table><tr><td>" * 5000 + WORDS)),
    _mail("F105 entities", lambda: bodies.html(b"&amp;&#x1F600;&#99999999999;&bogus" * 30_000)),
    _mail("F105 comments", lambda: bodies.html(b"<!--<![CDATA[<?" * 50_000 + WORDS)),
    _mail("F105 remote content", lambda: bodies.html(bodies.REMOTE)),
    _mail("F107 unknown language", lambda: _subject(b"") + "ቡናው ቀዝቃዛ ነው። ".encode() * 2000),
    _mail("F108 message/partial", lambda: bodies.typed("message/partial; id=a; number=2; total=9")),
    _mail(
        "F108 external body", lambda: bodies.typed("message/external-body; url=http://a.example/")
    ),
    _mail("F109 alternatives differ", bodies.two_stories),
    _mail("F110 XML bomb", lambda: bodies.xml_bomb("text/xml", "a.xml")),
    _mail("F110 SVG bomb", lambda: bodies.xml_bomb("image/svg+xml", "a.svg")),
    _mail("F110 Word with an XML bomb", bodies.office_laughs),
    _mail("tokenizer: 8,000 × ('", lambda: PLAIN + b"('" * 8_000),
    _mail("tokenizer: 64,000 × (", lambda: PLAIN + b"(" * 64_000),
    _mail("tokenizer: a run of 400 KB", lambda: PLAIN + b"a.b-" * 100_000),
    _mail("address: 200,000 × a@", lambda: PLAIN + b"a@" * 200_000),
    _mail("address: 200,000 × a.", lambda: PLAIN + b"a." * 200_000 + b"@"),
    _mail("number: 200,000 digits", lambda: PLAIN + b"7" * 200_000 + b"-" * 9999),
    _mail("quotation: 100,000 × >", lambda: PLAIN + b">" * 100_000 + b"\r\n" + b"> \r\n" * 100_000),
    _mail("quotation: 10,000 × wrote:", lambda: PLAIN + b"On Mon, Ann wrote:\r\n" * 10_000),
    _mail("quotation: 10,000 × header", lambda: PLAIN + b"From: a\r\nSent: b\r\n" * 10_000),
    _mail("white space of 1 MB", lambda: PLAIN + b" \t" * 500_000 + b"."),
    _mail("dashes of 1 MB", lambda: PLAIN + b"-" * 10**6),
    _mail("Subject: 10,000 × Re:", lambda: _subject(b"Re: Fwd: " * 5_000)),
    _mail("10,000 hops", lambda: many_received(10_000)),
    _mail("100,000 references", lambda: many_references(100_000)),
    _mail("name in 10,000 sections", lambda: continued_name(10_000)),
    _mail("boundary of 100 KB", lambda: bodies.typed(f'multipart/mixed; boundary="{"b" * 10**5}"')),
    _mail("Message-ID of 1 MB", lambda: b"Message-ID: <" + b"a" * MIB + b"@b>\r\n" + PLAIN),
    _mail("Date beyond reason", lambda: b"Date: 99 Foo 99999999999 99:99:99 +9999999\r\n" + PLAIN),
    _mail("bounce of nonsense", lambda: bodies.bounce(50_000)),
)


def _subject(value: bytes) -> bytes:
    return b"Subject: " + value + b"\r\n\r\n"
