"""Our own labelled texts: one JSON object a line, read strictly."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cases.model import Category, Matter

_HELD_OUT = 8  #: one text in eight never trains


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text."""

    text: str
    language: str
    category: Category
    labels: frozenset[Category]  #: all that apply; {OTHER} alone if none does
    matter: Matter
    domain: str

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


def _example(line: str) -> Example:
    row = json.loads(line)
    example = Example(
        text=str(row["text"]),
        language=str(row["lang"]),
        category=Category(row["category"]),
        labels=frozenset(Category(label) for label in row["labels"]),
        matter=Matter(row["matter"]),
        domain=str(row["domain"]),
    )
    if not example.text.strip():
        raise ValueError("the text is empty")
    if example.category not in example.labels:
        raise ValueError("`category` is missing in `labels`")
    if Category.OTHER in example.labels and len(example.labels) > 1:
        raise ValueError("`other` stands alone in `labels`")
    return example


def digest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that training reads, by name."""
    files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.txt")])
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
