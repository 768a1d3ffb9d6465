"""What contradicts a fact: the value is kept as the sender wrote it, and flagged.

`Fact.doubt` holds one of these keys:

- ``check_digit``: it looks like one of our numbers, but its check digit is wrong;
- ``not_this_product``: a batch number in the format of another product than the one named;
- ``unknown_model``: a model beside a product of the catalogue that does not come in this model.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cases.model import Fact
from classify.script import fold, fold_width
from classify.vocabulary import NumberFormat, Vocabulary, number_format

CHECK_DIGIT = "check_digit"
NOT_THIS_PRODUCT = "not_this_product"
UNKNOWN_MODEL = "unknown_model"


@dataclass(frozen=True, slots=True)
class _Format:
    kind: str  #: batch or order
    owner: str  #: name of the product whose own format it is, "" for a general one
    form: NumberFormat


class Doubter:
    """Holds facts against the catalogue and the number formats of one organisation."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Raises ValueError if a number format is wrong."""
        self._formats = [
            *(_Format("batch", "", number_format(p)) for p in vocabulary.batch_patterns),
            *(_Format("order", "", number_format(p)) for p in vocabulary.order_patterns),
            *(
                _Format("batch", product.name, number_format(pattern))
                for product in vocabulary.products
                for pattern in product.batches
            ),
        ]
        self._models = {
            product.name: frozenset(map(fold, product.models)) for product in vocabulary.products
        }

    def formats(self) -> Iterable[tuple[str, NumberFormat]]:
        """Yield (kind of fact, format) of every number format."""
        return ((entry.kind, entry.form) for entry in self._formats)

    def judge(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Return the facts, each known or doubted as the formats and the catalogue say. Total."""
        listed = tuple(facts)
        products = {f.canonical for f in listed if f.name == "product" and f.canonical}
        named = products or {f.canonical for f in listed if f.name == "model" and f.canonical}
        return tuple(self._judge(fact, products, named) for fact in listed)

    def _judge(self, fact: Fact, products: set[str], named: set[str]) -> Fact:
        if fact.name == "model":
            return replace(fact, doubt=self._of_model(fact, products))
        value = fold_width(fact.value)
        fitting = [e for e in self._formats if e.kind == fact.name and e.form.fits(value)]
        if not fitting:
            return fact
        holding = [entry for entry in fitting if entry.form.holds(value)]
        if not holding:
            return replace(fact, known=False, doubt=CHECK_DIGIT)
        return replace(fact, known=True, doubt=self._of_batch(holding, named))

    def _of_batch(self, holding: list[_Format], named: set[str]) -> str:
        owners = {entry.owner for entry in holding}
        return NOT_THIS_PRODUCT if named and "" not in owners and not owners & named else ""

    def _of_model(self, fact: Fact, products: set[str]) -> str:
        lists = [self._models.get(name, frozenset()) for name in products]
        if not lists or not all(lists):  # a product without a list comes in any model
            return ""
        return "" if any(fold(fact.value) in models for models in lists) else UNKNOWN_MODEL
