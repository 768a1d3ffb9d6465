"""Commands by mail, genuine and forged in the eight ways of F115 (reliability 2.H).

A `Scene` is a desk at a moment where somebody is asked; `Command` is a word that acts there. Each
forgery is a function of the letter that was answered and a number: the same number gives the same
mail, so that a red run can be looked at.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

from cases.model import LetterName
from cases.store import Store
from pipeline.desk import Desk
from routing.trust import Trust
from tests.pipeline.conftest import Office
from tests.routing.test_trust import FAILING, FORGED

OURS = "mx.example.com"
CUSTOMER, STRANGER = "wang.fang@customer.example", "mallory@stranger.example"
RECEIVED = f"from out.example.net by {OURS} with ESMTPS; Mon, 23 Nov 2026 02:00:00 +0000"

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A word that acts at a scene, when it comes from who was asked."""

    scene: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A desk whose database waits in a file, and the letter that asks for a word."""

    desk: Desk
    now: datetime
    letter: EmailMessage
    asked: str  #: the address that was asked

    def fresh(self, folder: Path) -> Office:
        """Return an office of its own at this moment."""
        assert self.desk.store.file is not None
        file = folder / "scene.db"
        for old in folder.glob("scene.db*"):
            old.unlink()
        shutil.copyfile(self.desk.store.file, file)
        return Office(replace(self.desk, store=Store(f"sqlite:///{file}")), self.now)


def standing(office: Office) -> object:
    """Return all of a case that a command could change; but its notes and how they are told."""
    with office.desk.store.read() as tx:
        case = tx.case(1)
        assert case is not None
        kept = [one for one in tx.records(1) if one.kind != "accused"]
        queued = [row[:2] for row in tx.letters_of(1) if row[0] in _DOING]
        parts, measures, changed = tx.parts(1), tx.measures(1), tx.corrections(1)
    what = (case.status, case.round, case.category, case.matter, case.departments, case.level)
    return what, parts, measures, kept, changed, queued


#: Letters by which something is done; the others say that nothing was.
_DOING = frozenset(
    {
        *(LetterName.OUTCOME, LetterName.PLAN, LetterName.INTERIM, LetterName.CARRY_OUT),
        *(LetterName.REQUEST_INFORMATION, LetterName.EXTERNAL, LetterName.APPROVAL_REQUEST),
        *(LetterName.ROUTED, LetterName.RETURNED, LetterName.ANSWER_NOTED),
    }
)


def with_trust(desk: Desk) -> Desk:
    """Let the desk believe its own mail server about who wrote."""
    return replace(desk, settings=replace(desk.settings, trust=Trust(authserv_id=OURS)))


def without_trust(desk: Desk) -> Desk:
    """Let the desk ask for two proofs only."""
    return replace(desk, settings=replace(desk.settings, trust=Trust()))


# ---------------------------------------------------------------- mails


def verdict(addr: str, said: str = "dmarc=pass") -> Fields:
    """Return what our server writes on top of a mail from `addr`."""
    domain = addr.rpartition("@")[2]
    return (
        ("Authentication-Results", f"{OURS}; {said} header.from={domain}"),
        ("Received", RECEIVED),
    )


def written(
    scene: Scene,
    text: str,
    *,
    top: Fields,
    senders: tuple[str, ...] = (),
    to: str = "",
    thread: bool = True,
    number: int = 0,
    more: Fields = (),
) -> bytes:
    """Return a reply to the letter of a scene, line by line: nothing is tidied up."""
    letter = scene.letter
    fields = [*top, *(("From", one) for one in senders or (scene.asked,))]
    token = str(letter["Reply-To"])
    fields += _addressed(to or token, number)
    fields.append(("Subject", f"Re: {_subject(letter)}"))
    fields.append(("Date", "Mon, 23 Nov 2026 10:00:00 +0800"))
    fields.append(("Message-ID", f"<{number}.reply@mail.example>"))
    if thread:
        fields += [(name, str(letter["Message-ID"])) for name in ("In-Reply-To", "References")]
    fields += [*more, ("Content-Type", "text/plain; charset=utf-8")]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{head}\r\n{text}\r\n".encode()


def _subject(letter: EmailMessage) -> str:
    return Header(str(letter["Subject"]), "utf-8", maxlinelen=2000).encode()


def _addressed(address: str, number: int) -> Fields:
    """Return fields that name the address: servers and people put it into any of these."""
    plain = ("To", "Complaints <complaints@example.com>")
    return (
        (("To", address),),
        (plain, ("Cc", address.upper())),
        (("Delivered-To", address), plain),
        (("To", f"colleague@example.com, Desk <{address}>"),),
        (("X-Original-To", address), plain),
    )[number % 5]


def genuine(scene: Scene, text: str, number: int) -> bytes:
    """Return the reply of who was asked."""
    passed = (
        verdict(scene.asked),
        verdict(scene.asked, "spf=fail smtp.mailfrom=a.example; dmarc=pass (p=REJECT)"),
        (
            ("Authentication-Results", f"{OURS}; auth=pass smtp.auth={scene.asked}"),
            ("Received", RECEIVED),
        ),
    )[number % 3]
    name = ("", "Somebody ", '"Mail, of the Office" ')[number % 3]
    sender = f"{name}<{scene.asked}>" if name else scene.asked
    return written(scene, text, top=passed, senders=(sender,), number=number)


# ---------------------------------------------------------------- the eight ways


def no_token(scene: Scene, text: str, number: int) -> bytes:
    """(a) The right sender, but nothing shows that they have our letter."""
    token = str(scene.letter["Reply-To"])
    wrong = (
        "complaints@example.com",
        token.replace("+", "+x", 1),
        f"complaints+d.{'abcdefghijklmnopqrstuvwxyz234567'[number % 6 :][:26]}@example.com",
        f"{token.partition('@')[0][:-1]}@example.com",
        f"{token.partition('@')[0]}a@example.com",
        token.translate(str.maketrans("abcdef", "bcdefa")),
    )[number % 6]
    forged = str(scene.letter["Message-ID"]).replace("<1.", "<2.", 1)
    mail_id = (forged, "<1.routed.1.aaaaaaaa.aaaaaaaaaaaaaaaaaaaa@example.com>")[number % 2]
    more = (("In-Reply-To", mail_id), ("References", f"<1@customer.example> {mail_id}"))
    return written(
        scene, text, top=verdict(scene.asked), to=wrong, thread=False, number=number, more=more
    )


def wrong_sender(scene: Scene, text: str, number: int) -> bytes:
    """(b) Our letter in the hands of somebody who was not asked."""
    local, _, domain = scene.asked.partition("@")
    addr = (
        STRANGER,
        f"{scene.asked}.stranger.example",
        f"{local}@{domain.replace('l', '1')}",
        f"{local}+x@{domain}",
        f"x{scene.asked}",
        f"{local}@sub.{domain}",
        f"{local}@{domain.replace('e', 'е', 1)}".encode().decode("ascii", "replace"),
        "colleague@example.com",
    )[number % 8]
    shown = (addr, f'"{scene.asked}" <{addr}>', f"=?utf-8?q?{local}?= <{addr}>")[number % 3]
    return written(scene, text, top=verdict(addr), senders=(shown,), number=number)


def refused(scene: Scene, text: str, number: int) -> bytes:
    """(c) Letter and sender are right, and our server says that the sender is not."""
    said = (
        "dmarc=fail",
        "dmarc=fail (p=NONE)",
        "spf=pass smtp.mailfrom=stranger.example; dkim=fail",
        "dkim=pass header.d=stranger.example; dmarc=fail",
        "spf=fail smtp.mailfrom=example.com",
    )[number % 5]
    return written(scene, text, top=verdict(scene.asked, said), number=number)


def forged_results(scene: Scene, text: str, number: int) -> bytes:
    """(d) The verdict is somebody else's, or in a place where anybody could have written it."""
    lists = [*FORGED, *((("authentication-results", value),) for value in FAILING)]
    domain = scene.asked.rpartition("@")[2]
    fields = lists[number % len(lists)]
    top = tuple((name, value.replace("=example.com", f"={domain}")) for name, value in fields)
    return written(scene, text, top=top, number=number)


def two_senders(scene: Scene, text: str, number: int) -> bytes:
    """(e) Two senders, in one field or in two: each parser and server takes another one."""
    one, two = scene.asked, (STRANGER, f"Boss <{STRANGER}>", "x@customer.example")[number % 3]
    senders = (
        (one, two),
        (two, one),
        (f"{one}, {two}",),
        (f"{two}, {one}",),
        (f"Staff: {one}, {two};",),
        (f"{one}\r\n ,{two}",),
    )[number % 6]
    told = verdict((one, STRANGER)[number % 2])
    return written(scene, text, top=told, senders=senders, number=number)


def tricked(scene: Scene, text: str, number: int) -> bytes:
    """(f) One sender that is two to another parser (reliability 0.7)."""
    one, two = scene.asked, STRANGER
    local, _, domain = one.partition("@")
    sender = (
        f"{one} <{two}>",
        f'"{one}" <{two}>',
        f"<{one}> <{two}>",
        f"({one}) {two}",
        f"{two} ({one})",
        f'"{one}\\" <{two}>',
        f"@{domain}:{two}",
        f"<@{domain},@x.example:{two}>",
        f"{local}@{domain}@stranger.example",
        f"{one}%stranger.example@stranger.example",
        f"=?utf-8?q?{local}=40{domain}?= <{two}>",
        f"{one}\x00@stranger.example",
    )[number % 12]
    return written(scene, text, top=verdict(two), senders=(sender,), number=number)


#: What a replay may add without breaking a signature, which covers none of it (RFC 6376 §5.4.1).
_ON_TOP: tuple[Fields, ...] = (
    (),
    (("Received", "from replay.stranger.example by b.stranger.example; Mon, 23 Nov 2026"),),
    (("X-Note", "again"),),
    (("Return-Path", f"<{STRANGER}>"), ("X-Note", "again")),
    (("Delivered-To", "complaints@example.com"),),
    (("Resent-From", STRANGER), ("Resent-Message-ID", "<new@stranger.example>")),
    (("Comments", "see below"),),
)


def replayed(mail: bytes, number: int) -> bytes:
    """(g) A genuine reply that did its work, once more; its signature still holds."""
    top = "".join(f"{name}: {value}\r\n" for name, value in _ON_TOP[number % len(_ON_TOP)])
    foot = (b"", b"\r\n", b"-- \r\nlist footer\r\n")[number % 3]
    return top.encode() + mail + foot


def leaked(scene: Scene, text: str, number: int) -> bytes:
    """(h) Our letter was shown to the other side: to the customer, or the customer's to us."""
    other = CUSTOMER if scene.asked != CUSTOMER else "quality@example.com"
    shown = (other, f"{scene.asked} <{other}>", f"Wang Fang <{other}>")[number % 3]
    return written(scene, text, top=verdict(other), senders=(shown,), number=number)


FORGERIES: dict[str, Callable[[Scene, str, int], bytes]] = {
    "a": no_token,
    "b": wrong_sender,
    "c": refused,
    "d": forged_results,
    "e": two_senders,
    "f": tricked,
    "h": leaked,
}
