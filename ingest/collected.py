"""The attachments of one mail as they are found: what each is, what it says, why to beware."""

from dataclasses import dataclass, field
from typing import Final

from cases.incoming import Attachment
from ingest import attachments, documents, filetypes

MAX_ATTACHMENTS: Final = 50
UNKNOWN: Final = "application/octet-stream"

_READ: Final = ("", "macros")  #: warnings in spite of which a document may be read


@dataclass(slots=True, kw_only=True)
class Collected:
    """Attachments in the order of their parts."""

    found: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    size: int = 0  #: bytes of all
    letters: int = 0  #: characters read from all

    def add(
        self, name: str, media_type: str, data: bytes, *, label: str = "", known: bool = False
    ) -> None:
        """Keep a file; `label` is its charset, `known` says that its words are read already."""
        if len(self.found) >= MAX_ATTACHMENTS:
            self.defects.append("more than 50 attachments: the rest was left out")
            return
        self.size += len(data)
        kind = filetypes.kind_of(name, media_type, data)
        safe = attachments.name_of(name, kind.type, data, len(self.found) + 1)
        text, warning = "", kind.warning
        if not known:
            text, warning = self._read(safe, kind, data, label)
        if not warning and (len(data) > filetypes.MAX_BYTES or self.size > filetypes.MAX_ALL):
            warning = "too_big"
        self.found.append(
            Attachment(name=safe, type=kind.type, data=data, text=text, warning=warning)
        )

    def _read(self, name: str, kind: filetypes.Kind, data: bytes, label: str) -> tuple[str, str]:
        """Return the words of a document, and its warning after the attempt."""
        may_open = kind.type == filetypes.PDF  # protected, but perhaps only against printing
        if kind.warning not in _READ and not (kind.warning == "encrypted" and may_open):
            return "", kind.warning
        words = documents.read_document(name, kind.type, data, label=label)
        if words.defect:
            self.defects.append(words.defect)
        room = documents.MAX_ALL - self.letters
        text = words.text[: max(0, room)]
        self.letters += len(text)
        opened = kind.warning == "encrypted" and text
        return text, "" if opened else kind.warning
