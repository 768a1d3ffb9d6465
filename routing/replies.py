"""What a reply of ours says: a department's, a coordinator's, an approver's. Pure, total.

Only the new words are read, never the quoted mail nor a quoted line among them, so that our own
instructions quoted back are no command (F71); and only the first of them count, so that no sentence
becomes one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from routing.choices import NotOurs, read_not_ours
from routing.consent import nothing_else
from routing.dates import cut_date, read_date
from routing.flat import flat
from routing.labels import MOST_TEXT, split_parts
from routing.names import person_in
from routing.own_words import own_words, unsigned
from routing.policy import Policy
from routing.reply_words import (
    DENIAL,
    NO_HARM,
    NO_ONE,
    SPOKEN,
    WEAK_YES,
    Spoken,
)
from routing.reply_words import Word as Word

_MOST_LEAD = 300  #: characters of a greeting and the like before the word
_MOST_LINE = 300  #: characters of the first sentence behind it
_MOST_NAME = 80

#: A name of a party ends here.
_ENDS = re.compile(r"(?<=[一-鿿])(?=[】\])\s]|[:,;。、→>=.\-–—]|$)|(?<![一-鿿])(?![\w])")
_SENTENCE = re.compile(r"[^.。!?\n]{0,300}[.。!?\n]?")

_SIGNS = re.compile(r"[\s*#_~\"'“”‘’《【\[(<•·▪◆■●✓√☑✔\-–—]{1,100}")
_EMPTY_BOX = re.compile(r"\[\s{0,3}\]|【\s{0,3}】|\(\s{0,3}\)|[☐□]")
#: What people write before the word.
_LEADS = (
    re.compile(r"(?:[0-9]{1,2}[.)、]|x[\])])[ \t]{0,3}"),
    re.compile(
        r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|"
        r"day))\b[^\n,:;.!?]{0,40}?"
        r"(?:[,:;.!\n]|\s[-–—]\s)\s{0,9}"
    ),
    re.compile(
        r"(?:(?:尊敬的|敬爱的)?[^\s,:;。!?]{0,10}(?:您好|你好|大家好|各位好|早上好|上午好|中午好|"
        r"下午好|晚上好)|(?:尊敬的|敬爱的)[^\s,:;。!?]{1,10})[,:;。!\s]\s{0,9}"
    ),
    re.compile(
        r"(?:各位|[^\s,:;。!?]{1,8}(?:同事们?|经理|主管|老师|领导|总|先生|女士|部|组))[,:]\s{0,9}"
    ),
    re.compile(
        r"(?:收到|好的?|谢谢(?:您|你)?|多谢|感谢|辛苦了|thanks?(?: you)?|many thanks|got it|"
        r"received|noted|"
        r"ok|okay)[ \t]{0,3}[,.;!。、~\-\n]\s{0,9}"
    ),
    re.compile(
        r"(?:(?:审批|审核|复核|处理|我的|部门|领导)?(?:意见|回复|结论|结果|答复)(?:是|为)?|"
        r"(?:(?:my|our) )?(?:answer|reply|decision|status|verdict)(?: is)?)[ \t]{0,3}:\s{0,9}"
    ),
)
_DONE = re.compile(r"(?:已经?)?处理完成(?:了(?=[\s:：,.。!，！、]|$))?(?!\w)|done(?!\w)")
_CLOSE = r"[ \t]{0,9}[】\])*_\"'>》]{0,6}[ \t]{0,9}"
_CLOSED = r"[ \t]{0,9}(?:[】\]]|\*\*)"
_COLON = r"(?::|->|=>|→|\n|$)"
_ZH_MARK = r"(?:\s|[:,;!=。、…–—→.\-]|$)"
_EN_MARK = r"(?:\n|[:,;!=。、…–—→]|\.(?![\w])|\.\.|-(?![\w])|(?<=[ \t])-|$)"
_MARKS = re.compile(r"[\s】\])*_\"'>》]{0,20}[:,;!=。、…–—→.\-]{0,10}>?[\s*_\"']{0,20}")
_ASK = re.compile(r"(?:please )?(?:ask|请?询问)(?![a-z])(?P<gap>[ \t:,=>→\-–—【\[(]{0,9})")
_EXPLICIT = re.compile(r"[:>→]")
#: Behind these marks everything is the text that goes out; behind others it is a remark.
_OPENS = re.compile(
    rf"{_CLOSED}(?![ \t]{{0,9}}[,.!;。、…–—-])|"
    rf"[ \t]{{0,9}}[】\])*_\"'>》]{{0,6}}[ \t\r]{{0,9}}(?:[:=→\n]|[-–—]{{1,2}}>|$)"
)
_STOPS = re.compile(r"[\s】\])*_\"']{0,9}[.!。]")
#: Words whose text is sent to the complainant as it is written; that of two more leaves, too.
_TO_CUSTOMER = frozenset({Word.DONE, Word.INVALID, Word.INTERIM, Word.NEED_INFO})
_SENT = _TO_CUSTOMER | {Word.CHANGE, Word.ASK}
#: Words that may be followed by a question.
_ASKS = frozenset({Word.NEED_INFO, Word.INTERIM, Word.NO, Word.CHANGE, Word.STOP, Word.INVALID})


def _pattern(spoken: Spoken) -> re.Pattern[str]:
    zh_mark, en_mark = (_COLON, _COLON) if spoken.only_colon else (_ZH_MARK, _EN_MARK)
    return re.compile(
        rf"(?:{spoken.zh})(?:(?={_CLOSE}{zh_mark}|{_CLOSED})|{spoken.zh_on})"
        rf"|(?:{spoken.en})(?:(?={_CLOSE}{en_mark}|{_CLOSED})|{spoken.en_on})"
    )


_PATTERNS = {word: _pattern(spoken) for word, spoken in SPOKEN.items()}
_ACCEPT = re.compile(rf"(?:{SPOKEN[Word.ACCEPT].zh})|accept(?:ed)? ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a reply says; without a word only its labelled parts are understood."""

    word: Word | None = None
    text: str = ""  #: behind the word, as written, without the labelled parts
    parts: Mapping[str, str] = field(default_factory=dict)  #: by key, see routing/labels.py
    not_ours: NotOurs | None = None  #: with NOT_OURS
    party: str = ""  #: with ASK: a key of `Policy.parties`; "" for one we do not know
    person: str = ""  #: who looks into it, as written
    at: date | None = None  #: by when, if the reply names one plain day


def read_staff_reply(text: str, policy: Policy, *, today: date) -> Said:
    """Return what the new words of a reply say; `today` is what "tomorrow" is counted from.

    Total. A question, a denial ("not done", 没有处理完成, "accept? no") or a word within a sentence
    is no word: a person says it again rather than be taken at half a word.
    """
    text = own_words(text[:MOST_TEXT])
    reader = _Reader(text, flat(text), policy, today)
    for start in reader.starts():
        found = reader.word(start)
        if found:
            return reader.said(found)
    return reader.said(_Found(None, 0))


@dataclass(frozen=True, slots=True)
class _Found:
    word: Word | None
    end: int  # of the word, with or without the marks behind it
    party: str = ""
    not_ours: NotOurs | None = None


@dataclass(frozen=True, slots=True)
class _Reader:
    """One reply, as written and as compared; both have the same places."""

    text: str
    flat: str
    policy: Policy
    today: date

    def starts(self) -> Iterator[int]:
        """Yield where the word may begin, behind all that people write before it first."""
        places, at = {0}, 0
        for _ in range(8):
            signs = _SIGNS.match(self.flat, at)
            if signs and _EMPTY_BOX.search(signs[0]):
                break
            at = signs.end() if signs else at
            places.add(at)
            lead = next((found for one in _LEADS if (found := one.match(self.flat, at))), None)
            if lead is None or lead.end() > _MOST_LEAD:
                break
            at = lead.end()
            places.add(at)
        return iter(sorted(places, reverse=True))

    def word(self, start: int) -> _Found | None:
        """Return the word that begins at `start`, the longest one if several fit."""
        done = _DONE.match(self.flat, start)
        if done:
            rest = self.rest(done.end())
            taken_back = rest[:1] in ("?", "/", "|") or DENIAL.match(rest)
            if taken_back or not self._answers(done.end()):
                return None
            return _Found(Word.DONE, done.end())
        not_ours = read_not_ours(self.text[start : start + 1_000], self.policy)
        if not_ours:
            return _Found(Word.NOT_OURS, start, not_ours=not_ours)
        asked = self._asked(start)
        if asked:
            return asked
        found = {word: pattern.match(self.flat, start) for word, pattern in _PATTERNS.items()}
        ends = {word: match.end() for word, match in found.items() if match}
        if not ends:
            return self._named(start) or self._weak(start)
        word = max(ends, key=lambda one: ends[one])
        meant = self._meant(word, ends[word])
        if meant and word in _TO_CUSTOMER:
            meant = self._answers(ends[word])
        return _Found(word, ends[word]) if meant else None

    def rest(self, end: int) -> str:
        """Return what is compared behind the word and its marks."""
        return self.flat[self._behind(end) :]

    def _behind(self, end: int) -> int:
        marks = _MARKS.match(self.flat, end)
        return marks.end() if marks else end

    def _asked(self, start: int) -> _Found | None:
        """Read `ask → party: question`; who asks in a sentence of its own asks nobody by it."""
        match = _ASK.match(self.flat, start)
        if match is None:
            return None
        names = {
            flat(name.strip()): key
            for key, party in self.policy.parties.items()
            for name in (key, *party.names.values())
            if name.strip()
        }
        for name in sorted(names, key=len, reverse=True):
            end = match.end() + len(name)
            if self.flat.startswith(name, match.end()) and _ENDS.match(self.flat, end):
                return _Found(Word.ASK, end, party=names[name])
        explicit = _EXPLICIT.search(match["gap"])
        return _Found(Word.ASK, match.end()) if explicit else None

    def _named(self, start: int) -> _Found | None:
        """Read "accept Li Wei 27 Nov", which has no mark behind the word."""
        match = _ACCEPT.match(self.flat, start)
        if match is None:
            return None
        line = self.text[match.end() : match.end() + _MOST_LINE].split("\n", 1)[0]
        day, rest = cut_date(line, self.today)
        named = day and person_in(rest)
        return _Found(Word.ACCEPT, match.end()) if named else None

    def _weak(self, start: int) -> _Found | None:
        """Read an "OK": it agrees only if nothing but thanks and a name follow."""
        match = WEAK_YES.match(self.flat, start)
        if match is None:
            return None
        return _Found(Word.YES, match.end()) if self._agrees(match.end()) else None

    def _agrees(self, end: int) -> bool:
        """Tell whether nothing but a yes is said; whoever checks measures may name a department."""
        places = self.policy.departments.values()
        names = (name for place in places for name in (place.key, *place.names.values()))
        return nothing_else(self.text[end:], names)

    def _answers(self, end: int) -> bool:
        """Tell whether what goes out is marked: by a colon, by a new line, or by labels.

        "Done, thanks!" and "Done. Please close it" are remarks to us, and no text for the customer.
        """
        if _OPENS.match(self.flat, end):
            return True
        remark, parts = split_parts(self.text[self._behind(end) :])
        if not any(sign.isalnum() for sign in remark):
            return True
        return "to_complainant" in parts and _STOPS.match(self.flat, end) is not None

    def _meant(self, word: Word, end: int) -> bool:
        """Tell whether what follows does not take the word back."""
        rest = self.rest(end)
        sentence = _SENTENCE.match(rest[:_MOST_LINE])
        first = sentence[0] if sentence else ""
        if rest[:1] in ("?", "/", "|") or DENIAL.match(rest):
            return False
        if first.endswith("?") and word not in _ASKS:
            return False
        if word is Word.YES and not self._agrees(end):
            return False
        against = {Word.NO: NO_HARM, Word.REACHED: NO_ONE}.get(word)
        return not (against and against.search(first))

    def said(self, found: _Found) -> Said:
        """Return the word with everything that belongs to it."""
        text, parts = split_parts(self.text[self._behind(found.end) if found.word else 0 :])
        if found.word in _SENT:
            text = unsigned(text)
        if found.word in _TO_CUSTOMER and not _OPENS.match(self.flat, found.end):
            text = ""  # a remark, see `_answers`
        if found.word in _TO_CUSTOMER and text and parts.keys() == {"note"}:
            parts["to_complainant"], text = text, ""  # an aside only cuts the text
        if "to_complainant" in parts:
            parts["to_complainant"] = unsigned(parts["to_complainant"])
        if found.word is Word.NOT_OURS:
            text = self.text[found.end :].strip()
        person, at = self._who_and_when(text if found.word is Word.ACCEPT else "", parts)
        return Said(
            word=found.word,
            text=text if any(sign.isalnum() for sign in text) else "",
            parts=parts,
            not_ours=found.not_ours,
            party=found.party,
            person=person,
            at=at,
        )

    def _who_and_when(self, text: str, parts: Mapping[str, str]) -> tuple[str, date | None]:
        """Return the person and the day: as labelled, or out of a few words."""
        at, rest = cut_date(text[:_MOST_LINE], self.today)
        person = person_in(rest)
        if "owner" in parts:
            day, rest = cut_date(parts["owner"], self.today)
            at = day or at
            person = person_in(rest) or rest.strip().split("\n", 1)[0][:_MOST_NAME]
        if "due" in parts:
            at = read_date(parts["due"], today=self.today)
        return person, at
