"""Handing a mail over by SMTP: every answer, and every moment to lose the connection."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cases.outgoing import Delivery, DeliveryState
from outbox.sender import LeaseLost
from outbox.smtp import SmtpSender
from tests.live.servers import free_port
from tests.outbox.conftest import DROP, ScriptedServer

MAIL = b"Subject: x\r\n\r\nwords\r\n"


def nothing() -> None:
    """Stand for the note that the payload leaves."""


@pytest.fixture
def sender(server: ScriptedServer) -> Iterator[SmtpSender]:
    """Return a sender without TLS to the scripted server."""
    sender = SmtpSender(host="127.0.0.1", port=server.port, tls="none")
    yield sender
    sender.close()


def send(
    sender: SmtpSender, data: bytes = MAIL, *, before_dot: Callable[[], None] = nothing
) -> Delivery:
    return sender.send(
        data,
        message_id="7.routed.1.x.y@example.com",
        envelope_from="complaints+b.x@example.com",
        recipient="quality@example.com",
        before_dot=before_dot,
    )


def test_an_accepted_mail(server: ScriptedServer, sender: SmtpSender) -> None:
    """The envelope is said, the size announced, the answer kept."""
    delivery = send(sender)

    assert delivery == Delivery(state=DeliveryState.ACCEPTED, reply="250 kept as 1")
    assert server.heard[1:] == [
        f"mail FROM:<complaints+b.x@example.com> size={len(MAIL)}",
        "rcpt TO:<quality@example.com>",
        "DATA",
    ]
    assert server.payloads == [MAIL + b".\r\n"]


def test_the_connection_is_kept_for_the_next_mail(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """Ten mails, one connection; closing says QUIT."""
    states = {send(sender).state for _ in range(10)}
    sender.close()

    assert states == {DeliveryState.ACCEPTED}
    assert server.connections == 1
    assert server.verbs()[-1] == "QUIT"


@pytest.mark.parametrize("answer", ["550 5.7.1 no", "501 5.1.7 bad sender"])
def test_a_refused_sender_is_the_settings_fault(
    answer: str, server: ScriptedServer, sender: SmtpSender
) -> None:
    """Every letter would fail: they wait. Only the size of a mail is the mail's own matter."""
    server.answers["MAIL"] = answer
    assert send(sender).state is DeliveryState.TRANSIENT
    server.answers["MAIL"] = "552 5.3.4 too big"
    assert send(sender).state is DeliveryState.PERMANENT


def test_probing_the_way_out_sends_nothing(server: ScriptedServer, sender: SmtpSender) -> None:
    """It connects and logs in; what is wrong comes back in words."""
    assert sender.probe() == ""
    assert server.payloads == []
    sender.close()
    server.answers["CONNECT"] = "554 go away"
    assert "554" in sender.probe()


@pytest.mark.parametrize("phase", ["RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("421 4.3.2 going down", DeliveryState.TRANSIENT),
        ("451 4.7.1 later", DeliveryState.TRANSIENT),
        ("452 4.2.2 full", DeliveryState.TRANSIENT),
        ("550 5.1.1 nobody", DeliveryState.PERMANENT),
        ("554 5.7.1 no", DeliveryState.PERMANENT),
    ],
)
def test_a_refusal_in_any_phase_is_the_servers_word(
    phase: str, code: str, state: DeliveryState, server: ScriptedServer, sender: SmtpSender
) -> None:
    """4xx may be right later, 5xx never; and the next mail goes through."""
    server.answers[phase] = code
    delivery = send(sender)
    server.answers.clear()

    assert delivery == Delivery(state=state, reply=code)
    assert len(server.payloads) == (phase == ".")
    assert send(sender).state is DeliveryState.ACCEPTED


@pytest.mark.parametrize("phase", ["CONNECT", "EHLO"])
@pytest.mark.parametrize("answer", ["421 busy", "554 go away", DROP])
def test_a_server_that_does_not_want_to_talk_is_tried_again(
    phase: str, answer: str, server: ScriptedServer, sender: SmtpSender
) -> None:
    """Nothing was said about the letter, so it is not the letter's fault."""
    server.answers |= {phase: answer, "HELO": answer}

    assert send(sender).state is DeliveryState.TRANSIENT
    assert server.payloads == []


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_dot_is_transient(
    phase: str, server: ScriptedServer, sender: SmtpSender
) -> None:
    """Nothing can have been accepted yet."""
    server.answers[phase] = DROP

    assert send(sender).state is DeliveryState.TRANSIENT
    assert server.payloads == []


def test_a_connection_lost_after_the_dot_is_ambiguous(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """RFC 1047: the mail may be there; it is not simply sent again within this try."""
    server.answers["."] = DROP

    assert send(sender).state is DeliveryState.AMBIGUOUS
    assert len(server.payloads) == 1


@pytest.mark.parametrize("answer", ["nonsense", "1 x", "199 hm", "700 hm", ""])
def test_a_nonsense_answer_to_the_dot_is_ambiguous(
    answer: str, server: ScriptedServer, sender: SmtpSender
) -> None:
    """Who knows what became of the mail?"""
    server.answers["."] = answer

    assert send(sender).state is DeliveryState.AMBIGUOUS


@pytest.mark.parametrize(
    ("phase", "answer"), [("DATA", "250 ok"), ("MAIL", "354 go on"), ("RCPT", "354 go on")]
)
def test_a_positive_answer_that_does_not_fit_the_phase_sends_nothing(
    phase: str, answer: str, server: ScriptedServer, sender: SmtpSender
) -> None:
    """A mail must never be said to a server that waits for commands."""
    server.answers[phase] = answer

    assert send(sender).state is DeliveryState.TRANSIENT
    assert server.payloads == []
    assert not any("words" in line for line in server.heard)


def test_a_lost_lease_sends_nothing(server: ScriptedServer, sender: SmtpSender) -> None:
    """The exception comes through, the server gets no mail, the next one goes through."""

    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        send(sender, before_dot=lost)
    delivery = send(sender)

    assert delivery.state is DeliveryState.ACCEPTED
    assert server.payloads == [MAIL + b".\r\n"]
    assert server.connections == 2


def test_before_dot_comes_after_the_envelope_and_before_the_payload(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """Only then is it true that the payload is about to leave."""
    seen: list[tuple[str, int]] = []
    send(sender, before_dot=lambda: seen.append((server.verbs()[-1], len(server.payloads))))

    assert seen == [("DATA", 0)]


def test_a_stale_connection_is_opened_again_once(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """A server that closed an idle connection costs no try."""
    server.hang_up_after_mail = True

    assert [send(sender).state for _ in range(3)] == [DeliveryState.ACCEPTED] * 3
    assert server.connections == 3


def test_a_server_that_is_gone_is_tried_again_later(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """Neither the first connection nor a reopened one: transient, with the reason."""
    send(sender)
    sender.close()
    server.stop()
    delivery = send(sender)

    assert delivery.state is DeliveryState.TRANSIENT
    assert "refused" in delivery.reply


def test_a_host_that_does_not_exist_is_said_in_words() -> None:
    """`.invalid` never resolves (RFC 6761 §6.4)."""
    sender = SmtpSender(host="mail.invalid", port=25, tls="none")
    delivery = send(sender)

    assert delivery.state is DeliveryState.TRANSIENT
    assert delivery.reply.startswith("no such host")


def test_without_starttls_nobody_logs_in_and_nothing_leaves(server: ScriptedServer) -> None:
    """F54: a stripped STARTTLS must not give the password away."""
    sender = SmtpSender(
        host="127.0.0.1", port=server.port, tls="starttls", user="desk", password="canary"
    )
    delivery = send(sender)
    sender.close()

    assert delivery.state is DeliveryState.TRANSIENT
    assert "STARTTLS" in delivery.reply
    assert set(server.verbs()) <= {"EHLO", "QUIT"}
    assert not any("canary" in line for line in server.heard)


def test_implicit_tls_with_a_plain_server_gives_nothing_away(server: ScriptedServer) -> None:
    """The handshake fails; the password has not left."""
    sender = SmtpSender(
        host="127.0.0.1", port=server.port, tls="implicit", user="desk", password="canary"
    )

    assert send(sender).state is DeliveryState.TRANSIENT
    assert not any("MAIL" in verb or "AUTH" in verb for verb in server.verbs())


def test_a_refused_login_is_the_settings_fault(server: ScriptedServer) -> None:
    """The letter waits; the reply says what to check and shows no password."""
    server.answers |= {
        "EHLO": "250-test\r\n250 AUTH PLAIN",
        "AUTH": "535 5.7.8 bad password Y2FuYXJ5 canary",
    }
    sender = SmtpSender(
        host="127.0.0.1", port=server.port, tls="none", user="desk", password="canary"
    )
    delivery = send(sender)

    assert delivery.state is DeliveryState.TRANSIENT
    assert delivery.reply == "login refused (535): check outgoing.smtp.user and its password"


def test_closing_twice_or_a_dead_connection_is_no_trouble(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """`close` never raises."""
    server.hang_up_after_mail = True
    send(sender)
    sender.close()
    sender.close()


@dataclass
class Keeper:
    """An aiosmtpd handler that keeps the mails as a real server decodes them."""

    port: int = field(default_factory=free_port)
    kept: list[bytes] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the payload."""
        assert isinstance(envelope.content, bytes)
        self.kept.append(envelope.content)
        return "250 kept"


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    """Return a running aiosmtpd server that keeps its mails."""
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=keeper.port)
    controller.start()
    yield keeper
    controller.stop()


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (MAIL, MAIL),
        (b".\r\n..\r\n.x\r\n", b".\r\n..\r\n.x\r\n"),
        (b"a\r\n.\r\nRSET\r\n", b"a\r\n.\r\nRSET\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb\r", b"a\r\nb\r\n"),
        (b"a\n.\nMAIL FROM:<x@y>\n", b"a\r\n.\r\nMAIL FROM:<x@y>\r\n"),
        (b"a\n.\r\nb", b"a\r\n.\r\nb\r\n"),
        (b"no end", b"no end\r\n"),
        (b"", b"\r\n"),
        (b".", b".\r\n"),
    ],
)
def test_a_real_server_gets_every_line_whole(data: bytes, kept: bytes, keeper: Keeper) -> None:
    """Leading dots are doubled and undoubled, bare line ends mended; nothing is smuggled in."""
    keeper.kept.clear()
    sender = SmtpSender(host="127.0.0.1", port=keeper.port, tls="none")
    state = send(sender, data).state
    sender.close()

    assert state is DeliveryState.ACCEPTED
    assert keeper.kept == [kept]


def test_a_mail_with_eight_bit_bytes_is_not_mangled(
    server: ScriptedServer, sender: SmtpSender
) -> None:
    """Bytes go out as they are; it is outbox.mime that keeps them to seven bits."""
    send(sender, "漏水\r\n".encode())

    assert server.payloads == ["漏水\r\n.\r\n".encode()]


def test_smtplib_has_the_parts_we_rely_on() -> None:
    """`send` and `getreply` are what the payload goes through."""
    assert callable(smtplib.SMTP.send)
    assert callable(smtplib.SMTP.getreply)
