"""Which language a text is written in, by script and by small words.

Nothing is guessed from one word: a language other than English and Chinese needs clear signs, as
we write letters in English and Chinese only and a wrong "de" would cost the customer a letter.
"""

import re

_SAMPLE = 4000  #: characters looked at
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_UKRAINIAN = re.compile(r"[іїєґ]")
_SMALL_WORDS = {
    "en": "the and is was not my it this for you have with that to of i are they me your please",
    "de": "der die das und ist nicht ich sie mit ein eine den von zu auf für wir haben bitte war",
    "fr": "le la les des est pas je vous une et que pour dans avec mon ma nous du qui sur été",
    "es": "el los las que no es una por para con mi del pero está muy fue se lo su como usted",
    "it": "il che non per una di è sono con mi della ho ma come più gli questo nel mio",
    "pt": "o os as que não uma para com meu minha mas foi por está muito vocês isso um do da",
    "nl": "de het een en is niet ik van dat met voor mijn heb zijn maar ook op deze wij",
}
_SETS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}


def detect(text: str) -> str:
    """Return the ISO 639-1 code of `text`: "" for a text without letters. Total.

    Chinese counts once a tenth of the letters is Chinese, as product names in Latin letters are
    common there and a Chinese character carries as much as a word.
    """
    sample = text[:_SAMPLE]
    counts = {language: len(script.findall(sample)) for language, script in _SCRIPTS}
    latin = len(_LATIN.findall(sample))
    han = counts.pop("zh")
    kana, hangul = counts.pop("ja"), counts.pop("ko")
    if kana * 4 > han + kana and kana * 5 > latin:
        return "ja"
    if hangul * 4 > han + hangul and hangul * 5 > latin:
        return "ko"
    if han and han * 9 >= latin:
        return "zh"
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > latin:
        return "uk" if best == "ru" and _UKRAINIAN.search(sample.lower()) else best
    if latin:
        return _latin(sample.lower())
    return "zh" if han else ""


def _latin(sample: str) -> str:
    words = _WORD.findall(sample)
    hits = {language: sum(word in small for word in words) for language, small in _SETS.items()}
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    distinct = len(_SETS[best].intersection(words))
    clear = distinct >= 3 and hits[best] >= 2 * hits["en"] and hits[best] * 6 >= len(words)
    return best if clear else "en"
