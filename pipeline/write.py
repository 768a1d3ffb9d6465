"""Letters into the outbox: words by templates, bytes by outbox.mime, addresses and tokens here."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from cases.incoming import Address
from cases.model import Case, Letter, LetterName, Scope
from cases.outgoing import OutgoingMail
from cases.store import Transaction
from cases.tokens import loop_mark, message_id, plus_address, reply_token, token_hash
from outbox.mime import build
from pipeline.config_sign_in import GraphSettings
from pipeline.desk import Desk
from routing.trust import TO_COMPLAINANTS, TO_PARTIES

#: A person wrote the words of these, so they are no automatic mail.
_OF_A_PERSON = (
    *(LetterName.OUTCOME, LetterName.INTERIM, LetterName.PLAN, LetterName.REQUEST_INFORMATION),
)
_OUTSIDE = TO_COMPLAINANTS | {LetterName.EXTERNAL}
TOKEN_LIFE = timedelta(days=90)
#: A larger original stays in the store: many mail servers refuse mails beyond 10 MiB.
MOST_ORIGINAL = 7 * 2**20
#: By Graph, which takes requests of 4 MB: twice base64 makes nearly twice as much of it.
MOST_ORIGINAL_BY_GRAPH = 3 * 2**19


def queue(
    tx: Transaction,
    desk: Desk,
    case: Case,
    letters: tuple[Letter, ...],
    *,
    original: bytes,
    answers: str,
    now: datetime,
    held: str = "",
) -> None:
    """Write the letters of one decision; doing it again queues nothing.

    `original` is the mail that caused them, `answers` its Message-ID. With `held`, the reason,
    those to people outside wait for a person's word.
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
            held=held if letter.name in _OUTSIDE else "",
        )


def compose(
    desk: Desk, case: Case, letter: Letter, *, original: bytes, answers: str, now: datetime
) -> OutgoingMail:
    """Return the letter as a mail; the same arguments give the same mail."""
    by_graph = isinstance(desk.settings.outgoing, GraphSettings)
    most = MOST_ORIGINAL_BY_GRAPH if by_graph else MOST_ORIGINAL
    attach = letter.attach_original and 0 < len(original) <= most
    desk_name = desk.rules.policy.desk_names[letter.language]
    reply_to = _reply_address(desk, case, letter)
    common = {"reference": case.reference, "desk_name": desk_name, "language": letter.language}
    # A link can't carry a thread: only a plus address brings its answer to the case.
    links = {"answer_to": reply_to if desk.box.plus_addressing else ""}
    facts = {**letter.facts, **common, **links, "original_attached": attach}
    ours = letter.name in TO_COMPLAINANTS
    variant = desk.rules.policy.variant(case.rules) if ours else ""
    words = desk.letters.render(replace(letter, facts=facts), variant=variant)
    address = desk.box.address
    own_id = _own_id(desk, letter, case_id=case.id)
    answers_it = letter.automatic and _party(desk, case, letter)[0] is not Scope.DEPARTMENT
    # Theirs to find, nobody else's to see.
    parent = case.thread_id if letter.to.addr == case.complainant.addr else ""
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
        in_reply_to=(answers if answers_it else "") or parent,
        references=(parent,) if parent else (),
        auto_submitted=_auto_submitted(letter),
        loop_mark=loop_mark(desk.key, own_id),
        original=original if attach else None,
        at=now,
    )


def queue_notice(
    tx: Transaction,
    desk: Desk,
    letter: Letter,
    *,
    now: datetime,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bool:
    """Write a letter about no single case, once per revision and recipient; False if it was."""
    mail = replace(compose_notice(desk, letter, now=now), files=files)
    return tx.queue_letter(
        case_id=None,
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


def compose_notice(desk: Desk, letter: Letter, *, now: datetime) -> OutgoingMail:
    """Return a letter about no single case as a mail: it has no reference, and takes no answer."""
    address, desk_name = desk.box.address, desk.rules.policy.desk_names[letter.language]
    common = {"reference": "", "desk_name": desk_name, "language": letter.language}
    facts = {**letter.facts, **common, "answer_to": "", "original_attached": False}
    words = desk.letters.render(replace(letter, facts=facts))
    own_id = _own_id(desk, letter, case_id=0)  # no case has this number
    return OutgoingMail(
        message_id=own_id,
        sender=Address(addr=address, name=desk_name),
        to=letter.to,
        reply_to=address,
        envelope_from=address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        auto_submitted="auto-generated",
        loop_mark=loop_mark(desk.key, own_id),
        at=now,
    )


def _own_id(desk: Desk, letter: Letter, *, case_id: int) -> str:
    return message_id(
        desk.key,
        desk.box.address.rpartition("@")[2],
        case_id=case_id,
        letter=letter.name.value,
        revision=letter.revision,
        recipient=letter.to.addr,
    )


def _auto_submitted(letter: Letter) -> str:
    """Return the value of RFC 3834 §5: an answer, a notice, or nothing for a person's words."""
    if letter.name in _OF_A_PERSON and not letter.automatic:
        return ""
    return "auto-replied" if letter.automatic else "auto-generated"


def _party(desk: Desk, case: Case, letter: Letter) -> tuple[Scope, str]:
    """Return who may answer this letter with its token."""
    if letter.name is LetterName.DECISION_NEEDED:
        return Scope.SUPERVISOR, letter.to.addr
    # Whom a letter is for says its name, not its address: a colleague may complain as well.
    if letter.name in TO_COMPLAINANTS:
        passed_on = desk.rules.policy.referrer_of(letter.to.addr)
        return Scope.REFERRER if passed_on else Scope.COMPLAINANT, letter.to.addr
    if letter.name in TO_PARTIES and _is_of_party(desk, letter):
        return Scope.PARTY, letter.department
    if letter.department:
        return Scope.DEPARTMENT, letter.department
    # An alert asks for nothing; a reply to it finds its case by the thread.
    return Scope.APPROVER, "" if letter.name is LetterName.ALERT else letter.to.addr


def _is_of_party(desk: Desk, letter: Letter) -> bool:
    party = desk.rules.policy.parties.get(letter.department)
    return party is not None and letter.to.addr.lower() in party.listed


def _reply_address(desk: Desk, case: Case, letter: Letter) -> str:
    scope, party = _party(desk, case, letter)
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
    scope, party = _party(desk, case, letter)
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
