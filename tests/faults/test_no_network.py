"""The desk talks to the hosts of config.yaml and nobody else (R20), always by verified TLS."""

import ast
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cases.outgoing import Delivery, DeliveryState
from outbox.smtp import SmtpSender
from pipeline.webhook import post_json
from tests.live.desk import ROOT, LiveDesk
from tests.live.hostile_bodies import html, typed, xml_bomb
from tests.live.servers import Dovecot, SmtpSink, free_port

PACKAGES = ("cases", "classify", "ingest", "outbox", "pipeline", "routing", "templates")
#: Who opens a connection or waits for one, and what of config.yaml says where.
OPENS = {
    "ingest/imap_wire.py": "source.imap",
    "ingest/listener.py": "listen, on this machine only",
    "outbox/smtp.py": "outgoing.smtp",
    "outbox/smtp_wire.py": "outgoing.smtp",
    "pipeline/webhook.py": "alarm.webhook, and the calls that say that the desk lives",
    "pipeline/web.py": "services that hand out tokens or take letters",
    "pipeline/watch_http.py": "waits for whoever asks how the desk is",
    "pipeline/sign_in_google_login.py": "waits on this machine for the end of a sign-in",
    "pipeline/notify.py": "a socket of systemd's",
}
_OPENING = {"create_connection", "create_server", "open_connection", "start_server", "urlopen"}
_OPENING |= {"IMAPClient", "IMAP4", "IMAP4_SSL", "SMTP", "SMTP_SSL", "LMTP", "build_opener"}
_OPENING |= {"HTTPConnection", "HTTPSConnection", "HTTPServer", "ThreadingHTTPServer", "FTP"}
_OPENING |= {"socket.socket", "httpx.Client", "httpx.AsyncClient", "httpx.get", "httpx.post"}
_OPENING |= {"requests.get", "requests.post", "aiohttp.ClientSession", "Controller"}
_CALLED = re.compile(r"(?:connect|sendto|sendmsg)\(.*?(\{sa_family=AF_INET.*?\})")
_WHERE = re.compile(r'port\(?=?htons\((\d+)\).*?"([^"]+)"')


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in (ROOT / "run.py", *(p for name in PACKAGES for p in (ROOT / name).rglob("*.py"))):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _opened(tree: ast.Module) -> set[str]:
    """Return what a module calls, or makes its own class of, that opens a connection."""
    found = set()
    for node in ast.walk(tree):
        called = [node.func] if isinstance(node, ast.Call) else []
        called += node.bases if isinstance(node, ast.ClassDef) else []
        for one in called:
            name = ast.unparse(one)
            found |= {name, name.rpartition(".")[2]} & _OPENING
    return found


def test_only_these_modules_open_a_connection() -> None:
    """Whoever adds one says here whose host it is."""
    opening = {name: found for name, tree in _sources() if (found := _opened(tree))}

    assert "outbox/smtp_wire.py" in opening or "outbox/smtp.py" in opening, "or nothing is seen"
    assert {name: found for name, found in opening.items() if name not in OPENS} == {}


def test_no_module_weakens_tls() -> None:
    """Contexts are the library's usual ones: certificates and names are looked at."""
    weak = {"CERT_NONE", "CERT_OPTIONAL", "check_hostname", "verify_mode", "SSLContext"}
    weak |= {"_create_unverified_context", "_create_stdlib_context", "set_ciphers"}
    found = []
    for name, tree in _sources():
        for node in ast.walk(tree):
            used = node.attr if isinstance(node, ast.Attribute) else ""
            if used in weak and not _is_annotation(node, tree):
                found.append(f"{name}: {used}")

    assert found == []


def _is_annotation(wanted: ast.AST, tree: ast.Module) -> bool:
    """Tell whether a name stands where only a type checker reads it."""
    for node in ast.walk(tree):
        said = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if any(wanted in ast.walk(one) for one in said if one is not None):
            return True
    return False


# ---------------------------------------------------------------- certificates nobody vouches for


@contextmanager
def _untrusted(certificate: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Run a TLS server with a certificate of its own; yields its port and all it hears."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listening.accept()
                with suppress(OSError), plain:
                    secure = context.wrap_socket(plain, server_side=True)
                    secure.sendall(b"220 hello\r\n")
                    heard.append(secure.recv(1000))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1]), heard
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def test_no_letter_and_no_password_reach_a_server_nobody_vouches_for(dovecot: Dovecot) -> None:
    """The letter waits, and why is said (F54)."""
    with _untrusted(dovecot.certificate) as (port, heard):
        sender = SmtpSender(
            host="localhost", port=port, tls="implicit", user="u", password="canary", ca_file=None
        )
        found: Delivery = sender.send(
            b"Subject: x\r\n\r\nx\r\n",
            message_id="1@example.com",
            envelope_from="a@example.com",
            recipient="b@example.com",
            before_dot=lambda: None,
        )
        sender.close()

    assert found.state is not DeliveryState.ACCEPTED
    assert "certificate" in found.reply
    assert heard == []


def test_no_alarm_reaches_a_web_hook_nobody_vouches_for(dovecot: Dovecot) -> None:
    """It is said that it could not be posted."""
    with _untrusted(dovecot.certificate) as (port, heard):
        said = post_json(f"https://localhost:{port}/canary", {"issues": []})

    assert "certificate" in said.lower()
    assert heard == []


# ---------------------------------------------------------------- what is really opened


def _strace() -> str:
    found = shutil.which("strace")
    works = (
        found
        and not subprocess.run(  # noqa: S603 - our own words
            [found, "-f", "-e", "trace=connect", "true"], capture_output=True, check=False
        ).returncode
    )
    if not works:
        if os.environ.get("CI") and not found:
            pytest.fail("strace is not installed, and CI must not skip")
        pytest.skip("strace may not look here")
    return str(found)


#: Mails that ask whoever reads them to fetch something.
FETCH = (
    html(
        b"<img src=http://192.0.2.7/a.png><link rel=stylesheet href=http://192.0.2.7/a.css>"
        b"<script src=http://192.0.2.7/a.js></script><iframe src=http://192.0.2.7/></iframe>"
        b"<svg><image href=http://192.0.2.7/a.svg /></svg><p>The kettle leaks.</p>"
    ),
    typed('message/external-body; access-type=URL; URL="http://192.0.2.7/body"'),
    typed("text/x-amp-html", b"<amp-img src=http://192.0.2.7/>"),
    xml_bomb("image/svg+xml", "a.svg"),
)


@pytest.mark.timeout(180)
def test_the_desk_connects_to_configured_hosts_only(
    dovecot: Dovecot, smtp_sink: SmtpSink, tmp_path: Path
) -> None:
    """Every connection of the daemon and its reader, looked at from outside."""
    strace, log = _strace(), tmp_path / "calls"
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    desk = LiveDesk(tmp_path, dovecot, smtp_sink, url, dovecot.new_user())
    for number, body in enumerate(FETCH):
        head = f"From: p{number}@c{number}.example\r\nTo: {desk.address}\r\n".encode()
        dovecot.deliver(desk.user, head + body)
    done = subprocess.run(  # noqa: S603 - our own words
        [strace, "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(log),
         *desk.command("serve", "--once")],
        env=desk.environment, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    calls = [_CALLED.search(line) for line in log.read_text("utf-8", "replace").splitlines()]
    found = (_WHERE.search(call[1]) for call in calls if call)
    places = {f"{where[1]}@{where[2]}" for where in found if where}
    print(f"\nconnections: {sum(call is not None for call in calls)}, to {sorted(places)}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(desk.ledger()) == len(FETCH)
    assert smtp_sink.mails
    assert places == {f"{dovecot.imap_port}@127.0.0.1", f"{smtp_sink.port}@127.0.0.1"}


@pytest.mark.timeout(180)
def test_the_demo_needs_no_network_at_all(tmp_path: Path) -> None:
    """In a network namespace where there is nothing but this machine."""
    unshare = shutil.which("unshare")
    alone = [str(unshare), "--net", "--"]
    if not unshare or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:  # noqa: S603 - our own words
        pytest.skip("no network namespace may be made here")
    up = 'ip link set lo up 2>/dev/null; exec "$@"'
    done = subprocess.run(  # noqa: S603 - our own words
        [*alone, "/bin/sh", "-c", up, "demo", sys.executable, str(ROOT / "run.py"), "demo"],
        cwd=tmp_path, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert free_port(), "and the network of this machine is as it was"
