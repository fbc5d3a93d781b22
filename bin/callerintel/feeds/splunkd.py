"""splunkd's management port, as far as a feed's run needs it: what part this search head plays, which feeds are enabled, the settings for
all of them, stored credentials, and lookups that a cluster replicates.

In: the server_uri and session key that splunkd gives to each run [platform 3.1]. Out: plain values. The SDK sends the requests; they
go to this very host, whose certificate is usually splunkd's own and is not verified, as in the SDK and in solnlib. Times out.
"""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

APP = "TA-maliciouscaller"
SCHEME = "intel_feed"
TIMEOUT_SECONDS = 30


class SplunkdFailure(Exception):
    """splunkd did not answer as hoped: with an HTTP `status`, or not at all (None). Nothing of the request is in it."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"splunkd answered {status}" if status else "splunkd did not answer")
        self.status = status


def open_splunkd(uri: object, session_key: object) -> Splunkd | None:
    """The splunkd that started this process, from what it said of itself; None where it did not say both."""
    return Splunkd(str(uri), str(session_key)) if uri and session_key else None


class Splunkd:
    """One splunkd, asked as owner nobody in our app: with a session key, or as a user with a password."""

    def __init__(self, uri: str, session_key: str = "", user: str = "", password: str = "") -> None:
        from splunklib import binding  # here, so that what only writes lookups does without the SDK

        parts = urlsplit(uri)
        self._binding = binding
        who: dict[str, Any] = {"token": f"Splunk {session_key}"} if session_key else {"basic": True}
        self._context = binding.Context(
            scheme=parts.scheme or "https",
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 8089,
            username=user,
            password=password,
            **who,
            owner="nobody",
            app=APP,
            handler=binding.handler(timeout=TIMEOUT_SECONDS),
        )

    def get(self, path: str, app: str = APP) -> list[dict[str, Any]]:
        """The entries of an endpoint, all of them. SplunkdFailure."""
        answer = self._call("get", path, app=app, owner="-" if app == "-" else "nobody", count=0)
        entries = answer.get("entry")
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    def post(self, path: str, **form: str) -> None:
        """Create or change something. SplunkdFailure."""
        self._call("post", path, **form)

    def delete(self, path: str) -> None:
        """Remove something. SplunkdFailure."""
        self._call("delete", path)

    def server_roles(self) -> list[str]:
        """What this splunkd is: search_head, shc_member, shc_captain, ... [platform 3.6]. SplunkdFailure."""
        return [str(role) for entry in self.get("server/info") for role in _content(entry).get("server_roles") or ()]

    def feeds(self) -> dict[str, bool]:
        """The stanzas of our input in all apps: name → whether it is enabled. SplunkdFailure."""
        return {
            str(entry.get("name")): str(_content(entry).get("disabled", "0")).lower() not in ("1", "true")
            for entry in self.get(f"data/inputs/{SCHEME}", app="-")
        }

    def capabilities(self) -> set[str]:
        """What the user of the session may do. SplunkdFailure."""
        entries = self.get("authentication/current-context")
        return {str(name) for entry in entries for name in _content(entry).get("capabilities") or ()}

    def conf(self, name: str) -> dict[str, dict[str, Any]]:
        """`<name>.conf` as our app sees it, default/ and local/ merged: stanza → its keys. SplunkdFailure."""
        return {str(entry.get("name")): _content(entry) for entry in self.get(f"configs/conf-{name}")}

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            response = getattr(self._context, method)(path, output_mode="json", **arguments)
            answer = json.loads(response.body.read() or b"{}")
        except self._binding.HTTPError as error:
            raise SplunkdFailure(int(error.status)) from None
        except self._binding.AuthenticationError:
            raise SplunkdFailure(401) from None
        except (OSError, ValueError, http.client.HTTPException):
            raise SplunkdFailure(None) from None
        return answer if isinstance(answer, dict) else {}


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    content = entry.get("content")
    return content if isinstance(content, dict) else {}
