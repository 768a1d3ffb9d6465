"""Labelled texts: our own, and real ones that we may learn from but not pass on.

One JSON object a line, read strictly. Whoever may use a file of other people's complaints for
training keeps it to himself; what we read in such texts is kept in `classify/readings.tsv`, by the
fingerprint of each text.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases.model import Category, Matter
from classify.script import fold

READINGS = Path(__file__).parent / "readings.tsv"
_HELD_OUT = 8  #: one text in eight never trains
_LETTERS = {category.value[0]: category for category in Category}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    text: str
    language: str
    category: Category
    labels: frozenset[Category]  #: all that apply; {OTHER} alone if none does
    matter: Matter | None  #: None: nobody said
    domain: str
    serious: bool | None = None  #: harm, danger, law, media, authority; None: not said
    real: bool = False  #: written by a complainant, not by us

    @property
    def held_out(self) -> bool:
        """Whether this text is kept for measuring; its words decide, so that it never moves."""
        return hashlib.sha256(self.text.encode()).digest()[0] % _HELD_OUT == 0


def load(folder: Path) -> list[Example]:
    """Read every `*.jsonl` of `folder`; raises ValueError with file and line if one is wrong."""
    examples: dict[str, Example] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                example = _example(line)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
            if examples.setdefault(example.text, example) is not example:
                raise ValueError(f"{path.name}:{number}: this text is already there")
    if not examples:
        raise ValueError(f"{folder} holds no *.jsonl with texts")
    return list(examples.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """What we read in a text that is not ours."""

    category: Category
    labels: frozenset[Category]
    serious: bool


def load_real(path: Path, readings: Mapping[str, Reading]) -> list[Example]:
    """Read a file of real texts (`text`, `lang`, and `primary`, `labels` unless we read them).

    Our own reading wins over a label that came with the text; a text with neither is left out.
    Raises ValueError with file and line if one is wrong.
    """
    examples: dict[str, Example] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, said = str(row["text"]), row.get("primary")
            read = readings.get(fingerprint(text))
            if read is None and not said:
                continue
            example = Example(
                text=text,
                language=str(row["lang"]),
                category=read.category if read else Category(said),
                labels=read.labels if read else frozenset(map(Category, row["labels"])),
                matter=None,
                domain=str(row.get("domain", "")),
                serious=read.serious if read else None,
                real=True,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}:{number}: {error}") from error
        examples.setdefault(fingerprint(text), example)
    return list(examples.values())


def read_readings(path: Path = READINGS) -> dict[str, Reading]:
    """Read `fingerprint TAB main TAB all that apply TAB serious`.

    Categories stand by their first letters; serious is `!` or `-`.
    """
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            mark, main, labels, serious = line.split("\t")
            all_that_apply = frozenset(_LETTERS[letter] for letter in labels)
            found[mark] = Reading(_LETTERS[main], all_that_apply, serious == "!")
    return found


def fingerprint(text: str) -> str:
    """Return what a text is known by without showing it: blanks and case make no difference."""
    return hashlib.sha256(" ".join(fold(text).split()).encode()).hexdigest()[:20]


def _example(line: str) -> Example:
    row = json.loads(line)
    example = Example(
        text=str(row["text"]),
        language=str(row["lang"]),
        category=Category(row["category"]),
        labels=frozenset(Category(label) for label in row["labels"]),
        matter=Matter(row["matter"]),
        domain=str(row["domain"]),
        serious=bool(row.get("serious", False)),
    )
    if not example.text.strip():
        raise ValueError("the text is empty")
    if example.category not in example.labels:
        raise ValueError("`category` is missing in `labels`")
    if Category.OTHER in example.labels and len(example.labels) > 1:
        raise ValueError("`other` stands alone in `labels`")
    return example


def digest(*places: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that training reads, by name; places are folders or files."""
    files: list[Path] = []
    for place in places:
        kinds = ("*.jsonl", "*.txt", "*.npz", "*.tsv")
        files += (
            sorted(p for kind in kinds for p in place.glob(kind)) if place.is_dir() else [place]
        )
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
