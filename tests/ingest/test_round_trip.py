"""What we write we can read: every letter comes back as it was built."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.incoming import Address
from cases.outgoing import OutgoingMail
from ingest.parse import parse
from outbox.mime import build

WORD = st.text(alphabet="abcdeXYZ0189äéß水壶漏了谢问题，。！（）", min_size=1, max_size=12)
LINE = st.lists(WORD, min_size=1, max_size=30).map(" ".join)
TEXT = st.lists(st.one_of(LINE, st.just("")), min_size=1, max_size=12).map("\n".join)
ID = st.from_regex(r"[a-z0-9.+=-]{1,60}@[a-z]{1,20}\.example", fullmatch=True)
ORIGINAL = st.sampled_from([None, b"From: a@x.example\n\nhello\n", "水壶\n".encode("gbk")])


@settings(deadline=None, max_examples=150)
@given(
    subject=LINE.filter(lambda line: len(line) <= 300),
    text=TEXT,
    ids=st.lists(ID, min_size=2, max_size=6, unique=True),
    original=ORIGINAL,
)
def test_a_letter_is_read_as_it_was_written(
    subject: str, text: str, ids: list[str], original: bytes | None
) -> None:
    """Subject, words, sender and every id survive, with and without an attached original."""
    letter = OutgoingMail(
        message_id=ids[0],
        sender=Address(addr="desk@example.com", name="客户服务"),
        to=Address(addr="ann@x.example", name="Ann Lee"),
        reply_to="desk@example.com",
        envelope_from="desk@example.com",
        subject=subject,
        text=text,
        html="<p>rich</p>",
        in_reply_to=ids[1],
        references=tuple(ids[2:]),
        original=original,
        at=datetime(2026, 11, 23, 1, tzinfo=UTC),
    )

    read = parse(build(letter))

    # the library loses a blank where it folds between two encoded words: letters count, not blanks
    assert "".join(read.subject.split()) == "".join(subject.split())
    assert read.text.split() == (text.split() or ["rich"])
    assert (read.sender, read.sender_certain) == (letter.sender, True)
    assert (read.message_id, read.in_reply_to) == (ids[0], (ids[1],))
    assert read.references == (*ids[2:], ids[1])
    assert read.sent_at == letter.at
    assert [one.data.split() for one in read.attachments] == (
        [original.split()] if original else []
    )
