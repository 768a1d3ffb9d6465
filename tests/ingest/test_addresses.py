"""Address fields as written by people, machines and attackers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.incoming import Address
from ingest.addresses import MAX_ADDRESSES, read_addresses


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("ann@example.com", [("ann@example.com", "")]),
        ("Ann Example <ann@example.com>", [("ann@example.com", "Ann Example")]),
        ('"Example, Ann" <ann@example.com>', [("ann@example.com", "Example, Ann")]),
        ("ann@example.com (Ann)", [("ann@example.com", "Ann")]),
        ("=?utf-8?Q?Li=2C_Lei?= <li@example.com>", [("li@example.com", "Li, Lei")]),
        ("=?utf-8?Q?a,b?= <c@example.com>", [("c@example.com", "a,b")]),
        ("\"'Ann'\" <ann@example.com>", [("ann@example.com", "Ann")]),
        ("a@x.example, b@x.example", [("a@x.example", ""), ("b@x.example", "")]),
        ("a@x.example; b@x.example", [("a@x.example", ""), ("b@x.example", "")]),
        ("Team: a@x.example, B <b@x.example>;", [("a@x.example", ""), ("b@x.example", "B")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ann@example.com>", [("ann@example.com", "")]),
        ("<mailto:ann@example.com>", [("ann@example.com", "")]),
        ("ann @ example . com", [("ann@example.com", "")]),
        ("dept@our.example <evil@bad.example>", [("evil@bad.example", "dept@our.example")]),
        ("Ann <ann@example.com", [("ann@example.com", "Ann")]),
        ("王芳 <wang@example.cn>", [("wang@example.cn", "王芳")]),
        ("root", [("", "root")]),
        ("", []),
    ],
)
def test_mailboxes_are_found(raw: str, found: list[tuple[str, str]]) -> None:
    """Names, comments, groups, routes, and what is none of them."""
    assert read_addresses(raw) == tuple(Address(addr=addr, name=name) for addr, name in found)


def test_only_the_first_two_hundred_are_read() -> None:
    """A field of ten thousand recipients costs no more than one of two hundred (F91)."""
    assert len(read_addresses(",".join(f"a{n}@b.example" for n in range(10_000)))) <= MAX_ADDRESSES


@settings(deadline=None)
@given(st.text(alphabet='"<>()@,;:\\=?. ab\t\n', max_size=120))
def test_no_field_defeats_the_reader(raw: str) -> None:
    """Any mess of special characters gives addresses without line breaks."""
    for one in read_addresses(raw):
        assert "\n" not in one.addr + one.name
