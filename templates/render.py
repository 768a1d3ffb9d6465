"""Letter → RenderedLetter: the words of every letter we send. The only user of Jinja2.

Templates come from files only; what strangers wrote is only ever a value, never template source
(reliability 4.10, F112). A letter is `letters/<language>/<letter>.txt.j2`, whose first line is
`Subject: …`, and `.html.j2` beside it. A variant that a rule may ask for is a folder of such files,
`letters/<language>/<variant>/`; letters it lacks are the usual ones. What a template may do is in
templates/words.py.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Template, TemplateError, TemplateSyntaxError, meta

from cases.errors import LetterError
from cases.model import Letter, LetterName
from cases.outgoing import RenderedLetter
from templates.samples import samples
from templates.words import LetterEnvironment, as_line, clean

FOLDER = Path(__file__).with_name("letters")
OUTPUT_MAX = 256 * 1024  #: bytes of UTF-8 in one part of a letter (reliability 4.9)
SUBJECT_MAX = 200  #: characters

_GIVEN_BY_US = frozenset({"language", "letter_subject"})
_SUBJECT = "Subject: "
_RAW = re.compile(r"\{\{|\{%|\bNone\b|\bTrue\b|\bFalse\b|Traceback|Undefined")
_BLANK_LINES = re.compile(r"\n{3,}")

# What a template can raise while it runs; anything else is a bug of ours and shall be seen.
_TEMPLATE_FAILURES = (
    TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def variants(language: str, folder: Path | None = None) -> frozenset[str]:
    """Return the variants that have letters in a language (default: of the shipped letters)."""
    found = (folder or FOLDER).glob(f"{language}/[!_.]*/*.txt.j2")
    return frozenset(path.parent.name for path in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One letter in one language, compiled, with the names of all facts it may ask for."""

    text: Template
    html: Template
    wants: frozenset[str]


class Letters:
    """All letters of a folder, compiled by the first use; times are shown in `zone`."""

    def __init__(self, *, zone: ZoneInfo, folder: Path | None = None) -> None:
        """Take note of `folder` (default: the letters shipped with the desk)."""
        self._folder = folder or FOLDER
        self._env = LetterEnvironment(self._folder, zone)
        self._broken: dict[str, str] = {}

    @functools.cached_property
    def _sheets(self) -> dict[str, _Sheet]:
        """Every letter, compiled: that takes a second, which not every command has to pay.

        A broken template raises nothing here: `check` reports it and `render` refuses it, so
        that one slip of an editor doesn't stop the other letters.
        """
        sheets: dict[str, _Sheet] = {}
        for language in self.languages:
            for name in LetterName:
                self._compile(f"{language}/{name}", sheets)
            for path in sorted(self._folder.glob(f"{language}/[!_.]*/*.txt.j2")):
                own = str(path.relative_to(self._folder)).removesuffix(".txt.j2")
                self._compile(own, sheets)
        return sheets

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages we have letters for (ISO 639-1), sorted."""
        if not self._folder.is_dir():
            return ()
        folders = (entry.name for entry in self._folder.iterdir() if entry.is_dir())
        return tuple(sorted(name for name in folders if not name.startswith(("_", "."))))

    @property
    def variants(self) -> frozenset[str]:
        """The variants there are, each perhaps in one language only."""
        return frozenset().union(*(variants(each, self._folder) for each in self.languages))

    def render(self, letter: Letter, *, variant: str = "") -> RenderedLetter:
        """Write `letter` in `letter.language`, as `variant` has it where that has it.

        Raises LetterError if a fact is missing (each one is named) or isn't plain data, if the
        template is broken or absent, or if a part would be longer than OUTPUT_MAX.
        """
        usual = f"{letter.language}/{letter.name}"
        own = f"{letter.language}/{variant}/{letter.name}"
        key = own if own in self._sheets else usual
        sheet = self._sheets.get(key)
        if sheet is None:
            raise LetterError(key, self._broken.get(key, "there is no such letter"))
        missing = sorted(sheet.wants - letter.facts.keys())
        if missing:
            raise LetterError(key, "missing fact: " + ", ".join(missing))
        facts = {str(name): _plain(key, str(name), fact) for name, fact in letter.facts.items()}
        facts["language"] = letter.language
        subject, text = _split(key, _fill(key, sheet.text, facts))
        html = _fill(key, sheet.html, facts | {"letter_subject": subject})
        return RenderedLetter(subject=subject, text=text, html=html)

    def check(self) -> tuple[str, ...]:
        """Write every letter in every language with sample facts; return what is wrong, in words.

        An empty tuple means that each letter exists, asks for no fact that nobody gives, and
        shows no raw template to the reader.
        """
        if not self.languages:
            return (f"{self._folder}: there is no folder of a language",)
        sheets = self._sheets  # only now it is known which are broken
        problems = [f"letter {key}: {why}" for key, why in sorted(self._broken.items())]
        for language in self.languages:
            for variant, letter in samples(language):
                for own in ("", *sorted(self.variants)):
                    key = f"{language}/{own}/{letter.name}" if own else f"{language}/{letter.name}"
                    if key in sheets:
                        problems += self._problems(variant, letter, own)
        return tuple(dict.fromkeys(problems))

    def _problems(self, variant: str, letter: Letter, own: str) -> list[str]:
        try:
            written = self.render(letter, variant=own)
        except LetterError as error:
            return [f"{error} (sample {variant!r})"]
        where = f"letter {letter.language}/{letter.name} (sample {variant!r})"
        parts = {"subject": written.subject, "text": written.text, "html": written.html}
        found = [(part, hit.group()) for part, body in parts.items() if (hit := _RAW.search(body))]
        problems = [f"{where}: the {part} shows {hit!r} to the reader" for part, hit in found]
        if str(letter.facts["reference"]) not in written.subject:
            problems.append(f"{where}: the subject lacks the reference")
        return problems

    def _compile(self, key: str, sheets: dict[str, _Sheet]) -> None:
        try:
            sheets[key] = _Sheet(
                text=self._env.get_template(f"{key}.txt.j2"),
                html=self._env.get_template(f"{key}.html.j2"),
                wants=self._wanted(f"{key}.txt.j2") | self._wanted(f"{key}.html.j2"),
            )
        except TemplateSyntaxError as error:
            self._broken[key] = f"{error.name or key}:{error.lineno}: {error.message}"
        except (TemplateError, OSError, ValueError) as error:
            self._broken[key] = f"{type(error).__name__}: {error}"

    def _wanted(self, template: str) -> frozenset[str]:
        """Names of the facts in every branch of a template and of what it extends or imports."""
        seen: set[str] = set()
        queue, names = [template], set[str]()
        while queue:
            current = queue.pop()
            if current in seen:
                continue
            seen.add(current)
            tree = self._env.parse(self._env.source(current), current)
            names |= meta.find_undeclared_variables(tree)
            queue += [name for name in meta.find_referenced_templates(tree) if name]
        return frozenset(names - _GIVEN_BY_US)


def _fill(key: str, template: Template, facts: Mapping[str, object]) -> str:
    """Run a template; stop as soon as its output is longer than OUTPUT_MAX."""
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(facts):
            size += len(piece.encode())
            if size > OUTPUT_MAX:
                raise LetterError(key, f"{template.name} writes more than {OUTPUT_MAX} bytes")
            pieces.append(piece)
    except _TEMPLATE_FAILURES as error:
        raise LetterError(key, f"{template.name}: {error}") from error
    return "".join(pieces).strip() + "\n"


def _split(key: str, written: str) -> tuple[str, str]:
    """Take the `Subject: …` line off the text; both come out clean."""
    first, _, rest = written.partition("\n")
    subject = as_line(first.removeprefix(_SUBJECT), limit=SUBJECT_MAX)
    if not first.startswith(_SUBJECT) or not subject:
        raise LetterError(key, f"the text must begin with a line '{_SUBJECT}…'")
    lines = "\n".join(line.rstrip() for line in rest.split("\n"))
    return subject, _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


def _plain(key: str, path: str, fact: object) -> object:
    """Return `fact` as plain immutable data, text cleaned; LetterError for anything else."""
    match fact:
        case str():
            return clean(str.__str__(fact))  # drops Markup and StrEnum: nothing is "safe" already
        case bool() | int() | None:
            return fact
        case datetime():
            if fact.utcoffset() is None:
                raise LetterError(key, f"the fact {path!r} is a time without a zone")
            return fact
        case Mapping():
            return {str(name): _plain(key, f"{path}.{name}", fact[name]) for name in fact}
        case tuple() | list():
            return tuple(_plain(key, f"{path}[{n}]", item) for n, item in enumerate(fact))
        case _:
            kind = type(fact).__name__
            raise LetterError(key, f"the fact {path!r} is a {kind}, which is not plain data")
