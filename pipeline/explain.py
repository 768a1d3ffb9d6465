"""Decisions and parsed mails as words on a terminal."""

from collections.abc import Iterator, Mapping

from cases.model import Assessment, Matter
from pipeline.inspect import Explanation
from routing.policy import Policy


def parsed(row: Mapping[str, object]) -> str:
    """Return one parsed mail as a few readable lines."""
    keys = ("from_addr", "from_name", "subject", "kind", "reason", "may_answer", "language")
    lines = [f"{row['file']}", *(f"  {key:>10}: {row[key]}" for key in keys)]
    text = str(row["text"]).strip().splitlines()
    lines += [f"  {'text':>10}: {text[0] if text else '(none)'}"]
    lines += [f"{'':>14}{line}" for line in text[1:12]]
    return "\n".join(lines) + "\n"


def explained(found: Explanation, policy: Policy) -> Iterator[str]:
    """Yield the decision about a mail, step by step."""
    mail, screening = found.mail, found.screening
    certain = "" if mail.sender_certain else " (ambiguous: no proof of who wrote)"
    yield f"from      {mail.sender.name} <{mail.sender.addr}>{certain}"
    yield f"subject   {mail.subject}"
    answer = "may be answered" if screening.may_answer else "is never answered automatically"
    yield f"kind      {screening.kind.value}: {screening.reason}; {answer}"
    for defect in mail.defects:
        yield f"defect    {defect}"
    classification, assessment = found.classification, found.assessment
    if classification is None or assessment is None:
        yield "decision  no case: it is filed with this reason"
        return
    yield f"language  {classification.language}"
    shares = ", ".join(f"{c.value} {p:.0%}" for c, p in classification.labels.items())
    yield (
        f"model     {classification.category.value} {classification.score:.0%} "
        f"(applies: {shares}); words: {', '.join(classification.evidence) or 'none'}; "
        f"{classification.model}"
    )
    for fact in classification.facts:
        known = "known" if fact.known else "not checked"
        odd = f", doubtful: {fact.doubt}" if fact.doubt else ""
        yield f"fact      {fact.name}: {fact.canonical or fact.value} ({known}{odd})"
    for trace in found.traces:
        yield f"rule      {'HIT ' if trace.hit else 'miss'} “{trace.rule}”: {trace.why}"
    yield from _assessed(assessment, policy)
    if found.due_at:
        yield f"due       {found.due_at.astimezone(policy.calendar.zone):%Y-%m-%d %H:%M %Z}"
    for reason in assessment.reasons:
        yield f"because   {reason}"


def _assessed(assessment: Assessment, policy: Policy) -> Iterator[str]:
    doubt = " (a guess: below the limit of rules.yaml)" if assessment.unsure else ""
    below = f" / {assessment.subcategory}" if assessment.subcategory else ""
    yield f"category  {assessment.category.value}{below} by {assessment.source}{doubt}"
    if assessment.also:
        yield f"also      {', '.join(category.value for category in assessment.also)}"
    if assessment.missing:
        yield f"asks for  {', '.join(assessment.missing)}"
    if assessment.unsure and assessment.matter is Matter.COMPLAINT:
        yield f"decided   by {', '.join(policy.unsure_ask) or 'nobody: the best guess is taken'}"
    yield f"severity  {assessment.severity}"
    if assessment.matter is not Matter.COMPLAINT:
        yield f"matter    {assessment.matter.value}: no complaint"
    to = [addr for key in assessment.departments for addr in policy.departments[key].to]
    yield f"routed    {', '.join(assessment.departments)} ({', '.join((*to, *assessment.cc))})"
    if assessment.alert:
        yield f"alert     {', '.join(assessment.alert)}"
