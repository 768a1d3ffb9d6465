"""The features of a text: words and pairs, pieces of words, Chinese n-grams, and concepts.

A feature is a short string. Its first letter is its group, and each group is scaled to the same
length, so that a long text does not drown its few telling words in pieces of words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from classify.script import fold, split, words_of

GROUPS = "wpzk"  #: words and pairs; pieces of words; Chinese n-grams; concepts
MAX_TOKENS = 4000  #: read from the head of a text: what comes later seldom says what it is about
_LONGEST_PHRASE = 4  #: words
_OPENING = 20  #: words; how a longer English text opens says more than what follows
_LONGEST_CHINESE = 6  #: characters of a Chinese concept word
#: after one of these comes what matters: "lovely colour but it shrank"
_TURNS = frozenset(
    words_of(
        """
    but however except unfortunately sadly although though yet
    """
    )
)
_TURNS_ZH = ("但", "不过", "可惜", "然而", "美中不足", "唯一")
_TURNS_HEAD_ZH = ("就是", "只是")  #: only at the head of a stretch: 打开就是酸的 turns nothing
_DENIALS = frozenset(
    words_of(
        """
    not no never without nor dont didnt doesnt wont cant isnt cannot
    """
    )
)
_DENIALS_ZH = "不没未无别"


def is_cjk(word: str) -> bool:
    """Tell whether `word` is one Chinese (or Japanese, Korean) character."""
    return len(word) == 1 and word >= "\u3005" and word.isalpha()


def features(
    text: str, concepts: Mapping[str, tuple[str, ...]], words: dict[str, list[str]] | None = None
) -> Counter[str]:
    """Count the features of `text`; `concepts` maps a word or phrase to its concepts. Total.

    `words` is filled with the folded words that stood for each concept, if it is given.
    """
    counts: Counter[str] = Counter()
    tokens = split(fold(text))[:MAX_TOKENS]
    turned, read, long = False, 0, len(tokens) > 2 * _OPENING
    for run in _runs(tokens):
        if is_cjk(run[0]):
            joined = "".join(run)
            _count_chinese(joined, counts)
            found = list(_chinese_concepts(joined, concepts))
            turns = joined.startswith(_TURNS_HEAD_ZH) or any(word in joined for word in _TURNS_ZH)
        else:
            _count_words(run, counts)
            found = list(_word_concepts(run, concepts))
            turns = any(word in _TURNS for word in run)
        turned = turned or turns
        for concept, surface in found:
            if words is not None:
                words.setdefault("k" + concept, []).append(surface)
            counts["k" + concept] += 1
            if turned:
                counts["k>" + concept] += 1
            if long and read < _OPENING and not is_cjk(run[0]):
                counts["k^" + concept] += 1
        read += len(run)
    return counts


def _runs(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Yield stretches of words or of Chinese characters; signs between them end a stretch."""
    run: list[str] = []
    for word in tokens:
        if word == " ":
            continue
        wordlike = word[0].isalnum()
        if run and (not wordlike or is_cjk(word) != is_cjk(run[0])):
            yield run
            run = []
        if wordlike:
            run.append("0" if word[0].isdigit() and not is_cjk(word) else word)
        elif word in {"!", "?"}:
            yield [word]
    if run:
        yield run


def _count_words(run: list[str], counts: Counter[str]) -> None:
    for at, word in enumerate(run):
        counts["w" + word] += 1
        if at:
            counts[f"w{run[at - 1]} {word}"] += 1
        if len(word) > 2:
            padded = f" {word[:20]} "
            for size in (3, 4, 5):
                for start in range(len(padded) - size + 1):
                    counts["p" + padded[start : start + size]] += 1


def _count_chinese(run: str, counts: Counter[str]) -> None:
    padded = f" {run} "
    for start in range(len(padded)):
        for size in (1, 2, 3, 4):
            if start + size <= len(padded):
                counts["z" + padded[start : start + size]] += 1


def _word_concepts(
    run: list[str], concepts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield concept and words of the longest phrases, with "!" before a concept denied."""
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST_PHRASE, len(run) - at), 0, -1):
            found = concepts.get(" ".join(run[at : at + size]), ())
            if not found and size == 1:
                found = _stem_concepts(run[at], concepts)
            if found:
                denied = any(_denies(word) for word in run[max(0, at - 3) : at])
                surface = " ".join(run[at : at + size])
                yield from (("!" + name if denied else name, surface) for name in found)
                at += size - 1
                break
        at += 1


def _stem_concepts(word: str, concepts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    for length in range(min(len(word), 12), 2, -1):
        if found := concepts.get(word[:length] + "*"):
            return found
    return ()


def _denies(word: str) -> bool:
    return word in _DENIALS or word.endswith(("n't", "n’t"))


def _chinese_concepts(
    run: str, concepts: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield concept and word of the longest words, with "!" before a concept denied."""
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST_CHINESE, len(run) - at), 0, -1):
            if found := concepts.get(run[at : at + size]):
                before = run[max(0, at - 2) : at]
                denied = any(sign in before for sign in _DENIALS_ZH)
                surface = run[at : at + size]
                yield from (("!" + name if denied else name, surface) for name in found)
                at += size - 1
                break
        at += 1


def read_concepts(source: str) -> dict[str, tuple[str, ...]]:
    """Read `concept: word, word, …` lines; `#` starts a comment, a final `*` is any ending."""
    found: dict[str, tuple[str, ...]] = {}
    for line in source.splitlines():
        name, colon, words = line.partition("#")[0].partition(":")
        if not colon:
            continue
        for word in words.split(","):
            key = fold(" ".join(word.split()))
            if key:
                found[key] = tuple(sorted({*found.get(key, ()), name.strip()}))
    return found
