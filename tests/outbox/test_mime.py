"""OutgoingMail → bytes: whatever is in it, the mail has our headers and no others (F113)."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.incoming import Address
from cases.outgoing import OutgoingMail
from outbox.mime import build, one_line
from tests.conftest import MakeRaw

MakeOutgoing = Callable[..., OutgoingMail]

SEPARATORS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
#: The library decodes an encoded word, line end and all.
HIDDEN = "=?utf-8?q?=0d=0aBcc:_x?=@b"
OURS = {
    "from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references",
    "auto-submitted", "x-auto-response-suppress", "x-complaint-desk-loop", "mime-version",
    "content-type",
}  # fmt: skip


def read(data: bytes) -> EmailMessage:
    """Read a mail as a strict reader would."""
    mail = message_from_bytes(data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def head(data: bytes) -> list[str]:
    """Return the names of the header fields, lower case, line by line."""
    lines = data.split(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.split(b":")[0].decode().lower() for line in lines if line[:1] not in b" \t"]


def assert_sendable(data: bytes) -> None:
    """Seven bits, CRLF, no line over 998 octets (RFC 5322 §2.1.1)."""
    assert data.isascii()
    assert b"\0" not in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_one_mail_is_written_like_this(make_outgoing: MakeOutgoing) -> None:
    """The golden acknowledgement, byte by byte; read the difference before you replace it."""
    golden = Path(__file__).with_name("acknowledgement.eml").read_bytes()

    assert build(make_outgoing()).replace(b"\r\n", b"\n") == golden


def test_what_was_written_can_be_read(make_outgoing: MakeOutgoing) -> None:
    """The standard library's reader gives subject, names, text and HTML back."""
    mail = read(build(make_outgoing()))
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None

    assert mail["Subject"] == "[C-2026-000007] 我们已收到您的投诉"
    assert mail["From"].addresses[0].display_name == "客户投诉中心"
    assert mail["To"].addresses[0].addr_spec == "wang.fang@customer.example"
    assert mail["References"] == "<0@customer.example> <1@customer.example>"
    assert text.get_content().splitlines() == ["您好，", "", "我们已收到您的投诉。"]
    assert html.get_content().splitlines() == ["<p>您好，</p>", "<p>我们已收到您的投诉。</p>"]


@given(
    text=st.text(max_size=300),
    subject=st.text(max_size=120),
    name=st.text(max_size=60),
)
def test_any_words_make_a_sendable_mail_with_only_our_headers(
    text: str, subject: str, name: str, make_outgoing: MakeOutgoing
) -> None:
    """Nothing in subject, name or text adds a field, a byte over 127 or a long line."""
    text = text.encode("utf-8", "replace").decode()  # templates give clean text
    mail = make_outgoing(
        subject=subject, to=Address(addr="a@b.example", name=name), text=text, html=text
    )
    data = build(mail)

    assert_sendable(data)
    assert set(head(data)) == OURS
    assert len(head(data)) == len(OURS)
    assert [a.addr_spec for a in read(data)["To"].addresses] == ["a@b.example"]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("place", ["subject", "to", "sender", "in_reply_to", "references"])
def test_no_separator_starts_a_header_of_its_own(
    separator: str, place: str, make_outgoing: MakeOutgoing
) -> None:
    """F113: each separator in each place an outsider can fill."""
    hostile = f"x{separator}Bcc: mallory@stranger.example{separator}{separator}body"
    values: dict[str, object] = {
        "subject": hostile,
        "to": Address(addr="a@b.example", name=hostile),
        "sender": Address(addr="complaints@example.com", name=hostile),
        "in_reply_to": hostile,
        "references": (hostile, "ok@b.example"),
    }
    data = build(make_outgoing(**{place: values[place]}))

    assert_sendable(data)
    assert set(head(data)) <= OURS
    assert read(data)["Bcc"] is None


@pytest.mark.parametrize(
    "name",
    [
        'Wang, "Fang" <x@y>',
        "王芳, 李雷; (工会)",
        "=?utf-8?q?a=0aBcc:_x@y?=",
        "a@b.example",
        "x" * 500,
        "王" * 300,
        "\ud800",
        "\\",
        '"',
        "",
    ],
)
def test_an_odd_name_stays_one_recipient(name: str, make_outgoing: MakeOutgoing) -> None:
    """Commas, brackets and encoded words in a name are letters, no second address."""
    data = build(make_outgoing(to=Address(addr="a@b.example", name=name)))

    assert_sendable(data)
    assert [a.addr_spec for a in read(data)["To"].addresses] == ["a@b.example"]


def test_a_plain_name_is_kept(make_outgoing: MakeOutgoing) -> None:
    """Also one with a comma and letters beyond ASCII."""
    mail = read(build(make_outgoing(to=Address(addr="a@b.example", name="Wäng, Fang"))))

    assert mail["To"].addresses[0].display_name == "Wäng, Fang"


def test_addresses_that_only_providers_know_are_written(make_outgoing: MakeOutgoing) -> None:
    """Dots in a row or at the end: RFC 5322 has no such local part, phone companies do."""
    data = build(make_outgoing(to=Address(addr="a..b.@phone.example", name="A")))

    assert_sendable(data)
    assert b"\r\nTo: A <a..b.@phone.example>\r\n" in data or b'"a..b."@phone.example' in data


@pytest.mark.parametrize("addr", ["", "nobody", "a@b\r\nBcc: c@d", "王@客户.example"])
def test_an_address_we_cant_write_to_is_a_bug_of_the_caller(
    addr: str, make_outgoing: MakeOutgoing
) -> None:
    """ValueError: whoever calls asks `sendable` first."""
    with pytest.raises(ValueError, match="can't write to"):
        build(make_outgoing(to=Address(addr=addr)))


def test_the_same_mail_gives_the_same_bytes(make_outgoing: MakeOutgoing, make_raw: MakeRaw) -> None:
    """A second try is the first mail again, boundaries included."""
    for original in (None, make_raw(), "不是邮件".encode()):
        mail = make_outgoing(original=original)
        assert build(mail) == build(mail)


def test_automatic_letters_say_so_and_outcomes_do_not(make_outgoing: MakeOutgoing) -> None:
    """RFC 3834 §5 for the first; a person's words are no automatic mail."""
    assert read(build(make_outgoing()))["Auto-Submitted"] == "auto-replied"
    outcome = read(build(make_outgoing(auto_submitted="")))
    assert outcome["Auto-Submitted"] is None
    assert outcome["X-Auto-Response-Suppress"] is None


def test_the_thread_is_kept_and_cut(make_outgoing: MakeOutgoing) -> None:
    """The mail answered comes last; of very many references the last twenty count."""
    mail = make_outgoing(
        references=tuple(f"{n}@a.example" for n in range(50)), in_reply_to="x@b.example"
    )
    references = str(read(build(mail))["References"]).split()

    assert len(references) == 20
    assert references[-1] == "<x@b.example>"
    assert read(build(make_outgoing(references=(), in_reply_to="")))["References"] is None


@pytest.mark.parametrize("bad", ["", "a b@c", "<a@b>", "a@b\r\n", "é@b", "x" * 300, HIDDEN])
def test_an_odd_message_id_is_left_out(bad: str, make_outgoing: MakeOutgoing) -> None:
    """RFC 5322 §3.6.4 has no such id; the rest of the thread stays."""
    mail = read(build(make_outgoing(in_reply_to=bad, references=(bad, "ok@a.example"))))

    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<ok@a.example>"


def test_a_plain_original_is_attached_as_a_mail(
    make_outgoing: MakeOutgoing, make_raw: MakeRaw
) -> None:
    """Mail programs open message/rfc822; no byte of it changes."""
    original = make_raw("Plain words.\n")
    data = build(make_outgoing(original=original))
    parts = list(read(data).iter_attachments())

    assert_sendable(data)
    assert [part.get_content_type() for part in parts] == ["message/rfc822"]
    assert parts[0].get_filename() == "original.eml"
    assert original in data


@pytest.mark.parametrize(
    "original",
    [
        "Subject: 投诉\r\n\r\n水壶漏水\r\n".encode("gb18030"),
        b"Subject: x\r\n\r\n" + b"x" * 2000,
        b"Subject: x\r\n\r\na\0b",
        b"Subject: x\r\n\r\nbare\rreturn",
        b"\xff\xfe",
    ],
)
def test_any_other_original_is_attached_as_a_file(
    original: bytes, make_outgoing: MakeOutgoing
) -> None:
    """Eight bits, long lines, NUL or bare CR can't travel as a mail; as a file nothing is lost."""
    data = build(make_outgoing(original=original))
    parts = list(read(data).iter_attachments())

    assert_sendable(data)
    assert [part.get_content_type() for part in parts] == ["application/octet-stream"]
    assert parts[0].get_content() == original


def test_an_original_that_holds_our_boundary_ends_nothing(make_outgoing: MakeOutgoing) -> None:
    """Somebody may have seen one: then the original travels as a file, in base64."""
    first = build(make_outgoing(original=b"Subject: x\r\n\r\nx\r\n"))
    boundary = first.split(b'boundary="')[1].split(b'"')[0]
    original = b"Subject: x\r\n\r\n--" + boundary + b"--\r\n\r\nafter\r\n"
    mail = read(build(make_outgoing(original=original)))
    parts = list(mail.iter_attachments())

    assert len(parts) == 1
    assert parts[0].get_content_type() == "application/octet-stream"
    assert parts[0].get_content() == original


@given(st.text())
def test_one_line_is_one_line(value: str) -> None:
    """No control character or separator is left; doing it twice changes nothing."""
    line = one_line(value)

    assert len((line + "x").splitlines()) == 1
    assert one_line(line) == line
    line.encode()
