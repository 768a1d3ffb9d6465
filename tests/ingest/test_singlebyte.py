"""Raw Cyrillic, Greek and Thai are known; Chinese is never taken for them."""

import pytest

from ingest.charset import decode
from ingest.singlebyte import alphabet_of

RUSSIAN = "Здравствуйте! Чайник протекает, прошу вернуть деньги за заказ 1234."
GREEK = "Καλημέρα σας, ο βραστήρας στάζει και θέλω τα χρήματά μου πίσω."
THAI = "สวัสดีครับ กาต้มน้ำรั่วตั้งแต่วันแรก ขอเงินคืนด้วยครับ"


@pytest.mark.parametrize(
    ("text", "codec"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (GREEK, "cp1253"), (THAI, "cp874")],
)
def test_an_unlabelled_alphabet_is_known(text: str, codec: str) -> None:
    """By where its letters lie and which of them are frequent."""
    assert alphabet_of(text.encode(codec)) == codec
    assert decode(text.encode(codec))[0] == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("收到的电饭煲内胆生锈，请尽快处理退款。订单号是 20261101，谢谢！", "gbk"),
        ("收到的電鍋內膽生鏽，請盡快處理退款。", "big5"),
        ("주전자에서 물이 샙니다. 환불해 주세요.", "euc_kr"),
        ("やかんが漏れています。返金してください。", "cp932"),
        ("やかんが漏れています。返金してください。", "euc_jp"),
        ("Der Wasserkocher läuft über, bitte für mich prüfen.", "cp1252"),
        ("é", "cp1252"),
        ("only ascii", "ascii"),
    ],
)
def test_other_writings_are_left_to_others(text: str, codec: str) -> None:
    """Two bytes a character, or a few accents among Latin letters."""
    assert alphabet_of(text.encode(codec)) == ""
