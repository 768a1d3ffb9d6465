"""config.yaml's mail servers → ways in and out, with a token where one is wanted."""

from functools import cache

from cases.errors import WebFailure
from cases.web import Exchange, WebAnswer, WebRequest
from ingest.graph import GraphSource
from ingest.imap import ImapSource
from outbox.graph import GraphSender
from outbox.smtp import SmtpSender
from pipeline.config_servers import ImapSettings, SmtpSettings
from pipeline.config_sign_in import GraphSettings, SignInSettings
from pipeline.graph_web import GraphWeb
from pipeline.sign_in import token_of, web_of


def imap_source(name: str, imap: ImapSettings) -> ImapSource:
    """Return the way into a mailbox by IMAP; nothing is opened yet."""
    return ImapSource(
        name,
        host=imap.host,
        port=imap.port,
        user=imap.user,
        password=imap.password,
        token=token_of(imap.sign_in, "mail") if imap.sign_in else None,
        tls=imap.tls,
        folder=imap.inbox,
        processed=imap.processed,
        rejected=imap.rejected,
        ca_file=imap.ca_file,
    )


def smtp_sender(smtp: SmtpSettings) -> SmtpSender:
    """Return the way out by SMTP; nothing is opened yet. Raises OSError for a bad `ca_file`."""
    return SmtpSender(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        user=smtp.user,
        password=smtp.password,
        token=token_of(smtp.sign_in, "mail") if smtp.sign_in else None,
        ca_file=smtp.ca_file,
    )


def graph_source(name: str, graph: GraphSettings) -> GraphSource:
    """Return the way into a mailbox by Graph; nothing is opened yet."""
    return GraphSource(
        name,
        url=graph.url,
        user=graph.user,
        exchange=_graph_web(graph.sign_in, graph.url),
        folder=graph.inbox,
        processed=graph.processed,
        rejected=graph.rejected,
    )


def graph_sender(graph: GraphSettings) -> GraphSender:
    """Return the way out by Graph; nothing is opened yet."""
    return GraphSender(
        url=graph.url, user=graph.user, exchange=_graph_web(graph.sign_in, graph.url)
    )


@cache
def _graph_web(sign_in: SignInSettings, url: str) -> Exchange:
    """Return the one way to Graph of a sign-in: both ends wait when it asks to wait."""

    def exchange(request: WebRequest) -> WebAnswer:
        try:
            web = web_of(sign_in.ca_file)
        except OSError as error:
            raise WebFailure(f"can't use {sign_in.ca_file}: {error}", sent=False) from error
        return web(request)

    return GraphWeb(exchange, token_of(sign_in, "graph"), name=sign_in.name, url=url)
