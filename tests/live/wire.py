"""A TCP proxy that breaks connections on purpose."""

import contextlib
import select
import socket
from threading import Thread
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes between a client and a local port until told to misbehave."""

    def __init__(self, target: int) -> None:
        """Listen on a free port for clients of the server at port `target`."""
        self.cut_after: int | None = None  #: bytes from the server after which to hang up
        self.cut_sent: int | None = None  #: bytes from the client after which to hang up
        self.cuts = 0  #: how often one of the two was reached
        self.black_hole = False  #: swallow everything and say nothing
        self.append: tuple[bytes, bytes] | None = None  #: (end of an answer, what to add to it)
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._ended = False

    def __enter__(self) -> Self:
        self._start(Thread(target=self._accept))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        self.hang_up()
        for thread in list(self._threads):
            thread.join(5)
        self._listener.close()

    def hang_up(self) -> None:
        """End every connection."""
        for sock in list(self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _start(self, thread: Thread) -> None:
        thread.daemon = True
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended:
            if select.select([self._listener], [], [], 0.05)[0]:
                client, _ = self._listener.accept()
                self._start(Thread(target=self._serve, args=(client,)))

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            pair = {client, server}
            for sock in pair:  # small pieces go on at once, as they came
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets |= pair
            with contextlib.suppress(OSError):
                self._pass_on(client, server)
            self._sockets -= pair

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        left = {client: self.cut_sent, server: self.cut_after}
        while not self._ended:
            for ready in select.select([client, server], [], [], 0.05)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if self.black_hole:
                    continue
                if ready is server and self.append is not None and data.endswith(self.append[0]):
                    data += self.append[1]
                (server if ready is client else client).sendall(data[: left[ready]])
                rest = left[ready]
                if rest is not None:
                    left[ready] = rest - len(data)
                    if rest <= len(data):
                        self.cuts += 1
                        return
