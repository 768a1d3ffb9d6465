"""The page that a person gets about what is kept of them: plain HTML, nothing is loaded."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from cases.model import Category
from pipeline.personal_words import PAGE, TOLD
from routing.policy import Policy

_HEAD = """\
<!doctype html>
<html lang="{language}"><meta charset="utf-8"><title>{title}</title>
<style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:50em;margin:2em auto;padding:0 1em}}
th,td{{padding:.2em 1em .2em 0;text-align:left;vertical-align:top}}
pre{{white-space:pre-wrap;font:inherit;background:#f4f6f8;padding:1em}}
</style>
<h1>{title}</h1>
"""
Row = Mapping[str, Any]


class _Page:
    def __init__(self, policy: Policy, language: str) -> None:
        self._policy, self._language = policy, language
        self._zone: ZoneInfo = policy.calendar.zone

    def word(self, name: str, **values: object) -> str:
        return escape(PAGE[name][self._language].format(**values))

    def when(self, text: str | None) -> str:
        if not text:
            return ""
        return datetime.fromisoformat(text).astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def departments(self, keys: Iterable[str]) -> str:
        known = self._policy.departments
        names = (known[key].names[self._language] if key in known else key for key in keys)
        return ", ".join(names) or PAGE["nobody"][self._language]

    def keeping(self, keep: Mapping[str, int]) -> str:
        if not keep:
            return self.word("no_keep")
        each = PAGE["days"][self._language]
        return self.word(
            "keep", periods="; ".join(each.format(kind=k, days=v) for k, v in keep.items())
        )

    def case(self, row: Row) -> Iterator[str]:
        yield f"<h2>{escape(row['reference'])} {escape(row['subject'])}</h2><table>"
        category = self._policy.categories[Category(row["category"])].names[self._language]
        severity = self._policy.severity(row["severity"]).names[self._language]
        for name, value in (
            *(("received_at", self.when(row["received_at"])), ("status", row["status"])),
            *(("category", category), ("severity", severity), ("name", row["name"])),
            *(("due_at", self.when(row["due_at"])), ("closed_at", self.when(row["closed_at"]))),
            ("mark", row["mark"] or ""),
            ("facts", "; ".join(f"{one['name']}: {one['value']}" for one in row["facts"])),
        ):
            if value:
                yield f"<tr><th>{self.word(name)}<td>{escape(str(value))}"
        yield "</table>"
        if row["text"]:
            yield f"<h3>{self.word('text')}</h3><pre>{escape(row['text'])}</pre>"
        yield f"<h3>{self.word('history')}</h3><table>"
        for event in row["history"]:
            told = escape(TOLD[event["what"]][self._language])
            yield f"<tr><td>{self.when(event['at'])}<td>{told}"
        yield "</table>"
        for name in ("mails", "letters"):
            yield from self.files(name, row[name])

    def files(self, name: str, rows: Iterable[Row]) -> Iterator[str]:
        found = list(rows)
        if not found:
            return
        yield f"<h3>{self.word(name)}</h3><ul>"
        for row in found:
            file = escape(row["file"])
            shown = f'<a href="{file}">{file}</a>' if file else self.word(row["note"])
            yield f"<li>{self.when(row['at'])} {shown}"
        yield "</ul>"


def page(told: Row, policy: Policy, language: str, *, at: datetime) -> bytes:
    """Return data.json as a page, in Chinese or English."""
    made = _Page(policy, language)
    title = made.word("title", person=told["person"])
    lines = [
        _HEAD.format(language=language, title=title),
        f"<p>{made.word('made', at=made.when(at.isoformat()))} {made.word('scope')}</p>",
    ]
    if told["cases"] or told["other"]:
        who = made.departments(told["departments"])
        lines.append(f"<p>{made.word('why', departments=who)} {made.keeping(told['keep'])}</p>")
    else:
        lines.append(f"<p>{made.word('none')}</p>")
    for case in told["cases"]:
        lines += made.case(case)
    lines += made.files("other", told["other"])
    return ("\n".join(lines) + "\n</html>\n").encode("utf-8", "replace")
