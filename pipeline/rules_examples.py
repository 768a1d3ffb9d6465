"""The examples of rules.yaml: mails that each rule carries, and what must follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.rules_problems import Keys, Problems
from pipeline.rules_schema import Rules
from pipeline.rules_schema_rule import ExampleBlock, GivesBlock, MailBlock

MAX_MAIL = 2**20  #: bytes of an example in a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One mail and what must follow from it."""

    rule: str  #: the name of the rule that carries it
    line: int  #: where it stands in rules.yaml
    mail: MailBlock | bytes  #: what was written, or a whole mail from a file
    gives: GivesBlock


def examples_of(rules: Rules, problems: Problems) -> tuple[Example, ...]:
    """Return every example of the file, in its order."""
    return tuple(_examples(rules, problems))


def _examples(rules: Rules, problems: Problems) -> Iterator[Example]:
    for number, rule in enumerate(rules.rules):
        for index, block in enumerate(rule.examples):
            path = ("rules", str(number), "examples", str(index))
            mail = _mail(path, block, problems)
            _check_gives((*path, "gives"), block.gives, rules, problems)
            if mail is None:
                continue
            line = problems.line(path)
            yield Example(rule=rule.name, line=line, mail=mail, gives=block.gives)


def _mail(path: Keys, block: ExampleBlock, problems: Problems) -> MailBlock | bytes | None:
    if bool(block.mail) == bool(block.file):
        fix = "Write either mail: what the customer wrote, or file: examples/mail.eml"
        problems.complain(path, "needs a mail, and one only", fix)
        return None
    if isinstance(block.mail, MailBlock):
        problems.addresses((*path, "mail", "from"), filter(None, (block.mail.sender,)))
        problems.addresses((*path, "mail", "to"), block.mail.to)
        return block.mail
    if block.mail:
        return MailBlock(text=block.mail)
    return _file((*path, "file"), block.file, problems)


def _check_gives(path: Keys, gives: GivesBlock, rules: Rules, problems: Problems) -> None:
    """See that what must follow is something that can: no example shall fail by a slip."""
    for department in gives.department:
        problems.known((*path, "department"), department, rules.departments, "department")
    if gives.severity:
        problems.known((*path, "severity"), gives.severity, rules.severity, "severity")
    if gives.subcategory:
        known = (key for category in rules.categories.values() for key in category.sub)
        problems.known((*path, "subcategory"), gives.subcategory, known, "sub-category")
    if gives.answer_within:
        problems.limit((*path, "answer_within"), gives.answer_within)
    problems.needs((*path, "asks_for"), gives.asks_for)


def _file(path: Keys, name: str, problems: Problems) -> bytes | None:
    file = problems.beside(path, name)
    if file is None:
        return None
    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_MAIL else None
    except OSError as error:
        problems.complain(path, f"{name!r} can't be read: {error.strerror}", "Check the path")
        return None
    if data is None:
        problems.complain(path, f"{name!r} is longer than {MAX_MAIL} bytes", "Shorten the mail")
        return None
    problems.files[file] = data
    return data
