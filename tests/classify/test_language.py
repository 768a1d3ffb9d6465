"""Which language a text is in."""

import pytest

from classify.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The kettle is broken and nobody answers my mails.", "en"),
        ("broken", "en"),
        ("水壶坏了，客服没人回", "zh"),
        ("水壺壞了，客服沒人回覆", "zh"),
        ("iPhone 屏幕碎了", "zh"),
        ("My order 红茶 never came, please send it again to the address below", "en"),
        ("電気ケトルが壊れました。返金してください。", "ja"),
        ("주전자가 고장났어요. 환불해 주세요.", "ko"),
        ("Чайник сломался, верните деньги", "ru"),
        ("Чайник зламався, поверніть мої гроші", "uk"),
        ("Der Wasserkocher ist kaputt und ich habe keine Antwort von Ihnen bekommen", "de"),
        ("La bouilloire est cassée et je demande le remboursement de mon achat", "fr"),
        ("El hervidor no funciona y quiero que me devuelvan el dinero para los dos", "es"),
        ("12345 !!!", ""),
        ("", ""),
        ("lot no lot no lot no lot no", "en"),
    ],
)
def test_script_and_small_words_tell_the_language(text: str, language: str) -> None:
    """A language other than Chinese and English needs clear signs."""
    assert detect(text) == language
