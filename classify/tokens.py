"""The tokenizer of our spaCy pipeline: codes whole, Chinese by character."""

from collections.abc import Callable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from classify.script import split

NAME = "complaint_desk.codes.v1"  #: as the config of the pipeline names it


def text_of(doc: Doc) -> str:
    """Return the text of `doc`, kept since it was cut: spaCy would join its tokens each time."""
    kept = doc.user_data.get("text")
    return kept if isinstance(kept, str) else str(doc.text)


class CodeTokenizer:
    """Cuts a text into words, codes, Chinese characters and signs; nothing is lost."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of `text` as a Doc whose text is `text` again. Total."""
        words: list[str] = []
        spaces: list[bool] = []
        for token in split(text):
            if token[0] == " " and words and not spaces[-1]:
                spaces[-1] = True
                token = token[1:]
            if token:
                words.append(token)
                spaces.append(False)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        doc.user_data["text"] = text
        return doc

    def to_bytes(self, **_options: object) -> bytes:
        """Return nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, _data: bytes, **_options: object) -> "CodeTokenizer":
        """Return self: the tokenizer has no state."""
        return self

    def to_disk(self, _path: Path, **_options: object) -> None:
        """Write nothing: the tokenizer has no state."""

    def from_disk(self, _path: Path, **_options: object) -> "CodeTokenizer":
        """Return self: the tokenizer has no state."""
        return self


def make_tokenizer() -> Callable[[Language], CodeTokenizer]:
    """Return the factory that spaCy's config names."""

    def create(nlp: Language) -> CodeTokenizer:
        return CodeTokenizer(nlp.vocab)

    return create


registry.tokenizers.register(NAME, func=make_tokenizer)
