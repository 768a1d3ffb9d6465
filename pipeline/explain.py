"""Decisions and parsed mails as words on a terminal."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from rich.cells import cell_len

from cases.judgement import Judgement
from cases.model import Assessment, Case, Classification, Matter
from pipeline.explain_words import label, sentence
from pipeline.inspect import Explanation
from pipeline.terminal import plain
from routing.deadlines import said
from routing.policy import Policy

_WIDTH = 10  # cells of a label
_MOST_LINES = 40  # of a mail's text that are shown


def parsed(row: Mapping[str, object]) -> str:
    """Return one parsed mail as a few readable lines."""
    keys = ("from_addr", "from_name", "subject", "kind", "reason", "may_answer", "language")
    lines = [f"{row['file']}", *(f"  {key:>10}: {row[key]}" for key in keys)]
    text = str(row["text"]).strip().splitlines()
    lines += [f"  {'text':>10}: {text[0] if text else '(none)'}"]
    lines += [f"{'':>14}{line}" for line in text[1:12]]
    return "\n".join(lines) + "\n"


def of_case(
    case: Case, judged: Judgement | None, policy: Policy, *, language: str
) -> Iterator[str]:
    """Yield what was decided about a case when it came, and whether the rules are still those."""
    line, words = partial(_line, language=language), partial(sentence, language=language)
    yield line("case", case.reference)
    if judged:
        departments = ", ".join(judged.departments)
        below = f" / {judged.subcategory}" if judged.subcategory else ""
        yield line(
            "then",
            words(
                "judged",
                category=f"{judged.category.value}{below}",
                severity=judged.severity,
                departments=departments or words("none"),
                version=case.rules_version,
            ),
        )
    same = case.rules_version == policy.version
    yield line("", words("same") if same else words("other", version=policy.version))


def explained(found: Explanation, policy: Policy, *, language: str = "en") -> Iterator[str]:
    """Yield the decision about a mail, step by step."""
    line, words = partial(_line, language=language), partial(sentence, language=language)
    mail, screening = found.mail, found.screening
    certain = "" if mail.sender_certain else words("ambiguous")
    yield line("from", f"{mail.sender.name} <{mail.sender.addr}>{certain}")
    yield line("subject", mail.subject)
    answer = words("answered") if screening.may_answer else words("never_answered")
    yield line("kind", f"{screening.kind.value}: {screening.reason}; {answer}")
    for defect in mail.defects:
        yield line("defect", defect)
    classification, assessment = found.classification, found.assessment
    if classification is None or assessment is None:
        yield line("decision", words("no_case"))
        return
    marked = [word for trace in found.traces if trace.hit for word in trace.words]
    shown = mark(mail.words.strip(), (*marked, *found.severity_words)).splitlines()
    for number, text in enumerate(shown[:_MOST_LINES]):
        yield line("" if number else "text", text)
    yield line("language", classification.language)
    yield from _read(classification, language)
    for number, trace in enumerate(found.traces):
        verdict = words("hit") if trace.hit else words("miss")
        yield line("rule", f"{number + 1:>3} {verdict} “{trace.rule}”: {trace.why}")
    for number in range(len(found.traces), len(policy.rules)):
        why = words("stopped", rule=found.traces[-1].rule)
        yield line("rule", f"{number + 1:>3} {words('miss')} “{policy.rules[number].name}”: {why}")
    yield from _assessed(assessment, policy, language)
    if found.due_at:
        yield line("due", said(found.due_at, policy.calendar.zone))
    for reason in assessment.reasons:
        yield line("because", reason)


def _line(name: str, text: str, *, language: str) -> str:
    shown = label(name, language) if name else ""
    return f"{shown}{' ' * (_WIDTH - cell_len(shown))}{plain(text)}".rstrip()


def mark(text: str, words: Iterable[str]) -> str:
    """Return a text with words that decided something in brackets: 【like this】.

    A word of the rules is compared without case and width, so one that stands otherwise in the
    text may stay unmarked; it is named beside its rule all the same.
    """
    parts = {part for word in words for part in word.split(" … ") if part.strip()}
    if not parts:
        return text
    longest_first = sorted(parts, key=len, reverse=True)
    pattern = "|".join(re.escape(part).replace(r"\ ", r"\s+") for part in longest_first)
    return re.sub(pattern, lambda found: f"【{found[0]}】", text, flags=re.IGNORECASE)


def _read(classification: Classification, language: str) -> Iterator[str]:
    """Yield what the model and the reader of facts made of the words."""
    line, words = partial(_line, language=language), partial(sentence, language=language)
    yield line(
        "model",
        words(
            "applies",
            category=classification.category.value,
            score=f"{classification.score:.0%}",
            shares=", ".join(f"{c.value} {p:.0%}" for c, p in classification.labels.items()),
            words=", ".join(classification.evidence) or words("none"),
            model=classification.model,
        ),
    )
    for fact in classification.facts:
        known = words("known") if fact.known else words("unchecked")
        odd = words("doubtful", doubt=fact.doubt) if fact.doubt else ""
        yield line("fact", f"{fact.name}: {fact.canonical or fact.value} ({known}{odd})")


def _assessed(assessment: Assessment, policy: Policy, language: str) -> Iterator[str]:
    line, words = partial(_line, language=language), partial(sentence, language=language)
    doubt = words("guess") if assessment.unsure else ""
    below = f" / {assessment.subcategory}" if assessment.subcategory else ""
    source = label("model", language) if assessment.source == "model" else words(assessment.source)
    category = f"{assessment.category.value}{below}"
    yield line("category", words("by", category=category, source=source, doubt=doubt))
    if assessment.also:
        yield line("also", ", ".join(category.value for category in assessment.also))
    if assessment.missing:
        yield line("asks", ", ".join(assessment.missing))
    if assessment.unsure and assessment.matter is Matter.COMPLAINT:
        yield line("decided", ", ".join(policy.unsure_ask) or words("nobody"))
    yield line("severity", assessment.severity)
    if assessment.matter is not Matter.COMPLAINT:
        yield line("matter", words("no_complaint", matter=assessment.matter.value))
    to = [addr for key in assessment.departments for addr in policy.departments[key].to]
    copies = ", ".join((*to, *assessment.cc))
    yield line("routed", f"{', '.join(assessment.departments)} ({copies})")
    if assessment.tags:
        yield line("tags", ", ".join(assessment.tags))
    for rule in policy.rules:
        if rule.name in assessment.rules and rule.then.process:
            yield line("process", f"“{rule.name}”: {', '.join(rule.then.process)}")
    if assessment.alert:
        yield line("alert", ", ".join(assessment.alert))
