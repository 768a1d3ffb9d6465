"""A case as a document for people, in the language of the case: `case.pdf` of an export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cases.audit_rows import Anchor, CaseLetter, CaseMail
from cases.judgement import Judgement
from cases.model import Case, CaseEvent, Correction
from pipeline.audit_words import state, word
from pipeline.papers import Papers
from pipeline.story import told
from routing.letters import category_name, department_name
from routing.policy import Policy
from templates.labels import label, part_label
from templates.pdf import Block, Kind, build

#: Characters of a mail, a letter or an entry that are printed; the whole is in a file beside it.
MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A mail or a letter as words, and the file that holds the whole, "" if it is gone."""

    item: CaseMail | CaseLetter
    file: str
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that stands in the document."""

    case: Case
    policy: Policy
    judged: Judgement | None
    story: tuple[CaseEvent, ...]
    corrections: tuple[Correction, ...]
    papers: Papers  #: what may be shown
    mails: tuple[Written, ...]
    letters: tuple[Written, ...]
    events: int
    head: str
    anchor: Anchor | None
    left_out: tuple[str, ...]
    now: datetime


def paper(it: Paper) -> bytes:
    """Return the document as PDF."""
    writer = _Writer(it)
    at, reference = writer.time(it.now), it.case.reference
    return build(
        writer.blocks(),
        title=writer.word("title", reference=reference),
        header=writer.word("header", reference=reference, at=at),
        pages=word("pages", writer.language, page="{page}", of="{of}"),
    )


class _Writer:
    def __init__(self, it: Paper) -> None:
        self._it = it
        self.language = "zh" if it.case.language == "zh" else "en"

    def word(self, name: str, **values: object) -> str:
        return word(name, self.language, **values)

    def time(self, at: datetime | None) -> str:
        if at is None:
            return self.word("none")
        return at.astimezone(self._it.policy.calendar.zone).strftime("%Y-%m-%d %H:%M")

    def blocks(self) -> Iterator[Block]:
        case = self._it.case
        yield Block(kind="title", text=self.word("title", reference=case.reference))
        yield from self._head()
        for name, lines in (
            ("judged", self._judged()),
            ("facts", self._facts()),
            ("story", self._story()),
            ("parts", self._parts()),
            ("corrections", self._corrections()),
            ("measures", self._measures()),
            ("registers", self._registers()),
            ("clocks", self._clocks()),
            ("mails", self._mails()),
            ("letters", self._letters()),
            ("proof", self._proof()),
        ):
            found = list(lines)
            if found:
                yield Block(kind="heading", text=self.word(name))
                yield from found

    def _pair(self, name: str, text: str) -> Block:
        return Block(kind="pair", label=self.word(name), text=text or self.word("none"))

    def _state(self, name: str) -> str:
        return state(name, self.language)

    def _severity(self, name: str) -> str:
        level = self._it.policy.severity(name)
        return level.names.get(self.language, name) if level.name == name else name

    def _head(self) -> Iterator[Block]:
        case, policy = self._it.case, self._it.policy
        yield self._pair("subject", case.subject)
        who = f"{case.complainant.name} <{case.complainant.addr}>".strip()
        yield self._pair("complainant", who)
        yield self._pair("received", self.time(case.received_at))
        yield self._pair("status", self._state(case.status.value))
        yield self._pair("category", category_name(policy, case.category, self.language))
        yield self._pair("severity", self._severity(case.severity))
        names = (department_name(policy, key) for key in case.departments)
        yield self._pair("departments", ", ".join(names))
        yield self._pair("due", self.time(case.due_at))
        yield self._pair("closed", self.time(case.closed_at))
        yield self._pair("rules", case.rules_version)
        yield self._pair("model", case.model_version)

    def _judged(self) -> Iterator[Block]:
        judged, policy = self._it.judged, self._it.policy
        if judged is None:
            return
        yield self._pair("category", category_name(policy, judged.category, self.language))
        yield self._pair("severity", self._severity(judged.severity))
        yield self._pair("held", "; ".join(judged.rules))
        yield self._pair("due", self.time(judged.due_at))

    def _facts(self) -> Iterator[Block]:
        for fact in self._it.case.facts:
            yield Block(kind="pair", label=label(fact.name, self.language), text=fact.value)

    def _story(self) -> Iterator[Block]:
        for event in self._it.story:
            words = told(event.kind, self.language, detail=bool(event.detail))
            who = "" if event.actor == "desk" else event.actor
            said = " ".join(filter(None, (who, words, event.detail)))
            yield from self._words("line", f"{self.time(event.at)}  {said}")
            for reason in event.reasons:
                yield from self._words("small", self.word("because", reason=reason))

    def _parts(self) -> Iterator[Block]:
        for part in self._it.papers.parts:
            name = department_name(self._it.policy, part.department)
            asked = self.time(part.asked_at)
            stands = self._state(part.state.value)
            yield Block(kind="line", text=f"{name} · {part.round} · {stands} · {asked}")
            for key, text in part.report.items():
                yield from self._words("small", f"{part_label(key, self.language)}: {text}")

    def _corrections(self) -> Iterator[Block]:
        for one in self._it.corrections:
            was, now = (
                category_name(self._it.policy, each, self.language)
                for each in (one.was, one.category)
            )
            said = f"{self.time(one.at)}  {one.by} ({one.how}): {was} → {now} {one.note}"
            yield from self._words("line", said)

    def _measures(self) -> Iterator[Block]:
        for one in self._it.papers.measures:
            name = department_name(self._it.policy, one.department)
            due = self.time(one.due_at)
            stands = self._state(one.state.value)
            yield Block(kind="line", text=f"{name} {one.number} · {stands} · {due}")
            for key in ("corrective", "preventive", "owner"):
                if text := getattr(one, key):
                    yield from self._words("small", f"{part_label(key, self.language)}: {text}")
            if one.reason:
                yield from self._words("small", one.reason)

    def _registers(self) -> Iterator[Block]:
        for one in self._it.papers.records:
            kind = part_label(one.kind, self.language)
            yield from self._words("line", f"{self.time(one.at)}  {kind} ({one.by}): {one.text}")

    def _clocks(self) -> Iterator[Block]:
        for one in self._it.papers.clocks:
            who, stands = f" ({one.who})" if one.who else "", self._state(one.kind.value)
            yield Block(kind="line", text=f"{self.time(one.due_at)}  {stands}{who}")

    def _mails(self) -> Iterator[Block]:
        for one in self._it.mails:
            assert isinstance(one.item, CaseMail)  # noqa: S101 - by construction
            head = f"{self.time(one.item.received_at)}  {one.item.sender}  {one.subject}"
            yield from self._words("line", head)
            yield from self._text(one)

    def _letters(self) -> Iterator[Block]:
        for one in self._it.letters:
            item = one.item
            assert isinstance(item, CaseLetter)  # noqa: S101 - by construction
            at = self.time(item.sent_at or item.created_at)
            stands = self._state(item.state)
            yield from self._words("line", f"{at}  {item.letter} → {item.recipient}: {stands}")
            if one.subject:
                yield from self._words("small", one.subject)
            tries = self.word("tries", tries=item.tries)
            yield from self._words("small", f"{tries}; {item.last_reply}".rstrip("; "))
            yield from self._text(one)

    def _text(self, one: Written) -> Iterator[Block]:
        if not one.file:
            yield Block(kind="words", text=self.word("gone"))
            return
        if one.text.strip():
            yield from self._words("words", one.text.strip(), file=one.file)

    def _proof(self) -> Iterator[Block]:
        it = self._it
        yield self._pair("events", str(it.events))
        yield self._pair("head", it.head)
        newest = (
            f"{it.anchor.number} · {self.time(it.anchor.at)}\n{it.anchor.hash}" if it.anchor else ""
        )
        yield self._pair("anchor", newest)
        yield Block(kind="line", text=self.word("how"))
        if it.left_out:
            yield Block(kind="line", text=self.word("left_out", names=", ".join(it.left_out)))

    def _words(self, kind: Kind, text: str, *, file: str = "chain.json") -> Iterator[Block]:
        yield Block(kind=kind, text=text[:MOST])
        if len(text) > MOST:
            yield Block(kind="small", text=self.word("cut", file=file))
