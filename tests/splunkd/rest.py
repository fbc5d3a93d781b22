"""splunkd's management port, as far as our programs call it: a server on 127.0.0.1, port 0, without TLS.

Source: [platform 3.6, 4.2, 5, 9.7]. It plays /services/server/info, shcluster/captain/info,
authentication/current-context, storage/passwords, data/lookup-table-files, the lookup-update-notify call, data/inputs/<scheme> and configs/conf-<name>; all else is 404. Every request needs
the session key (`Authorization: Splunk <key>`, `Bearer <key>` too). Access by role and capability is not played.
"""

from __future__ import annotations

import re
import secrets
import sys
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from .conf import read_conf
from .rest_answers import Answer, Entry, Refused, entries_answer, message_answer
from .rest_confs import configs

# What a server says of itself, by the part it plays [platform 3.6].
SERVER_ROLES: dict[str, list[str]] = {
    "none": ["indexer", "license_master", "search_head"],
    "member": ["search_head", "shc_member", "cluster_search_head"],
    "captain": ["search_head", "shc_captain", "shc_member", "cluster_search_head"],
    "cloud": ["search_head", "cluster_search_head"],
}
LISTED = 30  # a list is cut here unless `count` is given; 0 and -1 mean all [platform 5]


class Request(NamedTuple):
    """One call as it came: namespace owner and app (`-` where the path has none), endpoint path, its arguments."""

    method: str
    owner: str
    app: str
    path: str
    form: dict[str, str]


class Rest:
    """A running management port; a context manager. `role` is none, member, captain or cloud and may be changed.

    requests: all calls so far, the refused too; passwords: {(realm, name): clear text}, to look at or fill; refuses: {pattern of an
    endpoint's path: status}, what is answered so, to fill; capabilities: what the user of the session is told to have.
    """

    def __init__(self, home: Path, role: str = "none", session_key: str | None = None) -> None:
        self.home = Path(home)
        self.role = role
        self.session_key = session_key or secrets.token_urlsafe(48)
        self.requests: list[Request] = []
        self.passwords: dict[tuple[str, str], str] = {}
        self.refuses: dict[str, int] = {}
        self.capabilities: list[str] = ["admin_all_objects", "search"]
        rest = self

        class Handler(_Handler):
            answer = staticmethod(rest.answer)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def uri(self) -> str:
        """The `server_uri` to give to an input."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Rest:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        """Returns the answer to one call."""
        request = _read_request(method, target, body)
        as_json = request.form.get("output_mode") == "json"
        self.requests.append(request)
        try:
            if authorization.partition(" ")[2] != self.session_key or authorization.split(" ")[0] not in ("Splunk", "Bearer"):
                raise Refused(401, "call not properly authenticated")
            for pattern, refusal in self.refuses.items():
                if re.fullmatch(pattern, request.path):
                    raise Refused(refusal, "refused, as the test wants it")
            for pattern, play in self._endpoints():
                match = re.fullmatch(f"({pattern})(?:/([^/]*))?", request.path)
                if match:
                    status, entries = play(request, unquote(match[2] or ""))
                    return entries_answer(_listed(entries, request), match[1], self.uri, as_json, status)
            raise Refused(404, "Not Found")
        except Refused as refused:
            return message_answer(refused.status, refused.text, as_json)

    def _endpoints(self) -> list[tuple[str, Callable[..., tuple[int, list[Entry]]]]]:
        return [
            ("server/info", self._server_info),
            ("shcluster/captain/info", self._captain_info),
            ("authentication/current-context", self._context),
            ("storage/passwords", self._storage_passwords),
            ("data/lookup-table-files", self._lookup_table_files),
            ("replication/configuration/lookup-update-notify", self._lookup_update_notify),
            ("data/inputs/[^/]+", self._inputs),
            ("configs/conf-[^/]+", partial(configs, self.home)),
        ]

    def _server_info(self, request: Request, _: str) -> tuple[int, list[Entry]]:
        content = {
            "serverName": "sh1",
            "guid": "00000000-0000-4000-8000-000000000001",
            "version": "10.2.3",
            "server_roles": SERVER_ROLES[self.role],
            "instance_type": "cloud" if self.role == "cloud" else "",
        }
        return 200, [Entry("server-info", {key: value for key, value in content.items() if value})]

    def _captain_info(self, request: Request, _: str) -> tuple[int, list[Entry]]:
        if self.role not in ("member", "captain"):
            raise Refused(503, "Search head clustering is not enabled on this node.")
        return 200, [Entry("captain", {"service_ready_flag": True, "maintenance_mode": False})]

    def _context(self, request: Request, _: str) -> tuple[int, list[Entry]]:
        return 200, [Entry("context", {"username": "kim", "capabilities": self.capabilities})]

    def _storage_passwords(self, request: Request, entity: str) -> tuple[int, list[Entry]]:
        """Entities are `<realm>:<name>:`; the secret of an entity comes back as `clear_password` [platform 5]."""
        form = request.form
        if not entity:
            if request.method == "GET":
                return 200, [self._password(key, request.app) for key in sorted(self.passwords)]
            key = (form.get("realm", ""), form.get("name", ""))
            if not key[1] or not form.get("password"):
                raise Refused(400, "name and password are required")
            if key in self.passwords:
                raise Refused(409, f"Cannot create: {key[0]}:{key[1]}: exists already")
            self.passwords[key] = form["password"]
            return 201, [self._password(key, request.app)]
        realm, _, name = entity.rstrip(":").rpartition(":")
        if (realm, name) not in self.passwords:
            raise Refused(404, f"Could not find object id={entity}")
        if request.method == "DELETE":
            del self.passwords[realm, name]
            return 200, []
        if request.method == "POST":
            if not form.get("password") or "name" in form or "realm" in form:
                raise Refused(400, "an update takes the password alone")
            self.passwords[realm, name] = form["password"]
        return 200, [self._password((realm, name), request.app)]

    def _password(self, key: tuple[str, str], app: str) -> Entry:
        realm, name = key
        content = {
            "clear_password": self.passwords[key],
            "encr_password": "$7$stand-in",
            "password": "********",
            "realm": realm,
            "username": name,
        }
        return Entry(f"{realm}:{name}:", content, app=app)

    def _lookup_table_files(self, request: Request, name: str) -> tuple[int, list[Entry]]:
        """Creates (201, 409 if it is there) or replaces (200, 404 if not) a lookup by moving a staged file."""
        folder = self._lookups(request)
        if request.method == "POST":
            target = folder / (name or request.form.get("name", ""))
            if name and not target.is_file():
                raise Refused(404, f"Could not find object id={name}")
            if not name and target.is_file():
                raise Refused(409, f"Cannot create: an object with name={target.name} already exists")
            staged = self._staged(request.form.get("eai:data", ""))
            folder.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
            return (200 if name else 201), [self._lookup(target, request)]
        found = sorted(folder.glob("*.csv")) if folder.is_dir() else []
        if name and folder / name not in found:
            raise Refused(404, f"Could not find object id={name}")
        if name and request.method == "DELETE":
            (folder / name).unlink()
            return 200, []
        return 200, [self._lookup(path, request) for path in found if not name or path.name == name]

    def _lookups(self, request: Request) -> Path:
        """Returns the folder: the app's for owner nobody, that user's own otherwise [platform 4.2]."""
        if request.owner in ("nobody", "-"):
            return self.home / "etc" / "apps" / request.app / "lookups"
        return self.home / "etc" / "users" / request.owner / request.app / "lookups"

    def _staged(self, text: str) -> Path:
        """Returns the staged file; it must lie below lookup_tmp, and hold text (inference)."""
        staging = (self.home / "var" / "run" / "splunk" / "lookup_tmp").resolve()
        staged = Path(text)
        if not staged.is_absolute() or staging not in staged.resolve().parents or not staged.is_file():
            raise Refused(400, "File is not in the lookup staging area")
        try:
            if not staged.read_bytes().decode("utf-8"):
                raise Refused(400, "File is empty")
        except UnicodeDecodeError:
            raise Refused(400, "File is not UTF-8") from None
        return staged

    def _lookup(self, path: Path, request: Request) -> Entry:
        return Entry(path.name, {"eai:data": str(path), "eai:appName": request.app}, request.owner, request.app)

    def _lookup_update_notify(self, request: Request, _: str) -> tuple[int, list[Entry]]:
        if self.role not in ("member", "captain"):
            raise Refused(400, "No local ConfRepo registered")
        form = request.form
        if not (self.home / "etc" / "apps" / form.get("app", "") / "lookups" / form.get("filename", "")).is_file():
            raise Refused(404, "no such lookup file")
        return 200, []

    def _inputs(self, request: Request, name: str) -> tuple[int, list[Entry]]:
        """Lists the scheme's stanzas of all apps, or of the namespace's, the scheme's defaults filled in."""
        scheme = request.path.split("/")[2]
        entries = []
        for app in sorted((self.home / "etc" / "apps").iterdir()):
            conf = read_conf(app, "inputs") if request.app in ("-", app.name) else {}
            for stanza, settings in conf.items():
                if stanza.startswith(f"{scheme}://") and name in ("", stanza.partition("://")[2]):
                    content = {**conf.get(scheme, {}), **settings}
                    entries.append(Entry(stanza.partition("://")[2], content, app=app.name))
        if name and not entries:
            raise Refused(404, f"Could not find object id={name}")
        return 200, entries


def _read_request(method: str, target: str, body: bytes) -> Request:
    """Splits a request's target and body; a path without namespace belongs to owner and app `-`."""
    url = urlsplit(target)
    form = dict(parse_qsl(url.query, keep_blank_values=True))
    form.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    parts = url.path.strip("/").split("/")
    if parts[0] == "servicesNS" and len(parts) > 3:
        return Request(method, unquote(parts[1]), unquote(parts[2]), "/".join(parts[3:]), form)
    return Request(method, "-", "-", "/".join(parts[1:]) if parts[0] == "services" else url.path, form)


def _listed(entries: list[Entry], request: Request) -> list[Entry]:
    count = int(request.form.get("count", LISTED))
    return entries[:count] if count > 0 else entries


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle of its call is no fault; any other is told as before."""
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Callable[[str, str, str, bytes], Answer]

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "Close")  # splunklib loses the body where neither this nor Keep-Alive is said
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a request may carry a secret."""
