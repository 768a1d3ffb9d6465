"""Which addresses we can write to."""

import pytest

from cases.addresses import sendable


@pytest.mark.parametrize(
    "addr",
    ["a@b", "wang.fang@customer.example", "o'neil+tag@mail.example", "double..dot.@phone.example"],
)
def test_plain_addresses_are_sendable(addr: str) -> None:
    """Also those that some providers hand out although RFC 5322 does not know them."""
    assert sendable(addr)


@pytest.mark.parametrize(
    "addr",
    [
        "",
        "nobody",
        "@example.com",
        "a@",
        "a@b@c",
        "王@customer.example",
        "a b@customer.example",
        '"a b"@customer.example',
        "a@b\r\nBcc: c@d",
        "a@customer.example\n",
        "x" * 65 + "@customer.example",
        "a@" + ".".join(["b" * 60] * 6),
    ],
)
def test_what_needs_more_than_plain_smtp_is_not(addr: str) -> None:
    """No SMTPUTF8, no quoted local part, no line break, no length beyond RFC 5321."""
    assert not sendable(addr)
