"""Letters out by Microsoft Graph: one call hands over one mail as MIME.

Graph answers 202 when it has queued the mail. The envelope is its own: the recipient is the
letter's To, bounces come to the mailbox it is sent from. A copy lies in the folder Sent Items.
"""

import base64
from collections.abc import Callable

from cases.errors import SignInFailed, WebFailure
from cases.graph import graph_error, mailbox_url
from cases.outgoing import Concerns, Delivery, DeliveryState
from cases.web import Exchange, WebAnswer, WebRequest

MOST_BYTES = 4_000_000  #: of one request; Graph refuses longer ones
_SAID_CAP = 300  # characters of Graph's words that we repeat
_MAYBE_DONE = (408, 500, 502, 504)  # the mail may have been queued before that was said
# What is wrong with the letter itself; anything else is a matter of settings, or passes.
_LETTERS_FAULT = ("ErrorInvalidRecipients", "ErrorMimeContentInvalid", "RequestBodyRead")


class GraphSender:
    """A `Sender` that keeps no connection of its own."""

    def __init__(self, *, url: str, user: str, exchange: Exchange) -> None:
        """`user` is the mailbox that sends; letters must come from its address."""
        self._base = mailbox_url(url, user)
        self._exchange = exchange

    def send(
        self,
        data: bytes,
        *,
        message_id: str,
        envelope_from: str,
        recipient: str,
        before_dot: Callable[[], None],
    ) -> Delivery:
        """Hand over one mail; an answer that got lost after the request left is ambiguous."""
        body = base64.b64encode(data)
        if len(body) > MOST_BYTES:
            why = f"{len(body)} bytes are more than Graph takes ({MOST_BYTES})"
            return Delivery(state=DeliveryState.PERMANENT, reply=why)
        request = WebRequest(
            method="POST",
            url=f"{self._base}/sendMail",
            headers={"Content-Type": "text/plain", "Accept": "application/json"},
            body=body,
        )
        before_dot()
        try:
            return _delivery(self._exchange(request))
        except WebFailure as error:
            lost = DeliveryState.AMBIGUOUS if error.sent else DeliveryState.TRANSIENT
            return Delivery(state=lost, reply=error.why, concerns=Concerns.SERVER)
        except SignInFailed as error:
            return Delivery(
                state=DeliveryState.TRANSIENT, reply=str(error), concerns=Concerns.SERVER
            )

    def probe(self) -> str:
        """Look at the mailbox; an application that may only send is not let look, and is fine."""
        request = WebRequest(method="GET", url=f"{self._base}/mailFolders/inbox?$select=id")
        try:
            answer = self._exchange(request)
        except (WebFailure, SignInFailed) as error:
            return str(error)
        return "" if answer.status < 300 or answer.status == 403 else _words(answer)

    def close(self) -> None:
        """Nothing stays open."""


def _delivery(answer: WebAnswer) -> Delivery:
    words, code = _words(answer), graph_error(answer).code
    if answer.status < 300:
        return Delivery(state=DeliveryState.ACCEPTED, reply=words)
    if answer.status == 429:
        return Delivery(state=DeliveryState.TRANSIENT, reply=words, concerns=Concerns.PACE)
    if answer.status in _MAYBE_DONE:
        return Delivery(state=DeliveryState.AMBIGUOUS, reply=words, concerns=Concerns.SERVER)
    if answer.status == 413 or (answer.status == 400 and code.startswith(_LETTERS_FAULT)):
        return Delivery(state=DeliveryState.PERMANENT, reply=words)
    return Delivery(state=DeliveryState.TRANSIENT, reply=words, concerns=Concerns.SERVER)


def _words(answer: WebAnswer) -> str:
    # The number by which Microsoft's support finds the request.
    number = answer.headers.get("request-id", "")
    words = f"{graph_error(answer)} {number and f'(request {number})'}"
    return " ".join(words.split())[:_SAID_CAP]
