"""A mailbox by Microsoft Graph behaves as one by IMAP and as a Maildir; and what is Graph's own."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Timer
from urllib.parse import quote

import pytest

from cases.errors import MailboxUnavailable, SignInFailed
from cases.model import Status
from cases.outgoing import Concerns, DeliveryState
from ingest.graph import GraphSource
from ingest.imap import ImapSource
from ingest.maildir import MaildirSource, deliver
from ingest.source import INBOX, Filing, Fingerprint, MailSource, PartialMail
from outbox.graph import GraphSender
from outbox.sender import LeaseLost
from pipeline import commands_auth
from pipeline.graph_web import GraphWeb
from pipeline.web import Web
from tests.live.desk import LiveDesk, parsed, wait_until
from tests.live.graph_server import TOKEN, Fault, GraphServer
from tests.live.provider import CLIENT, SECRET, TENANT, Provider
from tests.live.servers import Dovecot, SmtpSink

PROCESSED, REJECTED = Filing.PROCESSED, Filing.REJECTED


def letter(number: int, *, size: int = 0) -> bytes:
    filler = b"The lid does not close.\r\n" * (size // 25)
    head = b"Subject: Kettle %d\r\nFrom: customer@example.com\r\n\r\n" % number
    return head + b"It leaks.\r\n" + filler


def nothing_known(uidvalidity: int) -> frozenset[str]:
    return frozenset()


def never() -> bool:
    return False


def fingerprint(uid: str, data: bytes) -> Fingerprint:
    digest = hashlib.sha256(data).hexdigest()
    return Fingerprint(uid=uid, size=len(data), sha256=digest, length=len(data))


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    """Return an empty mailbox."""
    server = GraphServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """Return one way into the web for all."""
    found = Web(silence=5)
    yield found
    found.close()


def signed_in(web: Web, graph: GraphServer, *tokens: str) -> GraphWeb:
    """Return an exchange whose provider hands out `tokens`, one after the other."""
    held = list(tokens or (TOKEN,))

    def token(refused: str) -> str:
        if refused == held[0] and len(held) > 1:
            held.pop(0)
        return held[0]

    return GraphWeb(web, token, name="office", url=graph.url)


def source_in(web: Web, graph: GraphServer, *tokens: str, **changed: object) -> GraphSource:
    slept: list[float] = []
    settings: dict[str, object] = {
        "url": graph.url,
        "user": graph.user,
        "exchange": signed_in(web, graph, *tokens),
        "sleep": slept.append,
        "look_seconds": 1,
    }
    return GraphSource("complaints", **(settings | changed))  # type: ignore[arg-type]


@dataclass
class Box:
    """One kind of mailbox: how to open it, and how mail gets into it."""

    open: Callable[..., MailSource]
    put: Callable[[bytes], object]


@pytest.fixture(params=["graph", "imap", "maildir"])
def box(
    request: pytest.FixtureRequest, tmp_path: Path, web: Web, graph: GraphServer
) -> Iterator[Box]:
    """Return each kind of mailbox in turn."""
    opened: list[MailSource] = []
    if request.param == "graph":
        made = Box(lambda **more: source_in(web, graph, **more), graph.deliver)
    elif request.param == "imap":
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        user = dovecot.new_user()
        settings = {
            "host": dovecot.host,
            "port": dovecot.imap_port,
            "user": user,
            "password": dovecot.password,
            "tls": "none",
        }
        made = Box(
            lambda **more: ImapSource("complaints", **settings, **more),  # type: ignore[arg-type]
            lambda data: dovecot.deliver(user, data),
        )
    else:
        made = Box(
            lambda **more: MaildirSource("complaints", tmp_path / "box", **more),
            lambda data: deliver(tmp_path / "box", data),
        )

    def open_box(**more: object) -> MailSource:
        opened.append(made.open(**more))
        return opened[-1]

    yield Box(open_box, made.put)
    for source in opened:
        source.close()


def test_mails_come_in_the_order_of_their_arrival_and_once(box: Box) -> None:
    """What is stored already is left out; the mailbox's name and an aware time are on each."""
    for number in range(5):
        box.put(letter(number))
    source = box.open()
    mails = list(source.scan(nothing_known))

    assert [b"Kettle %d" % number in mails[number].data for number in range(5)] == [True] * 5
    assert all(mail.mailbox == "complaints" and mail.received_at.tzinfo for mail in mails)
    stored = frozenset(mail.uid for mail in mails[:4])
    again = list(source.scan(lambda validity: stored if validity == mails[0].uidvalidity else ()))  # type: ignore[arg-type, return-value]
    assert [mail.uid for mail in again] == [mails[4].uid]
    assert source.unfetchable == ()


def test_handled_mail_goes_where_it_belongs_twice_over(box: Box) -> None:
    """Filing is safe to repeat, and the inventory shows where everything lies."""
    for number in range(3):
        box.put(letter(number))
    source = box.open()
    first, second, third = source.scan(nothing_known)

    for _ in range(2):
        assert source.file_all(first.uidvalidity, [first.uid, second.uid], PROCESSED)
        assert source.file(third.uidvalidity, third.uid, REJECTED)

    lying = {folder.folder: len(folder.uids) for folder in source.inventory()}
    assert lying == {INBOX: 0, PROCESSED: 2, REJECTED: 1}
    assert list(source.scan(nothing_known)) == []


def test_an_inventory_of_a_new_mailbox_changes_nothing(box: Box) -> None:
    """Folders that are not there count as empty; the time of each waiting mail is known."""
    box.put(letter(1))
    source = box.open()
    (mail,) = source.scan(nothing_known)

    inbox, *others = source.inventory()

    assert (inbox.folder, inbox.uids) == (INBOX, (mail.uid,))
    assert inbox.uidvalidity == mail.uidvalidity
    assert abs((inbox.arrived_at[mail.uid] - mail.received_at).total_seconds()) < 1
    assert [(other.uidvalidity, other.uids) for other in others] == [(0, ()), (0, ())]


def test_a_mail_set_aside_is_found_and_filed_anew(box: Box) -> None:
    """After `quarantine retry` it goes from rejected to processed, wherever that is."""
    box.put(letter(1))
    box.put(letter(2))
    source = box.open()
    mails = list(source.scan(nothing_known))
    source.file_all(mails[0].uidvalidity, [mail.uid for mail in mails], REJECTED)
    wanted = [fingerprint(mails[0].uid, mails[0].data)]

    assert source.find(wanted, REJECTED) == {mails[0].uid}
    assert source.find(wanted, PROCESSED) == frozenset()
    assert source.refile(wanted, REJECTED, PROCESSED)
    assert source.refile(wanted, REJECTED, PROCESSED)
    assert source.find(wanted, PROCESSED) == {mails[0].uid}
    assert [len(f.uids) for f in source.inventory()] == [0, 1, 1]


def test_mail_taken_back_from_a_folder_of_handled_mail(box: Box) -> None:
    """After a restored backup the handled mail is yielded but what is known; nothing moves."""
    for number in range(2):
        box.put(letter(number, size=100 * number))
    source = box.open()
    mails = list(source.scan(nothing_known))
    source.file_all(mails[0].uidvalidity, [mail.uid for mail in mails], PROCESSED)
    known_size = len(mails[0].data)

    (taken,) = source.filed(PROCESSED, lambda size, at: size == known_size)

    assert taken.data == mails[1].data
    assert taken.uid.startswith("processed:")
    assert len(source.find([fingerprint(mails[1].uid, mails[1].data)], PROCESSED)) == 1


def test_mail_whose_time_is_over_is_removed_from_every_folder(box: Box) -> None:
    """What must be forgotten is forgotten on the server too; the others stay."""
    for number in range(3):
        box.put(letter(number))
    source = box.open()
    first, second, third = source.scan(nothing_known)
    source.file(first.uidvalidity, first.uid, PROCESSED)
    marks = [fingerprint(mail.uid, mail.data) for mail in (first, second)]

    for _ in range(2):
        assert source.expunge(marks) == {first.uid, second.uid}

    lying = {folder.folder: folder.uids for folder in source.inventory()}
    assert lying == {INBOX: (third.uid,), PROCESSED: (), REJECTED: ()}


def test_a_mail_too_big_comes_by_its_beginning(box: Box) -> None:
    """Its header and 64 KiB of its body are taken; the others come whole."""
    box.put(letter(1, size=200_000))
    box.put(letter(2))

    big, small = sorted(box.open(max_bytes=100_000).scan(nothing_known), key=lambda m: m.uid)[:2]
    if not isinstance(big, PartialMail):
        big, small = small, big

    assert isinstance(big, PartialMail)
    assert big.size > 200_000 - 100
    assert 65_000 < len(big.data) < 70_000
    assert small.data.endswith(letter(2))


def test_waiting_ends_with_the_next_mail(box: Box) -> None:
    """No poll of minutes lies between a mail and its case."""
    box.put(letter(1))
    source = box.open()
    list(source.scan(nothing_known))
    assert not source.wait(25, stop=lambda: True)
    Timer(0.3, box.put, [letter(2)]).start()
    begun = time.monotonic()

    assert source.wait(25, stop=never)
    assert time.monotonic() - begun < 12


# ---------------------------------------------------------------- Graph's own


def test_ids_are_immutable_and_fit_into_the_ledger(graph: GraphServer, web: Web) -> None:
    """A mail keeps its uid when it is moved; an id too long for a column is named by its hash."""
    graph.id_length = 400
    name = graph.deliver(letter(1))
    source = source_in(web, graph)
    (mail,) = source.scan(nothing_known)

    assert mail.uid == f"sha256-{hashlib.sha256(name.encode()).hexdigest()}"
    assert mail.uidvalidity == 1
    source.file(1, mail.uid, PROCESSED)
    assert source.find([fingerprint(mail.uid, mail.data)], PROCESSED) == {mail.uid}


def test_a_mail_that_a_person_moved_is_left_where_it_is(graph: GraphServer, web: Web) -> None:
    """Its id names it still, but their folder prevails over ours (F24)."""
    name = graph.deliver(letter(1))
    source = source_in(web, graph)
    (mail,) = source.scan(nothing_known)
    graph.mails[name].folder = graph.folder("Anna")

    assert source.file(1, mail.uid, PROCESSED)
    assert graph.lying("Anna") == [letter(1)]
    assert graph.lying("Processed") == []


def test_folders_within_others_and_the_inbox_in_any_language(graph: GraphServer, web: Web) -> None:
    """`Inbox` is Graph's own name; `Desk/It's done` is made step by step, quotes and all."""
    graph.deliver(letter(1))
    source = source_in(web, graph, processed="Desk/It's done")
    (mail,) = source.scan(nothing_known)

    source.file(1, mail.uid, PROCESSED)

    assert graph.lying("It's done") == [letter(1)]
    assert graph.folders["f-2"] == ("Desk", "")
    assert graph.folders["f-3"] == ("It's done", "f-2")


def test_long_lists_come_page_by_page(graph: GraphServer, web: Web) -> None:
    """Nothing is lost or doubled between pages."""
    graph.page = 7
    for number in range(40):
        graph.deliver(letter(number))

    mails = list(source_in(web, graph).scan(nothing_known))

    assert [mail.data for mail in mails] == [letter(number) for number in range(40)]
    assert sum("/messages" in line and "$value" not in line for line in graph.asked) == 6


def test_a_mailbox_full_of_old_mail_is_not_listed_at_every_look(
    graph: GraphServer, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two full lists only what is young is asked for; nothing new is missed by that."""
    monkeypatch.setattr("ingest.graph.PAGE", 20)
    for number in range(40):
        name = graph.deliver(letter(number))
        graph.mails[name].at -= timedelta(days=30 - number // 2)
    source = source_in(web, graph)
    known = {mail.uid for mail in source.scan(nothing_known)}

    fresh = graph.deliver(letter(77))
    (found,) = source.scan(lambda _: frozenset(known))
    asked = list(graph.lists)

    assert found.uid == fresh
    assert source.wait(0.5, stop=never) is False
    assert asked == [40, 3]


def test_a_page_that_leads_elsewhere_gets_no_token(graph: GraphServer, web: Web) -> None:
    """Whoever could write a nextLink would get the token: it goes to Graph's address alone."""
    other = GraphServer()
    try:
        graph.page = 1
        graph.deliver(letter(1))
        graph.deliver(letter(2))
        real, graph.url = graph.url, other.url  # the link of the next page names another server
        exchange = GraphWeb(web, lambda refused: TOKEN, name="office", url=real)
        source = source_in(web, graph, url=real, exchange=exchange)
        with pytest.raises(MailboxUnavailable, match="not its own"):
            list(source.scan(nothing_known))
        assert other.asked == []
    finally:
        other.close()


def test_a_token_refused_in_mid_work_is_replaced(graph: GraphServer, web: Web) -> None:
    """401 costs one more request, and no mail waits."""
    graph.deliver(letter(1))
    graph.good = lambda token: token == "fresh"

    mails = list(source_in(web, graph, "stale", "fresh").scan(nothing_known))

    assert len(mails) == 1
    assert graph.tokens[0] == "stale"
    assert set(graph.tokens[1:]) >= {"fresh"}


def test_graph_that_refuses_us_is_left_in_peace(graph: GraphServer, web: Web) -> None:
    """Twenty polls after a refusal are two requests (F31)."""
    graph.good = lambda token: False
    source = source_in(web, graph, "stale", "fresh")

    for _ in range(20):
        with pytest.raises(MailboxUnavailable) as caught:
            list(source.scan(nothing_known))
        assert caught.value.refused
        assert "fresh" not in str(caught.value)

    assert len(graph.asked) == 2


def test_graph_that_asks_to_wait_is_not_asked_meanwhile(graph: GraphServer, web: Web) -> None:
    """429 with Retry-After: a minute of silence, in both directions."""
    graph.faults.append(Fault(".", 429, "TooManyRequests", {"Retry-After": "60"}))
    exchange = signed_in(web, graph)
    source = source_in(web, graph, exchange=exchange)

    for _ in range(3):
        with pytest.raises(MailboxUnavailable, match="asks us to wait"):
            list(source.scan(nothing_known))
    delivery = send(GraphSender(url=graph.url, user=graph.user, exchange=exchange))

    assert len(graph.asked) == 1
    assert (delivery.state, delivery.concerns) == (DeliveryState.TRANSIENT, Concerns.PACE)


def test_a_short_trouble_is_sat_out(graph: GraphServer, web: Web) -> None:
    """5xx is asked again after one and three seconds, then it is the next poll's."""
    graph.deliver(letter(1))
    slept: list[float] = []
    source = source_in(web, graph, sleep=slept.append)
    graph.faults += [Fault("messages$", 502), Fault("messages$", 500)]

    assert len(list(source.scan(nothing_known))) == 1
    assert slept == [1.0, 3.0]

    graph.faults += [Fault("messages$", 502) for _ in range(3)]
    with pytest.raises(MailboxUnavailable):
        list(source.scan(nothing_known))


def test_a_broken_line_is_no_answer(graph: GraphServer, web: Web) -> None:
    """A connection that ends before the answer is told as such; the next call works."""
    graph.deliver(letter(1))
    source = source_in(web, graph)
    graph.faults.append(Fault(r"\$value"))

    with pytest.raises(MailboxUnavailable):
        list(source.scan(nothing_known))

    assert len(list(source.scan(nothing_known))) == 1


def test_a_mail_that_vanished_meanwhile_is_not_missed(graph: GraphServer, web: Web) -> None:
    """404 between list and fetch, and between list and move (F23, F24)."""
    gone, stays = graph.deliver(letter(1)), graph.deliver(letter(2))
    source = source_in(web, graph)
    graph.faults.append(Fault(quote(gone, safe="=") + r"/\$value", 404, "ErrorItemNotFound"))

    (mail,) = source.scan(nothing_known)
    assert mail.uid == stays

    graph.faults.append(Fault("move", 404, "ErrorItemNotFound"))
    assert source.file_all(1, [gone, stays], PROCESSED)


def test_one_mail_that_graph_cannot_write_down_does_not_stop_the_others(
    graph: GraphServer, web: Web
) -> None:
    """It is tried four times, then named as what nobody gets (F29); the others come at once."""
    bad, good = graph.deliver(letter(1)), graph.deliver(letter(2))
    source = source_in(web, graph)

    for _ in range(4):
        graph.faults += [
            Fault(f"{bad}/", 500, "ErrorMimeContentConversionFailed") for _ in range(3)
        ]
        found: list[str] = []
        with pytest.raises(MailboxUnavailable, match="ErrorMimeContentConversionFailed"):
            for mail in source.scan(nothing_known):
                found.append(mail.uid)
        assert found == [good]

    assert source.unfetchable == (bad,)
    assert [mail.uid for mail in source.scan(nothing_known)] == [good]


def test_a_graph_that_is_not_well_condemns_no_mail(graph: GraphServer, web: Web) -> None:
    """Whatever the number of failed scans: an outage is not the fault of the mails."""
    for number in range(6):
        graph.deliver(letter(number))
    source = source_in(web, graph)
    for _ in range(6):
        graph.faults += [Fault(r"\$value", 500, "InternalServerError") for _ in range(9)]
        with pytest.raises(MailboxUnavailable):
            list(source.scan(nothing_known))
        graph.faults.clear()

    assert source.unfetchable == ()
    assert len(list(source.scan(nothing_known))) == 6


def test_a_mailbox_we_may_only_read(graph: GraphServer, web: Web) -> None:
    """Cases go on, mails stay where they are (F27)."""
    graph.deliver(letter(1))
    graph.may_move = False
    source = source_in(web, graph)
    (mail,) = source.scan(nothing_known)

    assert source.file(1, mail.uid, PROCESSED) is False
    assert source.expunge([fingerprint(mail.uid, mail.data)]) == frozenset()
    assert len(graph.lying("Posteingang")) == 1


def test_a_folder_deleted_meanwhile_is_made_anew(graph: GraphServer, web: Web) -> None:
    """The id of a folder is not believed for ever."""
    first, second = graph.deliver(letter(1)), graph.deliver(letter(2))
    source = source_in(web, graph)
    source.file(1, first, PROCESSED)
    del graph.folders[graph.folder("Processed")]

    with pytest.raises(MailboxUnavailable):
        source.file(1, second, PROCESSED)
    assert source.file(1, second, PROCESSED)
    assert letter(2) in graph.lying("Processed")


# ---------------------------------------------------------------- out


def send(sender: GraphSender, data: bytes = b"", *, before: Callable[[], None] = lambda: None):  # type: ignore[no-untyped-def]
    return sender.send(
        data or letter(1),
        message_id="1.ack@example.com",
        envelope_from="complaints+b.x@example.com",
        recipient="customer@example.com",
        before_dot=before,
    )


def sender_to(web: Web, graph: GraphServer) -> GraphSender:
    return GraphSender(url=graph.url, user=graph.user, exchange=signed_in(web, graph))


def test_a_letter_leaves_as_it_was_written(graph: GraphServer, web: Web) -> None:
    """The MIME that Graph gets is ours, byte by byte; 202 is all it ever says."""
    delivery = send(sender_to(web, graph))

    assert delivery.state is DeliveryState.ACCEPTED
    assert graph.sent == [letter(1)]
    assert "request 11111111" in delivery.reply


@pytest.mark.parametrize(
    ("fault", "state", "sent"),
    [
        (Fault("sendMail", after=True), DeliveryState.AMBIGUOUS, 1),
        (Fault("sendMail"), DeliveryState.AMBIGUOUS, 0),
        (Fault("sendMail", 504, "UnknownError", after=True), DeliveryState.AMBIGUOUS, 1),
        (Fault("sendMail", 503, "ServiceUnavailable"), DeliveryState.TRANSIENT, 0),
        (Fault("sendMail", 403, "ErrorSendAsDenied"), DeliveryState.TRANSIENT, 0),
        (Fault("sendMail", 413, "RequestEntityTooLarge"), DeliveryState.PERMANENT, 0),
        (Fault("sendMail", 400, "ErrorInvalidRecipients"), DeliveryState.PERMANENT, 0),
    ],
)
def test_what_graph_says_to_a_letter(
    graph: GraphServer, web: Web, fault: Fault, state: DeliveryState, sent: int
) -> None:
    """Only an answer lost after the request left counts as maybe sent; settings never fail it."""
    graph.faults.append(fault)

    assert send(sender_to(web, graph)).state is state
    assert len(graph.sent) == sent


def test_a_server_that_is_not_there_is_no_ambiguity(graph: GraphServer, web: Web) -> None:
    """Nothing was sent, so the same letter may be sent again without a doubt."""
    sender = GraphSender(
        url="http://127.0.0.1:9",
        user=graph.user,
        exchange=GraphWeb(web, lambda refused: TOKEN, name="office", url="http://127.0.0.1:9"),
    )

    assert send(sender).state is DeliveryState.TRANSIENT
    assert sender.probe()


def test_a_letter_taken_over_by_another_worker_is_not_sent(graph: GraphServer, web: Web) -> None:
    """LeaseLost comes through before anything left."""

    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        send(sender_to(web, graph), before=lost)
    assert graph.asked == []


def test_no_token_no_letter_and_no_harm(graph: GraphServer, web: Web) -> None:
    """A sign-in that failed is a matter of settings: the letter waits."""

    def none(refused: str) -> str:
        raise SignInFailed("office", "the client secret has run out", refused=True)

    exchange = GraphWeb(web, none, name="office", url=graph.url)
    delivery = send(GraphSender(url=graph.url, user=graph.user, exchange=exchange))

    assert delivery.state is DeliveryState.TRANSIENT
    assert "run out" in delivery.reply


def test_a_letter_graph_would_not_take_is_not_tried(graph: GraphServer, web: Web) -> None:
    """Four megabytes are its limit; nobody waits five days to hear it."""
    delivery = send(sender_to(web, graph), b"x" * 3_100_000)

    assert delivery.state is DeliveryState.PERMANENT
    assert graph.asked == []


# ---------------------------------------------------------------- the whole desk


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot) -> Iterator[tuple[LiveDesk, GraphServer, Provider]]:
    """Return a desk that knows neither IMAP nor SMTP, its mailbox, and its provider."""
    provider = Provider(tmp_path)
    mailbox = GraphServer(user="complaints@example.com", good=lambda token: token in provider.good)
    desk = LiveDesk(
        folder=tmp_path,
        dovecot=dovecot,
        sink=SmtpSink(),
        database=f"sqlite:///{tmp_path}/desk.db",
        user="complaints",
    )
    text = desk.config.read_text(encoding="utf-8")
    imap = text.index("      imap:\n")
    text = (
        text[:imap]
        + f"      graph: {{user: {mailbox.user}, sign_in: office, url: {mailbox.url}}}\n"
        + text[text.index("    answer_mail_since") :]
    )
    smtp = next(line for line in text.splitlines() if line.startswith("  smtp:"))
    text = text.replace(
        smtp, "  graph:" + f" {{user: {mailbox.user}, sign_in: office, url: {mailbox.url}}}"
    )
    text += (
        f"sign_in:\n  office: {{provider: microsoft, tenant: {TENANT}, client_id: {CLIENT}, "
        f"client_secret: {SECRET}, authority: '{provider.url}', ca_file: {provider.ca_file}}}\n"
    )
    desk.config.write_text(text, encoding="utf-8")
    yield desk, mailbox, provider
    mailbox.close()
    provider.close()


def test_a_desk_works_by_graph_alone(desk: tuple[LiveDesk, GraphServer, Provider]) -> None:
    """A complaint comes in by Graph, its letters leave by Graph, the mail goes to Processed."""
    live, mailbox, provider = desk
    mailbox.deliver(COMPLAINT)
    with live.running():
        wait_until(lambda: len(mailbox.sent) >= 2, f"two letters {live.said()[-2000:]}")
        wait_until(lambda: bool(mailbox.lying("Processed")), "filing")

    told = {str(parsed(data)["To"]) for data in mailbox.sent}
    assert any("wang@customer.example" in to for to in told)
    assert mailbox.lying("Posteingang") == []
    assert live.troubles() == []
    assert provider.tokens_asked() == 1
    (case,) = live.cases()
    assert case.status is Status.ROUTED
    assert not any(token in live.said() for token in provider.good)


def test_check_and_auth_check_of_a_desk_by_graph(
    desk: tuple[LiveDesk, GraphServer, Provider], capsys: pytest.CaptureFixture[str]
) -> None:
    """The token's roles, the mailbox and the way out are each looked at; a wrong user is named."""
    live, mailbox, provider = desk

    assert commands_auth.check(live.config, "") == 0
    shown = capsys.readouterr().out
    assert "Mail.ReadWrite" in shown
    assert "mailbox complaints: complaints@example.com can be read" in shown

    mailbox.user = "somebody.else@example.com"
    assert commands_auth.check(live.config, "") == 78
    assert "no mailbox complaints@example.com in this tenant" in capsys.readouterr().out

    provider.roles = ["Mail.Send"]
    mailbox.user = "complaints@example.com"
    assert commands_auth.check(live.config, "") == 0  # Exchange may allow what the token does not
    assert "does not allow Mail.ReadWrite" in capsys.readouterr().out

    mailbox.faults += [Fault("messages", 403, "ErrorAccessDenied")]
    assert commands_auth.check(live.config, "") == 77
    assert "Mail.ReadWrite and Mail.Send" in capsys.readouterr().out
    assert SECRET not in shown


COMPLAINT = b"""\
From: Wang Fang <wang@customer.example>\r
To: complaints@example.com\r
Subject: Sour milk\r
Message-ID: <graph-1@customer.example>\r
\r
The Fresh Milk 20240611A was sour and mouldy.\r
"""
