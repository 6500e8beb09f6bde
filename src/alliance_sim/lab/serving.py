"""The page on this machine's own address, for whoever opens it there: one file, and nothing else.

What is asked for by another name than that of this machine is refused, so that no page from
elsewhere can reach it through a name that it has pointed here.
"""

from __future__ import annotations

import html
import os
import re
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from alliance_sim.errors import SettingError
from alliance_sim.files import why

HOST = "127.0.0.1"
NAMES = (HOST, "localhost", "[::1]")
HIGHEST_PORT = 65_535
POLICY = re.compile(rb'http-equiv="Content-Security-Policy"\s+content="([^"]*)"')
PATIENCE = 30.0  # seconds that a request may take to be said
AT_ONCE = 128  # connections that may wait
NOT_HERE = "There is one page here, at /."
ONLY_READ = "Only GET and HEAD are answered here."


class _Server(ThreadingHTTPServer):
    """Answers each request in a thread of its own."""

    daemon_threads = True
    request_queue_size = AT_ONCE
    # A port that was just closed can be had again at once; on Windows the same word would let
    # another program take a port that is in use.
    allow_reuse_address = os.name != "nt"

    def __init__(self, page: bytes, port: int) -> None:
        super().__init__((HOST, port), _Answers)
        self.page = page
        found = POLICY.search(page)
        self.policy = html.unescape(found[1].decode("ascii", "replace")) if found else ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a reader who has left."""


class _Answers(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "alliance-sim", ""
    timeout = PATIENCE
    headers_of_all: ClassVar[dict[str, str]] = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }

    def do_GET(self) -> None:
        """Answer with the page."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer with what is known of the page."""
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        port = self.server.server_address[1]
        allowed = {f"{name}:{port}" for name in NAMES}
        if port == 80:
            allowed |= set(NAMES)
        if self.headers.get("Host", "").lower() not in allowed:
            self._send(HTTPStatus.FORBIDDEN, b"This page is for this machine only.\n", body=body)
        elif self.path.partition("?")[0] != "/":
            self._send(HTTPStatus.NOT_FOUND, f"{NOT_HERE}\n".encode(), body=body)
        else:
            self._send(HTTPStatus.OK, self.server.page, body=body, kind="text/html")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request for a page as all else is answered, and close the connection.

        What the request said is not repeated.
        """
        del message, explain
        status = HTTPStatus(code)
        self.close_connection = True
        self.request_version = self.protocol_version  # in the oldest, answers have no headers
        told = f"{status.phrase}. {ONLY_READ}\n".encode()
        self._send(status, told, body=self.command != "HEAD")

    def _send(
        self, status: HTTPStatus, content: bytes, *, body: bool, kind: str = "text/plain"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        policy = self.server.policy or "default-src 'none'"
        self.send_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'")
        for name, value in self.headers_of_all.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: whoever opens a page wants to read what the command says."""


@contextmanager
def served(page: bytes, port: int = 0) -> Iterator[str]:
    """Serve a page for as long as this lasts, and yield its address.

    Args:
        page: The page.
        port: On which port; a free one if 0.

    Raises:
        SettingError: If the port is out of range or taken, or none can be had.
    """
    checked_port(port)
    try:
        server = _Server(page, port)
    except OSError as error:
        told = f"port {port} cannot be had" if port else "no port can be had"
        problem = f"{told}: {why(error)}; leave --port out to take any that is free"
        raise SettingError("--port", [problem]) from error
    thread = threading.Thread(target=server.serve_forever, name="lab", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def checked_port(port: int) -> None:
    """Raise an error unless there can be such a port.

    Raises:
        SettingError: If it is out of range.
    """
    if type(port) is not int or not 0 <= port <= HIGHEST_PORT:
        problem = f"is {port}, must be a whole number from 1 to {HIGHEST_PORT:,}, or 0 for any"
        raise SettingError("--port", [problem])


def shown(address: str) -> bool:
    """Open an address in a browser with a window of its own; return whether there is one."""
    with suppress(webbrowser.Error, OSError):
        found = webbrowser.get()
        if type(found) is not webbrowser.GenericBrowser:  # which would fill the terminal
            return found.open(address)
    return False
