"""Measuring a model on labelled texts: by language, class and domain, and how far to trust it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.model import Category, Classification
from classify.classifier import Classifier
from classify.corpus import Example
from classify.vocabulary import Vocabulary

WANTED_ACCURACY = 0.95  #: of what may be filed without a person


THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  #: for `unsure.below` of rules.yaml


@dataclass(frozen=True, slots=True)
class Bin:
    """The texts whose score lies between two tenths."""

    texts: int
    score: float  #: mean
    right: float  #: share


@dataclass(frozen=True, slots=True)
class Figures:
    """What one group of texts shows; every share lies between 0 and 1."""

    texts: int
    accuracy: float
    macro_f1: float  #: mean of `f1`
    f1: dict[str, float]  #: by category
    labels_f1: dict[str, float]  #: quality, service, delivery: all that apply
    matter_accuracy: float
    coverage: float  #: largest share, surest first, that is right 95 times in 100
    calibration_error: float  #: mean gap of score and accuracy over ten bins, weighted
    bins: tuple[Bin, ...]  #: the reliability diagram
    filed: tuple[tuple[float, float, float], ...]  #: threshold, share filed, share of it right


@dataclass(frozen=True, slots=True)
class Report:
    """All tables of one evaluation."""

    model: str
    languages: dict[str, Figures]
    domains: dict[str, float]  #: accuracy by domain
    confusion: dict[str, int]  #: "wanted > said": how often, errors only


def evaluate(examples: Sequence[Example], *, model_path: Path | None = None) -> Report:
    """Let the model read `examples` and compare. Raises ValueError if there are none."""
    if not examples:
        raise ValueError("there are no texts to evaluate on")
    reader = Classifier(Vocabulary(), model_path=model_path)
    items = ((example.text, "", example.language) for example in examples)
    pairs = list(zip(examples, reader.classify_many(items), strict=True))
    errors = Counter(
        f"{example.category.value} > {said.category.value}"
        for example, said in pairs
        if said.category is not example.category
    )
    return Report(
        model=pairs[0][1].model,
        languages={key: _figures(group) for key, group in _grouped(pairs, lambda e: e.language)},
        domains={
            key: round(_share(_right(group)), 3)
            for key, group in _grouped(pairs, lambda e: e.domain)
        },
        confusion=dict(errors.most_common()),
    )


Pair = tuple[Example, Classification]


def _grouped(
    pairs: Iterable[Pair], key: Callable[[Example], str]
) -> Iterable[tuple[str, list[Pair]]]:
    groups: dict[str, list[Pair]] = {}
    for example, said in pairs:
        groups.setdefault(key(example), []).append((example, said))
    return sorted(groups.items())


def _right(pairs: Sequence[Pair]) -> list[bool]:
    return [said.category is example.category for example, said in pairs]


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)


def _figures(pairs: list[Pair]) -> Figures:
    right = _right(pairs)
    f1 = f1_by_category([(example.category, said.category) for example, said in pairs])
    labels = {
        category.value: _f1(
            [(category in example.labels, said.labels[category] >= 0.5) for example, said in pairs]
        )
        for category in Category
        if category is not Category.OTHER
    }
    matters = [said.matter is example.matter for example, said in pairs if example.matter]
    scored = [(said.score, hit) for (_, said), hit in zip(pairs, right, strict=True)]
    return Figures(
        texts=len(pairs),
        accuracy=round(_share(right), 3),
        macro_f1=round(sum(f1.values()) / len(f1), 3),
        f1=f1,
        labels_f1=labels,
        matter_accuracy=round(_share(matters), 3) if matters else 0.0,
        coverage=round(coverage(scored), 3),
        calibration_error=round(calibration_error(scored), 3),
        bins=bins(scored),
        filed=tuple(_filed(scored, threshold) for threshold in THRESHOLDS),
    )


def f1_by_category(pairs: Sequence[tuple[Category, Category]]) -> dict[str, float]:
    """Return F1 of each category for (wanted, said) pairs."""
    return {
        category.value: _f1([(wanted is category, said is category) for wanted, said in pairs])
        for category in Category
    }


def _f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    counts = Counter(pairs)
    wrong = counts[True, False] + counts[False, True]
    both = 2 * counts[True, True]
    return round(both / (both + wrong), 3) if both else 0.0


def coverage(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the largest share, surest first, of which WANTED_ACCURACY is right.

    A threshold can't part equal scores, so they count together.
    """
    ranked = sorted(scored, reverse=True)
    hits, best = 0, 0
    for count, (score, hit) in enumerate(ranked, 1):
        hits += hit
        tied = count < len(ranked) and ranked[count][0] == score
        if not tied and hits >= WANTED_ACCURACY * count:
            best = count
    return best / len(ranked) if ranked else 0.0


def bins(scored: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Sort the texts into ten bins of equal width by score; empty bins are left out."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for score, hit in scored:
        groups.setdefault(min(int(score * 10), 9), []).append((score, hit))
    return tuple(
        Bin(
            texts=len(group),
            score=sum(score for score, _ in group) / len(group),
            right=_share([hit for _, hit in group]),
        )
        for _, group in sorted(groups.items())
    )


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error over ten bins of equal width."""
    gaps = sum(one.texts * abs(one.score - one.right) for one in bins(scored))
    return gaps / len(scored) if scored else 0.0


def _filed(scored: Sequence[tuple[float, bool]], threshold: float) -> tuple[float, float, float]:
    """Return what a threshold lets through, and how much of it is right."""
    sure = [hit for score, hit in scored if score >= threshold]
    return threshold, round(len(sure) / len(scored), 3), round(_share(sure), 3) if sure else 0.0
