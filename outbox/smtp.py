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

from cases.outgoing import Delivery, DeliveryState

_CONNECT_S = 30
_COMMAND_S = 120
_DOT_S = 600  # RFC 5321 §4.5.3.2.6: the server may take ten minutes to accept


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
        ca_file: Path | None = None,
    ) -> None:
        """`tls` is "starttls", "implicit" or "none"; without TLS nobody logs in."""
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password = user, password
        # One context per process: a fresh one costs 23 ms.
        self._context = ssl.create_default_context(cafile=ca_file) if tls != "none" else None
        self._smtp: smtplib.SMTP | None = None

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

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        if self._tls == "implicit":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_CONNECT_S, context=self._context
            )
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=_CONNECT_S)
        try:
            if self._tls == "starttls":
                smtp.starttls(context=self._context)  # raises if the server does not offer it (F54)
            if self._user:
                smtp.login(self._user, self._password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        if smtp.sock is not None:
            smtp.sock.settimeout(_COMMAND_S)
        self._smtp = smtp
        return smtp

    def _envelope(
        self, smtp: smtplib.SMTP, envelope_from: str, recipient: str, size: int
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
                return answer
        return None

    def _payload(self, smtp: smtplib.SMTP, data: bytes, before_dot: Callable[[], None]) -> Delivery:
        try:
            before_dot()
        except BaseException:  # LeaseLost among them
            # DATA can't be taken back: only a broken connection leaves the mail unsent.
            smtp.close()
            self._smtp = None
            raise
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(_DOT_S)
            smtp.send(_dotted(data))
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            smtp.close()
            self._smtp = None
            return Delivery(state=DeliveryState.AMBIGUOUS, reply=_words(error))
        if smtp.sock is not None:
            smtp.sock.settimeout(_COMMAND_S)
        if code == -1 or not 200 <= code < 600:
            self.close()
            return Delivery(state=DeliveryState.AMBIGUOUS, reply=f"nonsense answer {code}")
        if code == 421:
            self.close()
        return _answer(code, reply)

    def _reset(self, smtp: smtplib.SMTP, code: int) -> None:
        """Make the connection ready for the next mail, or drop it."""
        try:
            if code in (421, -1) or smtp.rset()[0] != 250:
                self.close()
        except (smtplib.SMTPException, OSError):
            self.close()


def _dotted(data: bytes) -> bytes:
    """Return the payload with CRLF ends, leading dots doubled, and the final dot (§4.5.2)."""
    lines = re.sub(rb"(?:\r\n|\n|\r(?!\n))", b"\r\n", data)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _answer(code: int, reply: bytes) -> Delivery:
    text = f"{code} {reply[:400].decode('utf-8', 'replace')}"
    if 200 <= code < 300:
        return Delivery(state=DeliveryState.ACCEPTED, reply=text)
    if 500 <= code < 600:
        return Delivery(state=DeliveryState.PERMANENT, reply=text)
    return Delivery(state=DeliveryState.TRANSIENT, reply=text)


def _failed(error: Exception) -> Delivery:
    """Nothing was sent: whatever went wrong with the connection may be right the next time.

    That holds for a refused login or certificate too: the letter is fine, the settings are not.
    """
    return Delivery(state=DeliveryState.TRANSIENT, reply=_words(error))


def _words(error: Exception) -> str:
    """Return the error without anything a server may have echoed of our login."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"login refused ({error.smtp_code}): check outgoing.smtp.user and its password"
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        shown = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        return f"{error.smtp_code} {shown[:300]}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return f"no such host: {error}"
    return f"{type(error).__name__}: {error}"[:300]
