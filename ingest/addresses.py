"""Address fields (RFC 5322 §3.4) as written by people, machines and attackers; linear and total."""

import re
from typing import Final

from cases.incoming import Address
from ingest import charset, headers

MAX_ADDRESSES: Final = 200
MAX_COMMENT_DEPTH: Final = 20

_DOTS: Final = re.compile(r"(?<=\S)\s{0,20}([.@])\s{0,20}(?=\S)")
ADDRESS: Final = re.compile(r"""[^\s<>()",;:\\]{1,200}@[^\s<>()",;\\]{1,255}""")


def read_addresses(value: str) -> tuple[Address, ...]:
    """Return the mailboxes of an address field, the first 200 of them, groups flattened.

    `value` is raw: encoded words are decoded only after the field was cut at its commas.
    """
    found: list[Address] = []
    for mailbox in _Lexer(value[: headers.MAX_FIELD]).mailboxes():
        address = _address(*mailbox)
        if address is not None:
            found.append(address)
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found)


def _address(phrase: str, angle: str | None, comment: str) -> Address | None:
    name = headers.decode_words(phrase)
    if angle is None:
        phrase = _DOTS.sub(r"\1", phrase)
        spot = ADDRESS.search(phrase)
        if spot is None:
            if not name:
                return None
            word = headers.decode_words(phrase)
            spot = ADDRESS.search(word)
            if spot is None:
                return Address(addr="", name=_tidy(name))
            phrase = word
        addr = spot[0]
        name = headers.decode_words(phrase[: spot.start()] + " " + phrase[spot.end() :])
    else:
        addr = _route(angle)
    addr = charset.clean_line(addr).replace(" ", "").strip("'\"" if "@" in addr else "")
    name = _tidy(name) or _tidy(headers.decode_words(comment))
    if not addr and not name:
        return None
    return Address(addr=addr.rstrip("."), name=name)


def _route(angle: str) -> str:
    """Return the address between angle brackets, without mailto: and source route."""
    angle = headers.decode_words(angle.strip()) if "=?" in angle else angle.strip()
    angle = angle.removeprefix("mailto:")
    if angle.startswith("@") and ":" in angle:
        angle = angle.partition(":")[2]
    return angle.strip().strip("<>")


def _tidy(name: str) -> str:
    name = name.strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return charset.clean_line(name)


class _Lexer:
    """Cuts an address field into (phrase, address in brackets or None, comment)."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.angle: str | None = None
        self.quote_open = True

    def mailboxes(self) -> list[tuple[str, str | None, str]]:
        done: list[tuple[str, str | None, str]] = []
        text = self.text
        while self.at < len(text) and len(done) <= 4 * MAX_ADDRESSES:
            char = text[self.at]
            if char in ",;":
                self._end(done)
                self.at += 1
            elif char == ":" and self._is_group():
                self.phrase, self.comment, self.angle = [], [], None
                self.at += 1
            elif char == "<":
                self._bracket(done)
            elif char == "(":
                self._comment()
            elif char == '"':
                self._quoted()
            elif text.startswith("=?", self.at):
                self._word()
            else:
                self.phrase.append(char)
                self.at += 1
        self._end(done)
        return done

    def _end(self, done: list[tuple[str, str | None, str]]) -> None:
        phrase = "".join(self.phrase).strip()
        if phrase or self.angle is not None or self.comment:
            done.append((phrase, self.angle, " ".join(self.comment)))
        self.phrase, self.comment, self.angle = [], [], None

    def _is_group(self) -> bool:
        """A colon ends a group's name unless it belongs to an address or an id."""
        return self.angle is None and "@" not in "".join(self.phrase[-300:])

    def _bracket(self, done: list[tuple[str, str | None, str]]) -> None:
        end = self.text.find(">", self.at)
        inner = self.text[self.at + 1 : end] if end >= 0 else self.text[self.at + 1 :]
        if self.angle:  # a second bracket without a comma: a second mailbox
            self._end(done)
        self.angle = inner
        self.at = len(self.text) if end < 0 else end + 1

    def _comment(self) -> None:
        depth, at, text = 0, self.at, self.text
        while at < len(text):
            if text[at] == "\\":
                at += 1
            elif text[at] == "(":
                depth += 1
            elif text[at] == ")":
                depth -= 1
                if depth == 0:
                    break
            at += 1
        inner = text[self.at + 1 : at]
        if inner.strip() and inner.count("(") < MAX_COMMENT_DEPTH:
            self.comment.append(inner.strip())
        self.at = at + 1

    def _quoted(self) -> None:
        out: list[str] = []
        at, text = self.at + 1, self.text
        while self.quote_open and at < len(text):
            if text[at] == "\\" and at + 1 < len(text):
                at += 1
            elif text[at] == '"':
                self.phrase.append("".join(out))
                self.at = at + 1
                return
            out.append(text[at])
            at += 1
        self.quote_open = False  # none closes any more: the mark is an ordinary character
        self.at += 1

    def _word(self) -> None:
        charset_ends = self.text.find("?", self.at + 2)
        end = self.text.find("?=", charset_ends + 3) if charset_ends >= 0 else -1
        end = self.at + 2 if end < 0 else end + 2
        self.phrase.append(self.text[self.at : end])
        self.at = end
