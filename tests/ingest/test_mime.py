"""What is done to bytes before a library reads them, and that it is undone."""

import base64

import pytest

from ingest import headers, mime


def prepare(data: bytes) -> mime.Prepared:
    """Prepare a whole mail."""
    head = headers.read_head(data)
    return mime.prepare(head, data[head.body_at :])


def test_long_base64_is_cut_out_and_restored() -> None:
    """An attachment costs the library nothing and comes back byte for byte."""
    blob = base64.encodebytes(bytes(range(256)) * 40)
    prepared = prepare(b"From: a@b.example\n\nbefore\n" + blob + b"after\n")

    body = prepared.data.partition(b"\n\n")[2]
    assert len(body) < 100
    assert prepared.restore(body) == b"before\n" + blob + b"after\n"


@pytest.mark.parametrize("mark", [b"xq0z", b"xq0zR0", b"xq0z xq1z"])
def test_a_mail_that_holds_our_mark_gets_another(mark: bytes) -> None:
    """Nobody can make us put something into a payload that wasn't there."""
    body = mark + b"R7\n" + b"A" * 5000 + b"\n"
    prepared = prepare(b"From: a@b.example\n\n" + body)

    assert prepared.restore(prepared.data.partition(b"\n\n")[2]) == body


def test_a_mail_quoted_below_words_is_no_structure() -> None:
    """Parts of a mail that a report quotes don't make the report's own words a preamble."""
    returned = b"MIME-Version: 1.0\nSubject: s\n\n--x\nContent-Type: text/plain\n\nold\n--x--\n"
    body = b"It failed.\n\n" + returned
    prepared = prepare(b"From: a@b.example\n\n" + body)

    assert prepared.data == b"From: a@b.example\n\n" + body


def test_attached_mails_become_leaves() -> None:
    """The library doesn't descend into an attached mail, and its type is known to us."""
    prepared = prepare(
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/rfc822\n\n"
        b"Content-Type: multipart/mixed; boundary=y\n\n--y\n\ninner\n--y--\n--x--\n"
    )
    tree = mime.standard_tree(prepared.data)
    leaf = tree.get_payload(0)

    assert not isinstance(leaf, str)
    assert not leaf.is_multipart()
    assert prepared.type_of(leaf.get_content_type()) == "message/rfc822"
    payload = leaf.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert prepared.restore(payload).endswith(b"--y\n\ninner\n--y--")


def test_only_fields_that_matter_are_shown() -> None:
    """Trace and authentication fields are none of the library's business."""
    prepared = prepare(b"Received: x\nDKIM-Signature: y\nFrom: a@b.example\n\nx")

    assert prepared.data == b"From: a@b.example\n\nx"


@pytest.mark.parametrize(
    ("data", "normal"),
    [
        (b"a\nb\n", b"a\nb\n"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\rb\r", b"a\nb\n"),
        (b"a\rb\nc", b"a\rb\nc"),
        (b"a\r\r\n" * 5, b"a\n" * 5),
    ],
)
def test_line_ends_are_mended_only_where_they_are_broken(data: bytes, normal: bytes) -> None:
    """A lone CR is a line end only where there is no other (F98)."""
    assert mime.normal_ends(data) == normal


def test_a_lone_carriage_return_starts_no_field() -> None:
    """A field can't be smuggled into a header by half a line end."""
    head = headers.read_head(mime.normal_ends(b"Subject: a\rFrom: evil@x.example\nTo: b\n\nx"))

    assert [name for name, _ in head.fields] == ["subject", "to"]
