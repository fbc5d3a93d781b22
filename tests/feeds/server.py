"""A publisher that can misbehave: an HTTP server on 127.0.0.1 whose answers a test writes beforehand.

    with Publisher() as publisher:
        publisher.answers("/list.txt", ok(b"192.0.2.1\\n"))
        publisher.url("/list.txt")

A path answers what it was given, in turn, the last one again and again. Each request is kept with its headers. The faults
are those seen in public [feeds 7].
"""

from __future__ import annotations

import gzip
import select
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What is sent: the Content-Length is that of the body unless `length` says another; `cut` closes after so many bytes;
    `stall` sends the head and so many bytes, and then nothing until the publisher is closed; `drip` sends a head that never ends,
    one byte at a time."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    cut: int | None = None
    stall: bool = False
    chunked: bool = False
    drip: bool = False


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    headers: Mapping[str, str]


def ok(body: bytes, **headers: str) -> Answer:
    """200 with a body; `ETag="x"` and the like as keywords, `_` for `-`."""
    return Answer(200, body, {name.replace("_", "-"): value for name, value in headers.items()})


def gzipped(body: bytes, **headers: str) -> Answer:
    """The same with Content-Encoding: gzip."""
    return ok(gzip.compress(body), Content_Encoding="gzip", **headers)


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status, b"", {"Location": to})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not like our certificate is no error of a test."""


class Publisher:
    """The server; use it as a context. `certificate` (a PEM file with its key) makes it speak TLS; `client_ca` then demands a
    certificate of a client that this authority has signed."""

    def __init__(self, certificate: Path | None = None, client_ca: Path | None = None) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, list[Answer]] = {}
        self._closing = threading.Event()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                publisher._handle(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            if client_ca:
                context.load_verify_locations(client_ca)
                context.verify_mode = ssl.CERT_REQUIRED
            # The handshake is made by the thread of the connection, not by the one that accepts.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{self._scheme}://{host}:{self.port}{path}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def answers(self, path: str, *answers: Answer) -> None:
        """From now on the path answers these, in turn."""
        self._answers[path] = list(answers)

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.requests.append(Request(path, dict(handler.headers.items())))
        waiting = self._answers.get(path.partition("?")[0], [Answer(404)])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        try:
            self._send(handler, answer)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True  # the client had enough

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.drip:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._closing.wait(0.05):
                handler.wfile.write(b"x")
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        if answer.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%s\r\n" % (len(body), body) + (b"0\r\n\r\n" if answer.cut is None else b"")
        elif answer.status not in (204, 304):
            handler.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        handler.end_headers()
        handler.wfile.write(body)
        if answer.stall:
            self._wait_for_end(handler)
        if answer.cut is not None or answer.length is not None or answer.stall:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_WR)

    def _wait_for_end(self, handler: BaseHTTPRequestHandler) -> None:
        """Until the publisher is closed or the client has gone: it says nothing more, so what can be read is its end."""
        while not self._closing.is_set() and not select.select([handler.connection], [], [], 0.05)[0]:
            pass
