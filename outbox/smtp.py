"""The door to the outgoing mail server: one kept-open connection, every answer a Delivery.

smtplib reports an answer lost after the final dot as a disconnect like any other, or as code -1
(reliability 0.8), so the payload is sent by our own few lines: before the dot a failure is
transient, after it ambiguous.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cases.addresses import sendable
from cases.login import Token
from cases.outgoing import Concerns, Delivery, DeliveryState
from outbox.smtp_login import Login, LoginRefused, password_refused
from outbox.smtp_wire import Connection, OutOfTurn, TlsConnection

_CONNECT_S = 30
_COMMAND_S = 120
_DOT_S = 600  # RFC 5321 §4.5.3.2.6: the server may take ten minutes to accept
_DOT = b"\r\n.\r\n"
# Codes of RFC 3463 §3 for a server that is not well, and of the field for one we overtax (F56).
_UNWELL = re.compile(rb"4\.3\.[0-9]")
_TOO_FAST = re.compile(rb"4\.7\.(?:0|28)\b|rate.?limit|too (?:many|fast)|throttl", re.IGNORECASE)


class SmtpSender:
    """Sends over one connection, opened when first needed and again after it broke."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        tls: str,
        user: str = "",
        password: str = "",
        token: Token | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """`tls` is "starttls", "implicit" or "none"; with `token` no password is used."""
        self._host, self._port, self._tls = host, port, tls
        self._login = Login(user=user, password=password, token=token)
        # One context per process: a fresh one costs 23 ms.
        self._context = ssl.create_default_context(cafile=ca_file) if tls != "none" else None
        self._smtp: Connection | None = None

    def send(
        self,
        data: bytes,
        *,
        message_id: str,
        envelope_from: str,
        recipient: str,
        before_dot: Callable[[], None],
    ) -> Delivery:
        """Hand over one mail; see Sender. A stale connection is opened again once."""
        if not (sendable(recipient) and envelope_from.isascii()):
            why = f"{recipient} can't be written to without SMTPUTF8: reach this person another way"
            return Delivery(state=DeliveryState.PERMANENT, reply=why)  # F58
        for fresh in (False, True):
            reused = self._smtp is not None
            try:
                smtp = self._connected()
                refused = self._envelope(smtp, envelope_from, recipient, len(data))
            except (smtplib.SMTPException, OSError, ValueError) as error:
                self.close()
                if reused and not fresh:
                    continue  # the server closed an idle connection: not worth a try
                return _failed(error)
            if refused:
                return refused
            return self._payload(smtp, data, before_dot)
        raise AssertionError("unreachable: the second round always returns")

    def probe(self) -> str:
        """Connect and log in; returns what is wrong, "" if nothing is."""
        try:
            self._connected().noop()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            return _words(error)
        return ""

    def close(self) -> None:
        """End the connection politely if it still lives."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(5)
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()

    def _connected(self) -> Connection:
        if self._smtp is not None and self._login.ends_soon():
            self.close()
        if self._smtp is not None:
            return self._smtp
        self._login.wanted()
        if self._tls == "implicit":
            smtp: Connection = TlsConnection(
                self._host, self._port, timeout=_CONNECT_S, context=self._context
            )
        else:
            smtp = Connection(self._host, self._port, timeout=_CONNECT_S)
        try:
            if self._tls == "starttls":
                smtp.starttls(context=self._context)  # raises if the server does not offer it (F54)
            self._login.log_in(smtp)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        if smtp.sock is not None:
            smtp.sock.settimeout(_COMMAND_S)
        self._smtp = smtp
        return smtp

    def _envelope(
        self, smtp: Connection, envelope_from: str, recipient: str, size: int
    ) -> Delivery | None:
        """Say MAIL, RCPT, DATA; None when the server waits for the payload."""
        options = [f"size={size}"] if smtp.has_extn("size") else []
        steps: tuple[tuple[Callable[[], tuple[int, bytes]], tuple[int, ...]], ...] = (
            (lambda: smtp.mail(envelope_from, options), (250,)),
            (lambda: smtp.rcpt(recipient), (250, 251)),
            (lambda: smtp.docmd("DATA"), (354,)),
        )
        for number, (step, wanted) in enumerate(steps):
            code, reply = step()
            if code not in wanted:
                self._reset(smtp, code)
                answer = _answer(code, reply)
                # A refused sender is a matter of our settings, unless it is the size (RFC 1870 §6);
                # a 2xx out of place accepted something, but not the mail.
                ours = number == 0 and code != 552
                if ours or answer.state is DeliveryState.ACCEPTED:
                    answer = replace(answer, state=DeliveryState.TRANSIENT)
                if ours and answer.concerns is Concerns.LETTER:
                    answer = replace(answer, concerns=Concerns.SERVER)
                return answer
        return None

    def _payload(self, smtp: Connection, data: bytes, before_dot: Callable[[], None]) -> Delivery:
        try:
            before_dot()
        except BaseException:  # LeaseLost among them
            # DATA can't be taken back: only a broken connection leaves the mail unsent.
            smtp.close()
            self._smtp = None
            raise
        state = DeliveryState.TRANSIENT
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(_DOT_S)
            smtp.send_slowly(_dotted(data), seconds=_DOT_S)
            state = DeliveryState.AMBIGUOUS  # only from here on may the server have the mail
            smtp.send(_DOT)
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            smtp.close()
            self._smtp = None
            if isinstance(error, OutOfTurn):
                state = DeliveryState.TRANSIENT  # the dot was held back
            return replace(_failed(error), state=state)
        if smtp.sock is not None:
            smtp.sock.settimeout(_COMMAND_S)
        if not (200 <= code < 300 or 400 <= code < 600):
            self.close()
            why = f"nonsense answer {code}"
            return Delivery(state=state, reply=why, concerns=Concerns.SERVER)
        if code == 421:
            self.close()
        return _answer(code, reply)

    def _reset(self, smtp: Connection, code: int) -> None:
        """Make the connection ready for the next mail, or drop it."""
        try:
            if code in (421, -1) or smtp.rset()[0] != 250:
                self.close()
        except (smtplib.SMTPException, OSError):
            self.close()


def _dotted(data: bytes) -> bytes:
    """Return the payload with CRLF ends and leading dots doubled, up to the final dot (§4.5.2)."""
    lines = re.sub(rb"(?:\r\n|\n|\r(?!\n))", b"\r\n", data)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines.removesuffix(b"\r\n")


def _answer(code: int, reply: bytes) -> Delivery:
    text = f"{code} {reply[:400].decode('utf-8', 'replace')}"
    if 200 <= code < 300:
        return Delivery(state=DeliveryState.ACCEPTED, reply=text)
    if 500 <= code < 600:
        return Delivery(state=DeliveryState.PERMANENT, reply=text)
    return Delivery(
        state=DeliveryState.TRANSIENT, reply=text, concerns=_concerns(code, reply[:400])
    )


def _concerns(code: int, reply: bytes) -> Concerns:
    """Tell what a refusal for now is about; greylisting is about the letter (F47)."""
    greylisted = b"greylist" in (low := reply.lower()) or b"graylist" in low
    if 400 <= code < 500 and _TOO_FAST.search(reply) and not greylisted:
        return Concerns.PACE
    if code in (421, -1) or _UNWELL.match(reply):
        return Concerns.SERVER
    return Concerns.LETTER


def _failed(error: Exception) -> Delivery:
    """Nothing was sent: whatever went wrong with the connection may be right the next time.

    That holds for a refused login or certificate too: the letter is fine, the settings are not.
    """
    concerns = Concerns.SERVER
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said if isinstance(said, bytes) else str(said).encode()
        if _concerns(error.smtp_code, words) is Concerns.PACE:
            concerns = Concerns.PACE
    return Delivery(state=DeliveryState.TRANSIENT, reply=_words(error), concerns=concerns)


def _words(error: Exception) -> str:
    """Return the error without anything a server may have echoed of our login."""
    if isinstance(error, LoginRefused):
        return str(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return password_refused(error)
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        shown = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        return f"{error.smtp_code} {shown[:300]}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return f"no such host: {error}"
    return f"{type(error).__name__}: {error}"[:300]
