"""Who complains: never the staff, never a heading."""

import pytest

from classify.classifier import Classifier

FOUND = [
    ("It broke.\n\nKind regards\nHelen Marsh", "customer", "Helen Marsh"),
    ("It broke.\n--\nHelen Marsh\nMarsh Tools Ltd", "customer", "Helen Marsh"),
    ("My name is Peter Oduya and", "customer", "Peter Oduya"),
    ("I am Rebecca Stone, and I bought it in May.", "customer", "Rebecca Stone"),
    ("the order is late, the name is Jan de Witt.", "customer", "Jan de Witt"),
    ("Awful. Very slow. Tom Becker", "customer", "Tom Becker"),
    ("Customer Name | Maria Lopez\nPhone | 555-201-3344", "customer", "Maria Lopez"),
    ("姓名：王小明", "customer", "王小明"),
    ("水壶坏了，我姓沈", "customer", "沈"),
    ("请尽快处理，谢谢！\n刘女士", "customer", "刘女士"),
    ("请尽快处理，谢谢\n李红梅 13700001111", "customer", "李红梅"),
    ("我是张建国，上周下的单", "customer", "张建国"),
    ("客户名称\t张伟\n联系电话\t13900001111", "customer", "张伟"),
    ("Company: Lopez Bakery Ltd\nIt broke", "organisation", "Lopez Bakery Ltd"),
    ("Kind regards,\nAmy Wong\nSunrise Clinic", "organisation", "Sunrise Clinic"),
    ("客户：宏达食品有限公司", "organisation", "宏达食品有限公司"),
    ("我是宏达食品有限公司的采购", "organisation", "宏达食品有限公司"),
    ("Address: 5 Mill Lane, York", "address", "5 Mill Lane, York"),
    ("I live at 14 Elm Street, Leeds and", "address", "14 Elm Street, Leeds"),
    (
        "地址：杭州市西湖区文三路90号3幢201室 电话：13811112222",
        "address",
        "杭州市西湖区文三路90号3幢201室",
    ),
    ("我住在成都市锦江区春熙路8号2单元", "address", "成都市锦江区春熙路8号2单元"),
    ("write to a.lee+shop@mail.example.co.uk.", "email", "a.lee+shop@mail.example.co.uk"),
    ("邮箱li.na@example.cn，谢谢", "email", "li.na@example.cn"),
    ("customer number C-44812", "customer_number", "C-44812"),
    ("会员号：VIP20993", "customer_number", "VIP20993"),
]


@pytest.mark.parametrize(("text", "name", "value"), FOUND)
def test_a_person_is_found_as_written(
    classifier: Classifier, text: str, name: str, value: str
) -> None:
    """Labelled, introduced, signed or in a table, in both languages."""
    assert classifier.classify(text).values(name) == (value,)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The manager Susan Clark was rude to me.", "customer"),
        ("客服王丽态度恶劣", "customer"),
        ("请问顾客为什么要等这么久", "customer"),
        ("Slow. Never Again", "customer"),
        ("I am Very Disappointed, and tired", "customer"),
        ("Regards\nCustomer Service Team", "customer"),
        ("我是本公司的老顾客", "organisation"),
        ("follow @shop on any app", "email"),
        ("paid @5.50 each", "email"),
        ("住3号楼", "address"),
    ],
)
def test_what_only_looks_like_a_person_is_none(
    classifier: Classifier, text: str, name: str
) -> None:
    """Staff, headings and handles are no complainants."""
    assert classifier.classify(text).values(name) == ()
