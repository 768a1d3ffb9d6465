"""Letters into the outbox: words by templates, bytes by outbox.mime, addresses and tokens here."""

from dataclasses import replace
from datetime import datetime, timedelta

from cases.incoming import Address
from cases.model import Case, Letter, LetterName, Scope
from cases.outgoing import OutgoingMail
from cases.store import Transaction
from cases.tokens import loop_mark, message_id, plus_address, reply_token, token_hash
from outbox.mime import build
from pipeline.desk import Desk

TOKEN_LIFE = timedelta(days=90)
#: A larger original stays in the store: many mail servers refuse mails beyond 10 MiB.
MOST_ORIGINAL = 7 * 2**20


def queue(
    tx: Transaction,
    desk: Desk,
    case: Case,
    letters: tuple[Letter, ...],
    *,
    original: bytes,
    answers: str,
    now: datetime,
) -> None:
    """Write the letters of one decision; doing it again queues nothing.

    `original` is the mail that caused them, `answers` its Message-ID.
    """
    for letter in letters:
        mail = compose(desk, case, letter, original=original, answers=answers, now=now)
        _remember_tokens(tx, desk, case, letter, now=now)
        tx.queue_letter(
            case_id=case.id,
            letter=letter.name.value,
            recipient=letter.to.addr,
            revision=letter.revision,
            message_id=mail.message_id,
            envelope_from=mail.envelope_from,
            data=build(mail),
            automatic=letter.automatic,
            now=now,
            not_before=letter.not_before or now,
        )


def compose(
    desk: Desk, case: Case, letter: Letter, *, original: bytes, answers: str, now: datetime
) -> OutgoingMail:
    """Return the letter as a mail; the same arguments give the same mail."""
    attach = letter.attach_original and 0 < len(original) <= MOST_ORIGINAL
    desk_name = desk.rules.policy.desk_names[letter.language]
    reply_to = _reply_address(desk, case, letter)
    common = {"reference": case.reference, "desk_name": desk_name, "language": letter.language}
    # A link can't carry a thread: only a plus address brings its answer to the case.
    links = {"answer_to": reply_to if desk.box.plus_addressing else ""}
    facts = {**letter.facts, **common, **links, "original_attached": attach}
    words = desk.letters.render(replace(letter, facts=facts))
    address = desk.box.address
    own_id = message_id(
        desk.key,
        address.rpartition("@")[2],
        case_id=case.id,
        letter=letter.name.value,
        revision=letter.revision,
        recipient=letter.to.addr,
    )
    to_department = bool(letter.department) and letter.to.addr != case.complainant.addr
    parent = "" if to_department else case.thread_id  # theirs to find, nobody else's to see
    return OutgoingMail(
        message_id=own_id,
        sender=Address(addr=address, name=desk_name),
        to=letter.to,
        reply_to=reply_to,
        envelope_from=_bounce_address(desk, case, letter),
        subject=words.subject,
        text=words.text,
        html=words.html,
        # Only an automatic letter answers the mail at hand; that of an outcome is the department's.
        in_reply_to=(answers if letter.automatic and not to_department else "") or parent,
        references=(parent,) if parent else (),
        auto_submitted=_auto_submitted(letter),
        loop_mark=loop_mark(desk.key, own_id),
        original=original if attach else None,
        at=now,
    )


def _auto_submitted(letter: Letter) -> str:
    """Return the value of RFC 3834 §5: an answer, a notice, or nothing for a person's words."""
    if letter.name is LetterName.OUTCOME:
        return ""
    return "auto-replied" if letter.automatic else "auto-generated"


def _party(case: Case, letter: Letter) -> tuple[Scope, str]:
    """Return who may answer this letter with its token."""
    if letter.name is LetterName.DECISION_NEEDED:
        return Scope.SUPERVISOR, letter.to.addr
    if letter.to.addr == case.complainant.addr:
        return Scope.COMPLAINANT, case.complainant.addr
    return Scope.DEPARTMENT, letter.department


def _reply_address(desk: Desk, case: Case, letter: Letter) -> str:
    scope, party = _party(case, letter)
    if not party or not desk.box.plus_addressing:
        return desk.box.address
    return plus_address(desk.box.address, scope, reply_token(desk.key, case.secret, scope, party))


def _bounce_address(desk: Desk, case: Case, letter: Letter) -> str:
    if not desk.box.plus_addressing:
        return desk.box.address
    token = reply_token(desk.key, case.secret, Scope.BOUNCE, letter.to.addr)
    return plus_address(desk.box.address, Scope.BOUNCE, token)


def _remember_tokens(
    tx: Transaction, desk: Desk, case: Case, letter: Letter, *, now: datetime
) -> None:
    pairs = [(Scope.BOUNCE, letter.to.addr)]
    scope, party = _party(case, letter)
    if party:
        pairs.append((scope, party))
    for scope, party in pairs:
        tx.add_token(
            token_hash(reply_token(desk.key, case.secret, scope, party)),
            case_id=case.id,
            scope=scope,
            party=party,
            expires_at=now + TOKEN_LIFE,
        )
