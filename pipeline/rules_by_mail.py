"""Supervisors' mails about the rules: the file asked for, a changed one, a yes or a no.

What is quick is done with the mail. Files that somebody sent are only kept with it; the thread that
watches the rules checks them, plays their examples and replays the mails of late, so that no
complaint waits for that. Each mail has one answer; doing it again writes nothing twice.
"""

from dataclasses import replace
from datetime import datetime

from cases.inbox_rows import TakenMail
from cases.incoming import MailKind
from cases.store import Transaction
from cases.tokens import own_case, token_hash
from pipeline import lookups
from pipeline.desk import Desk
from pipeline.finish import finish, finish_copy
from pipeline.reading_wire import Reading
from pipeline.rule_proposals import Outcome, accept, proposal_with
from pipeline.rules_texts import MAIN, bytes_of, text_of, texts_of
from pipeline.write import queue_notice
from routing.causes import OF_MAILED_RULES
from routing.courtesy import is_courtesy
from routing.letters_rules import RulesNews, rules_letters
from routing.rules_mail import RulesMail, Wish, read_rules_mail

#: Answers to mails that nobody vouches for, or that ask for nothing: their number is limited.
_AUTOMATIC = frozenset({"unproven", "unclear"})


def about_rules(desk: Desk, reading: Reading) -> RulesMail | None:
    """Return what a mail wants of the rules; None: it is about something else."""
    if reading.screening.kind is not MailKind.PERSON:
        return None
    mail = reading.mail
    thread = (*mail.in_reply_to, *mail.references)
    answers_notice = any(
        own_case(desk.key, mail_id, old_key=desk.old_key) == 0 for mail_id in thread
    )
    return read_rules_mail(
        mail, desk.rules.policy, desk.settings.trust, answers_notice=answers_notice
    )


def take(
    desk: Desk, taken: TakenMail, reading: Reading, wish: RulesMail, *, now: datetime
) -> tuple[str, str]:
    """Do what a mail wants, or have it done; returns how the mail ended, and why."""
    with desk.store.begin() as tx:
        if why := finish_copy(tx, taken, ignored=True):
            return "duplicate", why
    note, files = "", {}
    if wish.why_not:
        note = "unproven"
    elif wish.wish in (Wish.YES, Wish.NO):
        note = _decide(desk, wish, now=now)
    elif wish.wish is Wish.ASK:
        note, files = "file", {MAIN: bytes_of(texts_of(desk.rules)[MAIN])}
    elif wish.wish is Wish.UNCLEAR and not is_courtesy(reading.mail.text):
        note = "unclear"
    why = f"about the rules: {wish.wish.value}" + (f", {note}" if note else "")
    with desk.store.begin() as tx:
        if wish.wish is Wish.CHANGE and not note:
            _keep(tx, taken, wish, now=now)
        if note and not (note in _AUTOMATIC and lookups.quota(tx, wish.by, None, now=now).blocked):
            news = RulesNews(state="note", version="", by="", at=now, note=note)
            tell(tx, desk, wish.by, news, taken.id, now=now, files=files)
        finish(tx, taken, "ignored", reason=why)
    return "ignored", why


def _keep(tx: Transaction, taken: TakenMail, wish: RulesMail, *, now: datetime) -> None:
    files = {name: text_of(data) for name, data in wish.files.items()}
    key = token_hash(f"mail:{taken.id}")
    tx.receive_rules(files, key=key, by=wish.by, inbox_id=taken.id, now=now)


def _decide(desk: Desk, wish: RulesMail, *, now: datetime) -> str:
    """Let what waits go live, or refuse it; returns the note that answers."""
    found = proposal_with(desk, wish.code)
    if found is None or found.by.lower() not in ("", wish.by):
        return "settled"
    if wish.wish is Wish.YES:
        done = accept(desk, found, by=wish.by, now=now)
        return "agreed" if done is Outcome.DONE else done.value
    with desk.store.begin() as tx:
        refused = tx.decide_proposal(found.id, "refused", by=wish.by, now=now)
    return "refused" if refused else "settled"


def tell(
    tx: Transaction,
    desk: Desk,
    to: str,
    news: RulesNews,
    inbox_id: int,
    *,
    now: datetime,
    files: dict[str, bytes] | None = None,
) -> None:
    """Answer the mail `inbox_id` of a supervisor, once."""
    number = OF_MAILED_RULES + inbox_id
    for letter in rules_letters(desk.rules.policy, (to,), news, revision=number):
        letter = replace(letter, automatic=news.note in _AUTOMATIC)
        queue_notice(tx, desk, letter, now=now, files=files or {})
