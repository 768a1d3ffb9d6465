"""Looking without touching: how a mail is parsed, classified and would be decided."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.incoming import MailKind, ParsedMail, Screening
from cases.model import Assessment, Category, Classification, Matter
from cases.tokens import own_case
from classify.classifier import Classifier
from classify.language import detect
from ingest.parse import minimal_parse, parse
from ingest.screen import screen
from pipeline.config import Settings
from pipeline.config_key import old_secret
from pipeline.models import live_model
from pipeline.rules_file import RuleSet
from routing.assess import RuleTrace, assess, assess_traced, severity_words
from routing.envelope import envelope_of

FIELDS = (
    "product", "model", "batch", "serial", "order", "tracking", "phone", "date", "quantity",
    "customer", "demand", "organisation", "address", "email", "customer_number", "place",
    "purchased", "incident",
)  # fmt: skip


def mails_below(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Yield (name to show, file) for each file, and for every *.eml below each folder."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.eml")):
                yield str(file.relative_to(path)), file
        else:
            yield str(path), path


def parse_row(name: str, data: bytes, settings: Settings | None) -> dict[str, object]:
    """Return the `parse --json` contract (design 4) for one mail; total."""
    try:
        mail = parse(data)
    except Exception:  # noqa: BLE001 - a mail that defeats the parser still gets its line
        mail = minimal_parse(data)
    screening = screen_mail(mail, settings)
    bounce = screening.bounce
    return {
        "file": name,
        "from_addr": mail.sender.addr,
        "from_name": mail.sender.name,
        "to": [address.addr for address in mail.to],
        "cc": [address.addr for address in mail.cc],
        "subject": mail.subject,
        "date": mail.sent_at.isoformat() if mail.sent_at else None,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to[0] if mail.in_reply_to else "",
        "references": list(mail.references),
        "language": detect(mail.text),
        "kind": screening.kind.value,
        "reason": screening.reason,
        "text": mail.text,
        "quoted": mail.quoted,
        "attachments": [{"name": a.name, "type": a.type, "size": a.size} for a in mail.attachments],
        "bounce": {"recipient": bounce.recipient, "status": bounce.status} if bounce else None,
        "may_answer": screening.may_answer,
        "defects": list(mail.defects),
    }


def screen_mail(mail: ParsedMail, settings: Settings | None) -> Screening:
    """Screen a mail with what config.yaml says is ours; without one nothing is."""
    own = settings.own_addresses if settings else frozenset[str]()
    key = old_key = b""
    if settings and settings.secret_file.is_file():
        key, old_key = settings.secret_file.read_bytes(), old_secret(settings.old_secret_file)
    return screen(
        mail,
        own_addresses=own,
        is_own_id=lambda mail_id: own_case(key, mail_id, old_key=old_key) is not None,
    )


def classify_rows(
    lines: Iterable[str], rules: RuleSet, *, model: Path | None = None
) -> Iterator[dict[str, object]]:
    """Yield the `classify --json` contract (design 4) for JSON lines of {id, text, …}.

    Raises ValueError naming the line that is no such object.
    """
    rows = list(_requests(lines))
    classifier = Classifier(rules.vocabulary, model_path=model)
    read = classifier.classify_many((row.text, row.subject, row.language) for row in rows)
    for row, classification in zip(rows, read, strict=True):
        text = f"{row.subject}\n{row.text}"
        yield _classified(row.id, classification, assess(text, classification, rules.policy))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    id: object
    text: str
    subject: str
    language: str


def _requests(lines: Iterable[str]) -> Iterator[_Request]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield _Request(
                id=row["id"],
                text=str(row["text"]),
                subject=str(row.get("subject") or ""),
                language=str(row.get("lang") or ""),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(
                f"line {number} of the input is no object with id and text: {error!r}"
            ) from error


def _classified(
    row_id: object, classification: Classification, assessment: Assessment
) -> dict[str, object]:
    shown = (Category.QUALITY, Category.SERVICE, Category.DELIVERY)
    labels = {c.value: round(classification.labels.get(c, 0.0), 4) for c in shown}
    if assessment.source == "rule" and assessment.category in shown:
        labels[assessment.category.value] = max(labels[assessment.category.value], 0.5)
    return {
        "id": row_id,
        "category": assessment.category.value,
        "unsure": assessment.unsure,
        "score": round(classification.score, 4),
        "labels": labels,
        "is_complaint": assessment.matter is Matter.COMPLAINT,
        "severity": assessment.severity,
        "language": classification.language,
        "fields": {name: list(dict.fromkeys(classification.values(name))) for name in FIELDS},
        "evidence": list(classification.evidence),
        "source": assessment.source,
        "model": classification.model,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that would be decided about one mail, and why."""

    mail: ParsedMail
    screening: Screening
    classification: Classification | None = None  #: None, and all below it, of a machine's mail
    assessment: Assessment | None = None
    traces: tuple[RuleTrace, ...] = ()
    due_at: datetime | None = None
    severity_words: tuple[str, ...] = ()  #: for which its severity is what it is


def explain(
    data: bytes,
    settings: Settings,
    rules: RuleSet,
    *,
    received_at: datetime,
    mailbox: str = "",
    language: str = "en",
) -> Explanation:
    """Return the whole decision about a mail, as if it arrived then; nothing is stored."""
    mail = parse(data)
    screening = screen_mail(mail, settings)
    if screening.kind is not MailKind.PERSON:
        return Explanation(mail=mail, screening=screening)
    reader = Classifier(rules.vocabulary, model_path=live_model(settings.models))
    classification = reader.classify(mail.all_words, subject=mail.subject, signature=mail.signature)
    text = f"{mail.subject}\n{mail.words}"
    assessment, traces = assess_traced(
        text,
        classification,
        rules.policy,
        envelope=envelope_of(mail, rules.policy, mailbox=mailbox, received_at=received_at),
        language=language,
    )
    policy = rules.policy
    limit = policy.answer_limit(assessment.severity, assessment.rules)
    if assessment.matter is not Matter.COMPLAINT:
        limit = policy.enquiry_limit
    return Explanation(
        mail=mail,
        screening=screening,
        classification=classification,
        assessment=assessment,
        traces=traces,
        due_at=policy.calendar.due(received_at, limit),
        severity_words=severity_words(text, assessment.severity, policy),
    )
