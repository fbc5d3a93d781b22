"""An HTTP proxy on 127.0.0.1 that opens tunnels (CONNECT) to one server, whatever host is asked for. Remembers what was asked.

with Proxy(port_of_the_server, user="user:password") as proxy:
    proxy.url, proxy.requests
"""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from types import TracebackType


class Proxy:
    """The proxy; use it as a context. `user`: what it demands, as user:password; '' demands nothing."""

    def __init__(self, port: int, user: str = "") -> None:
        self.requests: list[str] = []
        self._port = port
        self._wanted = "Basic " + base64.b64encode(user.encode()).decode() if user else ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096) or b"\r\n\r\n"
            text = head.decode("latin-1")
            self.requests.append(text)
            if self._wanted and f"Proxy-Authorization: {self._wanted}\r\n" not in text:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
