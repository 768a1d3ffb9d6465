"""The door: any bytes become a mail, hostile ones quickly, and nobody is believed too early."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.incoming import ParsedMail
from ingest.parse import minimal_parse, parse
from ingest.screen import screen


def mail(body: bytes = b"hello", *fields: bytes) -> bytes:
    """Build a mail from a person with further header fields."""
    head = b"\r\n".join((b"From: ann@x.example", b"To: desk@example.com", *fields))
    return head + b"\r\n\r\n" + body


def mixed(body: bytes) -> bytes:
    """Build a mail of several parts with the boundary x."""
    return mail(body, b"Content-Type: multipart/mixed; boundary=x")


def nested(levels: int) -> bytes:
    """Build containers inside containers."""
    inner = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
        for n in range(levels)
    )
    return mail(
        b"--b0\r\n\r\nhello\r\n" + inner + b"--b%d\r\n\r\ndeep" % levels,
        b"Content-Type: multipart/mixed; boundary=b0",
    )


HOSTILE = {
    "F87 one attachment": mixed(
        b"--x\r\n\r\nhello\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"A" * 76 + b"\r\n") * 130_000 + b"--x--"
    ),
    "F87 one line": mail(b"a" * 5_000_000),
    "F87 one header": mail(b"hello", b"Subject: " + b"a" * 5_000_000),
    "F88 many parts": mixed(b"--x\r\n\r\nhello\r\n" * 100_000),
    "F89 folded header": mail(b"hello", b"X-A: a" + b"\r\n aaaaaaaa" * 100_000),
    "F89 folded type": mail(b"hello", b"Content-Type: text/plain" + b"\r\n ;a=b" * 100_000),
    "F89 folded type of a part": mixed(
        b"--x\r\nContent-Type: text/plain" + b"\r\n ;a=b" * 100_000 + b"\r\n\r\nhello\r\n--x--"
    ),
    "F90 many fields": mail(b"hello", *(b"X-%d: a" % n for n in range(100_000))),
    "F91 many recipients": mail(
        b"hello", b"Cc: " + b",".join(b"a%d@x.example" % n for n in range(20_000))
    ),
    "F92 nested mails": mail(
        b"Content-Type: message/rfc822\r\n\r\n" * 1000, b"Content-Type: message/rfc822"
    ),
    "F92 nested containers": nested(1000),
    "F93 encoded words": mail(b"hello", b"Subject: " + b"=?utf-8?q?a?= " * 20_000),
    "F93 unfinished words": mail(b"hello", b"Subject: " + b"=?utf-8?q?a" * 20_000),
    "F94 comments": mail(b"hello", b"Reply-To: " + b"(" * 600 + b")" * 600 + b" a@x.example"),
    "F94 colons": mail(b"hello", b"Reply-To: " + b":" * 50_000),
    "F94 quotes": mail(b"hello", b"Reply-To: " + b'"\\' * 8_000),
    "F94 many From": mail(b"hello", *[b"From: a@x.example"] * 900),
    "F98 NUL": mail(b"\0" * 1_000_000),
    "F98 returns": mail(b"\r" * 1_000_000 + b"\n"),
    "F99 uuencode": mail(b"begin 644 a\r\n" * 50_000),
    "F99 yEnc": mail(b"=ybegin line=1 name=a\r\n" * 50_000),
    "F99 base64": mail(b"QQ==\r\n" * 200_000, b"Content-Transfer-Encoding: base64"),
    "F105 nested HTML": mail(b"<div>" * 200_000, b"Content-Type: text/html"),
    "quotations": mail(b"> a\r\n" * 100_000),
    "announcements": mail(b"On 2020-01-01 a@x.example\r\n" * 50_000),
    "header blocks": mail(b"x\r\nFrom: a@x.example\r\ny\r\n" * 30_000),
    "signatures": mail(b"x\r\n-- \r\n" * 50_000),
    "forwards": mail(
        b"---- Forwarded message ----\r\nFrom: a@x.example\r\nTo: b\r\n\r\n" * 20_000,
        b"Subject: Fwd: a",
    ),
    "forwards of nobody": mail(b"---- Forwarded message ----\r\n" * 50_000, b"Subject: Fwd: a"),
    "soft breaks": mail(b"> a \r\n" * 100_000, b"Content-Type: text/plain; format=flowed"),
    "bars": mail(b">" * 500_000, b"Content-Type: text/plain; format=flowed"),
    "armour": mail(b"-----BEGIN PGP MESSAGE-----\r\nabc: a\r\n" * 50_000),
    "F96 ZIP directory": mixed(
        b"--x\r\nContent-Type: application/zip\r\n\r\nPK\x03\x04" + b"PK\x01\x02" * 200_000
    ),
    "F96 groups of RTF": mixed(
        b"--x\r\nContent-Type: text/rtf; name=a\r\n\r\n{\\rtf1" + b"{\\'" * 500_000
    ),
    "F96 cells": mixed(
        b"--x\r\nContent-Type: text/csv; name=a\r\n\r\n" + b"no.,name,;;\r\n" * 50_000
    ),
    "boundaries": mixed(b"--y\r\n" * 200_000),
    "references": mail(
        b"hello", b"References: " + b"<" * 16_000, b"In-Reply-To: " + b"<a " * 5_000
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_takes_no_time(name: str) -> None:
    """Each mail of the catalogue (F87-F105) is read and screened within two seconds."""
    began = time.perf_counter()
    read = parse(HOSTILE[name])
    screen(read, own_addresses=frozenset(), is_own_id=lambda _: False)

    assert time.perf_counter() - began < 2
    assert read.sender.addr


def test_caps_are_said_and_the_case_is_still_made() -> None:
    """What was cut stands in the defects; the outer words are read (F88, F92)."""
    many = parse(HOSTILE["F88 many parts"])
    deep = parse(HOSTILE["F92 nested containers"])

    assert many.defects == ("more than 500 parts: the rest was left out",)
    assert "more than 30 levels of parts" in deep.defects
    assert deep.text.startswith("hello")


def assert_storable(read: ParsedMail) -> None:
    """No string of a mail holds a NUL or a lone surrogate (F43)."""
    strings = [read.subject, read.text, read.quoted, read.message_id, *read.in_reply_to]
    strings += [read.sender.addr, read.sender.name, *read.references, *read.delivered_to]
    strings += [
        word for one in (*read.to, *read.cc, *read.reply_to) for word in (one.addr, one.name)
    ]
    strings += [word for one in read.attachments for word in (one.name, one.type)]
    strings += [word for pair in read.headers for word in pair] + list(read.defects)
    for string in strings:
        string.encode()
        assert "\0" not in string


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_defeat_the_door(data: bytes) -> None:
    """Any bytes become a mail, by the full reader and by the last rung (F111)."""
    assert_storable(parse(data))
    assert_storable(minimal_parse(data))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"From: a@x.example",
                b"From: =?utf-8?q?=00=ED=A0=80?= <b@x.example>",
                b"Subject: ",
                b"\xff\xfe",
                b"Content-Type: multipart/mixed; boundary=x",
                b"Content-Type: text/html; charset=utf-7",
                b"Content-Type: message/rfc822",
                b"Content-Transfer-Encoding: base64",
                b"--x",
                b"--x--",
                b"",
                b"Content-Disposition: attachment; filename*0*=utf-16''%D8%00",
                b"+2AA-",
                b" folded",
                b"\x00",
                b"begin 644 a",
                b"%:&5L;&\\",
                b"end",
                b'Content-Type: text/plain; charset="a\0b"',
                b"\r",
            ]
        ),
        max_size=14,
    ),
    st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n"]),
)
def test_no_mess_of_mime_defeats_the_door(lines: list[bytes], end: bytes) -> None:
    """Pieces of mails in any order give a mail whose strings can be stored."""
    data = end.join(lines)

    assert_storable(parse(data))
    assert_storable(minimal_parse(data))


@pytest.mark.parametrize(
    ("field", "addr", "certain"),
    [
        (b"From: ann@x.example", "ann@x.example", True),
        (b"From: Ann <ann@x.example>", "ann@x.example", True),
        (b'From: "ann@x.example" <ann@x.example>', "ann@x.example", True),
        ("From: 安 <ann@x.example>".encode("gbk"), "ann@x.example", True),
        (b"From: ann@x.example, bob@x.example", "ann@x.example", False),
        (b"From: ann@x.example\nFrom: bob@x.example", "ann@x.example", False),
        (b"From: dept@our.example <evil@bad.example>", "evil@bad.example", False),
        (b"From: =?utf-8?q?dept=40our.example?= <evil@bad.example>", "evil@bad.example", False),
        (b"From: <ann@x.example> <evil@bad.example>", "ann@x.example", False),
        (b"From: Team: ann@x.example, bob@x.example;", "ann@x.example", False),
        (b"From:", "reply@x.example", False),
        (b"Subject: no From at all", "reply@x.example", False),
    ],
)
def test_a_sender_is_certain_only_when_nobody_can_doubt_it(
    field: bytes, addr: str, certain: bool
) -> None:
    """One From field, one mailbox, two readers that agree (design 7.4, reliability 0.7)."""
    read = parse(field + b"\nReply-To: reply@x.example\n\nhello")

    assert (read.sender.addr, read.sender_certain) == (addr, certain)


def test_nothing_smuggled_into_a_name_becomes_a_field() -> None:
    """Encoded line breaks in names and subjects are blanks (F95)."""
    read = parse(
        b"From: =?utf-8?q?A=0D=0ABcc:_x?= <a@x.example>\nSubject: =?utf-8?q?a=0D=0Ab?=\n\nx"
    )

    assert read.sender.name == "A Bcc: x"
    assert read.subject == "a b"


def test_text_and_attachments_of_a_mixed_mail_are_told_apart() -> None:
    """Words are text, files are files, an attached mail keeps its bytes."""
    read = parse(
        mixed(
            b"--x\r\nContent-Type: text/plain\r\n\r\nsee both\r\n"
            b"--x\r\nContent-Type: text/plain; name=log.txt\r\n"
            b"Content-Disposition: attachment\r\n\r\nlog\r\n"
            b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: a/b\r\n\r\ninner\r\n--x--\r\n"
        )
    )

    assert read.text == "see both"
    assert [(one.name, one.type, one.data) for one in read.attachments] == [
        ("log.txt", "text/plain", b"log"),
        ("a-b.eml", "message/rfc822", b"Subject: a/b\r\n\r\ninner"),
    ]


def test_the_plain_version_is_read_unless_it_says_nothing() -> None:
    """Of two versions the plain one counts, an empty one doesn't (RFC 2046 §5.1.4)."""
    both = b"--x\r\n\r\n%b\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--x--"
    alternative = b"Content-Type: multipart/alternative; boundary=x"

    assert parse(mail(both % b"plain", alternative)).text == "plain"
    assert parse(mail(both % b" ", alternative)).text == "rich"


def test_the_last_rung_reads_header_and_first_text() -> None:
    """Without any MIME reader: sender, subject and first words, and the defect says so."""
    body = (
        b"--x\r\nContent-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"y666+MKpy64=\r\n--x\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--"
    )
    read = minimal_parse(
        mail(body, b"Subject: =?gbk?B?y666+A==?=", b"Content-Type: multipart/mixed; boundary=x")
    )

    assert read.sender.addr == "ann@x.example"
    assert not read.sender_certain
    assert read.subject == "水壶"
    assert read.text == "水壶漏水"
    assert any("read only in part" in defect for defect in read.defects)


def test_a_reader_that_breaks_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails inside, the mail is still read in part (F09)."""

    def broken(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr("mailparser.parse_from_bytes", broken)
    by_standard = parse(mail(b"hello"))
    monkeypatch.setattr("ingest.parts.read_parts", broken)
    by_lines = parse(mail(b"hello"))

    assert (by_standard.text, by_standard.sender_certain) == ("hello", False)
    assert by_lines.text == "hello"
    assert any("read only in part" in defect for defect in by_lines.defects)


def test_where_it_was_delivered_to_is_kept() -> None:
    """Reply tokens come back as plus-addresses in the envelope."""
    read = parse(
        mail(b"x", b"Delivered-To: desk+t.1@example.com", b"X-Original-To: <other@example.com>")
    )

    assert read.delivered_to == ("desk+t.1@example.com", "other@example.com")
