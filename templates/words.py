"""What a letter's template may do: the sandbox, its filters, and how values become words.

Safe by default: whatever `{{ … }}` prints comes out as one clean line, escaped in HTML; only the
filters `quote`, `paragraphs` and `verbatim` may print several lines. Nothing can be called,
multiplied or looped over but facts, so a template can neither reach Python nor eat the machine
(reliability 0.12, 4.10). `None`, a bool or a bare time printed by mistake is an error.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateRuntimeError,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import BlockReference, Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from templates.labels import doubt, label, part_label, value, wanted, warning
from templates.links import mailto

LINE_MAX = 300  #: characters of a value printed on one line
QUOTE_COLUMNS = 72  #: columns of quoted text, without the "> "

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Controls, soft hyphen, zero-width space, direction overrides, tag characters: invisible, and
# able to make a line read as something it isn't. Joiners stay, scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WEEKDAYS = {"en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "zh": list("一二三四五六日")}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NOT_AT_LINE_START = frozenset("，。、；：？！）】》」』”’…,.;:?!)]}")


class _Block(str):
    """Text of several lines, made by one of our filters."""

    __slots__ = ()


class _Missing(StrictUndefined):
    """A fact nobody gave; using it in any way is an error that names it."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"missing fact: {self._undefined_name}"


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 cut down to what a letter needs: facts, if, for, include, macros, our filters."""

    def __init__(self, folder: Path, zone: ZoneInfo) -> None:
        """Read templates below `folder`; show times in `zone`."""
        super().__init__(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(("html.j2",), default=False),
            undefined=_Missing,
            finalize=_printed,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._sources = folder
        self.intercepted_binops = frozenset({"+", "-", "*", "**", "%", "/", "//"})
        self.globals.clear()
        self.tests = {name: self.tests[name] for name in ("defined", "none")}
        self.filters = {"length": len, **_filters(zone)}

    def source(self, template: str) -> str:
        """Return the source of a template; raises OSError or UnicodeDecodeError."""
        return (self._sources / template).read_text(encoding="utf-8")

    def is_safe_callable(self, obj: object) -> bool:
        """Only macros and blocks may be called: no method of a value, no `ljust(10**9)`."""
        return isinstance(obj, Macro | BlockReference)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Letters don't calculate; `'a' * 10**9` would take a gigabyte (reliability 0.12)."""
        raise TemplateRuntimeError(f"a letter may not use the operator {operator}")


# ---------------------------------------------------------------- values → words


def clean(text: str) -> str:
    """Return `text` with line ends as LF and without characters nobody can see. Total."""
    return _drop_unseen(text).strip()


def _drop_unseen(text: str) -> str:
    return _UNSEEN.sub("", _SURROGATE.sub("\ufffd", _LINE_END.sub("\n", text)))


def as_line(text: str, *, limit: int = LINE_MAX) -> str:
    """Return `text` cleaned as one line of at most `limit` characters. Total."""
    return _flat(text, limit).strip()


def _flat(text: str, limit: int) -> str:
    """One line; a template's own spaces at its ends stay."""
    line = re.sub(r"\s+", " ", _drop_unseen(text[: 20 * limit]))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def moment(at: datetime, *, language: str, zone: ZoneInfo) -> str:
    """Return an aware time as the reader writes it, zone named.

    `Tue 24 Nov 2026, 17:30 (Asia/Shanghai)`; `2026年11月24日（周二）17:30（北京时间）`.
    """
    local = at.astimezone(zone)
    if language == "zh":
        name = "北京时间" if zone.key == "Asia/Shanghai" else zone.key
        return f"{local.year}年{_short_zh(local)}（{name}）"
    return f"{_day_en(local)} {local.year}, {local:%H:%M} ({zone.key})"


def brief_moment(at: datetime, *, language: str, zone: ZoneInfo) -> str:
    """Return an aware time for a subject line: `Thu 26 Nov 17:30`; `11月26日（周四）17:30`."""
    local = at.astimezone(zone)
    return _short_zh(local) if language == "zh" else f"{_day_en(local)} {local:%H:%M}"


def quoted(text: str, *, limit: int) -> str:
    """Return `text` as quoted plain text, at most `limit` characters of it, each line wrapped.

    Every line begins with ">", whatever line end the writer used and however long the line is,
    so that no client shows a stranger's words as ours.
    """
    lines = [part for line in _cut(text, limit).split("\n") for part in _wrap(line)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _short_zh(local: datetime) -> str:
    weekday = _WEEKDAYS["zh"][local.weekday()]
    return f"{local.month}月{local.day}日（周{weekday}）{local:%H:%M}"


def _day_en(local: datetime) -> str:
    return f"{_WEEKDAYS['en'][local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def _cut(text: str, limit: int) -> str:
    text = re.sub(r"\n{3,}", "\n\n", clean(text[: 2 * limit]))
    return text if len(text) <= limit else text[:limit].rstrip() + " […]"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _wrap(line: str) -> list[str]:
    """Break a line at spaces, between Chinese characters, or anywhere if nothing else fits."""
    rows, start, width, last_space = [], 0, 0, -1
    for place, character in enumerate(line):
        width += _columns(character)
        hanging = character in _NOT_AT_LINE_START and width <= QUOTE_COLUMNS + 4
        if width > QUOTE_COLUMNS and not hanging:
            wide = _columns(character) == 2
            at = place if wide or last_space <= start else last_space + 1
            rows.append(line[start:at].rstrip())
            start, last_space = at, -1
            width = sum(_columns(each) for each in line[start : place + 1])
        if character.isspace():
            last_space = place
    return [*rows, line[start:]]


# ---------------------------------------------------------------- filters


def _printed(value: object) -> object:
    """What `{{ … }}` prints: one clean line, unless a filter of ours made the value."""
    if isinstance(value, _Block | Markup | _Missing):
        return value
    if isinstance(value, str):
        return _flat(value, LINE_MAX)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"a letter can't print {type(value).__name__} as it is")


def _in_html(context: Context) -> bool:
    return bool(context.eval_ctx.autoescape)


@pass_context
def _quote(context: Context, text: str, limit: int = 10_000) -> str:
    """A stranger's words, set off: "> " in text, escaped lines in HTML."""
    if _in_html(context):
        return Markup("<br>\n").join(_cut(text, limit).split("\n"))
    return _Block(quoted(text, limit=limit))


@pass_context
def _paragraphs(context: Context, text: str) -> str:
    """A colleague's words as they stand, in whole; they may be several paragraphs."""
    if not _in_html(context):
        return _Block(clean(text))
    parts = re.split(r"\n{2,}", re.sub(r"\n[ \t]+(?=\n)", "\n", clean(text)))
    lines = (Markup("<br>\n").join(part.split("\n")) for part in parts)
    return Markup("\n").join(Markup('<p style="margin:0 0 16px">{}</p>').format(x) for x in lines)


@pass_context
def _person(context: Context, who: Mapping[str, str], nobody: str) -> str:
    """`Li Wei <li@example.com>`, on two lines in HTML; the name can't pretend to be an address."""
    name = re.sub(r"[<>\"]", "", as_line(who["name"], limit=80)).strip()
    addr = as_line(who["addr"])
    if not name or not addr:
        return name or addr or nobody
    return Markup("{}<br>\n{}").format(name, addr) if _in_html(context) else f"{name} <{addr}>"


def _size(count: int) -> str:
    """A number of bytes for people: `84 KB`, `1.2 MB`."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB" if count else "0 KB"
    return f"{count / 1_000_000:.1f} MB"


@pass_context
def _names(context: Context, names: Sequence[str]) -> str:
    """`A, B and C`; `A、B、C`."""
    lines = [as_line(name, limit=80) for name in names]
    if context["language"] == "zh":
        return "、".join(lines)
    return " and ".join(part for part in (", ".join(lines[:-1]), *lines[-1:]) if part)


def _time(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    raise TypeError(f"a time is wanted here, not {type(value).__name__}")


def _in_language(words: Callable[[str, str], str]) -> Callable[..., str]:
    """Make a filter of a table of words."""

    @pass_context
    def translated(context: Context, name: str) -> str:
        return words(name, str(context["language"]))

    return translated


@pass_context
def _value(context: Context, written: str, name: str) -> str:
    return value(name, str(written), str(context["language"]))


def _mailto(address: str, subject: str, body: str) -> str:
    return _Block(mailto(address, subject, body))  # encoded: no blank, no line end, no quote


def _filters(zone: ZoneInfo) -> dict[str, Callable[..., object]]:
    """The allow-list; no `attr`, `format` or `map`, and nothing that hides a missing fact."""

    @pass_context
    def when(context: Context, at: object) -> str:
        return moment(_time(at), language=str(context["language"]), zone=zone)

    @pass_context
    def when_brief(context: Context, at: object) -> str:
        return brief_moment(_time(at), language=str(context["language"]), zone=zone)

    return {
        "label": _in_language(label),
        "part_label": _in_language(part_label),
        "warning": _in_language(warning),
        "wanted": _in_language(wanted),
        "doubt": _in_language(doubt),
        "mailto": _mailto,
        "value": _value,
        "names": _names,
        "paragraphs": _paragraphs,
        "person": _person,
        "quote": _quote,
        "size": _size,
        "verbatim": _Block,
        "when": when,
        "when_brief": when_brief,
    }
