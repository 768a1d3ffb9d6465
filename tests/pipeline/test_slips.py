"""Which domain is a slip of the keyboard, and which is another one."""

import pytest

from pipeline.slips import slip


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("exmaple.com", "example.com"),
        ("example.con", "example.com"),
        ("example.cmo", "example.com"),
        ("example.comm", "example.com"),
        ("acmee.cn", "acme.cn"),
        ("acm.cn", "acme.cn"),
        ("shop.exampel.com", "shop.example.com"),
        ("suppliesr.example", "suppliers.example"),
        ("suplires.example", "suppliers.example"),
    ],
)
def test_a_slip_is_seen(domain: str, meant: str) -> None:
    """A letter too many, too few, another one, or two swapped; two of them in a long name."""
    assert slip(domain, meant)


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("example.com", "example.com"),
        ("acme.cn", "acme.com"),
        ("acme.co", "acme.com"),
        ("acme.net", "acme.com"),
        ("shop2.example.com", "shop1.example.com"),
        ("sh.example.com", "bj.example.com"),
        ("east.example.com", "west.example.com"),
        ("north.example.com", "south.example.com"),
        ("example.com", "mail.example.com"),
        ("exampel.con", "example.com"),
        ("other.com", "example.com"),
        ("", "example.com"),
    ],
)
def test_what_may_be_meant_is_none(domain: str, meant: str) -> None:
    """Other countries, numbered shops, short names of towns, more labels, two slips at once."""
    assert not slip(domain, meant)
